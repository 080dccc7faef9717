"""Searches among thousands: the number of statements depends on what is asked, not on how much there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from calls import Calls
from statements import sent

from placet import BlockedError
from placet.app import build
from placet.catalog.discovery import Registry
from placet.engine.rules.previews import TransitionPreview
from placet.settings import Settings
from placet.testing import DeskClock
from placet.testing.bulk import fill

from .schedules import DEPENDANTS, FROM, MANY, START, World, spread

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Python calls of an act for the time of one entry of the schedule, for one item that depends on the change's, whose
#: counters a move compares, and for one window that recurs.
EACH_TIME, EACH_DEPENDANT, EACH_RECURRING = 7, 90, 80
#: Python calls of a triage for one incident like it.
EACH_LIKE = 30
#: How a problem was found.
FOUND: dict[str, Any] = {"source": "proactive", "impact": 3, "urgency": 3}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The organization under change enablement alone, on either database."""
    application = build(
        Settings(database_url=database_url, evidence_url=str(tmp_path / "evidence")),
        clock=DeskClock(START),
        registry=Registry.of(import_module("placet_itil_change")),
    )
    yield World(application)
    application.close()


def look(world: World) -> TransitionPreview:
    """The authorization of the change as it would be."""
    found = world.engine.explain(world.carl, world.change).preview("authorize_change")
    assert found is not None
    return found


def attempt(world: World) -> BlockedError:
    """The refusal of the authorization of the change."""
    with pytest.raises(BlockedError) as refusal:
        world.engine.transition(world.carl, world.change, "authorize_change")
    return refusal.value


def calls(world: World, act: Callable[[World], object]) -> int:
    """The Python calls of an act that is done for the second time."""
    act(world)
    with Calls() as counted:
        act(world)
    return counted.number


class TestAmongThousands:
    def test_checks_send_as_many_statements_as_among_a_few(self, world: World) -> None:
        """5,000 changes on the schedule, 5,000 windows and 381 dependants cost no query each."""
        world.grow(40, 40, 20)
        with sent(world.application.store) as few:
            look(world)
        world.grow(MANY, MANY, DEPENDANTS)

        with sent(world.application.store) as many:
            after = look(world)

        found = {blocker.check for blocker in after.blockers}
        assert "itil.collision_related" in found
        # It finds a collision there, and looks for a free slot in three stretches of two statements each.
        assert len(few) < len(many) <= len(few) + 9, (len(few), len(many))

    @pytest.mark.parametrize("act", [look, attempt], ids=["explanation", "move"])
    def test_the_search_for_a_slot_reads_the_times_of_the_next_weeks_and_no_items(
        self, world: World, act: Callable[[World], object]
    ) -> None:
        """5,000 changes in the weeks that are searched, and not one slot among them."""
        alone = calls(world, act)
        below = world.dependants(DEPENDANTS)
        starts = spread(FROM - DAY, 40 * DAY, MANY)
        world.schedule((below[n % len(below)], start, start + HOUR) for n, start in enumerate(starts))

        among = calls(world, act)

        assert "itil.collision_related" in {blocker.check for blocker in look(world).blockers}
        assert among <= alone + EACH_DEPENDANT * DEPENDANTS + EACH_TIME * MANY, (alone, among)

    def test_windows_that_recur_are_read_by_the_stretch(self, world: World) -> None:
        """2,000 maintenance windows every week, none of which is on: the next one is some days ahead."""
        world.engine.items.edit(world.carl, world.hub, fields={"maintenance_only": True})
        alone = calls(world, look)
        starts = spread(START, DAY, 2000)
        world.declare(
            ((start, start + 2 * HOUR) for start in starts), kind="maintenance", rrule="FREQ=WEEKLY;BYDAY=SU"
        )

        among = calls(world, look)

        (blocker,) = (each for each in look(world).blockers if each.check == "itil.maintenance_only")
        assert blocker.earliest is not None
        assert FROM < blocker.earliest <= FROM + 7 * DAY
        assert among <= alone + EACH_RECURRING * 2000, (alone, among)

    def test_windows_of_a_day_are_found_by_the_day(self, world: World) -> None:
        """One search for each type of window, which leads to those that overlap the day and to no others."""
        world.grow(40, MANY, 20)
        weekly = world.window(START, rrule="FREQ=WEEKLY;BYDAY=MO", kind="maintenance")
        day = datetime(2027, 3, 1, tzinfo=UTC)

        with sent(world.application.store) as statements, world.application.store.reading() as session:
            span = (day, day + timedelta(days=1))
            candidates = session.search("DESK", "itil.change_window", ["in_force"], (), span)
        found = world.engine.agenda.windows(world.carl, "DESK", *span)

        assert len([statement for statement in statements if "item_spans" in statement]) == 1
        assert weekly in {line.item.key for line, _, _ in found}
        # One every 4.8 hours, the first of which began on the day before, and the weekly one.
        assert len(found) == len(candidates) == 7


class TestAmongLikeIncidents:
    def test_a_pattern_is_found_without_a_query_for_each(self, world: World) -> None:
        """300 open incidents of one category on one item, all of which belong to one problem already."""
        first, second, third = (incident(world) for _ in range(3))
        fill(world.application, first, ({} for _ in range(300)))
        triage(world, first)

        with sent(world.application.store) as statements:
            triage(world, second)
        with Calls() as counted:
            triage(world, third)

        problems = {
            world.engine.items.get(world.carl, key).links["itil.caused_by_problem"] for key in (first, third)
        }
        assert len(problems) == 1
        assert len(statements) <= 12
        assert counted.number <= 6000 + EACH_LIKE * 300, counted.number

    def test_an_incident_shows_the_newest_of_very_many_known_errors(self, world: World) -> None:
        """It is triaged all the same."""
        article = {"known_error_article": "Restart it."}
        problem = world.made("itil.problem", cis=[world.hub], **FOUND)
        known = fill(world.application, problem, (article for _ in range(120)), state="known_error")

        assert shown(world) == known[:-101:-1]

    def test_the_known_error_of_its_item_comes_before_very_many_of_its_category(self, world: World) -> None:
        """It is the oldest of them all."""
        article = {"known_error_article": "Restart it."}
        template = world.made("itil.problem", category="network", **FOUND)
        (own,) = fill(world.application, template, [{**article, "cis": [world.hub]}], state="known_error")
        alike = fill(world.application, template, (article for _ in range(120)), state="known_error")

        assert shown(world) == [own, *alike[:-100:-1]]


def incident(world: World) -> str:
    """A new incident on the hub."""
    said = {"symptoms": "No answer", "channel": "phone", "impact": 3, "urgency": 3, "category": "network"}
    return world.made("itil.incident", cis=[world.hub], summary="The hub is down", **said)


def triage(world: World, key: str) -> None:
    """Classify an incident."""
    world.engine.transition(world.carl, key, "triage")


def shown(world: World) -> list[str]:
    """The problems whose known facts an incident on the hub shows, once it is triaged."""
    key = incident(world)
    triage(world, key)
    return [each["problem"] for each in world.engine.items.get(world.carl, key).fields["known_errors"]]
