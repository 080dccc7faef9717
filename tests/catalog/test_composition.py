from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import plugin
from trials import examples

from placet import (
    Category,
    Fields,
    Gate,
    ItemType,
    LinkType,
    Method,
    Metric,
    Role,
    Settings,
    State,
    Text,
    Transition,
    Workflow,
    metrics,
    reason_given,
)
from placet.catalog.catalog import Rules
from placet.catalog.composition import dependency_order
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.errors import DefinitionError, NotFoundError

MakeMethod = Callable[..., Method]
MakePlugin = Callable[..., ModuleType]


class TestTheOrderOfMethods:
    @pytest.mark.parametrize(
        ("methods", "order"),
        [
            ([Method("b", "B"), Method("a", "A")], "a b"),
            ([Method("b", "B"), Method("a", "A", requires=["b"])], "b a"),
            ([Method("b", "B"), Method("a", "A", extends=["b"])], "b a"),
            ([Method("c", "C", requires=["z"]), Method("z", "Z", extends=["x"]), Method("d", "D")], "d z c"),
        ],
    )
    def test_follows_what_they_need_and_then_their_names(self, methods: list[Method], order: str) -> None:
        """A method comes after those that it requires, and after those that it extends where they are there."""
        assert dependency_order(methods) == tuple(order.split())

    def test_is_refused_where_it_is_a_circle(self) -> None:
        circle = [Method("a", "A", requires=["b"]), Method("b", "B", extends=["a"]), Method("c", "C")]

        with pytest.raises(DefinitionError) as refused:
            dependency_order(circle)

        assert str(refused.value) in {
            f"methods require or extend each other in a circle, {path}: let one of them go without"
            for path in ("a -> b -> a", "b -> a -> b")
        }


class TestTheCatalog:
    def test_holds_what_every_method_brings(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """The parts of all methods, under their ids, with settings filled in."""

        class CitySettings(Settings):
            fair_lasts: timedelta = timedelta(days=3)

        city = Method(
            "city",
            "City",
            roles=[Role("city.mayor", "Mayor")],
            link_types=[LinkType("city.pays_for", "pays for", targets=("library.loan",))],
            metrics=[
                Metric(
                    "city.loans",
                    "Loans",
                    "count",
                    "loans lent",
                    metrics.Count(metrics.Items("library.loan", metrics.Made())),
                )
            ],
            settings=CitySettings,
            extends=["library"],
        )
        registry = Registry.of(plugin(city), plugin(library()))

        catalog = registry.catalog(Rules(("city", "library"), {"city": {"fair_lasts": "P5D"}}))

        assert list(catalog.methods) == ["library", "city"]
        assert set(catalog.roles) == {"library.reader", "library.librarian", "library.director", "city.mayor"}
        assert list(catalog.link_types) == ["city.pays_for"]
        assert list(catalog.metrics) == ["city.loans"]
        assert catalog.settings["city"] == CitySettings(fair_lasts=timedelta(days=5))
        assert catalog.versions == {"library": "0", "city": "0"}
        assert catalog.definition("library.loan").document["settings"] == {
            "library": {},
            "city": {"fair_lasts": "P5D"},
        }

    def test_says_which_item_types_there_are(self, library: MakeMethod, plugin: MakePlugin) -> None:
        catalog = Registry.of(plugin(library())).catalog(Rules(("library",)))

        with pytest.raises(NotFoundError, match=r'did you mean "library\.loan"'):
            catalog.item_type("library.lone")

    def test_keeps_dynamic_checks_and_effects_of_methods_that_are_switched_on(
        self, library: MakeMethod, plugin: MakePlugin
    ) -> None:
        """A plugin's hooks are called only where its method is switched on."""
        city = plugin(
            Method("city", "City"), placet_check=lambda ctx: None, placet_effect=lambda ctx, event: None
        )
        registry = Registry.of(plugin(library()), city)

        both, alone = registry.compose(Rules(("library", "city"))), registry.compose(Rules(("library",)))

        assert [method for method, _ in (*both.checks, *both.effects)] == ["city", "city"]
        assert (alone.checks, alone.effects) == ((), ())


def composed(plugins: list[ModuleType], methods: list[str]) -> tuple[object, ...]:
    """All that shows of a catalog."""
    catalog = Registry.of(*plugins).compose(Rules(tuple(methods)))
    return (
        list(catalog.methods),
        catalog.definition("library.loan").hash,
        catalog.loosenings,
        [method for method, _ in catalog.checks],
        list(catalog.roles),
    )


class TestTheOrderOfPlugins:
    @examples(20)
    @given(data=st.data())
    def test_never_shows_in_the_result(self, data: st.DataObject) -> None:
        """However plugins are found and methods are listed, the same rules come out."""
        plugins = _town()
        names = [plugin.__name__ for plugin in plugins]
        expected = composed(plugins, names)

        found, listed = data.draw(st.permutations(plugins)), data.draw(st.permutations(names))

        assert composed(found, listed) == expected


def _town() -> list[ModuleType]:
    """Methods that all change one item type, some against each other."""
    clerk, chief = Role("library.clerk", "Clerk"), Role("library.chief", "Chief")
    named = Gate("library.named", "Named", reason_given("library.why"))
    loan = ItemType(
        "library.loan",
        "Loan",
        fields=Fields,
        workflow=Workflow(
            "library.loan",
            [State("lent", "Lent", Category.TODO), State("back", "Back", Category.DONE)],
            [Transition("return", "lent", "back", [clerk, chief], [named])],
        ),
    )

    def leave(catalog: Extension) -> None:
        """The library extends nobody."""

    def add(catalog: Extension) -> None:
        catalog.add_field("library.loan", "shelf", Text)
        catalog.add_check("library.named", reason_given("adds.why", at_least=5))

    def tighten(catalog: Extension) -> None:
        catalog.tighten_roles("library.loan", "return", [chief])
        catalog.add_gate(
            "library.loan", "return", Gate("tightens.gate", "Gate", reason_given("tightens.why"))
        )

    def loosen(catalog: Extension) -> None:
        catalog.loosen_roles("library.loan", "return", ["loosens.guest"], reason="guests bring books back")
        catalog.loosen_gate("library.loan", "return", "library.named", reason="nobody reads it")

    def build(catalog: Extension) -> None:
        catalog.add_state("library.loan", State("lost", "Lost", Category.CANCELLED))
        catalog.add_transition("library.loan", Transition("lose", "lent", "lost", [clerk]))

    def build_on(catalog: Extension) -> None:
        catalog.add_transition("library.loan", Transition("find", "lost", "lent", [clerk]))

    def made(method: Method, extend: Callable[[Extension], None]) -> ModuleType:
        return plugin(method, placet_extend=extend, placet_check=lambda ctx: None)

    return [
        made(Method("library", "Library", item_types=[loan], roles=[clerk, chief]), leave),
        made(Method("adds", "Adds", extends=["library"]), add),
        made(Method("tightens", "Tightens", extends=["library"]), tighten),
        made(Method("loosens", "L", roles=[Role("loosens.guest", "Guest")], extends=["library"]), loosen),
        made(Method("wide", "Builds", extends=["library"]), build),
        made(Method("a_builds_on", "Builds on", extends=["library"], requires=["wide"]), build_on),
    ]
