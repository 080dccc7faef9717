"""Appointing people to roles for one item: who may, and whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from placet.definitions.items import ActorRef
from placet.definitions.marks import marked_fields
from placet.definitions.roles import Appointment, Role
from placet.engine.act.access import known_people
from placet.engine.act.holders import holders_of
from placet.engine.act.input import values_of
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.act.titles import Titles
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.appointments import demand_appointable
from placet.engine.rules.context import Context
from placet.engine.rules.refusals import refused
from placet.errors import Fault, ForbiddenError, InvalidError


def appointed(
    unit: UnitOfWork, actor: Actor, record: ItemRecord, role: Role, actors: Sequence[str]
) -> tuple[str, ...]:
    """The people who would hold a role for one item from now on.

    Raises:
        ForbiddenError: the role is not given for such an item, or not by the actor: only holders of a role that
            appoints and administrators do, neither themselves nor with a part in the item, unless the role allows that.
        BlockedError: a method has something against it.
        InvalidError: unknown people, more than the role takes, or somebody without the standing that it requires.
    """
    titles = unit.titles(record.workspace, record.type)
    on_item = _demand_given_here(titles, record, role)
    if actor.kind != "system":
        _demand_appointer(unit, actor, record, role, on_item)
    people = known_people(unit, actors, role)
    fresh = [person for person in people if person not in record.roles.get(role.id, ())]
    if actor.id in fresh and not on_item.themselves:
        raise ForbiddenError(
            titles.sentence(
                "nobody appoints themselves as {role:role}: somebody else has to appoint {actor:person}",
                role=role.id, actor=actor.id,
            ),
            needs=_appointers(on_item),
        )  # fmt: skip
    faults = list(_without_standing(unit, record, role, on_item, people, fresh))
    if faults:
        raise InvalidError(faults)
    demand_appointable(unit, record, role.id, fresh)
    return people


def demand_apart(unit: UnitOfWork, record: ItemRecord, role: Role, people: Sequence[str]) -> None:
    """Raises `BlockedError` where one of the people already holds a role that nobody holds together with this one."""
    roles = unit.catalog(record.workspace).roles.values()
    for other in roles:
        if other.id not in role.apart_from and role.id not in other.apart_from:
            continue
        both = [person for person in people if person in holders_of(other.id, record, unit)]
        if both:
            raise refused(
                Context(unit, record, both[0]), "appoint", "segregation",
                "{people:person and} already hold {other:role}, which nobody holds together with {role:role}"
                if len(both) > 1
                else "{people:person} already holds {other:role}, which nobody holds together with {role:role}",
                "appoint somebody else as {role:role}",
                people=both, other=other.id, role=role.id,
            )  # fmt: skip


def _demand_given_here(titles: Titles, record: ItemRecord, role: Role) -> Appointment:
    if role.on_item is None:
        raise ForbiddenError(
            titles.sentence(
                "the role {role:role} is not given for one item: administrators give it in the workspace {place}",
                role=role.id, place=record.workspace,
            ),
            needs=["administrator"],
        )  # fmt: skip
    if role.held_on and record.type not in role.held_on:
        raise ForbiddenError(
            titles.sentence(
                "the role {role:role} is held on {types:a type or}, and {key} is {type:a type}: appoint somebody on "
                "{types:a type or}",
                role=role.id, types=list(role.held_on), key=record.key, type=record.type,
            ),
            needs=[],
        )  # fmt: skip
    return role.on_item


def _demand_appointer(
    unit: UnitOfWork, actor: Actor, record: ItemRecord, role: Role, on_item: Appointment
) -> None:
    titles = unit.titles(record.workspace, record.type)
    if not actor.admin and not any(actor.id in holders_of(each, record, unit) for each in on_item.by):
        raise ForbiddenError(
            titles.sentence(
                "{actor:person} may not appoint anybody as {role:role} on {key}",
                actor=actor.id, role=role.id, key=record.key,
            ),
            needs=_appointers(on_item),
        )  # fmt: skip
    part = None if on_item.by_parties else _part_in(unit, actor.id, record, on_item)
    if part is not None:
        raise ForbiddenError(
            titles.sentence(
                "{actor:person} may not appoint anybody as {role:role} on {key}, as they {part}: somebody without a "
                "part in it may",
                actor=actor.id, role=role.id, key=record.key, part=part,
            ),
            needs=_appointers(on_item),
        )  # fmt: skip


def _appointers(on_item: Appointment) -> list[str]:
    return ["administrator", *on_item.by]


def _part_in(unit: UnitOfWork, person: str, record: ItemRecord, on_item: Appointment) -> str | None:
    """The part that somebody has in an item besides appointing, in words; `None` without one."""
    titles = unit.titles(record.workspace, record.type)
    done = [act for act, people in record.acts.items() if person in people and not act.startswith("appoint")]
    if done:
        return titles.sentence("{acts:act and}", acts=done)
    item_type = unit.item_type(record)
    for name, mark in marked_fields(item_type.fields) if item_type is not None else ():
        if isinstance(mark, ActorRef) and person in [value for _, value in values_of(record.fields, name)]:
            return titles.sentence("are named as its {field:field}", field=name)
    held = [role for role, people in record.roles.items() if person in people and role not in on_item.by]
    return titles.sentence("are its {role:role}", role=held[0]) if held else None


def _without_standing(
    unit: UnitOfWork,
    record: ItemRecord,
    role: Role,
    on_item: Appointment,
    people: Sequence[str],
    fresh: Sequence[str],
) -> Iterator[Fault]:
    if not on_item.to:
        return
    held = unit.workspace(record.workspace).roles
    eligible = {person for each in on_item.to for person in held.get(each, ())}
    for n, person in enumerate(people):
        if person in fresh and person not in eligible:
            yield Fault(
                f"/actors/{n}",
                unit.titles(record.workspace, record.type).sentence(
                    "{person:person} holds none of the roles that the role {role:role} needs in {place}: "
                    "{needed:role or}",
                    person=person, role=role.id, needed=list(on_item.to), place=record.workspace,
                ),
            )  # fmt: skip
