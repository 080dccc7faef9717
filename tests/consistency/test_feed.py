"""The log is read while it is written: nothing is skipped, nothing is told twice, and each item keeps its order."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.outlook import Moved
from placet.engine.records import EventRecord
from placet.errors import BlockedError, BusyError

from .conftest import Site
from .law import assert_law

WRITERS = 6
ACTS = 25


def write(site: Site, number: int, stages: list[str], packages: list[str]) -> list[str]:
    """Act at random; answers the ids of the events that were acknowledged."""
    engine, chance = site.engines[number % 2], random.Random(number)  # noqa: S311  # load, no secret
    told: list[str] = []
    for _ in range(ACTS):
        act = chance.choice(["report", "pause", "resume", "finish", "reopen", "close", "comment"])
        key = chance.choice(stages if act == "close" else packages)
        try:
            if act == "comment":
                told.append(engine.comment(site.foreman, key, f"by writer {number}").id)
                continue
            moved = engine.transition(site.foreman, key, act)
        except (BlockedError, BusyError):
            continue
        assert isinstance(moved, Moved)
        assert moved.event is not None
        told.append(moved.event.id)
    return told


def follow(site: Site, writers: list[Future[list[str]]]) -> list[EventRecord]:
    """Read the log by its cursor for as long as somebody writes, and once more after that."""
    query, found, last = site.engine.event_query(SYSTEM_ACTOR, limit=7), list[EventRecord](), False
    while True:
        page = site.engine.events(query)
        found += page.rows
        query = replace(query, after=page.next_cursor)
        if not page.rows:
            if last:
                return found
            last = all(writer.done() for writer in writers)
            time.sleep(0.002)


class TestFeed:
    def test_a_reader_that_goes_on_from_its_cursor_misses_nothing(self, site: Site) -> None:
        """Six writers with effects on shared items, and one reader that is always at their heels."""
        stages = [site.create("stage").key for _ in range(2)]
        packages = [site.create("package", parent=stages[n % 2]).key for n in range(6)]

        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(write, site, number, stages, packages) for number in range(WRITERS)]
            told = follow(site, writers)
            acknowledged = [id for writer in writers for id in writer.result()]

        counted = Counter(event.id for event in told)
        assert [id for id in acknowledged if counted[id] != 1] == []
        assert max(counted.values()) == 1
        in_order: Counter[str] = Counter()
        for event in told:
            assert event.seq == in_order[event.key] + 1
            in_order[event.key] = event.seq
        assert_law(site.engine, acknowledged)
