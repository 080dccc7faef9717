"""The checks of time: notice, windows, and the start as planned; collisions are in `collision_checks.py`.

If a refusal depends on time, `earliest` is the first start of the change that this check would allow. For notice,
windows and collisions the change has to be moved there; waiting does not help.
Source throughout: ITIL 4, practice Change enablement, the change schedule.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from placet import (
    Action,
    ApprovalStatus,
    ApprovalView,
    CheckContext,
    ItemView,
    Verdict,
    blocked,
    check,
    named,
    nobody_left,
    passed,
    strictest,
)
from placet_itil_change.changes.fields import ChangeFields, ChangeType, WindowKind, kind_of
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.changes.windows import (
    LOOK_AHEAD,
    Occurrence,
    Treatment,
    hindering,
    maintenance_ahead,
    maintenance_bound,
    next_maintained,
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
from placet_itil_change.wording import named_all

#: Fields of a window that decide what it covers.
_WINDOW_SHAPE = ("kind", "start", "end", "rrule", "scope")
#: The remedy once the authorization has ended with the planned time.
PLAN_ANEW = "send it back, plan a new time, and request authorization again"


def move_button(ctx: CheckContext) -> Action:
    """The button that moves the change, if its state has one."""
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

    Reads: `planned_start`, `risk_class`, and what `accept_short_notice` has recorded: short notice taken for one start
    and class of risk does not cover an earlier start or a higher class. Settings: `lead_time_low` and the like, in
    business days.
    Our choice: standard changes and emergencies need no notice.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.NORMAL:
        return passed(type=fields.type.value)
    if fields.planned_start is None or fields.risk_class is None:
        return blocked(
            "without a planned start the notice cannot be computed"
            if fields.planned_start is None
            else "without a risk class the notice cannot be computed",
            remedy="plan when it starts" if fields.planned_start is None else "answer the risk questions",
            who=[CHANGE_INITIATOR.id],
            message_id="itil.lead.unplanned" if fields.planned_start is None else "itil.lead.unscored",
        )
    days = ctx.settings.lead_time_days(fields.risk_class)
    earliest = notice_ends(ctx)
    accepted = _short_notice_accepted(ctx, fields.planned_start, fields.risk_class)
    if fields.planned_start >= earliest or accepted:
        return passed(risk_class=fields.risk_class.value, business_days=days, earliest=earliest)
    notice = ctx.workspace.calendar.between(ctx.now, fields.planned_start)
    given = round(notice / ctx.workspace.calendar.hours_per_day, 1) if notice > timedelta(0) else 0
    return blocked(
        "it starts on {start:moment}, with {notice:count business day} of notice; risk class {risk_class:word} requires"
        " {days}",
        remedy="move it to {earliest:moment} or later, or have the change manager accept short notice",
        who=[CHANGE_MANAGER.id],
        earliest=earliest,
        params={
            "start": fields.planned_start,
            "notice": given,
            "risk_class": fields.risk_class.value,
            "days": days,
            "earliest": earliest,
        },
        actions=[move_button(ctx)],
    )


def _short_notice_accepted(ctx: CheckContext, start: datetime, risk_class: RiskClass) -> bool:
    """Whether short notice was accepted for a start and a class of risk, or for an earlier one or a higher."""
    fields: ChangeFields = ctx.item.fields
    since, of = fields.short_notice_start, fields.short_notice_class
    if not ctx.item.doers("transition:accept_short_notice") or since is None or of is None:
        return False
    order = list(RiskClass)
    return start >= since and order.index(risk_class) <= order.index(of)


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
    for window, items in _each_window(hindering(ctx)):
        means = treatment(window.kind, fields)
        exempted = granted and asked_at is not None and _shaped_at(window) <= asked_at
        if means is Treatment.BLOCKED or not exempted:
            stale = granted and means is not Treatment.BLOCKED
            verdicts.append(_forbidden(ctx, window, items, means, stale=stale))
    return strictest(verdicts) if verdicts else passed(exemption=exemption.summary if exemption else None)


def _each_window(found: list[Occurrence]) -> list[tuple[Occurrence, list[ItemView]]]:
    """Each occurrence once, with all the items that it covers."""
    covered: dict[tuple[str, datetime], tuple[Occurrence, list[ItemView]]] = {}
    for each in found:
        covered.setdefault((each.window.key, each.start), (each, []))[1].append(each.item)
    return list(covered.values())


def _shaped_at(window: Occurrence) -> datetime:
    """When the window was last changed."""
    edits = [window.window.edited_at(name) for name in _WINDOW_SHAPE]
    return max([window.window.created_at, *(edit for edit in edits if edit is not None)])


def _forbidden(
    ctx: CheckContext, window: Occurrence, items: list[ItemView], means: Treatment, *, stale: bool
) -> Verdict:
    remedy = {
        Treatment.BLOCKED: "move the change to {end:moment} or later",
        Treatment.DIRECTOR_EXEMPTION: "request an exemption from the IT director",
    }.get(means, "move the change to {end:moment} or later, or request an exemption")
    who = {
        Treatment.BLOCKED: (CHANGE_MANAGER.id,),
        Treatment.DIRECTOR_EXEMPTION: (IT_DIRECTOR.id,),
    }.get(means, (CHANGE_MANAGER.id, SERVICE_OWNER.id))
    if window.kind is WindowKind.BLACKOUT and means is Treatment.EXEMPTION:
        who = (*who, IT_DIRECTOR.id)
    tail = "; the exemption was requested before this window was changed" if stale else ""
    return blocked(
        "the {kind} {name} covers {cis:and}, {span:span}" + tail,
        remedy=remedy,
        who=who,
        earliest=window.end,
        params={
            "kind": window.kind.value,
            "name": named(window.window),
            "span": [window.start, window.end],
            "cis": named_all(items),
            "end": window.end,
            "window": window.window.key,
        },
        actions=[move_button(ctx)],
    )


@check("itil")
def exemption_needed(ctx: CheckContext) -> Verdict:
    """There is a freeze or a blackout that an exemption would help against."""
    fields: ChangeFields = ctx.item.fields
    windows = [each for each in hindering(ctx) if treatment(each.kind, fields) is not Treatment.BLOCKED]
    exemption = ctx.approval(FREEZE_EXEMPTION)
    if exemption is not None and exemption.status in (ApprovalStatus.PENDING, ApprovalStatus.GRANTED):
        new = [each for each in windows if _shaped_at(each) > exemption.asked_at]
        requested = "an exemption was requested already: {summary}"
        if windows and not new and exemption.kept:
            return nobody_left(ctx, FREEZE_EXEMPTION, requested, {"summary": exemption.summary})
        if windows and not new:
            return blocked(
                requested,
                remedy="ask {missing:person or} to vote" if exemption.missing else "go on: it was granted",
                who=exemption.missing,
                message_id="itil.exemption_needed.asked",
                params={"summary": exemption.summary, "missing": list(exemption.missing)},
            )
    if windows:
        return passed(windows=sorted({each.window.key for each in windows}))
    return blocked(
        f"no freeze or blackout applies that {kind_of(fields.type)} can be exempted from",
        remedy="go on without an exemption",
        who=[CHANGE_INITIATOR.id],
        params={"type": fields.type.value},
    )


@check("itil")
def maintenance_only(ctx: CheckContext) -> Verdict:
    """Items kept for maintenance windows are changed in one; an emergency may ignore that.

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
    following = next_maintained(ctx, bound, earliest, length)
    bound_to = f"{{items:and}} {'changes' if len(outside) == 1 else 'change'} only in maintenance windows"
    items = named_all(outside)
    if following is not None:
        return blocked(
            bound_to + ", and the next is on {next:moment}",
            remedy="move the change to {next:moment}",
            who=[CHANGE_INITIATOR.id],
            earliest=following,
            params={"items": items, "next": following},
            actions=[move_button(ctx)],
        )
    return _no_window(ctx, bound_to, items, length, ahead=maintenance_ahead(ctx, earliest))


