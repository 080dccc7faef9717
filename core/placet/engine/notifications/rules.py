"""Who is notified of an event, and why: pure functions of the event, the item as it is now, and its workspace's rules.

Placet's own notification rules, `core.*`, always exist; the rules of methods come after them. Nobody is notified of
their own act, and everybody else once, with all the reasons. The verb that writes the notifications leaves out people
who may no longer see the item or have muted a rule.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from placet.catalog.composition import one_line
from placet.definitions.context import ApprovalStatus, ConfirmationStatus
from placet.definitions.items import ActorRef
from placet.definitions.marks import marked_fields
from placet.definitions.notification_rules import NotificationRule, approvals_asked
from placet.definitions.roles import SYSTEM
from placet.engine.act.holders import holders_of
from placet.engine.act.input import values_of
from placet.engine.act.notifications import Found, Why
from placet.engine.act.people import NotificationChoice
from placet.engine.act.records import ApprovalRound, EventRecord, Message
from placet.engine.notifications.asks import ask_ended, asked_to_clear, left_waiting
from placet.engine.notifications.phrases import AGAIN
from placet.engine.notifications.voters import concerned, next_in_order, requesters, substitutes
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import people_of
from placet.engine.rules.views import doers

_log = logging.getLogger(__name__)

#: Kinds of events that answer a confirmation, or end the time for it.
_ANSWERS = frozenset({"confirmed", "declined", "confirmation_taken_back", "confirmation_expired"})
_OVER = frozenset({ApprovalStatus.VOIDED, ApprovalStatus.EXPIRED})


@dataclass(frozen=True, slots=True)
class CoreRule:
    """One of Placet's own rules."""

    id: str
    title: str
    find: Callable[[EventRecord, Context], Found]


@dataclass(frozen=True, slots=True)
class Notified:
    """The people to be notified of an event, each with the reasons."""

    people: Mapping[str, tuple[Why, ...]]
    #: Rules that failed, each with its id and the error; the other rules were still applied.
    failures: tuple[str, ...] = ()


def notified(event: EventRecord, ctx: Context) -> Notified:
    """Apply every rule to an event.

    Args:
        event: an event of the item of `ctx`.
        ctx: the item as it is now, the rules and the people of its workspace.
    """
    reasons: dict[str, list[Why]] = {}
    failures: list[str] = []
    for rule, find in _rules(event, ctx):
        try:
            found = [(person, Why(id, reason)) for id, part in find() for person, reason in part.items()]
        except Exception as error:  # noqa: BLE001  # logged and kept: a failed rule must not stop the others
            _log.exception("the notification rule %s failed at event %s of %s", rule, event.id, event.key)
            failures.append(f"the notification rule {rule} failed: {one_line(error)}")
            continue
        for person, why in found:
            reasons.setdefault(person, []).append(why)
    silent = {event.actor, event.data.get("on_behalf_of"), SYSTEM}
    people = {person: tuple(each) for person, each in reasons.items() if person not in silent}
    return Notified(people, tuple(failures))


#: (rule, people with their reasons) for one rule.
_Part = Iterator[tuple[str, Mapping[str, Message]]]


def _rules(event: EventRecord, ctx: Context) -> Iterator[tuple[str, Callable[[], _Part]]]:
    """Every rule for such items by its id, with its result if it is on in the workspace and about this event."""
    for core in CORE_RULES:
        yield core.id, partial(_of_core, core, event, ctx)
    for rule in ctx.catalog.notification_rules_by_type.get(ctx.record.type, ()):
        yield rule.id, partial(_of_method, rule, event, ctx)


def _of_core(core: CoreRule, event: EventRecord, ctx: Context) -> _Part:
    found = core.find(event, ctx)
    if found is not None:
        yield from _as_decided(core.id, found, ctx)


def _of_method(rule: NotificationRule, event: EventRecord, ctx: Context) -> _Part:
    if any(_happened(what, event) for what in rule.on):
        yield from _as_decided(rule.id, _notified_by(rule, ctx), ctx)


