"""Conformance: the rules for methods, and the reports of violations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from shop import METHOD, PART, REPAIR, changed, plugin, with_repair

from placet import Check, Gate, Method, State, Transition, Workflow, check, passed
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.definitions.method import Settings
from placet.testing import MethodConformance, workflow_table


@check("shop.silent")
def silent(ctx: Any) -> Any:
    """Nothing is asked for."""
    return passed()


def spoken(workflow: Workflow) -> Workflow:
    """The workflow with a meaning for each state."""
    states = [State(s.id, s.title, s.category, f"It is {s.title.lower()}.") for s in workflow.states]
    return Workflow(workflow.id, states, workflow.transitions)


def catalog_of(method: Method) -> Catalog:
    return Registry.of(plugin(method)).compose(Rules((method.id,)))


class _Shop(MethodConformance):
    method = "shop"


class TestAMethodThatConforms(MethodConformance):
    """Subclassed in two lines, and the registry overridden as the repair shop is not installed."""

    method = "shop"

    @pytest.fixture
    def registry(self) -> Registry:
        repair, part = with_repair(workflow=spoken(REPAIR)).item_types
        part = changed(part, workflow=spoken(PART))
        return Registry.of(plugin(changed(METHOD, item_types=[repair, part])))


class TestAMethodThatDoesNot:
    def test_a_plugin_that_did_not_load_is_reported(self) -> None:
        registry = Registry.of(broken={"shop": "no module named lathe"})

        with pytest.raises(AssertionError, match=r"shop did not load.*no module named lathe"):
            _Shop().definition.__wrapped__(_Shop(), registry)  # type: ignore[attr-defined]  # pytest's fixture

    def test_a_state_without_a_meaning_is_named(self) -> None:
        with pytest.raises(AssertionError, match=r"shop\.repair\.wished"):
            _Shop().test_every_state_says_what_it_means(catalog_of(METHOD))

    def test_a_check_without_a_sentence_is_named(self) -> None:
        moves = [
            Transition(
                t.name,
                t.sources,
                t.target,
                t.roles,
                [Gate("shop.mute", "Mute", Check("shop.mute_check", silent.test))],
            )
            if t.name == "rework"
            else t
            for t in REPAIR.transitions
        ]
        method = with_repair(workflow=Workflow(REPAIR.id, REPAIR.states, moves))

        with pytest.raises(AssertionError, match=r"shop\.mute_check"):
            _Shop().test_every_check_says_what_it_requires(Registry.of(plugin(method)), method)

    def test_a_check_on_the_making_of_items_has_a_sentence_too(self) -> None:
        method = with_repair(creation=[Gate("shop.mute", "Mute", Check("shop.mute_check", silent.test))])

        with pytest.raises(AssertionError, match=r"shop\.mute_check"):
            _Shop().test_every_check_says_what_it_requires(Registry.of(plugin(method)), method)

    def test_a_setting_without_a_default_is_named(self) -> None:
        class Demanding(Settings):
            hours: int

        with pytest.raises(AssertionError, match="hours"):
            _Shop().test_every_setting_has_a_default(changed(METHOD, settings=Demanding))

    def test_what_the_linter_refuses_is_reported(self) -> None:
        """A state that nothing leads to, with the line on which it is written."""
        states = [*REPAIR.states, State("lost", "Lost", "active")]
        method = with_repair(workflow=Workflow(REPAIR.id, states, REPAIR.transitions))

        with pytest.raises(AssertionError, match=r"shop\.repair\.lost.*test_conformance\.py:\d+"):
            _Shop().test_the_linter_finds_no_error(Registry.of(plugin(method)), method)

    def test_what_is_wrong_together_with_a_method_that_it_extends_is_reported(self) -> None:
        """Also of a method that has no item type of its own."""

        def extend(catalog: Any) -> None:
            if "shop" in catalog.methods:
                catalog.add_gate("shop.repair", "strat", Gate("acme.g", "G", Check("acme.c", silent.test)))

        acme = Method("acme", "Acme", extends=["shop"])
        registry = Registry.of(plugin(METHOD), plugin(acme, placet_extend=extend))

        class _Acme(MethodConformance):
            method = "acme"

        with pytest.raises(AssertionError, match='did you mean "start"'):
            _Acme().test_the_linter_finds_no_error(registry, acme)


class TestTheTablesOfAMethod:
    @pytest.fixture
    def kept(self, tmp_path: Path) -> MethodConformance:
        """Conformance with the table of each workflow in a folder, as it is."""
        for item_type in METHOD.item_types:
            (tmp_path / f"{item_type.id}.txt").write_text(workflow_table(item_type), encoding="utf-8")

        class _Kept(MethodConformance):
            method = "shop"
            tables = tmp_path

        return _Kept()

    def test_are_its_workflows(self, kept: MethodConformance) -> None:
        kept.test_every_workflow_is_the_table_that_is_kept(METHOD)

    def test_show_a_rule_that_has_changed(self, kept: MethodConformance, tmp_path: Path) -> None:
        """Line by line, and with where the table is to be written if the change is wanted."""
        moves = [each for each in REPAIR.transitions if each.name != "rework"]
        method = with_repair(workflow=Workflow(REPAIR.id, REPAIR.states, moves))

        with pytest.raises(AssertionError) as difference:
            kept.test_every_workflow_is_the_table_that_is_kept(method)

        assert "-rework: testing -> bench" in str(difference.value)
        assert f"If that is wanted, write it into {tmp_path}: " in str(difference.value)

    def test_have_one_for_each_item_type(self, kept: MethodConformance, tmp_path: Path) -> None:
        (tmp_path / "shop.part.txt").unlink()

        with pytest.raises(AssertionError, match=r"\+ordered \[todo\]"):
            kept.test_every_workflow_is_the_table_that_is_kept(METHOD)

    def test_have_none_without_an_item_type(self, kept: MethodConformance) -> None:
        repairs_alone = changed(METHOD, item_types=METHOD.item_types[:1])

        with pytest.raises(AssertionError, match=r"-ordered \[todo\]"):
            kept.test_every_workflow_is_the_table_that_is_kept(repairs_alone)

    def test_are_left_out_where_none_are_kept(self) -> None:
        _Shop().test_every_workflow_is_the_table_that_is_kept(METHOD)
