"""Values of plugins that every database stores and every reader of JSON takes: texts, numbers, moments, and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, Final

#: Bits of a whole number. Larger ones are not even written out (Python's own limit is some 14,000).
_BIT_LIMIT: Final = 3_000
#: All whole numbers between its negative and itself have fewer bits than that.
LARGEST: Final = 2**_BIT_LIMIT
#: Characters of one text. A sentence for people has a few hundred; more than this is a mistake, which would make every
#: list slow that shows it.
TEXT_LIMIT: Final = 1_000_000
#: Characters of an error's message, after which it is cut off.
_MESSAGE_LIMIT: Final = 10_000
#: Lists and dictionaries in each other; more is a mistake, such as one that holds itself.
_DEPTH_LIMIT: Final = 20
#: Types of values that can be stored whatever they are, besides texts, whole numbers, lists and dictionaries.
_ALWAYS = (float, datetime, date, time, timedelta, Decimal, NoneType)
#: The same, exactly.
PLAIN = frozenset({bool, *_ALWAYS})
_LISTS = (list, tuple, set, frozenset)


def is_plain(value: object) -> bool:
    """Whether a value is one of the usual that can be stored; others are looked at by `flaw_in`, which takes longer."""
    kind = type(value)
    if kind is str:
        return is_plain_text(value)  # type: ignore[arg-type]  # its type was compared exactly
    return kind in PLAIN or (kind is int and -LARGEST < value < LARGEST)  # type: ignore[operator]  # the same


def is_plain_text(text: str) -> bool:
    """Whether a text is one of the usual that can be stored; others are looked at by `flaw_in_text`."""
    return text.isascii() and len(text) <= TEXT_LIMIT


def flaw_in_text(text: str) -> str | None:
    """The flaw for which a text can be neither stored nor sent, as what was given; `None` without one."""
    if len(text) > TEXT_LIMIT:
        return f"{len(text)} characters, where {TEXT_LIMIT} are the most"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"half of a character, U+{ord(text[error.start]):04X}, at position {error.start} of a text"
    return None


def flaw_in(value: object, depth: int = _DEPTH_LIMIT) -> str | None:
    """The flaw for which a value can be neither stored nor sent, as what was given; `None` without one."""
    if isinstance(value, Enum) and not isinstance(value, str | int):
        value = value.value
    match value:
        case str():
            return flaw_in_text(value)
        case int():
            return (
                None if value.bit_length() <= _BIT_LIMIT else f"a whole number of {value.bit_length()} bits"
            )
        case Mapping() | list() | tuple() | set() | frozenset():
            return _flaw_within(value, depth)
        case _:
            return None if isinstance(value, _ALWAYS) else f"{value!r:.100}"


def _flaw_within(value: object, depth: int) -> str | None:
    if not depth:
        return f"more than {_DEPTH_LIMIT} lists and dictionaries in each other"
    members = [*value] if isinstance(value, _LISTS) else []
    if isinstance(value, Mapping):
        strange = next((name for name in value if not isinstance(name, str)), None)
        if strange is not None:
            return f"a dictionary with the name {strange!r:.100}"
        members = [*value, *value.values()]
    flaws = (flaw_in(each, depth - 1) for each in members if not is_plain(each))
    return next((flaw for flaw in flaws if flaw is not None), None)


def message_of(error: BaseException, said: Callable[[Any], str] = str) -> str:
    """The message of foreign code's error in one line, which can be stored and shown whatever the error is."""
    try:
        text = said(error)
    except Exception:  # noqa: BLE001  # an error whose own message fails; its traceback is in the log
        return "its message cannot be read"
    line = " ".join(text[:_MESSAGE_LIMIT].split()) + ("..." if len(text) > _MESSAGE_LIMIT else "")
    return line if line.isascii() else line.encode(errors="backslashreplace").decode()
