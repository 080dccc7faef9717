"""Sentences as events keep them: an id, parameters and, where a plugin wrote it, its template; rendered when read.

A rendered sentence would keep names for ever, in the words and the language of the day. A whole sentence of a plugin,
without parameters, is kept like the texts that people type (`placet.engine.act.texts`), so that it can be erased too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from placet.definitions.wording import AS_KEPT, ERASED, Wording, rendered
from placet.engine.act.records import Message
from placet.errors import DefinitionError

#: Members of an event that hold blockers.
BLOCKERS = ("blockers", "reported")
#: Members of an event that contain sentences.
WORDED = (*BLOCKERS, "voided")


#: The sentences, by id. An id is kept for ever, and so are the names of its parameters.
MESSAGES = {
    # Why an approval was voided.
    "approval.asked_again": "asked again",
    "approval.changed": "{fields:field and} changed since it was asked for",
    "approval.rules_changed": "the rules that name who decides it have changed",
    "approval.others_decide": "others decide it now than were asked",
    "approval.decides_too": "{people:person and} may decide it now, and could not when it was asked for",
    "approval.voided": "by the transition {transition:transition}",
    "approval.closed": "{key} is in {state:state}",
    #: A whole sentence of a plugin.
    "plugin.sentence": "{sentence}",
    # Why somebody is notified: the end of the sentence "You get this because ...".
    "notification.workspace": "{workspace} notifies the role {role:role} too",
    "notification.vote": "your vote on {approval:approval} is asked for",
    "notification.vote_until": "your vote on {approval:approval} is asked for until {until:moment}",
    "notification.delegated": "{actor:person} has delegated the vote on {approval:approval} to you",
    "notification.still_asked": "your vote on {approval:approval} is still asked for",
    "notification.voted": "your vote on {approval:approval} was asked for or given",
    "notification.requester": "you asked for {approval:approval}",
    "notification.confirm": "you are asked to confirm {confirmation:confirmation}",
    "notification.confirm_until": "you are asked to confirm {confirmation:confirmation} until {until:moment}",
    "notification.confirmation_requester": "you asked for {confirmation:confirmation}",
    "notification.clear": "{actor:person} asked you to clear {check:check} until {until:moment}",
    "notification.ask_requester": "you asked {actor:person} to clear {check:check}",
    "notification.ask_over": "you were asked to clear {check:check}",
    "notification.may_clear": "you can clear {check:check}, which {actor:person} was asked for",
    "notification.named": "you were named as its {field:field}",
    "notification.left": "it waited for {actor:person}, who has left: somebody else has to be named",
    "notification.role_given": "you were given the role {role:role} on it",
    "notification.role_taken": "you no longer hold the role {role:role} on it",
    "notification.appoints": "you appoint the role {role:role} on it",
    "notification.office": "it is about your office in the installation",
    "notification.second_administrator": "you administer the installation, and another administrator decides on it",
    "notification.administrator": "you administer the workspaces",
    "notification.second_person": "you hold the role {role:role}, which decides on changes of rules",
    "notification.proposer": "you proposed the change",
    "notification.creator": "you created it",
    "notification.field": "you are its {field:field}",
    "notification.role": "you hold the role {role:role} on it",
    "notification.may_waive": "you may waive {gate:gate}",
    "notification.waiver_requester": "you asked for the waiver",
    "notification.waiver_granter": "you granted the waiver, and it awaits its review",
    "notification.timer": "the timer {timer:timer} notifies the role {role:role}",
    "notification.timer_refused": "the timer {timer:timer} cannot do its part, and you can clear what stops it",
    #: The sentence that the rule declares, as long as the rule exists.
    "notification.declared": "the rule {rule} is about it",
}


def sentence(message: Message, wording: Wording = AS_KEPT) -> str:
    """A message as a sentence."""
    return rendered(MESSAGES[message.id], _shown(message.params), wording)


def _shown(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: ERASED if value is None else value for name, value in params.items()}


def words(
    template: Iterable[str], params: Mapping[str, Any], wording: Wording = AS_KEPT
) -> tuple[str, ...] | None:
    """Message and remedy; `None` where the parameters, as JSON keeps them, do not fit the template."""
    try:
        return tuple(rendered(each, _shown(params), wording) for each in template)
    except DefinitionError:
        return None


def render(data: dict[str, Any], wording: Wording = AS_KEPT) -> None:
    """Add the sentences to an event that is read, beside their ids and parameters.

    It never raises: the event may have been tampered with, and verification has to report that.
    """
    voided = data.get("voided")
    if isinstance(voided, dict):
        for reason in voided.values():
            if isinstance(reason, dict):
                reason["message"] = _kept(reason, wording)
    for name in BLOCKERS:
        blockers = data.get(name)
        for blocker in blockers if isinstance(blockers, list) else ():
            if isinstance(blocker, dict) and isinstance(blocker.get("template"), list):
                said = words(blocker.pop("template"), blocker.get("params") or {}, wording) or (None, None)
                blocker["message"], blocker["remedy"] = said[0], said[-1]


def message_data(message: Message) -> dict[str, Any]:
    """A message in the form that events and records keep."""
    return {"message_id": message.id, "params": dict(message.params)}


def message_of(kept: Mapping[str, Any]) -> Message:
    """A message read back."""
    return Message(kept["message_id"], kept["params"])


def _kept(reason: Any, wording: Wording) -> str | None:
    try:
        return sentence(message_of(reason), wording)
    except (DefinitionError, LookupError, ValueError, TypeError, AttributeError):
        return None


def time_is_up(timer: str) -> str:
    """The reason of a transition that a timer makes."""
    return f"{timer}: the time is up"
