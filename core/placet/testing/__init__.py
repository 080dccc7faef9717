"""What the author of a plugin imports in its tests. The fixture `desk` comes by itself with pytest.

Each name is looked up when it is asked for: pytest imports this package wherever Placet is installed, also for tests
that have nothing to do with it, and those must not pay for the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from placet.testing.conformance import MethodConformance
    from placet.testing.desk import Desk
    from placet.testing.opening import DeskClock

__all__ = ["Desk", "DeskClock", "MethodConformance"]

_MODULES = {"Desk": "desk", "DeskClock": "opening", "MethodConformance": "conformance"}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f'module "{__name__}" has no attribute "{name}"')
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
