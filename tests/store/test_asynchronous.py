"""The same store inside an event loop: on PostgreSQL without a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC
from threading import get_ident

import psycopg
import pytest
from shop import OpenShop, Shop

from placet.engine.act.changes import Changes
from placet.engine.act.journal import new_id
from placet.engine.act.ports import MovedError
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.session import Session
from placet.errors import UnavailableError
from placet.store import bridge
from placet.store.store import SqlStore, open_store

pytestmark = pytest.mark.greenlets


def _ref(item: ItemRecord) -> ItemRef:
    return ItemRef(item.workspace, item.number)


@pytest.fixture
def a_shop(postgresql_url: str, open_shop: OpenShop) -> tuple[Shop, str]:
    """A shop on PostgreSQL, and the URL of its database."""
    return open_shop(postgresql_url), postgresql_url


@contextmanager
def in_a_loop(url: str) -> Iterator[tuple[SqlStore, Callable[[Callable[[], object]], object]]]:
    """A store for event loops, and how something is done in the loop."""
    store = open_store(url, asynchronous=True)
    with asyncio.Runner() as runner:

        def do(act: Callable[[], object]) -> object:
            return runner.run(bridge.run(store, act))

        try:
            yield store, do
        finally:
            do(store.close)


def commented(shop: Shop, item: ItemRecord) -> Changes:
    """The writes of a comment: one item's next event and no more."""
    shop.engine.items.comment(shop["ann"], item.key, "as a model")
    event = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
    now = shop.item(item)
    return Changes(
        updated=[(now, replace(now, seq=now.seq + 1))],
        events=[replace(event, seq=now.seq + 1, id="f" * 36)],
    )


class TestReading:
    def test_gives_the_same_records_as_threads_get(self, a_shop: tuple[Shop, str]) -> None:
        """Moments, fields, approvals and votes alike, whichever driver brought them."""
        shop, url = a_shop
        item = shop.vote(shop.offered(fault="dürr", price=2.5, due="2026-04-01T00:00:00Z"), "cid")
        ref = _ref(item)

        with in_a_loop(url) as (store, do):
            acting = do(lambda: store.run(lambda session: session.item(ref), event=new_id()))

        assert acting == shop.item(item)

    def test_gives_moments_in_utc(self, a_shop: tuple[Shop, str]) -> None:
        """The driver does so itself, and they are not converted: a page of items has hundreds of them."""
        shop, url = a_shop
        ref = _ref(shop.wish())

        with in_a_loop(url) as (store, do):
            item = do(lambda: store.run(lambda session: session.item(ref), event=new_id()))

        assert isinstance(item, ItemRecord)
        assert item.created_at.tzinfo is item.updated_at.tzinfo is item.state_since.tzinfo is UTC

    def test_needs_no_thread(self, a_shop: tuple[Shop, str]) -> None:
        """A hop costs as much as a transition's own work."""
        with in_a_loop(a_shop[1]) as (_, do):
            assert do(get_ident) == get_ident()

    def test_on_sqlite_the_loop_is_not_held_up(self, sqlite_url: str) -> None:
        """SQLite waits for the disk: it is asked in a thread."""
        with in_a_loop(sqlite_url) as (store, do):
            assert not store.asynchronous
            assert do(get_ident) != get_ident()


class TestWriting:
    def test_a_plain_move_is_kept_with_its_event(self, a_shop: tuple[Shop, str]) -> None:
        """The item and its event, in one call."""
        shop, url = a_shop
        item = shop.wish()
        changes = commented(shop, item)

        def act(session: Session) -> None:
            session.item(_ref(item))
            session.write(changes)

        with in_a_loop(url) as (store, do):
            do(lambda: store.run(act, event=new_id()))

        assert shop.kinds(item) == ["created", "comment", "comment"]
        assert shop.item(item).seq == 3

    def test_who_comes_second_starts_again(self, a_shop: tuple[Shop, str]) -> None:
        """The number of the item's last event is no longer the one that was read."""
        shop, url = a_shop
        item = shop.wish()
        changes = commented(shop, item)
        tries: list[int] = []

        def act(session: Session) -> None:
            tries.append(1)
            session.item(_ref(item))
            if len(tries) == 1:
                shop.engine.items.comment(shop["ann"], item.key, "faster")
                session.write(changes)

        with in_a_loop(url) as (store, do):
            do(lambda: store.run(act, event=new_id()))

            assert (len(tries), store.contention.retries) == (2, 1)
        assert shop.kinds(item) == ["created", "comment", "comment"]

    def test_the_loop_goes_on_while_somebody_waits_to_start_again(self, a_shop: tuple[Shop, str]) -> None:
        """Waiting for others to be done is not a reason to hold up everybody else."""
        seen: list[str] = []

        def busy(session: Session) -> None:
            seen.append("busy")
            if seen.count("busy") < 2:
                raise MovedError(["item:SHOP-1"], ["item"])

        async def both(store: SqlStore) -> None:
            async def other() -> None:
                seen.append("other")

            await asyncio.gather(bridge.run(store, lambda: store.run(busy, event=new_id())), other())
            await bridge.run(store, store.close)

        asyncio.run(both(open_store(a_shop[1], asynchronous=True)))

        assert seen.index("other") < 2
        assert seen.count("busy") == 2


class TestLostConnections:
    def test_are_replaced(self, a_shop: tuple[Shop, str]) -> None:
        """A connection that the server has cut is not used a second time."""
        shop, url = a_shop
        item = shop.item(shop.wish())

        with in_a_loop(url) as (store, do):

            def look() -> object:
                return store.run(lambda session: session.item(_ref(item)), event=new_id())

            do(look)
            with psycopg.connect(url, autocommit=True) as others:
                others.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            with suppress(UnavailableError):
                do(look)  # unless the end was noticed before

            assert do(look) == item
