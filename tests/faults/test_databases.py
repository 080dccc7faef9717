"""The database is away, reads only, or has no room: 503 while it lasts, and back without a restart."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, event

from placet.testing.databases import PostgresCluster

from .conftest import Serve, set_read_only
from .proxy import proxied

_FILL = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END$$;
    CREATE TRIGGER full_disk BEFORE INSERT ON events EXECUTE FUNCTION full_disk();
"""

#: Nobody else can write an event, and who waits for that is cancelled.
_LOCK_EVENTS = "LOCK TABLE events IN SHARE MODE"
_CANCEL = """
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def assert_unavailable(answer: httpx.Response) -> None:
    """It says that it is away, and when to come back."""
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable"), answer.text
    assert answer.headers["Retry-After"] == "1"


class TestADemotedPrimary:
    def test_is_left_for_the_server_that_took_over_its_address(
        self, cluster: PostgresCluster, cluster_url: str, serve: Serve
    ) -> None:
        """Its connections stay open and only read; no restart is needed, and nothing is lost or written twice."""
        with proxied(cluster_url) as proxy:
            front = serve(cluster_url, at=proxy.url, pool_size=2)
            before = [front.wish().json()["key"] for _ in range(3)]
            clone = cluster.clone()
            set_read_only(cluster_url, "on")

            proxy.lead_to(clone.url)
            front.until(lambda: front.wish().status_code == 201)

            assert front.ready().status_code == 200
            assert front.ben.get(f"/items/{before[0]}").status_code == 200
            with psycopg.connect(f"{clone.url}/faults") as successor:
                counted = successor.execute("SELECT count(*) FROM items").fetchone()
            assert counted == (4,)

    def test_makes_the_server_unready_while_nobody_has_taken_over(
        self, cluster: PostgresCluster, cluster_url: str, serve: Serve
    ) -> None:
        """`/readyz` tries a write: a server that could only read is not ready."""
        front = serve(cluster_url)
        assert front.ready().status_code == 200

        set_read_only(cluster_url, "on")
        front.until(lambda: front.ready().status_code == 503)

        assert_unavailable(front.ready())
        assert_unavailable(front.wish())
        assert "takes no writes: nothing was written" in front.wish().json()["detail"]


class TestACancelledStatement:
    @pytest.mark.parametrize("reading", [True, False], ids=["read", "write"])
    def test_is_reported_as_unavailable(self, postgresql_url: str, serve: Serve, *, reading: bool) -> None:
        """The server cancels what takes too long, or what an administrator ends: nothing is wrong with the request."""
        front = serve(postgresql_url)
        key = front.wish().json()["key"]

        with ThreadPoolExecutor(1) as pool, psycopg.connect(postgresql_url) as holder:
            holder.execute("LOCK TABLE items IN ACCESS EXCLUSIVE MODE" if reading else _LOCK_EVENTS)
            asked = pool.submit(lambda: front.ben.get(f"/items/{key}") if reading else front.start(key))

            def cancelled() -> bool:
                """Others may wait for the lock as well."""
                holder.execute(_CANCEL)
                return asked.done()

            front.until(cancelled)
            answer = asked.result()
            holder.rollback()

        assert_unavailable(answer)
        assert "has cancelled it" in answer.json()["detail"]
        assert "nothing was written" in answer.json()["detail"]
        assert front.start(key).status_code == 200
        assert front.kinds(key) == ["created", "transition"]


class TestAStoppedServer:
    @pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "hard"])
    def test_is_reported_as_unavailable_until_it_is_back(
        self, cluster: PostgresCluster, cluster_url: str, serve: Serve, by: signal.Signals
    ) -> None:
        """Every answer meanwhile is a 503 that says when to come back, also to several at once."""
        front = serve(cluster_url)
        key = front.wish().json()["key"]

        cluster.stop(by)
        with ThreadPoolExecutor(8) as people:
            answers = [
                *people.map(lambda _: front.wish(), range(8)),
                *people.map(lambda _: front.ben.get(f"/items/{key}"), range(8)),
            ]

        for answer in answers:
            assert_unavailable(answer)
        assert_unavailable(front.ready())

        cluster.start()
        front.until(lambda: front.wish().status_code == 201)
        assert front.ben.get(f"/items/{key}").status_code == 200
        front.until(lambda: front.ready().status_code == 200)

    def test_costs_nobody_an_answer_once_it_is_back(
        self, cluster: PostgresCluster, cluster_url: str, serve: Serve
    ) -> None:
        """Connections that died with it are replaced before they are used."""
        front = serve(cluster_url)
        with ThreadPoolExecutor(6) as people:
            assert {answer.status_code for answer in people.map(lambda _: front.wish(), range(12))} == {201}
            cluster.stop()
            cluster.start()

            answers = list(people.map(lambda _: front.wish(), range(12)))

        assert {answer.status_code for answer in answers} == {201}


class Disk:
    """A limit to the size of SQLite's files, for all connections of this process, which meet it as a full disk."""

    _ENOUGH = 1_000_000

    def __init__(self, url: str) -> None:
        self._file = url.removeprefix("sqlite:///")
        self._pages = self._ENOUGH
        self._connections: list[sqlite3.Connection] = []

    @contextmanager
    def under_sqlite(self) -> Iterator[None]:
        event.listen(Engine, "connect", self._connected)
        try:
            yield
        finally:
            event.remove(Engine, "connect", self._connected)

    def fill(self) -> None:
        """Leave no room."""
        with closing(sqlite3.connect(self._file)) as looking:
            (used,) = looking.execute("PRAGMA page_count").fetchone()
        self._limit(used)

    def make_room(self) -> None:
        self._limit(self._ENOUGH)

    def _limit(self, pages: int) -> None:
        self._pages = pages
        for each in self._connections:
            with suppress(sqlite3.ProgrammingError):  # closed meanwhile
                each.execute(f"PRAGMA max_page_count={pages}")

    def _connected(self, connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self._pages}")
        self._connections.append(connection)


