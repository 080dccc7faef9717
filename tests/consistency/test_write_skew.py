"""A decision's reads hold when it commits, though another decision was made meanwhile.

Every race here is forced: the acts of a meeting have all read before one of them decides, and an act that stands still
has read when the other one begins and ends. An act that does not come as far is an error of the test. Each race has a
control, the same acts by an engine that compares nothing, in which the rule is broken every time.

All races are run on one site, each round with items and hours of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from law import assert_law

from placet.definitions.verdicts import BlockedError
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import PlacetError

from .blind import nothing_compared
from .conftest import Site
from .rendezvous import MEETING
from .works import CRANES_AT_ONCE, FOREMAN

Act = Callable[[], Any]
#: Of a control: luck does not matter.
CONTROLS = 2
#: Hours of which each round has ten, so that no round books or closes what another has.
HOURS = count(10, 10)


class Race(ABC):
    """Acts that each are right, and together are not."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.one, self.other = site.engines

    def move(self, key: str, transition: str, application: int = 0) -> Act:
        """The act of moving an item, through one of the applications."""
        return lambda: self.site.engines[application].transition(self.site.foreman, key, transition)

    @abstractmethod
    def run(self) -> bool:
        """Run it once more; answers whether the rule still holds."""


class Meeting(Race):
    """All acts have read before one of them decides, and all of them demand that the rule holds."""

    @abstractmethod
    def acts(self) -> list[Act]: ...

    @abstractmethod
    def holds(self) -> bool: ...

    def run(self) -> bool:
        acts = self.acts()
        with MEETING.of(len(acts)), ThreadPoolExecutor(len(acts)) as pool:
            self.outcomes = list(pool.map(_outcome, acts))
        return self.holds()


class Stop(Race):
    """The first act has read and stands still, while another is done that it would not have decided after.

    The rule holds if the act is refused by the check that demands it. An act that was given up shows nothing of it.
    """

    #: The check that refuses the act.
    refused_by: str

    @abstractmethod
    def first(self) -> Act: ...

    @abstractmethod
    def meanwhile(self) -> None: ...

    def after(self) -> None:
        """Make ready for the next round."""

    def run(self) -> bool:
        act = self.first()
        with ThreadPoolExecutor(1) as pool, MEETING.stop() as stop:
            running = pool.submit(_outcome, act)
            stop.wait()
            self.meanwhile()
            stop.release()
            outcome = running.result()
        self.after()
        if isinstance(outcome, PlacetError) and not isinstance(outcome, BlockedError):
            raise outcome
        return isinstance(outcome, BlockedError) and [each.check for each in outcome.blockers] == [
            self.refused_by
        ]


def _outcome(act: Act) -> Any:
    try:
        return act()
    except PlacetError as refusal:
        return refusal


class CloseAgainstReopen(Meeting):
    """A stage closes when all of its packages are done; a package is reopened while its stage is not closed."""

    def acts(self) -> list[Act]:
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

    def acts(self) -> list[Act]:
        hour = next(HOURS)
        self.wishes = [self.site.create("booking", crane="north", hour=hour).key for _ in range(2)]
        return [self.move(key, "book", application) for application, key in enumerate(self.wishes)]

    def holds(self) -> bool:
        return sorted(map(self.site.state, self.wishes)) == ["booked", "wished"]


class MoreThanTheGroundBears(Meeting):
    """So many cranes work at an hour: a count by a predicate, of items that have nothing else in common."""

    def acts(self) -> list[Act]:
        hour = next(HOURS)
        booked = [
            self.site.create("booking", crane=f"tower-{k}", hour=hour).key for k in range(CRANES_AT_ONCE - 1)
        ]
        for key in booked:
            self.site.engine.transition(self.site.foreman, key, "book")
        self.wishes = [self.site.create("booking", crane=f"mobile-{k}", hour=hour).key for k in range(4)]
        return [self.move(key, "book", k % 2) for k, key in enumerate(self.wishes)]

    def holds(self) -> bool:
        return sorted(map(self.site.state, self.wishes)) == ["booked", "wished", "wished", "wished"]


