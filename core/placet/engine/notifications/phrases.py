"""Each event in one sentence, for notifications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from placet.definitions.roles import SYSTEM
from placet.definitions.wording import ERASED, listed, moment_of
from placet.engine.act import messages
from placet.engine.act.journal import reworded
from placet.engine.act.notifications import Because, Why
from placet.engine.act.proposals import OFFICES
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


def _did(event: EventRecord, titles: Titles) -> str:
    said = _SAID.get(event.kind)
    return f"recorded: {event.kind.replace('_', ' ')}" if said is None else said(event.data, titles)


def _voted(data: Mapping[str, Any], titles: Titles) -> str:
    vote = {"approve": "approved", "reject": "rejected", "abstain": "abstained from"}[data["decision"]]
    return f"{vote} {titles.approval(data['approval'])}, which is {data['status']}"


def _asked_for_waiver(data: Mapping[str, Any], titles: Titles) -> str:
    waiver = data["waiver"]
    return f"asks for a waiver of {titles.gate(waiver['gate'])}: {_short(waiver['reason'])}"


def _decided_waiver(data: Mapping[str, Any], titles: Titles) -> str:
    decided = "granted" if data["waiver"].get("granted") else "refused"
    return f"{decided} the waiver of {titles.gate(data['waiver']['gate'])}"


def _decided_proposal(data: Mapping[str, Any], _: Titles) -> str:
    done = {"approve": "approved", "reject": "rejected", "withdraw": "withdrew"}[data["proposal"]["decision"]]
    return f"{done} a proposed change of the rules"


def _proposed(data: Mapping[str, Any], titles: Titles) -> str:
    changes = data["proposal"].get("changes", {})
    about = next((pair[1] for pair in changes.values()), None)
    if not isinstance(about, Mapping) or "person" not in about:
        return f"proposes a change of the rules: {_parts(changes)}"
    person = titles.person(about["person"])
    if OFFICES in changes:
        return f"proposes to make {person} {_office(about)}"
    return f"proposes to erase what names {person}"


def _office(offices: Mapping[str, Any]) -> str:
    """The office of somebody, given `admin` and `auditor`."""
    if offices.get("admin"):
        return "an administrator"
    return "an auditor" if offices.get("auditor") else "without an office"


def _changed_actor(data: Mapping[str, Any], titles: Titles) -> str:
    """`made Bo an administrator`: from the offices that somebody gained or lost."""
    changes, person = data.get("changes", {}), titles.person(data["person"])
    gained = {office: True for office, pair in changes.items() if pair[1]}
    if gained:
        return f"made {person} {_office(gained)}"
    lost = {office: True for office, pair in changes.items() if pair[0]}
    return f"changed {person}, who is no longer {_office(lost)}" if lost else f"changed {person}"


def _parts(changes: Mapping[str, Any]) -> str:
    """The changed parts of a workspace's rules."""
    return ", ".join(sorted(changes)).replace("_", " ")


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
    times = event.data.get("times_due")
    if times is not None:
        often = "once" if times == 1 else f"{times} times"
        return f"{title} was due {often} before anybody could be notified{_next(event, titles)}"
    if due is None:
        return f"{title} has come to {point}"
    if moment_of(due) <= event.at:
        return f"{title} was due on {titles.moment(due)}"
    return f"{title} is due on {titles.moment(due)} ({point})"


def _next(event: EventRecord, titles: Titles) -> str:
    """The end of the sentence on what was missed: the last time that it was due, and the next."""
    due, following = event.data.get("due_at"), event.data.get("next_due")
    last = f", the last time on {titles.moment(due)}" if due and moment_of(due) <= event.at else ""
    return f"{last}{f'; it is due next on {titles.moment(following)}' if following else ''}"


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


#: Each kind of event in words, after the name of its actor: from its data, with titles in place of ids.
_SAID: Mapping[str, Callable[[Mapping[str, Any], Titles], str]] = {
    "created": lambda *_: "created it",
    "transition": _moved,
    "edited": lambda d, t: f"changed {', '.join(t.field(name) for name in d.get('changes', {}))}",
    "comment": lambda *_: "commented",
    "erased": lambda *_: "erased what was typed in an earlier event",
    "person_left": lambda d, t: f"switched off {t.person(d['person'])}, for whom it waited",
    "asked": lambda d, t: f"asks for {t.check(d['check'])} to be cleared",
    "ask_reminded": lambda d, t: f"reminds {t.person(d['person'])} to clear {t.check(d['check'])}",
    "ask_declined": lambda d, t: f"declines to clear {t.check(d['check'])}",
    "ask_withdrawn": lambda d, t: f"no longer asks for {t.check(d['check'])} to be cleared",
    "ask_cleared": lambda d, t: f"recorded: {t.check(d['check'])} is cleared",
    "ask_expired": lambda d, t: f"recorded: {t.check(d['check'])} was not cleared in time",
    "voted": _voted,
    "asked_again": lambda d, t: f"asks for {t.approval(d['approval'])} again",
    "approval_reminded": lambda d, t: f"reminds those who have not voted on {t.approval(d['approval'])}",
    "approval_expired": lambda d, t: f"recorded: {t.approval(d['approval'])} has expired",
    "roles": lambda d, t: f"changed who holds the role {t.role(d['role'])} on it",
    "workspace_changed": lambda d, _: f"changed the rules: {_parts(d.get('changes', {}))}",
    "change_proposed": _proposed,
    "actor_added": lambda d, t: f"added {t.person(d['person'])}, {_office(d)}",
    "actor_changed": _changed_actor,
    "actor_erased": lambda d, t: f"erased what names {t.person(d['person'])}",
    "proposal_decided": _decided_proposal,
    "evidence": lambda d, _: f"attached {_short(d['evidence']['name'])}",
    "waiver_asked": _asked_for_waiver,
    "waiver_decided": _decided_waiver,
    "waiver_expired": lambda d, t: f"recorded: the waiver of {t.gate(d['waiver']['gate'])} has ended",
    "waiver_reviewed": lambda d, t: f"reviewed the waiver of {t.gate(d['waiver']['gate'])}",
    "confirmed": lambda d, t: f"confirmed {t.confirmation(d['confirmation'])}",
    "declined": lambda d, t: f"declined {t.confirmation(d['confirmation'])}",
    "confirmation_taken_back": lambda d, t: f"took back the answer to {t.confirmation(d['confirmation'])}",
    "confirmation_reminded": (
        lambda d, t: f"reminds {t.person(d['person'])} of {t.confirmation(d['confirmation'])}"
    ),
    "confirmation_expired": (
        lambda d, t: f"recorded: {t.confirmation(d['confirmation'])} was not confirmed in time"
    ),
}