def _no_window(
    ctx: CheckContext, bound_to: str, items: list[str], length: timedelta, *, ahead: bool
) -> Verdict:
    managers = list(ctx.holders(CHANGE_MANAGER.id)) or [CHANGE_MANAGER.id]
    return blocked(
        bound_to
        + (
            ", and none in the next {days:count day} is {hours:count hour} long"
            if ahead
            else ", and none is declared for the next {days:count day}"
        ),
        remedy="ask {managers:person or} to declare a maintenance window of {hours:count hour}",
        who=[CHANGE_MANAGER.id],
        message_id="itil.maintenance_only.too_short" if ahead else "itil.maintenance_only.none",
        params={
            "items": items,
            "days": LOOK_AHEAD.days,
            "hours": round(length.total_seconds() / 3600, 1),
            "managers": managers,
        },
        actions=[move_button(ctx)],
    )


@check("itil")
def approval_current(ctx: CheckContext) -> Verdict:
    """The authorization still holds: granted, not voided, not expired; of a standard change, its model is active."""
    fields: ChangeFields = ctx.item.fields
    if fields.type is ChangeType.STANDARD:
        model = ctx.get(fields.model) if fields.model else None
        until = model.fields.valid_until if model is not None else None
        # The validity ends with its day, whether or not the timer that suspends the model has fired.
        over = until is not None and until < ctx.today
        if model is not None and model.state == "active" and not over:
            return passed(model=model.key, valid_until=str(until))
        return _model_lapsed(model, until if over else None)
    approval = ECAB_APPROVAL if fields.type is ChangeType.EMERGENCY else CHANGE_APPROVAL
    asked = ctx.approval(approval)
    if asked is not None and asked.status is ApprovalStatus.GRANTED:
        return passed(approval=approval, votes=asked.summary)
    ended = fields.planned_end if fields.planned_end is not None and fields.planned_end <= ctx.now else None
    if asked is not None and (asked.missing or asked.kept):
        return _asked_again(ctx, asked)
    lapsed = asked is not None and asked.status is ApprovalStatus.EXPIRED
    if lapsed and ended is not None and approval == CHANGE_APPROVAL:
        return blocked(
            "its planned time ended on {ended:moment}, and with it the authorization",
            remedy=PLAN_ANEW,
            who=[CHANGE_MANAGER.id],
            message_id="itil.approval_current.over",
            params={"approval": approval, "ended": ended},
        )
    return blocked(
        "the authorization is not in force: {state}" if asked else "the authorization was never requested",
        remedy="ask the emergency board again"
        if approval == ECAB_APPROVAL
        else "send it back, and request authorization again",
        who=[CHANGE_MANAGER.id],
        message_id="itil.approval_current" if asked else "itil.approval_current.never",
        params={"approval": approval} | ({"state": asked.summary} if asked else {}),
    )


