"""The severity of a finding, what it recurs, and the last day that it may be due, when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from placet import CheckContext
from placet_cobit.controls.design import design_in_force
from placet_cobit.findings.fields import FindingFields
from placet_cobit.ids import FINDING
from placet_cobit.severity import Severity, limit, recurs, severity_of


@dataclass(frozen=True, slots=True)
class Classified:
    """The line of the table for a new finding."""

    severity: Severity
    recurrence_of: str | None
    latest_due: date


def classified(ctx: CheckContext) -> Classified:
    """Classify a finding that is being made.

    Settings: `due_days_critical`, `due_days_high`, `due_days_medium`, `due_days_low`.
    """
    fields: FindingFields = ctx.item.fields
    control = ctx.get(fields.control) if fields.control else None
    former = [] if control is None else ctx.items(FINDING, states=["closed"], control=control.key)
    closed = [(each.key, each.fields.closed_at) for each in former if each.fields.closed_at is not None]
    before = recurs(closed, ctx.now)
    key_control = bool(control is not None and design_in_force(control).key_control)
    severity = severity_of(fields.source, key_control=key_control, recurs=before is not None)
    days = {each: ctx.settings.due_days(each) for each in Severity}
    return Classified(severity, before, limit(ctx.today, severity, days))
