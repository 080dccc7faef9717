"""Servers and workers of a hall full of lamps, each a process of its own, so that they can be killed.

As a program it starts a process for each line that it is given, `serve PORT` or `work`, with the settings in its
environment and in `HEARD` the file to which the plugin writes what it was told of.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import httpx
import uvicorn
from processes import environment

from placet import (
    Category,
    EffectContext,
    Fields,
    ItemType,
    Method,
    Role,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
    effect,
    elapsed,
    hookimpl,
)
from placet.api import create_app
from placet.app import build
from placet.catalog.discovery import Registry
from placet.settings import load_settings
from placet.worker.worker import Worker

_ROOT = Path(__file__).parents[2]
#: Seconds until a process has to be ready.
_PATIENCE = 60
#: Told to the plugin as by whom.
_HEARD = "HEARD"

WARDEN = Role("hall.warden", "Warden")


class LampFields(Fields):
    flickers: int = 0


@effect("hall.count")
def count(ctx: EffectContext) -> None:
    """A lamp counts how often it flickered."""
    ctx.set(flickers=ctx.item.fields.flickers + 1)


LAMP = ItemType(
    "hall.lamp",
    "Lamp",
    fields=LampFields,
    workflow=Workflow(
        "hall.lamp",
        [State("lit", "Lit", Category.ACTIVE), State("out", "Out", Category.DONE)],
        [
            Transition("flicker", "lit", "same", ["system"], effects=[count]),
            Transition("quench", "lit", "out", [WARDEN]),
        ],
    ),
    timers=[
        Timer(
            "hall.wick", "Wick", ("create",), (), elapsed(minutes=1 / 60), (Threshold(100, fires="flicker"),)
        )
    ],
)
METHOD = Method("hall", "Hall", item_types=[LAMP], roles=[WARDEN])


def _hear(event: dict[str, Any]) -> None:
    with Path(os.environ[_HEARD]).open("a") as file:
        file.write(f"{os.getpid()} {event['id']}\n")


PLUGIN = ModuleType("hall")
PLUGIN.placet_method = hookimpl(lambda: METHOD)  # type: ignore[attr-defined]  # a module made on the fly
PLUGIN.placet_event = hookimpl(lambda event: _hear(event))  # type: ignore[attr-defined]  # noqa: PLW0108  # a hook of its own


class Crew:
    """Starts processes and kills them.

    They come from one that has everything loaded, which would otherwise take longer than all that is to be tested.
    """

    def __init__(self, heard: Path, **settings: str) -> None:
        env = environment(**settings, PYTHONPATH=str(_ROOT / "tests"), **{_HEARD: str(heard)})
        command = [sys.executable, "-m", "tests.consistency.crew"]
        self._mother = subprocess.Popen(
            command, env=env, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._alive: dict[str, int] = {}
        #: Address of the server that was started last.
        self.base = ""

    def complete(self, names: Iterable[str]) -> None:
        """Start whoever is missing: `server`, and workers under any other name."""
        for name in names:
            if name not in self._alive:
                self._alive[name] = self._serve() if name == "server" else self._born("work")

    def kill(self, name: str) -> None:
        """End one of them in the middle of whatever it does."""
        pid = self._alive.pop(name)
        os.kill(pid, signal.SIGKILL)
        while _lives(pid):
            time.sleep(0.002)

    def close(self) -> None:
        """End them all."""
        for name in list(self._alive):
            self.kill(name)
        if self._mother.poll() is None:
            self._mother.communicate()

    def _born(self, wish: str) -> int:
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(f"{wish}\n")
        self._mother.stdin.flush()
        return int(self._mother.stdout.readline())

    def _serve(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        pid, deadline = self._born(f"serve {port}"), time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base}/readyz", timeout=5, trust_env=False).is_success:
                    return pid
            except httpx.TransportError:
                time.sleep(0.02)
        raise RuntimeError(f"the server at {self.base} did not get ready")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def serve(port: int) -> None:
    """Serve until killed."""
    settings = load_settings()
    house = build(settings, registry=Registry.of(PLUGIN), asynchronous=settings.sqlite_file is None)
    uvicorn.run(create_app(house), port=port, log_level="error")


def work() -> None:
    """Work until killed."""
    worker = Worker(build(load_settings(), registry=Registry.of(PLUGIN)))
    worker.start()
    Event().wait()


def main() -> None:
    """Start a process for every line, and say its number."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead go by themselves
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            wish, *arguments = line.split()
            if wish == "serve":
                serve(int(arguments[0]))
            else:
                work()
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