def _as_decided(
    rule: str, found: Mapping[str, Message], ctx: Context
) -> Iterator[tuple[str, Mapping[str, Message]]]:
    """The result of a rule with the workspace's choice: nothing if it is off, else with the roles that it adds."""
    choice = ctx.workspace.notification_rules.get(rule, NotificationChoice())
    if choice.off:
        return
    for role in choice.to:
        yield (
            rule,
            dict.fromkeys(
                (person for person in ctx.holders(role) if person not in found),
                Message("notification.workspace", {"workspace": ctx.workspace.key, "role": role}),
            ),
        )
    yield rule, found


# The rules of methods


def _happened(what: str, event: EventRecord) -> bool:
    """Whether a notification rule is about an event."""
    data = event.data
    kind, _, name = what.partition(":")
    match kind:
        case "create":
            return event.kind == "created"
        case "transition":
            return event.kind == "transition" and data.get("transition") == name
        case "state":
            return data.get("to_state") == name and data.get("from_state") != name and event.kind != "refused"
        case "vote":
            return event.kind == "voted" and data.get("approval") == name
        case "confirm":
            return event.kind in _ANSWERS and data.get("confirmation") == name
        case "named":
            return name in data.get("changes", {})
        case _:
            at_point = event.kind == "timer" and data.get("point") != AGAIN and not data.get("overtaken")
            return at_point and data.get("timer") == name


def _notified_by(rule: NotificationRule, ctx: Context) -> dict[str, Message]:
    roles = [
        *rule.roles,
        *(str(role) for name in rule.role_fields for _, role in values_of(ctx.record.fields, name)),
    ]
    # A text in a field that is not a role notifies nobody.
    people = [person for role in roles for person in holders_of(role, ctx.record, ctx.unit)]
    people += [person for act in rule.acts for person in doers(ctx.record, act)]
    people += [person for approval in rule.asked for person in _still_asked(approval, ctx)]
    return dict.fromkeys(people, Message("notification.declared", {"rule": rule.id}))


def _still_asked(approval: str, ctx: Context) -> tuple[str, ...]:
    """The people whose vote on a pending approval is still asked for."""
    view = ctx.approval(approval)
    return () if view is None or view.status is not ApprovalStatus.PENDING else people_of(view.missing, ctx)


# Placet's own rules: approvals


def _approval_asked(event: EventRecord, ctx: Context) -> Found:
    """People who are newly asked for a vote, or reminded of it, and people who may vote in their place."""
    if event.kind == "voted":
        fresh = {str(event.data["approval"]): next_in_order(event, ctx)}
    elif event.kind == "approval_reminded":
        approval = str(event.data["approval"])
        fresh = {approval: _still_asked(approval, ctx)}
    else:
        rounds = {approval: ctx.approval(approval) for approval in event.data.get("asked", ())}
        fresh = {approval: view.asked for approval, view in rounds.items() if view is not None}
    found: dict[str, Message] = {}
    for approval, people in fresh.items():
        round, view = ctx.record.round(approval), ctx.approval(approval)
        if round is None or view is None or view.status is not ApprovalStatus.PENDING:
            continue
        voted = {vote.seat for vote in round.votes}
        for person in people:
            if person in voted:
                continue
            found[person] = _vote_asked(approval, round)
            for substitute in substitutes(person, round, ctx):
                about = {"actor": person, "approval": approval}
                found.setdefault(substitute, Message("notification.delegated", about))
    return found if fresh else None


def _vote_asked(approval: str, round: ApprovalRound) -> Message:
    if round.expires_at is None:
        return Message("notification.vote", {"approval": approval})
    return Message("notification.vote_until", {"approval": approval, "until": round.expires_at.isoformat()})


def _approval_ended(event: EventRecord, ctx: Context) -> Found:
    """People who were asked for a vote, or voted, in a round that ended without a decision or lost it."""
    asked = event.data.get("asked", ())
    ended = [approval for approval in event.data.get("voided", {}) if approval not in asked]
    if event.kind == "approval_expired":
        ended.append(str(event.data["approval"]))
    found: dict[str, Message] = {}
    for approval in ended:
        over = [r for r in ctx.record.approvals if r.approval == approval and r.status in _OVER]
        for round in over[-1:]:
            about = {"approval": approval}
            found |= dict.fromkeys(concerned(round, ctx), Message("notification.voted", about))
            found |= dict.fromkeys(requesters(approval, ctx), Message("notification.requester", about))
    return found if ended else None


