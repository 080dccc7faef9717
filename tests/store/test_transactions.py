"""Transactions: begun again when writers met, given up in the end, and never half kept."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from patience import PATIENCE
from shop import START, OpenShop, Shop
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from placet.engine.act.access import ref_of
from placet.engine.act.changes import Changes
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor
from placet.engine.act.ports import MovedError
from placet.engine.act.records import ItemRef
from placet.engine.act.session import Session
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import ItemWriter
from placet.errors import BusyError, ConflictError
from placet.store.driver import Statement
from placet.store.statements import NEXT_NUMBER
from placet.store.store import SqlStore, open_store


class TestMeetingOthers:
    def test_starts_again_with_fresh_reads(self, any_shop: Shop) -> None:
        """An act whose reads have moved is decided again."""
        item = any_shop.wish()
        store = any_shop.application.store
        seen: list[int] = []

        def act(session: Session) -> None:
            record = session.item(ref_of(item))
            assert record is not None
            seen.append(record.seq)
            session.children(ref_of(item), None)
            if seen == [1]:
                any_shop.engine.items.comment(any_shop["ann"], item.key, "me first")

        store.run(
            lambda session: session.children(ref_of(item), None), event=new_id()
        )  # registers the search
        before = store.contention.retries
        store.run(act, event=new_id())

        assert seen == [1, 2]
        assert store.contention.retries - before == 1
        assert store.contention.moved["item"] == 1

    def test_teaches_the_next_acts_on_the_item(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """On SQLite eight of them read under the write lock at once: nobody changes then what they have read."""
        item, other = shop.wish(), shop.wish()
        store, looks, locked = shop.application.store, list[int](), list[bool]()

        def acting(*, writing: bool = False) -> Any:
            locked.append(writing)
            return SqlStore.acting(store, writing=writing)

        def act(session: Session) -> None:
            session.item(ref_of(item))
            session.children(ref_of(item), None)
            looks.append(1)
            if len(looks) == 1:
                with monkeypatch.context() as unseen:
                    unseen.setattr(store, "acting", partial(SqlStore.acting, store))
                    shop.engine.items.comment(shop["ann"], item.key, "me first")

        store.run(lambda session: session.children(ref_of(item), None), event=new_id())
        monkeypatch.setattr(store, "acting", acting)
        for _ in range(10):
            store.run(act, event=new_id(), about=item.key)
        store.run(act, event=new_id(), about=other.key)

        assert locked == [False, *[True] * 9, False, False]

    def test_tries_once_with_locks_before_it_gives_up(
        self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An act whose time was up in its first attempt, because it waited, succeeds in the second."""
        monkeypatch.setattr("placet.store.attempts._PATIENCE", -1.0)
        item = any_shop.wish()
        store, looks = any_shop.application.store, list[int]()

        def act(session: Session) -> None:
            session.item(ref_of(item))
            session.children(ref_of(item), None)
            looks.append(1)
            if len(looks) == 1:
                with monkeypatch.context() as patient:
                    patient.setattr("placet.store.attempts._PATIENCE", 10.0)
                    any_shop.engine.items.comment(any_shop["ann"], item.key, "me first")

        store.run(lambda session: session.children(ref_of(item), None), event=new_id())
        store.run(act, event=new_id())

        assert len(looks) == 2
        assert store.contention.given_up == 0

    def test_gives_up_in_the_end(self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the advice to repeat the request."""
        monkeypatch.setattr("placet.store.attempts._PATIENCE", 0.05)

        def act(session: Session) -> None:
            raise MovedError(["item:SHOP-1"], ["item"])

        with pytest.raises(BusyError, match=r"gave up after \d+ attempts"):
            any_shop.application.store.run(act, event=new_id())
        assert any_shop.application.store.contention.given_up == 1

    def test_other_failures_are_not_repeated(self, any_shop: Shop) -> None:
        """A wrong statement stays wrong."""
        tries: list[int] = []

        def act(session: Session) -> None:
            tries.append(1)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            any_shop.application.store.run(act, event=new_id())
        with pytest.raises(ZeroDivisionError):
            any_shop.application.store.transact(act)
        assert tries == [1, 1]

    def test_a_row_that_is_there_already_is_looked_at_once_more(self, any_shop: Shop) -> None:
        """Two may have made it at the same moment; but what is there the second time too is an error, and said so."""
        item = any_shop.wish()
        tries: list[int] = []

        def act(session: Session) -> None:
            tries.append(1)
            session.workspace("SHOP")
            session.write(Changes(created=[item]))

        with pytest.raises((IntegrityError, DBAPIError)):
            any_shop.application.store.run(act, event=new_id())
        assert len(tries) == 2

    def test_an_item_that_was_changed_meanwhile_is_not_written(self, any_shop: Shop) -> None:
        """The number of its last event is compared, also where only a search had found the item."""
        old = any_shop.wish()
        any_shop.engine.items.comment(any_shop["ann"], old.key, "me first")
        event = any_shop.engine.event_log.history(any_shop["ida"], old.key).rows[-1]
        late = Changes(updated=[(old, replace(old, seq=2))], events=[replace(event, seq=99, id="x" * 36)])
        tries: list[int] = []

        def act(session: Session) -> None:
            tries.append(1)
            session.workspace("SHOP")
            if len(tries) == 1:
                session.write(late)

        any_shop.application.store.run(act, event=new_id())

        assert len(tries) == 2
        assert any_shop.kinds(old) == ["created", "comment"]

    def test_a_change_of_the_workspace_makes_it_decide_again(self, any_shop: Shop) -> None:
        """The version of the rules that were read is compared too."""
        old = any_shop.on_bench()
        event = any_shop.engine.event_log.history(any_shop["ida"], old.key).rows[-1]
        stale = Changes(updated=[(old, replace(old, seq=3))], events=[replace(event, seq=3, id="x" * 36)])
        tries: list[int] = []

        def act(session: Session) -> None:
            tries.append(1)
            session.item(ref_of(old))
            if len(tries) == 1:
                any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", name="Other")
                session.write(stale)

        any_shop.application.store.run(act, event=new_id())

        assert len(tries) == 2
        assert any_shop.item(old).seq == 2

    def test_what_is_not_there_is_compared_too(self, any_shop: Shop) -> None:
        """Somebody makes the item that an act looked for in vain."""
        item = any_shop.wish()
        seen: list[bool] = []

        def act(session: Session) -> None:
            seen.append(session.item(ItemRef("SHOP", item.number + 1)) is not None)
            session.item(ref_of(item))
            if len(seen) == 1:
                any_shop.wish()

        any_shop.application.store.run(act, event=new_id())

        assert seen == [False, True]

    def test_a_refusal_is_compared_as_well(self, any_shop: Shop) -> None:
        """Nobody is refused by what is no longer so."""
        item = any_shop.wish()
        tries: list[int] = []

        def act(session: Session) -> None:
            tries.append(1)
            session.item(ref_of(item))
            session.workspace("SHOP")
            session.search("SHOP", "shop.repair", [], [])
            if len(tries) == 1:
                any_shop.engine.items.comment(any_shop["ann"], item.key, "me first")
                raise ConflictError("as it was")

        any_shop.application.store.run(act, event=new_id())

        assert len(tries) == 2


class TestAllOrNothing:
    def test_a_failure_leaves_nothing(self, any_shop: Shop) -> None:
        """Earlier writes are taken back."""

        def act(session: Session) -> None:
            session.people.save_actor(Actor("new", "New", created_at=START))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            any_shop.application.store.transact(act)
        with any_shop.application.store.reading() as session:
            assert session.people.actor("new") is None

    def test_rules_that_never_came_to_be_are_forgotten(self, any_shop: Shop) -> None:
        """A version of a workspace that was taken back is not taken for the one that got its number later."""
        store = any_shop.application.store

        def rename(session: Session) -> None:
            old = session.workspace("SHOP")
            assert old is not None
            session.save_workspace(old, replace(old, name="Never", version=old.version + 1), [])
            seen = session.workspace("SHOP")
            assert seen is not None
            assert seen.name == "Never"
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            store.transact(rename, configures=["SHOP"])
        any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", name="Other")

        assert any_shop.engine.workspaces.get(any_shop["ida"], "SHOP").name == "Other"

    def test_only_what_is_taken_is_called_taken(self, any_shop: Shop) -> None:
        """An actor without a moment is a fault of the program, not of who chose the id."""
        with pytest.raises(
            ConflictError,
            match='the actor id "ann", or one that differs from it in case alone, is already in use',
        ):
            any_shop.application.store.transact(lambda session: session.people.save_actor(any_shop["ann"]))
        with pytest.raises(IntegrityError):
            any_shop.application.store.transact(
                lambda session: session.people.save_actor(Actor("new", "New"))
            )


class TestReading:
    def test_sees_one_moment(self, any_shop: Shop) -> None:
        """Changes of others meanwhile are not mixed in, from the first look on."""
        item = any_shop.wish()
        ref = ItemRef(item.workspace, item.number)

        with any_shop.application.store.reading() as session:
            before = session.item(ref)
            any_shop.engine.items.comment(any_shop["ann"], item.key, "meanwhile")
            any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", name="Other")

            assert session.item(ref) == before
            assert [event.kind for event in session.log.history(ref, 0, 9)] == ["created"]
            place = session.workspace("SHOP")
            assert place is not None
            assert place.name == "The shop"

    def test_goes_on_in_another_thread_beside_the_acts_of_its_own(self, any_shop: Shop) -> None:
        """An export is read on by whichever thread is free, while the first one acts."""
        first, second = any_shop.wish(), any_shop.wish()

        with any_shop.application.store.reading() as session, ThreadPoolExecutor(1) as another:
            before = session.item(ref_of(first))
            any_shop.engine.items.comment(any_shop["ann"], first.key, "meanwhile")
            any_shop.engine.items.comment(any_shop["ann"], second.key, "meanwhile")

            seen = another.submit(
                lambda: (session.item(ref_of(first)), session.item(ref_of(second)))
            ).result()

        assert seen == (before, second)
        assert any_shop.item(second).seq == 2

    def test_of_one_thing_opens_no_transaction(self, any_shop: Shop) -> None:
        item, store = any_shop.wish(), any_shop.application.store
        with any_shop.application.store.reading(whole=False) as session:
            assert session.item(ItemRef(item.workspace, item.number)) == item
            connection = session._reader._open()  # type: ignore[attr-defined]  # nothing public shows it
            assert not store.driver.in_transaction(connection)

    def test_of_two_things_shows_both_as_of_one_moment(self, any_shop: Shop) -> None:
        """Where the first has moved before the second is read, that is said; a look is then taken again."""
        item = any_shop.wish()
        ref = ItemRef(item.workspace, item.number)

        with any_shop.application.store.reading(whole=False) as session:
            session.item(ref)
            any_shop.engine.items.comment(any_shop["ann"], item.key, "meanwhile")
            with pytest.raises(MovedError):
                session.log.history(ref, 0, 9)

        looks: list[int] = []

        def see(unit: UnitOfWork) -> tuple[int, int]:
            seen = unit.own(ref)
            looks.append(seen.seq)
            if len(looks) == 1:
                any_shop.engine.items.comment(any_shop["ann"], item.key, "and again")
            return seen.seq, len(unit.session.log.history(ref, 0, 9))

        assert any_shop.engine._acts.look(see) == (3, 3)
        assert looks == [2, 3]

    def test_of_what_is_known_reads_it_only_beside_something_else(self, any_shop: Shop) -> None:
        """An item as of its commit is shown as it is; with another read, both are of the same moment."""
        item = any_shop.wish()
        ref, looks = ItemRef(item.workspace, item.number), list[int]()

        def see(unit: UnitOfWork, *, whole: bool) -> tuple[int, int]:
            looks.append(unit.own(ref).seq)
            return looks[-1], len(unit.session.log.history(ref, 0, 9)) if whole else 0

        look = any_shop.engine._acts.look
        assert look(partial(see, whole=True), known=[item]) == (1, 1)
        any_shop.engine.items.comment(any_shop["ann"], item.key, "meanwhile")

        assert look(partial(see, whole=False), known=[item]) == (1, 0)
        assert look(partial(see, whole=True), known=[item]) == (2, 2)
        assert looks == [1, 1, 1, 2]


class TestNumbers:
    def test_are_given_once(self, open_shop: OpenShop, database_url: str) -> None:
        """Two who create at once do not wait for each other, and neither starts again because of it."""
        store, other = open_shop(database_url).application.store, open_store(database_url)

        def act(session: Session) -> list[int]:
            first = session.next_number("SHOP")
            second = other.run(lambda theirs: theirs.next_number("SHOP"), event=new_id())
            return [first, second, session.next_number("SHOP")]

        before = store.contention.retries
        assert store.run(act, event=new_id()) == [1, 2, 3]
        assert (store.contention.retries, other.contention.retries) == (before, 0)
        other.close()

    def test_that_went_back_are_not_used_by_two(
        self, any_shop: Shop, open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On SQLite a later attempt draws inside its transaction: taken back, the number is the next one's who asks."""
        other = open_shop.again(any_shop.application.settings.database_url)
        store, attempts = any_shop.application.store, 0
        others: list[str] = []

        def acting(**kwargs: bool) -> Any:
            if attempts == 2:
                others.append(other.wish().key)
            return SqlStore.acting(store, **kwargs)

        def make(unit: UnitOfWork) -> str:
            nonlocal attempts
            attempts += 1
            if attempts == 1:
                raise MovedError(["item:SHOP-1"], ["item"])
            made = ItemWriter(unit).create("SHOP", "shop.repair", "A lamp", {})
            if attempts == 2:
                raise MovedError(["item:SHOP-1"], ["item"])
            unit.write()
            return made.key

        monkeypatch.setattr(store, "acting", acting)
        made = any_shop.engine._acts.act("make", make)

        assert attempts == 3
        assert made not in others
        assert [any_shop.item(key).title for key in (made, *others)] == ["A lamp", "A broken lamp"]

    def test_wait_for_no_disk_on_sqlite(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A number that is lost when the machine fails was not used: the commit of its item comes after it."""
        store = open_shop(sqlite_url).application.store
        noted: list[str] = []
        with store.acting() as connection:
            driver: Any = connection.connection.driver_connection
            driver.set_trace_callback(noted.append)
            store.next_number(connection, "SHOP")
            driver.set_trace_callback(None)

        assert [text.split(" (")[0] for text in noted] == [
            "PRAGMA synchronous=NORMAL",
            "INSERT INTO counters",
            "PRAGMA synchronous=FULL",
        ]

    def test_wait_for_no_disk_on_postgresql(self, open_shop: OpenShop, postgresql_url: str) -> None:
        """Only their own commit does not wait: what comes after them over the same connection does."""
        store = open_shop(postgresql_url).application.store
        draw, shown = NEXT_NUMBER["postgresql"], text("SHOW synchronous_commit")
        with store.engine.connect() as connection:
            connection.execute(draw, {"workspace": "SHOP", "last": 1})
            drawing = connection.scalar(shown)
            connection.commit()

            assert (drawing, connection.scalar(shown)) == ("off", "on")

    def test_of_a_rehearsal_are_taken_by_nobody(self, any_shop: Shop) -> None:
        """A dry run shows the number that would be given next."""
        with any_shop.application.store.reading() as session:
            assert [session.next_number("SHOP"), session.next_number("SHOP")] == [1, 2]
        assert any_shop.wish().number == 1


class TestOneCall:
    def test_an_act_on_postgresql_is_what_it_reads_and_one_call(
        self, open_shop: OpenShop, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No transaction is open while it thinks; what is answered afterwards is the item as it was committed."""
        shop = open_shop(postgresql_url)
        first, item = shop.wish(), shop.wish()
        shop.move(first, "drop", "ann", comment="no longer wanted")
        store = shop.application.store
        driver, said = store.driver, list[str]()

        class Listening:
            def __getattr__(self, name: str) -> Any:
                def called(connection: Any, what: Any, *rest: Any) -> Any:
                    said.append(getattr(what, "text", what))
                    return getattr(driver, name)(connection, what, *rest)

                return called if name in {"fetch", "execute", "command"} else getattr(driver, name)

        for speaking, name in ((store, "driver"), (store._commits, "_driver")):
            monkeypatch.setattr(speaking, name, Listening())
        shop.move(item, "drop", "ann", comment="no longer wanted")

        assert [text.split()[0] for text in said] == ["SELECT", "SELECT"]
        assert "placet_commit" in said[1]

    def test_in_a_transaction_of_somebody_elses_is_an_error(
        self, open_shop: OpenShop, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The comparison would be with the state when it began, perhaps, and not with the present one."""
        shop = open_shop(postgresql_url)
        item, store = shop.wish(), shop.application.store

        def write(connection: Connection, *args: Any, **kwargs: Any) -> None:
            store.driver.command(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ")
            SqlStore.write(store, connection, *args, **kwargs)

        monkeypatch.setattr(store, "write", write)
        with pytest.raises(RuntimeError, match="without locks held before, and a transaction is open"):
            shop.engine.items.comment(shop["ann"], item.key, "as I saw it")
        assert shop.kinds(item) == ["created"]


class TestOpening:
    def test_prepares_nothing_that_is_prepared_for_another_database(
        self, shop: Shop, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Preparing takes many times as long as opening."""
        prepared: list[Any] = []
        prepare = Statement.__init__

        def note(statement: Statement, *args: Any, **kwargs: Any) -> None:
            prepared.append(statement)
            prepare(statement, *args, **kwargs)

        with shop.application.store.reading() as session:
            assert session.workspace_keys() == ["SHOP"]
        another = shutil.copyfile(sqlite_template, tmp_path / "another.db")
        monkeypatch.setattr(Statement, "__init__", note)
        with closing(open_store(f"sqlite:///{another}")) as store, store.reading() as session:
            assert session.workspace_keys() == []

        assert prepared == []
        assert shop.wish().key == "SHOP-1"


class TestThreads:
    def test_wait_for_no_connection_on_sqlite(self, shop: Shop) -> None:
        """A thread that has acted keeps a connection, and needs another for what it shows then."""
        store, together = shop.application.store, Barrier(20)

        def act(_: int) -> int:
            store.run(lambda session: session.workspace_keys(), event=new_id())
            with store.reading() as session:
                places = session.workspace_keys()
                together.wait(PATIENCE)
            return len(places)

        with ThreadPoolExecutor(together.parties) as pool:
            assert list(pool.map(act, range(together.parties))) == [1] * together.parties
