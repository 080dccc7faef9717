"""The checks of a problem, in the order of its life: classified, understood, fixed, observed, or accepted.

Source throughout: ITIL 4, practice Problem management.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import (
    Action,
    CheckContext,
    ItemView,
    Verdict,
    blocked,
    check,
    empty_fields,
    fields_missing,
    named,
    passed,
    strictest,
)
from placet_itil_change.changes.fields import ChangeOutcome
from placet_itil_change.ids import CAUSED_BY_PROBLEM, CHANGE, FIXED_BY_CHANGE, INCIDENT
from placet_itil_change.incidents.fields import IncidentFields
from placet_itil_change.incidents.priority import Priority
from placet_itil_change.problems.fields import ProblemFields, Source
from placet_itil_change.roles import CHANGE_MANAGER, PROBLEM_MANAGER, RESOLVER, SERVICE_OWNER
from placet_itil_change.shared_fields import CauseCategory
from placet_itil_change.wording import standing

#: States of a change that was never made.
_DROPPED = ("rejected", "cancelled")
_GOOD = (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)


def incidents_of(ctx: CheckContext) -> list[ItemView]:
    """The incidents that a problem has caused."""
    return [item for item in ctx.linking(CAUSED_BY_PROBLEM) if item.type == INCIDENT]


def fixes_of(ctx: CheckContext, problem: str | None = None) -> list[ItemView]:
    """The changes that are to fix a problem, by default this one; the oldest first."""
    found = [item for item in ctx.linked(FIXED_BY_CHANGE, of=problem) if item.type == CHANGE]
    return sorted(found, key=lambda change: change.created_at)


@check("itil")
def problem_fields(ctx: CheckContext) -> Verdict:
    """A problem has an impact and an urgency, and incidents that it caused, unless nobody waited for any."""
    fields: ProblemFields = ctx.item.fields
    missing = empty_fields(fields, "impact", "urgency")
    caused = incidents_of(ctx)
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="classify it", who=[PROBLEM_MANAGER.id]))
    if not caused and fields.source not in (Source.PROACTIVE, Source.SUPPLIER):
        verdicts.append(
            blocked(
                "no incident is linked, and its source is {source:word}",
                remedy="link the incidents that it causes",
                who=[PROBLEM_MANAGER.id],
                message_id="itil.problem_fields.no_incident",
                params={"source": fields.source.value},
            )
        )
    return strictest(verdicts) if verdicts else passed(incidents=[item.key for item in caused])


@check("itil", kind="rca")
def rca_fields(ctx: CheckContext) -> Verdict:
    """The root cause is known, how it was found, and what shows it.

    Reads: `root_cause`, `rca_method`, `cause_category` other than unknown, evidence of kind `rca`.
    """
    fields: ProblemFields = ctx.item.fields
    missing = empty_fields(fields, "root_cause", "rca_method", "cause_category")
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="finish the analysis", who=[RESOLVER.id]))
    if fields.cause_category is CauseCategory.UNKNOWN:
        verdicts.append(
            blocked(
                "the category of the cause is still unknown",
                remedy="finish the analysis, and give the category of the cause",
                who=[RESOLVER.id],
                message_id="itil.rca_fields.unknown",
                actions=[Action("edit", "Give the category", f"/items/{ctx.item.key}", ("cause_category",))],
                inputs=["cause_category"],
            )
        )
    if not ctx.evidence("rca"):
        verdicts.append(
            blocked(
                "no evidence of the analysis is attached",
                remedy="attach what shows the cause, as evidence of kind {kind}",
                who=[RESOLVER.id],
                message_id="itil.rca_fields.no_evidence",
                params={"kind": "rca"},
                actions=[Action("attach", "Attach", f"/items/{ctx.item.key}/evidence", ("file",))],
            )
        )
    return strictest(verdicts) if verdicts else passed(cause_category=str(fields.cause_category))


@check("itil")
def workaround_fields(ctx: CheckContext) -> Verdict:
    """The service desk can help: a workaround that was tested, or the reason why there is none, and an article."""
    fields: ProblemFields = ctx.item.fields
    tried = not empty_fields(fields, "workaround") and fields.workaround_tested_at is not None
    missing: list[str] = []
    if not tried and empty_fields(fields, "no_workaround_reason"):
        missing += empty_fields(fields, "workaround", "workaround_tested_at")
    missing += empty_fields(fields, "known_error_article")
    if not missing:
        return passed(workaround=tried)
    return fields_missing(
        ctx,
        missing,
        remedy="document the workaround and when it was tested, or why there is none",
        who=[RESOLVER.id],
    )


@check("itil")
def fix_change(ctx: CheckContext) -> Verdict:
    """A change is to fix it, or is made along with this."""
    raised = [change for change in fixes_of(ctx) if change.state not in _DROPPED]
    if raised or ctx.sent.get("create_change") is True:
        return passed(changes=[change.key for change in raised])
    return blocked(
        "no change was raised to fix it",
        remedy="raise one here, or link one",
        who=[PROBLEM_MANAGER.id, RESOLVER.id],
        actions=[
            Action("transition", "Raise a change", f"/items/{ctx.item.key}/transitions", ("create_change",))
        ],
    )


@check("itil")
def fix_change_ok(ctx: CheckContext) -> Verdict:
    """The latest change that was to fix it is closed and was a success."""
    raised = [change for change in fixes_of(ctx) if change.state not in _DROPPED]
    last = raised[-1] if raised else None
    if last is not None and last.state == "closed" and last.fields.outcome in _GOOD:
        return passed(change=last.key, outcome=last.fields.outcome.value)
    return blocked(
        "no change was raised to fix it"
        if last is None
        else "the fixing change is not closed as successful: {change:standing}",
        remedy="raise one" if last is None else "close it successfully, or report the fix as failed",
        who=[CHANGE_MANAGER.id],
        message_id="itil.fix_change_ok.none" if last is None else "itil.fix_change_ok",
        params={} if last is None else {"change": standing(last)},
    )


@check("itil")
def quiet_period(ctx: CheckContext) -> Verdict:
    """The fix was watched for as many days as were set, and nothing came up again."""
    fields: ProblemFields = ctx.item.fields
    since: datetime = fields.observing_since or ctx.item.state_since
    until = since + timedelta(days=fields.observation_days)
    came_up = [item for item in incidents_of(ctx) if item.created_at >= since]
    if came_up:
        return blocked(
            "{incidents:and} came up since the fix",
            remedy="reopen the investigation",
            who=[PROBLEM_MANAGER.id],
            message_id="itil.quiet_period.broken",
            params={"incidents": [named(item) for item in came_up]},
        )
    if ctx.now >= until:
        return passed(days=fields.observation_days)
    return blocked(
        "observed for {days} of {needed:count day}",
        remedy="wait until {until:moment}",
        earliest=until,
        params={
            "days": (ctx.now - since).days,
            "needed": fields.observation_days,
            "until": until,
        },
    )


@check("itil")
def error_accepted(ctx: CheckContext) -> Verdict:
    """The acceptance of a known error names the day of its review, within a year.

    Setting: `acceptance_max`, days.
    """
    review = ctx.item.fields.review_on
    latest = ctx.today + timedelta(days=ctx.settings.acceptance_max)
    if review is not None and ctx.today < review <= latest:
        return passed(review_on=review)
    return blocked(
        "the next review is on {given:day}, which is not between tomorrow and {latest:day}"
        if review
        else "no day is given for the next review",
        remedy="give a day for the review, {latest:day} at the latest",
        who=[SERVICE_OWNER.id],
        message_id="itil.error_accepted" if review else "itil.error_accepted.none",
        params={"latest": latest} | ({"given": review} if review else {}),
        actions=[Action("transition", "Accept", f"/items/{ctx.item.key}/transitions", ("review_on",))],
        inputs=["review_on"],
    )


@check("itil")
def problem_linked(ctx: CheckContext) -> Verdict:
    """An incident that is a P1, or that was a major one, has a problem, so that its cause is sought.

    A problem that was raised in error is none.
    """
    fields: IncidentFields = ctx.item.fields
    grave = fields.priority is Priority.P1 or fields.major_declared_at is not None
    linked = [problem for problem in ctx.linked(CAUSED_BY_PROBLEM) if problem.state != "cancelled"]
    if linked or not grave:
        return passed(problems=[problem.key for problem in linked])
    return blocked(
        "it was a major incident, and no problem is linked"
        if fields.major_declared_at
        else "its priority is P1, and no problem is linked",
        remedy="link the problem that causes it, or create one",
        who=[PROBLEM_MANAGER.id],
        message_id="itil.problem_linked" if fields.major_declared_at else "itil.problem_linked.p1",
        actions=[Action("link", "Link a problem", f"/items/{ctx.item.key}/links", (CAUSED_BY_PROBLEM,))],
    )
