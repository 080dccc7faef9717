"""The server is killed under load, again and again: what it acknowledged is there, and nothing is there by halves."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from signal import SIGKILL
from threading import Semaphore
from typing import Any

import httpx
import psycopg
import pytest
from law import assert_law, feed
from patience import PATIENCE
from processes import PLAIN

from placet.app import build
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings

from .conftest import Site
from .server import serving
from .works import PLUGIN, assert_reports_counted

CLIENTS = 6
#: Acknowledged writes for each client before a kill, at random between these, and seconds after the last of them.
WRITES, MOMENT = (2, 8), 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """One write, named by its comment in the log and by its idempotency key."""

    name: str
    path: str
    body: dict[str, Any]


@dataclass(slots=True)
class Reported:
    """The knowledge of clients when the server is gone."""

    #: Ids of events that were acknowledged to them.
    events: list[str] = field(default_factory=list)
    #: Names of the requests behind them.
    done: list[str] = field(default_factory=list)
    #: Requests that got no answer.
    open: list[Request] = field(default_factory=list)


def client(base: str, token: str) -> httpx.Client:
    return httpx.Client(
        base_url=f"{base}/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
        trust_env=False,
        verify=PLAIN,
    )


def send(http: httpx.Client, request: Request) -> httpx.Response:
    return http.post(request.path, json=request.body, headers={"Idempotency-Key": request.name})


def wishes(name: str, packages: list[str]) -> Request:
    """A write at random: with effects on other items, on the item alone, or a comment."""
    key = random.choice(packages)  # noqa: S311  # load, no secret
    act = random.choice(["report", "report", "pause", "resume", "finish", "reopen", "comment"])  # noqa: S311
    if act == "comment":
        return Request(name, f"/items/{key}/comments", {"text": name})
    return Request(name, f"/items/{key}/transitions", {"transition": act, "comment": name})


def write_until_killed(
    base: str, token: str, round: str, packages: list[str], acknowledged: Semaphore
) -> Reported:
    reported = Reported()
    with client(base, token) as http:
        number = 0
        while True:
            number += 1
            request = wishes(f"{round}-{number}", packages)
            try:
                answer = send(http, request)
            except httpx.TransportError:
                reported.open.append(request)
                return reported
            assert answer.status_code in {200, 201, 409}, answer.text
            if answer.is_success:
                event = answer.json().get("event") or answer.json()
                reported.events.append(event["id"])
                reported.done.append(request.name)
                acknowledged.release()


def wait_until_let_go(settings: Settings) -> None:
    """PostgreSQL finishes what a killed client had sent; only then is it certain what has become of it."""
    if settings.sqlite_file is not None:
        return
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        while connection.execute(others).fetchone() != (0,):
            time.sleep(0.01)


def named(engine: Engine) -> Counter[str]:
    """How often each request's name stands in the log, as a comment."""
    done = [event for event in feed(engine) if event.kind in {"transition", "comment"}]
    return Counter(event.data.get("comment") or "" for event in done)


@pytest.fixture
def packages(site: Site) -> list[str]:
    """A dozen packages in three stages."""
    stages = [site.create("stage").key for _ in range(3)]
    return [site.create("package", parent=stages[n % 3]).key for n in range(12)]


@pytest.mark.first
class TestKill:
    def test_what_was_acknowledged_stays_and_the_rest_is_whole_or_not_there(
        self, site: Site, packages: list[str], kills: int
    ) -> None:
        """SIGKILL in the middle of writes, again and again; requests without an answer are repeated afterwards."""
        settings = site.applications[0].settings
        token, _ = site.engine.people.issue_token(site.foreman, "fred", name="kill")
        for application in site.applications:
            application.close()
        events: list[str] = []
        done: list[str] = []
        unanswered: list[Request] = []
        for round in range(kills):
            acknowledged = Semaphore(0)
            with serving(settings) as (base, server), ThreadPoolExecutor(CLIENTS) as pool:
                repeated = self.repeat(base, token, unanswered)
                events += repeated.events
                done += repeated.done
                writers = [
                    pool.submit(write_until_killed, base, token, f"{round}-{n}", packages, acknowledged)
                    for n in range(CLIENTS)
                ]
                for _ in range(CLIENTS * random.randint(*WRITES)):  # noqa: S311
                    assert acknowledged.acquire(timeout=PATIENCE)
                time.sleep(random.uniform(0, MOMENT))  # noqa: S311
                server.end(SIGKILL)
                reported = [writer.result() for writer in writers]
            events += [id for each in reported for id in each.events]
            done += [name for each in reported for name in each.done]
            unanswered = [request for each in reported for request in each.open]
            self.assert_lawful(settings, events, done)
        assert len(done) > kills * CLIENTS, "so few writes that the kills hit nothing"

    @staticmethod
    def repeat(base: str, token: str, requests: list[Request]) -> Reported:
        """Send again what got no answer, under its key: it happens now, or its first answer comes back."""
        reported = Reported()
        with client(base, token) as http:
            for request in requests:
                if request.path.endswith("/comments"):
                    continue  # a comment has no idempotency key: who repeats it may say it twice
                answer = send(http, request)
                assert answer.status_code in {200, 409}, answer.text
                if answer.is_success:
                    reported.events.append(answer.json()["event"]["id"])
                    reported.done.append(request.name)
        return reported

    @staticmethod
    def assert_lawful(settings: Settings, events: list[str], done: list[str]) -> None:
        wait_until_let_go(settings)
        with closing(build(settings, registry=Registry.of(PLUGIN))) as application:
            assert_law(application.engine, events)
            assert_reports_counted(application.engine)
            counted = named(application.engine)
            assert [name for name in done if counted[name] != 1] == []
            assert [name for name, times in counted.items() if times > 1 and name] == []
            assert application.engine.workspaces.get(SYSTEM_ACTOR, "SITE").key == "SITE"
