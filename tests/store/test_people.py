"""Ids of people differ by more than case, also where two processes give them at once: the database sees to it."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest
from shop import START, OpenShop, Shop

from placet.engine.act.people import Actor
from placet.engine.act.session import Session
from placet.errors import ConflictError, Some
from placet.store.store import open_store

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.mark.parametrize("id", ["ida", "IDA", "iDa"])
def test_no_row_has_an_id_that_differs_in_case_alone(any_shop: Shop, id: str) -> None:
    """Also where nobody has asked beforehand whether the id is free."""
    added = Actor(id, "Another", created_at=START)

    with pytest.raises(ConflictError, match="or one that differs from it in case alone, is already in use"):
        any_shop.application.store.transact(lambda session: session.people.save_actor(added))

    with any_shop.application.store.reading() as session:
        assert session.people.actor_alike(id) == "ida"


def test_of_two_processes_that_give_such_ids_at_once_one_does(
    open_shop: OpenShop, postgresql_url: str
) -> None:
    """Neither sees the other's before it is committed; the second waits for the first, and is refused."""
    shop = open_shop(postgresql_url)

    def add() -> Actor:
        return shop.engine.people.add(shop["ida"], id="ANNA", name="Anna Other")

    with closing(open_store(postgresql_url)) as other, ThreadPoolExecutor(1) as pool:

        def give(session: Session) -> Future[Actor]:
            session.people.save_actor(Actor("anna", "Anna", created_at=START))
            late = pool.submit(add)
            with psycopg.connect(postgresql_url, autocommit=True) as server:
                while not late.done() and server.execute(_WAITING).fetchone() == (0,):
                    time.sleep(0.01)
            return late

        late = other.transact(give)
        refused = late.exception()

    assert isinstance(refused, ConflictError)
    with shop.application.store.reading() as session:
        assert set(session.people.actors(["anna", "ANNA"])) == {"anna"}


def test_ids_are_all_ids_where_they_are_few_and_some_where_they_are_not(any_shop: Shop) -> None:
    """Those that begin like a misspelt one are among others: no message shows them as all that there are."""
    with any_shop.application.store.reading() as session:
        everybody = session.people.actor_ids("bne", 1000)
        alike = session.people.actor_ids("bne", 4)

    assert {"ann", "ben", "mia"} <= set(everybody)
    assert not isinstance(everybody, Some)
    assert (sorted(alike), type(alike)) == (["bea", "ben"], Some)
