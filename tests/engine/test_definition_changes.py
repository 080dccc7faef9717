"""Two versions of an item type, and items made under the first: under the second they are like any other item.

Beside each item a twin is made, once the second version is in force, with those of its values that the second version
has and admits. From then on the two are alike in every list, filter, sort, edit and move.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError, create_model
from shop import plugin
from trials import examples

from placet import (
    CheckContext,
    Computed,
    Fields,
    Gate,
    ItemType,
    Line,
    Method,
    Role,
    State,
    Transition,
    Workflow,
    fields_present,
)
from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import PlacetError
from placet.settings import Settings

NAMES = ("cook", "guests", "table")
KINDS: Mapping[str, Any] = {
    "number": int,
    "small": Annotated[int, Field(le=5)],
    "text": Line,
    "choice": Literal["a", "b"],
    "list": list[Line],
    "yes": bool,
}
#: Values that are stored under one kind or another, and asked for.
VALUES = (0, 3, 9, "a", "b", "c", ["a"], ["b", "c"], True, None)


@dataclass(frozen=True)
class Part:
    """A field of one version."""

    kind: str
    default: bool
    required: bool
    indexed: bool


Version = Mapping[str, Part]
_DEFAULTS = {"number": 3, "small": 3, "text": "a", "choice": "a", "list": ["a"], "yes": False}


def numbers_of(version: Version) -> list[str]:
    """The fields from which `twice` can be computed."""
    return [name for name, part in version.items() if part.kind in {"number", "small"}]


def model(version: Version, *, demanding: bool) -> type[Fields]:
    """The fields of a version, with its required ones as such or optional."""
    made: dict[str, Any] = {"twice": (int | None, None)} if numbers_of(version) else {}
    for name, part in version.items():
        if part.required and demanding:
            made[name] = (KINDS[part.kind], ...)
        elif part.default and not part.required:
            made[name] = (KINDS[part.kind], _DEFAULTS[part.kind])
        else:
            made[name] = (KINDS[part.kind] | None, None)
    return create_model("Order", __base__=Fields, **made)


def method(id: str, version: Version, needed: tuple[str, ...], *, demanding: bool) -> ModuleType:
    """A method whose orders have these fields, some of which are needed to serve them."""
    role = Role(f"{id}.cook", "Cook")
    names = [name for name in needed if name in version]
    gates = [Gate(f"{id}.filled", "Filled in", fields_present(f"{id}.filled_in", *names))] if names else []
    numbers = numbers_of(version)

    def twice(ctx: CheckContext) -> int | None:
        value = getattr(ctx.item.fields, numbers[0])
        return None if value is None else 2 * value

    workflow = Workflow(
        f"{id}.order",
        [State("new", "New", "todo"), State("served", "Served", "done")],
        [Transition("serve", "new", "served", [role], gates)],
    )
    order = ItemType(
        f"{id}.order",
        "Order",
        fields=model(version, demanding=demanding),
        workflow=workflow,
        indexed=[*(["twice"] if numbers else []), *(name for name, part in version.items() if part.indexed)],
        computed=[Computed("twice", twice)] if numbers else [],
    )
    return plugin(Method(id, "Diner", roles=[role], item_types=[order]))


parts = st.builds(Part, st.sampled_from(sorted(KINDS)), st.booleans(), st.booleans(), st.booleans())
versions = st.dictionaries(st.sampled_from(NAMES), parts, max_size=len(NAMES))
wishes = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=len(NAMES))


def admitted(fields: type[Fields], wish: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a version admits, one by one."""
    found: dict[str, Any] = {}
    for name, value in wish.items():
        info = fields.model_fields.get(name)
        if info is not None and value is not None:
            alone: Any = {name: (info.annotation, info)}
            try:
                found |= create_model("Alone", **alone)(**{name: value}).model_dump(mode="json")
            except ValidationError:
                continue
    return found


