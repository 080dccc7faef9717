"""Ports for the servers that tests start."""

from __future__ import annotations

import atexit
import socket
from contextlib import ExitStack
from random import SystemRandom

#: Below what Linux (from 32768), macOS and Windows (from 49152) give to connections that name no port: a client could
#: be given such a one between the choice and the start of the server that it was chosen for.
_PORTS = range(15_000, 32_768)
_TRIES = 1_000
#: Held until this process ends: who looks for a port in another process of the tests meets it, and a server does not.
_taken = ExitStack()
atexit.register(_taken.close)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, and that no other test is given.

    Raises `RuntimeError` if a thousand ports in a row were in use.
    """
    for port in SystemRandom().sample(_PORTS, _TRIES):
        mark = socket.socket(type=socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:  # in use; the next one may be free
            mark.close()
        else:
            _taken.enter_context(mark)
            return port
    raise RuntimeError(
        f"{_TRIES:,} ports between {_PORTS.start} and {_PORTS.stop - 1} are in use: end other servers"
    )
