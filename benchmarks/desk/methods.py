"""The busy desk under each method: sixteen people over HTTP, against the same people under ITIL on the same servers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median

import orjson

from benchmarks import servers
from benchmarks.desk.candidates import PLACET, Candidate, in_turns
from benchmarks.desk.clients import Desk, Person, Request
from benchmarks.desk.crews import (
    FLOWS,
    PEOPLE,
    WHY,
    Appoint,
    Crews,
    Edit,
    Installation,
    Make,
    Move,
    Wish,
    Work,
)
from benchmarks.methods import AIM
from benchmarks.rounds import Effort, Line
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings


def methods(
    runner: asyncio.Runner, title: str, url: str, *, processes: int, effort: Effort, seconds: float
) -> tuple[list[Line], list[Candidate]]:
    """The lines of each method beside ITIL, and what was measured, which names the answers that were errors."""
    secret = secrets.token_hex(16)
    installation = Installation(
        Settings(database_url=url, secret_key=secret), datetime.now(UTC).replace(microsecond=0)
    )
    people = installation.application.engine.people
    tokens = {id: people.issue_token(SYSTEM_ACTOR, id, name="desk")[0] for id in installation.people}
    installation.application.store.settle()
    installation.application.close()
    environment = {
        "PLACET_DATABASE_URL": url, "PLACET_SECRET_KEY": secret, "PLACET_LOG_LEVEL": "error",
    }  # fmt: skip
    with ExitStack() as stack:
        command = [PLACET, "serve", "--no-worker", "--port"]
        started = [stack.enter_context(servers.serving(command, environment)) for _ in range(processes)]
        ports, groups = [port for port, _ in started], {"server": [pid for _, pid in started]}
        those = {
            name: Candidate(name, ports, groups, list(_desks(installation.crews, flow, tokens)))
            for name, flow in FLOWS.items()
        }
        in_turns(runner, list(those.values()), effort, seconds)
    itil = those["ITIL"]
    return [_line(title, each, itil) for each in those.values() if each is not itil], list(those.values())


def _line(title: str, one: Candidate, other: Candidate) -> Line:
    """Medians over the rounds, each of neighbors in time."""
    ratios = [mine / theirs for mine, theirs in zip(one.rates, other.rates, strict=True)]
    rates = median(one.rates), median(other.rates)
    return Line(f"{title}, {one.name}", rates[0], other.name, rates[1], median(ratios), AIM)


def _desks(crews: Crews, flow: Callable[[Crews, int], Work], tokens: dict[str, str]) -> Iterator[Desk]:
    """Everybody, each with a connection."""
    return (Desk(person(lambda n=n: flow(crews, n), tokens)) for n in range(PEOPLE))  # type: ignore[misc]


def person(begun: Callable[[], Work], tokens: dict[str, str]) -> Person:
    """The requests of one person; after an answer that is an error, the work begins anew."""
    while True:
        work = begun()
        wish = next(work)
        while True:
            answer = yield request(wish, f"Bearer {tokens[wish.by]}")
            if not answer.good:
                break
            wish = work.send(_key(wish, answer.body))


def _key(wish: Wish, body: bytes) -> str:
    return str(orjson.loads(body)["key"]) if isinstance(wish, Make) else wish.key


def request(wish: Wish, token: str) -> Request:
    """The request for a wish to Placet's API."""
    match wish:
        case Make():
            body = {
                "workspace": wish.workspace,
                "type": wish.type,
                "title": "Something",
                "fields": wish.fields,
            }
            body |= {} if wish.parent is None else {"parent": wish.parent}
            return Request(f"create {wish.type}", "POST", "/api/v1/items", token, orjson.dumps(body))
        case Move():
            body = {"transition": wish.transition, "fields": wish.fields, "comment": WHY}
            path = f"/api/v1/items/{wish.key}/transitions"
            return Request(wish.transition, "POST", path, token, orjson.dumps(body))
        case Edit():
            sent = orjson.dumps({"fields": wish.fields})
            return Request("edit", "PATCH", f"/api/v1/items/{wish.key}", token, sent)
        case Appoint():
            sent = orjson.dumps({"actors": wish.people})
            return Request("appoint", "PUT", f"/api/v1/items/{wish.key}/roles/{wish.role}", token, sent)
