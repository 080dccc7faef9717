"""Two acts at the same moment: what one of them read is what holds when it commits.

The tests share a site, each with items of its own; the law is checked after the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from law import assert_law, history
from shop import Shop

from placet.definitions.verdicts import BlockedError
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.moved import Idempotency, Moved
from placet.errors import ConflictError, PlacetError, StaleError

from .conftest import Site
from .works import assert_reports_counted

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


@pytest.fixture(scope="module")
def acknowledged() -> list[str]:
    """Ids of events that were acknowledged to writers."""
    return []


@pytest.fixture(scope="module")
def site(shared_site: Site, acknowledged: list[str]) -> Iterator[Site]:
    """A site for all tests, which the law is true of after the last."""
    acknowledged.clear()
    yield shared_site
    assert_law(shared_site.engine, acknowledged)


class TestOneItem:
    def test_of_two_people_one_wins_and_the_other_learns_why_not(self, site: Site, rounds: int) -> None:
        """Who comes second meets the state that the first one made."""
        for _ in range(rounds):
            key = site.create("package").key

            outcomes = at_once(*(lambda e=e: e.transition(site.foreman, key, "finish") for e in site.engines))  # noqa: B023

            assert kinds(outcomes) == {Moved: 1, BlockedError: 1}, outcomes
            refusal = next(outcome for outcome in outcomes if isinstance(outcome, BlockedError))
            assert [blocker.check for blocker in refusal.blockers] == ["workflow.state"]
            assert [e.kind for e in history(site.engine, key)] == ["created", "transition", "refused"]

    def test_of_two_who_name_the_version_they_saw_the_second_learns_the_current_one(
        self, site: Site, rounds: int
    ) -> None:
        """An expected version is compared with the one that stands at commit."""
        for _ in range(rounds):
            key = site.create("package").key

            outcomes = at_once(
                *(
                    lambda e=e, to=to: e.transition(site.foreman, key, to, expected=1)  # noqa: B023
                    for e, to in zip(site.engines, ("finish", "pause"), strict=True)
                )
            )

            assert kinds(outcomes) == {Moved: 1, StaleError: 1}, outcomes
            stale = next(outcome for outcome in outcomes if isinstance(outcome, StaleError))
            assert (stale.expected, stale.current) == ((1,), 2)

    def test_an_edit_and_a_move_at_once_are_both_kept(self, site: Site, rounds: int) -> None:
        """Neither loses what the other wrote."""
        for n in range(rounds):
            key = site.create("package", text="as planned").key
            one, other = site.engines

            at_once(
                lambda: one.transition(site.foreman, key, "finish"),  # noqa: B023
                lambda: other.items.edit(site.foreman, key, fields={"text": f"changed {n}"}),  # noqa: B023
            )

            item = site.engine.items.get(site.foreman, key)
            assert (item.state, item.fields["text"], item.version) == ("done", f"changed {n}", 3)

    def test_every_comment_is_kept(self, site: Site) -> None:
        """Writers who meet on one item all get their turn."""
        key = site.create("package").key

        outcomes = at_once(
            *(
                lambda n=n: site.engines[n % 2].items.comment(site.foreman, key, f"remark {n}")
                for n in range(6)
            )
        )

        assert not [outcome for outcome in outcomes if isinstance(outcome, PlacetError)]
        assert [event.kind for event in history(site.engine, key)] == ["created", *["comment"] * 6]

    def test_effects_on_a_shared_parent_are_all_counted(self, site: Site, acknowledged: list[str]) -> None:
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
        assert site.engine.items.get(site.foreman, stage).fields["reports"] == 10
        acknowledged.extend(outcome.event.id for outcome in outcomes)
        assert_reports_counted(site.engine)


class TestOneIdempotencyKey:
    def test_many_requests_at_once_make_one_event_and_get_one_answer(self, site: Site) -> None:
        """One of them moves the item; all others get the same answer."""
        key = site.create("package").key

        outcomes = at_once(
            *(
                lambda n=n: site.engines[n % 2].transition(
                    site.foreman, key, "report", idempotency=Idempotency("one", "same")
                )
                for n in range(20)
            )
        )

        assert kinds(outcomes) == {Moved: 20}, outcomes
        assert Counter(outcome.replayed for outcome in outcomes) == {False: 1, True: 19}
        assert len({outcome.event.id for outcome in outcomes}) == 1
        assert [event.kind for event in history(site.engine, key)] == ["created", "transition"]

    def test_two_different_requests_at_once_make_one_event(self, site: Site) -> None:
        """A key stands for one request, also where two come before either is answered."""
        packages = [site.create("package").key for _ in range(2)]

        outcomes = at_once(
            *(
                lambda key=key, e=e: e.transition(
                    site.foreman, key, "finish", idempotency=Idempotency("two", key)
                )
                for key, e in zip(packages, site.engines, strict=True)
            )
        )

        assert kinds(outcomes) == {Moved: 1, ConflictError: 1}, outcomes
        assert sorted(site.state(key) for key in packages) == ["done", "going"]


class TestVotes:
    def test_of_many_are_all_counted(self, any_shop: Shop) -> None:
        """No vote overwrites another."""
        item = any_shop.offered()

        at_once(*(lambda who=who: any_shop.vote(item, who) for who in ("cid", "ben", "bea")))

        assert len(any_shop.engine.approvals.of_item(any_shop.item(item))[0].votes) == 3
        assert_law(any_shop.engine)


class TestAKey:
    def test_is_taken_once(self, site: Site) -> None:
        """Of two who add the same actor or workspace, one gets a conflict."""
        one, other = site.engines
        for adds in (
            [lambda e=e: e.people.add(SYSTEM_ACTOR, id="new", name="New") for e in (one, other)],
            [
                lambda e=e: e.workspaces.create(SYSTEM_ACTOR, key="NEW", name="New", methods=["works"])
                for e in (one, other)
            ],
        ):
            assert [type(outcome) for outcome in at_once(*adds)].count(ConflictError) == 1
