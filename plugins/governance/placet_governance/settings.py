"""The settings of the method: what each of its subjects lets a workspace decide."""

from __future__ import annotations

from placet import Settings


class GovernanceSettings(Settings):
    """The settings of the method `governance`."""
