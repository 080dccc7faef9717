"""The state of every control: what is due, what failed, what ends, and what an auditor will ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from placet.api import ItemRecord
from placet_cobit.assessments.fields import AssessmentFields
from placet_cobit.ids import ACCEPTANCE, ASSESSMENT, CONTROL, FINDING, MONITOR, TEST
from placet_cobit.scorecard.card import Asked
from placet_cobit.scorecard.designs import design_recorded
from placet_cobit.scorecard.models import (
    ControlAnswer,
    Controls,
    Due,
    Expires,
    Failed,
    LastTest,
    WatchedBy,
)
from placet_cobit.scorecard.questions import questions

_ENDED = ("closed", "invalid")
_WORKS = ("effective", "not_tested")
#: By state of an assessment: what is to be done next.
_NEXT = {
    "planned": "request_evidence", "evidence_requested": "provide_evidence", "testing": "test",
    "under_review": "conclude",
}  # fmt: skip
#: By state of a finding: likewise.
_FINDING_NEXT = {
    "open": "agree", "disputed": "agree", "agreed": "remedy", "remediating": "remedy", "ready_for_retest": "retest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Around:
    """A control with what belongs to it, as far as the reader may see it."""

    control: ItemRecord
    assessments: Sequence[ItemRecord]
    findings: Sequence[ItemRecord]
    acceptances: Sequence[ItemRecord]
    monitors: Sequence[ItemRecord]
    #: Passes of its monitors that wait for a person.
    passes: Sequence[ItemRecord]

    def value(self, field: str) -> Any:
        """A field of the control's design, as it is in force."""
        return design_recorded(self.control).get(field)

    def last(self) -> ItemRecord | None:
        """The assessment that was concluded last."""
        found = [each for each in self.assessments if each.state == "concluded"]
        return max(found, key=lambda each: each.state_since, default=None)


def controls(asked: Asked, due_before: date | None) -> Controls:
    """All controls that are not retired."""
    today = asked.engine.workspaces.calendar(asked.workspace).day_of(asked.now)
    found = [_answer(each, today, due_before, asked.now) for each in _around(asked)]
    due = [one for each in found for one in each.due]
    return Controls(
        workspace=asked.workspace,
        as_of=asked.now,
        due_before=due_before,
        due=len(due),
        overdue=sum(each.overdue for each in due),
        failed=sum(len(each.failed) for each in found),
        expires=sum(len(each.expires) for each in found),
        controls=found,
    )


def _around(asked: Asked) -> Iterator[Around]:
    by_type: Mapping[str, Mapping[str, list[ItemRecord]]] = {
        type: _by_control(asked.records(type)) for type in (ASSESSMENT, FINDING, ACCEPTANCE, MONITOR)
    }
    watching = {each.key for found in by_type[MONITOR].values() for each in found}
    passes = _by_control(
        each for each in asked.records(TEST) if each.parent in watching and each.state == "pending"
    )
    for control in asked.records(CONTROL):
        if control.state != "retired":
            key = control.key
            yield Around(
                control,
                by_type[ASSESSMENT].get(key, ()),
                by_type[FINDING].get(key, ()),
                by_type[ACCEPTANCE].get(key, ()),
                by_type[MONITOR].get(key, ()),
                passes.get(key, ()),
            )


def _by_control(found: Iterable[ItemRecord]) -> Mapping[str, list[ItemRecord]]:
    by_control: defaultdict[str, list[ItemRecord]] = defaultdict(list)
    for each in found:
        by_control[str(each.fields.get("control"))].append(each)
    return by_control


def _answer(around: Around, today: date, due_before: date | None, now: datetime) -> ControlAnswer:
    control = around.control
    last = around.last()
    return ControlAnswer(
        key=control.key,
        title=control.title,
        practice=str(around.value("practice_id")),
        state=control.state,
        mode=_mode(around),
        key_control=bool(around.value("key_control")),
        high_risk=bool(around.value("high_risk")),
        owner=around.value("control_owner"),
        performer=around.value("control_performer"),
        last_test=None if last is None else _last_test(last),
        monitors=[_watched(each) for each in around.monitors if each.state != "retired"],
        due=[each for each in _due(around, today) if _until(each.on, due_before)],
        failed=list(_failed(around)),
        expires=[each for each in _expires(around) if _until(each.on, due_before)],
        questions=questions(around.control, around.assessments, around.findings, around.acceptances,
                            around.monitors, today=today, now=now),
    )  # fmt: skip


