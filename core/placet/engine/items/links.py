"""Links items inside a unit of work: which links are allowed, and their effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from placet.definitions.items import Cardinality, LinkType
from placet.definitions.wording import entitled, titled
from placet.engine.act.input import dump, faults_of, faults_within, parse_key
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.effects import EffectRunner
from placet.engine.items.fields import FieldWriter
from placet.engine.rules.context import Context
from placet.engine.rules.refusals import refused
from placet.errors import ConflictError, InvalidError, NotFoundError


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """One link of an item, as seen from the item."""

    link_type: str
    title: str
    #: `out` where it starts at the item, `in` where it leads to it.
    direction: str
    key: str
    type: str
    item_title: str
    state: str
    #: The link's attributes; empty where it has none.
    attributes: Mapping[str, Any] = field(default_factory=dict)


class LinkWriter:
    """Writes links of items."""

    def __init__(self, unit: UnitOfWork, fields: FieldWriter, effects: EffectRunner) -> None:
        self._unit = unit
        self._fields = fields
        self._effects = effects

    def link(
        self,
        ref: ItemRef,
        link_type: str,
        target: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        actor: str,
        caused_by: str | None = None,
    ) -> ItemRecord:
        """Link an item to another, and run the link type's effects; an existing link gets the attributes.

        `caused_by` is the item, timer or job whose effect makes the link, if one does.
        """
        record = self._unit.own(ref)
        linked = with_link(self._unit, record, link_type, target, attributes)
        if linked is record:
            return record
        definition = self._unit.catalog(record.workspace).link_types[link_type]
        said = linked.attributes_of(link_type, target)
        made = linked.links is not record.links
        data: dict[str, Any] = {"link_type": link_type, "target": target}
        if definition.attributes is not None:
            data["attributes"] = said
        if not made:
            data["former_attributes"] = record.attributes_of(link_type, target)
        if caused_by:
            data["caused_by"] = caused_by
        linked = self._relinked(record, linked, "linked", actor, data)
        if not made or not definition.effects:
            return linked
        sent = {"link": link_type, "target": target, "attributes": said}
        self._effects.run_on(ref, definition.effects, link_type, sent=sent)
        return self._unit.own(ref)

    def unlink(self, ref: ItemRef, link_type: str, target: str, actor: str, comment: str = "") -> ItemRecord:
        """Remove a link.

        Raises:
            BlockedError: gates read such links as evidence, and the comment is not a reason for removing one.
            NotFoundError: with the existing links.
        """
        record = self._unit.own(ref)
        after = without_link(self._unit, record, link_type, target)
        definition = self._unit.catalog(record.workspace).link_types[link_type]
        if len(comment.strip()) < definition.removal_reason:
            raise refused(
                Context(self._unit, record, actor), "unlink", "link",
                "links that say {title} are evidence, and removing one takes a reason",
                "say why, in at least {needed} characters", title=f"'{definition.title}'",
                needed=definition.removal_reason,
            )  # fmt: skip
        data: dict[str, Any] = {"link_type": link_type, "target": target}
        if comment:
            data["comment"] = comment
        return self._relinked(record, after, "unlinked", actor, data)

    def _relinked(
        self, before: ItemRecord, after: ItemRecord, kind: str, actor: str, data: Mapping[str, Any]
    ) -> ItemRecord:
        """Links are content: fields that are computed from them are computed again."""
        settled = self._fields.settled(after)
        changes = changed_fields(before, settled)
        return append(self._unit, settled, kind, actor, {**data, "changes": changes} if changes else data)[0]


def with_link(
    unit: UnitOfWork,
    record: ItemRecord,
    link_type: str,
    target: str,
    attributes: Mapping[str, Any] | None = None,
) -> ItemRecord:
    """The item with a link; the same item if it has the link already, with the same attributes or with none given.

    Raises:
        ConflictError: only one link of the type is allowed, and there is one already; or the target leads back to the
            item, and the link type is acyclic.
        InvalidError: an unknown link type or target, a target that the link type does not allow, or attributes that do
            not fit.
    """
    definition = _link_type(unit, record.workspace, link_type)
    other = _target(unit, target)
    _demand_ends(unit, definition, record, other)
    there = record.links.get(link_type, ())
    if target not in there:
        _demand_room(unit, definition, record, other)
        if definition.acyclic and _leads_to(unit, other, definition.id, record.key):
            raise ConflictError(
                f"{_called(other, record)} leads back to {record.key} over links that say '{definition.title}', and "
                "none of these may form a circle: remove the one that is wrong first"
            )
        record = replace(record, links={**record.links, link_type: (*there, target)})
    elif attributes is None:
        return record
    before = record.attributes_of(link_type, target)
    said = _checked(definition, attributes or {}, before)
    if said == before:
        return record
    held = record.link_attributes.get(link_type, {})
    return replace(record, link_attributes={**record.link_attributes, link_type: {**held, target: said}})


def _checked(
    definition: LinkType, attributes: Mapping[str, Any], before: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Attributes as they are stored. Raises `InvalidError` with a pointer for each that does not fit.

    Attributes of a method that is switched off stay as they were.
    """
    model = definition.attributes
    if model is None:
        if attributes:
            raise InvalidError.at("/attributes", f"links that say {_link(definition)} have no attributes")
        return before
    faults = list(faults_within(attributes, "/attributes", 0))
    for name in attributes:
        if name not in model.model_fields:
            pointer = f"/attributes/{str(name)[:100]}"
            faults += InvalidError.unknown(pointer, "attribute", str(name)[:100], model.model_fields).faults
    if faults:
        raise InvalidError(faults)
    unseen = {name: value for name, value in before.items() if name not in model.model_fields}
    try:
        return unseen | dump(model.model_validate(attributes))
    except ValidationError as error:
        raise InvalidError(faults_of(error, model, "/attributes")) from None


