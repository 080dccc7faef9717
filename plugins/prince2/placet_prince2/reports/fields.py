"""The fields of a report.

Source: PRINCE2 7, practice Progress: reports are dated records, and their figures are computed.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import ItemKey, Moment, Ref, Text
from placet_prince2.control.fields import Statuses
from placet_prince2.ids import PRODUCT
from placet_prince2.place import PlacedFields


class ReportKind(StrEnum):
    """The kind of a report."""

    CHECKPOINT = "checkpoint"
    HIGHLIGHT = "highlight"
    END_STAGE = "end_stage"
    END_PROJECT = "end_project"
    LESSONS = "lessons"


class ReportFields(PlacedFields):
    """A dated record of where work stands."""

    kind: ReportKind
    period_start: date | None = None
    period_end: date | None = None
    #: The end of the interval that it was first due for; set by timers, and moved by nobody.
    due_at: Moment | None = None
    #: The intervals that it covers: more than one where it was still missing when they were over.
    intervals: Annotated[int, Field(ge=1)] = 1
    #: Set when it is issued: how fresh the forecasts are, and every tolerance of its subject.
    as_of: Moment | None = None
    status_snapshot: Statuses = ()
    products_done: Annotated[tuple[Annotated[ItemKey, Ref(PRODUCT)], ...], Field(max_length=1000)] = ()
    products_next: Annotated[tuple[Annotated[ItemKey, Ref(PRODUCT)], ...], Field(max_length=1000)] = ()
    issues_risks_summary: Text | None = None
    lessons_summary: Text | None = None
    outlook: Text | None = None
    #: Earlier lessons that were looked at; of a lessons report.
    lessons_reviewed: Annotated[int, Field(ge=0)] | None = None
    issued_at: Moment | None = None


SNAPSHOT = ("as_of", "status_snapshot", "products_done", "products_next", "issued_at")
TEXTS = ("issues_risks_summary", "lessons_summary", "outlook", "lessons_reviewed")
#: Set when an interval is over, so that nobody moves the day on which a report was due.
PERIOD = ("period_start", "period_end", "due_at", "intervals")
#: States of a report that is still to be issued.
UNISSUED = ("due", "drafting")
