"""Events in one sentence each, as people are told of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from placet.catalog.catalog import Catalog
from placet.definitions.roles import SYSTEM
from placet.engine.act import messages
from placet.engine.act.notices import Because, Why
from placet.engine.act.records import EventRecord, Message

#: So much of what somebody wrote stands in a sentence, in characters.
_QUOTED = 300
#: The point at which a timer that repeats begins anew.
AGAIN = "repeat"


class Titles:
    """What people know things by, on items of one type; ids where the rules are not there."""

    def __init__(self, catalog: Catalog | None, type: str) -> None:
        self.catalog = catalog
        self.item_type = None if catalog is None else catalog.item_types.get(type)

    def approval(self, id: str) -> str:
        found = self.item_type.approval(id) if self.item_type is not None else None
        return found.title if found is not None else id

    def role(self, id: str) -> str:
        found = self.catalog.roles.get(id) if self.catalog is not None else None
        return found.title if found is not None else id

    def field(self, name: str) -> str:
        declared = self.item_type.fields.model_fields.get(name) if self.item_type is not None else None
        return (declared.title if declared is not None else None) or name.replace("_", " ")

    def timer(self, id: str) -> str:
        return self.timers.get(id, id)

    @property
    def timers(self) -> dict[str, str]:
        """Titles of the type's timers, by id."""
        timers = self.item_type.timers if self.item_type is not None else ()
        return {timer.id: timer.title for timer in timers}


def because(why: Why, titles: Titles) -> Because:
    """Why somebody is notified, in words."""
    declared = titles.catalog.notices.get(why.rule) if titles.catalog is not None else None
    if why.reason.id == "notification.declared" and declared is not None:
        return Because(why.rule, declared.because)
    shown: dict[str, Any] = dict(why.reason.params)
    for name, title in (
        ("approval", titles.approval), ("role", titles.role), ("field", titles.field), ("timer", titles.timer),
        ("until", _moment),
    ):  # fmt: skip
        if name in shown:
            shown[name] = title(shown[name])
    return Because(why.rule, messages.sentence(Message(why.reason.id, shown)))


def sentence(event: EventRecord, titles: Titles) -> str:
    """What happened: `ann moved it to On the bench (Start): the lamp is here`."""
    who = "Placet" if event.actor == SYSTEM else event.actor
    if event.data.get("on_behalf_of"):
        who = f"{who} for {event.data['on_behalf_of']}"
    said = messages.ERASED if "/comment" in event.erased else event.data.get("comment")
    cause = titles.timers.get(event.data.get("caused_by", ""))
    if event.kind == "transition" and cause is not None:
        said = messages.time_is_up(cause)
    return f"{who} {_did(event, titles)}{f': {_short(said)}' if said else ''}"


def _did(event: EventRecord, titles: Titles) -> str:  # noqa: C901, PLR0911, PLR0912  # one arm for each kind, read as a table
    data = event.data
    match event.kind:
        case "created":
            return "made it"
        case "transition":
            return _moved(data, titles)
        case "edited":
            return f"changed {', '.join(titles.field(name) for name in data.get('changes', {}))}"
        case "comment":
            return "commented"
        case "erased":
            return "erased what was typed in an earlier event"
        case "asked":
            return f"asks for {data['check']} to be cleared"
        case "voted":
            vote = {"approve": "approved", "reject": "rejected", "abstain": "abstained from"}[
                data["decision"]
            ]
            return f"{vote} {titles.approval(data['approval'])}, which is {data['status']}"
        case "roles":
            return f"changed who holds the role {titles.role(data['role'])} on it"
        case "evidence":
            return f"attached {_short(data['evidence']['name'])}"
        case "waiver_asked":
            return f"asks for a waiver of {data['waiver']['gate']}: {_short(data['waiver']['reason'])}"
        case "waiver_decided":
            return f"{'granted' if data['waiver'].get('granted') else 'refused'} the waiver of {data['waiver']['gate']}"
        case "approval_expired":
            return f"recorded: {titles.approval(data['approval'])} has expired"
        case "waiver_expired":
            return f"recorded: the waiver of {data['waiver']['gate']} has ended"
        case "waiver_reviewed":
            return f"reviewed the waiver of {data['waiver']['gate']}"
        case "timer":
            return _rang(data, titles)
        case _:
            return f"recorded: {event.kind.replace('_', ' ')}"


def _moved(data: Mapping[str, Any], titles: Titles) -> str:
    workflow = titles.item_type.workflow if titles.item_type is not None else None
    transition = workflow.transition(data["transition"]) if workflow is not None else None
    name = transition.title if transition is not None else data["transition"]
    if data["from_state"] == data["to_state"]:
        return f"recorded: {name}"
    state = workflow.state(data["to_state"]) if workflow is not None else None
    return f"moved it to {state.title if state is not None else data['to_state']} ({name})"


def _rang(data: Mapping[str, Any], titles: Titles) -> str:
    title = titles.timer(data["timer"])
    if data["point"] == AGAIN:
        return f"recorded: the timer {title} begins again"
    due = f", due at {_moment(data['due_at'])}" if data.get("due_at") else ""
    return f"recorded: the timer {title} has come to {data['point']}{due}"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"


def _short(text: str | None) -> str:
    """What somebody wrote, on one line and not too long; `None` where it was erased."""
    if text is None:
        return messages.ERASED
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED].rstrip()}..."
