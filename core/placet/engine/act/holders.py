"""Who holds a role on an item: by the item itself, by an item above it, or by its workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from placet.definitions.roles import SYSTEM, Role
from placet.engine.act.input import parse_key
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import NotFoundError

#: Items that are looked at for one role, so that a circle of parents ends.
_FURTHEST = 50


def holders_of(role: str, record: ItemRecord, unit: UnitOfWork) -> tuple[str, ...]:
    """The holders of a role on an item.

    The item's own come first; a role that is held on items is inherited from the nearest such item of the same
    workspace, and every other role is that of the workspace.
    """
    if role == SYSTEM:
        return (SYSTEM,)
    own = record.roles.get(role)
    if own:
        return own
    declared = unit.catalog(record.workspace).roles.get(role)
    if declared is None or not declared.held_on:
        return unit.workspace(record.workspace).roles.get(role, ())
    # As of its last event: nobody gets a role by the fields of the very request that needs it.
    settled = unit.as_recorded(record) or record
    return _inherited(unit, declared, record.workspace, _above(declared, settled.parent, settled.fields))


def inherited_roles(
    unit: UnitOfWork, person: str, workspace: str, parent: str | None, fields: Mapping[str, Any]
) -> frozenset[str]:
    """The roles held on items that somebody would have on a new item with this parent and these fields."""
    return frozenset(
        role.id
        for role in unit.catalog(workspace).roles.values()
        if role.held_on and person in _inherited(unit, role, workspace, _above(role, parent, fields))
    )


def roles_on(unit: UnitOfWork, person: str, record: ItemRecord) -> frozenset[str]:
    """The roles that somebody holds on an item itself or on one above it, without those of the workspace."""
    own = {role for role, people in record.roles.items() if person in people}
    roles = unit.catalog(record.workspace).roles.values()
    return frozenset(own).union(
        role.id for role in roles if role.held_on and person in holders_of(role.id, record, unit)
    )


def _above(role: Role, parent: str | None, fields: Mapping[str, Any]) -> Iterator[str]:
    """The keys of the items by which an item inherits a role: in its declared fields first, then its parent."""
    for name in role.through:
        named = fields.get(name)
        yield from (each for each in (named if isinstance(named, list) else [named]) if isinstance(each, str))
    if parent is not None:
        yield parent


def _inherited(unit: UnitOfWork, role: Role, workspace: str, keys: Iterable[str]) -> tuple[str, ...]:
    """The holders on the nearest items on which the role is held, level by level."""
    seen: set[ItemRef] = set()
    front = _refs(workspace, keys)
    while front and len(seen) < _FURTHEST:
        seen.update(front)
        found = unit.items(front)
        held = [
            person for item in found if item.type in role.held_on for person in item.roles.get(role.id, ())
        ]
        if held:
            return tuple(dict.fromkeys(held))
        above = [key for item in found for key in _above(role, item.parent, item.fields)]
        front = [ref for ref in _refs(workspace, above) if ref not in seen]
    return ()


def _refs(workspace: str, keys: Iterable[str]) -> list[ItemRef]:
    refs: dict[ItemRef, None] = {}
    for key in keys:
        try:
            ref = parse_key(key)
        except NotFoundError:
            continue
        if ref.workspace == workspace:
            refs[ref] = None
    return list(refs)
