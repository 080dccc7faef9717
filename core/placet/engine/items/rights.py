"""Who may make items, edit them without a transition, and name their people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM, stands_for
from placet.definitions.verdicts import BlockedError, Blocker, worded
from placet.definitions.wording import titled
from placet.definitions.workflow import Transition
from placet.engine.act.holders import roles_on
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.recorder import with_act
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import people_of, segregation
from placet.engine.rules.refusals import refused
from placet.errors import Fault, ForbiddenError, InvalidError

#: So many roles are named in a refusal; more of them would say no more than that some role is needed.
_NAMED = 5


def demand_creator(
    unit: UnitOfWork,
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
        message = "{actor:person} may not create {type:a type} in {place}"
        if state in item_type.entries:
            message += " that begins in {state:state}"
        said = unit.titles(place.key, item_type.id).sentence(
            message, actor=actor.id, type=item_type.id, place=place.key, state=state
        )
        raise ForbiddenError(said, needs=creators or place.roles)


def demand_editor(unit: UnitOfWork, actor: Actor, record: ItemRecord, act: str) -> None:
    """Raises `ForbiddenError` for an actor without a role that may edit the item."""
    if actor.kind != "system" and not may_edit(unit, actor.id, record):
        raise _may_not(unit, actor, act, record, _editors(unit, record))


def may_edit(unit: UnitOfWork, person: str, record: ItemRecord) -> bool:
    """Whether somebody holds a role that may edit the item: one of its type's editors, or any if it has none."""
    item_type = unit.item_type(record)
    editors = item_type.editors if item_type is not None else ()
    held = _held(unit, person, record)
    return bool(held & set(editors) if editors else held)


def _held(unit: UnitOfWork, person: str, record: ItemRecord) -> frozenset[str]:
    place = unit.workspace(record.workspace)
    return roles_on(unit, person, record).union(
        role for role, people in place.roles.items() if person in people
    )


def _editors(unit: UnitOfWork, record: ItemRecord) -> Sequence[str]:
    item_type = unit.item_type(record)
    editors = item_type.editors if item_type is not None else ()
    return editors or sorted(unit.workspace(record.workspace).roles)


def demand_party(unit: UnitOfWork, actor: Actor, record: ItemRecord, act: str) -> None:
    """Raises `ForbiddenError` for an actor without a part in the item, such as for attaching evidence to it.

    Those have a part who made it, or hold a role that may edit it, move it or decide on it.
    """
    if actor.kind == "system" or actor.id == record.created_by or may_edit(unit, actor.id, record):
        return
    item_type = unit.item_type(record)
    parties = set(item_type.editors) if item_type is not None else set()
    if item_type is not None:
        parties.update(role for transition in item_type.workflow.transitions for role in transition.roles)
        parties.update(role for approval in item_type.approvals for role in approval.asked)
    if not _held(unit, actor.id, record) & parties:
        raise _may_not(unit, actor, act, record, sorted(parties - {SYSTEM}))


def _may_not(
    unit: UnitOfWork, actor: Actor, act: str, record: ItemRecord, roles: Sequence[str]
) -> ForbiddenError:
    message = "{actor:person} may not {act} {item}"
    if 0 < len(roles) <= _NAMED:
        message += ", which is for the {roles:role or}"
    said = unit.titles(record.workspace, record.type).sentence(
        message, actor=actor.id, act=act, item=titled(record.title, record.key), roles=list(roles)
    )
    return ForbiddenError(said, needs=roles)


def unasked_fields(
    unit: UnitOfWork, before: ItemRecord, ctx: Context, transition: Transition
) -> list[Blocker]:
    """The blocker for fields that come along with a transition that does not ask for them, from no editor.

    A role that may make a move gives no right to rewrite the item on the way.
    """
    names = [
        name
        for name in ctx.sent
        if name not in transition.input and before.fields.get(name) != ctx.record.fields.get(name)
    ]
    if not names or ctx.actor == SYSTEM or may_edit(unit, ctx.actor, before):
        return []
    roles = _editors(unit, before)
    people = list(people_of(roles, ctx))
    return [
        worded(
            "{fields:field and} is for the {roles:role or} to edit, and {actor:person} holds no such role"
            if len(names) == 1
            else "{fields:field and} are for the {roles:role or} to edit, and {actor:person} holds no such role",
            "leave it out, or ask {people:person or}" if people else "leave it out",
            {"fields": names, "roles": list(roles), "actor": ctx.actor, "people": people},
            wording=ctx.titles,
            who=(*roles, *people),
            message_id="role.editor",
            gate="role",
            check="role",
            source=method_of(before.type),
        )
    ]


def reserved(
    unit: UnitOfWork, before: ItemRecord, after: ItemRecord, names: Iterable[str], actor: str
) -> list[Blocker]:
    """Blockers for those of some fields that an act changes, and that only holders of other roles write."""
    item_type = unit.item_type(after)
    if item_type is None or not item_type.writers or actor == SYSTEM:
        return []
    ctx = Context(unit, before, actor)
    closed: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        roles = item_type.writers.get(name)
        if roles and before.fields.get(name) != after.fields.get(name) and not ctx.holds(actor, *roles):
            closed.setdefault(roles, []).append(name)
    return [_written_by_others(ctx, fields, roles) for roles, fields in closed.items()]


def _written_by_others(ctx: Context, fields: Sequence[str], roles: Sequence[str]) -> Blocker:
    people = list(people_of(roles, ctx))
    return worded(
        "only the {roles:role or} may write {fields:field and}, and {actor:person} is not one",
        "ask {people:person or}" if people else "ask an administrator to give somebody this role",
        {"fields": list(fields), "roles": list(roles), "actor": ctx.actor, "people": people},
        wording=ctx.titles,
        who=(*roles, *people),
        message_id="field.writers",
        gate="role",
        check="field.writers",
        source=method_of(ctx.record.type),
    )


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


def demand_not_final(unit: UnitOfWork, actor: Actor, record: ItemRecord, act: str) -> None:
    """Raises `BlockedError` on an item that is finished: decisions rest on its links, which are evidence."""
    item_type = unit.item_type(record)
    state = None if item_type is None else item_type.workflow.state(record.state)
    if state is not None and state.category.final:
        raise refused(
            Context(unit, record, actor.id), act, "frozen",
            "it is in {state:state}, and its links are part of the record",
            "leave it, or add the link that was meant", state=record.state,
        )  # fmt: skip


def with_appointment(unit: UnitOfWork, record: ItemRecord, role: str, actor: str) -> ItemRecord:
    """The item with an actor's act of naming holders of a role. Raises `BlockedError` where a duty bars them."""
    act, item_type = f"appoint:{role}", unit.item_type(record)
    duties = item_type.duties if item_type is not None else ()
    if not any(stands_for(written, act) for duty in duties for written in (*duty.acts, *duty.bars)):
        return record
    ctx = Context(unit, record, actor)
    barred = list(segregation(ctx, act, [actor]))
    if barred:
        raise BlockedError(record.key, "appoint", barred, wording=ctx.titles)
    return replace(record, acts=with_act(record.acts, act, actor))
