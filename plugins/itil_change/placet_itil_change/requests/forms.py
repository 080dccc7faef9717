"""The forms of the catalog, as JSON Schemas.

Our choice: a closed part of JSON Schema, without keywords that can make validation run for ever (patterns, references),
and without those that a form cannot show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

#: Keywords that a form may use.
WORDS = frozenset(
    {
        "type", "title", "description", "properties", "required", "additionalProperties", "enum", "const", "default",
        "minimum", "maximum", "minLength", "maxLength", "items", "minItems", "maxItems",
    }
)  # fmt: skip
#: How deep a form may be nested, how many errors are named at once, and how many characters of a name in one.
_DEPTH, _ERRORS, _NAME = 5, 10, 100


def checked_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a form. Raises `ValueError` with the fault."""
    if schema.get("type") != "object":
        raise ValueError('a form is an object: begin with {"type": "object", "properties": {...}}')
    odd = sorted(set(_words(schema, 0)) - WORDS)
    if odd:
        raise ValueError(f"a form cannot say {', '.join(odd)}: use {', '.join(sorted(WORDS))}")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"it is not a JSON Schema: {error.json_path}: {error.message[:200]}") from None
    return schema


def _words(schema: Any, depth: int) -> Iterator[str]:
    """All keywords of a schema and of its parts."""
    if not isinstance(schema, Mapping):
        return
    if depth > _DEPTH:
        raise ValueError(f"it is nested deeper than {_DEPTH} levels: make the form flatter")
    yield from schema
    within = schema.get("properties")
    for inner in within.values() if isinstance(within, Mapping) else ():
        yield from _words(inner, depth + 1)
    for name in ("items", "additionalProperties"):
        yield from _words(schema.get(name), depth + 1)


def faults(schema: Mapping[str, Any], form: Mapping[str, Any]) -> list[str]:
    """The faults of a filled-in form, in words; questions are named by their titles."""
    found = sorted(Draft202012Validator(schema).iter_errors(form), key=lambda error: error.json_path)
    return list(islice((text for error in found for text in _said(error)), _ERRORS))


def _said(error: ValidationError) -> Iterator[str]:
    """One fault, for the person who fills in the form."""
    questions = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    place = error.json_path.removeprefix("$").removeprefix(".")
    inside = f" in {place}" if place else ""
    if error.validator == "required" and isinstance(error.validator_value, list):
        # There is one error for each unanswered question, and only its message names the question.
        name = next(each for each in error.validator_value if error.message.startswith(repr(each)))
        yield f"please fill in '{_asked(questions, name)}'{inside}"
    elif error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        for name in error.instance:
            if name not in questions:
                short = name[:_NAME]
                near = get_close_matches(short, questions, n=1)
                yield f"there is no question '{short}'{inside}" + (
                    f"; did you mean '{near[0]}'?" if near else ""
                )
    else:
        yield f"{place or 'the form'}: {error.message[:200]}"


def _asked(questions: Mapping[str, Any], name: str) -> str:
    question = questions.get(name)
    return str(question.get("title", name)) if isinstance(question, Mapping) else name
