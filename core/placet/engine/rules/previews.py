"""Transitions as they would be now, each with all of its blockers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from placet.definitions.checks import Check, Gate
from placet.definitions.items import Fields, ItemType, json_schema
from placet.definitions.once import once
from placet.definitions.verdicts import Blocker, GateMode
from placet.definitions.workflow import Transition
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.computed import for_move
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import CheckReport, evaluate, people_of
from placet.engine.rules.machine import machine_of

FoundT = TypeVar("FoundT")


@dataclass(frozen=True, slots=True)
class TransitionPreview:
    """One transition as it would be for one person now."""

    name: str
    title: str
    to: str
    #: Whether it has no enforced blocker, once the input that `fields_schema` requires is given.
    allowed: bool
    roles: tuple[str, ...]
    #: Enforced and warning blockers; observed ones are only recorded. Blockers that only ask for input of the
    #: transition are left out: `fields_schema` requires that input.
    blockers: tuple[Blocker, ...]
    #: When it can pass at the earliest, if every enforced blocker knows that; `None` otherwise.
    earliest: datetime | None
    #: The people who can clear its blockers.
    waits_on: tuple[str, ...]
    #: JSON Schema of its input: fields, and a comment if one is demanded; it requires those that are needed now.
    fields_schema: Mapping[str, Any]
    checks: tuple[CheckReport, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every transition that is defined from an item's state, for one person."""

    item: ItemRecord
    previews: tuple[TransitionPreview, ...]

    def preview(self, name: str) -> TransitionPreview | None:
        return next((preview for preview in self.previews if preview.name == name), None)


class Preview(Context):
    """A view for one transition after the other: what does not depend on the transition is found once for all."""

    #: Gates and checks with what was found, by their identity: comparing them costs more than most of them.
    _found: dict[int, tuple[Gate | Check, Any]]
    #: Holders by role: most transitions name the same few.
    _held: dict[str, tuple[str, ...]]
    #: Whether what is being found depends on which transition it is.
    _asks_which: bool
    #: The inputs that the transition takes, besides a comment.
    _takes: tuple[str, ...]
    entitles: bool

    def __init__(self, unit: UnitOfWork, record: ItemRecord, actor: str, *, entitles: bool = False) -> None:
        super().__init__(unit, record, actor)
        vars(self).update(_found={}, _held={}, _asks_which=False, _takes=(), entitles=entitles)

    def of(self, transition: Transition) -> Preview:
        """The same view for another transition."""
        other = object.__new__(Preview)
        vars(other).update(vars(self), transition=transition.name, _takes=transition.input)
        return other

    def is_shown(self, blocker: Blocker) -> bool:
        """Not where it only asks for inputs that the transition takes: its form requires these."""
        return not blocker.inputs or bool(self.not_in_form(blocker))

    def not_in_form(self, blocker: Blocker) -> tuple[str, ...]:
        """Those of its inputs that the transition does not take."""
        self.__dict__["_asks_which"] = True
        takes = ("comment", *self._takes)
        return tuple([name for name in blocker.inputs if name not in takes])

    @property
    def transition(self) -> str:  # type: ignore[override]  # an attribute there, watched here
        self.__dict__["_asks_which"] = True
        return str(self.__dict__["transition"])

    def holders(self, role: str, *, of: str | None = None) -> tuple[str, ...]:
        if of is not None:
            return super().holders(role, of=of)
        if role not in self._held:
            self._held[role] = super().holders(role)
        return self._held[role]

    def once(self, rule: Gate | Check, find: Callable[[], FoundT]) -> FoundT:
        known = self._found.get(id(rule))
        found: FoundT
        if known is not None:
            found = known[1]
            return found
        around = self._asks_which
        self.__dict__["_asks_which"] = False
        found = find()
        if not self._asks_which:
            self._found[id(rule)] = rule, found
        self.__dict__["_asks_which"] |= around
        return found


def previews(
    unit: UnitOfWork, record: ItemRecord, actor: Actor, *, entitled: bool = False
) -> tuple[TransitionPreview, ...]:
    """Every transition from the item's state as it would be for an actor; none if its method is missing.

    `entitled` gives the checks of the transitions their titles in the words of people.
    """
    item_type = unit.item_type(record)
    if item_type is None:
        return ()
    leaving = machine_of(item_type.workflow).leaving(record.state)
    if not leaving:
        return ()
    ctx = Preview(unit, record, actor.id, entitles=entitled)
    return tuple([preview(ctx.of(transition), item_type, transition) for transition in leaving])


