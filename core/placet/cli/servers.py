"""The servers of uvicorn, with an announcement once one of their processes answers."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from uvicorn.supervisors import Multiprocess


class Server(uvicorn.Server):
    """A server in this process."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, and announce it; the process ends where the application does not start."""
        await super().startup(sockets)
        if self.started:
            self._announce()


class Processes(Multiprocess):
    """Several server processes on one socket."""

    def __init__(
        self, config: uvicorn.Config, listening: socket.socket, announce: Callable[[], None]
    ) -> None:
        super().__init__(config, [listening])
        self._announce, self._announced = announce, False

    def keep_subprocess_alive(self) -> None:
        """Replace processes that have died, and announce the first that has started its application."""
        super().keep_subprocess_alive()
        if not self._announced and not self.should_exit.is_set():
            self._announced = any(process.is_ready() for process in self.processes)
            if self._announced:
                self._announce()
