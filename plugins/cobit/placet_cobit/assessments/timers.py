"""The timers on a control assessment."""

from __future__ import annotations

from placet import CheckContext, Span, Threshold, Timer, Until, business
from placet_cobit.assessments.effects import note_evidence_overdue
from placet_cobit.roles import CONTROL_PERFORMER, CONTROL_REVIEWER, CONTROL_TESTER


def to_provide(ctx: CheckContext) -> Span:
    """Setting: `evidence_days`, business days."""
    return business(days=ctx.settings.evidence_days)


EVIDENCE_DUE = Timer(
    "cobit.evidence_due",
    "Evidence provided",
    starts=("request_evidence",),
    stops=("start_testing", "cancel_assessment"),
    target=to_provide,
    thresholds=(
        Threshold(75, notifies=(CONTROL_PERFORMER.id,)),
        Threshold(100, notifies=(CONTROL_TESTER.id, CONTROL_PERFORMER.id), effects=(note_evidence_overdue,)),
    ),
)
PERIOD_ENDS = Timer(
    "cobit.assessment_plan",
    "Period to be tested",
    starts=("create",),
    stops=("request_evidence", "cancel_assessment"),
    target=Until("period_end"),
    thresholds=(Threshold(100, notifies=(CONTROL_TESTER.id,)),),
)
ASSESSMENT_DUE = Timer(
    "cobit.assessment_due",
    "Assessment concluded",
    starts=("create",),
    stops=("conclude", "cancel_assessment"),
    target=Until("due_on"),
    thresholds=(Threshold(100, notifies=(CONTROL_TESTER.id, CONTROL_REVIEWER.id)),),
)
ASSESSMENT_TIMERS = (PERIOD_ENDS, EVIDENCE_DUE, ASSESSMENT_DUE)
