"""Nobody starts again because of what is not theirs; who does, starts again because of what they read.

One act stands still between its reads and its commit, others come to their end beside it, and then it goes on: whether
it starts again does not depend on time or luck.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from law import assert_law

from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.moved import Wish
from placet.errors import PlacetError

from .conftest import Site
from .rendezvous import MEETING

#: An act beside another, through the other application.
Beside = Callable[["Desk"], Any]


@dataclass
class Desk:
    """A site on which one closes a stage and another books a crane, beside everybody else's work."""

    site: Site
    other: Engine
    stage: str
    #: A package of the stage that is done.
    package: str
    #: A wish for the north crane at an hour of this test's.
    wish: str
    hour: int
    #: A stage of others, and a package of it that is going.
    elsewhere: str
    theirs: str

    def create(self, type: str, *, parent: str | None = None, **fields: Any) -> str:
        """An item that others make."""
        made = self.other.items.create(
            self.site.foreman,
            workspace="SITE",
            type=f"works.{type}",
            title="theirs",
            fields=fields,
            parent=parent,
        )
        return made.key

    def move(self, key: str, transition: str) -> None:
        """A move that others make."""
        self.other.transition(self.site.foreman, key, transition)

    def book(self, crane: str, hour: int) -> None:
        """A booking of others."""
        self.move(self.create("booking", crane=crane, hour=hour), "book")

    def person(self) -> str:
        """Somebody whom others add."""
        return self.other.people.add(SYSTEM_ACTOR, id=f"gus-{self.hour}", name="Gus").id

    def attempts(self, key: str, transition: str, beside: Beside) -> int:
        """How often the act came to its decision while that happened beside it."""

        def act() -> None:
            try:
                self.site.engine.transition(self.site.foreman, key, transition)
            except PlacetError:
                # Its decision is another test's subject.
                return

        with ThreadPoolExecutor(1) as pool, MEETING.stop() as stop:
            running = pool.submit(act)
            stop.wait()
            beside(self)
            stop.release()
            running.result()
        return stop.arrivals


#: Hours of which each test has three, so that no test books what another has booked.
HOURS = count(10, 10)


@pytest.fixture(scope="module")
def counted_site(shared_site: Site) -> Site:
    """Everything that is searched for has been searched for before, so that it is counted by all writers."""
    first = desk_on(shared_site)
    first.move(first.stage, "close")
    first.book("east", first.hour)
    shared_site.create("stage")
    return shared_site


def desk_on(site: Site) -> Desk:
    """With items of its own."""
    stage, elsewhere = site.create("stage").key, site.create("stage", permit="B 17").key
    package = site.create("package", parent=stage).key
    site.engine.transition(site.foreman, package, "finish")
    hour = next(HOURS)
    return Desk(
        site,
        site.engines[1],
        stage,
        package,
        site.create("booking", crane="north", hour=hour).key,
        hour,
        elsewhere,
        site.create("package", parent=elsewhere).key,
    )


@pytest.fixture
def desk(counted_site: Site) -> Desk:
    return desk_on(counted_site)


def theirs_alone(desk: Desk) -> None:
    """A working day of somebody with items of their own: the same types, the same fields, other values."""
    desk.move(desk.theirs, "pause")
    desk.move(desk.theirs, "resume")
    desk.move(desk.theirs, "report")
    desk.other.items.edit(desk.site.foreman, desk.elsewhere, fields={"permit": "B 18"})
    desk.other.items.comment(desk.site.foreman, desk.theirs, "as agreed")
    more = [desk.create("package", parent=desk.elsewhere) for _ in range(3)]
    desk.other.bulk(desk.site.foreman, [Wish(key, "finish") for key in [desk.theirs, *more]], atomic=True)
    desk.other.items.link(desk.site.foreman, desk.theirs, "works.holds_up", desk.create("stage"))
    desk.move(desk.elsewhere, "close")
    desk.book("south", desk.hour + 2)
    desk.person()


class TestWorkOfOthers:
    def test_lets_who_closes_a_stage_commit_at_once(self, desk: Desk) -> None:
        """It read its own item, the packages below it, and what leads to it."""
        assert desk.attempts(desk.stage, "close", theirs_alone) == 1

        assert desk.site.state(desk.stage) == "closed"
        assert_law(desk.site.engine)

    def test_lets_who_books_a_crane_commit_at_once(self, desk: Desk) -> None:
        """It read bookings of that crane and of that hour, and all closures."""
        assert desk.attempts(desk.wish, "book", theirs_alone) == 1

        assert desk.site.state(desk.wish) == "booked"
        assert_law(desk.site.engine)


#: The reads of a close of the stage, and the acts that change them.
TOUCHING_A_CLOSE: dict[str, Beside] = {
    "its own fields": lambda desk: desk.other.items.edit(
        desk.site.foreman, desk.stage, fields={"permit": "B 9"}
    ),
    "its own history": lambda desk: desk.other.items.comment(desk.site.foreman, desk.stage, "one moment"),
    "the state of a package": lambda desk: desk.move(desk.package, "reopen"),
    "that there is no other package": lambda desk: desk.create("package", parent=desk.stage),
    "that nothing leads to it": lambda desk: desk.other.items.link(
        desk.site.foreman, desk.theirs, "works.holds_up", desk.stage
    ),
    "who is a foreman": lambda desk: desk.other.workspaces.assign(
        SYSTEM_ACTOR, "SITE", "works.foreman", ["fred", desk.person()]
    ),
}
#: The reads of a booking of the north crane.
TOUCHING_A_BOOKING: dict[str, Beside] = {
    "bookings of the crane": lambda desk: desk.book("north", desk.hour),
    "bookings of the hour": lambda desk: desk.book("south", desk.hour),
    "closures": lambda desk: desk.create("closure", since=1, until=2),
}


class TestWhatWasRead:
    @pytest.mark.parametrize("what", TOUCHING_A_CLOSE)
    def test_makes_who_closes_a_stage_decide_again(self, desk: Desk, what: str) -> None:
        """Once, whichever part of it has moved."""
        assert desk.attempts(desk.stage, "close", TOUCHING_A_CLOSE[what]) == 2

    @pytest.mark.parametrize("what", TOUCHING_A_BOOKING)
    def test_makes_who_books_a_crane_decide_again(self, desk: Desk, what: str) -> None:
        """Once, though it read no item but its own."""
        assert desk.attempts(desk.wish, "book", TOUCHING_A_BOOKING[what]) == 2
