"""`placet worker`: the work in the background, until it is asked to end."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from placet.app import House
from placet.cli.output import OUT
from placet.worker.worker import Worker


def work(house: House) -> None:
    """Work until interrupted or terminated. Raises `SettingsError` where another process works on the same file."""
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the signature of a handler
        over.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    worker = Worker(house)
    try:
        worker.start()
        OUT.note(f"worker {worker.id} works")
        over.wait()
    finally:
        worker.stop()
        house.close()
