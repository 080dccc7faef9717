"""Single moments at which something could slip between an act's reads and its commit, each made to happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import psycopg
import pytest
from law import all_items, assert_law, feed
from patience import PATIENCE

from placet.app import Application
from placet.engine.act.input import parse_key
from placet.engine.act.ports import MovedError
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.moved import Wish
from placet.engine.timers.due import Due
from placet.errors import PlacetError
from placet.store.session import SqlSession
from placet.store.store import SqlStore

from . import annexe
from .conftest import Site, two_applications
from .rendezvous import MEETING, Stop
from .works import assert_reports_counted


@contextmanager
def stopping_at_commit(store: SqlStore) -> Iterator[Stop]:
    """The first act of a store that has come to its commit stands still there."""
    stop = Stop()

    def write(*args: Any, **kwargs: Any) -> None:
        stop.arrive()
        SqlStore.write(store, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "write", write)
        try:
            yield stop
        finally:
            stop.release()


class TestAnActOverSeveralItems:
    def test_is_written_as_a_whole_when_one_of_them_was_written_meanwhile(self, site: Site) -> None:
        """A comment counts no guard, and moves the number of the item's last event: none of the others is written."""
        one, other = site.engines
        stage = site.create("stage", permit="B 17").key
        packages = [site.create("package", parent=stage).key for _ in range(3)]

        with ThreadPoolExecutor(1) as pool, stopping_at_commit(site.applications[0].store) as stop:
            wishes = [Wish(key, "accept") for key in packages]
            moving = pool.submit(one.bulk, site.foreman, wishes, atomic=True)
            stop.wait()
            other.items.comment(site.foreman, packages[1], "one moment")
            stop.release()
            results = moving.result()

        assert stop.arrivals == 2
        assert [each.error for each in results] == [None] * 3
        assert [_kinds(one, key) for key in packages] == [
            ["created", "transition"],
            ["created", "comment", "transition"],
            ["created", "transition"],
        ]
        assert_law(one)

    def test_leaves_nothing_when_it_is_refused_after_all(self, site: Site) -> None:
        """The items below it, and their count on the stage, go with it."""
        one, other = site.engines
        stage = site.create("stage").key
        package = site.create("package", parent=stage).key
        one.transition(site.foreman, package, "report")

        with ThreadPoolExecutor(1) as pool, stopping_at_commit(site.applications[0].store) as stop:
            reporting = pool.submit(one.transition, site.foreman, package, "report")
            stop.wait()
            other.transition(site.foreman, package, "finish")
            stop.release()
            with pytest.raises(PlacetError, match="report"):
                reporting.result()

        assert one.items.get(site.foreman, stage).fields["reports"] == 1
        assert_law(one)
        assert_reports_counted(one)


@dataclass(frozen=True, slots=True)
class Server:
    """PostgreSQL, asked past the store."""

    url: str

    @contextmanager
    def open(self) -> Iterator[psycopg.Connection]:
        """A connection with a transaction that is rolled back."""
        with psycopg.connect(self.url) as connection:
            yield connection
            connection.rollback()

    def lock(self, connection: psycopg.Connection, key: str) -> None:
        """Lock an item's row, as an act that writes it does."""
        ref = parse_key(key)
        connection.execute(
            "SELECT 1 FROM items WHERE workspace = %s AND number = %s FOR NO KEY UPDATE", [*ref]
        )

    def waiting(self) -> int:
        """The process that waits for a lock, once one does."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for _ in range(int(PATIENCE * 100)):
                row = connection.execute(
                    "SELECT pid FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ).fetchone()
                if row is not None:
                    return int(row[0])
                connection.execute("SELECT pg_sleep(0.01)")
        raise RuntimeError("nobody waits for a lock")

    def waiters(self) -> int:
        """How many processes wait for a lock."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()
        return 0 if row is None else int(row[0])


@pytest.fixture
def server(site: Site) -> Server:
    """Of a site on PostgreSQL."""
    return Server(site.applications[0].settings.database_url)


