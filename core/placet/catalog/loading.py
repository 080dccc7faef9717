"""Loading plugins, one by one: a plugin that fails is listed with its error, and the others run."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pluggy
from packaging.utils import canonicalize_name
from pydantic import ValidationError

from placet import hooks
from placet.catalog.composition import Contribution, one_line, with_place
from placet.catalog.distributions import unmet
from placet.catalog.sources import Channel, Plugin, Source
from placet.definitions.channels import MessageChannel
from placet.definitions.method import Method
from placet.definitions.places import place_in, place_of, place_of_field
from placet.errors import DefinitionError, nearest

_log = logging.getLogger(__name__)

_METHOD_ID = re.compile(r"[a-z][a-z0-9_]*")
_HOOKS = tuple(name for name in vars(hooks) if name.startswith("placet_"))
#: Hooks that are called where the plugin's method is switched on.
_OF_A_METHOD = (
    "placet_extend", "placet_check", "placet_appoint", "placet_effect", "placet_event", "placet_demo",
)  # fmt: skip


class Loader:
    """Loads plugins and keeps their contributions."""

    def __init__(self, hosts: Mapping[str, str]) -> None:
        """Load none yet.

        Args:
            hosts: the versions of distributions that have to be compatible, by name.
        """
        self._manager = pluggy.PluginManager(hooks.PROJECT)
        self._manager.add_hookspecs(hooks)
        self._hosts: dict[str, str] = {canonicalize_name(name): version for name, version in hosts.items()}
        #: The contribution of each method, by its id.
        self.contributions: dict[str, Contribution] = {}
        #: Channels, in order of loading.
        self.channels: list[Channel] = []
        #: Hooks that give routers for plugins' own operations, with the id of the method, or else the plugin's name.
        self.routers: list[tuple[str, Callable[[], Any]]] = []
        #: Hooks that give the commands of a plugin, by its name.
        self.commands: dict[str, Callable[[], Any]] = {}

    def load(self, source: Source) -> Plugin:
        """Load a plugin, and return the result."""
        described = Plugin(source.name, source.distribution, source.version, module=source.module)
        try:
            method = self._loaded_method(source)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # foreign code; logged, kept and shown
            _log.exception("the plugin %s failed to load and is left out", source.name)
            text = str(error) if isinstance(error, DefinitionError) else with_place(one_line(error), error)
            place = (error.place if isinstance(error, DefinitionError) else "") or place_in(error)
            return replace(described, status="failed", error=text, place=place)
        if method is None:
            return replace(described, title=source.summary)
        types = tuple(item_type.id for item_type in method.item_types)
        return replace(described, title=method.title, method=method.id, item_types=types)

    def _loaded_method(self, source: Source) -> Method | None:
        """Load a plugin, and keep its contributions; returns its method, if it has one."""
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
        self.channels += channels
        if commands:
            self.commands[source.name] = commands[0]
        name = source.name if contribution is None else contribution.method.id
        self.routers += [(name, give) for give in routers]
        if contribution is None:
            return None
        self.contributions[contribution.method.id] = contribution
        return contribution.method

    def _contribution(self, source: Source, plugin: object) -> Contribution | None:
        """The contribution of a plugin to workspaces in which its method is switched on, if it has one."""
        given = {name for name in _HOOKS if any(self._functions(plugin, name))}
        if given and given.isdisjoint({"placet_method", *_OF_A_METHOD}):
            return None
        return Contribution(
            plugin=source.name,
            version=source.version,
            method=self._method_of(plugin),
            extend=tuple(self._functions(plugin, "placet_extend")),
            checks=tuple(self._functions(plugin, "placet_check")),
            appointments=tuple(self._functions(plugin, "placet_appoint")),
            effects=tuple(self._functions(plugin, "placet_effect")),
            events=tuple(self._functions(plugin, "placet_event")),
            demos=tuple(self._functions(plugin, "placet_demo")),
        )

    def _channel(self, plugin: str, given: object) -> Channel:
        if not isinstance(given, MessageChannel):
            raise DefinitionError(f"placet_channel has to return a MessageChannel, and returned {given!r}")
        for other in self.channels:
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
        """Refuse a function that would never be called, or that names unknown arguments."""
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
                f"placet_method has to return one Method, and returned {', '.join(map(repr, given)) or 'none'}"
            )
        method = given[0]
        if not _METHOD_ID.fullmatch(method.id):
            place = place_of(method)
            raise DefinitionError(
                f'"{method.id}" ({place}) is not an id of a method: take small letters, digits and _, a letter first',
                place,
            )
        if method.id in self.contributions:
            other = self.contributions[method.id].plugin
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
        """A plugin's implementations of a hook, as plain functions that take all of the hook's arguments."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        names = _arguments_of(hook)
        for implementation in caller.get_hookimpls():
            if implementation.plugin is not plugin:
                continue
            if implementation.wrapper or implementation.hookwrapper:
                raise DefinitionError(
                    f"{hook} is a wrapper: hooks of plugins have to be plain functions, called one by one"
                )
            if inspect.iscoroutinefunction(implementation.function):
                raise DefinitionError(f"{hook} is async: hooks have to be plain functions that do not wait")
            yield _taking(names, implementation.function, implementation.argnames)


def _arguments_of(hook: str) -> list[str]:
    return inspect.getfullargspec(getattr(hooks, hook)).args


def _taking(given: list[str], function: Callable[..., Any], wanted: tuple[str, ...]) -> Callable[..., Any]:
    """The function, wrapped to take all arguments of its hook, and to pass on those that it names."""
    if list(wanted) == given:
        return function
    chosen = [given.index(name) for name in wanted]

    def passing_on(*arguments: Any) -> Any:
        return function(*(arguments[index] for index in chosen))

    return passing_on
