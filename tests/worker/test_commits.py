"""The commits of a worker while people act: they wait for each of its commits on SQLite, where writers take turns."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from post import eventually
from sqlalchemy import event

from placet.engine.act.deliveries import Delivery, delivery_of
from placet.store.outbox import Outbox
from placet.store.sealing import Sealer
from placet.store.store import SqlStore, open_store

Office = Any
OpenOffice = Any

NAMES = ("placet:one", "placet:two", "placet:three")


@pytest.fixture
def office(open_office: OpenOffice, database_url: str) -> Office:
    return open_office(database_url)


@contextmanager
def commits(store: SqlStore) -> Iterator[list[object]]:
    """The commits meanwhile."""
    noted: list[object] = []

    def note(connection: object) -> None:
        noted.append(connection)

    event.listen(store.engine, "commit", note)
    try:
        yield noted
    finally:
        event.remove(store.engine, "commit", note)


class TestTheTasksOfALook:
    def test_are_claimed_in_one_commit_for_all_subscribers(self, office: Office) -> None:
        outbox = Outbox(office.application.store)
        due = pending(office, outbox)

        with commits(office.application.store) as noted:
            claimed = outbox.claim({f"task of {name}": due[name] for name in NAMES}, later())

        assert claimed == {f"task of {name}" for name in NAMES}
        assert len(noted) == 1

    def test_that_another_worker_has_claimed_are_left_to_it(self, office: Office) -> None:
        outbox = Outbox(office.application.store)
        one, two, _ = NAMES
        due = pending(office, outbox)
        outbox.claim({"of another": due[one]}, later())

        claimed = outbox.claim({"too late": due[one], "in time": due[two]}, later())

        assert claimed == {"in time"}
        assert [each.delivery.id for each in outbox.cases(one, "of another")[1]] == [
            each.id for each in due[one]
        ]

    def test_cost_no_commit_where_there_is_none(self, office: Office) -> None:
        with commits(office.application.store) as noted:
            assert Outbox(office.application.store).claim({}, later()) == set()

        assert noted == []


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def pending(office: Office, outbox: Outbox) -> dict[str, list[Delivery]]:
    """Two deliveries of each subscriber."""
    states = outbox.subscribers(NAMES)
    office.happen(2)
    office.application.store.settle()
    now = datetime.now(UTC)
    position = states[NAMES[0]].position
    page = outbox.events_after(position, 2)
    made = {name: [delivery_of(each, name, now) for each in page] for name in NAMES}
    outbox.make(
        dict.fromkeys(NAMES, (position, page[-1].position)),
        [one for each in made.values() for one in each],
    )
    return made


class TestTheBookkeepingOfAWorker:
    def test_wakes_nobody_who_follows_the_log(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """It would wake itself for each of its own commits; events of another process are seen."""
        office = open_office(sqlite_url)
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        announced: list[int] = []
        with (
            closing(open_store(sqlite_url)) as following,
            following.log_signal.listened(lambda: announced.append(len(announced))),
            Sealer(following),
        ):
            office.happen()
            assert eventually(lambda: bool(announced))
            before = len(announced)

            Outbox(office.application.store).heartbeat("a worker")
            os.utime(file, (0, 0))
            # The thread that follows the log copies it after it has announced it.
            assert eventually(lambda: file.stat().st_mtime > 0)
            after_bookkeeping = len(announced)
            office.happen()

            assert eventually(lambda: len(announced) > after_bookkeeping)
            assert after_bookkeeping == before
