"""The settings of the method, by practice."""

from __future__ import annotations

from placet_itil_change.changes.settings import ChangeSettings
from placet_itil_change.incidents.settings import IncidentSettings
from placet_itil_change.problems.settings import ProblemSettings
from placet_itil_change.requests.settings import RequestSettings


class ItilSettings(ChangeSettings, IncidentSettings, ProblemSettings, RequestSettings):
    """The settings of the method `itil`."""
