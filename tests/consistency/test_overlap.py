"""Two acts at the same moment: what one of them read is what holds when it commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from placet.engine.outlook import Idempotency, Moved
from placet.errors import BlockedError, ConflictError, PlacetError, StaleError

from .conftest import Site
from .law import assert_law, history
from .rendezvous import MEETING

ROUNDS = 15

Act = Callable[[], Any]


def at_once(*acts: Act) -> list[Any]:
    """Do all acts at the same moment; answers what each gave, or its refusal."""

    def outcome(act: Act) -> Any:
        try:
            return act()
        except PlacetError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(outcome, acts))


def kinds(outcomes: list[Any]) -> Counter[type]:
    return Counter(type(outcome) for outcome in outcomes)


def overlapping(site: Site, *acts: Act) -> list[Any]:
    """Do all acts so that each has read before any of them writes, as far as the database lets them."""
    patience = 0.05 if site.houses[0].store.sqlite else 10.0
    with MEETING.of(len(acts), patience=patience):
        return at_once(*acts)


@pytest.fixture
def meetings(site: Site) -> Iterator[None]:
    """Proves that acts did overlap on PostgreSQL: without that, a test of this file shows nothing."""
    before = MEETING.held
    yield
    assert MEETING.held - before == (0 if site.houses[0].store.sqlite else ROUNDS)


@pytest.mark.usefixtures("meetings")
class TestWhatADecisionRead:
    def test_a_stage_never_closes_over_a_package_that_is_being_reopened(self, site: Site) -> None:
        """Exactly one of the two goes through: the other one meets what the first one made."""
        one, other = site.engines
        for _ in range(ROUNDS):
            stage = site.create("stage").key
            package = site.create("package", parent=stage).key
            site.engine.transition(site.foreman, package, "finish")

            outcomes = overlapping(
                site,
                lambda: one.transition(site.foreman, stage, "close"),  # noqa: B023  # done before the next round
                lambda: other.transition(site.foreman, package, "reopen"),  # noqa: B023
            )

            assert kinds(outcomes) == {Moved: 1, BlockedError: 1}, outcomes
            assert (site.state(stage), site.state(package)) in {("closed", "done"), ("building", "going")}
        assert_law(site.engine)

    def test_a_crane_is_never_booked_twice_for_an_hour(self, site: Site) -> None:
        """Bookings that do not know of each other, and read only that nobody else is there."""
        for hour in range(ROUNDS):
            wishes = [site.create("booking", crane="north", hour=hour).key for _ in range(4)]

            outcomes = overlapping(
                site,
                *(
                    lambda key=key, n=n: site.engines[n % 2].transition(site.foreman, key, "book")
                    for n, key in enumerate(wishes)
                ),
            )

            assert kinds(outcomes) == {Moved: 1, BlockedError: 3}, outcomes
            assert sorted(site.state(key) for key in wishes) == ["booked", "wished", "wished", "wished"]
        assert_law(site.engine)


class TestOneItem:
    def test_of_two_people_one_wins_and_the_other_is_told_why_not(self, site: Site) -> None:
        """Whoever comes second meets the state that the first one made."""
        for _ in range(ROUNDS):
            key = site.create("package").key

            outcomes = at_once(*(lambda e=e: e.transition(site.foreman, key, "finish") for e in site.engines))  # noqa: B023

            assert kinds(outcomes) == {Moved: 1, BlockedError: 1}, outcomes
            refusal = next(outcome for outcome in outcomes if isinstance(outcome, BlockedError))
            assert [blocker.check for blocker in refusal.blockers] == ["workflow.state"]
        assert_law(site.engine)

    def test_of_two_who_name_the_version_they_saw_the_second_learns_the_current_one(self, site: Site) -> None:
        """An expected version is compared with the one that stands at commit."""
        for _ in range(ROUNDS):
            key = site.create("package").key

            outcomes = at_once(
                *(
                    lambda e=e, to=to: e.transition(site.foreman, key, to, expected=1)  # noqa: B023
                    for e, to in zip(site.engines, ("finish", "pause"), strict=True)
                )
            )

            assert kinds(outcomes) == {Moved: 1, StaleError: 1}, outcomes
            stale = next(outcome for outcome in outcomes if isinstance(outcome, StaleError))
            assert (stale.expected, stale.current) == (1, 2)
        assert_law(site.engine)

    def test_an_edit_and_a_move_at_once_are_both_kept(self, site: Site) -> None:
        """Neither loses what the other wrote."""
        for n in range(ROUNDS):
            key = site.create("package", text="as planned").key
            one, other = site.engines

            at_once(
                lambda: one.transition(site.foreman, key, "finish"),  # noqa: B023
                lambda: other.edit(site.foreman, key, fields={"text": f"changed {n}"}),  # noqa: B023
            )

            item = site.engine.item(site.foreman, key)
            assert (item.state, item.fields["text"], item.version) == ("done", f"changed {n}", 3)
        assert_law(site.engine)

    def test_effects_on_a_shared_parent_are_all_counted(self, site: Site) -> None:
        """Reports of ten packages of one stage, each counted on it by an effect."""
        stage = site.create("stage").key
        packages = [site.create("package", parent=stage).key for _ in range(10)]

        outcomes = at_once(
            *(
                lambda key=key, n=n: site.engines[n % 2].transition(site.foreman, key, "report")
                for n, key in enumerate(packages)
            )
        )

        assert kinds(outcomes) == {Moved: 10}, outcomes
        assert site.engine.item(site.foreman, stage).fields["reports"] == 10
        assert_law(site.engine, [outcome.event.id for outcome in outcomes])


class TestOneIdempotencyKey:
    @staticmethod
    def keyed(request: str) -> Idempotency:
        return Idempotency("key-1", request)

    def test_fifty_requests_at_once_make_one_event_and_get_one_answer(self, site: Site) -> None:
        """One of them moves the item; all others are told what it was told."""
        key = site.create("package").key

        outcomes = at_once(
            *(
                lambda n=n: site.engines[n % 2].transition(
                    site.foreman, key, "report", idempotency=self.keyed("same")
                )
                for n in range(50)
            )
        )

        assert kinds(outcomes) == {Moved: 50}, outcomes
        assert Counter(outcome.replayed for outcome in outcomes) == {False: 1, True: 49}
        assert len({outcome.event.id for outcome in outcomes}) == 1
        assert [event.kind for event in history(site.engine, key)] == ["created", "transition"]
        assert_law(site.engine)

    def test_two_different_requests_at_once_make_one_event(self, site: Site) -> None:
        """A key stands for one request, also where two come before either is answered."""
        packages = [site.create("package").key for _ in range(2)]

        outcomes = at_once(
            *(
                lambda key=key, e=e: e.transition(site.foreman, key, "finish", idempotency=self.keyed(key))
                for key, e in zip(packages, site.engines, strict=True)
            )
        )

        assert kinds(outcomes) == {Moved: 1, ConflictError: 1}, outcomes
        assert sorted(site.state(key) for key in packages) == ["done", "going"]
        assert_law(site.engine)
