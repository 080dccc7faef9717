"""Receivers: what they are, and plugins as such."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from placet.app import House
from placet.catalog.composition import one_line
from placet.engine.ports import SealedEvent
from placet.engine.telling import told

#: Seconds for which it is remembered which methods a workspace has switched on.
_MEMORY = 1.0


class UndeliveredError(Exception):
    """A receiver did not take an event."""

    def __init__(self, reason: str, *, status: int | None = None, final: bool = False) -> None:
        super().__init__(reason)
        #: What it answered, where it speaks HTTP.
        self.status = status
        #: Whether it shall not be asked again.
        self.final = final


class Receiver(Protocol):
    """Somebody who is told of events: at least once of each, in no certain order, and never in a transaction."""

    @property
    def name(self) -> str:
        """Stable: how far it was told is kept under it."""
        ...

    def wants(self, event: SealedEvent) -> bool:
        """Whether it is told of an event. Quick, and the same for the same event."""
        ...

    def receive(self, event: SealedEvent) -> int | None:
        """Take an event, or raise to be asked again later. Answers an HTTP status where there is one."""
        ...


class PluginReceiver:
    """A plugin's `placet_event`, in workspaces where its method is switched on."""

    def __init__(self, method: str, react: Callable[[dict[str, Any]], None], house: House) -> None:
        self.name = f"plugin:{method}"
        self._method = method
        self._react = react
        self._house = house
        self._methods: dict[str, tuple[float, tuple[str, ...]]] = {}

    def wants(self, event: SealedEvent) -> bool:
        return self._method in self._switched_on(event.event.workspace)

    def receive(self, event: SealedEvent) -> int | None:
        try:
            self._react(told(event.event))
        except SystemExit as error:
            raise UndeliveredError(one_line(error)) from error
        return None

    def _switched_on(self, workspace: str) -> tuple[str, ...]:
        until, methods = self._methods.get(workspace, (0.0, ()))
        now = time.monotonic()
        if now >= until:
            methods = self._house.engine.look(lambda work: work.workspace(workspace).methods)
            self._methods[workspace] = (now + _MEMORY, methods)
        return methods
