"""Links between items: which there may be, and an item with one more or less."""

from __future__ import annotations

from dataclasses import replace

from placet.definitions.items import Cardinality, LinkType
from placet.engine.act.input import parse_key
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, InvalidError, NotFoundError


def linked(work: UnitOfWork, record: ItemRecord, link_type: str, target: str) -> ItemRecord:
    """The item with a link; the same item if it has it already.

    Raises:
        ConflictError: there may be only one, and there is.
        InvalidError: an unknown link type or target, or one that does not go together with the item.
    """
    definition = _link_type(work, record.workspace, link_type)
    other = _target(work, target)
    _demand_ends(definition, record, other)
    there = record.links.get(link_type, ())
    if target in there:
        return record
    _demand_room(work, definition, record, other)
    return replace(record, links={**record.links, link_type: (*there, target)})


def unlinked(work: UnitOfWork, record: ItemRecord, link_type: str, target: str) -> ItemRecord:
    """The item without a link. Raises `NotFoundError` with the links that there are."""
    _link_type(work, record.workspace, link_type)
    there = record.links.get(link_type, ())
    if target not in there:
        raise NotFoundError(f"link {link_type} from {record.key} to", target, there)
    left = {**record.links, link_type: tuple(key for key in there if key != target)}
    return replace(record, links={name: keys for name, keys in left.items() if keys})


def _link_type(work: UnitOfWork, workspace: str, link_type: str) -> LinkType:
    known = work.catalog(workspace).link_types
    if link_type not in known:
        raise InvalidError.unknown("/type", "link type", link_type, known)
    return known[link_type]


def _target(work: UnitOfWork, key: str) -> ItemRecord:
    try:
        found = work.item(parse_key(key))
    except NotFoundError:
        found = None
    if found is None:
        raise InvalidError.at("/target", f'there is no item "{key[:100]}"')
    return found


def _demand_ends(definition: LinkType, source: ItemRecord, target: ItemRecord) -> None:
    if source.key == target.key:
        raise InvalidError.at("/target", f"{source.key} cannot be linked to itself")
    for types, end, role in (
        (definition.sources, source, "start at"),
        (definition.targets, target, "lead to"),
    ):
        if types and end.type not in types:
            raise InvalidError.at(
                "/target",
                f"{end.key} is a {end.type}; {definition.id} can {role} {' or '.join(types)} only",
            )


def _demand_room(work: UnitOfWork, definition: LinkType, source: ItemRecord, target: ItemRecord) -> None:
    """Raises `ConflictError` where an end has its one link already."""
    one_target = definition.cardinality in {Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE}
    there = source.links.get(definition.id, ())
    if one_target and there:
        raise ConflictError(
            f"{source.key} has its one link {definition.id} already, to {there[0]}: remove it first"
        )
    if definition.cardinality in {Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE}:
        ref = ItemRef(target.workspace, target.number)
        linking = work.current(work.session.linking(definition.id, ref))
        if linking:
            raise ConflictError(
                f"{target.key} has its one link {definition.id} already, from {linking[0].key}: remove it first"
            )
