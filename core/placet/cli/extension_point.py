"""The place in an installed method at which a new plugin adds its first gate.

It is found by trying: an item is made at a desk and moved, so that the tests of the new plugin can do the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from placet.errors import DefinitionError, NotFoundError, PlacetError

if TYPE_CHECKING:
    from placet.catalog.discovery import Registry
    from placet.definitions.items import ItemType
    from placet.testing import Desk

#: Values of required fields by the format of their text; the days lie after the one on which a desk opens.
_TEXTS = {"date": "2026-06-01", "date-time": "2026-06-01T09:00:00Z"}


@dataclass(frozen=True, slots=True)
class ExtensionPoint:
    """A transition of an installed method, and how a test comes to it."""

    #: The method, after all that it requires.
    methods: tuple[str, ...]
    item_type: str
    transition: str
    #: A role that may make the transition.
    role: str
    #: Values with which an item of the type can be made.
    fields: Mapping[str, Any]

    @property
    def actor(self) -> str:
        """The person at a desk who holds the role."""
        return self.role.partition(".")[2]


def extension_point(registry: Registry, method: str) -> ExtensionPoint:
    """The first transition of the first item type of a method that a plain test can try.

    An item of the type can be made from plain values alone, and the transition leads from its first state onward.

    Raises:
        NotFoundError: the method is not installed; with the nearest that is.
        DefinitionError: no item type of the method can be tried like this; with the reason for each.
    """
    if method not in registry.methods:
        raise NotFoundError("installed method", method, registry.methods)
    methods = _with_required(registry, method)
    reasons = []
    with TemporaryDirectory() as folder, _desk(Path(folder), registry, methods) as desk:
        for item_type in registry.methods[method].item_types:
            try:
                return _tried(desk, methods, desk.catalog.item_type(item_type.id))
            except PlacetError as error:
                reasons.append(f"{item_type.id}: {error}")
    raise DefinitionError(
        f"the method {method} has no item type that a generated test could make and move "
        f"({'; '.join(reasons) or 'it defines none'}): leave out --extends, and write placet_extend by hand"
    )


def _desk(folder: Path, registry: Registry, methods: tuple[str, ...]) -> Desk:
    from placet.testing import Desk

    return Desk(folder, methods=methods, registry=registry)


def _with_required(registry: Registry, method: str) -> tuple[str, ...]:
    """A method after those that it requires, and those that they require."""
    wanted = [method]
    for name in wanted:
        if name in registry.methods:
            wanted += [each for each in registry.methods[name].requires if each not in wanted]
    return tuple(reversed(wanted))


def _tried(desk: Desk, methods: tuple[str, ...], item_type: ItemType) -> ExtensionPoint:
    from placet.definitions.verdicts import BlockedError

    fields = _required_values(item_type)
    reasons = []
    for transition, role in _ways_onward(desk, item_type):
        point = ExtensionPoint(methods, item_type.id, transition, role, fields)
        item = desk.create(item_type.id, **fields)
        try:
            desk.move(item, transition, actor=point.actor)
        except BlockedError:
            return point
        except PlacetError as error:
            reasons.append(f"{transition} is refused, {error}")
        else:
            return point
    raise DefinitionError(", and ".join(reasons) or "nobody in a role leads it onward from its first state")


def _ways_onward(desk: Desk, item_type: ItemType) -> Iterator[tuple[str, str]]:
    """Transitions from the first state to another one that is not an end without success, each with a role."""
    from placet.definitions.workflow import SAME

    workflow, roles = item_type.workflow, desk.catalog.roles
    cancelled = {state.id for state in workflow.states if state.category.value == "cancelled"}
    for transition in workflow.leaving(workflow.initial.id):
        held = [role for role in transition.roles if role in roles and not roles[role].held_on]
        if held and transition.target not in {SAME, *cancelled}:
            yield transition.name, held[0]


def _required_values(item_type: ItemType) -> dict[str, Any]:
    """A value for each field that is required when an item is made."""
    schema = item_type.fields.model_json_schema()
    definitions = schema.get("$defs", {})
    return {
        name: _value(name, schema["properties"][name], definitions) for name in schema.get("required", ())
    }


def _value(name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    """A plain value that fits a schema as far as its kind goes; the desk decides about the rest."""
    if "$ref" in schema:
        return _value(name, definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return _value(name, schema["anyOf"][0], definitions)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "string":
            return _TEXTS.get(schema.get("format", ""), "Sample")
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _:
            raise DefinitionError(f"its field {name} requires more than a plain value")
