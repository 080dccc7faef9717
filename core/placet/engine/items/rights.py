"""Who may make items, and edit them without a transition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from placet.definitions.items import ItemType
from placet.engine.act.holders import roles_on
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import Fault, ForbiddenError, InvalidError


def demand_creator(
    actor: Actor,
    place: WorkspaceRecord,
    item_type: ItemType,
    state: str | None = None,
    inherited: frozenset[str] = frozenset(),
) -> None:
    """Raises `ForbiddenError` for an actor without a role that may make items of the type in this state.

    `inherited` are the actor's roles on the items under which it is made.
    """
    creators = item_type.entries.get(state or "", item_type.creators)
    held = {role for role, people in place.roles.items() if actor.id in people} | inherited
    if not (held & set(creators) if creators else held) and actor.kind != "system":
        raise ForbiddenError(
            f"{actor.id} may not make a {item_type.id} in {place.key}"
            + (f" that begins in {state}" if state in item_type.entries else ""),
            needs=creators or place.roles,
        )


def demand_editor(work: UnitOfWork, actor: Actor, record: ItemRecord, act: str) -> None:
    """Raises `ForbiddenError` for an actor without a role that may edit the item."""
    if actor.kind == "system":
        return
    place = work.workspace(record.workspace)
    item_type = work.item_type(record)
    held = {role for role, people in place.roles.items() if actor.id in people}
    held |= roles_on(work, actor.id, record)
    editors = item_type.editors if item_type is not None else ()
    if not (held & set(editors) if editors else held):
        raise ForbiddenError(f"{actor.id} may not {act} {record.key}", needs=editors or sorted(place.roles))


def demand_open_fields(
    actor: Actor, item_type: ItemType, state: str | None, fields: Mapping[str, Any]
) -> None:
    """Raises `InvalidError` for fields that are frozen from the first state on: transitions and effects set them.

    An item that begins in a later state may bring such fields along from elsewhere.
    """
    first = item_type.workflow.initial.id
    if actor.kind == "system" or state not in {None, first}:
        return
    frozen = [name for name in item_type.frozen_in.get(first, ()) if fields.get(name) is not None]
    if frozen:
        message = "is set by what happens to the item, and cannot be given when it is made"
        raise InvalidError([Fault(f"/fields/{name}", message) for name in frozen])
