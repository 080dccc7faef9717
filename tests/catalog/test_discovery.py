from __future__ import annotations

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from placet import AddedGate, Fields, ItemType, Method, Settings, State, Transition, Workflow, hookimpl
from placet.catalog import discovery
from placet.catalog.catalog import Rules
from placet.catalog.discovery import Registry
from placet.catalog.examination import examine
from placet.catalog.sources import Plugin
from placet.definitions.verdicts import GateMode
from placet.errors import DefinitionError, Fault, InvalidError

MakeMethod = Callable[..., Method]
MakePlugin = Callable[..., ModuleType]


class LoanSettings(Settings):
    loan_period: timedelta = timedelta(days=28)
    reminders: tuple[int, ...] = (7,)


def source(method: str) -> str:
    return f"""
from placet import Method, hookimpl

@hookimpl
def placet_method():
    return Method("{method}", "{method.title()}")
"""


def reasoned(n: int) -> AddedGate:
    """A gate on the lending of books."""
    return AddedGate(f"library.rule.{n}", f"Rule {n}", "library.loan", "lend", "core.reason_given")


def toys(registry: Registry) -> dict[str, Plugin]:
    """The plugins that the test installed, by name."""
    return {plugin.name: plugin for plugin in registry.plugins if plugin.distribution.startswith("toy-")}


