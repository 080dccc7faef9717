"""The places of findings: the file and line at which the author wrote the definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding
from placet.definitions.items import ItemType
from placet.definitions.method import Method
from placet.definitions.places import Written, place_of, place_of_field


def placed(catalog: Catalog, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each with the place of its part, or else of the whole to which the part belongs."""
    found = list(findings)
    if not found:
        return found
    places = {id: place_of(part) for id, part in _parts(catalog)}
    return [replace(finding, place=_place(catalog, places, finding.where)) for finding in found]


def _parts(catalog: Catalog) -> Iterator[tuple[str, Written]]:
    for method in catalog.methods.values():
        yield from _of_method(method)
    for item_type in catalog.item_types.values():
        yield from _of_item_type(item_type)
    # Rules that a method added to another's item types are in neither method's own list.
    yield from catalog.notification_rules.items()
    yield from catalog.link_types.items()


def _of_method(method: Method) -> Iterator[tuple[str, Written]]:
    yield method.id, method
    for named in (method.roles, method.metrics, method.jobs):
        for part in named:
            yield part.id, part


def _of_item_type(item_type: ItemType) -> Iterator[tuple[str, Written]]:
    for state in item_type.workflow.states:
        yield f"{item_type.id}.{state.id}", state
    for transition in item_type.workflow.transitions:
        yield f"{item_type.id}.{transition.name}", transition
        yield from ((effect.id, effect) for effect in transition.effects)
    for consequence in item_type.consequences:
        yield consequence.id, consequence
        yield from ((effect.id, effect) for effect in consequence.effects)
    for gate in item_type.gates:
        yield gate.id, gate
        yield from ((check.id, check) for check in gate.every_check)
    for named in (item_type.approvals, item_type.confirmations, item_type.duties, item_type.timers):
        for part in named:
            yield part.id, part
    yield item_type.id, item_type


def _place(catalog: Catalog, places: dict[str, str], where: str) -> str:
    id = where.partition(":")[0]
    owner, _, name = id.rpartition(".")
    if id not in places:
        method, _, rest = owner.partition(".")
        if owner in catalog.item_types and name in catalog.item_types[owner].fields.model_fields:
            return place_of_field(catalog.item_types[owner].fields, name)
        if rest == "settings" and method in catalog.methods:
            return place_of_field(catalog.methods[method].settings, name)
    while id and not places.get(id):
        id = id.rpartition(".")[0]
    return places.get(id, "")
