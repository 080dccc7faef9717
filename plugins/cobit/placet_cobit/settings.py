"""The settings of COBIT: figures that an organisation sets for itself."""

from __future__ import annotations

from placet import Settings


class CobitSettings(Settings):
    """The settings of the method `cobit`."""
