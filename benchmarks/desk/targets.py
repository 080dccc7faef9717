"""The requests for acts to each candidate, and the work of one person with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any

import orjson

from benchmarks.desk.clients import Answer, Person, Request
from benchmarks.desk.flow import ACTS, COMMENT, EVIDENCE, PAGE, TITLES, Act, Fields, Turn
from benchmarks.desk.site import WORKSPACE, Site

#: Composes the request for an act from the keys of the person's change and incident.
Compose = Callable[[Act, Turn, dict[str, str]], Request]

APPROVAL = "itil.change_approval"
_KEY = re.compile(rb'"(?:key|id)":"?([^",}]+)')


def person(compose: Compose, n: int, people: int, origin: datetime) -> Person:
    """All requests of one person, turn after turn."""
    for number in count():
        yield from turn(compose, Turn(n, people, number, origin), {})


def turn(compose: Compose, of: Turn, keys: dict[str, str]) -> Person:
    """One turn; `keys` gets the keys of its records. If a record was not created, its other acts are left out."""
    for act in ACTS:
        if act.verb != "create" and act.about not in keys:
            continue
        answer = yield compose(act, of, keys)
        if act.verb == "create" and answer.good:
            keys[act.about] = _key(answer)


def _key(answer: Answer) -> str:
    found = _KEY.search(answer.body)
    if found is None:
        raise ValueError(f"the answer has no key of a record: {answer.body[:200]!r}")
    return found[1].decode()


def given(act: Act, turn: Turn, cis: list[Any]) -> Fields:
    """The fields that an act sends, with the configuration item if it names one."""
    fields = act.fields(turn)
    return fields | {"cis": [cis[turn.ci]]} if act.ci else fields


def title(act: Act, turn: Turn) -> str:
    return f"{TITLES[act.about]} {turn.person}-{turn.number}"


def placet(site: Site) -> Compose:
    """Requests to Placet's API."""

    def compose(act: Act, turn: Turn, keys: dict[str, str]) -> Request:
        method, where, body = _asked(act, keys)
        if body is not None:
            if fields := given(act, turn, site.cis):
                body = body | {"fields": fields}
            if act.verb == "create":
                body = body | {"title": title(act, turn)}
        who = f"boss{turn.person}" if act.boss else turn.maker
        sent = b"" if body is None else orjson.dumps(body)
        return Request(act.name, method, f"/api/v1{where}", f"Bearer {site.tokens[who]}", sent)

    return compose


def _asked(act: Act, keys: dict[str, str]) -> tuple[str, str, Fields | None]:
    """The method, the path, and the parts of the body besides the fields."""
    item = f"/items/{keys.get(act.about)}"
    match act.verb:
        case "create":
            return "POST", "/items", {"workspace": WORKSPACE, "type": f"itil.{act.about}"}
        case "move":
            return "POST", f"{item}/transitions", {"transition": act.name}
        case "evidence":
            return "POST", f"{item}/evidence", EVIDENCE
        case "explain":
            return "GET", f"{item}/transitions", None
        case "approve":
            return "POST", f"{item}/approvals/{APPROVAL}", {"decision": "approve"}
        case "comment":
            return "POST", f"{item}/comments", {"text": COMMENT}
        case "list":
            return "GET", f"/items?workspace={WORKSPACE}&type=itil.{act.about}&limit={PAGE}", None


def crowd(site: Site) -> Person:
    """One bulk move of all incidents of the crowd."""
    wishes = [
        {"key": key, "transition": "triage",
         "fields": {"impact": 4, "urgency": 4, "category": "crowd", "cis": [site.cis[0]]}}
        for key in site.crowd
    ]  # fmt: skip
    token = f"Bearer {site.tokens['maker0']}"
    body = orjson.dumps({"requests": wishes, "atomic": True})
    request = Request("bulk move", "POST", "/api/v1/transitions", token, body)
    answer = yield request
    if answer.good and f'"moved":{len(wishes)},'.encode() not in answer.body:
        raise AssertionError(f"not all have moved: {answer.body[:2000]!r}")
    yield request


def people(compose: Compose, number: int, origin: datetime) -> Iterator[Person]:
    """All people."""
    return (person(compose, n, number, origin) for n in range(number))
