"""Examination of plugins for their authors: with the methods that they require, and with those that they extend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.catalog.distributions import silent_distribution, silent_distributions
from placet.catalog.findings import Finding, error, warning
from placet.catalog.sources import Plugin
from placet.definitions.document import method_of
from placet.definitions.method import Method
from placet.definitions.places import place_of
from placet.errors import DefinitionError, NotFoundError, nearest


def examined(registry: Registry, plugin: str | None) -> tuple[Finding, ...]:
    """Findings about a plugin, or about all installed ones, each once.

    Raises:
        DefinitionError: the plugin does not exist, although its distribution is installed.
        NotFoundError: the plugin does not exist.
    """
    chosen = [each for each in registry.plugins if plugin in {None, each.name}]
    if not chosen and plugin is not None:
        why = silent_distribution(plugin)
        if why:
            raise DefinitionError(f'there is no plugin "{plugin}", although {why}')
        known = {each.name for each in registry.plugins} | {each.method for each in registry.plugins}
        raise NotFoundError("plugin", plugin, known - {""})
    found = [*_failures(chosen), *(silent_distributions() if plugin is None else ())]
    found += (finding for each in chosen if each.method for finding in examine(registry, each.method))
    return tuple(dict.fromkeys(found))


def plugin_of(registry: Registry, name: str) -> str:
    """The name of the plugin that a person names by itself, by its method or by its distribution; else as it is."""
    for named in ("name", "method", "distribution"):
        for plugin in registry.plugins:
            if getattr(plugin, named) == name:
                return plugin.name
    return name


def _failures(plugins: Iterable[Plugin]) -> Iterator[Finding]:
    return (
        replace(error("failed-plugin", plugin.name, plugin.error, "repair the plugin"), place=plugin.place)
        for plugin in plugins
        if plugin.status == "failed"
    )


def examine(registry: Registry, method: str, together_with: Collection[str] = ()) -> tuple[Finding, ...]:
    """Findings about a method in all sets of methods that it names, each once."""
    found = list(_unknown_extended(registry, method))
    for methods in companies(registry, method, together_with):
        try:
            catalog, findings = registry.linted(Rules(methods))
        except DefinitionError as failure:
            wrong = error("composition", method, str(failure), "repair the plugin that is named")
            found.append(replace(wrong, place=failure.place))
        else:
            found += (*_missing(registry, catalog), *findings, *_untitled(catalog, method))
    return tuple(dict.fromkeys(found))


def _untitled(catalog: Catalog, method: str) -> Iterator[Finding]:
    """Checks of a method that do not say what they require, on whatever item types they are."""
    for item_type in catalog.item_types.values():
        for check in (check for gate in item_type.gates for check in gate.every_check):
            if not check.title and method_of(check.id) == method:
                found = warning(
                    "untitled-check",
                    check.id,
                    "it does not say what it requires",
                    "write the requirement as the first line of the function's docstring",
                )
                yield replace(found, place=place_of(check.test) or place_of(check))


def _unknown_extended(registry: Registry, method: str) -> Iterator[Finding]:
    """Methods that it extends and that are not installed, or are misspelt."""
    own = registry.methods[method]
    for name in own.extends:
        if name not in registry.methods:
            found = warning(
                "unknown-extended",
                method,
                f'it extends the method "{name}", which is not installed',
                "Else install its plugin, to have the two examined together",
            )
            yield _with_nearest(registry, own, name, found)


def _missing(registry: Registry, catalog: Catalog) -> Iterator[Finding]:
    """Missing methods, each with the method that requires it."""
    for own in (registry.methods[name] for name in catalog.rules.methods if name in registry.methods):
        for name in own.requires:
            if name not in registry.methods:
                found = error(
                    "missing-method",
                    own.id,
                    f'it requires the method "{name}": {catalog.missing[name]}',
                    "Else install its plugin",
                )
                yield _with_nearest(registry, own, name, found)


def _with_nearest(registry: Registry, own: Method, name: str, found: Finding) -> Finding:
    """A missing method that is named, with the nearest name, and the place where it is named."""
    hint = nearest(name, registry.methods).removeprefix("; ")
    return replace(found, remedy=f"{hint} {found.remedy}".strip(), place=place_of(own))


def companies(
    registry: Registry, method: str, together_with: Collection[str] = ()
) -> tuple[tuple[str, ...], ...]:
    """Sets of methods for a method: with those that it requires, with each that it extends, with all of these."""
    own = registry.methods[method]
    there = [name for name in own.extends if name in registry.methods]
    chosen = [(), *((name,) for name in there), tuple(there)]
    return tuple(
        dict.fromkeys(_with_required(registry, (method, *together_with, *names)) for names in chosen)
    )


def _with_required(registry: Registry, names: Iterable[str]) -> tuple[str, ...]:
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name in registry.methods:
            wanted += [each for each in registry.methods[name].requires if each not in wanted]
    return tuple(wanted)
