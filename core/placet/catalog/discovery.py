"""The installed plugins, and the catalogs of their methods."""

from __future__ import annotations

import logging
import sys
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import entry_points, version
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from placet import hooks
from placet.catalog.added_gates import added_gate_findings, with_added_gates
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.composition import compose, one_line, unusable
from placet.catalog.findings import Finding
from placet.catalog.linter import lint_composition, lint_modes, refuse
from placet.catalog.loading import Loader
from placet.catalog.rule_faults import gate_mode_faults, method_faults, settings_faults
from placet.catalog.sources import Plugin, Source
from placet.definitions.method import Method
from placet.errors import DefinitionError, InvalidError, nearest

_log = logging.getLogger(__name__)

T = TypeVar("T")

#: Composed catalogs in the cache, one for each method set with its settings and the modes of its gates.
_CATALOGS_KEPT = 256
#: Of those with added gates, one for each set of gates; each has the documents of the types that are gated.
_GATED_KEPT = 32


class Registry:
    """All plugins of an installation, and their composed catalogs. Safe to share between threads."""

    def __init__(
        self, sources: Iterable[Source], broken: Mapping[str, str], disabled: Collection[str]
    ) -> None:
        self._disabled = frozenset(disabled)
        found = list(sources)
        versions = {source.distribution: source.version for source in found if source.distribution}
        loader = Loader({hooks.PROJECT: version(hooks.PROJECT), **versions})
        plugins = [loader.load(source) for source in found]
        self._contributions = loader.contributions
        plugins += [Plugin(name, "", "0", status="failed", error=error) for name, error in broken.items()]
        #: Sorted by name.
        self.plugins = tuple(sorted(plugins, key=lambda plugin: (plugin.name, plugin.distribution)))
        #: Every method that can be switched on, by id.
        self.methods: Mapping[str, Method] = MappingProxyType(
            {name: self._contributions[name].method for name in sorted(self._contributions)}
        )
        #: Hooks that run after the commit, with the id of the method; in order of method.
        self.listeners = tuple(
            (name, react)
            for name in sorted(self._contributions)
            for react in self._contributions[name].events
        )
        #: Hooks that make a demonstration organization: first those of methods that extend the most others.
        self.demos = tuple(
            demo
            for name in sorted(self._contributions, key=lambda name: (-len(self.methods[name].extends), name))
            for demo in self._contributions[name].demos
        )
        #: Hooks that give routers for plugins' own operations, with the id of the method, or else the plugin's name.
        self.routers = tuple(sorted(loader.routers, key=lambda each: each[0]))
        #: Channels, in order of plugin.
        self.channels = tuple(loader.channels)
        #: Hooks that give the commands of a plugin, by its name.
        self.commands: Mapping[str, Callable[[], Any]] = MappingProxyType(loader.commands)
        self._catalogs: OrderedDict[str, Catalog] = OrderedDict()
        self._gated: OrderedDict[str, Catalog] = OrderedDict()
        #: By `Rules.base`: composing and linting takes longer than most acts, and an administrator who changes a gate's
        #: mode, or somebody who adds one, changes nothing of it.
        self._composed: OrderedDict[str, Catalog] = OrderedDict()
        self._findings: OrderedDict[str, list[Finding]] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def discover(
        cls, disabled: Collection[str] = (), *, only: str | None = None, besides: Sequence[object] = ()
    ) -> Registry:
        """Load every installed plugin except the disabled ones; or only one, where no other is needed.

        `besides` are plugins that are not installed, in place of installed ones of the same name.
        """
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
        more = [Source.of_object(plugin) for plugin in besides]
        replaced = {source.name for source in more}
        for name in sorted(set(disabled) - names):
            _log.warning('there is no plugin "%s" to disable%s', name, nearest(name, names))
        left = (source for source in found if source.name not in {*disabled, *replaced})
        return cls([*left, *more], {}, disabled)

    @classmethod
    def of(cls, *plugins: object, broken: Mapping[str, str] | None = None) -> Registry:
        """A registry of modules or objects with hook implementations, without the installed plugins.

        Args:
            plugins: modules or objects, as entry points would lead to.
            broken: plugins that failed to load, by name, each with its error.
        """
        sources = sorted(map(Source.of_object, plugins), key=lambda source: source.name)
        return cls(sources, broken or {}, ())

    # Catalogs

    def catalog(self, rules: Rules) -> Catalog:
        """The composed and linted rules of a workspace, shared by all with the same choice.

        Methods that are not installed or failed to load are in its `missing`.

        Raises:
            DefinitionError: the methods cannot work together; lists all faults.
        """

        def accepted() -> Catalog:
            made, findings = self.linted(rules)
            refuse(made, findings)
            return made

        def gated() -> Catalog:
            # Each added gate is proven by itself, and all else is proven without them.
            return with_added_gates(self.catalog(replace(rules, gates=())), rules)

        if rules.gates:
            return self._kept(self._gated, rules.key, gated, most=_GATED_KEPT)
        return self._kept(self._catalogs, rules.key, accepted)

    def _kept(
        self, kept: OrderedDict[str, T], key: str, make: Callable[[], T], *, most: int = _CATALOGS_KEPT
    ) -> T:
        """A value of a cache, made now where it is missing; of all values, those asked for last are kept."""
        with self._lock:
            found = kept.get(key)
            if found is not None:
                kept.move_to_end(key)
                return found
        # Made outside the lock, so that nobody waits for it; the first of two concurrent results is kept.
        made = make()
        with self._lock:
            first = kept.setdefault(key, made)
            while len(kept) > most:
                kept.popitem(last=False)
            return first

    def in_force(self, rules: Rules) -> Catalog:
        """The rules of a workspace with this choice, whether or not they can work.

        Where they cannot (for example after an upgrade of a plugin), all its methods are in `missing` with the reason:
        its items can be read, its gates fail closed, and other workspaces are not affected.
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
            DefinitionError: methods require each other in a circle, or an extension failed.
        """
        base = self._composition(rules.base).under(replace(rules, gates=()))
        return with_added_gates(base, rules) if rules.gates else base

    def _composition(self, base: Rules) -> Catalog:
        return self._kept(self._composed, base.key, lambda: compose(base, self._contributions, self._absent))

    def linted(self, rules: Rules) -> tuple[Catalog, tuple[Finding, ...]]:
        """The rules of a workspace with all findings of the linter.

        Raises:
            DefinitionError: they cannot be composed, or contain values that the linter cannot read.
        """
        try:
            composed = self._composition(rules.base)
            findings = self._kept(self._findings, rules.base.key, lambda: lint_composition(composed))
            made = self.compose(rules)
            return made, (*lint_modes(made, findings), *added_gate_findings(made))
        except DefinitionError:
            raise
        except Exception as error:
            # Definitions are foreign values: one of the wrong kind fails at its first use, which may be anywhere.
            _log.exception("the methods %s cannot be composed", ", ".join(rules.methods))
            raise DefinitionError(
                f"the methods {', '.join(rules.methods)} cannot be composed: {one_line(error)}: one of their plugins "
                "gives a value of the wrong kind, and the log has the place where it failed"
            ) from error

    def validate(self, rules: Rules) -> None:
        """Refuse impossible rules.

        Raises:
            InvalidError: unknown, failed, repeated or missing methods, settings that do not fit, unknown gates, or
                methods that cannot work together; with a pointer for each.
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
        """Why a method cannot be used."""
        failed = [plugin for plugin in self.plugins if plugin.status == "failed"]
        own = [plugin for plugin in failed if plugin.name == name]
        if own:
            return f"it failed to load: {own[0].error}"
        if name in self._disabled:
            return "it is disabled in this installation"
        # The method of a plugin that failed to load is unknown.
        others = "; ".join(f"{plugin.name}: {plugin.error}" for plugin in failed)
        return "it is not installed" + (
            f", unless by a plugin that failed to load ({others})" if others else ""
        )


def installed(disabled: frozenset[str] = frozenset()) -> Registry:
    """The installed plugins but for the disabled ones, loaded once in a process, with all rules composed from them.

    A process imports a plugin once, whatever is installed later. A server looks at its plugins twice: to report on the
    rules of its workspaces, which takes longer than the rest of its start, and to apply them.
    """
    return _loaded(disabled, tuple(sys.path))


@lru_cache(maxsize=2)  # a process has one, unless a test puts plugins on its path
def _loaded(disabled: frozenset[str], path: tuple[str, ...]) -> Registry:  # noqa: ARG001  # it decides what is found
    return Registry.discover(disabled)
