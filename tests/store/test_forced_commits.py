"""On SQLite, what somebody is notified of is forced to the disk; the rest reaches it with the next commit that is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from shop import OpenShop, Shop
from sqlalchemy import event

from placet.app import Application
from placet.engine.act.deliveries import NOTIFICATIONS
from placet.store.outbox import Outbox

NORMAL, FULL = "NORMAL", "FULL"


class Disk:
    """The commits of new connections: what each of them wrote, and whether it was forced to the disk."""

    def __init__(self) -> None:
        self.commits: list[tuple[str, str]] = []

    def watch(self, connection: sqlite3.Connection, _: object) -> None:
        mode, wrote, begun = FULL, "", False

        def traced(statement: str) -> None:
            nonlocal mode, wrote, begun
            words = statement.split()
            match words:
                case ["PRAGMA", setting] if setting.startswith("synchronous="):
                    mode = setting.removeprefix("synchronous=")
                case ["BEGIN", *_]:
                    begun = True
                case ["INSERT", "INTO", table, *_] | ["UPDATE", table, *_]:
                    wrote = wrote or table
                    if not begun:
                        self.commits.append((wrote, mode))
                        wrote = ""
                case ["COMMIT", *_]:
                    self.commits.append((wrote, mode))
                    wrote, begun = "", False
                case _:
                    pass

        connection.set_trace_callback(traced)


def in_a_thread_of_its_own(act: Callable[[], Any]) -> None:
    """With connections that are opened for it."""
    thread = Thread(target=act)
    thread.start()
    thread.join()


@pytest.fixture
def shop(open_shop: OpenShop, sqlite_url: str) -> Shop:
    return open_shop(sqlite_url)


@pytest.fixture
def application(shop: Shop) -> Application:
    return shop.application


@pytest.fixture
def disk(application: Application) -> Iterator[Disk]:
    disk, engine = Disk(), application.store.engine
    engine.dispose()
    event.listen(engine, "connect", disk.watch)
    yield disk
    event.remove(engine, "connect", disk.watch)


class TestTheMakingOfAnItem:
    def test_is_forced_once_with_the_number_that_was_drawn_for_it(self, shop: Shop, disk: Disk) -> None:
        """The number alone means nothing, and the item comes after it in the same log."""
        shop.wish("The first one, with which its definition is stored")
        disk.commits.clear()

        in_a_thread_of_its_own(lambda: shop.wish("A broken lamp"))

        assert disk.commits == [("counters", NORMAL), ("guards", FULL)]


class TestTheBookkeepingOfAWorker:
    def test_is_not_forced_and_leaves_the_connection_as_it_was(
        self, application: Application, disk: Disk
    ) -> None:
        """A lost delivery is made again."""
        Outbox(application.store).heartbeat("a worker")

        assert disk.commits == [("workers", NORMAL)]
        with application.store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2

    def test_notifies_people_without_waiting_for_the_disk(self, shop: Shop, disk: Disk) -> None:
        """A failure of power takes both: a notification, and the position up to which people were notified."""
        outbox = Outbox(shop.application.store)
        since = outbox.subscribers([NOTIFICATIONS])[NOTIFICATIONS].position
        shop.engine.items.comment(shop["ann"], shop.wish().key, "Is it ready?")
        page = outbox.events_after(since, 100)
        drafts = shop.engine.notifications.draft(page)
        disk.commits.clear()

        in_a_thread_of_its_own(
            lambda: shop.engine.notifications.save(drafts, since=since, until=page[-1].position)
        )

        assert disk.commits == [("subscribers", NORMAL)]

    def test_leaves_the_connection_as_it_was_after_a_failure(self, application: Application) -> None:
        with pytest.raises(ZeroDivisionError), application.store.outside():
            _ = 1 / 0

        with application.store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


class TestANoteOfTheInstallation:
    def test_is_forced(self, application: Application, disk: Disk) -> None:
        """The epoch of a restored log is in the cursors that clients are given."""
        application.store.set_note("epoch", "2")

        assert disk.commits == [("installation", FULL)]
