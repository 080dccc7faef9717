"""The effects of transitions of assessments and their tests, besides the drawing of samples."""

from __future__ import annotations

from datetime import date, timedelta

from placet import EffectContext, ItemView, effect
from placet_cobit.assessments.conclusion import Conclusion, Design, conclude, deviation_rate, upper_limit
from placet_cobit.assessments.fields import AssessmentFields, Result
from placet_cobit.assessments.periods import drawn_from, latest_end, tested_every, unplanned_before
from placet_cobit.assessments.tested import deviating, lacking_evidence, replaced, tests_of
from placet_cobit.controls.about import control_of
from placet_cobit.controls.design import design_in_force, stands
from placet_cobit.figures import readable
from placet_cobit.findings.raising import raise_finding
from placet_cobit.ids import ASSESSMENT, TEST
from placet_cobit.operating.periods import next_end
from placet_cobit.severity import Source
from placet_cobit.titles import shortened

_DAY = timedelta(days=1)
_FOUND = {
    Conclusion.INEFFECTIVE: Source.INEFFECTIVE,
    Conclusion.PARTIALLY_EFFECTIVE: Source.PARTIALLY_EFFECTIVE,
}


@effect("cobit")
def note_evidence_overdue(ctx: EffectContext) -> None:
    """The time to provide evidence has passed."""
    ctx.set(evidence_overdue=True)


@effect("cobit")
def note_missing_evidence(ctx: EffectContext) -> None:
    """Mark the elements without accepted evidence: each of them is a deviation."""
    control = control_of(ctx)
    if control is None:
        return
    for test in tests_of(ctx):
        if test.state == "pending" and lacking_evidence(ctx, test, control):
            ctx.set_on(test.key, evidence_missing=True)


@effect("cobit")
def note_result(ctx: EffectContext) -> None:
    """Keep who tested, and have the assessment or the monitor count anew."""
    ctx.set(tested_by=ctx.actor)
    _changed(ctx)


@effect("cobit")
def note_replacement(ctx: EffectContext) -> None:
    """The element does not apply, and the next one of the order is drawn."""
    ctx.set(result=Result.NOT_APPLICABLE, note=ctx.comment, tested_by=ctx.actor)
    _changed(ctx)


def _changed(ctx: EffectContext) -> None:
    above = ctx.parent()
    if above is not None:
        ctx.set_on(above.key, tests_changed=above.fields.tests_changed + 1)


@effect("cobit")
def recount(ctx: EffectContext) -> None:
    """Count the deviations, with their rate and its limit, and find the conclusion of the table."""
    fields: AssessmentFields = ctx.item.fields
    if fields.seed is None:
        return  # no sample is drawn yet
    tests = tests_of(ctx)
    deviations, size = deviating(tests), len(tests)
    rate, limit = deviation_rate(deviations, size), upper_limit(deviations, size)
    ctx.set(
        deviations=deviations,
        deviation_rate=None if rate is None else readable(rate),
        upper_limit=None if limit is None else readable(limit),
        rule_conclusion=conclude(fields.design_result, deviations, size),
        replaced=len(replaced(ctx.children(TEST))),
    )


@effect("cobit")
def settle(ctx: EffectContext) -> None:
    """The conclusion is in force: the table's, or the one that two reviewers have agreed to."""
    fields: AssessmentFields = ctx.item.fields
    due = fields.due_on
    ctx.set(
        conclusion=fields.override or fields.rule_conclusion,
        reviewer=ctx.actor,
        on_time=due is None or ctx.today <= due,
    )


@effect("cobit")
def raise_findings(ctx: EffectContext) -> None:
    """A control that does not work, or only partly, is a finding."""
    fields: AssessmentFields = ctx.item.fields
    control = control_of(ctx)
    source = _FOUND.get(fields.conclusion) if fields.conclusion is not None else None
    if control is None or source is None:
        return
    raise_finding(ctx, control, source, _condition(fields), _effect_of(control), parent=ctx.item.key)


def _condition(fields: AssessmentFields) -> str:
    period = f"{fields.period_start} to {fields.period_end}"
    if fields.override is not None:
        return f"{period}: {fields.override_reason}"
    if fields.rule_conclusion is Conclusion.INEFFECTIVE and not fields.deviations:
        return f"{period}: its design is inadequate: {fields.design_note}"
    return f"{period}: {fields.deviations} of {fields.sample_size} elements deviate"


def _effect_of(control: ItemView) -> str:
    practice = design_in_force(control).practice_id
    return f"Practice {practice} is not sure to be met: what the control is to prevent or detect may happen."


@effect("cobit")
def plan_next(ctx: EffectContext) -> None:
    """Plan the assessment of the period that follows, as often as the control is tested.

    It begins with the first day that no sample has: after one that was cancelled, with that one's days. Where later
    days have a sample or are planned, the days before are an assessment of their own, and the later one plans the next.
    """
    fields: AssessmentFields = ctx.item.fields
    control = control_of(ctx)
    follows = fields.period_end + _DAY
    if control is None or not stands(control):
        return
    planned = ctx.items(ASSESSMENT, states=["planned"], control=control.key)
    later = drawn_from(ctx, control, follows) or any(each.fields.period_end >= follows for each in planned)
    start = follows
    for first, last in unplanned_before(ctx, control, follows):
        if last + _DAY == follows and not later:
            start = first
        else:
            _create(ctx, control, first, last)
    if not later:
        _plan(ctx, control, start, follows)


@effect("cobit")
def plan_first(ctx: EffectContext) -> None:
    """Plan the first assessment of a control that comes into force, unless one is planned."""
    under_way = [each for each in ctx.children(ASSESSMENT) if each.state not in ("concluded", "cancelled")]
    if not under_way:
        _plan(ctx, ctx.item, ctx.today, ctx.today)


def _plan(ctx: EffectContext, control: ItemView, start: date, follows: date) -> None:
    """Plan an assessment from a day on, which ends with the test period that follows.

    It has two test periods at most: people who cancel one before its sample is drawn put the test off once.
    """
    _create(ctx, control, start, min(next_end(follows, tested_every(control)), latest_end(control, start)))


def _create(ctx: EffectContext, control: ItemView, start: date, end: date) -> None:
    ctx.create(
        ASSESSMENT,
        shortened(f"{control.title}: {start} to {end}"),
        parent=control.key,
        period_start=start,
        period_end=end,
    )


@effect("cobit")
def report_deviations(ctx: EffectContext) -> None:
    """Deviations that were seen are a finding although the test is cancelled; each bypass has its own already."""
    fields: AssessmentFields = ctx.item.fields
    tests, control = tests_of(ctx), control_of(ctx)
    seen = [
        each
        for each in tests
        if not each.fields.bypass and (deviating([each]) or each.fields.evidence_missing)
    ]
    source = _FOUND.get(conclude(Design.ADEQUATE, len(seen), len(tests)))
    if control is None or source is None:
        return
    period = f"{fields.period_start} to {fields.period_end}"
    said = (
        f"{period}: {len(seen)} of {len(tests)} elements deviate, and the test was cancelled: {ctx.comment}"
    )
    raise_finding(ctx, control, source, said, _effect_of(control), parent=ctx.item.key)


@effect("cobit")
def leave_untested(ctx: EffectContext) -> None:
    """Nothing is concluded; tests that wait are taken back."""
    ctx.set(conclusion=Conclusion.NOT_TESTED)
    for test in ctx.children(TEST):
        if test.state == "pending":
            ctx.fire(test.key, "replace_element", comment=f"the assessment {ctx.item.key} is cancelled")
