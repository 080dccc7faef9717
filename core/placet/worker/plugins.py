"""Plugins as subscribers: their `placet_event`, called with a time limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from placet.app import Application
from placet.catalog.composition import one_line
from placet.definitions.method import Settings
from placet.engine.act.event_document import event_document
from placet.engine.act.people import INSTALLATION
from placet.engine.act.records import SealedEvent
from placet.worker.bounded import BoundedCalls, CrowdedError, OverdueError
from placet.worker.subscribers import AwayError, FinalError, UndeliveredError

#: Seconds for which a workspace's settings of a method are cached.
_MEMORY = 1.0

React = Callable[[dict[str, Any], Settings], None]


class Plugins:
    """Calls plugins in the background, for as long as a worker runs."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._calls: dict[str, BoundedCalls] = {}
        #: Every method with a `placet_event`.
        self.subscribers = tuple(
            PluginSubscriber(method, react, application, self.calls(method))
            for method, react in application.registry.listeners
        )

    def calls(self, method: str) -> BoundedCalls:
        """The bounded calls of a method."""
        if method not in self._calls:
            self._calls[method] = BoundedCalls(method, self._application.settings.plugin_timeout)
        return self._calls[method]

    def close(self) -> None:
        """Let the threads end."""
        for calls in self._calls.values():
            calls.close()


class PluginSubscriber:
    """The subscriber of a plugin's `placet_event`, for workspaces where its method is switched on."""

    def __init__(self, method: str, react: React, application: Application, calls: BoundedCalls) -> None:
        self.name = f"plugin:{method}"
        self._method = method
        self._react = react
        self._application = application
        self._calls = calls
        #: By workspace: until when an entry is valid, and the settings of the method, `None` where it is switched off.
        self._settings: dict[str, tuple[float, Settings | None]] = {}

    def wants(self, event: SealedEvent) -> bool:
        # No method is switched on in the installation's own history.
        workspace = event.event.workspace
        return workspace != INSTALLATION and self._settings_in(workspace) is not None

    @contextmanager
    def open(self) -> Iterator[PluginSubscriber]:
        yield self

    def deliver(self, event: SealedEvent) -> int | None:
        try:
            self._calls.call(lambda: self.react(event))
        except OverdueError as error:
            # Every automatic repetition would keep another thread.
            raise FinalError(str(error)) from error
        except CrowdedError as error:
            raise AwayError(str(error)) from error
        except Exception:
            raise
        except BaseException as error:
            # Of the plugin's own making, as nothing else ends the thread of a call: it must not end that of the worker.
            raise UndeliveredError(one_line(error)) from error
        return None

    def react(self, event: SealedEvent) -> None:
        """Call the hook directly, with the settings of the event's workspace."""
        settings = self._settings_in(event.event.workspace)
        if settings is not None:
            self._react(event_document(event.event), settings)

    def _settings_in(self, workspace: str) -> Settings | None:
        until, settings = self._settings.get(workspace, (0.0, None))
        now = time.monotonic()
        if now >= until:
            settings = self._application.engine.workspaces.settings(workspace, self._method)
            self._settings[workspace] = (now + _MEMORY, settings)
        return settings
