"""Items: make, read, edit, comment, link, give roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.verdicts import BlockedError
from placet.engine.act.access import (
    Expected,
    demand_version,
    demand_visible,
    may_see,
    ref_of,
    seen_item,
    seen_workspace,
    sees,
    shown_item,
    visible_workspaces,
)
from placet.engine.act.holders import holders_of, inherited_roles
from placet.engine.act.input import COMMENT_LIMIT, clean_text, parse_key
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.recorder import append
from placet.engine.act.records import EventRecord, ItemRecord, NewLink
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.appointments import appointed, demand_apart
from placet.engine.items.links import LinkEnd
from placet.engine.items.rights import (
    demand_creator,
    demand_editor,
    demand_not_final,
    demand_open_fields,
    with_appointment,
)
from placet.engine.items.windows import demand_alone
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.refusals import method_missing
from placet.errors import InvalidError, NotFoundError


class Items:
    """Work on items other than transitions. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def create(
        self,
        actor: Actor,
        *,
        workspace: str,
        type: str,
        title: str,
        fields: Mapping[str, Any] | None = None,
        parent: str | None = None,
        links: Sequence[NewLink] = (),
        state: str | None = None,
    ) -> ItemRecord:
        """Make an item, where the rules allow it in a later state than the first.

        Raises:
            InvalidError: unknown workspace or type, fields that do not fit, an unknown parent or target, or a state in
                which no such item may begin.
            BlockedError: a gate on the making of such items is not passed; with all blockers.
            ForbiddenError: the actor has no role that may make one, or none that may make one in that state.
        """

        def do(unit: UnitOfWork) -> ItemRecord:
            place = _place(unit, actor, workspace, parent, fields or {})
            item_type = _type_to_make(unit, place, type)
            inherited = inherited_roles(unit, actor.id, place.key, parent, fields or {})
            demand_creator(unit, actor, place, item_type, state, inherited)
            demand_open_fields(actor, item_type, state, fields or {})
            demand_alone(unit, place, item_type, state)
            if parent is not None:
                demand_visible(unit, actor.id, "/parent", parent)
            for n, link in enumerate(links):
                demand_visible(unit, actor.id, f"/links/{n}/target", link.target)
            record = ItemWriter(unit).create(
                place.key, type, title, fields or {}, parent=parent, actor=actor.id, links=links, state=state
            )
            unit.write()
            return record

        return self._acts.act(f"create {type}", do)

    def get(self, actor: Actor, key: str) -> ItemRecord:
        """The item. Raises `NotFoundError`, also where the actor may not see it."""
        return self._acts.look(lambda unit: shown_item(unit, actor, key))

    def edit(
        self,
        actor: Actor,
        key: str,
        *,
        title: str | None = None,
        fields: Mapping[str, Any] | None = None,
        expected: Expected = None,
    ) -> ItemRecord:
        """Change title and fields (a merge patch). An edit that changes nothing writes nothing.

        Raises:
            BlockedError: a field is frozen in the item's state, or segregation of duties stands against it.
            ForbiddenError, InvalidError, NotFoundError, StaleError
        """

        def do(unit: UnitOfWork) -> ItemRecord:
            before = seen_item(unit, actor, key)
            demand_version(unit, before, expected)
            demand_editor(unit, actor, before, "edit")
            after = ItemWriter(unit).edit(ref_of(before), title, fields or {}, actor.id)
            unit.write()
            return after

        return self._acts.act(f"edit {_type_hint(key)}", do, about=key)

    def comment(self, actor: Actor, key: str, text: str) -> EventRecord:
        """Comment on an item. Its version stays the same, as nothing that was decided on has changed."""
        said = clean_text(text, "/text", limit=COMMENT_LIMIT, empty=False)

        def do(unit: UnitOfWork) -> EventRecord:
            record = seen_item(unit, actor, key)
            _, event = append(unit, record, "comment", actor.id, {"comment": said}, content=False)
            unit.write()
            return event

        return self._acts.act("comment", do)

    def link(
        self,
        actor: Actor,
        key: str,
        link_type: str,
        target: str,
        attributes: Mapping[str, Any] | None = None,
    ) -> ItemRecord:
        """Link an item to another that the actor can see.

        Linking items that are linked already changes the attributes, if any are given, and nothing else.
        """

        def do(unit: UnitOfWork) -> ItemRecord:
            record = seen_item(unit, actor, key)
            demand_editor(unit, actor, record, "link")
            other = unit.item(parse_key(target))
            if other is None or not sees(unit, actor, other):
                raise NotFoundError("item", target)
            after = ItemWriter(unit).link(ref_of(record), link_type, target, attributes, actor=actor.id)
            unit.write()
            return after

        return self._acts.act("link", do)

    def unlink(self, actor: Actor, key: str, link_type: str, target: str, *, comment: str = "") -> ItemRecord:
        """Remove a link; the comment says why, which some link types require.

        Raises:
            BlockedError: the item is final, and its links are part of the record, or the reason is missing.
            ForbiddenError: the actor may not edit the item.
            NotFoundError: the item, or the link.
        """
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> ItemRecord:
            record = seen_item(unit, actor, key)
            demand_editor(unit, actor, record, "unlink")
            demand_not_final(unit, actor, record, "unlink")
            after = ItemWriter(unit).unlink(ref_of(record), link_type, target, actor.id, said)
            unit.write()
            return after

        return self._acts.act("unlink", do)

    def links(self, actor: Actor, key: str) -> list[LinkEnd]:
        """The item's links in both directions, as far as the actor may see the other ends."""

        def see(unit: UnitOfWork) -> list[LinkEnd]:
            record = shown_item(unit, actor, key)
            types = unit.catalog(record.workspace).link_types
            ends: list[LinkEnd] = []
            for link_type, keys in record.links.items():
                title = types[link_type].title if link_type in types else link_type
                for other in unit.session.items([parse_key(each) for each in keys]):
                    said = record.attributes_of(link_type, other.key)
                    ends += _end(unit, actor, link_type, title, "out", other, said)
            for link_type, definition in types.items():
                for other in unit.session.linking(link_type, ref_of(record)):
                    title = definition.inverse or definition.title
                    said = other.attributes_of(link_type, record.key)
                    ends += _end(unit, actor, link_type, title, "in", other, said)
            return ends

        return self._acts.look(see)

    def children(self, actor: Actor, key: str) -> list[ItemRecord]:
        """The children of the item, as far as the actor may see them."""

        def see(unit: UnitOfWork) -> list[ItemRecord]:
            record = shown_item(unit, actor, key)
            found = unit.session.children(ref_of(record), None)
            return [child for child in found if may_see(unit, actor, child)]

        return self._acts.look(see)

    def below(self, actor: Actor, key: str) -> list[ItemRecord]:
        """The items below an item on all levels, in order of key, as far as the actor may see them; in one query."""

        def see(unit: UnitOfWork) -> list[ItemRecord]:
            record = shown_item(unit, actor, key)
            found = unit.current(unit.session.below(ref_of(record)))
            return [each for each in found if may_see(unit, actor, each)]

        return self._acts.look(see)

    def role_holders(
        self, actor: Actor, records: Sequence[ItemRecord], roles: Iterable[str]
    ) -> dict[str, dict[str, tuple[str, ...]]]:
        """The holders of roles on items that the actor was shown, by key and role.

        Items above them are read only where they are not among them.
        """
        wanted = tuple(roles)

        def see(unit: UnitOfWork) -> dict[str, dict[str, tuple[str, ...]]]:
            shown = [record for record in unit.current(records) if may_see(unit, actor, record)]
            return {record.key: {role: holders_of(role, record, unit) for role in wanted} for record in shown}

        return self._acts.look(see)

    def set_role(self, actor: Actor, key: str, role: str, actors: Sequence[str]) -> ItemRecord:
        """Give an item holders of its own for a role; an empty list brings back those above it, or the workspace's.

        For roles that declare it (`Role.on_item`), by those who appoint them; see `appointed`.

        Raises:
            ForbiddenError, InvalidError, NotFoundError
        """

        def do(unit: UnitOfWork) -> ItemRecord:
            record = seen_item(unit, actor, key)
            catalog = unit.catalog(record.workspace)
            if role not in catalog.roles:
                raise NotFoundError("role", role[:100], catalog.roles)
            people = appointed(unit, actor, record, catalog.roles[role], actors)
            demand_apart(unit, record, catalog.roles[role], people)
            record = with_appointment(unit, record, role, actor.id)
            if people == record.roles.get(role, ()):
                return record
            roles = {name: holders for name, holders in {**record.roles, role: people}.items() if holders}
            old = list(record.roles.get(role, ()))
            after, _ = append(
                unit,
                replace(record, roles=roles),
                "roles",
                actor.id,
                {"role": role, "changes": {role: [old, list(people)]}},
            )
            unit.write()
            return after

        return self._acts.act("set_item_role", do, about=key)