def _mode(around: Around) -> str | None:
    """Whether it stops what does not meet it; `None` for one that gates nothing."""
    if not around.value("bindings"):
        return None
    given = around.value("mode")
    return str(given) if given else ("block" if around.value("nature") == "preventive" else "record")


def _until(on: date | None, due_before: date | None) -> bool:
    return on is None or due_before is None or on < due_before


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _due(around: Around, today: date) -> Iterator[Due]:
    """Assessments, findings and passes that wait for somebody, the first due ones first."""
    found = [*_assessments_due(around, today), *_findings_due(around, today), *_passes_due(around)]
    yield from sorted(found, key=lambda each: (each.on or today, each.key))


def _assessments_due(around: Around, today: date) -> Iterator[Due]:
    performer = around.value("control_performer")
    for each in around.assessments:
        what = _NEXT.get(each.state)
        if what is not None:
            on = _day(each.fields.get("due_on"))
            who = performer if what == "provide_evidence" else each.fields.get("tester")
            yield _to_do(each, what, on, who, today)


def _findings_due(around: Around, today: date) -> Iterator[Due]:
    for each in around.findings:
        what = _FINDING_NEXT.get(each.state)
        if what is not None:
            yield _to_do(each, what, _day(each.fields.get("due_date")), each.fields.get("owner"), today)


def _passes_due(around: Around) -> Iterator[Due]:
    for each in around.passes:
        yield Due(key=each.key, title=each.title, what="validate", on=None, who=None, overdue=False)


def _to_do(record: ItemRecord, what: Any, on: date | None, who: Any, today: date) -> Due:
    overdue = on is not None and on < today
    return Due(key=record.key, title=record.title, what=what, on=on, who=who, overdue=overdue)


def _failed(around: Around) -> Iterator[Failed]:
    """A last conclusion that is not effective, open findings, and monitors that are red."""
    last = around.last()
    if last is not None and last.fields.get("conclusion") not in _WORKS:
        yield _failure(last, "assessment", str(last.fields.get("conclusion")))
    for each in around.findings:
        if each.state not in _ENDED:
            yield _failure(each, "finding", each.state)
    for each in around.monitors:
        if each.state == "running" and each.fields.get("light") == "red":
            yield _failure(each, "monitor", "red")


def _failure(record: ItemRecord, what: Any, state: str) -> Failed:
    severity = record.fields.get("severity")
    since = record.created_at if what == "finding" else record.state_since
    return Failed(key=record.key, title=record.title, what=what, severity=severity, state=state, since=since)


def _expires(around: Around) -> Iterator[Expires]:
    for each in around.acceptances:
        on = _day(each.fields.get("valid_until"))
        if each.state == "approved" and on is not None:
            yield Expires(key=each.key, title=each.title, what="acceptance", on=on)
    on = _day(around.control.fields.get("suspended_until"))
    if around.control.state == "suspended" and on is not None:
        yield Expires(key=around.control.key, title=around.control.title, what="suspension", on=on)


def _last_test(record: ItemRecord) -> LastTest:
    fields = AssessmentFields.model_validate(
        {name: record.fields[name] for name in AssessmentFields.model_fields if name in record.fields}
    )
    return LastTest(
        key=record.key,
        period_start=fields.period_start,
        period_end=fields.period_end,
        conclusion=str(fields.conclusion),
        deviations=fields.deviations,
        sample_size=fields.sample_size,
        upper_limit=None if fields.upper_limit is None else float(fields.upper_limit),
        concluded_at=record.state_since,
    )


def _watched(record: ItemRecord) -> WatchedBy:
    rate, at = record.fields.get("failure_rate"), record.fields.get("computed_at")
    return WatchedBy(
        key=record.key,
        state=record.state,
        light=record.fields.get("light"),
        failure_rate=None if rate is None else float(rate),
        population=record.fields.get("population"),
        computed_at=None if at is None else datetime.fromisoformat(at),
    )
