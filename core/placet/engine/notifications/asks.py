"""Who is notified of requests to clear a check: who is asked, who asked, and at the end who else can clear it."""

from __future__ import annotations

from collections.abc import Iterator

from placet.definitions.context import ConfirmationStatus
from placet.engine.act.notifications import Found
from placet.engine.act.questions import AskStatus
from placet.engine.act.records import EventRecord, ItemRecord, Message
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import people_of

#: Kinds of events that end a request without the check being cleared.
_ENDED = frozenset({"ask_declined", "ask_withdrawn", "ask_expired"})


def asked_to_clear(event: EventRecord, ctx: Context) -> Found:
    """Somebody who is asked to clear a check, or reminded of it while it is still open."""
    if event.kind not in {"asked", "ask_reminded"}:
        return None
    check = str(event.data["check"])
    person = str(event.data["to"] if event.kind == "asked" else event.data["person"])
    known = ctx.record.ask(check, person)
    if known is None or known.status_at(ctx.now) is not AskStatus.PENDING:
        return {}
    about = {"actor": known.asked_by, "check": check, "until": known.expires_at.isoformat()}
    return {person: Message("notification.clear", about)}


def ask_ended(event: EventRecord, ctx: Context) -> Found:
    """Who asked and who was asked; once the time is over, everybody else too who can clear it, or name somebody."""
    if event.kind not in _ENDED:
        return None
    person, about = str(event.data["person"]), {"check": event.data["check"]}
    named = about | {"actor": person}
    found = {
        str(event.data["asked_by"]): Message("notification.ask_requester", named),
        person: Message("notification.ask_over", about),
    }
    if event.kind == "ask_expired":
        able = people_of([str(who) for who in event.data.get("notifies", ())], ctx)
        for each in able:
            found.setdefault(each, Message("notification.may_clear", named))
        if not able:
            administrators = ctx.unit.session.people.administrators()
            found = dict.fromkeys(administrators, Message("notification.administrator")) | found
    return found


def left_waiting(person: str, record: ItemRecord) -> Iterator[str]:
    """The people who asked somebody to confirm something, or to clear a check, and have no answer."""
    for each in record.confirmations:
        if each.actor == person and each.status is ConfirmationStatus.PENDING:
            yield each.asked_by
    for asked in record.asks:
        if asked.actor == person and asked.status is AskStatus.PENDING:
            yield asked.asked_by
