"""Controls on changes: who authorizes, builds, implements, documents and reviews them.

Source: COBIT 2019, BAI06 Managed IT changes, BAI07 Managed IT change acceptance and transitioning, BAI10 Managed
configuration, DSS04 Managed continuity. Our choice: an emergency that was documented late passes, and the log says how
late; the test of the control then judges that.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from placet import ApprovalStatus, CheckContext, ItemView, JobContext, Verdict, check, named, passed
from placet_cobit.checking import demand
from placet_cobit.controls.governed import (
    CHANGE,
    CHANGE_APPROVAL,
    CHANGE_IMPLEMENTER,
    CHANGE_MANAGER,
    CHANGE_REVIEW,
    CONFIGURATION_MANAGER,
    ECAB_APPROVAL,
    HIGH,
    SERVICE_OWNER,
)
from placet_cobit.controls.offering import approving, authors, delivered, latest, offered, people
from placet_cobit.controls.user_acceptance import acceptance_tested
from placet_cobit.holding import holders

#: The content of a change on which its service owner agrees.
_AGREED = ("cis", "implementation_plan", "backout_plan", "planned_start", "planned_end", "planned_outage_min")
#: States of a change, each with the setting for the business days that it may stay there.
_STALE = {
    "assess": "stale_decision_days", "authorize": "stale_decision_days", "implement": "stale_implementation_days",
}  # fmt: skip
WATCHED = tuple(_STALE)


@check("cobit")
def change_independent(ctx: CheckContext) -> Verdict:
    """Nobody authorizes a change that they raised, implement, or built something of.

    Reads: votes to approve, also by delegation; `initiator`, `implementer`, and who built the items that it implements.
    """
    fields = ctx.item.fields
    voters = people(approving(ctx, CHANGE_APPROVAL, ECAB_APPROVAL))
    own = {fields.initiator, fields.implementer} | authors(delivered(ctx))
    partial = sorted(voters & own)
    return demand(
        not partial, "{partial:person and} approved their own work",
        "ask another authority to vote in their place", [CHANGE_MANAGER], partial=partial, voters=sorted(voters),
    )  # fmt: skip


@check("cobit")
def change_business_ok(ctx: CheckContext) -> Verdict:
    """A change of high risk has the agreement of a service owner to what it is now."""
    fields = ctx.item.fields
    if fields.risk_class not in HIGH:
        return passed(risk_class=fields.risk_class)
    edited = latest(*(ctx.item.edited_at(each) for each in _AGREED))
    owners = holders(ctx, SERVICE_OWNER)
    votes = [vote for vote in approving(ctx, CHANGE_APPROVAL, ECAB_APPROVAL) if people([vote]) & owners]
    current = [vote.actor for vote in votes if edited is None or vote.at >= edited]
    return demand(
        bool(current), "no service owner has agreed to it as it is, and its risk is {risk:word}",
        "obtain the vote of a service owner", [SERVICE_OWNER],
        risk=fields.risk_class, agreed=current,
    )  # fmt: skip


@check("cobit")
def emergency_reviewed(ctx: CheckContext) -> Verdict:
    """An emergency is closed with the votes of its board, test evidence and a review.

    Setting: `emergency_record_days`, business days after its end.
    """
    fields = ctx.item.fields
    if fields.type != "emergency":
        return passed(type=fields.type)
    board = ctx.approval(ECAB_APPROVAL)
    evidence = [*ctx.evidence("test_result"), *ctx.evidence("verification")]
    missing = [
        name
        for name, there in (
            ("votes of the emergency board", board is not None and board.status is ApprovalStatus.GRANTED),
            ("test evidence", bool(evidence)),
            ("a review", bool(fields.pir_findings)),
        )
        if not there
    ]
    ended: datetime | None = fields.actual_end
    days = 0 if ended is None else ctx.workspace.calendar.between(ended, ctx.now) / _day(ctx)
    late = ended is not None and ctx.now > ctx.workspace.calendar.add_days(
        ended, ctx.settings.emergency_record_days
    )
    return demand(
        not missing, "{days} business days after its end an emergency lacks {missing:and}",
        "complete its records", [CHANGE_MANAGER, CHANGE_IMPLEMENTER],
        missing=missing, days=round(days, 1), late=late,
    )  # fmt: skip


def _day(ctx: CheckContext) -> timedelta:
    return ctx.workspace.calendar.hours_per_day


@check("cobit")
def change_not_stale(ctx: CheckContext) -> Verdict:
    """A change does not stay for long where somebody is to decide on it or does it.

    Settings: `stale_decision_days`, `stale_implementation_days`, business days.
    """
    until = stays_until(ctx, ctx.item)
    if until is None:
        return passed(state=ctx.item.state)
    most: int = getattr(ctx.settings, _STALE[ctx.item.state])
    return demand(
        ctx.now <= until, "it has been in {state:state} since {since:moment}; the limit is {most:count business day}",
        "move changes on, or cancel them", [CHANGE_MANAGER],
        state=ctx.item.state, since=ctx.item.state_since, most=most,
    )  # fmt: skip


def stays_until(ctx: CheckContext | JobContext, change: ItemView) -> datetime | None:
    """The moment until which a change may stay in its state; `None` for as long as it likes."""
    limit = _STALE.get(change.state)
    if limit is None:
        return None
    return ctx.workspace.calendar.add_days(change.state_since, getattr(ctx.settings, limit))


@check("cobit")
def change_documented(ctx: CheckContext) -> Verdict:
    """Documentation is updated before a change is closed, or a service owner says that none is concerned.

    Reads: evidence of kind `doc_update`, or of kind `no_doc_update` that a service owner attached.
    """
    updates = [each.name for each in ctx.evidence("doc_update")]
    owners = holders(ctx, SERVICE_OWNER)
    none_needed = [each.name for each in ctx.evidence("no_doc_update") if each.actor in owners]
    return demand(
        bool(updates or none_needed), "no evidence shows that documentation was updated",
        "attach it as doc_update, or have a service owner attach no_doc_update with the reason",
        [CHANGE_IMPLEMENTER, SERVICE_OWNER], evidence=[*updates, *none_needed],
    )  # fmt: skip


@check("cobit")
def promote_segregated(ctx: CheckContext) -> Verdict:
    """Who built something does not deploy it.

    Reads: who built the items that the change implements. In no environment: the name of one is only typed.
    """
    builders = authors(delivered(ctx))
    return demand(
        ctx.actor not in builders, "{actor:person} built what is deployed",
        "ask another implementer", [CHANGE_IMPLEMENTER], actor=ctx.actor, builders=sorted(builders),
    )  # fmt: skip


@check("cobit")
def pir_for_high(ctx: CheckContext) -> Verdict:
    """A change of high risk is reviewed by somebody else before it is closed."""
    fields = ctx.item.fields
    if fields.risk_class not in HIGH:
        return passed(risk_class=fields.risk_class)
    review = ctx.confirmation(CHANGE_REVIEW)
    done = bool(fields.pir_findings) and bool(review.named) and not review.missing
    return demand(
        done, "its risk is {risk:word}, and no review is confirmed",
        "have somebody review it, who confirms that", [CHANGE_MANAGER],
        risk=fields.risk_class, reviewer=fields.pir_reviewer,
    )  # fmt: skip


@check("cobit")
def ci_updated(ctx: CheckContext) -> Verdict:
    """The record of every item that a change touched was edited or confirmed after its start."""
    fields = ctx.item.fields
    started: datetime | None = fields.actual_start
    if started is None or fields.no_data_change:
        return passed(no_data_change=bool(fields.no_data_change))
    items = ctx.get_all(fields.cis)
    stale = [
        named(each) for each in items if each.key not in fields.confirmed_cis and each.updated_at <= started
    ]
    return demand(
        not stale, "{n:count record|records} of its items not updated since its start: {stale}",
        "update or confirm each", [CONFIGURATION_MANAGER, CHANGE_IMPLEMENTER], stale=stale, n=len(stale),
    )  # fmt: skip


@check("cobit")
def backup_recent(ctx: CheckContext) -> Verdict:
    """A critical item is backed up shortly before it is changed.

    Reads: evidence of kind `backup_log`. Settings: `backup_age`, `backup_from_criticality`.
    """
    least: int = ctx.settings.backup_from_criticality
    critical = [named(each) for each in ctx.get_all(ctx.item.fields.cis) if each.fields.criticality >= least]
    if not critical:
        return passed(critical=[])
    age: timedelta = ctx.settings.backup_age
    fresh = [each.name for each in ctx.evidence("backup_log") if each.at >= ctx.now - age]
    return demand(
        bool(fresh), "no backup of the last {hours} hours, which critical items need: {critical:and}",
        "take a backup, and attach its log", [CHANGE_IMPLEMENTER],
        hours=_hours(age), critical=critical, backups=fresh,
    )  # fmt: skip


def _hours(span: timedelta) -> Any:
    hours = span.total_seconds() / 3600
    return int(hours) if hours == int(hours) else round(hours, 1)


OFFERED = tuple(
    offered(each, CHANGE)
    for each in (
        change_independent, change_business_ok, emergency_reviewed, change_not_stale, change_documented,
        acceptance_tested, promote_segregated, pir_for_high, ci_updated, backup_recent,
    )
)  # fmt: skip
