"""Transitions that a refusal may name as the way on: their gates let somebody through, as far as they can be judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from placet.definitions.checks import Gate
from placet.definitions.items import ItemType
from placet.definitions.roles import AUDITOR, SYSTEM
from placet.definitions.verdicts import Blocker
from placet.definitions.workflow import Transition
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import evaluate_gates, segregation, waiver_of
from placet.engine.rules.machine import machine_of
from placet.engine.rules.noted_reads import Noting

#: Reads of the actor: the verdict may be another one for somebody else.
_OF_ACTOR = "actor"
#: Reads of all fields at once.
_WHOLE = frozenset({"fields", "raw"})


@dataclass(frozen=True, slots=True)
class Way:
    """A transition that changes what is wanted, or leads to where it can be changed."""

    transition: Transition
    #: The people who may make it now; none where its roles are vacant.
    people: tuple[str, ...] = ()
    #: The roles to ask: those whose holders may all make it, or else those of which somebody may.
    roles: tuple[str, ...] = ()
    #: Whether it leaves from a state that is still to come.
    later: bool = False


def way_of(ctx: Context, item_type: ItemType, names: Sequence[str]) -> Way | None:
    """The best of some transitions from the item's state; `None` where nobody gets through any of them.

    It is the first that the actor may make, or else that somebody may, or else whose roles are vacant.
    """
    leaving = (each for each in item_type.workflow.leaving(ctx.record.state) if each.name in names)
    ways = [way for each in leaving if (way := _way(ctx, item_type, each)) is not None]
    own = (way for way in ways if ctx.actor in way.people)
    others = (way for way in ways if way.people)
    return next(own, None) or next(others, None) or next(iter(ways), None)


def later_way(item_type: ItemType, state: str, fields: Iterable[str]) -> Way | None:
    """The first transition that takes some fields in a state that is still to come; `None` where none does."""
    ahead = _ahead(item_type, state)
    workflow, wanted = item_type.workflow, set(fields)
    for each in workflow.transitions:
        sources = set(workflow.sources_of(each))
        if wanted <= set(each.input) and state not in sources and ahead & sources:
            return Way(each, later=True)
    return None


def _ahead(item_type: ItemType, state: str) -> set[str]:
    """The states to which an item gets from a state."""
    found, left = {state}, [state]
    while left:
        targets = {each.target for each in item_type.workflow.leaving(left.pop())} - {"same"}
        left += targets - found
        found |= targets
    return found - {state}


def _way(ctx: Context, item_type: ItemType, transition: Transition) -> Way | None:
    """A transition with those who get through it; `None` where it is not for people, or nobody gets through."""
    roles = [role for role in transition.roles if role != SYSTEM]
    auditors = ctx.workspace.roles.get(AUDITOR, ())
    held = {role: [each for each in ctx.holders(role) if each not in auditors] for role in roles}
    people = list(dict.fromkeys(person for each in held.values() for person in each))
    if not roles:
        return None
    if not people:
        # The system is let through where it matters whose the item is.
        passes = _judged(ctx, item_type, transition, SYSTEM)[0]
        return Way(transition, (), tuple(roles)) if passes else None
    able: list[str] = []
    passes, personal = False, True
    for person in people:
        # Judged once where no gate looks at the person: a role may have hundreds of holders.
        if personal:
            passes, personal = _judged(ctx, item_type, transition, person)
        if not passes and not personal:
            break
        if passes and not any(segregation(ctx, f"transition:{transition.name}", [person])):
            able.append(person)
    if not able:
        return None
    whole = [role for role in roles if held[role] and set(held[role]) <= set(able)]
    some = [role for role in roles if set(held[role]) & set(able)]
    return Way(transition, tuple(able), tuple(whole or some))


def _judged(ctx: Context, item_type: ItemType, transition: Transition, person: str) -> tuple[bool, bool]:
    """Whether the gates let a person through, and whether that may be otherwise for somebody else."""
    personal = False
    for gate in machine_of(item_type.workflow).gates(ctx.record, transition):
        stops, by_actor = _stops(ctx, item_type, transition, gate, person)
        if stops:
            return False, by_actor
        personal |= by_actor
    return True, personal


def _stops(
    ctx: Context, item_type: ItemType, transition: Transition, gate: Gate, person: str
) -> tuple[bool, bool]:
    """Whether a gate refuses a person whatever is written into the form, and whether it looks at the person.

    A gate that reads fields which the form takes cannot be judged before they are sent.
    """
    if waiver_of(ctx, gate) is not None:
        return False, False
    seeing = Noting(ctx.unit, ctx.record, item_type, person)
    vars(seeing)["transition"] = transition.name
    seen = seeing.note_anew()
    blockers = evaluate_gates(seeing, [gate]).enforced
    seeing.let_go()
    kinds = {kind for kind, _ in seen}
    read = {name for kind, name in seen if kind == "field"}
    if transition.input and (kinds & _WHOLE or read & set(transition.input)):
        return False, _OF_ACTOR in kinds
    return any(not _is_asked_for(each, transition) for each in blockers), _OF_ACTOR in kinds


def _is_asked_for(blocker: Blocker, transition: Transition) -> bool:
    """Whether a blocker only asks for what the form of the transition takes."""
    return bool(blocker.inputs) and set(blocker.inputs) <= {"comment", *transition.input}
