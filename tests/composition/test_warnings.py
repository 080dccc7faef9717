"""Warnings: dependencies that are open, and requests that come first. They are said and recorded, and stop nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from placet import GateMode
from placet.engine.engine import SYSTEM_ACTOR

from .joined import Joined, joined

FULL = "2026-W51 has no room for both"
DEPENDENCIES, ORDER = "integration.dependencies_done", "integration.requests_in_order"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    with joined(tmp_path_factory.mktemp("warned")) as found:
        yield found


def warned(ground: Joined, key: str, transition: str, by: str) -> list[str]:
    """The warnings of these gates about a transition; none of them blocks it."""
    found = [
        each
        for each in ground.desk.explain(key, transition, actor=by).blockers
        if each.gate in (DEPENDENCIES, ORDER)
    ]
    assert {each.mode for each in found} <= {GateMode.WARN}
    return [each.message for each in found]


def initiative(ground: Joined) -> str:
    """An improvement that can be begun."""
    key = ground.create("process_owner", "governance.improvement_initiative", idea="A portal")
    for transition in ("assess_initiative", "approve_initiative"):
        ground.forced(key, transition, "process_owner")
    return key


class TestADependency:
    def test_that_is_open_is_said_and_recorded_when_work_begins(self, ground: Joined) -> None:
        """Whatever its type, and its method."""
        first, then = ground.change(), initiative(ground)
        ground.desk.link(then, "integration.depends_on_item", first, actor="process_owner")

        said = warned(ground, then, "begin_initiative", "process_owner")
        moved = ground.desk.move(then, "begin_initiative", actor="process_owner")

        assert said == [f"it depends on 1 open item: 'Release it' ({first}) is in 'New'"]
        assert moved.item.state == "in_progress"
        assert moved.event is not None
        assert [(each["gate"], each["mode"]) for each in moved.event.data["reported"]] == [
            (DEPENDENCIES, "warn")
        ]

    def test_that_is_done_is_not_said(self, ground: Joined) -> None:
        done, then = ground.change(state="closed"), initiative(ground)
        ground.desk.link(then, "integration.depends_on_item", done, actor="process_owner")

        assert warned(ground, then, "begin_initiative", "process_owner") == []

    def test_stops_work_where_the_workspace_enforces_it(self, tmp_path: Path) -> None:
        with joined(tmp_path) as ground:
            first, then = ground.change(), initiative(ground)
            ground.desk.link(then, "integration.depends_on_item", first, actor="process_owner")
            modes = {DEPENDENCIES: GateMode.ENFORCE}
            ground.engine.workspaces.change(SYSTEM_ACTOR, ground.workspace, gate_modes=modes)

            refusal = ground.desk.refused(then, "begin_initiative", actor="process_owner")

            assert [each.gate for each in refusal.blockers] == [DEPENDENCIES]


def named(ground: Joined, key: str) -> str:
    return f"'{ground.item(key).title}' ({key})"


def request(ground: Joined, item: str, percent: int, weeks: tuple[str, str], person: str) -> str:
    """A request for somebody's time, for an item."""
    first, last = weeks
    key = ground.create(
        "resource_manager", "governance.resource_allocation", person=person, percent=percent, week_from=first,
        week_to=last,
    )  # fmt: skip
    ground.desk.link(key, "governance.allocated_to", item, actor="resource_manager")
    return key


class TestARequestForTheSameWeek:
    def test_comes_first_for_what_serves_the_objectives_better(self, ground: Joined) -> None:
        """The stage of a project that serves one, before an improvement that serves none."""
        ground.desk.link(ground.project_key, "governance.serves", ground.objective(), actor="project_manager")
        score = ground.item(ground.project_key).fields["alignment_score"]
        own = request(ground, initiative(ground), 60, ("2026-W50", "2026-W51"), "senior_user")
        other = request(ground, ground.stage_key, 60, ("2026-W51", "2026-W52"), "senior_user")

        said = warned(ground, own, "confirm", "resource_manager")

        assert said == [
            f"{named(ground, other)} serves the objectives better, with {score:.1f} of 100 to 0.0, and {FULL}"
        ]
        assert warned(ground, other, "confirm", "resource_manager") == []
        assert ground.desk.move(own, "confirm", actor="resource_manager").item.state == "confirmed"

    def test_comes_first_where_it_is_needed_earlier(self, ground: Joined) -> None:
        """Of two that serve the objectives alike."""
        own = request(ground, initiative(ground), 60, ("2026-W51", "2026-W51"), "executive")
        other = request(ground, initiative(ground), 50, ("2026-W50", "2026-W51"), "executive")

        assert warned(ground, own, "confirm", "resource_manager") == [
            f"{named(ground, other)} is needed earlier, from 2026-W50 on, and {FULL}"
        ]
        assert warned(ground, other, "confirm", "resource_manager") == []

    def test_is_no_matter_where_both_have_room(self, ground: Joined) -> None:
        own = request(ground, initiative(ground), 50, ("2026-W51", "2026-W51"), "senior_supplier")
        request(ground, initiative(ground), 50, ("2026-W50", "2026-W51"), "senior_supplier")

        assert warned(ground, own, "confirm", "resource_manager") == []
