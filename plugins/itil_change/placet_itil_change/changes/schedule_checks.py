"""The demands that have to do with time: notice, windows, collisions, and a start when it was planned.

Where a refusal depends on time, `earliest` is the first start of the change that this check would let pass. For
notice, windows and collisions that is a matter of planning: the change has to be moved there, not waited for.
Source throughout: ITIL 4, practice Change enablement, the change schedule.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from placet import (
    SYSTEM,
    Action,
    ApprovalStatus,
    CheckContext,
    Verdict,
    blocked,
    check,
    passed,
    strictest,
)
from placet_itil_change.changes.collisions import (
    ASKED_FOR,
    Collision,
    agreed_to,
    direct_collisions,
    next_slot,
    related_collisions,
)
from placet_itil_change.changes.fields import ChangeFields, ChangeType, WindowKind, kind_of
from placet_itil_change.changes.windows import (
    LOOK_AHEAD,
    Occurrence,
    Treatment,
    hindering,
    maintained,
    maintenance_bound,
    overlapping,
    planned,
    treatment,
)
from placet_itil_change.ids import CHANGE_APPROVAL, ECAB_APPROVAL, FREEZE_EXEMPTION
from placet_itil_change.roles import (
    CHANGE_IMPLEMENTER,
    CHANGE_INITIATOR,
    CHANGE_MANAGER,
    IT_DIRECTOR,
    SERVICE_OWNER,
)
from placet_itil_change.wording import counted, listed, local, local_span, named

#: Fields of a window that decide what it covers.
_WINDOW_SHAPE = ("kind", "start", "end", "rrule", "scope")
#: The one way that works once the authorization has ended with the planned time.
PLAN_ANEW = "send it back, plan a new time, and request authorization again"


def _move(ctx: CheckContext) -> Action:
    """The button that moves the change, as far as its state has one."""
    fields = ("planned_start", "planned_end")
    if ctx.item.state == "scheduled":
        return Action("transition", "Reschedule", f"/items/{ctx.item.key}/transitions", fields)
    return Action("edit", "Move", f"/items/{ctx.item.key}", fields)


def notice_ends(ctx: CheckContext) -> datetime:
    """The first start that a change authorized now may have: after the lead time of a normal one's class, else now."""
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.NORMAL or fields.risk_class is None:
        return ctx.now
    return ctx.workspace.calendar.add_days(ctx.now, ctx.settings.lead_time_days(fields.risk_class))


