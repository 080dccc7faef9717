"""Checkpoint, highlight, end stage, end project and lessons reports, made from the log of a project.

A report covers the time after the one before it, of the same kind and about the same subject, until it is issued. It
says how everything was at that moment, so that it reads the same for ever. Only its summaries are typed.

Source: PRINCE2 7, practice progress, and the descriptions of the reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from placet import BusinessCalendar
from placet_governance.ids import BENEFIT, LESSON, RISK
from placet_prince2.ids import (
    EXCEPTION,
    ISSUE,
    PRODUCT,
    PROJECT,
    QUALITY_ACTIVITY,
    REPORT,
    STAGE,
    WORK_PACKAGE,
)
from placet_prince2.overview.entries import Entry, Project, within
from placet_prince2.overview.lines import (
    RUNNING,
    benefit_line,
    exception_line,
    issue_line,
    item_line,
    lesson_line,
    package_line,
    project_line,
    risk_line,
    stage_line,
)
from placet_prince2.overview.models import ItemLine, PartLine, Report
from placet_prince2.overview.past import Event, entries_at
from placet_prince2.overview.registers import (
    APPROVED,
    case,
    changes,
    exposure,
    open_threats,
    quality,
    value,
)

#: Kinds of reports to the board, which have the figures of the whole project.
_TO_THE_BOARD = frozenset({"highlight", "end_stage", "end_project"})
#: States of products that are being made.
_IN_WORK = frozenset({"in_development", "in_review"})
_DECIDED = frozenset({"implementing", "rejected", "deferred", "escalated", "closed"})


def issued_at(events: Iterable[Event], key: str) -> datetime | None:
    """When a report was last issued; `None` while it is not, or where it was returned."""
    at = None
    for event in events:
        if event.key == key and event.kind == "transition":
            state = event.data["to_state"]
            at = event.at if state == "issued" else at if state == "accepted" else None
    return at


def made(
    events: Sequence[Event],
    project: str,
    key: str,
    now: datetime,
    *,
    calendar: BusinessCalendar,
    least: Decimal,
) -> Report:
    """A report, as it was when it was issued, or as it would be now.

    Args:
        events: all events of the project's items, those of each item in order.
        project: the key of the project.
        key: the key of the report.
        now: the moment of the reading.
        calendar: of the workspace, which says what day it was.
        least: the net present value below which a business case no longer stands.
    """
    issued = issued_at(events, key)
    until = issued or now
    whole = Project.of(project, entries_at(events, until))
    return _Writer(whole, key, until, calendar.day_of(until), least).report(issued=issued is not None)


class _Writer:
    """Writes one report about a project as it was at a moment."""

    def __init__(self, project: Project, key: str, until: datetime, today: date, least: Decimal) -> None:
        self._project = project
        self._entry = project.entries[key]
        self._kind = self._entry.text("kind")
        self._subject = project.entries.get(self._entry.parent or "", project.entry)
        self._until = until
        self._today = today
        self._least = least
        self._since = self._former()

    def report(self, *, issued: bool) -> Report:
        """All of it; what a kind does not have is empty."""
        issues, risks = self._all(ISSUE), self._all(RISK)
        board = self._kind in _TO_THE_BOARD
        return Report(
            key=self._entry.key,
            kind=self._kind,
            project=item_line(self._project.entry),
            subject=item_line(self._subject),
            since=self._since,
            as_of=self._until,
            issued=issued,
            parts=self._parts(),
            exceptions=[exception_line(e) for e in self._all(EXCEPTION) if e.open or self._new(e)],
            products_done=self._done(),
            products_next=[item_line(each) for each in self._products() if each.state in _IN_WORK],
            quality=quality(self._checked()),
            issues_raised=[issue_line(each) for each in issues if self._new(each)],
            issues_decided=[issue_line(e) for e in issues if e.entered(_DECIDED, self._since, self._until)],
            issues_open=[issue_line(each) for each in issues if each.open],
            risks_new=[risk_line(each) for each in risks if self._new(each)],
            risks_open=[risk_line(each) for each in open_threats(self._project)] if board else [],
            risk=exposure(self._project),
            change_budget=changes(self._project) if board else None,
            earned_value=value(self._project, self._today) if board else None,
            business_case=case(self._project, self._least) if board else None,
            benefits=[benefit_line(each) for each in self._all(BENEFIT)] if board else [],
            lessons=[lesson_line(e) for e in self._all(LESSON) if self._kind == "lessons" or self._new(e)],
            **{
                name: self._entry.fields.get(name)
                for name in ("issues_risks_summary", "lessons_summary", "outlook")
            },
        )

    def _former(self) -> datetime | None:
        """When the report before this one was issued."""
        moments = [
            move.at
            for each in self._project.all(REPORT)
            if each.key != self._entry.key
            and each.parent == self._entry.parent
            and each.text("kind") == self._kind
            for move in each.moves
            if move.state == "issued" and move.at < self._until
        ]
        return max(moments, default=None)

    def _new(self, entry: Entry) -> bool:
        return within(entry.created_at, self._since, self._until)

    def _all(self, type: str) -> list[Entry]:
        """Items of a type: those of the package for a checkpoint, else of the project, which keeps the registers."""
        return self._project.all(type, self._subject.key if self._subject.type == WORK_PACKAGE else None)

    def _parts(self) -> list[PartLine]:
        """The subject, and where it is the project the stages that run; at its end all of them."""
        project, subject = self._project, self._subject
        if subject.type == WORK_PACKAGE:
            return [package_line(subject)]
        if subject.type == STAGE:
            return [stage_line(project, subject), *map(package_line, project.all(WORK_PACKAGE, subject.key))]
        stages = [e for e in project.stages if self._kind == "end_project" or e.state in RUNNING]
        return [project_line(project), *(stage_line(project, stage) for stage in stages)]

    def _products(self) -> list[Entry]:
        if self._subject.type == PROJECT:
            return self._project.all(PRODUCT)
        packages = [self._subject, *self._project.all(WORK_PACKAGE, self._subject.key)]
        named = {key for package in packages for key in package.members("products")}
        within = {each.key for each in self._project.all(PRODUCT, self._subject.key)}
        return [each for each in self._project.all(PRODUCT) if each.key in named | within]

    def _done(self) -> list[ItemLine]:
        """Products that were accepted in the time of the report, and still are."""
        return [
            item_line(each)
            for each in self._products()
            if each.state in APPROVED and each.entered(APPROVED, self._since, self._until)
        ]

    def _checked(self) -> list[Entry]:
        """The quality activities of the products."""
        keys = {each.key for each in self._products()}
        return [each for each in self._project.all(QUALITY_ACTIVITY) if each.parent in keys]
