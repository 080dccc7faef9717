"""Timers over REST: lists, filters, the sum line by line, and a sandbox in which time is moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hotline import PLUGIN
from shop import METHOD, plugin

from placet.api.models.history import Event
from placet.app import make_sandbox
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

if TYPE_CHECKING:
    from .conftest import Shop

FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The repair shop's method and the hotline's."""
    return Registry.of(plugin(METHOD), PLUGIN)


@pytest.fixture
def hotline(serve: Callable[..., Shop], database_url: str) -> httpx.Client:
    """Ida, who answers the hotline, in a sandbox on a Friday afternoon."""
    make_sandbox(Settings(database_url=database_url), FRIDAY)
    shop = serve(database_url)
    engine = shop.application.engine
    engine.workspaces.create(SYSTEM_ACTOR, key="HOT", name="Hotline", methods=["hotline"])
    engine.workspaces.assign(SYSTEM_ACTOR, "HOT", "hotline.agent", ["ida"])
    return shop.ida


def call(client: httpx.Client, **fields: Any) -> str:
    body = {"workspace": "HOT", "type": "hotline.call", "title": "No tone", "fields": fields}
    return str(client.post("/items", json=body).json()["key"])


def timers(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/timers", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["timers"])


def test_an_item_shows_its_timers(hotline: httpx.Client) -> None:
    """With the moment at which each is due if nothing else happens."""
    shown = hotline.get(f"/items/{call(hotline)}").json()["timers"]

    assert {(t["timer"], t["status"], t["due_at"]) for t in shown} == {
        ("hotline.promise", "running", None),
        ("hotline.resolution", "running", "2026-03-11T15:00:00Z"),
        ("hotline.response", "running", "2026-03-09T11:00:00Z"),
    }


def test_are_shown_in_whole_seconds(hotline: httpx.Client) -> None:
    """As `format: duration` has them; the lines of the sum add up to what has elapsed."""
    key = call(hotline)
    for moment in ("2026-03-06T15:00:00.7Z", "2026-03-06T15:00:01.9Z"):
        hotline.put("/testing/clock", json={"now": moment})

    (shown,) = (
        each for each in timers(hotline, item=key, explain=True) if each["timer"] == "hotline.response"
    )

    assert (shown["elapsed"], shown["remaining"]) == ("PT1S", "PT3H59M58S")
    assert "PT1S" in [line["counted"] for line in shown["explanation"]]


def test_time_that_passes_is_seen_and_has_its_consequences(hotline: httpx.Client) -> None:
    """When the clock's move answers, what was due on the way has happened, each at its own moment."""
    key = call(hotline)

    hotline.put("/testing/clock", json={"now": "2026-03-12T00:00:00Z"})

    events = hotline.get(f"/items/{key}/history").json()["events"]
    points = [(e["point"], e["at"]) for e in events if e["kind"] == "timer"]
    assert points == [
        ("50 %", "2026-03-10T11:00:00Z"),
        ("75 %", "2026-03-10T17:00:00Z"),
        ("100 %", "2026-03-11T15:00:00Z"),
    ]
    late = timers(hotline, status="breached", item=key)
    assert [(t["timer"], t["breached_at"]) for t in late] == [
        ("hotline.resolution", "2026-03-11T15:00:00Z"),
        ("hotline.response", "2026-03-09T11:00:00Z"),
    ]


def test_events_name_what_caused_them_where_no_person_did(hotline: httpx.Client) -> None:
    """Here a periodic job; `caused_by` is there for every event, null where a person acted."""
    key = call(hotline)

    hotline.put("/testing/clock", json={"now": "2026-03-09T10:00:00Z"})

    events = hotline.get(f"/items/{key}/history").json()["events"]
    assert [(e["kind"], e["caused_by"]) for e in events] == [("created", None), ("edited", "hotline.morning")]
    assert Event.model_fields["caused_by"].is_required()


def test_the_sum_is_explained_line_by_line(hotline: httpx.Client) -> None:
    """From, to, counted, and why not; only where it is asked for."""
    key = call(hotline)
    hotline.put("/testing/clock", json={"now": "2026-03-09T10:00:00Z"})

    (reported,) = (t for t in timers(hotline, item=key, explain="true") if t["timer"] == "hotline.resolution")

    assert reported["elapsed"] == "PT3H"
    assert reported["remaining"] == "PT21H"
    assert [
        (s["from"], s["to"], s["counted"]) for s in reported["explanation"] if s["counted"] != "PT0S"
    ] == [
        ("2026-03-06T15:00:00Z", "2026-03-06T17:00:00Z", "PT2H"),
        ("2026-03-09T09:00:00Z", "2026-03-09T10:00:00Z", "PT1H"),
    ]
    assert all("explanation" not in t for t in timers(hotline, item=key))


def test_lists_are_filtered_and_paged(hotline: httpx.Client) -> None:
    keys = [call(hotline, priority=priority) for priority in ("P1", "P2", "P3")]
    for key in keys:
        hotline.post(f"/items/{key}/transitions", json={"transition": "start"})
    hotline.post(
        f"/items/{keys[0]}/transitions", json={"transition": "wait", "fields": {"waits_for": "customer"}}
    )

    assert {t["timer"] for t in timers(hotline, workspace="HOT", status="met")} == {"hotline.response"}
    assert [t["item"] for t in timers(hotline, status="paused")] == [keys[0]]
    soon = timers(hotline, status="running", due_before="2026-03-07T00:00:00Z")
    assert {(t["item"], t["timer"]) for t in soon} == {
        (keys[0], "hotline.reminder"),
        (keys[1], "hotline.resolution"),
    }
    seen: list[tuple[str, str]] = []
    cursor: str | None = None
    while True:
        params = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = hotline.get("/timers", params=params).json()
        seen += [(t["item"], t["timer"]) for t in page["timers"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted({(t["item"], t["timer"]) for t in timers(hotline)})


def test_who_can_do_something_about_it_sees_what_is_about_to_end(hotline: httpx.Client) -> None:
    """Timers within a day of their end, or with three quarters of their time used up."""
    key = call(hotline, priority="P1")

    worklist = hotline.get("/me/worklist").json()

    assert {(t["item"], t["timer"]) for t in worklist["timers"]} == {
        (key, "hotline.response"),
        (key, "hotline.resolution"),
    }


def test_nothing_is_shown_of_what_one_may_not_see(hotline: httpx.Client, serve: Any) -> None:
    """An unknown item and a workspace of others are not there."""
    call(hotline)

    assert hotline.get("/timers", params={"item": "HOT-99"}).status_code == 404
    assert hotline.get("/timers", params={"workspace": "NONE"}).status_code == 404
    assert hotline.get("/timers", params={"status": "late"}).status_code == 400
