"""How findings are made by the system, and what a new finding brings with it: severity, due date, and a risk.

Source: COBIT 2019, MEA02.04 and APO12.01: a deficiency is a risk until it is remedied.
"""

from __future__ import annotations

from datetime import timedelta

from placet import CheckContext, EffectContext, ItemView, effect
from placet_cobit.findings.fields import FindingFields
from placet_cobit.ids import CONTROL, FINDING
from placet_cobit.severity import Source, recurs, severity_of
from placet_governance.ids import RAISED_FROM, RISK
from placet_governance.learning.fields import RiskKind

#: Longest title of an item that is made here.
_TITLE = 200
_RISK_ENDED = ("closed", "occurred")


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
        criteria=control.fields.statement or control.title,
        effect=effect_of_it,
        source=source,
        monitor=monitor,
        event=event,
    )


def title_of(control: ItemView, source: Source) -> str:
    """The title of a finding that the system makes."""
    return f"{control.title}: {source.replace('_', ' ')}"[:_TITLE]


def control_of(ctx: EffectContext) -> ItemView | None:
    """The control that the finding is about."""
    key = ctx.item.fields.control
    return ctx.get(key) if key else None


@effect("cobit")
def classify(ctx: EffectContext) -> None:
    """A new finding gets its severity by the table, the day by which it is due, and an owner to begin with.

    Settings: `due_days_critical`, `due_days_high`, `due_days_medium`, `due_days_low`.
    """
    fields: FindingFields = ctx.item.fields
    if fields.severity is not None:
        return
    control = control_of(ctx)
    closed = (
        []
        if control is None
        else [
            (each.key, each.fields.closed_at)
            for each in ctx.items(FINDING, states=["closed"], control=control.key)
            if each.fields.closed_at is not None
        ]
    )
    before = recurs(closed, ctx.now)
    key_control = bool(control is not None and control.fields.key_control)
    severity = severity_of(fields.source, key_control=key_control, recurs=before is not None)
    latest = ctx.today + timedelta(days=ctx.settings.due_days(severity))
    owner = fields.owner or (control.fields.control_owner if control is not None else None)
    ctx.set(
        severity=severity,
        recurrence_of=before,
        latest_due=latest,
        due_date=fields.due_date or latest,
        owner=owner,
    )


@effect("cobit")
def register_risk(ctx: EffectContext) -> None:
    """The risk register has the deficiency: the control's open risk is brought up to date, or a new one is made."""
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
        ctx.set_on(known[-1].key, event=fields.condition, effect=fields.effect)
        return
    about = control.title if control is not None else ctx.item.title
    risk = ctx.create(
        RISK,
        f"Deficient: {about}"[:_TITLE],
        kind=RiskKind.THREAT,
        cause=fields.cause or f"{about} is deficient ({ctx.item.key})",
        event=fields.condition,
        effect=fields.effect,
    )
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
    if ctx.item.state == "suspended":
        raise_finding(
            ctx,
            ctx.item,
            Source.LONG_SUSPENSION,
            f"suspended since {ctx.item.state_since:%Y-%m-%d}, and its time has passed",
            "What the control prevents or detects may happen without anybody noticing.",
        )