def previews_now(
    unit: UnitOfWork, record: ItemRecord, actor: Actor, *, entitled: bool = False
) -> tuple[TransitionPreview, ...]:
    """`previews` of a stored item: its computed fields are those that a move would find."""
    return previews(unit, for_move(unit, record, actor.id), actor, entitled=entitled)


def preview_of(unit: UnitOfWork, record: ItemRecord, actor: Actor, name: str) -> TransitionPreview | None:
    """One transition from the state of a stored item, as a move would find it; `None` if it is not defined there."""
    item_type = unit.item_type(record)
    leaving = item_type.workflow.leaving(record.state) if item_type is not None else ()
    for transition in leaving:
        if item_type is not None and transition.name == name:
            now = for_move(unit, record, actor.id)
            return preview(Preview(unit, now, actor.id).of(transition), item_type, transition)
    return None


def preview(ctx: Preview, item_type: ItemType, transition: Transition) -> TransitionPreview:
    """A transition as it would be for the context's actor."""
    found = evaluate(ctx, transition)
    shown: list[Blocker] = []
    enforced: list[Blocker] = []
    # The inputs without which it is refused, each once.
    needed: dict[str, None] = {}
    for each in found.blockers:
        stops = each.mode is GateMode.ENFORCE
        blocker = _beside_form(ctx, each) if each.inputs else each
        if blocker is None or blocker is not each:
            left = () if blocker is None else blocker.inputs
            needed.update({name: None for name in each.inputs if stops and name not in left})
        if blocker is None:
            continue
        if stops:
            enforced.append(blocker)
        if blocker.mode is not GateMode.OBSERVE:
            shown.append(blocker)
    return TransitionPreview(
        name=transition.name,
        title=transition.title,
        to=ctx.record.state if transition.target == "same" else transition.target,
        allowed=not enforced,
        roles=transition.roles,
        blockers=tuple(shown),
        earliest=_earliest(enforced) if enforced else None,
        waits_on=_waited_for(ctx, enforced) if enforced else (),
        fields_schema=fields_schema(
            item_type.fields, transition.input, _comments(item_type)[transition.name], tuple(needed)
        ),
        checks=found.reports,
    )


def _beside_form(ctx: Preview, blocker: Blocker) -> Blocker | None:
    """The blocker without the inputs that the transition's form asks for; `None` where it asks for nothing else.

    One that lists its inputs as `fields`, as `fields_missing` does, is narrowed; any other is about all of them.
    """
    left = ctx.not_in_form(blocker)
    if not left or left == blocker.inputs or blocker.params.get("fields") != [*blocker.inputs]:
        return blocker if left else None
    narrowed = replace(
        blocker,
        inputs=left,
        params={**blocker.params, "fields": [*left]},
        actions=tuple(
            replace(action, fields=tuple(name for name in action.fields if name in left))
            for action in blocker.actions
        ),
    )
    message, remedy = narrowed.sentences(ctx.titles)
    return replace(narrowed, message=message, remedy=remedy)


def _earliest(enforced: Sequence[Blocker]) -> datetime | None:
    """The moment at which all of these can pass, if each knows one."""
    known = [blocker.earliest for blocker in enforced if blocker.earliest is not None]
    return max(known) if len(known) == len(enforced) else None


def _waited_for(ctx: Preview, enforced: Sequence[Blocker]) -> tuple[str, ...]:
    return people_of([name for blocker in enforced for name in blocker.who], ctx)


@once
def _comments(item_type: ItemType) -> Mapping[str, int]:
    """By transition, the least number of characters in the comment that its gates require."""
    return {
        transition.name: max([check.comment for gate in transition.gates for check in gate.checks], default=0)
        for transition in item_type.workflow.transitions
    }


@lru_cache(maxsize=4096)
def fields_schema(
    model: type[Fields], names: tuple[str, ...], comment: int, required: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """JSON Schema of a transition's input: some fields of a model, and a comment of at least some characters, if any.

    `required` are the inputs without which the transition is refused.
    """
    whole = json_schema(model)
    properties = {name: whole["properties"][name] for name in names if name in whole.get("properties", {})}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if comment or "comment" in required:
        meaning = "Sent beside the fields, as the comment of the transition."
        properties["comment"] = {"type": "string", "minLength": max(comment, 1), "description": meaning}
    if required:
        schema["required"] = list(required)
    if "$defs" in whole and "#/$defs/" in str(properties):
        schema["$defs"] = whole["$defs"]
    return schema


def primary(found: Sequence[TransitionPreview]) -> TransitionPreview | None:
    """The first allowed transition, or the first of the table if none is allowed."""
    return next((each for each in found if each.allowed), found[0] if found else None)
