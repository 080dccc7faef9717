"""What the author of a plugin imports in its tests. The fixture `desk` comes by itself with pytest."""

from placet.testing.conformance import MethodConformance
from placet.testing.desk import Desk, DeskClock

__all__ = ["Desk", "DeskClock", "MethodConformance"]
