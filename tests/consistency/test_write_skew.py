"""A decision's reads hold when it commits, though another decision was made meanwhile.

Every race here is forced: the acts of a meeting have all read before one of them decides, and an act that stands still
has read when the other one begins and ends. An act that does not come as far is an error of the test. Each race has a
control, the same acts by an engine that compares nothing, in which the rule is broken every time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from law import assert_law

from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import PlacetError

from .blind import nothing_compared
from .conftest import Site
from .rendezvous import MEETING
from .works import CRANES_AT_ONCE, FOREMAN

Act = Callable[[], Any]
#: Of a control: luck does not matter.
CONTROLS = 2


class Race(ABC):
    """Acts that each are right, and together are not."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.one, self.other = site.engines

    def move(self, key: str, transition: str, application: int = 0) -> Act:
        """The act of moving an item, through one of the applications."""
        return lambda: self.site.engines[application].transition(self.site.foreman, key, transition)

    @abstractmethod
    def run(self, n: int) -> bool:
        """Run it once more; answers whether the rule still holds."""


class Meeting(Race):
    """All acts have read before one of them decides, and all of them demand that the rule holds."""

    @abstractmethod
    def acts(self, n: int) -> list[Act]: ...

    @abstractmethod
    def holds(self) -> bool: ...

    def run(self, n: int) -> bool:
        acts = self.acts(n)
        with MEETING.of(len(acts)), ThreadPoolExecutor(len(acts)) as pool:
            self.outcomes = list(pool.map(_outcome, acts))
        return self.holds()


class Stop(Race):
    """The first act has read and stands still, while another is done that it would not have decided after."""

    @abstractmethod
    def first(self, n: int) -> Act: ...

    @abstractmethod
    def meanwhile(self, n: int) -> None: ...

    def after(self) -> None:
        """Make ready for the next round."""

    def run(self, n: int) -> bool:
        act = self.first(n)
        with ThreadPoolExecutor(1) as pool, MEETING.stop() as stop:
            running = pool.submit(_outcome, act)
            stop.wait()
            self.meanwhile(n)
            stop.release()
            outcome = running.result()
        self.after()
        return isinstance(outcome, PlacetError)


def _outcome(act: Act) -> Any:
    try:
        return act()
    except PlacetError as refusal:
        return refusal


class CloseAgainstReopen(Meeting):
    """A stage closes when all of its packages are done; a package is reopened while its stage is not closed."""

    def acts(self, n: int) -> list[Act]:
        self.stage = self.site.create("stage").key
        self.package = self.site.create("package", parent=self.stage).key
        self.site.engine.transition(self.site.foreman, self.package, "finish")
        return [self.move(self.stage, "close"), self.move(self.package, "reopen", application=1)]

    def holds(self) -> bool:
        return (self.site.state(self.stage), self.site.state(self.package)) in {
            ("closed", "done"),
            ("building", "going"),
        }


class OneCraneTwice(Meeting):
    """A crane is booked once for an hour: bookings that know of each other by nothing but a search."""

    def acts(self, n: int) -> list[Act]:
        self.wishes = [self.site.create("booking", crane="north", hour=n).key for _ in range(2)]
        return [self.move(key, "book", application) for application, key in enumerate(self.wishes)]

    def holds(self) -> bool:
        return sorted(map(self.site.state, self.wishes)) == ["booked", "wished"]


class MoreThanTheGroundBears(Meeting):
    """So many cranes work at an hour: a count by a predicate, of items that have nothing else in common."""

    def acts(self, n: int) -> list[Act]:
        booked = [
            self.site.create("booking", crane=f"tower-{k}", hour=n).key for k in range(CRANES_AT_ONCE - 1)
        ]
        for key in booked:
            self.site.engine.transition(self.site.foreman, key, "book")
        self.wishes = [self.site.create("booking", crane=f"mobile-{k}", hour=n).key for k in range(4)]
        return [self.move(key, "book", k % 2) for k, key in enumerate(self.wishes)]

    def holds(self) -> bool:
        return sorted(map(self.site.state, self.wishes)) == ["booked", "wished", "wished", "wished"]


