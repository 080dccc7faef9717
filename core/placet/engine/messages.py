"""Sentences as events keep them: an id, parameters and, where a plugin wrote it, its template; rendered when read.

A rendered sentence would keep names for ever, in the words and the language of the day. What a plugin gives as a whole
sentence, without parameters, is kept as people's own texts are (`placet.engine.texts`), and can be erased like these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import Any

from placet.definitions.document import plain
from placet.definitions.verdicts import Blocker, GateMode, rendered
from placet.engine.outlook import CheckReport
from placet.engine.records import Message
from placet.engine.views import Item

#: What stands for a parameter that was erased.
ERASED = "(erased)"
#: Members of an event that hold blockers.
BLOCKERS = ("blockers", "reported")


#: The sentences, by id. An id is kept for ever, and so are the names of its parameters.
MESSAGES = {
    "approval.asked_again": "asked again",
    "approval.changed": "{fields} changed since it was asked for",
    "approval.taken_back": "{transition} by {actor}",
    "approval.closed": "{key} is {state}",
    #: What a plugin gave as a sentence.
    "said": "{sentence}",
    # Why somebody is notified: the end of the sentence "You get this because ...".
    "notice.workspace": "{workspace} tells the role {role} of it",
    "notice.vote": "your vote on {approval} is asked for",
    "notice.vote_until": "your vote on {approval} is asked for until {until}",
    "notice.delegated": "{actor} has delegated to you the vote on {approval}",
    "notice.voted": "your vote on {approval} was asked for or given",
    "notice.asker": "you asked for {approval}",
    "notice.clear": "{actor} asked you to clear {check}",
    "notice.named": "you were named as its {field}",
    "notice.role_given": "you were given the role {role} on it",
    "notice.maker": "you made it",
    "notice.field": "you are its {field}",
    "notice.role": "you hold the role {role} on it",
    "notice.may_waive": "you may waive {gate}",
    "notice.waiver_asker": "you asked for the waiver",
    "notice.waiver_granter": "you granted the waiver, and it awaits its review",
    "notice.timer": "the clock {timer} tells the role {role}",
    #: What the rule declares, as long as it is there.
    "notice.declared": "the rule {rule} is about it",
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
    except (LookupError, ValueError, TypeError, AttributeError):
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
