"""The severity of a finding, the time to remedy it, and the retest before it is closed.

Pure functions over the table. Our choice: a finding recurs if one on the same control was closed within the last twelve
months. Source: COBIT 2019, MEA02.04 Identify and report control deficiencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Severity(StrEnum):
    """How much a deficiency matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Source(StrEnum):
    """How a deficiency was found."""

    #: A bound transition was made while the control was in force, and the control did not run, or stopped nothing.
    BYPASS = "bypass"
    TAMPERED_EVIDENCE = "tampered_evidence"
    AUDIT_CHAIN = "audit_chain"
    INEFFECTIVE = "ineffective"
    PARTIALLY_EFFECTIVE = "partially_effective"
    MONITOR_RED = "monitor_red"
    #: A monitor was amber for several windows in a row.
    MONITOR_AMBER = "monitor_amber"
    #: A suspension of the control lasted longer than it may.
    LONG_SUSPENSION = "long_suspension"
    #: The cover of a suspension of the control has ended before it.
    UNCOVERED_SUSPENSION = "uncovered_suspension"
    #: Items of the control wait for longer than they may, so that no transition of theirs shows it.
    STUCK = "stuck"


_ASCENDING = tuple(Severity)
# fmt: off
#: By source: the severity of a finding on a key control, and on another.
BY_SOURCE: Mapping[Source, tuple[Severity, Severity]] = {
    Source.BYPASS:              (Severity.CRITICAL, Severity.CRITICAL),
    Source.TAMPERED_EVIDENCE:   (Severity.CRITICAL, Severity.CRITICAL),
    Source.AUDIT_CHAIN:         (Severity.CRITICAL, Severity.CRITICAL),
    Source.INEFFECTIVE:         (Severity.HIGH,     Severity.MEDIUM),
    Source.PARTIALLY_EFFECTIVE: (Severity.MEDIUM,   Severity.LOW),
    Source.MONITOR_RED:         (Severity.HIGH,     Severity.MEDIUM),
    Source.MONITOR_AMBER:       (Severity.LOW,      Severity.LOW),
    Source.LONG_SUSPENSION:     (Severity.HIGH,     Severity.MEDIUM),
    Source.UNCOVERED_SUSPENSION: (Severity.HIGH,    Severity.MEDIUM),
    Source.STUCK:               (Severity.MEDIUM,   Severity.LOW),
}
# fmt: on


def severity_of(source: Source, *, key_control: bool, recurs: bool = False) -> Severity:
    """The severity by the table, one step higher where the deficiency recurs."""
    found = BY_SOURCE[source][0 if key_control else 1]
    return _ASCENDING[min(_ASCENDING.index(found) + recurs, len(_ASCENDING) - 1)]


def graver(one: Severity, other: Severity) -> bool:
    """Whether one severity is higher than another."""
    return _ASCENDING.index(one) > _ASCENDING.index(other)


@dataclass(frozen=True, slots=True)
class Retest:
    """The executions without a deviation that a retest needs, since the last action was completed."""

    executions: int
    #: As many as there were within so long are enough...
    within: timedelta | None = None
    #: ...if there were at least so many.
    at_least: int = 0

    def passed(self, executions: int, since: datetime, now: datetime) -> bool:
        """Whether so many executions since a moment are enough."""
        if executions >= self.executions:
            return True
        return self.within is not None and now - since >= self.within and executions >= self.at_least


_PER_EVENT = Retest(10, timedelta(days=30), 3)
#: By the frequency of the control.
RETESTS: Mapping[str, Retest] = {
    "per_event": _PER_EVENT,
    "continuous": _PER_EVENT,
    "daily": Retest(10),
    "weekly": Retest(3),
    "monthly": Retest(2),
    "quarterly": Retest(1),
    "semiannual": Retest(1),
    "annual": Retest(1),
}
#: Within so long after the closing of a finding, another one on the same control is a recurrence.
RECURS_WITHIN = timedelta(days=365)


def recurs(closed: Iterable[tuple[str, datetime]], now: datetime) -> str | None:
    """The finding that recurs, of the closed ones of the control, given as (key, closed at): the latest."""
    recent = [(at, key) for key, at in closed if now - at <= RECURS_WITHIN]
    return max(recent)[1] if recent else None


def limit(created: date, severity: Severity, due_days: Mapping[Severity, int]) -> date:
    """The last day on which a finding may be due."""
    return created + timedelta(days=due_days[severity])
