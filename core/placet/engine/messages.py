"""Sentences as events keep them: an id, parameters and, where a plugin wrote it, its template; rendered when read.

A rendered sentence would keep names for ever, in the words and the language of the day. What a plugin gives as a whole
sentence, without parameters, is kept as people's own texts are (`placet.engine.texts`), and can be erased like these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from placet.definitions.verdicts import rendered
from placet.engine.records import Message
from placet.errors import DefinitionError

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


def words(template: Iterable[str], params: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Message and remedy; `None` where the parameters, as JSON keeps them, do not fit the template."""
    try:
        return tuple(rendered(each, _shown(params)) for each in template)
    except DefinitionError:
        return None


def render(data: dict[str, Any]) -> None:
    """Put sentences into an event as it is read, beside the ids and parameters that it keeps of them.

    It raises nothing: the event may have been tampered with, and verification has to say so.
    """
    voided = data.get("voided")
    if isinstance(voided, dict):
        for reason in voided.values():
            if isinstance(reason, dict):
                reason["message"] = _kept(reason)
    for name in BLOCKERS:
        told = data.get(name)
        for blocker in told if isinstance(told, list) else ():
            if isinstance(blocker, dict) and isinstance(blocker.get("template"), list):
                said = words(blocker.pop("template"), blocker.get("params") or {}) or (None, None)
                blocker["message"], blocker["remedy"] = said[0], said[-1]


def message_data(message: Message) -> dict[str, Any]:
    """A message as events and records keep it."""
    return {"message_id": message.id, "params": dict(message.params)}


def message_of(kept: Mapping[str, Any]) -> Message:
    """A message read back."""
    return Message(kept["message_id"], kept["params"])


def _kept(told: Any) -> str | None:
    try:
        return sentence(message_of(told))
    except (DefinitionError, LookupError, ValueError, TypeError, AttributeError):
        return None
