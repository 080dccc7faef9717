"""Bridges between methods: each bridge on, off, and with one of its methods missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import installed
from placet_integration import PAIRS
from placet_integration.bridges import Bridge, Pair

from .joined import Joined, joined

#: A transition that a bridge stands against: the item, the transition, and who tries it.
Tried = tuple[str, str, str]


def agile_package(ground: Joined) -> Tried:
    return ground.package(), "authorize_work_package", "project_manager"


def package_without_team(ground: Joined) -> Tried:
    key = ground.package(team=None)
    ground.appoint(key, "prince2", "team_manager")
    ground.forced(key, "authorize_work_package", "project_manager")
    ground.forced(key, "accept", "team_manager")
    return key, "start", "team_manager"


def sprint_before_its_stage(ground: Joined) -> Tried:
    times = {"planned_start": "2026-11-02T08:00:00Z", "planned_end": "2026-11-13T08:00:00Z"}
    return ground.planned(**times), "start_sprint", "scrum_master"


def stage_with_a_sprint(ground: Joined) -> Tried:
    ground.sprint()
    return ground.stage_key, "start_boundary", "project_manager"


def package_with_a_story(ground: Joined) -> Tried:
    key = ground.started()
    ground.story(key)
    return key, "notify_completion", "team_manager"


def story_of_a_must(ground: Joined) -> Tried:
    return ground.story(ground.product()), "remove", "product_owner"


def increment(ground: Joined) -> Tried:
    return ground.increment(), "release", "product_owner"


def approved_product(ground: Joined) -> Tried:
    return ground.product("approved"), "hand_over", "project_manager"


def product_never_deployed(ground: Joined) -> Tried:
    said = {"kind": "specialist", "moscow": "must", "approver": "senior_user", "deployable": False}
    key = ground.create("project_manager", "prince2.product", parent=ground.stage_key, **said)
    return key, "baseline_description", "project_manager"


def change_of_a_package(ground: Joined) -> Tried:
    return ground.change(ground.package(), state="authorize"), "authorize_change", "change_manager"


def stage_with_a_change(ground: Joined) -> Tried:
    """Of another project, as it is at its boundary."""
    _, ground.stage_key = ground.project()
    ground.change(ground.product(), state="implement")
    ground.forced(ground.stage_key, "start_boundary", "project_manager")
    return ground.stage_key, "complete_stage", "executive"


def project_after_a_handover(ground: Joined) -> Tried:
    ground.product("handed_over")
    return ground.project_key, "prepare_closure", "project_manager"


def project_without_objective(ground: Joined) -> Tried:
    key = ground.create("business_layer", "prince2.project", mandate="Claims are filed online.")
    ground.appoint(key, "prince2", "executive")
    ground.forced(key, "start_up", "business_layer")
    ground.forced(key, "authorize_initiation", "executive")
    return key, "authorize_project", "executive"


def sprint_with_somebody_overloaded(ground: Joined) -> Tried:
    key = ground.planned()
    ground.allocated(key, 60, 50)
    return key, "start_sprint", "scrum_master"


def stage_under_a_broken_control(ground: Joined) -> Tried:
    ground.finding()
    return ground.next_stage(), "authorize_stage", "executive"


#: For each gate, what it stands against.
STANDS: dict[str, Callable[[Joined], Tried]] = {
    "fix_flex": agile_package,
    "team_linked": package_without_team,
    "sprint_in_stage": sprint_before_its_stage,
    "sprints_closed": stage_with_a_sprint,
    "wp_stories_done": package_with_a_story,
    "must_needs_rfc": story_of_a_must,
    "release_needs_change": increment,
    "deployment_excepted": product_never_deployed,
    "handover_needs_change": approved_product,
    "operations_ready": approved_product,
    "project_released": change_of_a_package,
    "early_life": project_after_a_handover,
    "alignment": project_without_objective,
    "capacity": sprint_with_somebody_overloaded,
    "findings_clear": stage_under_a_broken_control,
    "no_broken_change": stage_with_a_change,
}
ROWS = [(pair, bridge) for pair in PAIRS for bridge in pair.bridges]
IDS = [f"{'_'.join(pair.methods)}-{bridge.name}" for pair, bridge in ROWS]
SETTINGS = list(dict.fromkeys(bridge.setting for _, bridge in ROWS))
REGISTRY = installed()


@cache
def composed(methods: frozenset[str]) -> Catalog:
    """The rules under these methods, those that they require, and what joins them."""
    needed = {name for method in methods for name in REGISTRY.methods[method].requires}
    return REGISTRY.catalog(Rules(tuple(sorted({*methods, *needed, "integration"}))))


def gates_at(methods: set[str], place: tuple[str, str]) -> list[str]:
    """The gates of a transition."""
    catalog = composed(frozenset(methods))
    found = catalog.item_types.get(place[0])
    transition = None if found is None else found.workflow.transition(place[1])
    return [] if transition is None else [gate.id for gate in transition.gates]


class Switched:
    """Findings against each transition with all bridges on, and with each half of them off."""

    def __init__(self, ground: Joined) -> None:
        self.tried = {name: stands(ground) for name, stands in STANDS.items()}
        self.on = self.found(ground)
        self.without: dict[str, dict[str, str]] = {}
        self.beside: dict[str, dict[str, str]] = {}
        for half in (0, 1):
            off = SETTINGS[half::2]
            ground.configure(**dict.fromkeys(off, False))
            found = self.found(ground)
            for name in STANDS:
                (self.without if f"bridge_{name}" in off else self.beside)[name] = found[name]

    def found(self, ground: Joined) -> dict[str, dict[str, str]]:
        return {name: ground.findings(*tried) for name, tried in self.tried.items()}


@pytest.fixture(scope="module")
def switched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Switched]:
    with joined(tmp_path_factory.mktemp("joined")) as ground:
        yield Switched(ground)


@pytest.mark.parametrize(("pair", "bridge"), ROWS, ids=IDS)
class TestABridge:
    def test_stands_in_the_way_until_its_own_setting_is_off(
        self, switched: Switched, pair: Pair, bridge: Bridge
    ) -> None:
        """Switched off it is not evaluated, and it stays where others are off."""
        check = bridge.check.removeprefix("integration.")

        assert switched.on[bridge.name][check]
        assert check in switched.beside[bridge.name]
        assert check not in switched.without[bridge.name]

    def test_is_there_where_both_methods_are_and_nowhere_else(self, pair: Pair, bridge: Bridge) -> None:
        both = set(pair.methods)

        for place in bridge.at:
            assert f"integration.{bridge.name}" in gates_at(both, place)
            for missing in both - {name for method in both for name in REGISTRY.methods[method].requires}:
                assert f"integration.{bridge.name}" not in gates_at(both - {missing}, place)
