"""Where plugins come from, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint

from placet.catalog.distributions import summary_of
from placet.definitions.channels import MessageChannel


@dataclass(frozen=True, slots=True)
class Plugin:
    """One installed plugin, and whether it runs."""

    #: Name of the entry point.
    name: str
    distribution: str
    version: str
    #: Its method's; of one without a method, what its distribution says of itself.
    title: str = ""
    #: Id of its method; empty where it has none, or did not load.
    method: str = ""
    #: Ids of the item types that its method defines.
    item_types: tuple[str, ...] = ()
    #: `active` or `failed`.
    status: str = "active"
    #: Why it failed, in one line; empty where it runs.
    error: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people, and whose it is."""

    plugin: str
    channel: MessageChannel


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plugin comes from."""

    name: str
    load: Callable[[], object]
    distribution: str = ""
    version: str = "0"
    #: What its distribution says of itself, in one line, and asks for, as its metadata has them.
    summary: str = ""
    requirements: tuple[str, ...] = ()

    @classmethod
    def of_entry_point(cls, entry_point: EntryPoint) -> Source:
        distribution = entry_point.dist
        if distribution is None:
            return cls(entry_point.name, entry_point.load)
        return cls(
            entry_point.name,
            entry_point.load,
            distribution.name,
            distribution.version,
            summary_of(distribution),
            tuple(distribution.requires or ()),
        )

    @classmethod
    def of_object(cls, plugin: object) -> Source:
        return cls(str(getattr(plugin, "__name__", type(plugin).__name__)), lambda: plugin)
