"""Rules for ids: each belongs to its method, has one meaning, and is defined once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, error
from placet.definitions.approvals import Approval
from placet.definitions.checks import Check, Effect, Gate
from placet.definitions.confirmations import Confirmation
from placet.definitions.document import canonical, method_of, plain
from placet.definitions.items import Consequence, ItemType
from placet.definitions.method import Method
from placet.definitions.notification_rules import CORE
from placet.definitions.roles import CREATE, EDIT, Duty
from placet.definitions.timers import Timer
from placet.definitions.wording import with_article
from placet.definitions.workflow import SAME

_T = TypeVar("_T", bound=Hashable)

#: States and transitions, which are local to their item type, and everything else.
_BARE = re.compile(r"[A-Za-z0-9_]{1,100}")
_DOTTED = re.compile(r"[A-Za-z0-9_.]{1,200}")


def identity_findings(catalog: Catalog) -> Iterator[Finding]:
    """Ids that are foreign, repeated, reserved or ambiguous."""
    owners: dict[tuple[str, str], str] = {}
    for method in catalog.methods.values():
        if method.id == CORE:
            yield error(
                "reserved-name",
                CORE,
                "it cannot be the id of a method, as the ids of Placet's own notification rules begin with it",
                "give the method another id",
            )
        ids = list(_defined(method))
        for kind, id in ids:
            if method_of(id) != method.id or "." not in id:
                yield error(
                    "foreign-id",
                    id,
                    f"the {kind} is defined by {method.id}",
                    f'let its id start with "{method.id}."',
                )
            yield from _malformed(id, kind, id, _DOTTED)
            owner = owners.setdefault((kind, id), method.id)
            if owner != method.id:
                yield error(
                    "id-defined-twice",
                    id,
                    f"the {kind} is defined by {owner} and by {method.id}",
                    "let each method define its own",
                )
        for kind, id in _repeated(ids):
            yield error(
                "id-defined-twice", id, f"{method.id} defines the {kind} twice", "give one of them another id"
            )
    for item_type in catalog.item_types.values():
        yield from _local_findings(item_type)
        yield from _added_findings(item_type)
    yield from _ambiguous(catalog)


def _added_findings(item_type: ItemType) -> Iterator[Finding]:
    """Ids of parts that other methods have added, which are in no method's own table."""
    transitions = item_type.workflow.transitions
    gates = list(item_type.gates)
    parts: dict[
        str, Iterable[Approval | Confirmation | Consequence | Duty | Timer | Effect | Gate | Check]
    ] = {
        "consequence": item_type.consequences,
        "approval": item_type.approvals,
        "confirmation": item_type.confirmations,
        "duty": item_type.duties,
        "timer": item_type.timers,
        "effect": [
            *(effect for transition in transitions for effect in transition.effects),
            *(effect for consequence in item_type.consequences for effect in consequence.effects),
        ],
        "gate": gates,
        "check": [check for gate in gates for check in gate.every_check],
    }
    for kind, members in parts.items():
        for id in dict.fromkeys(part.id for part in members):
            if method_of(id) != method_of(item_type.id):
                yield from _malformed(id, kind, id, _DOTTED)


def _defined(method: Method) -> Iterator[tuple[str, str]]:
    """Everything that a method defines once, as kind and id."""
    for item_type in method.item_types:
        yield "item type", item_type.id
        yield from (("consequence", consequence.id) for consequence in item_type.consequences)
        yield from (("approval", approval.id) for approval in item_type.approvals)
        yield from (("confirmation", confirmation.id) for confirmation in item_type.confirmations)
        yield from (("duty", duty.id) for duty in item_type.duties)
        yield from (("timer", timer.id) for timer in item_type.timers)
    yield from (("offered check", each.id) for each in method.offered_checks)
    yield from (("role", role.id) for role in method.roles)
    yield from (("link type", link_type.id) for link_type in method.link_types)
    yield from (("metric", metric.id) for metric in method.metrics)
    yield from (("notification rule", rule.id) for rule in method.notification_rules)
    yield from (("job", job.id) for job in method.jobs)


