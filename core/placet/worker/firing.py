"""Firing: timers, expiries and periodic jobs happen when they are due, in a lane for each method.

Each is one act of the engine, which moves in its own transaction the moment at which it is due: done once, even where
two look for it at the same time. A method that fails or never ends keeps its own lane and no other.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from placet.engine.engine import Engine
from placet.engine.timers.due import Due
from placet.worker.bounded import CrowdedError, OverdueError
from placet.worker.lanes import Lanes
from placet.worker.plugins import Plugins

_log = logging.getLogger(__name__)

#: What is taken at a time.
_BATCH = 200


class Firing:
    """Everything about what happens without a person."""

    def __init__(self, engine: Engine, plugins: Plugins, over: Callable[[], None]) -> None:
        """`over` is called whenever a method has done what it had to."""
        self._engine = engine
        self._plugins = plugins
        self._lanes = Lanes(over)

    def look(self) -> bool:
        """Have done what is due, of every method that is not at it already; answers whether there may be more."""
        found = self._engine.timers.due(self._engine.clock.now(), _BATCH, but=self._lanes.busy())
        lanes: dict[str, list[Due]] = defaultdict(list)
        for due in found:
            lanes[due.method].append(due)
        for method, dues in lanes.items():
            self._lanes.give(method, [partial(self._fire, due) for due in dues])
        return len(found) == _BATCH

    def _fire(self, due: Due) -> None:
        try:
            self._plugins.calls(due.method).call(lambda: self._engine.timers.fire(due))
        except (CrowdedError, OverdueError) as error:
            _log.error("%s of the method %s: %s", due.id, due.method, error)
            self._engine.timers.put_off(due, str(error))

    def stop(self) -> None:
        """Begin nothing more."""
        self._lanes.stop()
