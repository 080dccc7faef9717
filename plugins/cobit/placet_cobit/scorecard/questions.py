"""The questions of an auditor about a control: facts of its record that want an answer.

Source: COBIT 2019, MEA04.06 to 04.08: the record of a control has to speak for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from placet.api import ItemRecord
from placet_cobit.operating.periods import next_end
from placet_cobit.scorecard.designs import design_recorded, stands

_ENDED = ("closed", "invalid")
_DISPUTED_LONG = timedelta(days=14)


def questions(
    control: ItemRecord,
    assessments: Sequence[ItemRecord],
    findings: Sequence[ItemRecord],
    acceptances: Sequence[ItemRecord],
    monitors: Sequence[ItemRecord],
    *,
    today: date,
    now: datetime,
) -> list[str]:
    """The questions, in sentences."""
    return [
        *_of_control(control, now),
        *_of_tests(control, assessments, today),
        *_of_findings(findings, today, now),
        *_of_acceptances(acceptances),
        *_of_monitors(monitors),
    ]


def _of_control(control: ItemRecord, now: datetime) -> Iterator[str]:
    for field, what in (("control_owner", "owner"), ("control_performer", "performer")):
        if stands(control) and not design_recorded(control).get(field):
            yield f"Nobody is its {what}."
    if control.state == "suspended":
        yield f"It has been suspended for {_counted((now - control.state_since).days, 'day')}: what works in its place?"


def _of_tests(control: ItemRecord, assessments: Sequence[ItemRecord], today: date) -> Iterator[str]:
    concluded = [each for each in assessments if each.state == "concluded"]
    if stands(control) and not concluded:
        yield "It was never tested."
    if concluded:
        last = max(concluded, key=lambda each: each.state_since)
        yield from _of_last(control, last, today)
    for each in assessments:
        if each.state not in ("concluded", "cancelled") and _past(each.fields.get("due_on"), today):
            yield f"{each.key} was to be concluded by {each.fields['due_on']}: why is it not?"
        if each.state == "cancelled" and each.fields.get("deviations"):
            yield f"{each.key} was cancelled with {_counted(each.fields['deviations'], 'deviation')}: why?"
        if each.fields.get("bypasses"):
            times = _counted(each.fields["bypasses"], "time")
            yield f"It was bypassed {times} in the period of {each.key}: how was that possible?"


def _of_last(control: ItemRecord, last: ItemRecord, today: date) -> Iterator[str]:
    design = design_recorded(control)
    frequency = str(design.get("test_frequency") or ("quarterly" if design.get("high_risk") else "annual"))
    end = date.fromisoformat(last.fields["period_end"])
    if stands(control) and next_end(end, frequency) < today:
        yield f"It was last tested for the time until {end}, and its tests are {frequency.replace('_', ' ')}."
    start = date.fromisoformat(last.fields["period_start"])
    if next_end(start, frequency) > end:
        yield f"{last.key} covers {start} to {end} only, and its tests are {frequency.replace('_', ' ')}: why?"
    if last.fields.get("override"):
        rule = last.fields["rule_conclusion"]
        yield f"{last.key} concludes {last.fields['override']}, and the table says {rule}: why?"


def _of_findings(findings: Sequence[ItemRecord], today: date, now: datetime) -> Iterator[str]:
    for each in findings:
        severity = each.fields.get("severity")
        if each.state in _ENDED:
            continue
        if each.state != "accepted" and _past(each.fields.get("due_date"), today):
            yield f"{each.key} ({severity}) was due on {each.fields['due_date']}: why is it open?"
        if each.fields.get("recurrence_of"):
            yield f"{each.key} recurs after {each.fields['recurrence_of']}: why did the remedy not last?"
        if each.state == "disputed" and now - each.state_since > _DISPUTED_LONG:
            yield f"{each.key} has been disputed since {each.state_since:%Y-%m-%d}: who settles it?"


def _of_acceptances(acceptances: Sequence[ItemRecord]) -> Iterator[str]:
    for each in acceptances:
        if each.state == "approved":
            renewed = each.fields.get("renewals") or 0
            again = f" (renewal {renewed})" if renewed else ""
            until = each.fields["valid_until"]
            yield f"Its risk is accepted until {until} in {each.key}{again}: what is done meanwhile?"


def _of_monitors(monitors: Sequence[ItemRecord]) -> Iterator[str]:
    for each in monitors:
        light = each.fields.get("light")
        if each.state == "running" and light in ("red", "amber"):
            yield f"{each.key} is {light}, with {each.fields.get('failure_rate')} % failures: what is done about it?"
        if each.state == "paused":
            yield f"{each.key} has been paused since {each.state_since:%Y-%m-%d}: why?"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _past(day: object, today: date) -> bool:
    return isinstance(day, str) and date.fromisoformat(day) < today
