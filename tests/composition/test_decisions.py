"""Rules that hold for every decision of every method: names that are confirmed, and duties over what is decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from placet import Change, Confirmation, Duty, ItemType
from placet.catalog.discovery import installed
from placet.definitions.items import ActorRef

METHODS = installed().methods
ITEM_TYPES = {each.id: each for method in METHODS.values() for each in method.item_types}
#: Names that a gate compares with the one who acts, so that nobody is named by another.
IN_PERSON = {"governance.decision": {"decided_by"}}
#: Material that the change manager, who decides on changes, keeps: the schedule, and which way a change goes.
KEPT = {
    "itil.change": {"type", "planned_start", "planned_end"},
    # The panel itself leaves out who has proposed it: somebody who proposed something else before may vote.
    "agile.team": {"proposal"},
}


def names(hint: Any, path: str) -> Iterator[tuple[str, ActorRef]]:
    """The places in a field, by their path, that hold the id of an actor."""
    if isinstance(hint, ActorRef):
        yield path, hint
    elif get_origin(hint) is Annotated:
        for part in (hint.__origin__, *hint.__metadata__):
            yield from names(part, path)
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        for name, declared in hint.model_fields.items():
            for part in (declared.annotation, *declared.metadata):
                yield from names(part, f"{path}.{name}")
    else:
        for part in get_args(hint):
            yield from names(part, path)


def named_people(item_type: ItemType) -> Iterator[tuple[str, ActorRef]]:
    for name, declared in item_type.fields.model_fields.items():
        for hint in (declared.annotation, *declared.metadata):
            yield from names(hint, name)


def set_by_the_rules(item_type: ItemType, field: str) -> bool:
    """Whether only effects and computations set a field: it is frozen in every state, and no transition takes it."""
    frozen = all(field in item_type.frozen_in.get(state.id, ()) for state in item_type.workflow.states)
    sent = any(field in transition.input for transition in item_type.workflow.transitions)
    return field in item_type.computed_fields or (frozen and not sent)


def asked_in(confirmation: Confirmation) -> str:
    return ".".join(filter(None, (confirmation.field, confirmation.member)))


def bars(duties: tuple[Duty, ...], act: str, other: str) -> bool:
    return any(act in duty.conflicting(other) for duty in duties)


@pytest.mark.parametrize("item_type", ITEM_TYPES.values(), ids=ITEM_TYPES)
class TestEveryItemType:
    def test_a_field_that_names_a_person_assigns_or_is_confirmed(self, item_type: ItemType) -> None:
        """A name is not an agreement of the one who is named."""
        confirmed = {*map(asked_in, item_type.confirmations), *IN_PERSON.get(item_type.id, ())}

        claims = [
            path
            for path, mark in named_people(item_type)
            if not mark.assigned
            and path not in confirmed
            and not set_by_the_rules(item_type, path.partition(".")[0])
        ]

        assert claims == []

    def test_who_writes_what_an_approval_decides_on_does_not_vote_on_it(self, item_type: ItemType) -> None:
        """Of every material field that people write, whichever way it changes."""
        unbarred = {
            name
            for approval in item_type.approvals
            for name, change in approval.material_fields.items()
            if change is Change.ANY
            and name not in item_type.computed_fields
            and not bars(item_type.duties, f"edit:{name}", f"vote:{approval.id}")
        }

        assert unbarred == KEPT.get(item_type.id, set()) & unbarred

    def test_a_gate_is_not_waived_by_who_made_the_item(self, item_type: ItemType) -> None:
        """A waiver is a decision, and stands under the duties like a vote."""
        gates = {gate.id: gate for move in item_type.workflow.transitions for gate in move.gates}
        unbarred = [
            gate.id
            for gate in gates.values()
            if gate.waived_by and not bars(item_type.duties, "create", f"waive:{gate.id}")
        ]

        assert unbarred == []
