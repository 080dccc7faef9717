"""Firing: timers, expiries and periodic jobs when they are due, in a lane for each method.

Each is one act of the engine, which also moves its due moment in the same transaction: it is done once, even where two
workers find it at the same time. A method that fails or never ends blocks its own lane and no other.
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

#: Due work that is taken at a time.
_BATCH = 200


class Firing:
    """Fires due work in the background."""

    def __init__(self, engine: Engine, plugins: Plugins, over: Callable[[], None]) -> None:
        """`over` is called whenever a method's lane has finished its work."""
        self._engine = engine
        self._plugins = plugins
        self._lanes = Lanes(over)

    def look(self) -> bool:
        """Start the due work of every method whose lane is free; returns whether there may be more."""
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
        """Start nothing more."""
        self._lanes.stop()
