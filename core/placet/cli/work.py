"""`placet worker`: runs the background jobs until it is stopped; also the worker beside `placet serve`."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from placet.app import Application, build
from placet.cli.collecting import collect_less, loading
from placet.cli.logs import in_full, said_already
from placet.cli.output import OUT
from placet.settings import load_settings
from placet.worker.worker import Worker

_log = logging.getLogger(__name__)

#: Seconds between two attempts to become the worker, and until a worker that ended is restarted.
_STAND_BY, _AGAIN = 2.0, 2.0
#: The niceness of the worker: servers on the same machine get more of a busy processor.
_NICE = 5
#: The worker beside a server, as a program.
_PROGRAM = """
from placet.cli.collecting import loading
with loading():
    from placet.cli.work import work_beside
work_beside()
"""
#: Seconds until a worker that was asked to stop is killed.
_PATIENCE = 20.0


def work(application: Application) -> NoReturn:
    """Work until interrupted or terminated. Raises `SettingsError` if another process works on the same file."""
    with _ended_by(signal.SIGINT, signal.SIGTERM) as end:
        application.engine.installation.note_plugins()
        worker = Worker(application)
        try:
            worker.start(_let_requests_go_first)
            collect_less()
            in_full()
            OUT.note(f"worker {worker.id} works")
            end.comes()
        finally:
            worker.stop()
            application.close()
        _exit()


def work_beside() -> NoReturn:
    """Work while the parent process lives, as soon as no other process works."""
    _let_requests_go_first()
    # Ctrl-C reaches all processes of a terminal, but the server stops this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _ended_by(signal.SIGTERM) as end:
        threading.Thread(target=_wait_for_end_of_input, args=(end,), daemon=True).start()
        with said_already(), loading():
            application = build(load_settings())
        collect_less()
        worker = Worker(application)
        try:
            ended = False
            while not (ended or worker.try_to_start()):
                ended = end.comes(within=_STAND_BY)
            if not ended:
                OUT.note(f"worker {worker.id} works")
                end.comes()
        finally:
            worker.stop()
            application.close()
        _exit()


def _let_requests_go_first() -> None:
    """Let the worker wait on a busy processor: background jobs take seconds anyway.

    A thread takes it over from the one that starts it. Nobody can take it back: that is for root alone.
    """
    os.nice(_NICE)


class _End:
    """The request that this process ends, from a signal or from a thread.

    It is a pipe that the interpreter writes to when a signal arrives. A lock or a queue can miss one: a signal that
    comes after the main thread looked for signals, and before it waits, is seen when the wait ends, which is never.
    """

    def __init__(self) -> None:
        # Both ends stay open until the process ends: a thread may ask at any time.
        self._asked, self.asks = os.pipe()
        os.set_blocking(self.asks, False)

    def ask(self) -> None:
        # The pipe is full when thousands have asked already.
        with suppress(BlockingIOError):
            os.write(self.asks, b"\0")

    def comes(self, within: float | None = None) -> bool:
        """Wait for it, at most the given seconds; returns whether it came."""
        readable, _, _ = select.select([self._asked], [], [], within)
        return bool(readable)


@contextmanager
def _ended_by(*numbers: signal.Signals) -> Iterator[_End]:
    """The end of this process, which the signals ask for while the context is open."""
    end = _End()

    def handle(number: int, frame: FrameType | None) -> None:
        """Nothing is left to do: the pipe has been written to, as it is for signals that have a handler."""

    handlers = {number: signal.signal(number, handle) for number in numbers}
    written_before = signal.set_wakeup_fd(end.asks, warn_on_full_buffer=False)
    try:
        yield end
    finally:
        signal.set_wakeup_fd(written_before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _wait_for_end_of_input(end: _End) -> None:
    # The other end of the pipe closes when its process ends, for any reason.
    sys.stdin.buffer.read()
    end.ask()


def _exit() -> NoReturn:
    # The thread of a plugin that never returns does not end, and Python would wait for it.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@contextmanager
def worker_beside() -> Iterator[None]:
    """Run a worker in a process of its own, and restart it if it ends, while the context is open.

    It has its own process because Python runs one thread at a time: inside the server it would delay requests.
    """
    # The server ends itself with the signal that stopped it, but this context has to be closed nevertheless.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    over = threading.Event()
    started = [_started()]

    def watch() -> None:
        while not over.is_set():
            code = started[-1].wait()
            if not over.wait(_AGAIN):
                _log.error("the worker beside the server ended with %d, and is restarted", code)
                started.append(_started())

    watching = threading.Thread(target=watch, name="placet-watch-worker", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        _end(started[-1])
        watching.join()


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE)  # noqa: S603  # ourselves


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
