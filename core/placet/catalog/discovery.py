"""Which plugins there are, and the catalogs that their methods make.

Each plugin is loaded by itself: one that fails is kept with its error and shown, and the others run.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib.metadata import entry_points
from threading import Lock
from types import MappingProxyType
from typing import Any

import pluggy
from pydantic import ValidationError

from placet import hooks
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.composition import Contribution, compose, one_line, unusable, with_place
from placet.catalog.distributions import unmet
from placet.catalog.findings import Finding
from placet.catalog.linter import lint, refuse
from placet.catalog.sources import Channel, Plugin, Source
from placet.definitions.channels import MessageChannel
from placet.definitions.method import Method
from placet.definitions.places import place_of, place_of_field
from placet.definitions.verdicts import GateMode
from placet.errors import DefinitionError, Fault, InvalidError, nearest

_log = logging.getLogger(__name__)

#: Method sets with different settings that are kept composed at once.
_CATALOGS_KEPT = 256

_METHOD_ID = re.compile(r"[a-z][a-z0-9_]*")
_HOOKS = tuple(name for name in vars(hooks) if name.startswith("placet_"))
#: Hooks that are called where the plugin's method is switched on.
_OF_A_METHOD = ("placet_extend", "placet_check", "placet_effect", "placet_event", "placet_demo")


class Registry:
    """All plugins of an installation, and the catalogs composed of them. Safe to share between threads."""

    def __init__(
        self, sources: Iterable[Source], broken: Mapping[str, str], disabled: Collection[str]
    ) -> None:
        self._manager = pluggy.PluginManager(hooks.PROJECT)
        self._manager.add_hookspecs(hooks)
        self._contributions: dict[str, Contribution] = {}
        self._channels: list[Channel] = []
        self._routers: list[tuple[str, Callable[[], Any]]] = []
        self._commands: dict[str, Callable[[], Any]] = {}
        self._disabled = frozenset(disabled)
        found = list(sources)
        #: Distributions whose versions have to fit each other.
        self._hosts = {hooks.PROJECT, *(source.distribution for source in found if source.distribution)}
        plugins = [self._loaded(source) for source in found]
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
        self.routers = tuple(sorted(self._routers, key=lambda each: each[0]))
        #: Ways to reach people, in order of plugin.
        self.channels = tuple(self._channels)
        #: What makes the commands of a plugin, by its name.
        self.commands: Mapping[str, Callable[[], Any]] = MappingProxyType(self._commands)
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
        faults = [*self._method_faults(rules), *self._settings_faults(rules)]
        if faults:
            raise InvalidError(faults)
        try:
            catalog = self.catalog(rules)
        except DefinitionError as error:
            raise InvalidError.at("/methods", str(error)) from error
        faults = list(_gate_mode_faults(catalog))
        if faults:
            raise InvalidError(faults)

    def _method_faults(self, rules: Rules) -> Iterator[Fault]:
        for index, name in enumerate(rules.methods):
            pointer = f"/methods/{index}"
            if name in rules.methods[:index]:
                yield Fault(pointer, f'the method "{name}" is listed twice: leave one out')
            elif name not in self.methods:
                # The names of others help whoever misspelt one, not whoever has a broken plugin.
                hint = (
                    "" if any(plugin.name == name for plugin in self.plugins) else nearest(name, self.methods)
                )
                yield Fault(pointer, f'the method "{name}" cannot be switched on: {self._absent(name)}{hint}')
            else:
                for required in self.methods[name].requires:
                    if required not in rules.methods:
                        yield Fault(pointer, f'the method "{name}" requires "{required}": switch that on too')

    def _settings_faults(self, rules: Rules) -> Iterator[Fault]:
        for name, values in rules.settings.items():
            if name not in rules.methods:
                message = f'the method "{name}" is not switched on{nearest(name, rules.methods)}'
                yield Fault(_pointer("settings", name), message)
            elif name in self.methods:
                try:
                    self.methods[name].settings.model_validate(values)
                except ValidationError as error:
                    for each in error.errors(include_url=False):
                        yield _settings_fault(self.methods[name], each["loc"], each["type"], each["msg"])

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

    # Loading

    def _loaded(self, source: Source) -> Plugin:
        try:
            method = self._loaded_method(source)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # foreign code; logged, kept and shown
            _log.exception("the plugin %s failed to load and is left out", source.name)
            text = str(error) if isinstance(error, DefinitionError) else with_place(one_line(error), error)
            return Plugin(source.name, source.distribution, source.version, status="failed", error=text)
        if method is None:
            return Plugin(source.name, source.distribution, source.version, source.summary)
        types = tuple(item_type.id for item_type in method.item_types)
        return Plugin(source.name, source.distribution, source.version, method.title, method.id, types)

    def _loaded_method(self, source: Source) -> Method | None:
        """Load a plugin, and keep what it contributes; answers its method, if it has one."""
        if self._manager.has_plugin(source.name):
            raise DefinitionError(
                f'there are two plugins named "{source.name}": uninstall one of their distributions'
            )
        strange = list(unmet(source.requirements, self._hosts))
        if strange:
            raise DefinitionError(f"{'; '.join(strange)}: install versions that fit each other")
        plugin = source.load()
        for name in _HOOKS:
            self._demand_hook(plugin, name)
        self._manager.register(plugin, source.name)
        try:
            self._demand_known_hooks(plugin)
            contribution = self._contribution(source, plugin)
            channels = [
                self._channel(source.name, give()) for give in self._functions(plugin, "placet_channel")
            ]
            commands = tuple(self._functions(plugin, "placet_commands"))
            routers = tuple(self._functions(plugin, "placet_routes"))
        except BaseException:
            self._manager.unregister(plugin)
            raise
        self._channels += channels
        if commands:
            self._commands[source.name] = commands[0]
        name = source.name if contribution is None else contribution.method.id
        self._routers += [(name, give) for give in routers]
        if contribution is None:
            return None
        self._contributions[contribution.method.id] = contribution
        return contribution.method

    def _contribution(self, source: Source, plugin: object) -> Contribution | None:
        """What a plugin brings to the workspaces in which its method is switched on, if it has a method."""
        given = {name for name in _HOOKS if any(self._functions(plugin, name))}
        if given and given.isdisjoint({"placet_method", *_OF_A_METHOD}):
            return None
        return Contribution(
            plugin=source.name,
            version=source.version,
            method=self._method_of(plugin),
            extend=tuple(self._functions(plugin, "placet_extend")),
            checks=tuple(self._functions(plugin, "placet_check")),
            effects=tuple(self._functions(plugin, "placet_effect")),
            events=tuple(self._functions(plugin, "placet_event")),
            demos=tuple(self._functions(plugin, "placet_demo")),
        )

    def _channel(self, plugin: str, given: object) -> Channel:
        if not isinstance(given, MessageChannel):
            raise DefinitionError(f"it has to give a MessageChannel in placet_channel, and gave {given!r}")
        for other in self._channels:
            taken = [scheme for scheme in given.schemes if scheme in other.channel.schemes]
            if taken:
                raise DefinitionError(
                    f"the plugin {other.plugin} takes {taken[0]}:// addresses already: uninstall one of them"
                )
        return Channel(plugin, given)

    def _demand_known_hooks(self, plugin: object) -> None:
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            callers = self._manager.get_hookcallers(plugin) or []
            name = next(caller.name for caller in callers if not caller.has_spec())
            place = place_of(getattr(plugin, name))
            raise DefinitionError(
                f'there is no hook "{name}" ({place}){nearest(name, _HOOKS)}', place
            ) from error

    def _demand_hook(self, plugin: object, name: str) -> None:
        """Refuse a hook that would never be called, or with what it does not know."""
        function = getattr(plugin, name, None)
        if not inspect.isroutine(function):
            return
        place = place_of(function)
        if self._manager.parse_hookimpl_opts(plugin, name) is None:
            raise DefinitionError(f"{name} ({place}) is never called: put @hookimpl above it", place)
        given = _arguments_of(name)
        wanted = [
            name
            for name, each in inspect.signature(function).parameters.items()
            if each.default is each.empty and each.kind in {each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD}
        ]
        for argument in wanted:
            if argument not in given:
                what = nearest(argument, given) or ", it is called without any"
                raise DefinitionError(f'{name} ({place}) is given no argument "{argument}"{what}', place)

    def _method_of(self, plugin: object) -> Method:
        given = [function() for function in self._functions(plugin, "placet_method")]
        if len(given) != 1 or not isinstance(given[0], Method):
            raise DefinitionError(
                f"it has to give one Method in placet_method, and gave {', '.join(map(repr, given)) or 'none'}"
            )
        method = given[0]
        if not _METHOD_ID.fullmatch(method.id):
            raise DefinitionError(
                f'"{method.id}" is no id of a method: take small letters, digits and _, a letter first'
            )
        if method.id in self._contributions:
            other = self._contributions[method.id].plugin
            raise DefinitionError(
                f'the plugin {other} already gives the method "{method.id}": uninstall one of them'
            )
        try:
            method.settings()
        except ValidationError as error:
            lacking = ", ".join(
                f"{each['loc'][0]} ({place_of_field(method.settings, str(each['loc'][0]))})"
                for each in error.errors()
                if each["loc"]
            )
            raise DefinitionError(
                f"its settings need defaults, and {lacking or method.settings.__name__} has none that fits"
            ) from error
        return method

    def _functions(self, plugin: object, hook: str) -> Iterator[Callable[..., Any]]:
        """A plugin's implementations of a hook as plain functions that take all of the hook's arguments."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        names = _arguments_of(hook)
        for implementation in caller.get_hookimpls():
            if implementation.plugin is not plugin:
                continue
            if implementation.wrapper or implementation.hookwrapper:
                raise DefinitionError(
                    f"{hook} is a wrapper: hooks of plugins are plain functions, asked one by one"
                )
            if inspect.iscoroutinefunction(implementation.function):
                raise DefinitionError(f"{hook} is async: hooks are plain functions and wait for nothing")
            yield _taking(names, implementation.function, implementation.argnames)


