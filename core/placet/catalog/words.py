"""The words by which plugins add commands to the command line, as their distributions' metadata has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from placet.catalog.distributions import summary_of
from placet.hooks import PROJECT

#: The entry-point group: each name is a word, each value the module of the plugin that it leads to.
GROUP = f"{PROJECT}.commands"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of one distribution."""

    word: str
    #: Name of the plugin that it leads to; empty where the distribution has none of that module.
    plugin: str
    distribution: str
    #: What the distribution says of itself, in one line.
    summary: str

    @property
    def is_all(self) -> bool:
        """Whether it stands for all commands of the plugin, and not for one of them."""
        return self.word == self.plugin.replace("_", "-")

    @property
    def said(self) -> str:
        """What help says of it, which loads no plugin."""
        if self.is_all or not self.plugin:
            return f"{self.summary} ({self.distribution})"
        return f"The same as placet {self.plugin.replace('_', '-')} {self.word}."

    @classmethod
    def of(cls, entry_point: EntryPoint) -> Word:
        """A word out of the metadata. Nothing is loaded."""
        distribution = entry_point.dist
        if distribution is None:
            return cls(entry_point.name, "", entry_point.module, "")
        plugins = (each for each in distribution.entry_points if each.group == PROJECT)
        plugin = next((each.name for each in plugins if each.value == entry_point.value), "")
        return cls(entry_point.name, plugin, distribution.name, summary_of(distribution))


def words() -> Mapping[str, tuple[Word, ...]]:
    """Every word in order, with those who want it: more than one is a mistake of theirs."""
    found: dict[str, tuple[Word, ...]] = {}
    for entry_point in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
        found[entry_point.name] = (*found.get(entry_point.name, ()), Word.of(entry_point))
    return found
