"""The settings of monitors, each with its default and unit."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field

from placet import Settings


class MonitorSettings(Settings):
    """Of continuous monitoring."""

    #: Time of day at which monitors are computed, in the zone of the workspace's calendar.
    monitor_at: time = time(2)
    #: Windows for which a monitor is amber in a row before that is a finding.
    amber_windows: Annotated[int, Field(ge=1, le=52)] = 3
    #: Limits of a monitor: percent of failures from which on it is amber and red at the latest, and the executions with
    #: which it says something at the latest.
    monitor_amber_most: Annotated[int, Field(ge=1, le=100)] = 10
    monitor_red_most: Annotated[int, Field(ge=1, le=100)] = 20
    monitor_population_most: Annotated[int, Field(ge=1)] = 50
    #: Days after which a paused monitor runs again.
    pause_days: Annotated[int, Field(ge=1, le=90)] = 14