def without_link(unit: UnitOfWork, record: ItemRecord, link_type: str, target: str) -> ItemRecord:
    """The item without a link. Raises `NotFoundError` with the existing links."""
    definition = _link_type(unit, record.workspace, link_type)
    there = record.links.get(link_type, ())
    if target not in there:
        raise NotFoundError(f"link that says {_link(definition)} from {record.key} to", target, there)
    left = {**record.links, link_type: tuple(key for key in there if key != target)}
    said = {
        name: {key: each for key, each in held.items() if (name, key) != (link_type, target)}
        for name, held in record.link_attributes.items()
    }
    return replace(
        record,
        links={name: keys for name, keys in left.items() if keys},
        link_attributes={name: held for name, held in said.items() if held},
    )


def _link_type(unit: UnitOfWork, workspace: str, link_type: str) -> LinkType:
    known = unit.catalog(workspace).link_types
    if link_type not in known:
        raise InvalidError.unknown("/type", "link type", link_type, known)
    return known[link_type]


def _target(unit: UnitOfWork, key: str) -> ItemRecord:
    try:
        found = unit.item(parse_key(key))
    except NotFoundError:
        found = None
    if found is None:
        raise InvalidError.at("/target", f'there is no item "{key[:100]}"')
    return found


def _called(item: ItemRecord, beside: ItemRecord) -> str:
    """An item with its title, unless it lies in another workspace, where others may see it."""
    return titled(item.title, item.key) if item.workspace == beside.workspace else item.key


def _link(definition: LinkType) -> str:
    return entitled(f"'{definition.title}'", definition.id)


def _demand_ends(unit: UnitOfWork, definition: LinkType, source: ItemRecord, target: ItemRecord) -> None:
    if source.key == target.key:
        raise InvalidError.at("/target", f"{source.key} cannot be linked to itself")
    # Where the item itself is the wrong end, another target does not help: the link type is at fault.
    for pointer, types, end, role in (
        ("/type", definition.sources, source, "start at"),
        ("/target", definition.targets, target, "lead to"),
    ):
        if types and end.type not in types:
            message = "{end} is {type:a type}, and links that say {link} can {role} {types:a type or} only"
            raise InvalidError.at(
                pointer,
                unit.titles(source.workspace, source.type).sentence(
                    message, end=_called(end, source), type=end.type, link=_link(definition), role=role,
                    types=list(types),
                ),
            )  # fmt: skip


def _demand_room(unit: UnitOfWork, definition: LinkType, source: ItemRecord, target: ItemRecord) -> None:
    """Raises `ConflictError` where an end has its only link of the type already.

    A third item is named by its key alone, since not everybody who may link the two sees that one.
    """
    one_target = definition.cardinality in {Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE}
    there = source.links.get(definition.id, ())
    if one_target and there:
        raise ConflictError(
            f"{source.key} already has its only link that says {_link(definition)}, to {there[0]}: remove it first"
        )
    if definition.cardinality in {Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE}:
        ref = ItemRef(target.workspace, target.number)
        linking = unit.current(unit.session.linking(definition.id, ref))
        if linking:
            raise ConflictError(
                f"{_called(target, source)} already has its only link that says {_link(definition)}, from "
                f"{linking[0].key}: remove it first"
            )


def _leads_to(unit: UnitOfWork, start: ItemRecord, link_type: str, key: str) -> bool:
    """Whether an item is reached from another over links of a type.

    The act has read every item on the way, so that two links that would close a circle together are not both made.
    """
    seen, waiting = {start.key}, [start]
    while waiting:
        for target in waiting.pop().links.get(link_type, ()):
            if target == key:
                return True
            if target not in seen and (found := unit.item(parse_key(target))) is not None:
                seen.add(target)
                waiting.append(found)
    return False
