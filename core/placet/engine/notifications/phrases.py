"""Each event in one sentence, for notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from placet.definitions.roles import SYSTEM
from placet.definitions.wording import ERASED, listed, moment_of
from placet.engine.act import messages
from placet.engine.act.journal import reworded
from placet.engine.act.notifications import Because, Why
from placet.engine.act.records import EventRecord
from placet.engine.act.titles import Titles

#: Longest quotation of a person's text in a sentence, in characters.
_QUOTED = 300
#: The point at which a repeating timer begins again.
AGAIN = "repeat"


def because(why: Why, titles: Titles) -> Because:
    """The reason for a notification, in words."""
    declared = titles.catalog.notification_rules.get(why.rule) if titles.catalog is not None else None
    if why.reason.id == "notification.declared" and declared is not None:
        return Because(why.rule, declared.because)
    return Because(why.rule, messages.sentence(why.reason, titles))


def sentence(event: EventRecord, titles: Titles) -> str:
    """The event in words: `Ann moved it to On the bench (Start): the lamp is here`."""
    if event.kind == "timer":
        return _timer(event, titles)
    if event.kind == "refused" and "notifies" in event.data:
        return _refused(event, titles)
    who = "Placet" if event.actor == SYSTEM else titles.person(event.actor)
    if event.data.get("on_behalf_of"):
        who = f"{who} for {titles.person(event.data['on_behalf_of'])}"
    said = ERASED if "/comment" in event.erased else event.data.get("comment")
    cause = titles.timers.get(event.data.get("caused_by", ""))
    if event.kind == "transition" and cause is not None:
        said = messages.time_is_up(cause)
    return f"{who} {_did(event, titles)}{f': {_short(said)}' if said else ''}"


def _did(event: EventRecord, titles: Titles) -> str:  # noqa: C901, PLR0911, PLR0912  # one arm for each kind, read as a table
    data = event.data
    match event.kind:
        case "created":
            return "created it"
        case "transition":
            return _moved(data, titles)
        case "edited":
            return f"changed {', '.join(titles.field(name) for name in data.get('changes', {}))}"
        case "comment":
            return "commented"
        case "erased":
            return "erased what was typed in an earlier event"
        case "person_left":
            return f"switched off {titles.person(data['person'])}, for whom it waited"
        case "asked":
            return f"asks for {titles.check(data['check'])} to be cleared"
        case "ask_reminded":
            return f"reminds {titles.person(data['person'])} to clear {titles.check(data['check'])}"
        case "ask_declined":
            return f"declines to clear {titles.check(data['check'])}"
        case "ask_withdrawn":
            return f"no longer asks for {titles.check(data['check'])} to be cleared"
        case "ask_cleared":
            return f"recorded: {titles.check(data['check'])} is cleared"
        case "ask_expired":
            return f"recorded: {titles.check(data['check'])} was not cleared in time"
        case "voted":
            vote = {"approve": "approved", "reject": "rejected", "abstain": "abstained from"}[
                data["decision"]
            ]
            return f"{vote} {titles.approval(data['approval'])}, which is {data['status']}"
        case "asked_again":
            return f"asks for {titles.approval(data['approval'])} again"
        case "roles":
            return f"changed who holds the role {titles.role(data['role'])} on it"
        case "workspace_changed":
            return f"changed the rules: {', '.join(sorted(data.get('changes', {}))).replace('_', ' ')}"
        case "change_proposed":
            parts = sorted(data["proposal"].get("changes", {}))
            return f"proposes a change of the rules: {', '.join(parts).replace('_', ' ')}"
        case "proposal_decided":
            decision = data["proposal"]["decision"]
            done = {"approve": "approved", "reject": "rejected", "withdraw": "withdrew"}[decision]
            return f"{done} a proposed change of the rules"
        case "evidence":
            return f"attached {_short(data['evidence']['name'])}"
        case "waiver_asked":
            return f"asks for a waiver of {titles.gate(data['waiver']['gate'])}: {_short(data['waiver']['reason'])}"
        case "waiver_decided":
            decided = "granted" if data["waiver"].get("granted") else "refused"
            return f"{decided} the waiver of {titles.gate(data['waiver']['gate'])}"
        case "approval_reminded":
            return f"reminds those who have not voted on {titles.approval(data['approval'])}"
        case "approval_expired":
            return f"recorded: {titles.approval(data['approval'])} has expired"
        case "confirmed":
            return f"confirmed {titles.confirmation(data['confirmation'])}"
        case "declined":
            return f"declined {titles.confirmation(data['confirmation'])}"
        case "confirmation_taken_back":
            return f"took back the answer to {titles.confirmation(data['confirmation'])}"
        case "confirmation_reminded":
            return f"reminds {titles.person(data['person'])} of {titles.confirmation(data['confirmation'])}"
        case "confirmation_expired":
            return f"recorded: {titles.confirmation(data['confirmation'])} was not confirmed in time"
        case "waiver_expired":
            return f"recorded: the waiver of {titles.gate(data['waiver']['gate'])} has ended"
        case "waiver_reviewed":
            return f"reviewed the waiver of {titles.gate(data['waiver']['gate'])}"
        case _:
            return f"recorded: {event.kind.replace('_', ' ')}"


def _moved(data: Mapping[str, Any], titles: Titles) -> str:
    name = titles.transition(data["transition"])
    if data["from_state"] == data["to_state"]:
        return f"recorded: {name}"
    return f"moved it to {titles.state(data['to_state'])} ({name})"


def _timer(event: EventRecord, titles: Titles) -> str:
    """The point of a timer in words: `Resolution was due on Monday 2 March 14:00`."""
    title, point, due = titles.timer(event.data["timer"]), event.data["point"], event.data.get("due_at")
    if point == AGAIN:
        return f"{title} begins again"
    if due is None:
        return f"{title} has come to {point}"
    if moment_of(due) <= event.at:
        return f"{title} was due on {titles.moment(due)}"
    return f"{title} is due on {titles.moment(due)} ({point})"


def _refused(event: EventRecord, titles: Titles) -> str:
    """A refusal of a timer in words: which act was blocked, by what, and who can do which thing about it."""
    data = reworded(event, titles).data
    act = titles.transition(data["transition"]) if data.get("transition") else data.get("point", "")
    reasons = "; ".join(f"{b.get('message')} ({b.get('remedy')})" for b in data.get("blockers", ()))
    able = listed([titles.person(str(who)) for who in data.get("notifies", ())], "or")
    can_act = f". It can be cleared by {able}" if able else ""
    return f"{titles.timer(data.get('caused_by', ''))}: {act} is blocked: {reasons}{can_act}"


def _short(text: str | None) -> str:
    """A person's text on one line, shortened. `None` means that it was erased."""
    if text is None:
        return ERASED
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED].rstrip()}..."
