"""Transactions: begun again when writers met, given up in the end, and never half kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from shop import START, OpenShop, Shop
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from placet.engine.ports import Changes, LostError, Session
from placet.engine.records import Actor, ItemRef
from placet.errors import BusyError, ConflictError, SettingsError
from placet.store.database import SqlStore, database_url, open_store


class TestMeetingOthers:
    def test_starts_again_with_fresh_reads(self, any_shop: Shop) -> None:
        """A write that came too late is decided again."""
        tries: list[bool] = []

        def work(session: Session) -> str:
            tries.append(session.isolated)
            if len(tries) < 3:
                raise LostError
            return "done"

        assert any_shop.house.store.run(work) == "done"
        assert (len(tries), any_shop.house.store.retries) == (3, 2)

    def test_gives_up_in_the_end(self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the advice to repeat the request."""
        monkeypatch.setattr("placet.store.database._PATIENCE", 0.05)

        def work(session: Session) -> None:
            raise LostError

        with pytest.raises(BusyError, match=r"gave up after \d+ attempts"):
            any_shop.house.store.run(work)

    def test_other_troubles_are_not_repeated(self, any_shop: Shop) -> None:
        """What is wrong stays wrong."""
        tries: list[int] = []

        def work(session: Session) -> None:
            tries.append(1)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            any_shop.house.store.run(work)
        assert tries == [1]

    def test_a_row_that_is_there_already_is_looked_at_once_more(self, any_shop: Shop) -> None:
        """Two may have made it at the same moment; but what is there the second time too is an error, and said so."""
        item = any_shop.wish()
        tries: list[int] = []

        def work(session: Session) -> None:
            tries.append(1)
            session.write(Changes(created=[item]))

        with pytest.raises(IntegrityError):
            any_shop.house.store.run(work)
        assert len(tries) == 2

    def test_an_item_that_was_changed_meanwhile_is_lost(self, any_shop: Shop) -> None:
        """The number of its last event is compared and set, in one statement or several."""
        old = any_shop.wish()
        any_shop.engine.comment(any_shop["ann"], old.key, "me first")
        event = any_shop.engine.history(any_shop["ida"], old.key).rows[-1]
        late = Changes(updated=[(old, replace(old, seq=2))], events=[replace(event, seq=99, id="x" * 36)])
        tries: list[int] = []

        def work(session: Session) -> None:
            tries.append(1)
            if len(tries) == 1:
                session.write(late)

        for isolated in (True, False):
            tries.clear()
            any_shop.house.store.run(work, isolated=isolated)
            assert len(tries) == 2
        assert any_shop.kinds(old) == ["created", "comment"]


class TestAllOrNothing:
    def test_a_failure_leaves_nothing(self, any_shop: Shop) -> None:
        """What was written before it is taken back."""

        def work(session: Session) -> None:
            session.save_actor(Actor("new", "New", created_at=START))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            any_shop.house.store.run(work)
        with any_shop.house.store.reading() as session:
            assert session.actor("new") is None

    def test_a_rehearsal_leaves_nothing(self, any_shop: Shop) -> None:
        """Without commit everything is shown and thrown away."""
        any_shop.house.store.run(
            lambda session: session.save_actor(Actor("new", "New", created_at=START)), commit=False
        )

        with any_shop.house.store.reading() as session:
            assert session.actor("new") is None

    def test_rules_that_never_came_to_be_are_forgotten(self, any_shop: Shop) -> None:
        """A version of a workspace that was taken back is not taken for the one that got its number later."""
        store = any_shop.house.store

        def rename(session: Session) -> None:
            old = session.workspace("SHOP")
            assert old is not None
            session.save_workspace(old, replace(old, name="Never", version=old.version + 1), [])
            seen = session.workspace("SHOP")
            assert seen is not None
            assert seen.name == "Never"

        store.run(rename, commit=False)
        any_shop.engine.change_workspace(any_shop["ida"], "SHOP", name="Other")

        assert any_shop.engine.workspace(any_shop["ida"], "SHOP").name == "Other"

    def test_only_what_is_taken_is_called_taken(self, any_shop: Shop) -> None:
        """An actor without a moment is a fault of the program, not of whoever chose the id."""
        with pytest.raises(ConflictError, match='the actor id "ann" is taken'):
            any_shop.house.store.run(lambda session: session.save_actor(any_shop["ann"]))
        with pytest.raises(IntegrityError):
            any_shop.house.store.run(lambda session: session.save_actor(Actor("new", "New")))


