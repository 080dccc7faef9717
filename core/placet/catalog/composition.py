"""Many methods become one set of rules.

A method is composed after those that it requires or extends, and otherwise by name, so that the result does not depend
on the order in which plugins were found, or in which a workspace lists its methods. Impossible compositions are refused
here; the linter finds rules that can be composed but cannot work.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.draft import Draft
from placet.catalog.extension import Extension
from placet.definitions.context import CheckContext
from placet.definitions.demonstration import Script, Stage
from placet.definitions.effect_context import EffectContext
from placet.definitions.items import ItemType
from placet.definitions.marks import traced_fields
from placet.definitions.method import Method, Settings
from placet.definitions.misfits import sentence, sentences
from placet.definitions.places import changed, place_in
from placet.definitions.readonly import read_only_model
from placet.definitions.roles import Role
from placet.definitions.storable import message_of
from placet.definitions.verdicts import Verdict
from placet.errors import DefinitionError, Some, nearest

DynamicCheck = Callable[[CheckContext], Verdict | None]
DynamicAppointment = Callable[[CheckContext, str, str], Verdict | None]
DynamicEffect = Callable[[EffectContext, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Contribution:
    """The contribution of one plugin, with its hook implementations as plain functions."""

    plugin: str
    #: Version of its distribution.
    version: str
    method: Method
    extend: tuple[Callable[[Extension], None], ...] = ()
    checks: tuple[DynamicCheck, ...] = ()
    appointments: tuple[DynamicAppointment, ...] = ()
    effects: tuple[DynamicEffect, ...] = ()
    events: tuple[Callable[[dict[str, Any], Settings], None], ...] = ()
    demos: tuple[Callable[[Stage], Script | None], ...] = ()


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_N = TypeVar("_N", bound=_Named)


def one_line(error: BaseException) -> str:
    """An error as one line of text: `ValueError: no such thing`."""
    text = message_of(error, sentences) if isinstance(error, ValidationError) else message_of(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def with_place(message: str, error: BaseException) -> str:
    """An error in one line, with the author's line at which it was raised."""
    place = place_in(error)
    return f"{message} ({place})" if place else message


def compose(rules: Rules, contributions: Mapping[str, Contribution], absent: Callable[[str], str]) -> Catalog:
    """The rules of a method set; methods that cannot be used are in `missing`, each with the reason.

    Args:
        rules: the workspace's choice.
        contributions: installed and loaded plugins, by method.
        absent: returns why a method is not among the contributions.

    Raises:
        DefinitionError: methods require each other in a circle, or an extension failed; names the plugin.
    """
    missing = _missing(rules.methods, contributions, absent)
    present = {name: contributions[name] for name in rules.methods if name not in missing}
    order = dependency_order([part.method for part in present.values()])
    methods = {name: present[name].method for name in order}
    settings = _settings(methods, rules, missing)
    roles = _merged(role for method in methods.values() for role in method.roles)
    draft = Draft(
        _merged(item_type for method in methods.values() for item_type in method.item_types),
        roles,
        _merged(rule for method in methods.values() for rule in method.notification_rules),
        _merged(link_type for method in methods.values() for link_type in method.link_types),
    )
    _extend([present[name] for name in order], draft, settings)
    return Catalog(
        rules=rules,
        methods=methods,
        versions={name: present[name].version for name in order},
        item_types=_indexing(draft.finished(), roles),
        roles=roles,
        link_types=draft.link_types,
        metrics=_merged(metric for method in methods.values() for metric in method.metrics),
        notification_rules=draft.notification_rules,
        jobs=_merged(job for method in methods.values() for job in method.jobs),
        settings=settings,
        loosenings=tuple(draft.loosenings),
        missing=missing,
        checks=tuple((name, check) for name in order for check in present[name].checks),
        appointments=tuple((name, opinion) for name in order for opinion in present[name].appointments),
        effects=tuple((name, effect) for name in order for effect in present[name].effects),
    )


def _indexing(item_types: Mapping[str, ItemType], roles: Mapping[str, Role]) -> dict[str, ItemType]:
    """The item types, where the fields by which items inherit roles, or a thread goes on, are indexed.

    Lists and threads are found by them.
    """
    through = dict.fromkeys(name for role in roles.values() for name in role.through)
    found = dict(item_types)
    for id, item_type in item_types.items():
        more = [
            name
            for name in dict.fromkeys((*through, *traced_fields(item_type.fields)))
            if name in item_type.fields.model_fields and name not in item_type.indexed
        ]
        if more:
            found[id] = changed(item_type, indexed=(*item_type.indexed, *more))
    return found


