"""Sentences as events keep them: an id, parameters and, where a plugin wrote it, its template; rendered when read.

A rendered sentence would keep names for ever, in the words and the language of the day. What a plugin gives as a whole
sentence, without parameters, is kept as people's own texts are (`placet.engine.texts`), and can be erased like these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import Any, NamedTuple

from placet.definitions.document import plain
from placet.definitions.verdicts import Blocker, GateMode, rendered
from placet.engine.outlook import CheckReport
from placet.engine.views import Item
from placet.errors import DefinitionError

#: What stands for a parameter that was erased.
ERASED = "(erased)"
#: Members of an event that hold blockers.
BLOCKERS = ("blockers", "reported")


class Message(NamedTuple):
    """A sentence of the engine's own: its id in `MESSAGES`, and its parameters."""

    id: str
    params: Mapping[str, Any] = {}


#: The sentences, by id. An id is kept for ever, and so are the names of its parameters.
MESSAGES = {
    "approval.asked_again": "asked again",
    "approval.changed": "{fields} changed since it was asked for",
    "approval.taken_back": "{transition} by {actor}",
    "approval.closed": "{key} is {state}",
    #: What a plugin gave as a sentence.
    "said": "{sentence}",
}


def sentence(message: Message) -> str:
    """A message in words."""
    return rendered(MESSAGES[message.id], _shown(message.params))


def _shown(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: ERASED if value is None else value for name, value in params.items()}


# Blockers


def blocker_data(blocker: Blocker) -> dict[str, Any]:
    """A blocker as an event keeps it."""
    params = _short(blocker.params)
    told = {
        "gate": blocker.gate,
        "check": blocker.check,
        "verdict": blocker.verdict.value,
        "mode": blocker.mode.value,
        "source": blocker.source,
        "who": list(blocker.who),
        "earliest": plain(blocker.earliest),
        "message_id": blocker.message_id,
        "params": params,
    }
    if blocker.template is not None and _words(blocker.template, params) == (blocker.message, blocker.remedy):
        return told | {"template": list(blocker.template)}
    return told | {"message": blocker.message, "remedy": blocker.remedy}


def _words(template: Iterable[str], params: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Message and remedy; `None` where the parameters, as JSON keeps them, do not fit the template."""
    try:
        return tuple(rendered(each, _shown(params)) for each in template)
    except DefinitionError:
        return None


def render(data: dict[str, Any]) -> None:
    """Put sentences into an event as it is read, in place of what it keeps of them.

    It raises nothing: the event may have been tampered with, and verification has to say so.
    """
    for name in BLOCKERS:
        told = data.get(name)
        for blocker in told if isinstance(told, list) else ():
            if isinstance(blocker, dict) and isinstance(blocker.get("template"), list):
                words = _words(blocker.pop("template"), blocker.get("params") or {}) or (None, None)
                blocker["message"], blocker["remedy"] = words[0], words[-1]


# Checks


#: Of what a check has read an event keeps so many values of a list, characters of a text, and bytes in all.
_VALUES, _CHARACTERS, _BYTES = 20, 200, 2_000


def check_data(report: CheckReport) -> dict[str, Any]:
    """A check and its verdict as an event keeps it, with what it read: small values, and keys with versions."""
    told = {"gate": report.gate, "check": report.check, "verdict": report.verdict.value}
    if report.mode is not GateMode.ENFORCE:
        told["mode"] = report.mode.value
    kept, size = {}, 0
    for name, value in report.read.items():
        kept[name] = _short(value)
        size += len(str(kept[name]))
        if size > _BYTES:
            kept[name] = _CUT
            break
    return told | {"read": kept} if kept else told


#: Larger integers are kept as text: JSON as others read it knows no more.
_LARGEST = 2**53 - 1
#: What stands for what was too long.
_CUT = "..."


def _short(value: Any) -> Any:
    """A value as JSON knows it, cut where it is long; an item as its key and version."""
    match value:
        case Item():
            return {"key": value.key, "version": value.version}
        case Enum():
            return _short(value.value)
        case str():
            return value if len(value) <= _CHARACTERS else value[:_CHARACTERS] + _CUT
        case bool() | float() | None:
            return value
        case int():
            return value if -_LARGEST <= value <= _LARGEST else str(value)
        case Mapping():
            kept = {str(plain(n)): _short(each) for n, each in islice(value.items(), _VALUES)}
            return kept if len(value) <= _VALUES else kept | {_CUT: len(value)}
        case list() | tuple():
            shown = [_short(each) for each in islice(value, _VALUES)]
            return shown if len(value) <= _VALUES else [*shown, f"{_CUT} {len(value)}"]
        case _:
            return _short(plain(value))
