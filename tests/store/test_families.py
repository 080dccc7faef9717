"""Families of searches: every writer counts for those that are registered, in every workspace."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest
from patience import PATIENCE
from shop import OpenShop, Shop
from sqlalchemy import Connection, Table, select

from placet.engine.act.guards import Family
from placet.engine.engine import SYSTEM_ACTOR
from placet.store.statements import insert_or_ignore
from placet.store.store import SqlStore
from placet.store.tables import workspaces

_FAMILY = Family("children", "shop.part")


def open_yard(shop: Shop) -> None:
    shop.engine.workspaces.create(SYSTEM_ACTOR, key="YARD", name="The yard", methods=["shop"])


def counted_in_the_yard(store: SqlStore) -> tuple[bool, bool]:
    """Whether a process counts for the family, and whether it would find that it has to look again."""
    with store.acting() as connection:
        known = store.families.of(connection, "YARD")
        counter = connection.scalar(select(workspaces.c.families).where(workspaces.c.key == "YARD"))
    return _FAMILY in known.families, counter != known.counter


class TestAWorkspaceThatIsOpened:
    def test_while_a_family_is_registered_counts_for_it(
        self, open_shop: OpenShop, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is there to be notified of the family, or finds it."""
        shop, other = open_shop(postgresql_url), open_shop.again(postgresql_url)
        store, reached, go = shop.application.store, Event(), Event()

        def insert(connection: Connection, table: Table) -> Any:
            if not reached.is_set():
                reached.set()
                assert go.wait(PATIENCE)
            return insert_or_ignore(connection, table)

        monkeypatch.setattr("placet.store.families.insert_or_ignore", insert)  # where it stands still
        with ThreadPoolExecutor(2) as pool:
            registering = pool.submit(store.families.register, {("SHOP", _FAMILY)})
            assert reached.wait(PATIENCE)
            opening = pool.submit(open_yard, other)
            if _comes_through(opening, postgresql_url):
                counted_in_the_yard(other.application.store)  # as the first writer there does
            go.set()
            registering.result()
            opening.result()

        assert any(counted_in_the_yard(other.application.store))

    def test_after_its_families_were_asked_for_counts_for_those_of_now(
        self, any_shop: Shop, open_shop: OpenShop
    ) -> None:
        """Somebody looked for what lies below an item of a workspace that there was not."""
        other = open_shop.again(any_shop.application.settings.database_url)
        store = other.application.store
        with store.acting() as connection:
            assert _FAMILY not in store.families.of(connection, "YARD").families
        any_shop.application.store.families.register({("SHOP", _FAMILY)})

        open_yard(any_shop)

        assert any(counted_in_the_yard(store))


def _comes_through(done: Future[None], url: str) -> bool:
    """Whether something is done, rather than waiting for a lock."""
    return _first(done.done, lambda: _waiting(url)) == 0


def _first(*conditions: Callable[[], bool]) -> int:
    """Which of some conditions holds first."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for n, holds in enumerate(conditions):
            if holds():
                return n
        time.sleep(0.01)
    raise RuntimeError("none of it comes about")


def _waiting(url: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        asked = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return connection.execute(asked).fetchone() is not None