def _local_findings(item_type: ItemType) -> Iterator[Finding]:
    """Names within one item type."""
    workflow = item_type.workflow
    if workflow.id != item_type.id:
        yield error(
            "workflow-id",
            item_type.id,
            f'its workflow has the id "{workflow.id}"',
            "give it the item type's own id",
        )
    for id in _repeated(state.id for state in workflow.states):
        yield error("state-twice", f"{item_type.id}.{id}", f'the state "{id}" is there twice', "take one out")
    for name in _repeated(transition.name for transition in workflow.transitions):
        yield error(
            "transition-twice",
            f"{item_type.id}.{name}",
            f'the transition "{name}" is there twice',
            "list all its sources in one, or give one of them another name",
        )
    for state in workflow.states:
        if state.id == SAME:
            yield error(
                "reserved-name",
                f"{item_type.id}.{state.id}",
                f'"{SAME}" is not an id of a state, as tables of transitions use it for the state that an item is in',
                "give it another id",
            )
        yield from _malformed(f"{item_type.id}.{state.id}", "state", state.id, _BARE)
    yield from _gates_twice(f"{item_type.id}.{CREATE}", item_type.creation)
    yield from _gates_twice(f"{item_type.id}.{EDIT}", item_type.editing)
    for transition in workflow.transitions:
        where = f"{item_type.id}.{transition.name}"
        yield from _malformed(where, "transition", transition.name, _BARE)
        if transition.name == CREATE:
            yield error(
                "reserved-name",
                where,
                f'"{CREATE}" cannot be the name of a transition, as it stands for the making of an item',
                "give it another name",
            )
        yield from _gates_twice(where, transition.gates)


def _gates_twice(where: str, gates: Iterable[Gate]) -> Iterator[Finding]:
    for gate in _repeated(gate.id for gate in gates):
        yield error("gate-twice", where, f"it has the gate {gate} twice", "take one out")


def _ambiguous(catalog: Catalog) -> Iterator[Finding]:
    """Ids of gates and checks that mean different things in different places, or belong to no method."""
    gates: dict[str, set[str]] = {}
    checks: dict[str, set[str]] = {}
    for method in catalog.methods.values():
        for item_type in method.item_types:
            for gate in item_type.gates:
                gates.setdefault(gate.id, set()).add(_content(gate))
                yield from _foreign_gate(method, gate)
                for check in gate.every_check:
                    checks.setdefault(check.id, set()).add(_demand(check))
    for kind, contents in (("gate", gates), ("check", checks)):
        for id, different in contents.items():
            if len(different) > 1:
                yield error(
                    "ambiguous-id",
                    id,
                    f"the {kind} requires {len(different)} different things in different places",
                    "give each its own id, as people and records know it by that alone",
                )


def _malformed(where: str, kind: str, id: str, form: re.Pattern[str]) -> Iterator[Finding]:
    """Ids are used in addresses, tables and names of files: characters that do not fit all of them are refused."""
    if form.fullmatch(id):
        return
    words = ".".join("_".join(re.findall("[a-z0-9_]+", part)) for part in id.lower().split("."))
    yield error(
        "malformed-id",
        where,
        f'"{id}" is not an id of {with_article(kind)}: an id has letters, digits and underscores'
        + (", and dots between its words" if form is _DOTTED else ""),
        f'write "{words}", and what people read in the title'
        if form.fullmatch(words)
        else "give it another id",
    )


def _foreign_gate(method: Method, gate: Gate) -> Iterator[Finding]:
    yield from _malformed(gate.id, "gate", gate.id, _DOTTED)
    if method_of(gate.id) != method.id or "." not in gate.id:
        yield error(
            "foreign-id",
            gate.id,
            f"the gate is defined by {method.id}",
            f'let its id start with "{method.id}."',
        )
    for check in gate.every_check:
        yield from _malformed(check.id, "check", check.id, _DOTTED)
        # A method may use the checks of a method that it builds on.
        if method_of(check.id) not in {method.id, *method.requires} or "." not in check.id:
            yield error(
                "foreign-id",
                check.id,
                f"the check is defined by {method.id}",
                f'let its id start with "{method.id}."',
            )
    for id in _repeated(check.id for check in gate.every_check):
        yield error("check-twice", gate.id, f"the check {id} is in it twice", "take one out")


def _demand(check: Check) -> str:
    return canonical([check.title, plain(check.test), plain(check.params)])


def _content(gate: Gate) -> str:
    return canonical(
        [
            gate.title,
            list(gate.waived_by),
            plain(gate.waived_for),
            list(gate.waived_content),
            list(gate.lasting),
            [[check.id, _demand(check)] for check in gate.checks],
            None if gate.unless is None else [gate.unless.id, _demand(gate.unless)],
            plain(gate.only),
            gate.mode.value,
        ]
    )


def _repeated(names: Iterable[_T]) -> Iterator[_T]:
    return (name for name, count in Counter(names).items() if count > 1)