class TestWhatIsInstalled:
    def test_is_found_through_its_entry_point(self, installed: Callable[[str, str], None]) -> None:
        """A distribution with an entry point in the group `placet` is a plugin; nothing else is needed."""
        installed("museum", source("museum"))

        registry = Registry.discover()

        assert toys(registry) == {
            "museum": Plugin("museum", "toy-museum", "1.2", title="Museum", method="museum")
        }
        assert registry.methods["museum"].title == "Museum"

    @pytest.mark.parametrize(
        ("broken", "error"),
        [
            ("raise RuntimeError('no shelf\\nin sight')", "RuntimeError: no shelf in sight"),
            ("import sys; sys.exit(3)", "SystemExit: 3"),
            ("def (", "SyntaxError: invalid syntax (toy_archive.py, line 1)"),
            (
                "import there_is_no_such_module",
                "ModuleNotFoundError: No module named 'there_is_no_such_module'",
            ),
        ],
    )
    def test_is_listed_as_failed_where_it_fails_to_load_and_the_others_run(
        self,
        installed: Callable[[str, str], None],
        caplog: pytest.LogCaptureFixture,
        tmp_path: Path,
        broken: str,
        error: str,
    ) -> None:
        """A broken plugin takes nothing else down, and its error is kept in one line and logged in full."""
        installed("archive", broken)
        installed("museum", source("museum"))

        plugins = toys(Registry.discover())

        reported, _, line = plugins["archive"].error.rpartition(f" ({tmp_path / 'toy_archive.py'}:")
        assert (reported or line, "" if not reported else line) == (error, "" if "line 1" in error else "1)")
        assert plugins["archive"] == Plugin(
            "archive", "toy-archive", "1.2", status="failed", error=plugins["archive"].error
        )
        assert plugins["museum"].status == "active"
        assert "the plugin archive failed to load and is left out" in caplog.text
        assert "Traceback" in caplog.text

    def test_is_left_alone_where_it_is_disabled(
        self, installed: Callable[[str, str], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        """A disabled plugin is not even imported; an unknown name is reported."""
        installed("archive", "raise RuntimeError('imported')")
        installed("museum", source("museum"))

        registry = Registry.discover(disabled=["archive", "musuem"])

        assert set(toys(registry)) == {"museum"}
        assert 'there is no plugin "musuem" to disable; did you mean "museum"?' in caplog.text
        assert registry.compose(Rules(("archive",))).missing == {
            "archive": "it is disabled in this installation"
        }

    def test_is_loaded_once_in_a_process(self, installed: Callable[[str, str], None]) -> None:
        """With its rules, which are composed once; each set of disabled plugins is an installation of its own."""
        installed("museum", source("museum"))
        first = discovery.installed()

        again, without = discovery.installed(), discovery.installed(frozenset({"museum"}))

        assert again is first
        assert first.catalog(Rules(("museum",))) is again.catalog(Rules(("museum",)))
        assert (set(toys(first)), set(toys(without))) == ({"museum"}, set())

    def test_has_one_plugin_of_a_name(self, installed: Callable[..., None]) -> None:
        """Of two distributions with one name the second is refused, by the order of the distributions' names."""
        installed("museum", source("museum"), distribution="toy-b")
        installed("museum", source("gallery"), distribution="toy-a")

        plugins = [p for p in Registry.discover().plugins if p.name == "museum"]

        assert [(p.distribution, p.status, p.error) for p in plugins] == [
            ("toy-a", "active", ""),
            ("toy-b", "failed", 'there are two plugins named "museum": uninstall one of their distributions'),
        ]


class TestAPluginIsRefused:
    @pytest.fixture(autouse=True)
    def _quiet(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.CRITICAL)

    def refusal(self, plugin: object) -> str:
        """The message, with the lines of this file as `(here)`."""
        (listed,) = Registry.of(plugin).plugins
        assert listed.status == "failed"
        return re.sub(rf"\({re.escape(__file__)}:\d+\)", "(here)", listed.error)

    def test_for_a_hook_that_there_is_not(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """A misspelt hook would otherwise never be called, silently."""
        misspelt = plugin(library(), placet_chek=lambda ctx: None)

        assert self.refusal(misspelt) == (
            'there is no hook "placet_chek" (here); did you mean "placet_check" or "placet_channel" or "placet_demo"?'
        )

    def test_for_an_argument_that_the_hook_does_not_have(
        self, library: MakeMethod, plugin: MakePlugin
    ) -> None:
        wrong = plugin(library(), placet_check=lambda item: None)

        assert self.refusal(wrong) == 'placet_check (here) is given no argument "item"; there are "ctx"'

    def test_for_a_hook_that_nobody_could_call(self, library: MakeMethod) -> None:
        """Hooks are asked one by one and at once: neither wrapping the others nor waiting for anything."""

        class Wrapping:
            placet_method = staticmethod(hookimpl(library))

            @hookimpl(wrapper=True)
            def placet_check(self, ctx: Any) -> Any:
                return (yield)

        class Waiting:
            placet_method = staticmethod(hookimpl(library))

            @hookimpl
            async def placet_check(self, ctx: Any) -> None: ...

        assert (
            self.refusal(Wrapping())
            == "placet_check is a wrapper: hooks of plugins have to be plain functions, called one by one"
        )
        assert (
            self.refusal(Waiting())
            == "placet_check is async: hooks have to be plain functions that do not wait"
        )

    def test_for_giving_no_method(self) -> None:
        class Empty:
            """Implements nothing."""

        class Wrong:
            @hookimpl
            def placet_method(self) -> str:
                return "library"

        assert self.refusal(Empty()) == "placet_method has to return one Method, and returned none"
        assert self.refusal(Wrong()) == "placet_method has to return one Method, and returned 'library'"

    def test_for_an_error_while_giving_it(self) -> None:
        class Failing:
            @hookimpl
            def placet_method(self) -> Method:
                raise KeyError("shelf")

        assert self.refusal(Failing()) == "KeyError: 'shelf' (here)"

    def test_for_a_method_id_that_is_none(self, plugin: MakePlugin) -> None:
        """The id is the first part of every other one."""
        assert self.refusal(plugin(Method("My.Library", "Library"))) == (
            '"My.Library" (here) is not an id of a method: take small letters, digits and _, a letter first'
        )

    def test_for_settings_without_defaults(self, plugin: MakePlugin) -> None:
        """A method has to run in a workspace that has configured nothing."""

        class Demanding(Settings):
            opening_hours: str

        assert self.refusal(plugin(Method("library", "Library", settings=Demanding))) == (
            "its settings need defaults, and opening_hours (here) has none that fits"
        )

    def test_for_a_method_that_another_one_gives(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """A method is given once; the second plugin, by name, is refused."""
        registry = Registry.of(plugin(library(), name="z"), plugin(library(), name="a"))

        assert [(p.name, p.error) for p in registry.plugins] == [
            ("a", ""),
            ("z", 'the plugin a already gives the method "library": uninstall one of them'),
        ]

    def test_and_leaves_no_hook_behind(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """No hook of a refused plugin is ever called."""
        asked: list[str] = []
        first = plugin(library(), name="a")
        second = plugin(library(), name="z", placet_check=lambda ctx: asked.append("z"))

        catalog = Registry.of(first, second).catalog(Rules(("library",)))

        assert catalog.checks == ()


class TestACatalog:
    def test_is_made_once_for_the_same_decisions(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """Workspaces that decided the same share one catalog, whichever thread asks first."""
        registry = Registry.of(plugin(library()))

        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda _: registry.catalog(Rules(("library",))), range(32)))

        assert len({id(catalog) for catalog in made}) == 1
        assert (
            registry.catalog(Rules(("library",), gate_modes={"library.described": GateMode.WARN}))
            is not made[0]
        )

    def test_is_composed_once_for_all_modes_of_gates(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """An administrator who loosens a gate changes its mode, and nothing else of what was composed."""
        composed: list[str] = []
        registry = Registry.of(
            plugin(library()),
            plugin(
                Method("city", "City", extends=["library"]),
                placet_extend=lambda catalog: composed.append("again"),
            ),
        )
        names = ("city", "library")

        strict = registry.catalog(Rules(names))
        lenient = registry.catalog(Rules(names, gate_modes={"library.described": GateMode.WARN}))

        assert composed == ["again"]
        assert lenient.item_types is strict.item_types
        assert [each.mode("library.described") for each in (strict, lenient)] == [
            GateMode.ENFORCE,
            GateMode.WARN,
        ]
        documents = [each.definition("library.loan").document for each in (strict, lenient)]
        assert [each["gate_modes"] for each in documents] == [{}, {"library.described": "warn"}]
        assert strict.definition("library.loan").hash != lenient.definition("library.loan").hash
        assert strict.index_form("library.loan") == lenient.index_form("library.loan")

    def test_is_forgotten_when_others_are_asked_for(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """Only so many catalogs are kept, those asked for last."""
        registry = Registry.of(plugin(library(settings=LoanSettings)))
        first = registry.catalog(Rules(("library",)))
        for days in range(256):
            registry.catalog(Rules(("library",), {"library": {"loan_period": f"P{days}D"}}))

        again = registry.catalog(Rules(("library",)))

        assert again is not first
        assert again.definition("library.loan") == first.definition("library.loan")

    def test_with_added_gates_takes_the_place_of_no_other(
        self, library: MakeMethod, plugin: MakePlugin
    ) -> None:
        """Each gate that somebody adds makes one more; what a workspace without gates goes by stays."""
        registry = Registry.of(plugin(library()))
        alone = Rules(("library",))
        lenient = replace(alone, gate_modes={"library.described": GateMode.WARN})
        made = registry.catalog(lenient)

        catalogs = [registry.catalog(replace(alone, gates=(reasoned(n),))) for n in range(300)]

        assert registry.catalog(lenient) is made
        assert registry.catalog(catalogs[-1].rules) is catalogs[-1]
        assert registry.catalog(catalogs[0].rules) is not catalogs[0]

    def test_with_added_gates_shares_the_documents_of_all_other_types(
        self, library: MakeMethod, loan: Callable[..., Any], plugin: MakePlugin
    ) -> None:
        """They are large, and many workspaces have gates of their own."""
        states = [State("kept", "Kept", "todo"), State("gone", "Gone", "done")]
        book = ItemType(
            "library.book", "Book", fields=Fields,
            workflow=Workflow("library.book", states, [Transition("sell", "kept", "gone", ["library.librarian"])]),
        )  # fmt: skip
        registry = Registry.of(plugin(library(item_types=[loan(), book])))
        rules = Rules(("library",))

        one, other = (registry.catalog(replace(rules, gates=(reasoned(n),))) for n in (1, 2))

        assert one.document("library.book") is registry.catalog(rules).document("library.book")
        assert one.document("library.book") is other.document("library.book")
        assert one.document("library.loan") != other.document("library.loan")
        assert one.definition("library.book").hash == other.definition("library.book").hash

    def test_is_refused_with_every_error(
        self, library: MakeMethod, loan: Callable[..., Any], plugin: MakePlugin
    ) -> None:
        registry = Registry.of(plugin(library(loan=loan(indexed=["boook"], creators=["library.raeder"]))))

        with pytest.raises(DefinitionError) as refused:
            registry.catalog(Rules(("library",)))

        assert str(refused.value) == (
            "the methods library have 2 errors: "
            'library.loan: there is no field "boook" in library.loan: did you mean "book"?; '
            'library.loan: there is no role "library.raeder": did you mean "library.reader" or "library.librarian" or '
            '"library.director"?'
        )

    def test_calls_hooks_with_the_arguments_that_they_name(
        self, library: MakeMethod, plugin: MakePlugin
    ) -> None:
        """An implementation names what it uses, and nothing else is handed to it."""
        heard: list[Any] = []
        registry = Registry.of(
            plugin(
                library(),
                placet_check=lambda: heard.append("check"),
                placet_effect=lambda event: heard.extend([event]),
            )
        )

        catalog = registry.catalog(Rules(("library",)))
        [(method, check)], [(_, effect)] = catalog.checks, catalog.effects
        check(None)  # type: ignore[arg-type]  # it names no argument
        effect(None, {"kind": "transition"})  # type: ignore[arg-type]  # it does not name the context

        assert method == "library"
        assert heard == ["check", {"kind": "transition"}]


class TestAMethodThatIsGone:
    """A workspace outlives its plugins: it stays readable, and its catalog says what is missing and why."""

    def test_is_named_with_the_error_of_its_plugin(self, library: MakeMethod, plugin: MakePlugin) -> None:
        registry = Registry.of(plugin(library()), broken={"museum": "ImportError: no wall"})

        catalog = registry.catalog(Rules(("library", "museum", "zoo")))

        assert catalog.missing == {
            "museum": "it failed to load: ImportError: no wall",
            "zoo": "it is not installed, unless by a plugin that failed to load (museum: ImportError: no wall)",
        }
        assert set(catalog.item_types) == {"library.loan"}

    def test_takes_along_those_that_require_it(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """A method that requires another cannot run without it, nor can one that requires that in turn."""
        registry = Registry.of(
            plugin(library(requires=["city"])), plugin(Method("readers", "Readers", requires=["library"]))
        )

        catalog = registry.catalog(Rules(("city", "library", "readers")))

        assert catalog.missing == {
            "city": "it is not installed",
            "library": "it requires the method city, which is missing or switched off",
            "readers": "it requires the method library, which is missing or switched off",
        }
        assert catalog.item_types == {}

    def test_may_be_named_by_those_that_stay(
        self, library: MakeMethod, loan: Callable[..., Any], plugin: MakePlugin
    ) -> None:
        """Its definitions are taken to be there, since nothing moves until they are."""
        registry = Registry.of(plugin(library(loan=loan(parents=["city.branch"], creators=["city.mayor"]))))

        assert registry.catalog(Rules(("library", "city"))).missing == {"city": "it is not installed"}

    def test_or_whose_settings_no_longer_fit(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """Stored settings that an upgrade of the plugin does not take stop every move, and hide nothing."""
        registry = Registry.of(plugin(library(settings=LoanSettings)))

        catalog = registry.catalog(Rules(("library",), {"library": {"loan_period": "a while"}}))

        assert catalog.missing["library"].startswith("its settings do not fit: loan_period: ")
        assert catalog.settings["library"] == LoanSettings()
        assert "library.loan" in catalog.item_types


class TestRulesThatSomebodyAsksFor:
    @pytest.fixture
    def registry(self, library: MakeMethod, plugin: MakePlugin) -> Registry:
        return Registry.of(
            plugin(library(settings=LoanSettings), placet_check=lambda: None),
            plugin(Method("readers", "Readers", requires=["library"])),
            broken={"museum": "ImportError: no wall"},
        )

    def faults(self, registry: Registry, rules: Rules) -> tuple[Fault, ...]:
        with pytest.raises(InvalidError) as refused:
            registry.validate(rules)
        return refused.value.faults

    def test_pass_where_everything_is_there(self, registry: Registry) -> None:
        registry.validate(
            Rules(
                ("library", "readers"),
                {"library": {"loan_period": "P14D"}},
                {"library.described": GateMode.WARN, "library.placet_check": GateMode.OBSERVE},
            )
        )

    def test_name_methods_that_are_there_once_with_what_they_require(self, registry: Registry) -> None:
        assert self.faults(registry, Rules(("libary", "museum"))) == (
            Fault(
                "/methods/0",
                'the method "libary" cannot be switched on: it is not installed, unless by a plugin that failed '
                'to load (museum: ImportError: no wall); did you mean "library"?',
            ),
            Fault(
                "/methods/1",
                'the method "museum" cannot be switched on: it failed to load: ImportError: no wall',
            ),
        )
        assert self.faults(registry, Rules(("readers", "readers"))) == (
            Fault("/methods/0", 'the method "readers" requires "library": switch that on too'),
            Fault("/methods/1", 'the method "readers" is listed twice: leave one out'),
        )

    def test_configure_what_can_be_configured(self, registry: Registry) -> None:
        """Every setting that does not fit is pointed at, and misspelt ones get the names that there are."""
        wrong = {"loan_period": "a while", "reminders": [7, "late"], "loan/priod": 1}

        first, second, third, fourth = self.faults(
            registry, Rules(("library",), {"library": wrong, "readers": {}})
        )

        assert (first.pointer, second.pointer) == (
            "/settings/library/loan_period",
            "/settings/library/reminders/1",
        )
        assert second.message == "it has to be a whole number"
        assert third == Fault(
            "/settings/library/loan~1priod",
            'library has no setting "loan/priod"; did you mean "loan_period"?',
        )
        assert fourth == Fault(
            "/settings/readers", 'the method "readers" is not switched on; there are "library"'
        )

    def test_give_modes_to_gates_that_are_there(self, registry: Registry) -> None:
        modes: dict[str, Any] = {"library.descirbed": GateMode.WARN, "library.consented": "sometimes"}

        assert self.faults(registry, Rules(("library",), gate_modes=modes)) == (
            Fault(
                "/gate_modes/library.descirbed",
                'there is no gate "library.descirbed"; did you mean "library.described" or "library.consented" or '
                '"library.placet_check"?',
            ),
            Fault(
                "/gate_modes/library.consented",
                '"sometimes" is not a mode of a gate: take enforce, warn, observe',
            ),
        )

    def test_work_together(self, library: MakeMethod, loan: Callable[..., Any], plugin: MakePlugin) -> None:
        """Methods that the linter refuses are refused before a workspace is made with them."""
        registry = Registry.of(plugin(library(loan=loan(indexed=["boook"]))))

        assert self.faults(registry, Rules(("library",))) == (
            Fault(
                "/methods",
                'the methods library have 1 error: library.loan: there is no field "boook" '
                'in library.loan: did you mean "book"?',
            ),
        )


class TestExamining:
    def test_names_what_a_method_requires_or_extends_and_is_not_there(
        self, library: MakeMethod, plugin: MakePlugin
    ) -> None:
        """A required method has to be there; an extended one may be missing, and is shown with the nearest name."""
        acme = Method("acme", "Acme", requires=["libary"], extends=["librry"])
        registry = Registry.of(plugin(library()), plugin(acme))

        found = {(f.severity, f.code, f.where): f.message for f in examine(registry, "acme")}

        assert 'requires the method "libary"' in found["error", "missing-method", "acme"]
        assert 'extends the method "librry"' in found["warning", "unknown-extended", "acme"]

    def test_takes_in_what_it_extends(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """A rule for a transition that the other method does not have is found, though nothing requires that method."""

        def extend(catalog: Any) -> None:
            if "library" in catalog.methods:
                catalog.tighten_roles("library.loan", "lent", ["library.librarian"])

        acme = plugin(Method("acme", "Acme", extends=["library"]), placet_extend=extend)
        registry = Registry.of(plugin(library()), acme)

        (found,) = (f for f in examine(registry, "acme") if f.severity == "error")

        assert (found.code, found.where) == ("composition", "acme")
        assert found.place.startswith(f"{__file__}:")
        assert 'there is no transition of library.loan "lent"; did you mean "lend"?' in found.message

    def test_survives_definitions_that_cannot_be_looked_at(
        self, library: MakeMethod, plugin: MakePlugin, loan: Callable[..., Any]
    ) -> None:
        """A value of a kind that nobody foresaw is an error of its method set, and no failure of who examines it."""
        odd = loan()
        object.__setattr__(odd, "duties", (object(),))
        registry = Registry.of(plugin(library(loan=odd)))

        (found,) = examine(registry, "library")

        assert (found.severity, found.code) == ("error", "composition")
        assert "duties[0] takes a Duty, and was given <object object" in found.message