@pytest.fixture(scope="module")
def copied(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes a database for each example."""
    numbers, folder = count(), tmp_path_factory.mktemp("diners")

    def made() -> str:
        file = folder / f"diner{next(numbers)}.db"
        shutil.copyfile(sqlite_template, file)
        return f"sqlite:///{file}"

    return made


class Diner:
    """Orders under two versions, and their twins."""

    def __init__(self, url: str) -> None:
        self._settings = Settings(database_url=url)

    def opened(self, *methods: ModuleType) -> Application:
        return build(self._settings, registry=Registry.of(*methods))

    def open(self, application: Application, id: str) -> None:
        application.engine.workspaces.create(SYSTEM_ACTOR, key=id.upper(), name=id, methods=[id])

    def make(self, application: Application, id: str, wish: Mapping[str, Any]) -> dict[str, Any]:
        """An order; answers its fields."""
        made = application.engine.items.create(
            SYSTEM_ACTOR, workspace=id.upper(), type=f"{id}.order", title="Soup", fields=wish
        )
        return dict(made.fields)


def outcome(act: Callable[[], Any]) -> Any:
    """The answer of an act, or the kind of its refusal."""
    try:
        return act()
    except PlacetError as refusal:
        return type(refusal).__name__


def lists(application: Application, id: str, version: Version, *, computed: bool) -> dict[str, Any]:
    """Every list by a field, as numbers of items."""
    reports = application.engine.reports

    def numbers(**asked: Any) -> list[int]:
        query = reports.item_query(SYSTEM_ACTOR, workspace=id.upper(), type=f"{id}.order", **asked)
        return [item.number for item in reports.items(SYSTEM_ACTOR, query).rows]

    names = [*version, *(["twice"] if computed and numbers_of(version) else [])]
    found: dict[str, Any] = {}
    for name in names:
        for sort in (name, f"-{name}"):
            found[f"sort={sort}"] = outcome(partial(numbers, sort=sort))
        for value in ("3", "6", "a", "true"):
            found[f"{name}={value}"] = outcome(partial(numbers, fields={name: value}))
    return found


def acts(
    application: Application, id: str, number: int, wish: Mapping[str, Any], version: Version
) -> list[Any]:
    """An edit and a move of one order, and what becomes of it."""
    engine, key = application.engine, f"{id.upper()}-{number}"

    def edited() -> str:
        engine.items.edit(SYSTEM_ACTOR, key, fields={n: v for n, v in wish.items() if n in version})
        return "edited"

    def served() -> str:
        return engine.transition(engine.people.find(SYSTEM_ACTOR, limit=1).rows[0], key, "serve").item.state

    return [outcome(edited), outcome(served)]


@dataclass(frozen=True)
class Upgrade:
    """Two versions, the items made under the first, and what is done to each under the second."""

    first: Version
    second: Version
    orders: list[dict[str, Any]]
    edit: dict[str, Any]
    #: Fields that are needed to serve an order.
    needed: set[str]


upgrades = st.builds(
    Upgrade,
    versions,
    versions,
    st.lists(wishes, min_size=1, max_size=4),
    wishes,
    st.sets(st.sampled_from(NAMES)),
)


def _without_old_defaults(upgrade: Upgrade) -> Version:
    """The second version with defaults for new fields alone: none takes the place of a value that does not fit."""
    return {
        name: replace(part, default=part.default and name not in upgrade.first)
        for name, part in upgrade.second.items()
    }


@examples(6)
@given(upgrades)
def test_items_are_under_the_second_version_as_if_made_under_it(
    copied: Callable[[], str], upgrade: Upgrade
) -> None:
    """Lists before the worker begins and after it, then an edit and a move of each item, then lists again."""
    first, second = upgrade.first, _without_old_defaults(upgrade)
    diner, needs = Diner(copied()), tuple(sorted(upgrade.needed))
    with closing(diner.opened(method("old", first, (), demanding=False))) as application:
        diner.open(application, "old")
        fields = model(first, demanding=False)
        kept = [diner.make(application, "old", admitted(fields, wish)) for wish in upgrade.orders]
    again = method("old", second, needs, demanding=True), method("twin", second, needs, demanding=False)
    with closing(diner.opened(*again)) as application:
        engine = application.engine
        cook = engine.people.add(SYSTEM_ACTOR, id="cook", name="Cook")
        engine.workspaces.assign(SYSTEM_ACTOR, "OLD", "old.cook", [cook.id])
        diner.open(application, "twin")
        engine.workspaces.assign(SYSTEM_ACTOR, "TWIN", "twin.cook", [cook.id])
        fields = model(second, demanding=False)
        for each in kept:
            diner.make(application, "twin", admitted(fields, {n: each[n] for n in NAMES if n in each}))

        _demand_alike(application, second, computed=False)
        while engine.upkeep.catch_up():
            pass
        _demand_alike(application, second, computed=True)
        cleared = {
            name for name, part in second.items() if part.required and upgrade.edit.get(name, 0) is None
        }
        said = {name: value for name, value in upgrade.edit.items() if name not in cleared}
        for number in range(1, len(kept) + 1):
            assert acts(application, "old", number, said, second) == acts(
                application, "twin", number, said, second
            )
        _demand_alike(application, second, computed=True)


def _demand_alike(application: Application, version: Version, *, computed: bool) -> None:
    """Raises `AssertionError` where a list of the items is not that of their twins."""
    own = lists(application, "old", version, computed=computed)
    assert own == lists(application, "twin", version, computed=computed)
