"""Readiness of this process, tested by a write, which a read-only database or a full disk would refuse."""

from __future__ import annotations

import logging
import time

import anyio

from placet.api import problems
from placet.api.problems import HttpError
from placet.app import Application
from placet.errors import UnavailableError
from placet.store import bridge
from placet.store.installation import try_writing

_log = logging.getLogger(__name__)

#: Seconds for which a result is valid, as anybody may ask, and must not cause a write each time.
_HOLDS = 1.0


class ReadinessTest:
    """Tests the database once a second at most, one test at a time, for any number of requests."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._asking = anyio.Lock()
        self._asked_at = -_HOLDS
        self._wrong = ""

    async def demand(self) -> None:
        """Raises `UnavailableError`, or `HttpError` for a lasting fault."""
        async with self._asking:
            if time.monotonic() - self._asked_at >= _HOLDS:
                self._wrong = await self._found()
                self._asked_at = time.monotonic()
            if self._wrong:
                raise UnavailableError(self._wrong)

    async def _found(self) -> str:
        """The fault in words; empty if the process can write."""
        store, clock = self._application.store, self._application.clock
        try:
            await bridge.run(store, lambda: try_writing(store, clock.now()))
        except UnavailableError as error:
            _log.warning("not ready: %s", error.cause)
            return error.cause
        except Exception as error:
            # A load balancer asks, and needs a 503 for any fault.
            _log.exception("not ready")
            raise HttpError(problems.UNREADY, "the server cannot write: its log says why") from error
        return ""
