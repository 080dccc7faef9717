"""Conditions in CEL: closed, typed, without side effects.

They are compiled against the fields of their item type when rules are composed, so that an unknown name or a comparison
of a text with a number is a fault of the file, and not of the day on which somebody moves an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cel_expr_python import cel

from placet import CheckContext, Fields, Settings, is_empty, nearest
from placet.errors import DefinitionError
from placet_packs.kinds import cel_type, cel_value
from placet_packs.references import names_in

#: Names besides those of fields and settings.
_OWN: Mapping[str, cel.Type] = {
    "item.key": cel.Type.STRING, "item.title": cel.Type.STRING, "item.state": cel.Type.STRING,
    "item.created_by": cel.Type.STRING, "item.created_at": cel.Type.TIMESTAMP, "transition": cel.Type.STRING,
    "actor": cel.Type.STRING, "comment": cel.Type.STRING, "now": cel.Type.TIMESTAMP, "today": cel.Type.STRING,
}  # fmt: skip
_FAULT = re.compile(r"ERROR: <input>:\d+:(?P<column>\d+): (?P<what>[^\n]*)")
_UNDECLARED = re.compile(r"undeclared reference to '(?P<name>[^']*)'")
_OVERLOAD = re.compile(
    r"found no matching overload for '_?(?P<name>[^']*?)_?' applied to '\((?P<types>[^']*)\)'"
)
#: The names in a room, in words.
_MEMBERS = {
    "fields": "a field", "given": "a field", "settings": "a setting of the pack", "item": "a figure of the item",
}  # fmt: skip
_MISSING = re.compile(r"UNKNOWN: No value with name ")
#: Types of CEL in the words of a pack.
_WORDS = {
    "string": "text", "int": "integer", "double": "decimal", "bool": "flag", "timestamp": "moment",
    "google.protobuf.timestamp": "moment", "google.protobuf.duration": "duration",
}  # fmt: skip


class EmptyError(Exception):
    """A condition reads fields that nobody has filled in."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(f"empty: {', '.join(fields)}")
        self.fields = fields


class Scope:
    """The names that the conditions about one item type can read."""

    def __init__(self, fields: type[Fields], settings: type[Settings]) -> None:
        self._types: dict[str, cel.Type] = dict(_OWN)
        for name, info in fields.model_fields.items():
            found = cel_type(info.annotation)
            if found is not None:
                self._types[f"fields.{name}"] = found
            self._types[f"given.{name}"] = cel.Type.BOOL
        for name, info in settings.model_fields.items():
            found = cel_type(info.annotation)
            if found is not None:
                self._types[f"settings.{name}"] = found
        self._compiler = cel.NewEnv(variables=self._types)

    def condition(self, text: str) -> Condition:
        """A condition, compiled.

        Raises:
            DefinitionError: it is not CEL, reads what does not exist, or is not a condition.
        """
        try:
            compiled = self._compiler.compile(text)
        except RuntimeError as error:
            raise DefinitionError(
                f"the expression {text!r} cannot be used: {self._said(str(error))}"
            ) from error
        kind = compiled.return_type()
        if kind != cel.Type.BOOL:
            raise DefinitionError(
                f"the expression {text!r} gives the type {_word(kind.name())}: write a condition, which is true or "
                "false"
            )
        names = [name for name in names_in(compiled) if name in self._types]
        return Condition(text, compiled, names)

    def _said(self, error: str) -> str:
        """The first fault of an expression, in words."""
        found = _FAULT.search(error)
        if found is None:
            return error
        what, at = found["what"], f" (at its character {found['column']})"
        if undeclared := _UNDECLARED.search(what):
            return f"{self._absent(undeclared['name'])}{at}"
        if overload := _OVERLOAD.search(what):
            types = [each.strip() for each in overload["types"].split(",")]
            numbers = {"int", "double"}.issubset(types)
            hint = ": write a number beside a decimal with a point, as in 1000.0" if numbers else ""
            return f'"{overload["name"]}" does not take {" and ".join(map(_word, types))}{hint}{at}'
        return f"{what}{at}"

    def _absent(self, name: str) -> str:
        """An unknown name, with the nearest one in its room."""
        room, _, own = name.partition(".")
        if f"given.{own}" in self._types and room == "fields":
            return f'conditions cannot read the field "{own}", and only whether it is filled in: given.{own}'
        inside = [each.partition(".")[2] for each in self._types if each.startswith(f"{room}.")]
        if own and room in _MEMBERS:
            return f'"{own}" is not {_MEMBERS[room]}{nearest(own, inside)}'
        rooms = dict.fromkeys(each.partition(".")[0] for each in self._types)
        return f'"{room}" is not a name that conditions can read{nearest(room, rooms)}'


def _word(type: str) -> str:
    """A type of CEL in the words of a pack."""
    return _WORDS.get(type.lower(), type)


class Condition:
    """A compiled condition."""

    def __init__(self, text: str, compiled: Any, names: Iterable[str]) -> None:
        self.text, self._compiled, self.names = text, compiled, tuple(names)

    def holds(self, ctx: CheckContext) -> bool:
        """Whether it is true.

        Raises:
            EmptyError: that depends on fields that nobody has filled in.
            DefinitionError: it failed, for example as a division by zero does.
        """
        values = {name: cel_value(value_of(name, ctx)) for name in self.names}
        found = self._compiled.eval(data={name: value for name, value in values.items() if value is not None})
        if found.type() == cel.Type.BOOL:
            return bool(found.value())
        # Another error is not the fault of the fields that are empty beside it.
        if _MISSING.match(str(found.value())):
            empty = [name.partition(".")[2] for name, value in values.items() if value is None]
            raise EmptyError(tuple(empty))
        raise DefinitionError(f"the expression {self.text!r} failed: {found.value()}")


def value_of(name: str, ctx: CheckContext) -> Any:
    """The value of a name, as Placet has it."""
    room, _, own = name.partition(".")
    match room:
        case "fields":
            return getattr(ctx.item.fields, own)
        case "given":
            return not is_empty(getattr(ctx.item.fields, own))
        case "settings":
            return getattr(ctx.settings, own)
        case "item":
            return getattr(ctx.item, own)
        case _:
            return getattr(ctx, room)