class TestReading:
    def test_sees_one_moment(self, any_shop: Shop) -> None:
        """What others change meanwhile is not mixed in, from the first look on."""
        item = any_shop.wish()
        ref = ItemRef(item.workspace, item.number)

        with any_shop.house.store.reading() as session:
            before = session.item(ref)
            any_shop.engine.comment(any_shop["ann"], item.key, "meanwhile")
            any_shop.engine.change_workspace(any_shop["ida"], "SHOP", name="Other")

            assert session.item(ref) == before
            assert [event.kind for event in session.history(ref, 0, 9)] == ["created"]
            place = session.workspace("SHOP")
            assert place is not None
            assert place.name == "The shop"


class TestIsolation:
    def test_is_demanded_of_the_database(self, postgresql_url: str) -> None:
        """Where something between drops what we ask for, nothing is written at all."""
        plain = SqlStore(create_engine(database_url(postgresql_url)), asynchronous=False)

        with pytest.raises(SettingsError, match="writes at read committed, and Placet needs serializable"):
            plain.demand_isolation()
        plain.close()

    def test_numbers_are_counted_outside_it(self, postgresql_url: str) -> None:
        """Two who create at once may wait for each other's number, but neither starts again because of it."""
        store = open_store(postgresql_url)
        other = open_store(postgresql_url)

        def work(session: Session) -> list[int]:
            first = session.next_number("SHOP")
            second = other.run(lambda theirs: theirs.next_number("SHOP"))
            return [first, second, session.next_number("SHOP")]

        assert store.run(work) == [1, 2, 3]
        assert (store.retries, other.retries) == (0, 0)
        with store._aside.connect() as connection:
            assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"
        store.close()
        other.close()


class TestOneStatement:
    def test_a_move_that_reads_its_own_item_alone_is_one_on_postgresql(
        self, open_shop: OpenShop, postgresql_url: str
    ) -> None:
        """No transaction is opened for it: what was read is compared in the statement that writes."""
        from sqlalchemy import event

        shop = open_shop(postgresql_url)
        first, item = shop.wish(), shop.wish()
        shop.move(first, "drop", "ann", comment="no longer wanted")
        written: list[str] = []

        @event.listens_for(shop.house.store.engine, "before_cursor_execute")
        def note(_c: Any, _k: Any, statement: str, _p: Any, _x: Any, _m: Any) -> None:
            if not statement.lstrip().upper().startswith("SELECT"):
                written.append(statement)

        shop.move(item, "drop", "ann", comment="no longer wanted")

        assert len(written) == 1
        assert written[0].startswith("WITH moved AS")

    def test_a_change_of_the_workspace_makes_it_decide_again(
        self, open_shop: OpenShop, postgresql_url: str
    ) -> None:
        """The version of the rules that were read is compared too."""
        shop = open_shop(postgresql_url)
        old = shop.on_bench()
        event = shop.engine.history(shop["ida"], old.key).rows[-1]
        shop.engine.change_workspace(shop["ida"], "SHOP", name="Other")
        stale = Changes(updated=[(old, replace(old, seq=3))], events=[replace(event, seq=3, id="x" * 36)])
        tries: list[int] = []

        def work(session: Session) -> None:
            tries.append(1)
            if len(tries) == 1:
                session.write(stale)

        shop.house.store.run(work, isolated=False)

        assert len(tries) == 2
        assert shop.item(old).seq == 2
