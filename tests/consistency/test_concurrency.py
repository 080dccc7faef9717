"""People who act at the same moment: nothing is lost, nothing happens twice, and rules across items hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from law import assert_law
from shop import Shop

from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.moved import Idempotency, Moved
from placet.errors import BusyError, PlacetError, StaleError


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act answered or was refused with, all of them begun at the same moment."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except PlacetError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class TestOneItem:
    def test_of_two_who_move_it_exactly_one_wins(self, any_shop: Shop) -> None:
        """The other is told the current version."""
        for _ in range(5):
            item = any_shop.wish(fault="dark", hours=1)

            results = at_once(
                [
                    lambda who=who, key=item.key: any_shop.engine.transition(  # type: ignore[misc]
                        any_shop[who], key, "start", expected=1
                    )
                    for who in ("ben", "bea")
                ]
            )

            won = [r for r in results if isinstance(r, Moved)]
            lost = [r for r in results if isinstance(r, StaleError)]
            assert (len(won), len(lost)) == (1, 1)
            assert lost[0].current == 2
            assert any_shop.kinds(item) == ["created", "transition"]
        assert_law(any_shop.engine)

    def test_without_a_version_the_loser_is_refused_by_the_rules(self, any_shop: Shop) -> None:
        """Whoever comes second finds the item moved on, and that is recorded."""
        item = any_shop.wish(fault="dark", hours=1)

        results = at_once(
            [
                lambda who=who: any_shop.engine.transition(any_shop[who], item.key, "start")  # type: ignore[misc]
                for who in ("ben", "bea")
            ]
        )

        assert sorted(type(r).__name__ for r in results) == ["BlockedError", "Moved"]
        assert any_shop.kinds(item) == ["created", "transition", "refused"]
        assert_law(any_shop.engine)

    def test_every_comment_is_kept(self, any_shop: Shop) -> None:
        """Writers who meet on one item all get their turn."""
        item = any_shop.wish()

        results = at_once(
            [
                lambda n=n: any_shop.engine.items.comment(any_shop["ann"], item.key, f"remark {n}")  # type: ignore[misc]
                for n in range(6)
            ]
        )

        assert not [r for r in results if isinstance(r, PlacetError)]
        assert any_shop.kinds(item) == ["created", *["comment"] * 6]
        assert_law(any_shop.engine)

    def test_votes_of_many_are_all_counted(self, any_shop: Shop) -> None:
        """No vote overwrites another."""
        item = any_shop.offered()

        at_once([lambda who=who: any_shop.vote(item, who) for who in ("cid", "ben", "bea")])  # type: ignore[misc]

        assert len(any_shop.engine.approvals.of_item(any_shop.item(item))[0].votes) == 3
        assert_law(any_shop.engine)


class TestIdempotency:
    def test_fifty_requests_with_one_key_make_one_event(self, any_shop: Shop) -> None:
        """However often it is sent, it is done once, and everybody gets the same answer."""
        item = any_shop.wish(fault="dark", hours=1)
        request = Idempotency("k", "r")

        def send() -> Any:
            try:
                return any_shop.engine.transition(any_shop["ben"], item.key, "start", idempotency=request)
            except BusyError:
                return send()

        with ThreadPoolExecutor(10) as pool:
            results = [future.result() for future in [pool.submit(send) for _ in range(50)]]

        assert len([r for r in results if not r.replayed]) == 1
        assert len({r.event.id for r in results}) == 1
        assert any_shop.kinds(item) == ["created", "transition"]
        assert_law(any_shop.engine)


class TestMaking:
    def test_numbers_are_given_once(self, any_shop: Shop) -> None:
        """Two people who make items at the same moment get two items."""
        made = at_once([lambda n=n: any_shop.wish(f"lamp {n}") for n in range(6)])  # type: ignore[misc]

        assert len({item.key for item in made}) == 6
        assert_law(any_shop.engine)


class TestAdministration:
    def test_a_key_is_taken_once(self, any_shop: Shop) -> None:
        """Of two who add the same actor or workspace, one is told that it is taken."""
        for add in (
            lambda: any_shop.engine.people.add(SYSTEM_ACTOR, id="new", name="New"),
            lambda: any_shop.engine.workspaces.create(SYSTEM_ACTOR, key="NEW", name="New", methods=["shop"]),
        ):
            results = at_once([add, add])

            assert [type(r).__name__ for r in results].count("ConflictError") == 1

    def test_a_move_does_not_pass_by_a_change_of_the_rules(self, any_shop: Shop) -> None:
        """What was allowed under rules that no longer hold is decided again."""
        item = any_shop.wish(fault="dark", hours=5)

        moved, _ = at_once(
            [
                lambda: any_shop.engine.transition(any_shop["ben"], item.key, "start"),
                lambda: any_shop.engine.workspaces.change(
                    any_shop["ida"], "SHOP", settings={"shop": {"largest_estimate": 1}}
                ),
            ]
        )

        log = any_shop.engine.event_log.events(
            any_shop.engine.event_log.query(any_shop["ida"], limit=100)
        ).rows
        kinds = [e.kind for e in log if e.kind in {"transition", "refused", "workspace_changed"}]
        first = "transition" if isinstance(moved, Moved) else "workspace_changed"
        assert kinds[0] == first
        assert_law(any_shop.engine)
