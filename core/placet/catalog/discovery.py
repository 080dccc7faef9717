"""Which plugins there are, and the catalogs that their methods make."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from importlib.metadata import entry_points
from threading import Lock
from types import MappingProxyType
from typing import Any

from placet import hooks
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.composition import compose, one_line, unusable
from placet.catalog.findings import Finding
from placet.catalog.linter import lint, refuse
from placet.catalog.loading import Loader
from placet.catalog.rule_faults import gate_mode_faults, method_faults, settings_faults
from placet.catalog.sources import Plugin, Source
from placet.definitions.method import Method
from placet.errors import DefinitionError, InvalidError, nearest

_log = logging.getLogger(__name__)

#: Method sets with different settings that are kept composed at once.
_CATALOGS_KEPT = 256


class Registry:
    """All plugins of an installation, and the catalogs composed of them. Safe to share between threads."""

    def __init__(
        self, sources: Iterable[Source], broken: Mapping[str, str], disabled: Collection[str]
    ) -> None:
        self._disabled = frozenset(disabled)
        found = list(sources)
        loader = Loader([hooks.PROJECT, *(source.distribution for source in found if source.distribution)])
        plugins = [loader.load(source) for source in found]
        self._contributions = loader.contributions
        plugins += [Plugin(name, "", "0", status="failed", error=error) for name, error in broken.items()]
        #: Sorted by name.
        self.plugins = tuple(sorted(plugins, key=lambda plugin: (plugin.name, plugin.distribution)))
        #: Every method that can be switched on, by id.
        self.methods: Mapping[str, Method] = MappingProxyType(
            {name: self._contributions[name].method for name in sorted(self._contributions)}
        )
        #: What plugins do after the commit, with the id of the method; in order of method.
        self.listeners = tuple(
            (name, react)
            for name in sorted(self._contributions)
            for react in self._contributions[name].events
        )
        #: What makes a demonstration organisation, in order of plugin.
        self.demos = tuple(
            demo for name in sorted(self._contributions) for demo in self._contributions[name].demos
        )
        #: What gives the routers of plugins' own operations, with the id of the method, or else the plugin's name.
        self.routers = tuple(sorted(loader.routers, key=lambda each: each[0]))
        #: Ways to reach people, in order of plugin.
        self.channels = tuple(loader.channels)
        #: What makes the commands of a plugin, by its name.
        self.commands: Mapping[str, Callable[[], Any]] = MappingProxyType(loader.commands)
        self._catalogs: OrderedDict[str, Catalog] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def discover(cls, disabled: Collection[str] = (), *, only: str | None = None) -> Registry:
        """Load every installed plugin but those whose names are disabled; or only one, for what it alone can do."""
        found = sorted(
            (
                Source.of_entry_point(entry_point)
                for entry_point in entry_points(group=hooks.PROJECT)
                if only in {None, entry_point.name}
            ),
            key=lambda source: (source.name, source.distribution),
        )
        if only is not None:
            return cls(found, {}, ())
        names = {source.name for source in found}
        for name in sorted(set(disabled) - names):
            _log.warning('there is no plugin "%s" to disable%s', name, nearest(name, names))
        return cls((source for source in found if source.name not in disabled), {}, disabled)

    @classmethod
    def of(cls, *plugins: object, broken: Mapping[str, str] | None = None) -> Registry:
        """A registry of modules or objects with hook implementations, without looking at what is installed.

        Args:
            plugins: what entry points would have led to.
            broken: plugins that failed to load, by name, each with its error.
        """
        sources = sorted(map(Source.of_object, plugins), key=lambda source: source.name)
        return cls(sources, broken or {}, ())

    # Catalogs

    def catalog(self, rules: Rules) -> Catalog:
        """The composed and linted rules of a workspace, shared by all that decided the same.

        Methods that are gone or failed to load are in its `missing`.

        Raises:
            DefinitionError: the methods cannot work together; lists everything that is wrong.
        """
        with self._lock:
            kept = self._catalogs.get(rules.key)
            if kept is not None:
                self._catalogs.move_to_end(rules.key)
                return kept
        # Composed outside the lock, so that nobody waits for it; of two that raced, the first is kept.
        made, findings = self.linted(rules)
        refuse(made, findings)
        with self._lock:
            kept = self._catalogs.setdefault(rules.key, made)
            while len(self._catalogs) > _CATALOGS_KEPT:
                self._catalogs.popitem(last=False)
            return kept

    def in_force(self, rules: Rules) -> Catalog:
        """The rules of a workspace that has decided so, whether or not they can work.

        Where they cannot (a plugin was upgraded, say), all its methods are in `missing` with what is wrong: its items
        can be read, its gates fail closed, and other workspaces are not concerned.
        """
        try:
            return self.catalog(rules)
        except DefinitionError as failure:
            _log.error("the methods %s cannot be used together: %s", ", ".join(rules.methods), failure)
            reason = f"it cannot be used together with the others that are switched on: {failure}"
            return unusable(rules, self._contributions, self._absent, reason)

    def compose(self, rules: Rules) -> Catalog:
        """The rules of a workspace, not linted.

        Raises:
            DefinitionError: methods wait for each other in a circle, or an extension failed.
        """
        return compose(rules, self._contributions, self._absent)

    def linted(self, rules: Rules) -> tuple[Catalog, tuple[Finding, ...]]:
        """The rules of a workspace with all that the linter says of them.

        Raises:
            DefinitionError: they cannot be composed, or hold what the linter cannot even look at.
        """
        try:
            made = self.compose(rules)
            return made, lint(made)
        except DefinitionError:
            raise
        except Exception as error:
            # Definitions are foreign values: one of another kind than it should be fails wherever it is met first.
            _log.exception("the methods %s cannot be composed", ", ".join(rules.methods))
            raise DefinitionError(
                f"the methods {', '.join(rules.methods)} cannot be composed: {one_line(error)}: one of their plugins "
                "gives something of another kind than it should, and the log has where it was met"
            ) from error

    def validate(self, rules: Rules) -> None:
        """Refuse rules that somebody asks for and that cannot be.

        Raises:
            InvalidError: unknown, failed, doubled or missing methods, settings that do not fit, gates that are not
                there, or methods that cannot work together; with a pointer for each.
        """
        names = {plugin.name for plugin in self.plugins}
        faults = [
            *method_faults(rules, self.methods, names, self._absent),
            *settings_faults(rules, self.methods),
        ]
        if faults:
            raise InvalidError(faults)
        try:
            catalog = self.catalog(rules)
        except DefinitionError as error:
            raise InvalidError.at("/methods", str(error)) from error
        faults = list(gate_mode_faults(catalog))
        if faults:
            raise InvalidError(faults)

    def _absent(self, name: str) -> str:
        """Why a method is not there."""
        failed = [plugin for plugin in self.plugins if plugin.status == "failed"]
        own = [plugin for plugin in failed if plugin.name == name]
        if own:
            return f"it failed to load: {own[0].error}"
        if name in self._disabled:
            return "it is disabled in this installation"
        # What a plugin would have brought cannot be asked of one that failed.
        others = "; ".join(f"{plugin.name}: {plugin.error}" for plugin in failed)
        return "it is not installed" + (
            f", unless by a plugin that failed to load ({others})" if others else ""
        )