class LinkAgainstLink(Meeting):
    """Two stages are said to follow each other: links that form no circle by themselves."""

    def acts(self) -> list[Act]:
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

    refused_by = "works.packages_done"

    def first(self) -> Act:
        self.stage = self.site.create("stage").key
        return self.move(self.stage, "close")

    def meanwhile(self) -> None:
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

    refused_by = "works.nothing_in_the_way"

    def first(self) -> Act:
        self.stage = self.site.create("stage").key
        self.package = self.site.create("package", parent=self.site.create("stage").key).key
        return self.move(self.stage, "close")

    def meanwhile(self) -> None:
        self.other.items.link(self.site.foreman, self.package, "works.holds_up", self.stage)


class AcceptAgainstWithdrawal(Stop):
    """A package is accepted under a permit of its stage, which is withdrawn."""

    refused_by = "works.permit_held"

    def first(self) -> Act:
        self.stage = self.site.create("stage", permit="B 17").key
        return self.move(self.site.create("package", parent=self.stage).key, "accept")

    def meanwhile(self) -> None:
        self.other.items.edit(self.site.foreman, self.stage, fields={"permit": None})


class AcceptAgainstEvidence(Stop):
    """A package is accepted on the papers of its stage, to which an objection is attached.

    Evidence is attached and never taken away, and expires at a moment that an act compares with its own.
    """

    refused_by = "works.no_objection"

    def first(self) -> Act:
        self.stage = self.site.create("stage", permit="B 17").key
        return self.move(self.site.create("package", parent=self.stage).key, "accept")

    def meanwhile(self) -> None:
        self.other.evidence.attach(
            self.site.foreman, self.stage, kind="objection", name="cracks", url="https://example.org/cracks"
        )


class BookAgainstClosure(Stop):
    """A crane is booked, and the site is declared closed for that hour and others."""

    refused_by = "works.site_open"

    def first(self) -> Act:
        self.hour = next(HOURS)
        return self.move(self.site.create("booking", crane="north", hour=self.hour).key, "book")

    def meanwhile(self) -> None:
        self.other.items.create(
            self.site.foreman, workspace="SITE", type="works.closure", title="storm",
            fields={"since": self.hour - 3, "until": self.hour + 3},
        )  # fmt: skip


class ActAgainstRoles(Stop):
    """A foreman closes a stage, and is a foreman no longer, though a visitor."""

    refused_by = "role"

    def first(self) -> Act:
        return self.move(self.site.create("stage").key, "close")

    def meanwhile(self) -> None:
        self.other.workspaces.assign(SYSTEM_ACTOR, "SITE", FOREMAN.id, [])

    def after(self) -> None:
        self.other.workspaces.assign(SYSTEM_ACTOR, "SITE", FOREMAN.id, ["fred"])


RACES = [
    CloseAgainstReopen, OneCraneTwice, MoreThanTheGroundBears, LinkAgainstLink, CloseAgainstCreate,
    CloseAgainstLink, AcceptAgainstWithdrawal, AcceptAgainstEvidence, BookAgainstClosure, ActAgainstRoles,
]  # fmt: skip


@pytest.fixture(scope="module")
def raced_site(shared_site: Site) -> Iterator[Site]:
    """A site for all races, which the law is true of after the last."""
    yield shared_site
    assert_law(shared_site.engine)


@pytest.fixture(params=RACES, ids=lambda race: race.__name__)
def race(request: pytest.FixtureRequest, raced_site: Site) -> Race:
    """One of them, run once so that its searches are counted by all writers, and both applications know of that."""
    made: Race = request.param(raced_site)
    made.run()
    for engine in raced_site.engines:
        engine.items.create(
            raced_site.foreman, workspace="SITE", type="works.stage", title="another", fields={}
        )
    return made


class TestARace:
    def test_breaks_no_rule(self, race: Race, rounds: int) -> None:
        """The one that commits second decides again, by what the first one has made."""
        assert [n for n in range(rounds) if not race.run()] == []

    def test_would_break_it_if_nothing_were_compared(self, race: Race) -> None:
        """Every time, so what the test above shows is the comparison."""
        with nothing_compared():
            assert [race.run() for _ in range(CONTROLS)] == [False] * CONTROLS
