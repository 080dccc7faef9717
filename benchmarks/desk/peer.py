"""The same flows, written in the usual way, under the same load. See `benchmarks.peer.desk`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import orjson

from benchmarks import peer, servers
from benchmarks.desk import targets
from benchmarks.desk.candidates import Candidate
from benchmarks.desk.clients import Desk, Request
from benchmarks.desk.flow import CIS, COMMENT, EVIDENCE, Act, Fields, Turn
from benchmarks.desk.site import PEOPLE


@dataclass(frozen=True)
class PeerSite:
    """The peer's database, ready for use."""

    url: str
    tokens: dict[str, str]
    cis: list[int]


def prepare(url: str) -> PeerSite:
    """Create the peer's tables, people and configuration items in an empty database."""
    reported = peer.reported(url, "benchmarks.peer.desk.prepare", str(PEOPLE), str(CIS))
    return PeerSite(url, **orjson.loads(reported.splitlines()[-1]))


def compose(site: PeerSite) -> targets.Compose:
    """Requests to the peer's API."""

    def request(act: Act, turn: Turn, keys: dict[str, str]) -> Request:
        method, where, body = _asked(act, keys, targets.given(act, turn, site.cis))
        if act.verb == "create":
            body = {**(body or {}), "title": targets.title(act, turn)}
        who = f"boss{turn.person}" if act.boss else turn.maker
        sent = b"" if body is None else orjson.dumps(body)
        return Request(act.name, method, f"/desk/{where}", f"Token {site.tokens[who]}", sent)

    return request


def _asked(act: Act, keys: dict[str, str], fields: Fields) -> tuple[str, str, Fields | None]:
    records = f"{act.about}s"
    record = f"{records}/{keys.get(act.about)}"
    match act.verb:
        case "create":
            return "POST", records, fields
        case "move":
            return "POST", f"{record}/transitions/{act.name}", fields
        case "evidence":
            return "POST", f"{record}/evidence", EVIDENCE
        case "explain":
            return "GET", f"{record}/transitions", None
        case "approve":
            return "POST", f"{record}/approve", {"decision": "approve"}
        case "comment":
            return "POST", f"{record}/comments", {"text": COMMENT}
        case "list":
            return "GET", records, None


@contextmanager
def django(
    site: PeerSite, origin: datetime, *, processes: int, people: int, database: list[int]
) -> Iterator[Candidate]:
    """The peer's servers and the people who use them."""
    with servers.running(servers.gunicorn(), peer.environment(site.url), processes) as started:
        ports, pids = [port for port, _ in started], [pid for _, pid in started]
        desks = [Desk(each) for each in targets.people(compose(site), people, origin)]
        yield Candidate("Django", ports, {"server": pids, "database": database}, desks)


def recorded(site: PeerSite, turns: int) -> dict[str, list[tuple[str, list[str]]]]:
    """The statements of each act of the last of some turns, with their parameters."""
    given = orjson.dumps([site.url, site.tokens, site.cis, turns]).decode()
    reported = peer.reported(site.url, "benchmarks.peer.desk.recorded", given)
    acts = orjson.loads(reported.splitlines()[-1])
    return {act: [(text, parameters) for text, parameters in made] for act, made in acts.items()}