def _arguments_of(hook: str) -> list[str]:
    return inspect.getfullargspec(getattr(hooks, hook)).args


def _taking(given: list[str], function: Callable[..., Any], wanted: tuple[str, ...]) -> Callable[..., Any]:
    """The function, made to take all arguments of its hook and to pass on those that it names."""
    if list(wanted) == given:
        return function
    chosen = [given.index(name) for name in wanted]

    def passing_on(*arguments: Any) -> Any:
        return function(*(arguments[index] for index in chosen))

    return passing_on


def _pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _settings_fault(method: Method, where: tuple[str | int, ...], kind: str, message: str) -> Fault:
    pointer = _pointer("settings", method.id, *where)
    if kind == "extra_forbidden" and len(where) == 1:
        name = str(where[0])
        return Fault(
            pointer, f'{method.id} has no setting "{name}"{nearest(name, method.settings.model_fields)}'
        )
    return Fault(pointer, message)


def _gate_mode_faults(catalog: Catalog) -> Iterator[Fault]:
    gates = catalog.gates
    for gate, mode in catalog.rules.gate_modes.items():
        pointer = _pointer("gate_modes", gate)
        if gate not in gates:
            yield Fault(pointer, f'there is no gate "{gate}"{nearest(gate, gates)}')
        if mode not in set(GateMode):
            yield Fault(pointer, f'"{mode}" is no mode of a gate: take {", ".join(GateMode)}')
