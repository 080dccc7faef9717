"""The connection goes after the database has done what it was asked, and before it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from .conftest import Front, Serve
from .proxy import Proxy, proxied

#: A mark of the statement that writes, which none that reads carries.
_SAID = "robbed of its answer"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that ben does, and what it leaves in the history of its item."""

    name: str
    do: Callable[[Front, str], httpx.Response]
    leaves: list[str]
    status: int


ACTS = [
    Act("move", lambda front, key: front.start(key, comment=_SAID), ["created", "transition"], 200),
    Act(
        "edit",
        lambda front, key: front.ben.patch(f"/items/{key}", json={"fields": {"notes": _SAID}}),
        ["created", "edited"],
        200,
    ),
    Act(
        "comment",
        lambda front, key: front.ben.post(f"/items/{key}/comments", json={"text": _SAID}),
        ["created", "comment"],
        201,
    ),
]


@pytest.fixture
def proxy(postgresql_url: str) -> Iterator[Proxy]:
    with proxied(postgresql_url) as between:
        yield between


@pytest.fixture
def front(serve: Serve, postgresql_url: str, proxy: Proxy) -> Front:
    return serve(postgresql_url, at=proxy.url)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
class TestALostAnswer:
    def test_is_looked_up_and_reported(self, front: Front, proxy: Proxy, act: Act) -> None:
        """The act is done once, and acknowledged as ever."""
        key = front.wish().json()["key"]
        proxy.swallow_the_answer_to(_SAID.encode())

        answer = act.do(front, key)

        assert proxy.swallowed == 1
        assert (answer.status_code, front.kinds(key)) == (act.status, act.leaves)

    def test_is_no_reason_to_promise_what_is_not_known(self, front: Front, proxy: Proxy, act: Act) -> None:
        """With the database away afterwards, nobody can say whether it was done; it was, and nothing denies it."""
        key = front.wish().json()["key"]
        proxy.swallow_the_answer_to(_SAID.encode(), for_good=True)

        answer = act.do(front, key)

        assert proxy.swallowed == 1
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable"), answer.text
        assert "it is unknown whether this was written" in answer.json()["detail"]
        assert answer.headers["Retry-After"] == "1"
        proxy.refusing = False
        front.until(lambda: front.ready().status_code == 200)
        assert front.kinds(key) == act.leaves


class TestAnIdempotencyKey:
    def test_makes_it_safe_to_repeat_what_is_not_known(self, front: Front, proxy: Proxy) -> None:
        """The same key gives the event that was made, and no second one."""
        key = front.wish().json()["key"]
        body = {"transition": "start", "fields": {"fault": "dark", "hours": 1}, "comment": _SAID}
        headers = {"Idempotency-Key": "once"}
        proxy.swallow_the_answer_to(_SAID.encode(), for_good=True)
        assert front.ben.post(f"/items/{key}/transitions", json=body, headers=headers).status_code == 503
        proxy.refusing = False
        front.until(lambda: front.ready().status_code == 200)

        again = front.ben.post(f"/items/{key}/transitions", json=body, headers=headers)

        assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
        assert front.kinds(key) == ["created", "transition"]
