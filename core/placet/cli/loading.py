"""The commands of plugins' words: loaded one by one, and examined for their authors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from placet.cli.installation import read_settings
from placet.cli.output import OUT
from placet.errors import DefinitionError, nearest

if TYPE_CHECKING:
    from placet.catalog.discovery import Registry
    from placet.catalog.findings import Finding
    from placet.catalog.words import Word


class _AstrayError(DefinitionError):
    """A word leads to no command."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}: {remedy}")
        self.what, self.remedy = what, remedy


def loaded(word: str, sources: tuple[Word, ...]) -> Any:
    """The command of a word. Only its plugin is loaded.

    Raises:
        DefinitionError: there is none; the message names the plugin or the distribution, and says what to do.
    """
    from placet.catalog.discovery import Registry
    from placet.cli.logs import said_already

    source = _only(word, sources)
    if source.plugin in read_settings().disabled_plugins:
        raise DefinitionError(
            f"the plugin {source.plugin} is disabled in this installation: take it out of disabled_plugins"
        )
    # The refusal has the words of the failure.
    with nullcontext() if OUT.debug else said_already():
        registry = Registry.discover(only=source.plugin)
    for plugin in registry.plugins:
        if plugin.status == "failed":
            raise DefinitionError(f"the plugin {plugin.name} failed to load: {plugin.error}")
    return _command(source, registry.commands)


def _only(word: str, sources: Collection[Word]) -> Word:
    if len(sources) > 1:
        named = " and ".join(source.distribution for source in sources)
        raise _AstrayError(f"placet {word} is claimed by {named}", "uninstall one of them")
    [source] = sources
    if not source.plugin:
        raise _AstrayError(f"placet {word} leads to no plugin of {source.distribution}", _remedy(source))
    return source


def _command(source: Word, commands: Mapping[str, Callable[[], Any]]) -> Any:
    import typer
    from typer.main import get_group

    from placet.catalog.composition import one_line

    name = source.plugin
    if name not in commands:
        raise _AstrayError(f"the plugin {name} does not implement placet_commands", _remedy(source))
    try:
        made = commands[name]()
    except (Exception, SystemExit) as error:
        raise _AstrayError(
            f"the commands of the plugin {name} failed to load, {one_line(error)}", "repair the plugin"
        ) from error
    if not isinstance(made, typer.Typer):
        raise _AstrayError(f"placet_commands of the plugin {name} returned {made!r}", "give a typer.Typer")
    group = get_group(made)
    if source.is_all:
        return group
    if source.word not in group.commands:
        hint = nearest(source.word, group.commands).rstrip("?")
        raise _AstrayError(f'the plugin {name} has no command "{source.word}"{hint}', _remedy(source))
    return group.commands[source.word]


def _remedy(source: Word) -> str:
    return f'correct [project.entry-points."placet.commands"] of {source.distribution}, and install it again'


def demand_reached(word: str) -> None:
    """Raises `DefinitionError` for the name of a plugin that has commands, where no word leads to them."""
    from placet.catalog.discovery import Registry
    from placet.catalog.words import plugin_named
    from placet.cli.logs import said_already

    name = plugin_named(word)
    if name and name not in read_settings().disabled_plugins:
        with said_already():
            registry = Registry.discover(only=name)
        if name in registry.commands:
            raise _unreached(name)


def _unreached(plugin: str) -> _AstrayError:
    from placet.catalog.words import GROUP

    return _AstrayError(
        f"the plugin {plugin} has commands, and no word in the entry-point group {GROUP} leads to them",
        f"write {plugin.replace('_', '-')} there, with the plugin's module, and install it again",
    )


def astray(registry: Registry, plugin: str | None, own: Collection[str]) -> Iterator[Finding]:
    """Findings about the words of a plugin, or of all plugins: they lead nowhere, or are missing.

    Args:
        registry: the installed plugins.
        plugin: one of them; all if left out.
        own: the core's commands.
    """
    from placet.catalog.findings import error
    from placet.catalog.words import words

    known = words()
    failed = {each.name for each in registry.plugins if each.status == "failed"}  # reported already
    reached = set()
    for word, sources in known.items():
        for source in sources:
            reached.add(source.plugin)
            if plugin in {None, source.plugin} and source.plugin not in failed:
                try:
                    _demand_command(registry, word, sources, source, own)
                except _AstrayError as wrong:
                    yield error("command", source.plugin or source.distribution, wrong.what, wrong.remedy)
    for name in registry.commands:
        if name not in reached and plugin in {None, name}:
            missing = _unreached(name)
            yield error("command", name, missing.what, missing.remedy)


def _demand_command(
    registry: Registry, word: str, sources: Collection[Word], source: Word, own: Collection[str]
) -> None:
    if word in own:
        raise _AstrayError(
            f"placet {word} is a command of Placet, and never leads to the plugin", _remedy(source)
        )
    _command(_only(word, sources), registry.commands)
