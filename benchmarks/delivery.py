"""Delivering events to a subscriber, against a consumer written by hand. The consumer reads after a cursor, calls
the function, and moves the cursor, in one transaction for each event. It has one subscriber, makes one attempt, and
is one process.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg

from benchmarks import toy
from benchmarks.applications import Filled
from benchmarks.library import ADA
from benchmarks.rounds import Candidate, Effort, Line, compare
from placet import hookimpl
from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.settings import Settings
from placet.store.sealing import Sealer
from placet.worker.worker import Worker

#: Waiting events for each second of measuring.
_BACKLOG = 600
#: Seconds until the consumer written by hand looks again after it has found nothing.
_LOOK = 0.01
_NEXT = """SELECT p.position, e.body FROM positions p
JOIN events e ON e.workspace = p.workspace AND e.number = p.number AND e.seq = p.seq
WHERE p.position > ? ORDER BY p.position LIMIT 100"""


class Ear(toy.ToyPlugin):
    """The toy method's plugin, which counts its events."""

    def __init__(self) -> None:
        self.heard = 0
        self.first = 0.0
        self.noticed = threading.Event()

    @hookimpl
    def placet_event(self, event: dict[str, Any]) -> None:
        self.hear(event)

    def hear(self, event: dict[str, Any]) -> None:
        self.first = self.first or time.perf_counter()
        self.heard += event["kind"] == "comment"
        self.noticed.set()


class Site:
    """An installation with a plugin that gets events."""

    def __init__(self, filled: Filled) -> None:
        self.url = filled.url
        self.ear = Ear()
        self.application: Application = build(
            Settings(database_url=filled.url), registry=Registry.of(self.ear)
        )
        self.key = self.application.engine.items.create(
            ADA, workspace=toy.WORKSPACE, type=toy.TASK.id, title="Heard"
        ).key

    def happen(self) -> None:
        self.application.engine.items.comment(ADA, self.key, "something happens")

    @contextmanager
    def worker(self) -> Iterator[None]:
        worker = Worker(self.application)
        worker.start()
        yield
        worker.stop()

    @contextmanager
    def hand(self) -> Iterator[None]:
        over = threading.Event()
        thread = threading.Thread(target=self._consume, args=(over,))
        thread.start()
        yield
        over.set()
        thread.join()

    def _consume(self, over: threading.Event) -> None:
        sqlite = self.url.startswith("sqlite")
        mark = "?" if sqlite else "%s"
        connection: Any = (
            sqlite3.connect(self.url.removeprefix("sqlite:///")) if sqlite else psycopg.connect(self.url)
        )
        if sqlite:
            connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS by_hand (position BIGINT)")
        row = connection.execute("SELECT position FROM by_hand").fetchone()
        if row is None:
            row = connection.execute("SELECT max(position) FROM positions").fetchone()
            connection.execute(f"INSERT INTO by_hand VALUES ({mark})", row)
        connection.commit()
        position = row[0]
        while not over.is_set():
            found = connection.execute(_NEXT.replace("?", mark), (position,)).fetchall()
            for position, body in found:
                if over.is_set():
                    break
                self.ear.hear(orjson.loads(body))
                connection.execute(f"UPDATE by_hand SET position = {mark}", (position,))
                connection.commit()
            if not found:
                connection.rollback()
                over.wait(_LOOK)
        connection.close()


def delivery(filled: Filled, kind: str, effort: Effort) -> list[Line]:
    """The number of events delivered in a second, and the delay after the commit."""
    site = Site(filled)
    sealer = Sealer(
        site.application.store
    )  # also for the consumer by hand: without it, events on PostgreSQL have no order
    sealer.start()
    with site.worker(), site.hand():
        pass  # both begin at the current end of the log

    def backlog(by: Any) -> Candidate:
        def run(seconds: float) -> float:
            for _ in range(int(_BACKLOG * seconds)):
                site.happen()
            site.application.store.settle()
            site.ear.heard, site.ear.first = 0, 0.0
            with by():
                while not site.ear.first:
                    time.sleep(0.001)
                time.sleep(seconds)
                return site.ear.heard / (time.perf_counter() - site.ear.first)

        return run

    def lag(by: Any) -> Candidate:
        def run(seconds: float) -> float:
            with by():
                while site.ear.noticed.wait(0.5):
                    site.ear.noticed.clear()  # remaining events
                spent, count = 0.0, 0
                while spent < seconds or not count:
                    site.happen()
                    began = time.perf_counter()
                    site.ear.noticed.wait()
                    spent += time.perf_counter() - began
                    count += 1
                    site.ear.noticed.clear()
                return count / spent

        return run

    ways = {"placet": site.worker, "by hand": site.hand}
    found = {name: backlog(way) for name, way in ways.items()}
    lines = compare(f"event delivered, {kind}", found, {"by hand": None}, effort)
    soon = {name: lag(way) for name, way in ways.items()}
    lines += compare(f"1 / lag from commit to delivery, {kind}", soon, {"by hand": None}, effort)
    sealer.stop()
    site.application.close()
    return lines
