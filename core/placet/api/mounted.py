"""The operations that plugins add, and those that are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from placet.catalog.sources import Plugin


@dataclass(frozen=True, slots=True)
class Mounted:
    """The operations of all plugins, as far as they can be mounted."""

    routes: Sequence[BaseRoute]
    #: Why the operations of a plugin are left out, by the id of its method, or else its name.
    left_out: Mapping[str, str]

    def why_without(self, plugin: Plugin) -> str:
        """Why the operations of a plugin are left out; empty if they are there, or if it has none."""
        return self.left_out.get(plugin.method or plugin.name, "")