def _approval_decided(event: EventRecord, ctx: Context) -> Found:
    """People who asked for an approval that is now granted or refused."""
    if event.kind != "voted" or event.data["status"] == ApprovalStatus.PENDING.value:
        return None
    approval = str(event.data["approval"])
    return dict.fromkeys(requesters(approval, ctx), Message("notification.requester", {"approval": approval}))


# Placet's own rules: confirmations


def _confirmation_asked(event: EventRecord, ctx: Context) -> Found:
    """People who are newly asked to confirm something, or reminded of it."""
    asked = [
        (each["confirmation"], each["person"])
        for each in event.data.get("confirmations", ())
        if each["status"] == ConfirmationStatus.PENDING.value
    ]
    if event.kind == "confirmation_reminded":
        asked.append((event.data["confirmation"], event.data["person"]))
    if not asked or event.kind == "confirmation_taken_back":
        return None
    found: dict[str, Message] = {}
    for confirmation, person in asked:
        known = ctx.record.confirmation(confirmation, person)
        if known is None or known.status_at(ctx.now) is not ConfirmationStatus.PENDING:
            continue
        about = {"confirmation": confirmation}
        found[person] = (
            Message("notification.confirm", about)
            if known.expires_at is None
            else Message("notification.confirm_until", about | {"until": known.expires_at.isoformat()})
        )
    return found


def _confirmation_answered(event: EventRecord, ctx: Context) -> Found:
    """People who asked for a confirmation that is now given, declined, taken back or over."""
    if event.kind not in _ANSWERS:
        return None
    id, person = str(event.data["confirmation"]), str(event.data.get("person", event.actor))
    known = ctx.record.confirmation(id, person)
    about = {"confirmation": id}
    return {} if known is None else {known.asked_by: Message("notification.confirmation_requester", about)}


# Placet's own rules: people


def _named(event: EventRecord, ctx: Context) -> Found:
    """People who were newly named in a field that holds an actor."""
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    changes = event.data.get("changes", {})
    if item_type is None:
        return None
    found: dict[str, Message] = {}
    fields = [name for name, mark in marked_fields(item_type.fields) if isinstance(mark, ActorRef)]
    changed = [name for name in fields if name in changes]
    for name in changed:
        before, after = ({value for _, value in values_of({name: each}, name)} for each in changes[name])
        found |= dict.fromkeys(after - before, Message("notification.named", {"field": name}))
    return found if changed else None


def _role(event: EventRecord, ctx: Context) -> Found:
    """Who gains or loses a role on an item, and the others who appoint it there."""
    if event.kind != "roles":
        return None
    role = str(event.data["role"])
    before, after = event.data["changes"][role]
    about, declared = {"role": role}, ctx.catalog.roles.get(role)
    appointers = declared.on_item.by if declared is not None and declared.on_item is not None else ()
    people = [person for each in appointers for person in holders_of(each, ctx.record, ctx.unit)]
    found = dict.fromkeys(people, Message("notification.appoints", about))
    found |= dict.fromkeys(set(before) - set(after), Message("notification.role_taken", about))
    return found | dict.fromkeys(set(after) - set(before), Message("notification.role_given", about))


def _comment(event: EventRecord, ctx: Context) -> Found:
    """People of the item: holders of its roles, people named in its fields, and its creator."""
    if event.kind != "comment":
        return None
    record = ctx.record
    found = {record.created_by: Message("notification.creator")}
    item_type = ctx.catalog.item_types.get(record.type)
    for name, mark in marked_fields(item_type.fields) if item_type is not None else ():
        if isinstance(mark, ActorRef):
            people = [value for _, value in values_of(record.fields, name)]
            found |= dict.fromkeys(people, Message("notification.field", {"field": name}))
    for role, people_of_role in record.roles.items():
        found |= dict.fromkeys(people_of_role, Message("notification.role", {"role": role}))
    return found


