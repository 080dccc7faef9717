"""The settings of controls, each with its default, unit and source.

COBIT prescribes no figures: these defaults are those of common control frameworks.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from placet import Settings

_Days = Annotated[int, Field(ge=1, le=3660)]
_Percent = Annotated[Decimal, Field(ge=0, le=100)]


class ControlSettings(Settings):
    """Settings of controls and of the checks that they put on other methods."""

    #: Business days in which those who approve a control decide.
    control_approval_days: Annotated[int, Field(ge=1, le=250)] = 20
    #: Days for which a control may be suspended at most, in all of twelve months.
    longest_suspension_days: _Days = 30
    #: Pairs of roles that one person does not hold together.
    sod_role_pairs: tuple[tuple[str, str], ...] = (
        ("governance.executive", "governance.project_manager"),
        ("prince2.executive", "prince2.project_manager"),
        ("prince2.project_manager", "prince2.project_assurance"),
        ("itil.change_manager", "cobit.internal_auditor"),
        ("cobit.control_owner", "cobit.internal_auditor"),
    )

    #: Whether the votes of administrators of the installation count, who can give themselves any role.
    admin_may_approve: bool = False
    #: Business days for which a change may stay in assessment or with its authority.
    stale_decision_days: Annotated[int, Field(ge=1, le=250)] = 20
    #: Business days for which a change may stay in implementation.
    stale_implementation_days: Annotated[int, Field(ge=1, le=250)] = 2
    #: Days. A test that the users have accepted is at most as old as this.
    acceptance_test_days: _Days = 30
    #: Elapsed time. A backup of a critical item is at most as old as this.
    backup_age: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))] = timedelta(hours=24)
    #: The least criticality (1-5) of an item that is backed up before it is changed.
    backup_from_criticality: Annotated[int, Field(ge=1, le=5)] = 5
    #: Business days after the end of an emergency in which its records are complete.
    emergency_record_days: Annotated[int, Field(ge=1, le=60)] = 2
    #: Percent of those who need a training that have completed it.
    training_min: _Percent = Decimal(90)
    #: Days. A business case was reviewed no longer ago than this.
    business_case_days: _Days = 90
    #: Days ahead for which the stages of a project have people.
    resources_ahead_days: _Days = 90
    #: The score (1-25) from which on an open risk has an owner, a response and a day of review.
    high_risk_score: Annotated[int, Field(ge=1, le=25)] = 15
    #: Intervals since the last highlight report, at most.
    highlight_intervals: Annotated[int, Field(ge=1, le=20)] = 2
    #: Days since the owner of a program objective was heard, at most.
    programme_heard_days: _Days = 30