class LinkAgainstLink(Meeting):
    """Two stages are said to follow each other: links that form no circle by themselves."""

    def acts(self, n: int) -> list[Act]:
        self.stages = [self.site.create("stage").key for _ in range(2)]
        one, other = self.stages
        return [self._follows(one, other, 0), self._follows(other, one, 1)]

    def _follows(self, source: str, target: str, application: int) -> Act:
        items = self.site.engines[application].items
        return lambda: items.link(self.site.foreman, source, "works.follows", target)

    def holds(self) -> bool:
        return len([each for each in self.outcomes if not isinstance(each, PlacetError)]) == 1


class CloseAgainstCreate(Stop):
    """A stage closes, and a package is made below it that it did not see."""

    def first(self, n: int) -> Act:
        self.stage = self.site.create("stage").key
        return self.move(self.stage, "close")

    def meanwhile(self, n: int) -> None:
        self.other.items.create(
            self.site.foreman,
            workspace="SITE",
            type="works.package",
            title="late",
            fields={},
            parent=self.stage,
        )


class CloseAgainstLink(Stop):
    """A stage closes, and a package of another stage is said to hold it up."""

    def first(self, n: int) -> Act:
        self.stage = self.site.create("stage").key
        self.package = self.site.create("package", parent=self.site.create("stage").key).key
        return self.move(self.stage, "close")

    def meanwhile(self, n: int) -> None:
        self.other.items.link(self.site.foreman, self.package, "works.holds_up", self.stage)


class AcceptAgainstWithdrawal(Stop):
    """A package is accepted under a permit of its stage, which is withdrawn."""

    def first(self, n: int) -> Act:
        self.stage = self.site.create("stage", permit="B 17").key
        return self.move(self.site.create("package", parent=self.stage).key, "accept")

    def meanwhile(self, n: int) -> None:
        self.other.items.edit(self.site.foreman, self.stage, fields={"permit": None})


class BookAgainstClosure(Stop):
    """A crane is booked, and the site is declared closed for that hour and others."""

    def first(self, n: int) -> Act:
        self.hour = 1000 + 10 * n
        return self.move(self.site.create("booking", crane="north", hour=self.hour).key, "book")

    def meanwhile(self, n: int) -> None:
        self.other.items.create(
            self.site.foreman, workspace="SITE", type="works.closure", title="storm",
            fields={"since": self.hour - 3, "until": self.hour + 3},
        )  # fmt: skip


class ActAgainstRoles(Stop):
    """A foreman closes a stage, and is a foreman no longer."""

    def first(self, n: int) -> Act:
        return self.move(self.site.create("stage").key, "close")

    def meanwhile(self, n: int) -> None:
        self.other.workspaces.assign(SYSTEM_ACTOR, "SITE", FOREMAN.id, [])

    def after(self) -> None:
        self.other.workspaces.assign(SYSTEM_ACTOR, "SITE", FOREMAN.id, ["fred"])


RACES = [
    CloseAgainstReopen, OneCraneTwice, MoreThanTheGroundBears, LinkAgainstLink, CloseAgainstCreate,
    CloseAgainstLink, AcceptAgainstWithdrawal, BookAgainstClosure, ActAgainstRoles,
]  # fmt: skip


@pytest.fixture(params=RACES, ids=lambda race: race.__name__)
def race(request: pytest.FixtureRequest, site: Site) -> Race:
    """One of them, run once so that its searches are counted by all writers, and both applications know of that."""
    made: Race = request.param(site)
    made.run(900)
    for engine in site.engines:
        engine.items.create(site.foreman, workspace="SITE", type="works.stage", title="another", fields={})
    return made


class TestARace:
    def test_breaks_no_rule(self, race: Race, rounds: int) -> None:
        """The one that commits second decides again, by what the first one has made."""
        assert [n for n in range(rounds) if not race.run(n)] == []
        assert_law(race.site.engine)

    def test_would_break_it_if_nothing_were_compared(self, race: Race) -> None:
        """Every time, so what the test above shows is the comparison."""
        with nothing_compared():
            assert [race.run(n) for n in range(CONTROLS)] == [False] * CONTROLS