def _left(event: EventRecord, ctx: Context) -> Found:
    """People who can name somebody else: administrators, people of the item, and who asked for the approvals."""
    if event.kind != "person_left":
        return None
    record, about = ctx.record, {"actor": event.data["person"]}
    people = [record.created_by, *(person for holders in record.roles.values() for person in holders)]
    for approval in event.data.get("approvals", ()):
        people += requesters(approval, ctx)
    people += left_waiting(str(event.data["person"]), ctx.record)
    people += ctx.unit.session.people.administrators()
    return {
        person: Message("notification.left", about) for person in people if person != event.data["person"]
    }


# Placet's own rules: waivers and timers


def _waiver_asked(event: EventRecord, ctx: Context) -> Found:
    if event.kind != "waiver_asked":
        return None
    gate = str(event.data["waiver"]["gate"])
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    transitions = item_type.workflow.transitions if item_type is not None else ()
    roles = {role for t in transitions for each in t.gates if each.id == gate for role in each.waived_by}
    return {
        person: Message("notification.may_waive", {"gate": gate})
        for role in sorted(roles)
        for person in ctx.holders(role)
    }


def _waiver_decided(event: EventRecord, ctx: Context) -> Found:
    if event.kind != "waiver_decided":
        return None
    id = event.data["waiver"]["id"]
    return {w.asked_by: Message("notification.waiver_requester") for w in ctx.record.waivers if w.id == id}


def _waiver_ended(event: EventRecord, ctx: Context) -> Found:
    """The people who granted a waiver that has ended and awaits its review, and who asked for it."""
    if event.kind != "waiver_expired":
        return None
    found: dict[str, Message] = {}
    for waiver in ctx.record.waivers:
        if waiver.id == event.data["waiver"]["id"]:
            found[waiver.asked_by] = Message("notification.waiver_requester")
            if waiver.granted and waiver.decided_by is not None and waiver.reviewed_by is None:
                found[waiver.decided_by] = Message("notification.waiver_granter")
    return found


def _timer(event: EventRecord, ctx: Context) -> Found:
    """The holders of the roles that a timer's threshold names."""
    if event.kind != "timer":
        return None
    names = [str(name) for name in event.data.get("notifies", ())]
    found = {
        person: Message("notification.timer", {"timer": str(event.data["timer"]), "role": role})
        for role in names
        for person in holders_of(role, ctx.record, ctx.unit)
    }
    for approval in approvals_asked(names):
        about = Message("notification.still_asked", {"approval": approval})
        found |= dict.fromkeys(_still_asked(approval, ctx), about)
    return found


def _timer_refused(event: EventRecord, ctx: Context) -> Found:
    """The people who can clear what a timer was refused for."""
    if event.kind != "refused" or "notifies" not in event.data:
        return None
    able = Message("notification.timer_refused", {"timer": str(event.data["caused_by"])})
    return dict.fromkeys(people_of([str(who) for who in event.data["notifies"]], ctx), able)


CORE_RULES = (
    CoreRule("core.approval_asked", "A vote is asked for", _approval_asked),
    CoreRule("core.approval_ended", "An approval was withdrawn or has expired", _approval_ended),
    CoreRule("core.approval_decided", "An approval was decided", _approval_decided),
    CoreRule("core.confirmation_asked", "A confirmation is asked for", _confirmation_asked),
    CoreRule(
        "core.confirmation_answered",
        "A confirmation was answered, or its time is over",
        _confirmation_answered,
    ),
    CoreRule("core.asked", "Somebody is asked to clear a check, or reminded of it", asked_to_clear),
    CoreRule("core.ask_ended", "A request to clear a check has ended without it", ask_ended),
    CoreRule("core.named", "Somebody was named on it", _named),
    CoreRule("core.role", "Somebody was given a role on it, or no longer holds it", _role),
    CoreRule("core.comment", "Somebody commented on it", _comment),
    CoreRule("core.left", "Somebody for whom it waited has left", _left),
    CoreRule("core.waiver_asked", "A waiver is asked for", _waiver_asked),
    CoreRule("core.waiver_decided", "A waiver was decided", _waiver_decided),
    CoreRule("core.waiver_ended", "A waiver has ended and awaits its review", _waiver_ended),
    CoreRule("core.timer", "A timer came to a threshold", _timer),
    CoreRule("core.timer_refused", "An act of a timer is blocked by rules", _timer_refused),
)
