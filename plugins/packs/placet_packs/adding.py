"""Adds the parts of a pack to an item type, one by one, so that each fault is reported at its own line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import cache, partial

from placet import Extension, nearest
from placet.errors import DefinitionError
from placet_packs import parts
from placet_packs.expressions import Scope
from placet_packs.kinds import annotation_of
from placet_packs.models import (
    ApprovalPart,
    DutyPart,
    FieldPart,
    GatePart,
    NotificationPart,
    TimerPart,
    TypePart,
)
from placet_packs.reading import Way

#: The context of what is made from the part of the file at a way.
At = Callable[..., AbstractContextManager[None]]


def additions(
    catalog: Extension, type: str, part: TypePart, at: At
) -> Iterator[tuple[Way, Callable[[], object]]]:
    """Everything that is added to a type, each with the way to its part in that of the type; in the order to be added.

    The first one has no way: it refuses a type that cannot be extended, and then nothing else can be added.
    """
    yield (), partial(catalog.fields_of, type)
    for name, field in part.fields.items():
        yield ("fields", name), partial(_add_field, catalog, type, name, field)
    for transition, names in part.inputs.items():
        for n, name in enumerate(names):
            yield ("inputs", transition, n), partial(catalog.add_input, type, transition, name)
    for n, approval in enumerate(part.approvals):
        yield ("approvals", n), partial(_add_approval, catalog, type, approval)
    # The conditions read the fields above too.
    scope = cache(lambda: Scope(catalog.fields_of(type), catalog.settings.__class__))
    for n, gate in enumerate(part.gates):
        inside = partial(at, "item_types", type, "gates", n, "checks")
        yield ("gates", n), partial(_add_gate, catalog, type, gate, scope, inside)
    for n, duty in enumerate(part.duties):
        yield ("duties", n), partial(_add_duty, catalog, type, duty)
    for n, timer in enumerate(part.timers):
        yield ("timers", n), partial(_add_timer, catalog, type, timer)
    for n, rule in enumerate(part.notifications):
        yield ("notifications", n), partial(_add_notification, catalog, type, rule)


def _add_field(catalog: Extension, type: str, name: str, part: FieldPart) -> None:
    annotation = annotation_of(part.type, part.choices)
    catalog.add_field(type, name, annotation, indexed=part.indexed, frozen_in=part.frozen_in)


def _add_approval(catalog: Extension, type: str, part: ApprovalPart) -> None:
    catalog.add_approval(
        type, parts.approval(part), asked_by=part.asked_by, needed_by=part.needed_by, voided_by=part.voided_by
    )


def _add_gate(catalog: Extension, type: str, part: GatePart, scope: Callable[[], Scope], at: At) -> None:
    checks = []
    for n, each in enumerate(part.checks):
        with at(n):
            _demand_roles(catalog, each.who)
            checks.append(parts.check(each, scope()))
    gate = parts.gate(part, checks)
    for transition in part.before:
        catalog.add_gate(type, transition, gate)


def _demand_roles(catalog: Extension, named: Iterable[str]) -> None:
    for role in named:
        if role not in catalog.roles:
            raise DefinitionError(f'"{role}" is not a role{nearest(role, catalog.roles)}')


def _add_duty(catalog: Extension, type: str, part: DutyPart) -> None:
    catalog.add_duty(type, parts.duty(part))


def _add_timer(catalog: Extension, type: str, part: TimerPart) -> None:
    catalog.add_timer(type, parts.timer(part))


def _add_notification(catalog: Extension, type: str, part: NotificationPart) -> None:
    catalog.add_notification(parts.notification(part, type))
