"""The settings of change enablement, each with its default, unit and source.

ITIL prescribes no figures: these defaults are what public change policies commonly use.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from placet import Settings
from placet_itil_change.changes.risk import WORST_RISK

#: Business days of the workspace's calendar.
_BusinessDays = Annotated[int, Field(ge=0, le=60)]
_Elapsed = Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=366))]


class ChangeSettings(Settings):
    """Settings of changes and their models."""

    #: Highest risk score (1-25) of the classes low, medium and high; what lies above is very high.
    risk_bands: tuple[int, int, int] = (4, 9, 16)
    #: Elapsed time for which failed and backed-out changes on the same items count towards `history`.
    history_period: _Elapsed = timedelta(days=90)

    #: Business days between authorization and planned start, by class of risk.
    lead_time_low: _BusinessDays = 1
    lead_time_medium: _BusinessDays = 3
    lead_time_high: _BusinessDays = 5
    lead_time_very_high: _BusinessDays = 10

    #: Elapsed time. An authorization lasts until the planned end, but never longer than this.
    change_approval_max: _Elapsed = timedelta(days=30)
    #: Elapsed time for which a decision of the emergency board counts.
    ecab_approval_max: _Elapsed = timedelta(hours=24)
    #: Business days after which a change authority that has not decided is asked again; after as many more, the IT
    #: director is notified.
    authorization_days: Annotated[int, Field(ge=1, le=60)] = 2
    #: Minutes after which members of the emergency board who have not voted are paged again; after as many more, the IT
    #: director is notified.
    ecab_page_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    #: Elapsed time in which a spoken authorization is confirmed by the one who gave it.
    spoken_confirmation_max: _Elapsed = timedelta(hours=4)
    #: Business days that the approvers of a change model have.
    model_approval_days: Annotated[int, Field(ge=1, le=60)] = 20

    #: Elapsed time kept free between two changes on the same or related items.
    collision_buffer: _Elapsed = timedelta(minutes=30)
    #: Steps of `itil.depends_on`, in both directions, within which changes are related.
    collision_depth: Annotated[int, Field(ge=0, le=5)] = 1
    #: Elapsed time before the planned start from which on implementation may begin.
    early_start: _Elapsed = timedelta(minutes=15)

    #: Percent of the successful changes that are reviewed, chosen by the hash of their key.
    pir_sample_percent: Annotated[int, Field(ge=0, le=100)] = 10
    #: Successful normal changes that a model needs before it is approved.
    model_min_success: Annotated[int, Field(ge=0, le=100)] = 3
    #: Days. The last of those changes is at most as old as this.
    model_evidence_days: Annotated[int, Field(ge=1, le=3650)] = 365
    #: Days for which an approved model is valid by default.
    model_validity_days: Annotated[int, Field(ge=1, le=3650)] = 365

    #: Whether a configuration item goes live and is retired by a change only.
    ci_requires_change: bool = True
    #: Whether an emergency may be implemented on a spoken authorization, with the records afterwards.
    allow_verbal_emergency: bool = True

    @model_validator(mode="after")
    def _bands_rise(self) -> ChangeSettings:
        low, medium, high = self.risk_bands
        if not 1 <= low < medium < high < WORST_RISK:
            raise ValueError(
                f"risk_bands {low}, {medium}, {high}:"
                f" write three rising scores between 1 and {WORST_RISK - 1}, such as 4, 9, 16"
            )
        return self

    def lead_time_days(self, risk_class: str) -> int:
        """Business days of lead time that a normal change of a class needs."""
        return int(getattr(self, f"lead_time_{risk_class}"))
