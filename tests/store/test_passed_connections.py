"""Connections to PostgreSQL that go from act to act, without a stop in the pool."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Connection, event

from placet.store import bridge
from placet.store.store import SqlStore, open_store

pytestmark = pytest.mark.greenlets

#: Does something where the store may wait for the database.
Do = Callable[[Callable[[], Any]], Any]


@pytest.fixture(params=["threads", "event loop"])
def store(request: pytest.FixtureRequest, postgresql_url: str) -> Iterator[tuple[SqlStore, Do]]:
    """A store with a pool of four, as the worker has it and as the server has it."""
    if request.param == "threads":
        made = open_store(postgresql_url, pool_size=4)
        yield made, lambda act: act()
        made.close()
        return
    made = open_store(postgresql_url, asynchronous=True, pool_size=4)
    with asyncio.Runner() as runner:
        yield made, lambda act: runner.run(bridge.run(made, act))
        runner.run(bridge.run(made, made.close))


def process_behind(connection: Connection) -> int:
    """The server's process behind a connection."""
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def process_of(store: SqlStore) -> int:
    """The server's process behind the connection of one act."""
    with store.acting() as connection:
        return process_behind(connection)


def test_the_next_act_has_the_connection_of_the_one_before(store: tuple[SqlStore, Do]) -> None:
    """So has the next view, and neither asks the pool for one."""
    opened, do = store
    first = do(lambda: process_of(opened))
    taken: list[object] = []
    event.listen(opened.engine, "checkout", lambda *given: taken.append(given))

    def view() -> int:
        with opened.reading() as session:
            session.workspace_keys()
        return process_of(opened)

    assert do(view) == first
    assert taken == []


def test_acts_at_the_same_time_have_connections_of_their_own(store: tuple[SqlStore, Do]) -> None:
    opened, do = store

    def within() -> tuple[int, int]:
        with opened.acting():
            return process_of(opened), process_of(opened)

    inner, again = do(within)
    outer = do(lambda: process_of(opened))

    assert inner == again != outer


def test_half_of_the_pool_is_left_to_other_work(store: tuple[SqlStore, Do]) -> None:
    """A transaction of administration would otherwise find an empty pool, while nobody acts."""
    opened, do = store

    def many() -> None:
        with ExitStack() as acts:
            for _ in range(4):
                acts.enter_context(opened.acting())

    do(many)

    assert opened.engine.pool.checkedout() == 2  # type: ignore[attr-defined]  # of the pools that are used
    assert opened.connections() == {"in_use": 0, "idle": 4}


def test_none_is_used_once_its_server_was_left(store: tuple[SqlStore, Do]) -> None:
    opened, do = store
    before = do(lambda: process_of(opened))

    opened.departure.leave()

    assert do(lambda: process_of(opened)) != before


def test_one_that_was_given_up_in_a_transaction_is_not_used_again(store: tuple[SqlStore, Do]) -> None:
    """The next act would go on in that transaction, and roll it back at its end."""
    opened, do = store

    def give_up() -> int:
        with opened.acting() as connection:
            opened.driver.command(connection, "BEGIN")
            return process_behind(connection)

    left = do(give_up)

    def next_one() -> tuple[int, bool]:
        with opened.acting() as connection:
            return process_behind(connection), opened.driver.in_transaction(connection)

    found, within = do(next_one)
    assert found != left
    assert not within


def test_none_waits_once_the_store_is_closed(store: tuple[SqlStore, Do]) -> None:
    """An act that ends after that gives its connection back, and nobody would close it otherwise."""
    opened, do = store

    def close_meanwhile() -> None:
        with opened.acting():
            opened.close()

    do(close_meanwhile)

    assert opened.connections() == {"in_use": 0, "idle": 0}
