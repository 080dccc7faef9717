"""Servers and workers of a hall full of lamps, each a process of its own, so that they can be killed.

They have in `HEARD` the file to which the plugin writes what it was notified of.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from signal import SIGKILL
from threading import Event
from types import ModuleType
from typing import Any

import uvicorn
from processes import Child, mother, wait_until_ready

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
from placet.testing.ports import free_port
from placet.worker.worker import Worker

#: The actor of the plugin's events.
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
    """Starts processes and kills them."""

    def __init__(self, folder: Path, heard: Path, **settings: str) -> None:
        self._folder = folder
        self._env = settings | {_HEARD: str(heard)}
        self._alive: dict[str, Child] = {}
        #: Address of the server that was started last.
        self.base = ""

    def complete(self, names: Iterable[str]) -> None:
        """Start who is missing: `server`, and workers under any other name."""
        for name in names:
            if name not in self._alive:
                self._alive[name] = self._serve() if name == "server" else self._born("work")

    def kill(self, name: str) -> None:
        """End one of them in the middle of whatever it does."""
        self._alive.pop(name).end(SIGKILL)

    def close(self) -> None:
        """End them all."""
        for name in list(self._alive):
            self.kill(name)

    def _born(self, function: str, *arguments: str) -> Child:
        log = self._folder / "crew.log"
        return mother().bear(
            f"{__name__}:{function}", *arguments, folder=self._folder, log=log, env=self._env
        )

    def _serve(self) -> Child:
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        server = self._born("serve", str(port))
        wait_until_ready(self.base, server.alive, server.log)
        return server


def serve(port: str) -> None:
    """Serve until killed."""
    settings = load_settings()
    application = build(settings, registry=Registry.of(PLUGIN), asynchronous=settings.sqlite_file is None)
    uvicorn.run(create_app(application), port=int(port), log_level="error")


def work() -> None:
    """Work until killed."""
    worker = Worker(build(load_settings(), registry=Registry.of(PLUGIN)))
    worker.start()
    Event().wait()
