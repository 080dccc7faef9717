"""The log as Server-Sent Events, through a real server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import orjson
import pytest
from patience import PATIENCE

from placet.engine.engine import SYSTEM_ACTOR

Shop = Any
Event = dict[str, str]


class Stream:
    """The events that a client reads."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.comments = 0

    def next(self) -> Event | None:
        """The next event; `None` at the end of the stream."""
        event: Event = {}
        for line in self._lines:
            if line.startswith(":"):
                self.comments += 1
            elif line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif "data" in event:
                return event
            else:
                event = {}
        return None

    def take(self, count: int) -> list[Event]:
        """So many events."""
        found = [self.next() for _ in range(count)]
        return [event for event in found if event is not None]


@contextmanager
def following(shop: Shop, client: httpx.Client, *, last: str | None = None, **query: Any) -> Iterator[Stream]:
    """A stream of the log, as a browser's EventSource opens it."""
    headers = {"Accept": "text/event-stream", "Authorization": client.headers.get("Authorization", "")}
    if last is not None:
        headers["Last-Event-ID"] = last
    url = f"{shop.url}/api/v1/events"
    with httpx.stream("GET", url, params=query, headers=headers, timeout=PATIENCE, trust_env=False) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.iter_lines())


def summary(event: Event | None) -> tuple[str, str]:
    """The kind, and which item's."""
    assert event is not None
    data = orjson.loads(event["data"])
    assert data["kind"] == event["event"]
    return data["kind"], data["item"]


class TestTheStream:
    def test_sends_past_and_new_events(self, any_shop: Shop) -> None:
        """Each event once, with its cursor, its kind and the event as `GET /events` shows it."""
        key = any_shop.on_bench()
        page = any_shop.ida.get("/events").json()
        with following(any_shop, any_shop.ida) as stream:
            before = stream.take(len(page["events"]))
            any_shop.ben.post(f"/items/{key}/comments", json={"text": "more"})
            after = stream.next()

        assert [orjson.loads(event["data"]) for event in before] == page["events"]
        assert before[-1]["id"] == page["next_cursor"]
        assert summary(after) == ("comment", key)

    def test_goes_on_where_a_client_was_cut_off(self, any_shop: Shop) -> None:
        """With `Last-Event-ID`, which precedes `after`, each event is sent once, however often a client reconnects."""
        keys = [any_shop.wish() for _ in range(6)]
        seen: list[Event] = []
        last = None
        for count in (3, 1, 4):
            with following(any_shop, any_shop.ida, last=last, after="e1-00000001") as stream:
                seen += stream.take(count)
                last = seen[-1]["id"]
            any_shop.wish()

        whole = any_shop.ida.get("/events", params={"after": "e1-00000001"}).json()["events"]
        assert [orjson.loads(event["data"]) for event in seen] == whole[:8]
        assert keys[0] in {event["item"] for event in whole}

    def test_is_narrowed_like_a_page(self, any_shop: Shop) -> None:
        """By kind, person, item and workspace; other events are not sent."""
        key = any_shop.on_bench()
        with following(any_shop, any_shop.ben, kind="comment", item=key, actor="me") as stream:
            any_shop.wish()
            any_shop.ida.post(f"/items/{key}/comments", json={"text": "not mine"})
            any_shop.ben.post(f"/items/{key}/comments", json={"text": "mine"})
            event = stream.next()

        assert event is not None
        assert orjson.loads(event["data"])["comment"] == "mine"

    def test_sends_nobody_events_that_they_may_not_see(self, any_shop: Shop) -> None:
        """Events of other people's workspaces are left out, also from the moment on at which one's role is gone."""
        engine = any_shop.application.engine
        engine.workspaces.create(SYSTEM_ACTOR, key="OTHER", name="Another", methods=["shop"])
        end = any_shop.ida.get("/events").json()["next_cursor"]
        with following(any_shop, any_shop.ben, after=end) as stream:
            engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", "shop.fixer", ["mia"])
            key = any_shop.wish()
            first = stream.next()
            engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", "shop.fixer", ["ben"])
            second = stream.next()

        assert summary(first) == ("created", key)
        assert summary(second) == ("roles", "OTHER")

    def test_hears_of_what_another_process_wrote(
        self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Though nobody in the server's process had to do with it, and long before the sign of life."""
        monkeypatch.setattr("placet.api.stream._HEARTBEAT", 2 * PATIENCE)
        end = any_shop.ida.get("/events").json()["next_cursor"]
        with following(any_shop, any_shop.ida, after=end) as stream:
            time.sleep(0.3)  # until it waits
            any_shop.application.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.fixer", ["ben", "ida"])
            event = stream.next()

        assert summary(event) == ("roles", "SHOP")

    def test_by_many_at_once_holds_no_connection(self, serve: Callable[..., Shop], database_url: str) -> None:
        """Idle streams take nothing from others: with two connections and thirty streams, requests are answered."""
        shop = serve(database_url, pool_size=1)
        end = shop.ida.get("/events").json()["next_cursor"]
        waiting, results = threading.Barrier(31), list[tuple[str, str]]()

        def follow() -> None:
            with following(shop, shop.ida, after=end) as stream:
                waiting.wait(PATIENCE)
                results.append(summary(stream.next()))

        threads = [threading.Thread(target=follow) for _ in range(30)]
        for thread in threads:
            thread.start()
        waiting.wait(PATIENCE)
        key = shop.wish()
        for thread in threads:
            thread.join()

        assert results == [("created", key)] * 30


class TestTheEnd:
    def test_comes_with_the_tokens_and_signs_of_life_until_then(self, any_shop: Shop) -> None:
        """A revoked token gets nothing more after a second; an idle stream shows that it is there."""
        engine = any_shop.application.engine
        secret, token = engine.people.issue_token(SYSTEM_ACTOR, "ida", name="stream", scopes=("read",))
        end = any_shop.ida.get("/events").json()["next_cursor"]
        with following(any_shop, any_shop.client(secret), after=end) as stream:
            any_shop.wish()
            first = stream.next()
            engine.people.revoke_token(SYSTEM_ACTOR, token.id)
            # This process learns of it within a second: the event of the revocation itself may still come.
            rest = [event["event"] for event in iter(stream.next, None)]

        assert summary(first)[0] == "created"
        assert rest in ([], ["token_revoked"])
        assert stream.comments >= 1

    def test_before_the_beginning_is_a_problem_document(self, any_shop: Shop) -> None:
        """A foreign cursor, an unknown workspace and an invalid token are refused with a status."""
        stream = {"Accept": "text/event-stream"}

        assert any_shop.ida.get("/events?after=e1-5-SHOP-1-2", headers=stream).status_code == 400
        assert (
            any_shop.ida.get("/events", headers=stream | {"Last-Event-ID": "e2-00000001"}).status_code == 400
        )
        assert any_shop.ida.get("/events", headers=stream | {"Last-Event-ID": ""}).status_code == 400
        assert any_shop.ida.get("/events?workspace=NONE", headers=stream).status_code == 404
        assert any_shop.nobody.get("/events", headers=stream).status_code == 401

    def test_of_a_head_is_its_head(self, any_shop: Shop) -> None:
        """Asked for the head alone, nothing is streamed."""
        answer = any_shop.ida.head("/events", headers={"Accept": "text/event-stream"})

        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/event-stream")
