"""A commit whose answer was lost: nobody is reached that it did not happen before that is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from shop import OpenShop, Shop
from sqlalchemy.exc import DBAPIError

from placet.engine.act.input import parse_key
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, UnavailableError
from placet.store.backends import Backend
from placet.store.commit import Commit
from placet.store.store import SqlStore


@pytest.fixture
def shop(open_shop: OpenShop, postgresql_url: str) -> Shop:
    return open_shop(postgresql_url)


class Cut:
    """The first commit of a store does not arrive, and comes through when the test says so."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._late: list[Commit] = []

    def write(self, *args: Any, **kwargs: Any) -> None:
        if self._late:
            SqlStore.write(self._store, *args, **kwargs)
            return
        self._late.append(args[1])
        raise DBAPIError("SELECT placet_commit()", None, psycopg.OperationalError("the connection is gone"))

    def arrive(self) -> None:
        with self._store.acting() as connection:
            SqlStore.write(self._store, connection, self._late[0], held=False)


@pytest.fixture
def item(shop: Shop) -> ItemRecord:
    return shop.wish()


@pytest.fixture
def cut(shop: Shop, item: ItemRecord, monkeypatch: pytest.MonkeyPatch) -> Cut:
    made = Cut(shop.application.store)
    monkeypatch.setattr(shop.application.store, "write", made.write)
    return made


def refuse(unit: UnitOfWork) -> str:
    """It reads nothing, so that nothing of it could have moved."""
    raise ConflictError("the id is already in use")


def find_nothing_to_do(unit: UnitOfWork) -> str:
    """As an edit does whose values are there already."""
    return "nothing"


def commenting(item: ItemRecord, then: Callable[[UnitOfWork], str]) -> Callable[[UnitOfWork], str]:
    """An act that comments on an item in its first attempt, and comes to another end in the others."""
    attempts = 0

    def do(unit: UnitOfWork) -> str:
        nonlocal attempts
        attempts += 1
        if attempts > 1:
            return then(unit)
        unit.record(unit.own(parse_key(item.key)), "comment", "ann", {"comment": "late"}, content=False)
        unit.write()
        return "done"

    return do


@pytest.mark.parametrize("end", [refuse, find_nothing_to_do])
class TestAnotherEndOfTheAct:
    def test_is_not_reported_where_the_commit_happened_after_all(
        self, shop: Shop, item: ItemRecord, cut: Cut, end: Callable[[UnitOfWork], str]
    ) -> None:
        """The commit comes through after the next attempt has looked for it."""

        def then(unit: UnitOfWork) -> str:
            cut.arrive()
            return end(unit)

        assert shop.engine._acts.act("comment", commenting(item, then)) == "done"
        assert shop.kinds(item) == ["created", "comment"]

    def test_is_not_reported_while_the_commit_may_still_happen(
        self,
        shop: Shop,
        item: ItemRecord,
        cut: Cut,
        monkeypatch: pytest.MonkeyPatch,
        end: Callable[[UnitOfWork], str],
    ) -> None:
        """The server's process that is at it cannot be reached."""
        monkeypatch.setattr(shop.application.store, "end_backend", lambda _: False)

        with pytest.raises(UnavailableError, match="it is unknown whether this was written"):
            shop.engine._acts.act("comment", commenting(item, end))

    def test_counts_once_the_commit_is_certain_not_to_happen(
        self, shop: Shop, item: ItemRecord, cut: Cut, end: Callable[[UnitOfWork], str]
    ) -> None:

        if end is refuse:
            with pytest.raises(ConflictError, match="the id is already in use"):
                shop.engine._acts.act("comment", commenting(item, end))
        else:
            assert shop.engine._acts.act("comment", commenting(item, end)) == "nothing"
        assert shop.kinds(item) == ["created"]


class TestEndingAProcess:
    @pytest.fixture
    def other(self, shop: Shop, postgresql_url: str) -> Iterator[psycopg.Connection]:
        """A process of the server that is somebody else's."""
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            yield connection

    def process(self, connection: psycopg.Connection) -> Backend:
        asked = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        row = connection.execute(asked).fetchone()
        assert row is not None
        return Backend(*row)

    def test_is_certain_when_it_has_ended(self, shop: Shop, other: psycopg.Connection) -> None:
        assert shop.application.store.end_backend(self.process(other))
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")

    def test_leaves_one_alone_that_has_got_its_number(self, shop: Shop, other: psycopg.Connection) -> None:
        """Numbers are used again: the process that is meant began at another moment, and is gone."""
        pid, began = self.process(other)

        assert shop.application.store.end_backend(Backend(pid, began - timedelta(hours=1)))
        assert other.execute("SELECT 1").fetchone() == (1,)

    def test_is_not_certain_where_the_server_cannot_be_reached(
        self, shop: Shop, other: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: Any) -> None:
            raise DBAPIError("SELECT 1", None, psycopg.OperationalError("no route to host"))

        monkeypatch.setattr("placet.store.backends.end", away)

        assert not shop.application.store.end_backend(self.process(other))

    def test_is_known_beforehand(self, shop: Shop) -> None:
        """Asked for once a connection, by the connection itself."""
        store = shop.application.store
        with store.acting() as connection:
            first, again = store.backend_of(connection), store.backend_of(connection)
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()

        assert first is not None
        assert first is again
        assert first.pid == own
