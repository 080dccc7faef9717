"""Validation of input: texts without control characters, names, keys, and fields that fit their item type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from placet.definitions.items import ITEM_KEY_PATTERN, Fields, ItemType
from placet.definitions.misfits import members_beside, sentence
from placet.definitions.pointers import escaped, pointer_of
from placet.engine.act.records import ItemRef
from placet.errors import Fault, InvalidError, ItemKeyError

TITLE_LIMIT = 500
COMMENT_LIMIT = 10_000
#: More levels than any form needs; deeper nesting is a mistake or an attack.
DEPTH_LIMIT = 20
#: The greatest 64-bit integer on which readers of JSON agree.
NUMBER_LIMIT = 2**63 - 1

# `\Z`, because `$` would accept a line feed at the end.
_KEY = re.compile(r"^([A-Z][A-Z0-9_]{0,19})-([1-9][0-9]{0,17})\Z")
WORKSPACE_KEY = re.compile(r"^[A-Z][A-Z0-9_]{0,19}\Z")
ACTOR_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}\Z")
# C0 without tab, line feed and carriage return; DEL and C1; embeddings, overrides and isolates of direction, by which a
# text reads otherwise than it is stored (Unicode UAX #9); lone surrogates, which no database stores.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# The characters that end a line for some reader of it.
_BREAK = re.compile("[\n\r\u2028\u2029]")


def parse_key(key: str) -> ItemRef:
    """The two parts of `OPS-12`. Raises `ItemKeyError`, a `NotFoundError`, as a malformed key names no item."""
    match = _KEY.match(key)
    if match is None:
        raise ItemKeyError(key[:100])
    return ItemRef(match[1], int(match[2]))


def is_key(text: str) -> bool:
    """Whether a text has the form of an item's key, such as `OPS-12`."""
    return _KEY.match(text) is not None


def clean_text(text: str, pointer: str, *, limit: int, empty: bool = True, lines: bool = True) -> str:
    """The stripped text.

    Raises `InvalidError` for control characters, excess length, no text unless `empty`, and lines unless `lines`.
    """
    found = _CONTROL.search(text)
    if found:
        raise InvalidError.at(
            pointer, f"holds the control character U+{ord(found[0]):04X} at position {found.start()}"
        )
    stripped = text.strip()
    broken = None if lines else _BREAK.search(stripped)
    if broken:
        raise InvalidError.at(pointer, f"has a line break at position {broken.start()}, and takes one line")
    if len(stripped) > limit:
        raise InvalidError.at(pointer, f"has {len(stripped)} characters, {limit} at most are allowed")
    if not stripped and not empty:
        raise InvalidError.at(pointer, "is empty")
    return stripped


def faults_within(value: Any, pointer: str, depth: int) -> Iterator[Fault]:
    """The faults of a JSON value from outside: control characters, deep nesting, numbers that are too large."""
    if depth > DEPTH_LIMIT:
        yield Fault(pointer, f"is nested deeper than {DEPTH_LIMIT} levels")
    elif isinstance(value, str):
        found = _CONTROL.search(value)
        if found:
            yield Fault(
                pointer, f"holds the control character U+{ord(found[0]):04X} at position {found.start()}"
            )
    elif isinstance(value, int | float):
        # A float without a fraction may be sent for an integer, so both have the same bound.
        if not abs(value) <= NUMBER_LIMIT:  # nor is what is not a number
            yield Fault(pointer, f"is out of range: numbers go from -{NUMBER_LIMIT} to {NUMBER_LIMIT}")
    elif isinstance(value, list | tuple):
        for n, item in enumerate(value):
            yield from faults_within(item, f"{pointer}/{n}", depth + 1)
    elif value is not None and isinstance(value, Mapping):
        for key, item in value.items():
            yield from faults_within(str(key), f"{pointer}/{escaped(key)}", depth)
            yield from faults_within(item, f"{pointer}/{escaped(key)}", depth + 1)


def demand_clean(value: Any, pointer: str) -> None:
    """Raises `InvalidError` with the faults of a JSON value that code of a plugin has made."""
    # Nearly all of them are plain, and an act has dozens.
    for each in (*value, *value.values()) if isinstance(value, dict) else (value,):
        if not (
            each is None
            or (isinstance(each, str) and _CONTROL.search(each) is None)
            or (isinstance(each, (int, float)) and abs(each) <= NUMBER_LIMIT)
        ):
            break
    else:
        return
    faults = list(faults_within(value, pointer, 0))
    if faults:
        raise InvalidError(faults)


