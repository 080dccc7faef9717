"""Errors of Pydantic in sentences for people: the one table of them, for all that is validated.

A rule of a method that raises an error has its own sentence, which is shown as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from placet.definitions.pointers import pointer_of
from placet.definitions.wording import rendered
from placet.errors import Fault, nearest

_OBJECT, _LIST, _NUMBER = "it has to be an object", "it has to be a list", "it has to be a number"
_TEXT, _WHOLE, _FLAG = "it has to be a text", "it has to be a whole number", "it has to be true or false"
_DAY, _MOMENT = (
    "it has to be a day, such as 2026-03-02",
    "it has to be a moment, such as 2026-03-02T09:00:00Z",
)
_TIME, _DURATION = "it has to be a time of day, such as 09:00", "it has to be a duration, such as P3D or PT8H"
_ADDRESS, _UUID = (
    "it has to be an address, such as https://example.org",
    "it has to be an id of the form of a UUID",
)
_FRACTION, _COMPLEX = "it has to be a fraction, such as 1/3", "it has to be a complex number, such as 1+2j"
_READ_ONLY, _DEPTH = "it is read-only", "it is nested too deep, or contains itself"
_BYTES, _CODE = "it has to be bytes", "its definition cannot read it: report it to the plugin's maintainer"
_ARGUMENT = "it is not what the function takes"

#: A sentence for each type of Pydantic's errors, with the figures of the error in it.
SENTENCES: Mapping[str, str] = {
    # Objects
    "missing": "it is required and missing", "extra_forbidden": "it is unknown here",
    "invalid_key": "names in an object have to be texts", "frozen_field": _READ_ONLY, "frozen_instance": _READ_ONLY,
    "model_type": _OBJECT, "model_attributes_type": _OBJECT, "dataclass_type": _OBJECT, "dataclass_exact_type": _OBJECT,
    "named_tuple_type": _OBJECT, "dict_type": _OBJECT, "frozen_dict_type": _OBJECT, "ordered_dict_type": _OBJECT,
    "counter_type": _OBJECT, "mapping_type": _OBJECT, "none_required": "it has to be null",
    "union_tag_invalid": "its member {discriminator} has to be one of {expected_tags}",
    "union_tag_not_found": "its member {discriminator} is missing, which says of which kind it is",
    # Lists
    "list_type": _LIST, "deque_type": _LIST, "tuple_type": _LIST, "set_type": _LIST, "frozen_set_type": _LIST,
    "iterable_type": _LIST, "iteration_error": _LIST,
    "set_item_not_hashable": "it has to be a plain value, such as a text or a number",
    "too_short": "it has {actual_length:count value}: give at least {min_length}",
    "too_long": "it has {actual_length:count value}: give at most {max_length}",
    # Texts
    "string_type": _TEXT, "string_unicode": "it has to be a text in UTF-8",
    "string_too_short": "it is too short: write at least {min_length:count character}",
    "string_too_long": "it is too long: write at most {max_length:count character}",
    "string_pattern_mismatch": "it does not fit the pattern {pattern}",
    "string_not_ascii": "it has characters beyond ASCII: write letters without accents, digits and signs",
    "bytes_type": _BYTES, "bytes_too_short": "it is too short: send at least {min_length:count byte}",
    "bytes_too_long": "it is too long: send at most {max_length:count byte}",
    "bytes_invalid_encoding": "it has to be bytes as {encoding} writes them",
    # One of several
    "enum": "it has to be {expected}", "literal_error": "it has to be {expected}",
    "missing_sentinel_error": "leave it out", "ellipsis_error": "leave it out",
    # Numbers
    "bool_type": _FLAG, "bool_parsing": _FLAG, "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE,
    "int_parsing_size": "it has too many digits", "float_type": _NUMBER, "float_parsing": _NUMBER,
    "decimal_type": _NUMBER, "decimal_parsing": _NUMBER, "finite_number": "it has to be a finite number",
    "decimal_max_digits": "it has too many digits: write at most {max_digits}",
    "decimal_max_places": "it has too many decimal places: write at most {decimal_places}",
    "decimal_whole_digits": "it has too many digits before the decimal point: write at most {whole_digits}",
    "fraction_type": _FRACTION, "fraction_parsing": _FRACTION,
    "complex_type": _COMPLEX, "complex_str_parsing": _COMPLEX,
    "greater_than": "it has to be greater than {gt}", "greater_than_equal": "it has to be {ge} or more",
    "less_than": "it has to be less than {lt}", "less_than_equal": "it has to be {le} or less",
    "multiple_of": "it has to be a multiple of {multiple_of}",
    # Time
    "date_type": _DAY, "date_parsing": _DAY, "date_from_datetime_parsing": _DAY, "date_from_datetime_inexact": _DAY,
    "date_past": "it has to be a day in the past", "date_future": "it has to be a day in the future",
    "time_type": _TIME, "time_parsing": _TIME, "datetime_type": _MOMENT, "datetime_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT, "datetime_from_date_parsing": _MOMENT,
    "datetime_past": "it has to be in the past", "datetime_future": "it has to be in the future",
    "timezone_naive": "it has a time zone: leave that out",
    "timezone_aware": "it has no time zone: write one, such as 2026-03-02T09:00:00Z",
    "timezone_offset": "its time zone has to be {tz_expected} seconds off UTC",
    "time_delta_type": _DURATION, "time_delta_parsing": _DURATION,
    # Addresses and ids
    "url_type": _ADDRESS, "url_parsing": _ADDRESS, "url_syntax_violation": _ADDRESS,
    "url_too_long": "it is too long: write at most {max_length:count character}",
    "url_scheme": "it has to begin with {expected_schemes}",
    "uuid_type": _UUID, "uuid_parsing": _UUID, "uuid_version": "it has to be a UUID of version {expected_version}",
    # Documents
    "json_invalid": "it is not JSON", "json_type": "it has to be a text in JSON",
    "recursion_loop": _DEPTH, "recursion_depth_exceeded": _DEPTH,
    # Values of Python, which come from plugins and not from people
    "no_such_attribute": "it has no attribute {attribute}", "get_attribute_error": _CODE,
    "needs_python_object": _CODE, "default_factory_not_called": "other values do not fit, on which its default depends",
    "is_instance_of": "it has to be of the class {class}", "is_subclass_of": "it has to be a class below {class}",
    "callable_type": "it has to be a function",
    "arguments_type": _ARGUMENT, "missing_argument": "it is required and missing",
    "unexpected_keyword_argument": _ARGUMENT,
    "missing_keyword_only_argument": "it is required and missing", "unexpected_positional_argument": _ARGUMENT,
    "missing_positional_only_argument": "it is required and missing", "multiple_argument_values": "it is given twice",
}  # fmt: skip
#: Pydantic's own words before the sentence of a rule.
_PREFIXES = ("Value error, ", "Assertion failed, ")


def sentence(found: Mapping[str, Any], known: Collection[str] = ()) -> str:
    """One error of Pydantic in words.

    Args:
        found: the error, as `ValidationError.errors()` has it.
        known: the names that are possible where an unknown one was found.
    """
    kind, context = str(found["type"]), found.get("ctx") or {}
    if kind == "extra_forbidden" and known:
        name = str(found["loc"][-1])[:100]
        return f'there is no member "{name}"{nearest(name, known)}'
    if kind in {"too_short", "too_long"} and context.get("actual_length") is None:
        context = {**context, "actual_length": len(found["input"])}
    if kind in SENTENCES:
        return rendered(SENTENCES[kind], context)
    message = str(found["msg"])
    return next((message.removeprefix(each) for each in _PREFIXES if message.startswith(each)), message)


def sentences(error: ValidationError) -> str:
    """All errors of a value that code of a plugin made or changed, each with its place."""
    return "; ".join(
        f"{'.'.join(map(str, (error.title, *each['loc'])))}: {sentence(each)}"
        for each in error.errors(include_url=False)
    )


def faults_in(error: ValidationError, model: Any) -> list[Fault]:
    """The faults of a document that Pydantic refused, for `InvalidError`: each with a pointer and the nearest name.

    Args:
        error: its error.
        model: the model that the document was read as.
    """
    return [
        Fault(pointer_of(each["loc"]), sentence(each, members_beside(model, each["loc"])))
        for each in error.errors(include_url=False)
    ]


def members_beside(kind: Any, place: Iterable[int | str]) -> list[str]:
    """The names that a model takes at the place of an unknown one; none where that is unclear.

    Args:
        kind: the model, or the type of a value that holds models.
        place: where the unknown name was found, with itself at the end.
    """
    kinds = list(_plain(kind))
    for step in tuple(place)[:-1]:
        inside = [inner for each in kinds for inner in _inside(each, step)]
        # A step without anything inside is Pydantic's name of one member of a union.
        kinds = [each for part in inside for each in _plain(part)] or kinds
    return [
        info.alias or name for each in kinds if _is_model(each) for name, info in each.model_fields.items()
    ]


def _plain(kind: Any) -> Iterator[Any]:
    """The types that a value may have, without what is said about them."""
    if get_origin(kind) is Annotated:
        yield from _plain(get_args(kind)[0])
    elif get_origin(kind) in {Union, UnionType}:
        for each in get_args(kind):
            yield from _plain(each)
    else:
        yield kind


def _inside(kind: Any, step: int | str) -> Iterator[Any]:
    if _is_model(kind):
        for name, info in kind.model_fields.items():
            if step in {name, info.alias}:
                yield info.annotation
    elif isinstance(step, int):
        yield from (each for each in get_args(kind) if each is not Ellipsis)
    elif inspect.isclass(origin := get_origin(kind)) and issubclass(origin, Mapping):
        yield get_args(kind)[-1]


def _is_model(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, BaseModel)