def _place(
    unit: UnitOfWork, actor: Actor, workspace: str, parent: str | None, fields: Mapping[str, Any]
) -> WorkspaceRecord:
    """The workspace of a new item.

    Who holds a role there on its parent, or on an item that it names and inherits roles from, need not hold one in the
    workspace.
    """
    try:
        return seen_workspace(unit, actor, workspace)
    except NotFoundError:
        if parent is not None and parent.startswith(f"{workspace}-"):
            demand_visible(unit, actor.id, "/parent", parent)
            return unit.workspace(workspace)
        if _inherits(unit, actor, workspace, fields):
            return unit.workspace(workspace)
        known = visible_workspaces(unit, actor)
        raise InvalidError.unknown("/workspace", "workspace", workspace[:100], known) from None


def _inherits(unit: UnitOfWork, actor: Actor, workspace: str, fields: Mapping[str, Any]) -> bool:
    """Whether a new item with these fields would give the actor a role; not where the workspace does not exist."""
    try:
        return bool(inherited_roles(unit, actor.id, workspace, None, fields))
    except NotFoundError:
        return False


def _type_to_make(unit: UnitOfWork, place: WorkspaceRecord, type: str) -> ItemType:
    catalog = unit.catalog(place.key)
    if type not in catalog.item_types:
        method = method_of(type)
        if method in catalog.missing:
            refusal = method_missing(method, catalog.missing[method], type)
            raise BlockedError(place.key, "create", [refusal], wording=unit.titles(place.key, type))
        raise InvalidError.unknown("/type", "item type", type[:100], catalog.item_types)
    return catalog.item_type(type)


def _end(
    unit: UnitOfWork,
    actor: Actor,
    link_type: str,
    title: str,
    direction: str,
    other: ItemRecord,
    attributes: Mapping[str, Any],
) -> list[LinkEnd]:
    if not may_see(unit, actor, other):
        return []
    end = LinkEnd(link_type, title, direction, other.key, other.type, other.title, other.state, attributes)
    return [end]


def _type_hint(key: str) -> str:
    """The name under which it is learned which acts on a workspace's items need a transaction."""
    return key.partition("-")[0]
