"""The kinds of management products, and who decides on each.

Source: PRINCE2 7, management products.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kind of a management product."""

    PROJECT_BRIEF = "project_brief"
    BUSINESS_CASE = "business_case"
    BENEFITS_APPROACH = "benefits_approach"
    SUSTAINABILITY_APPROACH = "sustainability_approach"
    CHANGE_APPROACH = "change_approach"
    COMMUNICATION_APPROACH = "communication_approach"
    COMMERCIAL_APPROACH = "commercial_approach"
    DIGITAL_DATA_APPROACH = "digital_data_approach"
    ISSUE_APPROACH = "issue_approach"
    QUALITY_APPROACH = "quality_approach"
    RISK_APPROACH = "risk_approach"
    PID = "pid"
    PROJECT_PLAN = "project_plan"
    STAGE_PLAN = "stage_plan"
    EXCEPTION_PLAN = "exception_plan"
    TEAM_PLAN = "team_plan"

    @property
    def is_plan(self) -> bool:
        """Whether it has dates, a budget, tolerances and products."""
        return self.value.endswith("_plan")


#: The nine management approaches.
REQUIRED_APPROACHES = tuple(kind for kind in Kind if kind.value.endswith("_approach"))
#: Decided by the whole board.
BY_THE_BOARD = (
    Kind.PROJECT_BRIEF, Kind.BUSINESS_CASE, Kind.PID, Kind.PROJECT_PLAN, Kind.STAGE_PLAN, Kind.EXCEPTION_PLAN,
)  # fmt: skip
#: Baselines of the project as a whole: only the executive changes them.
OF_THE_PROJECT = (Kind.PROJECT_PLAN, Kind.BUSINESS_CASE, Kind.PID)
