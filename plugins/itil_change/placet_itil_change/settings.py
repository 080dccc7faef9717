"""The settings of the method: what each of its practices lets a workspace decide."""

from __future__ import annotations

from placet_itil_change.changes.settings import ChangeSettings
from placet_itil_change.incidents.settings import IncidentSettings


class ItilSettings(ChangeSettings, IncidentSettings):
    """The settings of the method `itil`."""