@check("itil")
def lead(ctx: CheckContext) -> Verdict:
    """A normal change is authorized early enough before its start, unless the change manager took short notice.

    Reads: `planned_start`, `risk_class`, and `short_notice_start` as recorded by `accept_short_notice`: short notice
    taken for one start does not cover an earlier one. Settings: `lead_time_low` and the like, in business days.
    Our choice: standard changes and emergencies need no notice.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.NORMAL:
        return passed(type=fields.type.value)
    if fields.planned_start is None or fields.risk_class is None:
        return blocked(
            "the notice cannot be computed without {missing}",
            remedy="plan when it starts" if fields.planned_start is None else "answer the risk questions",
            who=[CHANGE_INITIATOR.id],
            message_id="itil.lead.unplanned",
            params={"missing": "a planned start" if fields.planned_start is None else "a risk class"},
        )
    days = ctx.settings.lead_time_days(fields.risk_class)
    earliest = notice_ends(ctx)
    accepted = fields.short_notice_start if ctx.item.doers("transition:accept_short_notice") else None
    if fields.planned_start >= earliest or (accepted is not None and fields.planned_start >= accepted):
        return passed(risk_class=fields.risk_class.value, business_days=days, earliest=earliest)
    notice = ctx.workspace.calendar.between(ctx.now, fields.planned_start)
    given = round(notice / ctx.workspace.calendar.hours_per_day, 1) if notice > timedelta(0) else 0
    return blocked(
        "it starts on {start}, with {notice} of notice; risk class {risk_class} requires {days}",
        remedy="move it to {earliest} or later, or have the change manager accept short notice",
        who=[CHANGE_MANAGER.id],
        earliest=earliest,
        params={
            "start": local(ctx, fields.planned_start),
            "notice": counted(given, "business day"),
            "risk_class": fields.risk_class.value.replace("_", " "),
            "days": days,
            "earliest": local(ctx, earliest),
        },
        actions=[_move(ctx)],
    )


@check("itil")
def window_allows(ctx: CheckContext) -> Verdict:
    """No freeze and no blackout covers the change, or it was exempted from them.

    Reads: windows in force at the planned time; the approval `itil.freeze_exemption`, which covers a window only as it
    was when the exemption was asked for. Standard changes pass a freeze, and nothing exempts them from a blackout;
    emergencies pass a freeze, and need the IT director in a blackout.
    """
    fields: ChangeFields = ctx.item.fields
    exemption = ctx.approval(FREEZE_EXEMPTION)
    granted = exemption is not None and exemption.status is ApprovalStatus.GRANTED
    asked_at = exemption.asked_at if exemption is not None else None
    verdicts: list[Verdict] = []
    for window in _each_window(hindering(ctx)):
        means = treatment(window.kind, fields)
        exempted = granted and asked_at is not None and _shaped_at(window) <= asked_at
        if means is Treatment.BLOCKED or not exempted:
            verdicts.append(_forbidden(ctx, window, means, stale=granted and means is not Treatment.BLOCKED))
    return strictest(verdicts) if verdicts else passed(exemption=exemption.summary if exemption else None)


def _each_window(found: list[Occurrence]) -> list[Occurrence]:
    """Each occurrence once, for the first of the items that it covers."""
    return list({(each.window.key, each.start): each for each in reversed(found)}.values())[::-1]


def _shaped_at(window: Occurrence) -> datetime:
    """When the window became what it is."""
    edits = [window.window.edited_at(name) for name in _WINDOW_SHAPE]
    return max([window.window.created_at, *(edit for edit in edits if edit is not None)])


def _forbidden(ctx: CheckContext, window: Occurrence, means: Treatment, *, stale: bool) -> Verdict:
    remedy = {
        Treatment.BLOCKED: "move the change to {end} or later",
        Treatment.DIRECTOR_EXEMPTION: "request an exemption from the IT director",
    }.get(means, "move the change to {end} or later, or request an exemption")
    who = {
        Treatment.BLOCKED: (CHANGE_MANAGER.id,),
        Treatment.DIRECTOR_EXEMPTION: (IT_DIRECTOR.id,),
    }.get(means, (CHANGE_MANAGER.id, SERVICE_OWNER.id))
    if window.kind is WindowKind.BLACKOUT and means is Treatment.EXEMPTION:
        who = (*who, IT_DIRECTOR.id)
    tail = "; the exemption was requested before the window was as it is now" if stale else ""
    return blocked(
        "{kind} {name} covers {ci}: {span}" + tail,
        remedy=remedy,
        who=who,
        earliest=window.end,
        params={
            "kind": window.kind.value,
            "name": f"{window.window.title} ({window.window.key})",
            "span": local_span(ctx, window.start, window.end),
            "ci": f"{window.item.title} ({window.item.key})",
            "end": local(ctx, window.end),
            "window": window.window.key,
        },
        actions=[_move(ctx)],
    )


@check("itil")
def exemption_needed(ctx: CheckContext) -> Verdict:
    """There is a freeze or a blackout that an exemption would help against."""
    fields: ChangeFields = ctx.item.fields
    windows = [each for each in hindering(ctx) if treatment(each.kind, fields) is not Treatment.BLOCKED]
    exemption = ctx.approval(FREEZE_EXEMPTION)
    if exemption is not None and exemption.status in (ApprovalStatus.PENDING, ApprovalStatus.GRANTED):
        new = [each for each in windows if _shaped_at(each) > exemption.asked_at]
        if windows and not new:
            return blocked(
                "an exemption was requested already: {summary}",
                remedy="ask {missing} to vote" if exemption.missing else "go on with it",
                who=exemption.missing,
                message_id="itil.exemption_needed.asked",
                params={"summary": exemption.summary, "missing": ", ".join(exemption.missing)},
            )
    if windows:
        return passed(windows=sorted({each.window.key for each in windows}))
    return blocked(
        "no freeze or blackout applies that {type} can be exempted from",
        remedy="go on without an exemption",
        who=[CHANGE_INITIATOR.id],
        params={"type": kind_of(fields.type)},
    )


@check("itil")
def maintenance_only(ctx: CheckContext) -> Verdict:
    """Items that are changed in maintenance windows only are; an emergency may do otherwise.

    The whole planned time has to lie inside one window, for each such item.
    """
    fields: ChangeFields = ctx.item.fields
    bound = maintenance_bound(ctx)
    if not bound or fields.type is ChangeType.EMERGENCY:
        return passed(items=[item.key for item in bound])
    start, end = planned(ctx)
    windows = overlapping(ctx, [WindowKind.MAINTENANCE], start, end)
    inside = {each.item.key for each in windows if each.start <= start and end <= each.end}
    outside = [item for item in bound if item.key not in inside]
    if not outside:
        return passed(windows=sorted({window.window.key for window in windows}))
    earliest, length = max(start, ctx.now), end - start
    ahead = overlapping(ctx, [WindowKind.MAINTENANCE], earliest, earliest + LOOK_AHEAD)
    following = maintained(ahead, bound, earliest, length)
    needed = counted(round(length.total_seconds() / 3600, 1), "hour")
    none = "none is declared" if not ahead else f"none is {needed} long"
    where = (
        f"the next is on {local(ctx, following)}"
        if following
        else f"{none} in the next {LOOK_AHEAD.days} days"
    )
    return blocked(
        "{ci} changes only in maintenance windows, and {next}",
        remedy="move the change to {from}"
        if following
        else "ask the change manager to declare a maintenance window of {needed}",
        who=[CHANGE_INITIATOR.id] if following else [CHANGE_MANAGER.id],
        earliest=following,
        params={
            "ci": ", ".join(f"{item.title} ({item.key})" for item in outside),
            "next": where,
            "from": local(ctx, following) if following else "",
            "needed": needed,
        },
        actions=[_move(ctx)],
    )


@check("itil")
def collision_direct(ctx: CheckContext) -> Verdict:
    """No other change on the schedule is at the same item at the same time.

    Changes that only wait for their authorization are reported, not held against it. Our choice: an emergency is not
    stopped by this, as its authorization is not either.
    """
    found = direct_collisions(ctx)
    if not found or ctx.item.fields.type is ChangeType.EMERGENCY:
        return passed(reported=[each.other.key for each in (found or direct_collisions(ctx, ASKED_FOR))])
    return _collides(
        ctx,
        found,
        "{name} works on {ci} at the same time, {span}",
        "reschedule one of them",
        CHANGE_MANAGER.id,
    )


@check("itil")
def collision_related(ctx: CheckContext) -> Verdict:
    """Changes at the same time on items that depend on each other are known, and who may has agreed to each.

    Reads: `collision_ack`. Agreement is for whoever raised or implements the other change, for the owner of its item,
    for a service owner or the change manager.
    """
    known = related_collisions(ctx)
    found = [each for each in known if not agreed_to(ctx, each)]
    if not found or ctx.item.fields.type is ChangeType.EMERGENCY:
        return passed(reported=[each.other.key for each in known])
    return _collides(
        ctx,
        found,
        "{name} works on {ci} at the same time, {span}; an item of this change depends on it, or it on that item",
        "ask {speakers} to agree and name them in collision_ack",
        CHANGE_INITIATOR.id,
    )


def _collides(ctx: CheckContext, found: list[Collision], message: str, remedy: str, who: str) -> Verdict:
    slot = next_slot(ctx, not_before=notice_ends(ctx))
    start, end = planned(ctx)
    minutes = round((end - start).total_seconds() / 60)
    where = ", or take {slot}, the next free slot for its {minutes} min" if slot else ""
    free: dict[str, Any] = (
        {"slot": local(ctx, slot), "minutes": minutes, "earliest": slot.isoformat()} if slot else {}
    )
    return strictest(
        blocked(
            message,
            remedy=remedy + where,
            who=[who],
            earliest=slot,
            params=_figures(ctx, each) | free,
            actions=[_move(ctx)],
        )
        for each in found
    )


def _figures(ctx: CheckContext, each: Collision) -> dict[str, Any]:
    fields: ChangeFields = each.other.fields
    # One that a rule has made is spoken for by its implementer.
    raised = fields.implementer if each.other.created_by == SYSTEM else each.other.created_by
    about = [raised, fields.risk_class.replace("_", " ") if fields.risk_class else None]
    return {
        "key": each.other.key,
        "name": f"'{each.other.title}' ({', '.join([each.other.key, *filter(None, about)])})",
        "ci": f"{each.item.title} ({each.item.key})",
        "speakers": listed(list(dict.fromkeys(filter(None, [raised, each.item.fields.owner]))), "or"),
        "span": local_span(ctx, each.start, each.end),
        "from": each.start.isoformat(),
        "to": each.end.isoformat(),
    }


@check("itil")
def approval_current(ctx: CheckContext) -> Verdict:
    """The authorization still holds: granted, not voided, not expired; of a standard change, its model is active."""
    fields: ChangeFields = ctx.item.fields
    if fields.type is ChangeType.STANDARD:
        model = ctx.get(fields.model) if fields.model else None
        until = model.fields.valid_until if model is not None else None
        # Validity ends with its day, whether or not the clock that suspends the model has run.
        over = until is not None and until < ctx.now.date()
        if model is not None and model.state == "active" and not over:
            return passed(model=model.key, valid_until=str(until))
        state = f"no longer valid since {until}" if over else model.state if model else "missing"
        return blocked(
            "change model {model} is {state}",
            remedy="send the change back, and run it as a normal change",
            who=[CHANGE_MANAGER.id],
            message_id="itil.approval_current.model",
            params={
                "model": named(model) if model else fields.model or "of it",
                "state": state,
            },
        )
    approval = ECAB_APPROVAL if fields.type is ChangeType.EMERGENCY else CHANGE_APPROVAL
    asked = ctx.approval(approval)
    if asked is not None and asked.status is ApprovalStatus.GRANTED:
        return passed(approval=approval, votes=asked.summary)
    ended = fields.planned_end if fields.planned_end is not None and fields.planned_end <= ctx.now else None
    lapsed = asked is not None and asked.status is ApprovalStatus.EXPIRED
    if lapsed and ended is not None and approval == CHANGE_APPROVAL:
        return blocked(
            "its planned time ended on {ended}, and with it the authorization",
            remedy=PLAN_ANEW,
            who=[CHANGE_MANAGER.id],
            message_id="itil.approval_current.over",
            params={"approval": approval, "ended": local(ctx, ended)},
        )
    return blocked(
        "authorization not in force: {state}",
        remedy="ask the emergency board again"
        if approval == ECAB_APPROVAL
        else "send it back, and request authorization again",
        who=[CHANGE_MANAGER.id],
        params={
            "approval": approval,
            "state": asked.summary if asked else "never requested",
        },
    )


@check("itil")
def start_time(ctx: CheckContext) -> Verdict:
    """It starts in the time it was planned for, or a little early. Setting: `early_start`.

    Our choice: an emergency that was never planned starts when it is authorized.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.type is ChangeType.EMERGENCY and fields.planned_start is None:
        return passed(planned="at once")
    start, end = planned(ctx)
    opens = start - ctx.settings.early_start
    if opens <= ctx.now < end:
        return passed(planned=local_span(ctx, start, end))
    early = ctx.now < opens
    return blocked(
        "it is planned for {span}" if early else "its planned time ended on {ended}",
        remedy="start it from {opens} on, or reschedule it" if early else _after_its_time(ctx, fields),
        who=[CHANGE_IMPLEMENTER.id] if early else [CHANGE_MANAGER.id],
        earliest=opens if early else None,
        params={
            "span": local_span(ctx, start, end),
            "ended": local(ctx, end),
            "now": local(ctx, ctx.now),
            "opens": local(ctx, opens),
        },
        actions=[_move(ctx)],
    )


def _after_its_time(ctx: CheckContext, fields: ChangeFields) -> str:
    """What helps once the planned time is over: an authorization ends with it, so that moving it is not enough."""
    asked = ctx.approval(CHANGE_APPROVAL) if fields.type is ChangeType.NORMAL else None
    return PLAN_ANEW if asked is not None and asked.status is not ApprovalStatus.GRANTED else "reschedule it"
