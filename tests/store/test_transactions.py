"""Transactions: begun again when writers met, given up in the end, and never half kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from shop import START, OpenShop, Shop

from placet.engine.ports import Changes, LostError, Session
from placet.engine.records import Actor
from placet.errors import BusyError


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