def unusable(
    rules: Rules, contributions: Mapping[str, Contribution], absent: Callable[[str], str], reason: str
) -> Catalog:
    """Placeholder for the rules of a method set that cannot work: items can be read, and do not move, for this reason.

    Roles are kept nevertheless, so that people can see the same items as before.
    """
    there = [contributions[name] for name in sorted(rules.methods) if name in contributions]
    return Catalog(
        rules=rules,
        methods={part.method.id: part.method for part in there},
        versions={part.method.id: part.version for part in there},
        item_types={},
        roles=_merged(role for part in there for role in part.method.roles),
        link_types={},
        metrics={},
        jobs={},
        settings={part.method.id: part.method.settings() for part in there},
        missing={name: reason if name in contributions else absent(name) for name in rules.methods},
    )


def dependency_order(methods: Collection[Method]) -> tuple[str, ...]:
    """Ids of methods, each after the methods that it requires or extends, otherwise by name.

    Raises:
        DefinitionError: some of them require each other in a circle.
    """
    ids = {method.id for method in methods}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for method in sorted(methods, key=lambda method: method.id):
        sorter.add(method.id, *sorted(ids.intersection((*method.requires, *method.extends))))
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise DefinitionError(
            f"methods require or extend each other in a circle, {circle}: let one of them go without"
        ) from error
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return tuple(order)


def _missing(
    wanted: Iterable[str], contributions: Mapping[str, Contribution], absent: Callable[[str], str]
) -> dict[str, str]:
    """Methods that cannot be used, with the reason: they are missing themselves, or a method that they require is."""
    missing = {name: absent(name) for name in sorted(wanted) if name not in contributions}
    usable = set(wanted) - set(missing)
    while True:
        lacking = {
            name: f"it requires the method {required}, which is missing or switched off"
            for name in sorted(usable)
            for required in contributions[name].method.requires
            if required not in usable
        }
        if not lacking:
            return missing
        missing |= lacking
        usable -= set(lacking)


def _settings(methods: Mapping[str, Method], rules: Rules, missing: dict[str, str]) -> dict[str, Settings]:
    """The settings of each method. A method whose stored settings do not fit counts as missing, for that reason."""
    settings: dict[str, Settings] = {}
    for name, method in methods.items():
        try:
            # Shared by all acts of the workspace.
            settings[name] = read_only_model(method.settings.model_validate(rules.settings.get(name, {})))
        except ValidationError as error:
            # Stored settings that an upgraded plugin no longer takes: no item moves, and everything stays readable.
            missing[name] = f"its settings do not fit: {_settings_errors(error)}"
            settings[name] = read_only_model(method.settings())
    return settings


def _nearest_verb(error: BaseException, extension: Extension) -> str:
    """The nearest verb where one is misspelt; else nothing."""
    if not isinstance(error, AttributeError) or error.obj is not extension or error.name is None:
        return ""
    return nearest(error.name, Some(name for name in dir(extension) if not name.startswith("_")))


def _settings_errors(error: ValidationError) -> str:
    return ", ".join(f"{'.'.join(map(str, each['loc']))}: {sentence(each)}" for each in error.errors())


def _merged(parts: Iterable[_N]) -> dict[str, _N]:
    """Parts by id. The first part of an id is kept; the linter reports the second by name."""
    merged: dict[str, _N] = {}
    for part in parts:
        merged.setdefault(part.id, part)
    return merged


def _extend(parts: Iterable[Contribution], draft: Draft, settings: Mapping[str, Settings]) -> None:
    """Let every plugin extend, each in isolation, and report all failures together."""
    methods = {part.method.id: part.method for part in parts}
    failures: list[str] = []
    places: list[str] = []
    for part in parts:
        extension = Extension(draft, part.method, methods, settings[part.method.id])
        for extend in part.extend:
            try:
                extend(extension)
            except DefinitionError as error:
                said = str(error) if error.place else with_place(str(error), error)
                failures.append(f"the plugin {part.plugin} cannot extend: {said}")
                places.append(error.place or place_in(error))
            except (Exception, SystemExit) as error:  # noqa: BLE001  # foreign code; raised again below, with its name
                said = with_place(f"{one_line(error)}{_nearest_verb(error, extension)}", error)
                failures.append(
                    f"the plugin {part.plugin} failed in placet_extend: {said}: repair it or switch its method off"
                )
                places.append(place_in(error))
    if failures:
        raise DefinitionError("; ".join(failures), places[0])
