"""Whether this process can work: shown by writing, as a database that only reads, or a full disk, cannot."""

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

#: Seconds for which a finding holds: anybody may ask, and must not have things written as often as they like.
_HOLDS = 1.0


class Readiness:
    """Asks the database once a second at most, and one question at a time, however many want to know."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._asking = anyio.Lock()
        self._asked_at = -_HOLDS
        self._wrong = ""

    async def demand(self) -> None:
        """Raises `UnavailableError`, or `HttpError` for what will not pass by itself."""
        async with self._asking:
            if time.monotonic() - self._asked_at >= _HOLDS:
                self._wrong = await self._found()
                self._asked_at = time.monotonic()
            if self._wrong:
                raise UnavailableError(self._wrong)

    async def _found(self) -> str:
        """What is away, or nothing."""
        store, clock = self._application.store, self._application.clock
        try:
            await bridge.run(store, lambda: try_writing(store, clock.now()))
        except UnavailableError as error:
            _log.warning("not ready: %s", error.cause)
            return error.cause
        except Exception as error:
            # Who asks is a load balancer, and wants a 503 whatever it is.
            _log.exception("not ready")
            raise HttpError(problems.UNREADY, "the server cannot write: its log says why") from error
        return ""