#: Where writers come one by one, nobody waits for a row.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgresql
class TestTheLog:
    def test_has_the_first_decision_before_those_that_waited(self, site: Site, server: Server) -> None:
        """An event is made before its act waits for its commit; what is decided meanwhile stands before it.

        A stranger's transaction, which is open all the time, holds back neither.
        """
        one, other = site.engines
        slow, quick = (site.create("package").key for _ in range(2))
        one.transition(site.foreman, site.create("package").key, "finish")

        with ThreadPoolExecutor(1) as pool, server.open() as stranger:
            stranger.execute("INSERT INTO installation (name, value) VALUES ('stranger', '')")
            with server.open() as holder:
                server.lock(holder, slow)
                waiting = pool.submit(one.transition, site.foreman, slow, "finish")
                server.waiting()
                other.transition(site.foreman, quick, "finish")
                holder.rollback()
            waiting.result()
            reported = [event.key for event in feed(one) if event.kind == "transition"]

        assert reported[-2:] == [quick, slow]
        assert_law(one)


@on_postgresql
class TestAConnectionThatIsCut:
    def test_while_its_commit_waits_leaves_the_act_to_be_done_once(self, site: Site, server: Server) -> None:
        """Whether the first attempt came to be is not known before its process is gone."""
        one = site.engine
        package = site.create("package").key

        with ThreadPoolExecutor(1) as pool, server.open() as holder:
            server.lock(holder, package)
            moving = pool.submit(one.transition, site.foreman, package, "finish")
            cut = server.waiting()
            holder.execute("SELECT pg_terminate_backend(%s)", [cut])
            while server.waiting() == cut:
                pass
            holder.rollback()
            moved = moving.result()

        assert _kinds(one, package) == ["created", "transition"]
        assert moved.event is not None
        assert_law(one, [moved.event.id])


@on_postgresql
class TestActsThatLockBeforeTheyRead:
    def test_and_find_what_the_other_holds_both_come_through(self, site: Site, server: Server) -> None:
        """Neither waits while it holds something, so they never wait for each other."""
        keys = [site.create("package").key for _ in range(2)]
        together = Barrier(2, timeout=PATIENCE)

        def act(own: str, others: str) -> Callable[[UnitOfWork], None]:
            attempts = 0

            def do(unit: UnitOfWork) -> None:
                nonlocal attempts
                attempts += 1
                mine = unit.own(parse_key(own))
                if attempts <= 4:
                    raise MovedError([f"item:{own}"], ["item"])
                if attempts == 5:
                    together.wait()
                theirs = unit.own(parse_key(others))
                for record in (mine, theirs):
                    unit.record(record, "comment", "fred", {"comment": "both"}, content=False)
                unit.write()

            return do

        with ThreadPoolExecutor(2) as pool:
            acts = [act(*keys), act(*reversed(keys))]
            for running in [
                pool.submit(engine._acts.act, "both", do)
                for engine, do in zip(site.engines, acts, strict=True)
            ]:
                running.result()

        kinds = [_kinds(site.engine, key) for key in keys]
        for application in site.applications:
            application.store.close()
        with server.open() as connection:
            deadlocks = connection.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        assert deadlocks == (0,)
        assert kinds == [["created", "comment", "comment"]] * 2


@on_postgresql
class TestAChangeOfTheWorkspace:
    def test_is_let_in_before_acts_that_come_later(self, site: Site, server: Server) -> None:
        """Acts share the workspace: who changes it waits for those that are at their commit, and for no later one."""
        one, other = site.engines
        package = site.create("package").key

        with ThreadPoolExecutor(2) as pool, server.open() as holder:
            holder.execute("SELECT placet_hold(ARRAY['SITE'], '{}', '{}', '{}', '{}', '{}', '{}', '{}')")
            changing = pool.submit(one.workspaces.change, SYSTEM_ACTOR, "SITE", name="Another site")
            server.waiting()
            moving = pool.submit(other.transition, site.foreman, package, "finish")
            while not (moving.done() or server.waiters() > 1):
                pass
            overtook = moving.done()
            holder.rollback()
            version = changing.result().version
            moved = moving.result()

        assert not overtook
        assert moved.event is not None
        assert moved.event.data["workspace_version"] == version
        assert_law(one)


