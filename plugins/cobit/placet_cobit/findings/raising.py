"""How findings are made by the system, and what a new finding brings with it: severity, due date, and a risk.

Source: COBIT 2019, MEA02.04 and APO12.01: a deficiency is a risk until it is remedied.
"""

from __future__ import annotations

from placet import CheckContext, EffectContext, ItemView, effect
from placet_cobit.controls.about import control_of
from placet_cobit.controls.design import design_in_force, is_suspended
from placet_cobit.findings.classifying import classified
from placet_cobit.findings.fields import FindingFields
from placet_cobit.findings.rights import able
from placet_cobit.ids import CONTROL, FINDING
from placet_cobit.severity import Source, graver
from placet_cobit.titles import shortened
from placet_governance.ids import RAISED_FROM, RISK
from placet_governance.learning.fields import RiskKind

_RISK_ENDED = ("closed", "occurred")
_FINDING_ENDED = ("closed", "invalid")
#: The states of a finding that stands.
STANDING = ("open", "disputed", "agreed", "remediating", "ready_for_retest", "accepted")


def raise_finding(
    ctx: EffectContext,
    control: ItemView,
    source: Source,
    condition: str,
    effect_of_it: str,
    *,
    parent: str | None = None,
    monitor: str | None = None,
    event: str | None = None,
) -> str:
    """Make a finding on a control, below its assessment where there is one; returns its key."""
    return ctx.create(
        FINDING,
        title_of(control, source),
        parent=parent or control.key,
        condition=condition,
        criteria=design_in_force(control).statement or control.title,
        effect=effect_of_it,
        source=source,
        monitor=monitor,
        event=event,
    )


def title_of(control: ItemView, source: Source) -> str:
    """The title of a finding that the system makes."""
    return shortened(f"{control.title}: {source.replace('_', ' ')}")


@effect("cobit")
def classify(ctx: EffectContext) -> None:
    """A new finding gets its severity by the table, the day by which it is due, and an owner to begin with."""
    fields: FindingFields = ctx.item.fields
    if fields.severity is not None:
        return
    control, found = control_of(ctx), classified(ctx)
    first = design_in_force(control).control_owner if control is not None else None
    ctx.set(
        severity=found.severity,
        recurrence_of=found.recurrence_of,
        latest_due=found.latest_due,
        due_date=fields.due_date or found.latest_due,
        owner=fields.owner or (first if able(ctx, first) else None),
    )


@effect("cobit")
def register_risk(ctx: EffectContext) -> None:
    """The risk register has the deficiency: the control's open risk leads to it too, or a new one is made."""
    fields: FindingFields = ctx.item.fields
    if ctx.linking(RAISED_FROM):
        return
    control = control_of(ctx)
    others = [] if control is None else ctx.items(FINDING, control=control.key)
    known = [
        risk
        for finding in others
        for risk in ctx.linking(RAISED_FROM, of=finding.key)
        if risk.type == RISK and risk.state not in _RISK_ENDED
    ]
    if known:
        _bring_up(ctx, known[-1].key)
        return
    about = control.title if control is not None else ctx.item.title
    risk = ctx.create(
        RISK,
        shortened(f"Deficient: {about}"),
        kind=RiskKind.THREAT,
        cause=fields.cause or f"{about} is deficient ({ctx.item.key})",
        event=fields.condition,
        effect=fields.effect,
    )
    ctx.link(RAISED_FROM, ctx.item.key, source=risk)


def _bring_up(ctx: EffectContext, risk: str) -> None:
    """Another finding of a risk that is known: the risk leads to it, and speaks of the gravest that stands."""
    fields: FindingFields = ctx.item.fields
    standing = [
        each.fields.severity
        for each in ctx.linked(RAISED_FROM, of=risk)
        if each.type == FINDING and each.state not in _FINDING_ENDED and each.fields.severity
    ]
    if fields.severity and all(graver(fields.severity, each) for each in standing):
        ctx.set_on(risk, event=fields.condition, effect=fields.effect)
    ctx.link(RAISED_FROM, ctx.item.key, source=risk)


def control_above(ctx: CheckContext) -> str | None:
    """The control of an item that lies below it, or below something that does."""
    above = ctx.parent()
    while above is not None and above.type != CONTROL:
        above = ctx.get(above.parent) if above.parent else None
    return above.key if above is not None else None


@effect("cobit")
def report_long_suspension(ctx: EffectContext) -> None:
    """A control whose suspension has reached its end and is still suspended is a finding."""
    if is_suspended(ctx.item):
        raise_finding(
            ctx,
            ctx.item,
            Source.LONG_SUSPENSION,
            f"suspended since {ctx.item.fields.suspensions[-1].first}, and its time has passed",
            "The event that the control prevents or detects may happen without anybody noticing.",
        )
