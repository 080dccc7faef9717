"""Servers within the process of the tests, each in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time

import uvicorn
from fastapi import FastAPI

from placet.api.connection import Connection


class Server:
    """An application behind HTTP, at a port that is free; it answers as soon as it is made."""

    def __init__(self, app: FastAPI, *, log_level: str = "warning") -> None:
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level=log_level, http=Connection))
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server ended"
            time.sleep(0.005)
        host, port = self._server.servers[0].sockets[0].getsockname()
        self.url = f"http://{host}:{port}"

    def serves(self, client: socket.socket) -> bool:
        """Whether it has a connection with a client: one that it has cut off may not know it yet."""
        own = client.getsockname()
        return own in [
            each.transport.get_extra_info("peername") for each in list(self._server.server_state.connections)
        ]

    def end(self, *, at_once: bool = False) -> None:
        """Let it end: `at_once` without what it is doing."""
        self._server.should_exit, self._server.force_exit = True, at_once

    def join(self) -> None:
        """Wait until it has ended."""
        self._thread.join()
