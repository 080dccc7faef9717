"""The log is read while it is written: nothing is skipped, nothing is sent twice, and each item keeps its order."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace

import httpx
from law import assert_law
from patience import PATIENCE
from processes import PLAIN

from placet.definitions.verdicts import BlockedError
from placet.engine.act.records import EventRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.moved import Moved
from placet.errors import BusyError

from .conftest import Site
from .server import serving
from .works import assert_reports_counted

WRITERS = 6


def write(site: Site, number: int, stages: list[str], packages: list[str], acts: int) -> list[str]:
    """Act at random; answers the ids of the events that were acknowledged."""
    engine, chance = site.engines[number % 2], random.Random(number)  # noqa: S311  # load, no secret
    reported: list[str] = []
    for _ in range(acts):
        act = chance.choice(["report", "pause", "resume", "finish", "reopen", "close", "comment"])
        key = chance.choice(stages if act == "close" else packages)
        try:
            if act == "comment":
                reported.append(engine.items.comment(site.foreman, key, f"by writer {number}").id)
                continue
            moved = engine.transition(site.foreman, key, act)
        except (BlockedError, BusyError):
            continue
        assert isinstance(moved, Moved)
        assert moved.event is not None
        reported.append(moved.event.id)
    return reported


def follow(site: Site, writers: list[Future[list[str]]]) -> list[EventRecord]:
    """Read the log by its cursor for as long as somebody writes, and once more after that."""
    query, found, last = site.engine.event_log.query(SYSTEM_ACTOR, limit=7), list[EventRecord](), False
    while True:
        page = site.engine.event_log.events(query)
        found += page.rows
        query = replace(query, after=page.next_cursor)
        if not page.rows:
            if last:
                return found
            last = all(writer.done() for writer in writers)
            time.sleep(0.002)


def stream(base: str, token: str, last: str | None) -> AbstractContextManager[httpx.Response]:
    """Open the log as a stream."""
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token}"}
    if last is not None:
        headers["Last-Event-ID"] = last
    return httpx.stream(
        "GET", f"{base}/api/v1/events", headers=headers, timeout=PATIENCE, trust_env=False, verify=PLAIN
    )


def read_stream(
    base: str, token: str, last: str | None, count: int, over: Callable[[], bool] = lambda: False
) -> tuple[list[str], str | None]:
    """Take some events and hang up; answers their ids, and the last one's cursor.

    There may be fewer to come than were wanted: once it is over, a comment without an event ends it too.
    """
    found: list[str] = []
    with stream(base, token, last) as answer:
        for line in answer.iter_lines():
            if line.startswith(":") and over():
                break
            if line.startswith("id: "):
                last = line.removeprefix("id: ")
            elif line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: "))["id"])
                if len(found) == count:
                    break
    return found, last


class TestFeed:
    def test_a_reader_that_goes_on_from_its_cursor_misses_nothing(self, site: Site, acts: int) -> None:
        """Six writers with effects on shared items, and one reader that is always at their heels."""
        stages = [site.create("stage").key for _ in range(2)]
        packages = [site.create("package", parent=stages[n % 2]).key for n in range(6)]

        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(write, site, number, stages, packages, acts) for number in range(WRITERS)]
            reported = follow(site, writers)
            acknowledged = [id for writer in writers for id in writer.result()]

        counted = Counter(event.id for event in reported)
        assert [id for id in acknowledged if counted[id] != 1] == []
        assert max(counted.values()) == 1
        in_order: Counter[str] = Counter()
        for event in reported:
            assert event.seq == in_order[event.key] + 1
            in_order[event.key] = event.seq
        assert_law(site.engine, acknowledged)
        assert_reports_counted(site.engine)


class TestStreams:
    def test_send_each_event_once_to_a_client_that_is_disconnected_again_and_again(
        self, site: Site, acts: int
    ) -> None:
        """Behind six writers in another process, as well as between two streams."""
        stages = [site.create("stage").key for _ in range(2)]
        packages = [site.create("package", parent=stages[n % 2]).key for n in range(6)]
        token, _ = site.engine.people.issue_token(site.foreman, "fred", name="stream")
        reported: list[str] = []
        last: str | None = None
        with (
            serving(site.applications[0].settings) as (base, _),
            ThreadPoolExecutor(WRITERS) as pool,
        ):
            writers = [pool.submit(write, site, number, stages, packages, acts) for number in range(WRITERS)]
            chance = random.Random(7)  # noqa: S311  # a load, no secret

            def over() -> bool:
                return all(writer.done() for writer in writers)

            while not over():
                found, last = read_stream(base, token, last, chance.randint(1, 20), over)
                reported += found
            acknowledged = [id for writer in writers for id in writer.result()]
            whole = [
                event.id
                for event in site.engine.event_log.events(
                    site.engine.event_log.query(site.foreman, limit=5000)
                ).rows
            ]
            if len(whole) > len(reported):
                reported += read_stream(base, token, last, len(whole) - len(reported))[0]

        assert reported == whole
        assert set(acknowledged) <= set(reported)

    def test_do_not_keep_a_server_from_ending(self, site: Site) -> None:
        """A server that is to end waits until its answers are finished, and this one never finishes by itself."""
        token, _ = site.engine.people.issue_token(site.foreman, "fred", name="stream")
        with serving(site.applications[0].settings) as (base, server):
            opened = threading.Event()

            def follow() -> str:
                with stream(base, token, None) as answer:
                    text = ""
                    for part in answer.iter_text():
                        text += part
                        opened.set()
                return text

            with ThreadPoolExecutor(1) as pool:
                following = pool.submit(follow)
                assert opened.wait(PATIENCE)
                ended = server.end(signal.SIGTERM)

                assert "event: workspace_created" in following.result(timeout=PATIENCE)
            assert ended in {0, -signal.SIGTERM}
