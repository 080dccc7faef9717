"""An approval counts for the content that was decided on, whichever way other content comes in: of every method.

For each approval and each material field: a change that is edited in, sent along with a move, sent in bulk or tried in
a dry run leads to the same answer, and no listing says allowed where the move is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from placet import ApprovalStatus, ItemType, Transition
from placet.catalog.catalog import Rules
from placet.catalog.discovery import installed
from placet.definitions.approvals import Approval
from placet.definitions.items import json_schema
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError, Blocker
from placet.engine.act.access import ref_of
from placet.engine.act.recorder import append
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.items.writer import ItemWriter
from placet.engine.moved import Wish
from placet.engine.rules.material import TITLE
from placet.engine.workspaces.leftovers import votes_of
from placet.errors import PlacetError
from placet.testing import Desk

REASON = "as was agreed in the weekly meeting"
#: Values that are decided on, and others, where the schema of a field does not say which make sense.
VALUES: dict[str, tuple[Any, Any]] = {
    "planned_start": ("2026-11-30T10:00:00Z", "2026-11-29T10:00:00Z"),
    "planned_end": ("2026-11-30T12:00:00Z", "2026-12-01T12:00:00Z"),
    "start": ("2026-12-20T00:00:00Z", "2026-12-22T00:00:00Z"),
    "end": ("2027-01-04T00:00:00Z", "2026-12-24T00:00:00Z"),
    "new_start": ("2026-12-21T00:00:00Z", "2026-12-23T00:00:00Z"),
    "new_end": ("2027-01-03T00:00:00Z", "2026-12-27T00:00:00Z"),
    "rrule": (None, "FREQ=YEARLY"),
    "new_rrule": (None, "FREQ=YEARLY;COUNT=2"),
    "beneficiary": ("requester", "resolver"),
    "type": ("normal", "emergency"),
    "itil.change_window.kind": ("freeze", "maintenance"),
    "prince2.management_product.planned_start": ("2026-11-30", "2026-11-29"),
    "prince2.management_product.planned_end": ("2026-12-30", "2027-11-30"),
    "agile.team.dod": ([{"id": "reviewed", "text": "Another developer has read it"}], []),
    "agile.team.members": ([{"actor": "coach"}], []),
    "agile.team.proposal": ({"person_limit": 3}, {"person_limit": 4}),
    "next_owner": ("control_owner", "cio"),
    "next_performer": ("control_performer", "cio"),
    "practice_id": ("BAI06.01", "BAI06.02"),
}
#: Further parts of a panel.
ALSO: dict[str, dict[str, Any]] = {
    "itil.service_request": {"line_manager": "request_approver", "budget_owner": "it_director"},
    "itil.configuration_item": {"owner": "service_owner"},
    "prince2.report": {"kind": "end_project"},
}
#: The item for which an approval is asked.
BY_APPROVAL: dict[str, dict[str, Any]] = {
    "itil.ecab_approval": {"type": "emergency"},
    "cobit.control_release": {"legal_basis": True},
}
#: The longest panel whose ballots are asked one after the other.
_STEPS = 6
#: Fields that name items, with the type of these.
KEYS = {"cis": "itil.configuration_item", "products": "prince2.product", "scope": "itil.configuration_item",
        "new_scope": "itil.configuration_item", "cis_scope": "itil.configuration_item",
        "compensating_controls": "cobit.control", "accepted_risk": "cobit.risk_acceptance"}  # fmt: skip


def resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without references, and without the choice of no value."""
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return resolved(next(each for each in schema["anyOf"] if each.get("type") != "null"), definitions)
    return schema


def value_of(schema: Mapping[str, Any], definitions: Mapping[str, Any], n: int) -> Any:
    """The n-th of two values that fit a schema."""
    schema = resolved(schema, definitions)
    if "enum" in schema:
        return schema["enum"][n]
    match schema.get("type"):
        case "integer" | "number":
            return int(schema.get("minimum", schema.get("exclusiveMinimum", 0))) + 1 + n
        case "boolean":
            return n == 0
        case "array":
            return [value_of(schema["items"], definitions, n)]
        case "object":
            names = schema.get("required", ())
            return {name: value_of(schema["properties"][name], definitions, n) for name in names} or {"n": n}
        case _ if schema.get("format") == "date":
            return f"2026-12-{1 + n:02}"
        case _ if schema.get("format") == "date-time":
            return f"2026-12-{1 + n:02}T10:00:00Z"
        case _:
            return ("As it was decided on.", "Something else entirely.")[n]


