"""Commands of plugins: known by their words, and loaded when one is typed.

The words are metadata of the distributions (the entry-point group `placet.commands`), so that help is fast, and a
broken plugin breaks only its own commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from placet.cli.loading import demand_reached, loaded
from placet.errors import NotInstalledError, PlacetError

if TYPE_CHECKING:
    from placet.catalog.words import Word

#: Commands of our own plugins, with their distributions, which are named when they are missing.
_OURS: Mapping[str, str] = {"export": "placet-process-mining", "replay": "placet-process-mining"}
_PANEL = "Commands of plugins"


class Program(TyperGroup):
    """The commands of the core, and those of plugins."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands of the core in their order, then those of plugins by word."""
        own = super().list_commands(ctx)
        return [*own, *(word for word in _words(ctx) if word not in own)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command of the core, or a word of a plugin."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        found = _words(ctx).get(cmd_name)
        if found is not None:
            return _Unloaded(cmd_name, found)
        if cmd_name in _OURS:
            return _Absent(cmd_name, _OURS[cmd_name])
        if not ctx.resilient_parsing:  # not for a shell's request for completions
            demand_reached(cmd_name)
        return None


def _words(ctx: Any) -> Mapping[str, tuple[Word, ...]]:
    """The words of plugins, read once for each command."""
    from placet.catalog.words import GROUP, words

    if GROUP not in ctx.meta:
        ctx.meta[GROUP] = words()
    found: Mapping[str, tuple[Word, ...]] = ctx.meta[GROUP]
    return found


class _Unloaded(TyperCommand):
    """A word of a plugin, which is replaced by the plugin's command when it is typed."""

    def __init__(self, word: str, sources: tuple[Word, ...]) -> None:
        summary = "; ".join(source.said for source in sources)
        super().__init__(word, short_help=summary, rich_help_panel=_PANEL)
        self._word, self._sources = word, sources

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
        """The parser of the real command."""
        try:
            command = loaded(self._word, self._sources)
        except PlacetError:
            if extra.get("resilient_parsing"):  # a shell's request for completions: there are none
                return super().make_context(info_name, args, parent, **extra)
            raise
        return command.make_context(info_name, args, parent, **extra)


class _Absent(TyperCommand):
    """A command of one of our own distributions that is not installed."""

    def __init__(self, word: str, distribution: str) -> None:
        super().__init__(word, hidden=True)
        self._word, self._distribution = word, distribution

    def make_context(self, *_: Any, **__: Any) -> Any:
        """Raises `NotInstalledError`."""
        raise NotInstalledError(f"placet {self._word}", self._distribution)