class TestAFullDisk:
    def test_under_sqlite_is_reported_and_writing_goes_on_when_there_is_room(
        self, sqlite_url: str, serve: Serve
    ) -> None:
        """Reading goes on meanwhile."""
        disk = Disk(sqlite_url)
        with disk.under_sqlite():
            front = serve(sqlite_url)
            key = front.wish().json()["key"]
            disk.fill()

            refused = front.wish(notes="x" * 60_000)

            assert_unavailable(refused)
            assert "the disk of the database is full: nothing was written" in refused.json()["detail"]
            assert front.ben.get(f"/items/{key}").status_code == 200
            disk.make_room()
            assert front.wish(notes="x" * 60_000).status_code == 201

    def test_under_postgresql_is_reported_and_writing_goes_on_when_there_is_room(
        self, postgresql_url: str, serve: Serve
    ) -> None:
        """The server's own code for it, 53100, comes from a trigger here."""
        front = serve(postgresql_url)
        with psycopg.connect(postgresql_url, autocommit=True) as server:
            server.execute(_FILL)

            refused = front.wish()

            assert_unavailable(refused)
            assert "the disk of the database is full: nothing was written" in refused.json()["detail"]
            server.execute("DROP TRIGGER full_disk ON events")
        assert front.wish().status_code == 201


class TestAPoolWithoutAFreeConnection:
    def test_is_reported_as_unavailable_after_the_time_that_is_set(
        self, postgresql_url: str, serve: Serve
    ) -> None:
        """A lock of somebody else's holds all of them: who comes then does not wait for long."""
        front = serve(postgresql_url, pool_size=1, pool_timeout=0.2)
        key = front.wish().json()["key"]
        with psycopg.connect(postgresql_url) as stranger, ThreadPoolExecutor(8) as people:
            stranger.execute("LOCK TABLE items IN ACCESS EXCLUSIVE MODE")

            answers = list(people.map(lambda _: front.ben.get(f"/items/{key}"), range(8)))
            stranger.rollback()

        reported = [answer for answer in answers if answer.status_code == 503]
        assert reported
        for answer in reported:
            assert answer.headers["Retry-After"] == "1"
        assert any(
            "no database connection came free in time" in answer.json()["detail"] for answer in reported
        )
        assert front.ben.get(f"/items/{key}").status_code == 200
