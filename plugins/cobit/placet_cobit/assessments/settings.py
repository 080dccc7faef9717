"""The settings of control assessments, each with its default and unit.

COBIT prescribes no figures: these defaults are commonly used.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from placet import Settings

_Age = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=3660))]


class AssessmentSettings(Settings):
    """Of control assessments."""

    #: Business days that the performer of a control has to provide the evidence.
    evidence_days: Annotated[int, Field(ge=1, le=60)] = 10
    #: Days after the end of the period by which an assessment is concluded.
    assessment_days: Annotated[int, Field(ge=1, le=366)] = 45
    #: Percent of a sample that its tester may replace by further elements, one element in any case.
    replaced_most: Annotated[int, Field(ge=0, le=50)] = 10
    #: Characters of the reason for another conclusion than the table's.
    override_reason: Annotated[int, Field(ge=20, le=1000)] = 50
    #: Elapsed time that evidence may lie from the operation that it proves, by kind, where the control says none.
    test_result_age: _Age = timedelta(days=30)
    backup_log_age: _Age = timedelta(hours=24)
    access_review_age: _Age = timedelta(days=90)
    training_record_age: _Age = timedelta(days=365)
    doc_update_age: _Age = timedelta(days=10)

    def evidence_age(self, kind: str) -> timedelta | None:
        """How far evidence of a kind may lie from what it proves; `None` for no limit."""
        found = getattr(self, f"{kind}_age", None)
        return found if isinstance(found, timedelta) else None
