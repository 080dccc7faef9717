"""The demands on a problem, in the order of its life: classified, understood, fixed, watched, or lived with.

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
    passed,
    strictest,
)
from placet_itil_change.changes.fields import ChangeOutcome
from placet_itil_change.ids import CAUSED_BY_PROBLEM, CHANGE, FIXED_BY_CHANGE, INCIDENT
from placet_itil_change.incidents.fields import IncidentFields
from placet_itil_change.incidents.priority import Priority
from placet_itil_change.problems.fields import CauseCategory, ProblemFields, Source
from placet_itil_change.roles import CHANGE_MANAGER, PROBLEM_MANAGER, RESOLVER, SERVICE_OWNER
from placet_itil_change.wording import counted, listed, local, named

#: States of a change that was never made.
_DROPPED = ("rejected", "cancelled")
_GOOD = (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)


def incidents_of(ctx: CheckContext) -> list[ItemView]:
    """The incidents that a problem is the cause of."""
    return [item for item in ctx.linking(CAUSED_BY_PROBLEM) if item.type == INCIDENT]


def fixes_of(ctx: CheckContext, problem: str | None = None) -> list[ItemView]:
    """The changes that are to fix a problem, this one if no other is named; the oldest first."""
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
                "no incident is linked, and its source is {source}",
                remedy="link the incidents that it causes as {link}",
                who=[PROBLEM_MANAGER.id],
                message_id="itil.problem_fields.no_incident",
                params={"source": fields.source.value, "link": CAUSED_BY_PROBLEM},
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
    if fields.cause_category is CauseCategory.UNKNOWN:
        missing.append("cause_category (it is unknown)")
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="finish the analysis", who=[RESOLVER.id]))
    if not ctx.evidence("rca"):
        verdicts.append(
            blocked(
                "no evidence of the analysis",
                remedy="attach what shows the cause as evidence of kind rca",
                who=[RESOLVER.id],
                message_id="itil.rca_fields.no_evidence",
                actions=[Action("attach", "Attach", f"/items/{ctx.item.key}/evidence", ("file",))],
            )
        )
    return strictest(verdicts) if verdicts else passed(cause_category=str(fields.cause_category))


@check("itil")
def workaround_fields(ctx: CheckContext) -> Verdict:
    """The service desk can help: a workaround that was tried, or the reason why there is none, and an article."""
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
        remedy="document the workaround and when it was tried, or say in no_workaround_reason why there is none",
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
        remedy="raise one with create_change, or link one as {link}",
        who=[PROBLEM_MANAGER.id, RESOLVER.id],
        params={"link": FIXED_BY_CHANGE},
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
    outcome = "" if last is None else str(last.fields.outcome or last.state).replace("_", " ")
    return blocked(
        "no change was raised to fix it" if last is None else "change {change} is {outcome}",
        remedy="raise one" if last is None else "close it successfully, or let the fix count as failed",
        who=[CHANGE_MANAGER.id],
        params={} if last is None else {"change": named(last), "outcome": outcome},
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
            "{incidents} came up since the fix",
            remedy="let it recur, and investigate again",
            who=[PROBLEM_MANAGER.id],
            message_id="itil.quiet_period.broken",
            params={"incidents": listed([named(item) for item in came_up])},
        )
    if ctx.now >= until:
        return passed(days=fields.observation_days)
    return blocked(
        "observed for {days} of {needed}",
        remedy="wait until {until}",
        earliest=until,
        params={
            "days": (ctx.now - since).days,
            "needed": counted(fields.observation_days, "day"),
            "until": local(ctx, until),
        },
    )


@check("itil")
def error_accepted(ctx: CheckContext) -> Verdict:
    """Whoever lives with a known error says when it is looked at again, within a year.

    Setting: `acceptance_max`, days.
    """
    review = ctx.item.fields.review_on
    latest = (ctx.now + timedelta(days=ctx.settings.acceptance_max)).date()
    if review is not None and ctx.now.date() < review <= latest:
        return passed(review_on=review)
    return blocked(
        "the date of the next review is {given}; it lies between tomorrow and {latest}",
        remedy="give review_on",
        who=[SERVICE_OWNER.id],
        params={"given": str(review) if review else "missing", "latest": str(latest)},
        actions=[Action("transition", "Accept", f"/items/{ctx.item.key}/transitions", ("review_on",))],
    )


@check("itil")
def problem_linked(ctx: CheckContext) -> Verdict:
    """What was a P1 or a major incident has a problem, so that its cause is sought."""
    fields: IncidentFields = ctx.item.fields
    grave = fields.priority is Priority.P1 or fields.major_declared_at is not None
    linked = ctx.linked(CAUSED_BY_PROBLEM)
    if linked or not grave:
        return passed(problems=[problem.key for problem in linked])
    return blocked(
        "{what} without a problem",
        remedy="link the problem that causes it as {link}, or create one",
        who=[PROBLEM_MANAGER.id],
        params={
            "what": "a major incident" if fields.major_declared_at else "a P1",
            "link": CAUSED_BY_PROBLEM,
        },
        actions=[Action("link", "Link a problem", f"/items/{ctx.item.key}/links", (CAUSED_BY_PROBLEM,))],
    )
