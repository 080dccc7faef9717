"""What all models stand on: their base classes, and the kinds of values that they are made of."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from placet.definitions import items
from placet.definitions.document import plain
from placet.engine.act.input import COMMENT_LIMIT, TITLE_LIMIT

# Without C0 (tab, line feed and carriage return are text), DEL and C1.
_CLEAN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
TEXT_PATTERN = f"^{_CLEAN}*$"
WORD_PATTERN = rf"^{_CLEAN}*[^\s\x00-\x1f\x7f-\x9f]{_CLEAN}*$"
WORKSPACE_PATTERN = "^[A-Z][A-Z0-9_]{0,19}$"
ACTOR_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$"
#: Ids of what methods define: `acme.request`; bare names of states and transitions; ids that Placet makes.
NAME_PATTERN = "^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}$"
FIELD_PATTERN = "^[A-Za-z_][A-Za-z0-9_]{0,99}$"
SHA256_PATTERN = "^[0-9a-f]{64}$"
_TIME_OF_DAY = r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
DAY_OR_TIME_PATTERN = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_TIME_OF_DAY})?$"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
#: Most values of one list in a request.
LIST_LIMIT = 100
#: Rows of a page: by default, and at most.
PAGE, PAGE_LIMIT = 50, 500


class Body(BaseModel):
    """Base of every body: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Parameters(BaseModel):
    """Base of every set of query parameters; all of them are text to begin with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Parameters whose names begin so are free, where it is not empty.
    prefix: ClassVar[str] = ""


class Answer(BaseModel):
    """Base of every answer. It is read from the engine's record of the same name, attribute by attribute."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


# What comes as text


def _rfc3339(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _MOMENT.fullmatch(value):
        raise ValueError("is no moment in RFC 3339 with its zone, such as 2026-03-02T09:00:00Z")
    return datetime.fromisoformat(value.upper())


def _day_or_time(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise ValueError("is neither a day, such as 2026-03-02, nor a moment in RFC 3339 with its zone")
    return _rfc3339(value)


def _whole(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise ValueError("is no whole number")
    return int(value)


def _flag(value: object) -> object:
    if value not in {"true", "false"}:
        raise ValueError('is neither "true" nor "false"')
    return value == "true"


def _several(values: object) -> object:
    """Values that are repeated, separated by commas, or both."""
    return [part for value in values for part in value.split(",")] if isinstance(values, list) else values


ItemKey = items.ItemKey
WorkspaceKey = Annotated[str, StringConstraints(pattern=WORKSPACE_PATTERN)]
ActorId = Annotated[str, StringConstraints(pattern=ACTOR_PATTERN)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Names = Annotated[list[Name], Field(max_length=LIST_LIMIT)]
Comment = Annotated[str, StringConstraints(max_length=COMMENT_LIMIT, pattern=TEXT_PATTERN)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=COMMENT_LIMIT, pattern=WORD_PATTERN)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LIMIT, pattern=WORD_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=WORD_PATTERN)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=TEXT_PATTERN)]
Time = Annotated[
    items.Moment, BeforeValidator(_rfc3339), WithJsonSchema({"type": "string", "format": "date-time"})
]
RuleText = Annotated[str, StringConstraints(max_length=500, pattern=TEXT_PATTERN)]
DayOrTime = Annotated[
    datetime | date,
    BeforeValidator(_day_or_time),
    WithJsonSchema({"type": "string", "pattern": DAY_OR_TIME_PATTERN}),
]
Values = Annotated[
    dict[Annotated[str, StringConstraints(pattern=FIELD_PATTERN)], Any],
    WithJsonSchema(
        {"type": "object", "propertyNames": {"pattern": FIELD_PATTERN}, "additionalProperties": True}
    ),
]
Whole = BeforeValidator(_whole)
Several = BeforeValidator(_several)
Flag = Annotated[bool, BeforeValidator(_flag)]
Limit = Annotated[int, Field(ge=1, le=PAGE_LIMIT, description=f"Rows of the page, 1 to {PAGE_LIMIT}."), Whole]
Cursor = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, pattern=r"^[\x21-\x7e]+$"),
    Field(description="`next_cursor` of the page before."),
]

# What is answered

Moment = AwareDatetime
Category = Literal["todo", "active", "waiting", "done", "cancelled"]
Scope = Literal["read", "write", "admin"]
JsonSchema = dict[str, Any]


def _none(text: object) -> object:
    return text or None


#: A text that is null where the engine has an empty one.
TextOrNull = Annotated[str | None, BeforeValidator(_none)]
#: A value of a definition, as JSON knows it.
Plain = Annotated[Any, PlainSerializer(plain)]
PlainValues = Annotated[dict[str, Any], PlainSerializer(plain)]


def _seconds(span: object) -> object:
    return timedelta(days=span.days, seconds=span.seconds) if isinstance(span, timedelta) else span


#: A span in whole seconds, as the format `duration` of JSON Schema knows no fractions.
Span = Annotated[timedelta, BeforeValidator(_seconds)]


class Paged(Answer):
    """Base of every page of a list."""

    next_cursor: str | None
