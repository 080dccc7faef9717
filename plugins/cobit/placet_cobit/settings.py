"""The settings of COBIT: figures that an organisation sets for itself, by subject."""

from __future__ import annotations

from placet_cobit.controls.settings import ControlSettings


class CobitSettings(ControlSettings):
    """The settings of the method `cobit`."""
