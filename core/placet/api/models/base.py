"""The base classes of all models, and the types of their values."""

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
    WithJsonSchema,
)

from placet.api.models.patterns import (
    ACTOR_PATTERN,
    FIELD_PATTERN,
    NAME_PATTERN,
    NO_TEXT,
    NO_WORD,
    SHA256_PATTERN,
    TEXT_PATTERN,
    WORD_PATTERN,
    WORKSPACE_PATTERN,
    shaped,
)
from placet.definitions import items
from placet.definitions.document import READABLE, plain
from placet.engine.act.input import COMMENT_LIMIT, TITLE_LIMIT

_TIME_OF_DAY = r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
DAY_OR_TIME_PATTERN = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_TIME_OF_DAY})?$"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
#: Values of one list in a request, at most.
LIST_LIMIT = 100
#: Rows of a page, by default and at most.
PAGE, PAGE_LIMIT = 50, 500


class Body(BaseModel):
    """Base of all bodies: no unknown members, no conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Parameters(BaseModel):
    """Base of all sets of query parameters, which are text at first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Parameters with this prefix are free, if it is not empty.
    prefix: ClassVar[str] = ""


class Answer(BaseModel):
    """Base of all answers. An answer is read from the engine's record of the same name, attribute by attribute."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


# Values that come as text


def _rfc3339(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _MOMENT.fullmatch(value):
        raise ValueError("is not a moment in RFC 3339 with its zone, such as 2026-03-02T09:00:00Z")
    return datetime.fromisoformat(value.upper())


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise ValueError("is not a day, such as 2026-03-02")
    return date.fromisoformat(value)


def _day_or_time(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return _day(value)
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise ValueError("is neither a day, such as 2026-03-02, nor a moment in RFC 3339 with its zone")
    return _rfc3339(value)


def _whole(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise ValueError("is not a whole number")
    return int(value)


def _flag(value: object) -> object:
    if value not in {"true", "false"}:
        raise ValueError('is neither "true" nor "false"')
    return value == "true"


def _several(values: object) -> object:
    """Values that are repeated, separated by commas, or both."""
    return [part for value in values for part in value.split(",")] if isinstance(values, list) else values


#: A day of the calendar, in bodies and as a parameter.
Day = Annotated[date, BeforeValidator(_day)]
#: The key of an item, such as OPS-12.
ItemKey = items.ItemKey
#: The key of a workspace, such as OPS.
WorkspaceKey = Annotated[
    str,
    shaped(
        WORKSPACE_PATTERN,
        "'{given}' is not a workspace key, such as OPS: up to 20 capital letters, digits and _, a letter first",
    ),
]
ActorId = Annotated[
    str,
    shaped(
        ACTOR_PATTERN,
        "'{given}' is not an actor's id, such as maya: up to 100 letters, digits, dots, _, @ and -",
    ),
]
#: An id, such as acme.request.
Name = Annotated[str, shaped(NAME_PATTERN, "'{given}' is not an id, such as acme.request")]
#: Ids, at most a hundred.
Names = Annotated[list[Name], Field(max_length=LIST_LIMIT)]
Comment = Annotated[str, shaped(TEXT_PATTERN, NO_TEXT, max_length=COMMENT_LIMIT)]
Sentence = Annotated[str, shaped(WORD_PATTERN, NO_WORD, min_length=1, max_length=COMMENT_LIMIT)]
Sha256 = Annotated[
    str, shaped(SHA256_PATTERN, "it is not a SHA-256 in hex: 64 digits from 0 to 9 and a to f")
]
#: One line that is not empty, as long as the title of an item may be.
Title = Annotated[str, shaped(WORD_PATTERN, NO_WORD, min_length=1, max_length=TITLE_LIMIT)]
#: One line that is not empty, of at most 200 characters.
Label = Annotated[str, shaped(WORD_PATTERN, NO_WORD, min_length=1, max_length=200)]
#: Text that is not empty, of at most 200 characters.
Words = Annotated[str, shaped(TEXT_PATTERN, NO_TEXT, min_length=1, max_length=200)]
#: A moment with its zone, in bodies and as a parameter.
Time = Annotated[
    items.Moment, BeforeValidator(_rfc3339), WithJsonSchema({"type": "string", "format": "date-time"})
]
#: The text of a rule by which something recurs.
RuleText = Annotated[str, shaped(TEXT_PATTERN, NO_TEXT, max_length=500)]
DayOrTime = Annotated[
    datetime | date,
    BeforeValidator(_day_or_time),
    WithJsonSchema({"type": "string", "pattern": DAY_OR_TIME_PATTERN}),
]
#: Values of fields by name.
Values = Annotated[
    dict[
        Annotated[str, shaped(FIELD_PATTERN, "'{given}' is not the name of a field, such as change_type")],
        Any,
    ],
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
    shaped(
        r"^[\x21-\x7e]+$",
        "it is not a cursor: take `next_cursor` of the previous page",
        min_length=1,
        max_length=2000,
    ),
    Field(description="`next_cursor` of the previous page."),
]
#: Parameters that select rows of a list.
InWorkspace = Annotated[
    WorkspaceKey | None,
    Field(description="Key of the workspace, such as `OPS`; all that you may see if left out."),
]
OfItem = Annotated[ItemKey | None, Field(description="Key of the item, such as `OPS-12`.")]

# Values of answers

#: A moment with its zone, in answers.
Moment = AwareDatetime
Category = Literal["todo", "active", "waiting", "done", "cancelled"]
Scope = Literal["read", "write", "admin"]
JsonSchema = dict[str, Any]


def _none(text: object) -> object:
    return text or None


#: A text that is null if the engine has an empty one.
TextOrNull = Annotated[str | None, BeforeValidator(_none)]
#: A value of a definition, in JSON.
Plain = Annotated[Any, PlainSerializer(plain)]
PlainValues = Annotated[dict[str, Any], PlainSerializer(plain)]


def _readable(value: Any) -> Any:
    """A list or dictionary in JSON whose larger numbers are texts, as in events; itself, if none is too large."""
    large: dict[Any, Any] = {}
    for place, each in value.items() if isinstance(value, dict) else enumerate(value):
        kind = type(each)
        if kind is int and not -READABLE <= each <= READABLE:
            large[place] = str(each)
        elif kind is dict or kind is list:
            found = _readable(each)
            if found is not each:
                large[place] = found
    if not large:
        return value
    return value | large if isinstance(value, dict) else [large.get(n, each) for n, each in enumerate(value)]


def _figures(value: Any) -> Any:
    return _readable(plain(value))


#: Figures of checks, by name.
Figures = Annotated[dict[str, Any], PlainSerializer(_figures)]


def _seconds(span: object) -> object:
    return timedelta(days=span.days, seconds=span.seconds) if isinstance(span, timedelta) else span


#: A span in whole seconds, as the format `duration` of JSON Schema has no fractions.
Span = Annotated[timedelta, BeforeValidator(_seconds)]


class Paged(Answer):
    """Base of all pages of lists."""

    next_cursor: str | None