def merged(fields: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with a JSON Merge Patch (RFC 7396) applied: `None` removes a field, objects are merged."""
    result = dict(fields)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            old = result.get(name)
            result[name] = merged(old if isinstance(old, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the values that differ; a value that is `None` counts as none."""
    if before is after:
        return []
    found = [name for name, value in after.items() if before.get(name) != value]
    if not before.keys() <= after.keys():
        found += [name for name, value in before.items() if name not in after and value is not None]
    return found


def declared(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields of a model by name: `model_fields`, without the four calls that Pydantic makes to find them."""
    return model.__pydantic_fields__


def demand_sendable(item_type: ItemType, sent: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
    """Refuse input that no field takes.

    Args:
        item_type: the type of the item.
        sent: the fields that came from outside; computed ones cannot be set.
        kept: the stored fields: one that the type no longer has can be cleared, and not be set.

    Raises:
        InvalidError: with a pointer for each field.
    """
    faults = list(faults_within(sent, "/fields", 0))
    known, computed = declared(item_type.fields), item_type.computed_fields
    for name, value in sent.items():
        if name not in known and (value is not None or name not in kept):
            faults += InvalidError.unknown(f"/fields/{escaped(name)}", "field", str(name)[:100], known).faults
        elif name in computed:
            faults.append(Fault(f"/fields/{name}", "is computed and cannot be set"))
    if faults:
        raise InvalidError(faults)


def stored(model: type[Fields], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as they are stored: valid, in JSON. Fields that the model does not have stay unchanged.

    They belong to a method that is switched off, and are there again when it is switched on.

    Raises:
        InvalidError: with a pointer for each field that does not fit.
    """
    own, known = dump(validated(model, fields)), declared(model)
    return {name: value for name, value in fields.items() if name not in known} | own


def validated(model: type[Fields], fields: Mapping[str, Any]) -> Fields:
    """The model's fields as typed values. Raises `InvalidError` with pointers."""
    known = declared(model)
    if not fields.keys() <= known.keys():
        fields = {name: value for name, value in fields.items() if name in known}
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise InvalidError(faults_of(error, model, "/fields")) from None


def faults_of(error: ValidationError, model: type[BaseModel], prefix: str = "") -> list[Fault]:
    """Errors of Pydantic as faults, with pointers into the input."""
    return [
        fault_of(each, prefix + pointer_to(each["loc"]), members_beside(model, each["loc"]))
        for each in error.errors(include_url=False)
    ]


def fault_of(found: Mapping[str, Any], pointer: str, known: Collection[str] = ()) -> Fault:
    """One error of Pydantic as a fault; `known` are the names that are possible in place of an unknown one."""
    if not misses_key(found):
        return Fault(pointer, sentence(found, known))
    given = found["input"]
    return Fault(pointer, str(ItemKeyError(given)), instead_of_key=given)


def misses_key(found: Mapping[str, Any]) -> bool:
    """Whether the error is a value that is not an item's key where one is required."""
    return found["type"] == "string_pattern_mismatch" and bool(found["ctx"]["pattern"] == ITEM_KEY_PATTERN)


def pointer_to(place: Iterable[int | str]) -> str:
    """The place of an error of Pydantic, as a JSON Pointer."""
    # "[key]" marks an error in the name itself; the pointer ends at the name in that case too.
    return pointer_of(part for part in place if part != "[key]")


def dump(fields: BaseModel) -> dict[str, Any]:
    """Typed fields in the JSON form that is stored."""
    return fields.model_dump(mode="json", exclude_none=True)


def members_of(fields: Mapping[str, Any], name: str, member: str) -> list[tuple[str, str]]:
    """(pointer, value) of each reference that a member of a field's objects holds."""
    value, place = fields.get(name), f"/fields/{name}"
    if isinstance(value, Mapping):
        parts = [(place, value)]
    else:
        parts = [(f"{place}/{n}", part) for n, part in enumerate(value or ()) if isinstance(part, Mapping)]
    return [(f"{at}/{member}", str(part[member])) for at, part in parts if part.get(member) is not None]


def values_of(fields: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    """(pointer, value) of each reference that a field holds."""
    value = fields.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        return [(f"/fields/{name}/{n}", str(each)) for n, each in enumerate(value)]
    return [(f"/fields/{name}", str(value))]
