"""How often a control operated in a time, from the log: its executions and bypasses, or the evidence of its periods.

A control that is bound to transitions has operated where one of them was made: the log has its verdict, or shows that
it was missed. One that is bound to none operates in its periods, or whenever a document of a kind that it requires is
attached to it: that document is its operation. Source: COBIT 2019, MEA02.01 and MEA02.03.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from placet import CheckContext, ItemView, JobContext
from placet_cobit.controls.departures import departures
from placet_cobit.controls.design import design_in_force
from placet_cobit.controls.executions import ExecutionVerdict, bypasses, executions
from placet_cobit.operating.evidence import documents, proves
from placet_cobit.operating.periods import ended_in, span
from placet_cobit.operating.sampling import periodic

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Operation:
    """One time at which a control operated, or ought to have."""

    #: The id of the event, or the name of the period.
    id: str
    #: The item to which it happened.
    about: str
    at: datetime
    happened: str
    #: The control itself showed that something was wrong, and let it pass.
    failed: bool = False
    #: The control did not operate: a transition that it missed, or a period without any evidence.
    missed: bool = False
    #: Somebody had taken the item out of the control's scope, so that the control did not judge it.
    left: bool = False
    #: The rules by which it was decided.
    version: str = ""

    @property
    def deviates(self) -> bool:
        """Whether the control did not work."""
        return self.failed or self.missed


def operations(
    ctx: CheckContext | JobContext, control: ItemView, since: datetime, until: datetime
) -> list[Operation]:
    """The operations of a control in the time [since, until), in order of time."""
    if bound(control):
        return sorted(_bound(ctx, control, since, until), key=lambda each: (each.at, each.id))
    if periodic(design_in_force(control).frequency.value):
        zone = ZoneInfo(ctx.workspace.calendar.zone)
        last = (until - _MOMENT).astimezone(zone).date()
        return list(_of_periods(ctx, control, since.astimezone(zone).date(), last))
    return [each for each in _documented(control) if since <= each.at < until]


def bound(control: ItemView) -> bool:
    """Whether a control gates transitions, or is designed to, so that the log has its operations."""
    return bool(design_in_force(control).bindings)


def population(found: Sequence[Operation]) -> list[Operation]:
    """Those that a test draws from: all but failures that the control itself has shown."""
    return [each for each in found if not each.failed]


def _bound(
    ctx: CheckContext | JobContext, control: ItemView, since: datetime, until: datetime
) -> Iterator[Operation]:
    """Transitions that the control judged, and those that went past it or out of its scope, from the log."""
    past = bypasses(ctx, control, since, until)
    missed = {each.event for each in past}
    for run in executions(ctx, control, since, until):
        if run.event in missed:
            continue
        failed = run.verdict is ExecutionVerdict.FAIL
        yield Operation(run.event, run.item, run.at, run.transition, failed=failed, version=run.definition)
    for bypass in past:
        yield Operation(bypass.event, bypass.item, bypass.at, bypass.transition, missed=True)
    for each in departures(ctx, control, since, until):
        said = (
            f"{each.transition}, out of scope after {' and '.join(each.by)} changed {', '.join(each.fields)}"
        )
        yield Operation(each.event, each.item, each.at, said, left=True)


def _of_periods(
    ctx: CheckContext | JobContext, control: ItemView, first: date, last: date
) -> Iterator[Operation]:
    """The periods that ended in some days; one without any document of a required kind was missed."""
    calendar = ctx.workspace.calendar
    for period in ended_in(first, last, design_in_force(control).frequency.value):
        begin, end = span(period.first, period.last, calendar.zone)
        if period.first == period.last and not calendar.between(begin, end):
            continue  # nobody works on that day
        done = any(
            begin <= each.at < end + _slack(ctx, each.kind) and each.kind in _kinds(control) and proves(each)
            for each in control.evidence
        )
        yield Operation(period.name, control.key, end - _MOMENT, period.name, missed=not done)


def _slack(ctx: CheckContext | JobContext, kind: str) -> timedelta:
    """How long after its period a document may be attached."""
    return ctx.settings.evidence_age(kind) or timedelta(0)


def _kinds(control: ItemView) -> set[str]:
    return {each.kind for each in design_in_force(control).evidence_requirements}


def _documented(control: ItemView) -> Iterator[Operation]:
    """Each document of a required kind, once by its content."""
    first: dict[str, Operation] = {}
    for requirement in design_in_force(control).evidence_requirements:
        for each in control.evidence:
            if each.sha256 in documents([each], requirement, each.at, performer=None, age=None):
                first.setdefault(each.sha256, Operation(each.sha256, control.key, each.at, each.kind))
    yield from sorted(first.values(), key=lambda each: (each.at, each.id))
