"""The words with which plugins add commands to the command line, from the metadata of their distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from placet.catalog.distributions import summary_of
from placet.hooks import PROJECT

#: The entry-point group: each name is a word, and its value the module of a plugin.
GROUP = f"{PROJECT}.commands"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of one distribution."""

    word: str
    #: Name of its plugin; empty if the distribution has none with that module.
    plugin: str
    distribution: str
    #: The summary of the distribution, in one line.
    summary: str

    @property
    def is_all(self) -> bool:
        """Whether it stands for all commands of the plugin, rather than for one of them."""
        return self.word == self.plugin.replace("_", "-")

    @property
    def said(self) -> str:
        """Its line in the help, which loads no plugin."""
        if self.is_all or not self.plugin:
            return f"{self.summary} ({self.distribution})"
        return f"The same as placet {self.plugin.replace('_', '-')} {self.word}."

    @classmethod
    def of(cls, entry_point: EntryPoint) -> Word:
        """A word from the metadata, without loading anything."""
        distribution = entry_point.dist
        if distribution is None:
            return cls(entry_point.name, "", entry_point.module, "")
        plugins = (each for each in distribution.entry_points if each.group == PROJECT)
        plugin = next((each.name for each in plugins if each.value == entry_point.value), "")
        return cls(entry_point.name, plugin, distribution.name, summary_of(distribution.metadata))


def plugin_named(word: str) -> str:
    """The name of the installed plugin that a word of the command line would stand for; empty if there is none."""
    names = {each.name.replace("_", "-"): each.name for each in entry_points(group=PROJECT)}
    return names.get(word, "")


def words() -> Mapping[str, tuple[Word, ...]]:
    """All words in order, each with its claims; more than one claim is a mistake."""
    found: dict[str, tuple[Word, ...]] = {}
    for entry_point in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
        found[entry_point.name] = (*found.get(entry_point.name, ()), Word.of(entry_point))
    return found
