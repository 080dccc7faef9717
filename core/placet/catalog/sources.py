"""The origin of plugins, and the facts about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
    #: The title of its method; without a method, the summary of its distribution.
    title: str = ""
    #: Id of its method; empty if it has none, or did not load.
    method: str = ""
    #: Ids of the item types that its method defines.
    item_types: tuple[str, ...] = ()
    #: `active` or `failed`.
    status: str = "active"
    #: Why it failed, in one line; empty if it runs.
    error: str = ""
    #: The module that its entry point names.
    module: str = field(default="", compare=False)
    #: `file:line` at which it failed; empty where it is unknown.
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, and its plugin."""

    plugin: str
    channel: MessageChannel


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of a plugin."""

    name: str
    load: Callable[[], object]
    distribution: str = ""
    version: str = "0"
    #: The summary of its distribution, in one line, and its requirements, from the metadata.
    summary: str = ""
    requirements: tuple[str, ...] = ()
    #: The module of the entry point.
    module: str = ""

    @classmethod
    def of_entry_point(cls, entry_point: EntryPoint) -> Source:
        distribution = entry_point.dist
        if distribution is None:
            return cls(entry_point.name, entry_point.load, module=entry_point.module)
        # Each of its properties reads the metadata again.
        metadata = distribution.metadata
        return cls(
            entry_point.name,
            entry_point.load,
            metadata["Name"],
            metadata["Version"],
            summary_of(metadata),
            tuple(distribution.requires or ()),
            entry_point.module,
        )

    @classmethod
    def of_object(cls, plugin: object) -> Source:
        return cls(str(getattr(plugin, "__name__", type(plugin).__name__)), lambda: plugin)