def _asked_again(ctx: CheckContext, asked: ApprovalView) -> Verdict:
    """The blocker of an authorization that is asked for again: sending the change back would throw that away."""
    so_far = "the authorization is asked for again, and not in force: {state}"
    params = {"approval": asked.approval, "state": asked.summary}
    if asked.kept:
        return nobody_left(ctx, asked.approval, so_far, params)
    return blocked(
        f"{so_far}; still to vote: {{missing:person}}",
        remedy="ask {missing:person or} to vote",
        who=asked.missing,
        message_id="itil.approval_current.asked",
        params={**params, "missing": list(asked.missing)},
    )


def _model_lapsed(model: ItemView | None, ended: date | None) -> Verdict:
    """The blocker of a model that no longer authorizes the change; `ended` is the last day on which it did, if over."""
    if model is None:
        what = "its change model is missing"
    elif ended is not None:
        what = "change model {model} was valid until {until:day}"
    else:
        what = "change model {model} is {state:word}"
    return blocked(
        what,
        remedy="send the change back, and run it as a normal change",
        who=[CHANGE_MANAGER.id],
        message_id="itil.approval_current.expired" if ended else "itil.approval_current.model",
        params={} if model is None else {"model": named(model), "state": model.state, "until": ended},
    )


@check("itil")
def start_time(ctx: CheckContext) -> Verdict:
    """It starts in the time it was planned for, or a little early.

    Setting: `early_start`.
    Our choice: an emergency that was never planned starts when it is authorized.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.type is ChangeType.EMERGENCY and fields.planned_start is None:
        return passed(planned="at once")
    start, end = planned(ctx)
    opens = start - ctx.settings.early_start
    if opens <= ctx.now < end:
        return passed(planned=[start, end])
    early = ctx.now < opens
    return blocked(
        "it is planned for {span:span}" if early else "its planned time ended on {ended:moment}",
        remedy="start it on {opens:moment} or later, or reschedule it"
        if early
        else _after_its_time(ctx, fields),
        who=[CHANGE_IMPLEMENTER.id] if early else [CHANGE_MANAGER.id],
        earliest=opens if early else None,
        message_id="itil.start_time" if early else "itil.start_time.over",
        params={"span": [start, end], "opens": opens} if early else {"ended": end},
        actions=[move_button(ctx)],
    )


def _after_its_time(ctx: CheckContext, fields: ChangeFields) -> str:
    """The remedy once the planned time is over: the authorization has ended too, so that moving it is not enough."""
    asked = ctx.approval(CHANGE_APPROVAL) if fields.type is ChangeType.NORMAL else None
    return PLAN_ANEW if asked is not None and asked.status is not ApprovalStatus.GRANTED else "reschedule it"
