"""The checks of control assessments; for those of their tests see `element_checks.py`.

Source: COBIT 2019, MEA02.03 and MEA04.05 to 04.08; DSS06.03 for who may not test.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from placet import CheckContext, Verdict, blocked, check, named, passed, standing, unconfirmed
from placet_cobit.assessments.conclusion import EXTENDED_FROM, must_extend
from placet_cobit.assessments.fields import AssessmentFields
from placet_cobit.assessments.periods import (
    drawn_over,
    last_planned,
    latest_end,
    tested_every,
    unplanned_before,
    untested_before,
)
from placet_cobit.assessments.tested import deviating, lacking_evidence, tested_since, testers, tests_of
from placet_cobit.checking import all_of, demand, lacking
from placet_cobit.controls.about import control_of
from placet_cobit.ids import OVERRIDE_AGREED, TEST
from placet_cobit.operating.operators import operators
from placet_cobit.operating.periods import span
from placet_cobit.roles import CONTROL_PERFORMER, CONTROL_REVIEWER, CONTROL_TESTER

_NAMED = 10
_DAY = timedelta(days=1)


@check("cobit")
def period_ordered(ctx: CheckContext) -> Verdict:
    """The period ends on or after the day on which it begins."""
    fields: AssessmentFields = ctx.item.fields
    return demand(
        fields.period_start <= fields.period_end,
        "it ends on {end:day}, before it begins",
        "correct the period",
        [CONTROL_TESTER],
        start=fields.period_start,
        end=fields.period_end,
    )


@check("cobit")
def period_length(ctx: CheckContext) -> Verdict:
    """The period has two test periods of the control at most: otherwise years would go by with one sample of them.

    What the system plans for days that were left out is not cut, nor is a period that nobody changes.
    """
    fields: AssessmentFields = ctx.item.fields
    before, control = ctx.before, control_of(ctx)
    kept = before is not None and _period(before.fields) == _period(fields)
    if control is None or kept or ctx.actor == "system":
        return passed()
    latest = latest_end(control, fields.period_start)
    return demand(
        fields.period_end <= latest,
        "an assessment covers two test periods at most ({frequency}): from {start:day} on they end on {latest:day}, "
        "and it ends on {end:day}",
        "end it on {latest:day} at the latest, and plan another assessment for the days after",
        [CONTROL_TESTER],
        inputs=["period_end"],
        start=fields.period_start,
        end=fields.period_end,
        latest=latest,
        frequency=tested_every(control).replace("_", " "),
    )


def _period(fields: AssessmentFields) -> tuple[date, date]:
    return fields.period_start, fields.period_end


@check("cobit")
def period_follows(ctx: CheckContext) -> Verdict:
    """No days are left out before a planned period: otherwise a test is put off for years by a later beginning.

    A period begins with the first day at the latest that no sample has and no other planned assessment, and gives up no
    day before another one. What the system plans is not judged, nor days that were left out before.
    """
    control = control_of(ctx)
    if control is None or ctx.actor == "system":
        return passed()
    unplanned = unplanned_before(ctx, control, last_planned(ctx, control))
    left = [(first, last) for first, last in unplanned if _left_out(ctx, first, last)]
    return demand(
        not left,
        "no sample and no planned assessment would have the days {spells:and}",
        "keep these days in the period, or plan another assessment for them first",
        [CONTROL_TESTER],
        inputs=["period_start", "period_end"],
        spells=[_spell(first, last) for first, last in left[:_NAMED]],
    )


def _left_out(ctx: CheckContext, first: date, last: date) -> bool:
    """Whether days that nothing has, from a first to a last one, are left out by this period, and were not before."""
    begins: date = ctx.item.fields.period_start
    if ctx.before is None:
        return first < begins
    start, end = _period(ctx.before.fields)
    return first <= max(end, begins - _DAY) and last >= start


@check("cobit")
def period_free(ctx: CheckContext) -> Verdict:
    """No day is tested twice: the sample that was drawn for it stands, unless that assessment was cancelled."""
    control = control_of(ctx)
    own = ctx.item.fields.seed is not None
    drawn = [] if own or control is None else drawn_over(ctx, control)
    return demand(
        not drawn,
        "the sample of {others:and} is from the same days",
        "choose a period that does not overlap with theirs",
        [CONTROL_TESTER],
        inputs=["period_start", "period_end"],
        others=[
            f"'{each.title}' ({_day(each.fields.period_start)} to {_day(each.fields.period_end)})"
            for each in drawn[:_NAMED]
        ],
    )


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


@check("cobit")
def period_joined(ctx: CheckContext) -> Verdict:
    """The period begins where the last one that was tested has ended: no days are left out between two samples.

    The first one begins when the control came into force. The days of a cancelled assessment are tested by the next.
    """
    fields: AssessmentFields = ctx.item.fields
    control = control_of(ctx)
    left = [] if control is None else untested_before(ctx, control, fields.period_start)
    # An earlier start takes in the days just before it, and nothing that lies before another sample.
    joins = len(left) == 1 and left[0][1] + _DAY == fields.period_start
    return demand(
        not left,
        "no sample has the days {spells:and}",
        "begin the period on the first of these days"
        if joins
        else "draw the sample of another assessment for these days first",
        [CONTROL_TESTER],
        inputs=["period_start"] if joins else [],
        spells=[_spell(first, last) for first, last in left[:_NAMED]],
    )


def _spell(first: date, last: date) -> str:
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


@check("cobit")
def tester_sod(ctx: CheckContext) -> Verdict:
    """Who tests a control neither owns nor operates it, nor did so at any time since the period began."""
    control = control_of(ctx)
    if control is None or ctx.actor == "system":
        return passed()
    return demand(
        ctx.actor not in operators(ctx, control, tested_since(ctx, control)),
        "{actor:person} owns or operates {control}, or did so in the time that is tested",
        "let another tester do it",
        [CONTROL_TESTER],
        actor=ctx.actor,
        control=named(control),
    )


@check("cobit")
def period_ended(ctx: CheckContext) -> Verdict:
    """The period has passed, so that its population does not change any more."""
    fields: AssessmentFields = ctx.item.fields
    if fields.period_end < ctx.today:
        return passed(end=fields.period_end)
    zone = ctx.workspace.calendar.zone
    after: datetime = span(fields.period_start, fields.period_end, zone)[1]
    return blocked("the period ends on {end:day}", remedy="wait until it has ended", earliest=after,
                   params={"end": fields.period_end})  # fmt: skip


@check("cobit")
def control_operated(ctx: CheckContext) -> Verdict:
    """The control is or was in force: there is nothing to test in a draft."""
    control = control_of(ctx)
    activated = control is not None and bool(control.doers("transition:activate"))
    return demand(activated, "the control was never in force", "activate it", [CONTROL_REVIEWER])


@check("cobit")
def evidence_ok(ctx: CheckContext) -> Verdict:
    """Every element has accepted evidence, or the time to provide it has passed.

    Settings: `evidence_days`, business days; `test_result_age`, `backup_log_age`, `access_review_age`,
    `training_record_age`, `doc_update_age`.
    """
    fields: AssessmentFields = ctx.item.fields
    control = control_of(ctx)
    if fields.evidence_overdue or control is None:
        return passed(overdue=fields.evidence_overdue)
    open_ones = [each for each in tests_of(ctx) if each.state == "pending"]
    missing = [(each, kinds) for each in open_ones if (kinds := lacking_evidence(ctx, each, control))]
    if not missing:
        return passed(n=len(open_ones))
    asked = fields.evidence_requested_at or ctx.now
    until = ctx.workspace.calendar.add_days(asked, ctx.settings.evidence_days)
    return blocked(
        "{n:count element} without accepted evidence, which may be provided until {until:moment}: {which}",
        remedy="attach it to the element, or wait until then",
        who=[CONTROL_PERFORMER.id],
        earliest=until,
        params={
            "n": len(missing),
            "until": until,
            "which": [f"{each.title} ({', '.join(kinds)})" for each, kinds in missing[:_NAMED]],
        },
    )


@check("cobit")
def one_deviation(ctx: CheckContext) -> Verdict:
    """A sample is extended once, after one deviation in it, and if it is large enough."""
    fields: AssessmentFields = ctx.item.fields
    tests = tests_of(ctx)
    deviations = deviating(tests)
    return all_of(
        demand(not fields.extended, "the sample was extended already", "submit it", [CONTROL_TESTER]),
        demand(deviations == 1, "{deviations:count deviation}, and a sample is extended after 1", "submit it",
               [CONTROL_TESTER], deviations=deviations),
        demand(len(tests) >= EXTENDED_FROM, "{n:count element}, and a sample is extended from {least} on", "submit it",
               [CONTROL_TESTER], n=len(tests), least=EXTENDED_FROM),
    )  # fmt: skip


@check("cobit")
def tests_final(ctx: CheckContext) -> Verdict:
    """Every element has its result."""
    waiting = [each for each in ctx.children(TEST) if each.state == "pending"]
    return demand(
        not waiting,
        "{n:count element} untested: {items:standing}",
        "test each",
        [CONTROL_TESTER],
        n=len(waiting),
        items=[standing(each) for each in waiting[:_NAMED]],
    )


@check("cobit")
def extension_done(ctx: CheckContext) -> Verdict:
    """One deviation in a sample that is large enough asks for as many elements again."""
    fields: AssessmentFields = ctx.item.fields
    tests = tests_of(ctx)
    return demand(
        not must_extend(deviating(tests), len(tests), extended=fields.extended),
        "1 deviation in {n} elements: the sample is extended first",
        "extend the sample",
        [CONTROL_TESTER],
        n=len(tests),
    )


@check("cobit")
def design_set(ctx: CheckContext) -> Verdict:
    """The design is judged, with a note."""
    return lacking(ctx, ["design_result", "design_note"], "judge the design of the control", [CONTROL_TESTER])


def _parties(ctx: CheckContext) -> set[str]:
    """Everybody who owns, operates or has tested the control."""
    control = control_of(ctx)
    found = testers(ctx.item, ctx.children(TEST))
    if control is not None:
        found |= operators(ctx, control, tested_since(ctx, control))
    return found


@check("cobit")
def reviewer_sod(ctx: CheckContext) -> Verdict:
    """Who concludes has neither tested the control nor owns or operates it, nor did so since the period began."""
    return demand(
        ctx.actor not in _parties(ctx),
        "{actor:person} has tested the control, or owns or operates it, or did so in the time that is tested",
        "let another reviewer conclude",
        [CONTROL_REVIEWER],
        actor=ctx.actor,
    )


@check("cobit")
def conclusion_match(ctx: CheckContext) -> Verdict:
    """The conclusion is the table's, or there is a reason for another one.

    Setting: `override_reason`, characters.
    """
    fields: AssessmentFields = ctx.item.fields
    if fields.override is None:
        return passed(rule=fields.rule_conclusion)
    least, given = ctx.settings.override_reason, len((fields.override_reason or "").strip())
    return demand(
        given >= least,
        "the table says {rule:word}, and the reason for another conclusion has {n} of {least} characters",
        "explain it, or remove the override",
        [CONTROL_REVIEWER],
        inputs=["override_reason"],
        rule=fields.rule_conclusion,
        n=given,
        least=least,
    )


@check("cobit")
def conclusion_second(ctx: CheckContext) -> Verdict:
    """To a conclusion other than the table's a second, independent reviewer has agreed in person."""
    fields: AssessmentFields = ctx.item.fields
    second = fields.second_reviewer
    if fields.override is None:
        return passed()
    if second is None:
        return blocked("nobody has agreed to another conclusion than the table's", remedy="name a second reviewer",
                       who=[CONTROL_REVIEWER.id], inputs=["second_reviewer"])  # fmt: skip
    independent = (
        second != ctx.actor and ctx.holds(second, CONTROL_REVIEWER.id) and second not in _parties(ctx)
    )
    waits = second in ctx.confirmation(OVERRIDE_AGREED).missing
    return all_of(
        demand(independent, "{second:person} is not a second, independent reviewer", "name another one",
               [CONTROL_REVIEWER], second=second),
        unconfirmed(ctx, OVERRIDE_AGREED, [second]) if waits else passed(second=second),
    )  # fmt: skip
