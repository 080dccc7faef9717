"""The checks of reports.

Source: PRINCE2 7, practice Progress.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from placet import (
    SYSTEM,
    CheckContext,
    ItemView,
    Role,
    Verdict,
    approval_granted,
    blocked,
    check,
    named,
    passed,
)
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.checking import all_of, demand, lacking
from placet_prince2.control.watch import ANSWERING
from placet_prince2.ids import PROJECT, REPORT_ACCEPTANCE, STAGE
from placet_prince2.numbers.tolerances import Aspect
from placet_prince2.reports.fields import ReportFields, ReportKind
from placet_prince2.roles import BOARD, EXECUTIVE, PROJECT_MANAGER

#: Reports that the whole board has to accept.
BY_THE_BOARD = (ReportKind.END_STAGE, ReportKind.END_PROJECT)


def subject_of(ctx: CheckContext) -> ItemView | None:
    """The package, stage or project that is reported on."""
    return ctx.parent()


def forecast_subjects(ctx: CheckContext) -> list[ItemView]:
    """The items whose forecasts a report holds: those of a project are made in its running stages."""
    subject = subject_of(ctx)
    if subject is None or subject.type != PROJECT:
        return [] if subject is None else [subject]
    running = ctx.items(STAGE, states=ANSWERING[STAGE], project=subject.key)
    # A project that is closing is forecast no more: what is left of it is in its last stage.
    whole = subject.state in ANSWERING[PROJECT] and bool(subject.fields.forecasts)
    return [*running, *([subject] if whole else [])]


class Made(NamedTuple):
    """One forecast: of which item, of what, when it was made, and whether it can be confirmed as it stands."""

    subject: ItemView
    what: str
    at: datetime
    confirmable: bool = False


def forecasts_made(ctx: CheckContext) -> list[Made]:
    """Every forecast with its moment."""
    found: list[Made] = []
    for subject in forecast_subjects(ctx):
        fields = subject.fields
        # The cost and the time of a project are forecast in its stages.
        own = (
            [("cost", fields.cost_forecast_at), ("time", fields.time_forecast_at)]
            if subject.type != PROJECT
            else []
        )
        found += [Made(subject, what, at, confirmable=True) for what, at in own if at is not None]
        newest: dict[str, datetime] = {}
        for each in fields.forecasts:
            newest[str(each.measure)] = max(each.as_of, newest.get(str(each.measure), each.as_of))
        found += [Made(subject, measure, at) for measure, at in newest.items()]
    return found


def freshness(ctx: CheckContext) -> datetime | None:
    """When the oldest of the forecasts was made; `None` where nothing is forecast."""
    return min((made.at for made in forecasts_made(ctx)), default=None)


def not_forecast(subject: ItemView) -> list[str]:
    """The measures of a subject that people forecast, and that nobody has: what has no forecast is never outside."""
    known = {each.measure for each in subject.fields.statuses}
    people = (Aspect.SUSTAINABILITY, Aspect.BENEFITS)
    return [
        str(each.measure)
        for each in subject.fields.tolerances
        if each.aspect in people and each.measure not in known
    ]


@check("prince2")
def report_kind_kept(ctx: CheckContext) -> Verdict:
    """A report stays of its kind: one that is missing does not become another one that nobody waits for."""
    before = ctx.before
    was = None if before is None else before.fields.kind
    return demand(was in (None, ctx.item.fields.kind), "it is the {was} report, and stays that",
                  "make another report for that", [PROJECT_MANAGER],
                  was="" if was is None else was.value.replace("_", " "))  # fmt: skip


@check("prince2")
def due_report_kept(ctx: CheckContext) -> Verdict:
    """A highlight report that the board waits for is issued, late or not: who writes it does not drop it."""
    fields: ReportFields = ctx.item.fields
    awaited = fields.kind is ReportKind.HIGHLIGHT and fields.due_at is not None
    return demand(not awaited or ctx.actor == SYSTEM, "the board waits for it since {due:moment}",
                  "issue it; it covers all the intervals since", [PROJECT_MANAGER], due=fields.due_at)  # fmt: skip


@check("prince2")
def report_fields(ctx: CheckContext) -> Verdict:
    """The texts are written, and the forecasts are fresh. Setting: `forecast_max_age`.

    A lessons report says how many lessons were looked at; none of them needs a reason.
    """
    fields: ReportFields = ctx.item.fields
    if fields.kind is ReportKind.LESSONS:
        wanted = ["lessons_reviewed"] if fields.lessons_reviewed else ["lessons_reviewed", "lessons_summary"]
        return lacking(ctx, wanted, "say how many, and why if it is none", [PROJECT_MANAGER])
    texts = lacking(ctx, ["issues_risks_summary", "outlook"], "write them", [PROJECT_MANAGER])
    if not forecast_subjects(ctx) or fields.kind is ReportKind.END_PROJECT:
        return texts
    return all_of(texts, _forecast(ctx), *(_fresh(ctx, each) for each in forecasts_made(ctx)))


def _forecast(ctx: CheckContext) -> Verdict:
    """Whatever people have to forecast is forecast."""
    subject = subject_of(ctx)
    answers = subject is not None and subject.state in ANSWERING[subject.type]
    missing = not_forecast(subject) if subject is not None and answers else []
    if missing:
        return blocked("nothing is forecast for {measures:and}", remedy="give the forecasts",
                       who=[PROJECT_MANAGER.id], params={"measures": missing},
                       message_id="prince2.report_fields.not_forecast")  # fmt: skip
    if not forecasts_made(ctx):
        return blocked("nothing is forecast", remedy="give the forecasts", who=[PROJECT_MANAGER.id],
                       message_id="prince2.report_fields.none")  # fmt: skip
    return passed()


def _fresh(ctx: CheckContext, made: Made) -> Verdict:
    """One forecast is fresh. The message says until when it was: whole days alone could equal the allowed ones."""
    end = made.at + ctx.settings.forecast_max_age
    text = (
        "the forecast of {what} of {subject} is from {made:moment}, {days:count day} ago, and was fresh until "
        "{end:moment}"
    )
    remedy = (
        "give a new figure with Update forecasts on {subject}, or confirm its cost and time there without any figure"
        if made.confirmable
        else "give a new figure with Update forecasts on {subject}: nothing else makes it fresh"
    )
    return demand(ctx.now <= end, text, remedy, [PROJECT_MANAGER], what=made.what, subject=named(made.subject),
                  made=made.at, days=(ctx.now - made.at).days, end=end)  # fmt: skip


acceptance = approval_granted("prince2.report_accepted", REPORT_ACCEPTANCE)
#: Those who read a report for which nobody votes.
READERS: dict[ReportKind, tuple[Role, ...]] = {
    ReportKind.CHECKPOINT: (PROJECT_MANAGER,),
    ReportKind.HIGHLIGHT: BOARD,
    ReportKind.LESSONS: (BUSINESS_LAYER, EXECUTIVE),
}


@check("prince2")
def report_vote(ctx: CheckContext) -> Verdict:
    """The board has accepted the report of an end; every other report is accepted by one of its readers.

    Silence accepts what is reported regularly.
    """
    fields: ReportFields = ctx.item.fields
    if fields.kind in BY_THE_BOARD:
        return acceptance(ctx)
    roles = READERS[fields.kind]
    reads = ctx.actor == SYSTEM or ctx.holds(ctx.actor, *(role.id for role in roles))
    return demand(reads, "{kind:a word} report is accepted by the {roles:role or}", "ask one of its readers", roles,
                  kind=fields.kind.value, roles=[role.id for role in roles])  # fmt: skip