_REGISTRY = installed()
#: The approvals of every method that is installed, those that bridges add too, each with its item type.
APPROVALS = {
    approval.id: item_type.id
    for item_type in _REGISTRY.compose(Rules(tuple(_REGISTRY.methods))).item_types.values()
    for approval in item_type.approvals
}


class World:
    """A desk with all methods, and items that were decided on."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._keys: dict[str, list[str]] = {}
        #: Whether problems that are made are a high risk.
        self.risky = False
        desk.at("2026-11-16T09:00:00Z")

    def keys(self, type: str) -> list[str]:
        """Two items of a type, made once."""
        if type not in self._keys:
            fields = [self.fields(self.desk.catalog.item_type(type), n, required=True) for n in range(2)]
            self._keys[type] = [self.made(type, each, ()).key for each in fields]
        return self._keys[type]

    def value(self, item_type: ItemType, field: str, n: int) -> Any:
        whole = json_schema(item_type.fields)
        known = VALUES.get(f"{item_type.id}.{field}", VALUES.get(field))
        if known is not None and (field != "type" or item_type.id == "itil.change"):
            return known[n]
        definitions = whole.get("$defs", {})
        if field in KEYS:
            key = self.keys(KEYS[field])[n]
            return [key] if resolved(whole["properties"][field], definitions).get("type") == "array" else key
        return value_of(whole["properties"][field], definitions, n)

    def fields(self, item_type: ItemType, n: int, *, required: bool) -> dict[str, Any]:
        """The n-th of two values for the fields that are required, or for all that are material too."""
        names = {name for name, each in item_type.fields.model_fields.items() if each.is_required()}
        if not required:
            names |= {name for approval in item_type.approvals for name in approval.material_fields}
        also = ALSO.get(item_type.id, {})
        found = {
            name: self.value(item_type, name, n) for name in names - item_type.computed_fields - also.keys()
        }
        found |= also
        return {name: value for name, value in found.items() if value is not None}

    def made(
        self, type: str, fields: Mapping[str, Any], asked: tuple[str, ...], state: str = ""
    ) -> ItemRecord:
        """An item with these fields, in a state, for which approvals were asked."""
        item_type = self.desk.catalog.item_type(type)
        found = item_type.workflow.state(state or item_type.workflow.initial.id)
        assert found is not None

        def make(unit: UnitOfWork) -> ItemRecord:
            record = ItemWriter(unit).create(
                self.desk.key, type, "Something", fields, actor=SYSTEM, parent=self.parent(item_type)
            )
            unit.write()
            return record

        def ask(unit: UnitOfWork) -> ItemRecord:
            writer, ref = ItemWriter(unit), ref_of(made)
            unit.put(replace(unit.own(ref), state=found.id, category=found.category.value))
            writer.settled(unit.own(ref))
            for approval in asked:
                writer.open_round(ref, approval, SYSTEM)
            record, _ = append(unit, unit.own(ref), "edited", SYSTEM, {"changes": {}})
            unit.write()
            return record

        made = self.desk.engine._acts.act("given", make)
        self.appoint(made)
        if self.risky and type == "itil.problem":
            likely = {"kind": "threat", "probability_percent": "90", "impact_level": 5}
            cause = {"cause": "No limit", "event": "It was full", "effect": "Late"}
            risk = self.made("governance.risk", likely | cause, (), "assessed")
            self.desk.link(risk, "governance.raised_from", made)
        return self.desk.engine._acts.act("asked", ask)

    def appoint(self, item: ItemRecord) -> None:
        """Everybody whose role is held on such an item: on a project, or on a team."""
        for role in self.desk.catalog.roles.values():
            if item.type in role.held_on:
                self.desk.appoint(item, role.id, role.id.partition(".")[2])

    def parent(self, item_type: ItemType) -> str | None:
        """The project in which the roles are held, or the model of a request."""
        match item_type.id:
            case "itil.service_request":
                if "model" not in self._keys:
                    offered = {"approval_rule": "everybody"}
                    self._keys["model"] = [self.made("itil.request_model", offered, (), "published").key]
                return self._keys["model"][0]
            case "prince2.product" | "prince2.management_product" | "prince2.report":
                if "project" not in self._keys:
                    project = self.desk.catalog.item_type("prince2.project")
                    fields = self.fields(project, 0, required=True)
                    self._keys["project"] = [self.made(project.id, fields, ()).key]
                return self._keys["project"][0]
            case _:
                return None

    def is_such_that(self, approval: Approval) -> None:
        """The conditions under which something waits for an approval at all."""
        self.risky = approval.id == "integration.error_acceptance"
        if approval.id == "itil.freeze_exemption":
            times = {"start": "2026-11-30T00:00:00Z", "end": "2026-12-01T00:00:00Z"}
            self.made("itil.change_window", {"kind": "freeze", "scope": ["all"], **times}, ())

    def asked(self, item_type: ItemType, approval: Approval, state: str) -> ItemRecord:
        """An item in a state, for which an approval was asked."""
        content = self.fields(item_type, 0, required=False) | BY_APPROVAL.get(approval.id, {})
        return self.made(item_type.id, content, (approval.id,), state)

    def decided(self, item: ItemRecord, approval: Approval) -> ItemRecord:
        """The item after everybody who was asked has approved."""
        for _ in range(_STEPS):
            missing = [person for line in self.desk.approvals(item) for person in line.missing]
            for person in [each for each in missing if each in self.desk.actors][:1]:
                self.desk.approve(item, approval.id, by=[person])
        item = self.desk.item(item)
        assert [round.status for round in item.approvals] == [ApprovalStatus.GRANTED]
        return item

    def waiting(self, item_type: ItemType, approval: Approval) -> Iterator[tuple[ItemRecord, dict[str, str]]]:
        """Items in states from which the granted approval opens transitions, with these and who may make them."""
        for state in item_type.workflow.states:
            moves = [each for each in item_type.workflow.leaving(state.id) if approval.id not in each.asks]
            if state.category.final or not moves:
                continue
            item = self.asked(item_type, approval, state.id)
            able = {move.name: person for move in moves for person in list(self.able(item, move))[:1]}
            before = {name: self.stands(item, name, person) for name, person in able.items()}
            item = self.decided(item, approval)
            opened = {name: who for name, who in able.items() if before[name] - self.stands(item, name, who)}
            if opened:
                yield item, opened

    def stands(self, item: ItemRecord, transition: str, person: str) -> frozenset[str]:
        return checks(self.desk.preview(item, transition, actor=person).blockers)

    def form(self, item: ItemRecord, transition: str, person: str) -> frozenset[str]:
        """The inputs for which the form of a transition asks."""
        return frozenset(self.desk.preview(item, transition, actor=person).fields_schema["properties"])

    def able(self, item: ItemRecord, move: Transition) -> Iterator[str]:
        """The people whose role and earlier acts let them make a transition."""
        for role in move.roles:
            person = role.partition(".")[2]
            if role != SYSTEM and person in self.desk.actors:
                stands = self.desk.preview(item, move.name, actor=person).blockers
                if not any(each.gate in {"role", "segregation"} for each in stands):
                    yield person

    def otherwise(self, item: ItemRecord, item_type: ItemType, approval: Approval) -> Iterator[ItemRecord]:
        """The decided item, as if each of its parts that is material had been another one when it was decided on.

        A computed field and what was decided on agree, as they do after the change of another item that it reads.
        """
        for field in (TITLE, *approval.material_fields):
            computed = field in item_type.computed_fields

            def change(unit: UnitOfWork, field: str = field, computed: bool = computed) -> ItemRecord:
                record = unit.own(ref_of(item))
                (round,) = record.approvals
                was = (
                    "Another title"
                    if field == TITLE
                    else self.another(item_type, field, record.fields.get(field))
                )
                then = replace(round, material={**round.material, field: was})
                fields = {**record.fields, field: was} if computed else record.fields
                unit.put(replace(record, fields=fields, approvals=(then,)))
                changed, _ = append(unit, unit.own(ref_of(item)), "edited", SYSTEM, {"changes": {}})
                unit.write()
                return changed

            yield self.desk.engine._acts.act("changed behind it", change)
            self.desk.engine._acts.act("put back", partial(self.put_back, item))

    def put_back(self, item: ItemRecord, unit: UnitOfWork) -> None:
        """The item as it was decided on."""
        unit.put(replace(unit.own(ref_of(item)), approvals=item.approvals, fields=item.fields))
        append(unit, unit.own(ref_of(item)), "edited", SYSTEM, {"changes": {}})
        unit.write()

    def another(self, item_type: ItemType, field: str, value: Any) -> Any:
        """A value of a field that it has not."""
        return next(
            each for n in range(2) if (each := self.value(item_type, field, n)) != value and each is not None
        )

    def said(self, item: ItemRecord, approval: str) -> set[ApprovalStatus]:
        """The status of an approval, wherever it is shown."""
        engine, desk = self.desk.engine, self.desk
        (shown,) = engine.reports.details(SYSTEM_ACTOR, [desk.item(item)], {"approvals"})
        views = [*(shown.approvals or ()), *desk.approvals(item)]
        left = [
            vote.status
            for person in {vote.actor for round in item.approvals for vote in round.votes}
            for vote in engine._acts.look(partial(votes_of, person=person))
            if (vote.item, vote.approval) == (item.key, approval)
        ]
        return {view.status for view in views if view.approval == approval} | set(left)

    def next_of(self, item: ItemRecord, transition: str, person: str) -> frozenset[str]:
        """The blockers of a transition as a board shows them."""
        actor = self.desk.person(person)
        shown = self.desk.engine.reports.previews(actor, [(self.desk.item(item), transition)])
        return checks(shown[item.key].blockers)


def checks(blockers: Iterable[Blocker]) -> frozenset[str]:
    return frozenset(each.check for each in blockers)


def answer(act: Callable[[], object], form: frozenset[str] = frozenset()) -> frozenset[str]:
    """The checks by which an act was refused; none if it was not. Fields that do not fit count as a check.

    Without those that ask for inputs of a form alone: a listing leaves these to the form.
    """
    try:
        act()
    except BlockedError as refusal:
        return checks(
            each for each in refusal.blockers if not each.inputs or not form.issuperset(each.inputs)
        )
    except PlacetError as error:
        return frozenset({type(error).__name__})
    return frozenset()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Desk(tmp_path) as desk:
        yield World(desk)


@pytest.mark.parametrize("id", APPROVALS)
def test_another_content_is_not_what_was_agreed_to_whichever_way_it_comes(world: World, id: str) -> None:
    """Edited in, sent along, in bulk or in a dry run, for each material field and each transition that waits for it."""
    engine = world.desk.engine
    item_type = world.desk.catalog.item_type(APPROVALS[id])
    approval = item_type.approval(id)
    assert approval is not None
    world.is_such_that(approval)
    fields = [name for name in approval.material_fields if name not in item_type.computed_fields]
    other = [{name: world.value(item_type, name, 1)} for name in fields]
    waiting = list(world.waiting(item_type, approval))

    assert waiting, "some transition waits for it"
    for item, moves in waiting:
        for (name, person), sent in product(moves.items(), other):
            actor = world.desk.person(person)
            move = partial(engine.transition, actor, item.key, name, fields=sent, comment=REASON)
            refused, rehearsed = answer(move), answer(partial(move, dry_run=True))
            (bulk,) = engine.bulk(actor, [Wish(item.key, name, sent, REASON)], atomic=True)
            assert refused, f"{name} was allowed with {sent}"
            assert refused == rehearsed == answer(partial(raised, bulk.error)), f"{name} with {sent}"
        # Each field is edited in one state: the answer comes from the round, whichever state the item is in.
        for sent in other if item is waiting[0][0] else ():
            edited = world.decided(world.asked(item_type, approval, item.state), approval)
            if answer(partial(engine.items.edit, SYSTEM_ACTOR, edited.key, fields=sent)):
                continue
            assert world.desk.item(edited).approvals[0].status is ApprovalStatus.VOIDED, sent
            for name, person in moves.items():
                listed = world.desk.preview(edited, name, actor=person)
                actor = world.desk.person(person)
                move = partial(engine.transition, actor, edited.key, name, comment=REASON)
                refused = answer(move, world.form(edited, name, person))
                assert not listed.allowed, f"{name} after {sent}"
                assert refused == checks(listed.blockers), f"{name} after {sent}"


@pytest.mark.parametrize("id", APPROVALS)
def test_no_listing_says_that_it_is_granted_where_the_move_finds_it_outdated(world: World, id: str) -> None:
    """The subject that it was given for has changed behind the item, by way of another item, or its time is over."""
    item_type = world.desk.catalog.item_type(APPROVALS[id])
    approval = item_type.approval(id)
    assert approval is not None
    world.is_such_that(approval)
    item, moves = next(world.waiting(item_type, approval))

    assert world.said(item, id) == {ApprovalStatus.GRANTED}
    stood = {name: world.stands(item, name, person) for name, person in moves.items()}
    found = set()
    for now in world.otherwise(item, item_type, approval):
        closed = False
        for name, person in moves.items():
            move = partial(
                world.desk.engine.transition, world.desk.person(person), now.key, name, comment=REASON
            )
            refused = answer(partial(move, dry_run=True), world.form(now, name, person))
            assert world.next_of(now, name, person) == refused == world.stands(now, name, person), name
            closed = closed or bool(refused - stood[name])
        judged = ApprovalStatus.VOIDED if closed else ApprovalStatus.GRANTED
        assert world.said(now, id) == {judged}
        found.add(judged)
    assert ApprovalStatus.VOIDED in found


def raised(error: Exception | None) -> None:
    if error is not None:
        raise error