@dataclass(frozen=True, slots=True)
class Annexe:
    """A workspace SITE with a method that can be switched off, reached through two applications."""

    applications: tuple[Application, Application]

    @property
    def engines(self) -> tuple[Engine, Engine]:
        return self.applications[0].engine, self.applications[1].engine

    def shed(self, application: int = 0) -> ItemRecord:
        """A new one."""
        return self.engines[application].items.create(
            SYSTEM_ACTOR, workspace="SITE", type="annexe.shed", title="A shed", fields={}
        )

    def sheds(self) -> Sequence[str]:
        """Keys of all."""
        return [item.key for item in all_items(self.engines[0])]

    def switch_off(self, application: int = 0) -> None:
        """Leave the workspace without the method."""
        self.engines[application].workspaces.change(SYSTEM_ACTOR, "SITE", methods=["yard"])


@pytest.fixture
def annexe_site(database_url: str, tmp_path: Path) -> Iterator[Annexe]:
    """With another method beside it, which stays."""
    with two_applications(database_url, tmp_path, annexe.PLUGIN, annexe.YARD) as applications:
        applications[0].engine.workspaces.create(
            SYSTEM_ACTOR, key="SITE", name="The site", methods=["annexe", "yard"]
        )
        yield Annexe(applications)


class TestAMethodThatIsSwitchedOff:
    def test_after_an_act_has_read_its_rules_lets_it_decide_again(self, annexe_site: Annexe) -> None:
        """The act that makes the first item of a type finds that there is no such type any more."""
        with ThreadPoolExecutor(1) as pool, stopping_at_commit(annexe_site.applications[0].store) as stop:
            making = pool.submit(annexe_site.shed)
            stop.wait()
            annexe_site.switch_off(application=1)
            stop.release()
            with pytest.raises(PlacetError, match=r"annexe\.shed"):
                making.result()

        assert annexe_site.sheds() == []

    def test_after_it_was_seen_that_nothing_is_in_use_strands_nothing(
        self, annexe_site: Annexe, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who changes the rules has locked them before looking, so an act that comes to its commit waits."""
        seen, writing = Event(), Event()
        look = SqlSession.states_in_use

        def look_and_wait(session: SqlSession, workspace: str) -> Sequence[tuple[str, str, int]]:
            found = look(session, workspace)
            seen.set()
            assert writing.wait(PATIENCE)
            return found

        def notifying(write: Callable[..., Any]) -> Callable[..., Any]:
            def signal_and_write(*args: Any, **kwargs: Any) -> Any:
                writing.set()
                return write(*args, **kwargs)

            return signal_and_write

        monkeypatch.setattr(SqlSession, "states_in_use", look_and_wait)
        with ThreadPoolExecutor(2) as pool:
            switching = pool.submit(annexe_site.switch_off)
            assert seen.wait(PATIENCE)
            # On SQLite a new item's number is the first that is written, and waits already.
            name = "next_number" if annexe_site.applications[1].store.sqlite else "write"
            monkeypatch.setattr(SqlStore, name, notifying(getattr(SqlStore, name)))
            making = pool.submit(annexe_site.shed, 1)
            switching.result()
            with pytest.raises(PlacetError, match=r"annexe\.shed"):
                making.result()

        assert annexe_site.sheds() == []


class TestDueWork:
    def test_is_never_kept_from_an_item_as_it_was(self, annexe_site: Annexe) -> None:
        """The worker looks at a timer, somebody stops it, and the worker comes to keep what it had seen."""
        worker, people = annexe_site.engines
        shed = annexe_site.shed()
        early = Due(datetime.now(UTC), "SITE", shed.number, "timer:annexe.rent")

        with ThreadPoolExecutor(1) as pool, stopping_at_commit(annexe_site.applications[0].store) as stop:
            looking = pool.submit(worker.timers.fire, early)
            stop.wait()
            people.transition(SYSTEM_ACTOR, shed.key, "pay")
            stop.release()
            looking.result()

        later = datetime.now(UTC) + timedelta(days=2)
        assert [due.number for due in people.timers.due(later) if due.number] == []


class TestAJob:
    def test_that_two_workers_run_at_once_is_done_once(self, annexe_site: Annexe) -> None:
        """Both have looked and found it undone; one of them finds, at its commit, that it is done."""
        due = Due(datetime.now(UTC), "SITE", 0, "job:annexe.letting")

        with MEETING.of(2), ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda engine: engine.timers.fire(due), annexe_site.engines))

        assert len(annexe_site.sheds()) == 1


def _kinds(engine: Engine, key: str) -> list[str]:
    return [event.kind for event in engine.event_log.history(SYSTEM_ACTOR, key).rows]
