"""Makes items inside a unit of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from placet.definitions.copies import changed
from placet.definitions.document import plain
from placet.definitions.items import ItemType
from placet.definitions.roles import CREATE, SYSTEM
from placet.definitions.states import State
from placet.definitions.verdicts import BlockedError, GateMode
from placet.definitions.wording import entitled
from placet.engine.act.input import TITLE_LIMIT, clean_text, demand_sendable, merged, parse_key, stored
from placet.engine.act.recorder import append
from placet.engine.act.records import ItemRecord, ItemRef, NewLink
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.effects import EffectRunner
from placet.engine.items.fields import FieldWriter
from placet.engine.items.links import LinkWriter
from placet.engine.items.rights import reserved
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import evaluate_creation
from placet.engine.rules.grounds import blocker_data, check_data
from placet.errors import Fault, InvalidError, NotFoundError


class ItemCreator:
    """Makes items."""

    def __init__(
        self, unit: UnitOfWork, fields: FieldWriter, links: LinkWriter, effects: EffectRunner
    ) -> None:
        self._unit = unit
        self._fields = fields
        self._links = links
        self._effects = effects

    def create(
        self,
        workspace: str,
        type: str,
        title: str,
        fields: Mapping[str, Any],
        *,
        parent: str | None = None,
        actor: str = SYSTEM,
        links: Sequence[NewLink] = (),
        state: str | None = None,
        caused_by: str | None = None,
    ) -> ItemRecord:
        """Make an item, in its initial state or in a later one in which its type may begin.

        Raises:
            BlockedError: a gate on its making is not passed, or a duty bars somebody whom it names; with all blockers.
        """
        catalog = self._unit.catalog(workspace)
        if type not in catalog.item_types:
            raise InvalidError.unknown("/type", "item type", type, catalog.item_types)
        item_type = catalog.item_type(type)
        title = clean_text(title, "/title", limit=TITLE_LIMIT, empty=False, lines=False)
        demand_sendable(item_type, fields, {})
        given = stored(item_type.fields, merged({}, fields))
        if parent is not None:
            self._check_parent(workspace, item_type, parent)
        begun = _entered(self._unit, workspace, item_type, state)
        record = self._fields.with_fields(
            self._new(workspace, type, title, begun, parent, actor), item_type, given, actor
        )
        record = self._signed(record, item_type, fields, actor)
        grounds = self._judged(record, item_type, actor, fields)
        self._unit.add(record)
        data = {
            **grounds,
            "changes": {name: [None, value] for name, value in record.fields.items()},
            "to_state": record.state, "type": type, "title": title, "parent": parent, "caused_by": caused_by,
        }  # fmt: skip
        record, _ = append(self._unit, record, "created", actor, data)
        record = self._linked(record, links, actor)
        ref = ItemRef(record.workspace, record.number)
        self._effects.follow(ref, data["changes"], moved=True, cause=caused_by)
        return self._unit.own(ref)

    def _signed(
        self, record: ItemRecord, item_type: ItemType, given: Mapping[str, Any], actor: str
    ) -> ItemRecord:
        """The item with those who are on record by its fields. Raises `BlockedError` where fields or people may not."""
        empty = replace(record, fields={})
        self._demand_writer(record, item_type, given, actor)
        barred = self._fields.named(empty, record, actor)
        if barred:
            titles = self._unit.titles(record.workspace, record.type)
            shown = [changed(blocker, actions=()) for blocker in barred]
            raise BlockedError(record.workspace, CREATE, shown, wording=titles)
        return self._fields.signed(empty, record, item_type, actor)

    def _demand_writer(
        self, record: ItemRecord, item_type: ItemType, given: Mapping[str, Any], actor: str
    ) -> None:
        """Raises `BlockedError` for given fields that the actor does not write, but for their default values."""
        if item_type.writers:
            names = item_type.writers.keys() & given.keys()
            without = replace(record, fields={**record.fields, **_defaults(item_type, names)})
            blockers = reserved(self._unit, without, record, names, actor)
            if blockers:
                titles = self._unit.titles(record.workspace, record.type)
                raise BlockedError(record.workspace, CREATE, blockers, wording=titles)

    def _judged(
        self, record: ItemRecord, item_type: ItemType, actor: str, sent: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The verdicts of the gates on its making, as its event keeps them.

        Items that begin in a later state have begun elsewhere, under other rules.

        Raises:
            BlockedError: with all blockers.
        """
        if not item_type.creation or record.state != item_type.workflow.initial.id:
            return {}
        ctx = Context(self._unit, record, actor, sent=sent)
        found = evaluate_creation(ctx, item_type.creation)
        if found.enforced:
            shown = [b for b in found.blockers if b.mode is not GateMode.OBSERVE]
            observed = [b for b in found.blockers if b.mode is GateMode.OBSERVE]
            raise BlockedError(record.workspace, CREATE, shown, observed=observed, wording=ctx.titles)
        return {
            "reported": [blocker_data(blocker) for blocker in found.blockers],
            "checks": [check_data(report) for report in found.reports],
        }

    def _linked(self, record: ItemRecord, links: Sequence[NewLink], actor: str) -> ItemRecord:
        for n, link in enumerate(links):
            try:
                record = self._links.link(ItemRef(record.workspace, record.number), *link, actor=actor)
            except InvalidError as error:
                faults = [Fault(f"/links/{n}{fault.pointer}", fault.message) for fault in error.faults]
                raise InvalidError(faults) from None
        return record

    def _new(
        self, workspace: str, type: str, title: str, state: State, parent: str | None, actor: str
    ) -> ItemRecord:
        now = self._unit.now
        return ItemRecord(
            workspace=workspace,
            number=self._unit.next_number(workspace),
            type=type,
            title=title,
            state=state.id,
            category=state.category.value,
            version=0,
            seq=0,
            head="",
            fields={},
            created_at=now,
            created_by=actor,
            updated_at=now,
            state_since=now,
            definition="",
            parent=parent,
            acts={CREATE: (actor,)},
            workspace_version=self._unit.workspace(workspace).version,
        )

    def _check_parent(self, workspace: str, item_type: ItemType, parent: str) -> None:
        try:
            found = self._unit.item(parse_key(parent))
        except NotFoundError:
            found = None
        if found is None:
            raise InvalidError.at("/parent", f'there is no item "{parent}"')
        if item_type.parents is None or (item_type.parents and found.type not in item_type.parents):
            titles = self._unit.titles(workspace, item_type.id)
            message = "{parent} is {found:a type}, and {type:a type} has no parent"
            if item_type.parents:
                message = "{parent} is {found:a type}; as a parent {type:a type} takes {allowed:a type or}"
            named = {
                "parent": parent,
                "found": found.type,
                "type": item_type.id,
                "allowed": item_type.parents,
            }
            raise InvalidError.at("/parent", titles.sentence(message, **named))


def _defaults(item_type: ItemType, names: Iterable[str]) -> dict[str, Any]:
    """The values of fields on an item that is made without them, as they are stored."""
    declared = item_type.fields.model_fields
    return {
        name: None
        if declared[name].is_required()
        else plain(declared[name].get_default(call_default_factory=True))
        for name in names
    }


def _entered(unit: UnitOfWork, workspace: str, item_type: ItemType, wished: str | None) -> State:
    """The state in which an item is made."""
    workflow = item_type.workflow
    if wished is None or wished == workflow.initial.id:
        return workflow.initial
    found, titles = workflow.state(wished), unit.titles(workspace, item_type.id)
    if found is None:
        what = titles.sentence("state of {type:a type}", type=item_type.id)
        raise InvalidError.unknown("/state", what, wished[:100], [state.id for state in workflow.states])
    if wished not in item_type.entries:
        begins = [entitled(titles.state(each), each) for each in (workflow.initial.id, *item_type.entries)]
        message = "{type:a type} is made in {begins:or}, not in {wished:state}"
        raise InvalidError.at(
            "/state", titles.sentence(message, type=item_type.id, begins=begins, wished=wished)
        )
    return found
