"""The settings of the method: what each of its practices lets a workspace decide."""

from __future__ import annotations

from placet_itil_change.changes.settings import ChangeSettings


class ItilSettings(ChangeSettings):
    """The settings of the method `itil`."""
