"""The agenda over REST: windows declared, taken over from a calendar file, and everything fetched as one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import icalendar
import pytest
import recurring_ical_events
from hotline import PLUGIN
from shop import METHOD, plugin

import placet_calendar_feed
from placet import BusinessCalendar
from placet.app import make_sandbox
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

if TYPE_CHECKING:
    from .conftest import Shop

WEEKLY = {
    "title": "Lunch", "kind": "maintenance", "start": "2026-03-23T11:00:00Z", "end": "2026-03-23T12:00:00Z",
    "rrule": "FREQ=WEEKLY;COUNT=3",
}  # fmt: skip


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The repair shop's method and the hotline's."""
    return Registry.of(plugin(METHOD), PLUGIN, placet_calendar_feed)


@pytest.fixture
def shop(serve: Callable[..., Shop], sqlite_url: str) -> Shop:
    """The hotline on SQLite."""
    return opened(serve, sqlite_url)


@pytest.fixture
def any_shop(serve: Callable[..., Shop], database_url: str) -> Shop:
    """The hotline on both databases."""
    return opened(serve, database_url)


def opened(serve: Callable[..., Shop], database_url: str) -> Shop:
    """A hotline in Vienna, which Ida leads; Ben answers calls."""
    make_sandbox(Settings(database_url=database_url), datetime(2026, 3, 20, 9, tzinfo=UTC))
    shop = serve(database_url)
    engine = shop.application.engine
    engine.workspaces.create(
        SYSTEM_ACTOR,
        key="HOT",
        name="Hotline",
        methods=["hotline"],
        calendars={"default": BusinessCalendar("Europe/Vienna")},
    )
    engine.workspaces.assign(SYSTEM_ACTOR, "HOT", "hotline.lead", ["ida"])
    engine.workspaces.assign(SYSTEM_ACTOR, "HOT", "hotline.agent", ["ben"])
    return shop


def windows(client: httpx.Client, **query: str) -> list[tuple[str, str]]:
    answer = client.get("/workspaces/HOT/windows", params=query)
    assert answer.status_code == 200, answer.text
    return [(each["start"], each["kind"]) for each in answer.json()["windows"]]


def sent(client: httpx.Client, *events: str, **query: str) -> httpx.Response:
    """A calendar file with events."""
    body = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Test//EN",
            *(line for event in events for line in ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]),
            "END:VCALENDAR",
            "",
        ]
    )
    return client.post(
        "/workspaces/HOT/windows",
        params=query,
        content=body.encode(),
        headers={"Content-Type": "text/calendar; charset=utf-8"},
    )


class TestWindows:
    def test_come_about_by_the_clock_on_the_wall(self, any_shop: Shop) -> None:
        """At noon in Vienna, before and after the clocks are changed; the third one lies beyond what was asked for."""
        made = any_shop.ida.post("/workspaces/HOT/windows", json=WEEKLY)

        assert made.status_code == 201
        assert windows(any_shop.ida, to="2026-04-01T00:00:00Z") == [
            ("2026-03-23T11:00:00Z", "maintenance"),
            ("2026-03-30T10:00:00Z", "maintenance"),
        ]
        assert windows(any_shop.ben, kind="freeze") == []

    def test_may_end_with_a_day(self, shop: Shop) -> None:
        """RFC 5545, 3.3.10: the day of an end without a time is included, and the feed has it in the start's form."""
        whole_days = {
            "title": "Closed", "kind": "freeze", "start": "2032-12-19T23:00:00Z", "end": "2032-12-20T23:00:00Z",
            "rrule": "FREQ=DAILY;UNTIL=20321224",
        }  # fmt: skip

        made = shop.ida.post("/workspaces/HOT/windows", json=whole_days)

        assert made.status_code == 201, made.text
        listed = windows(shop.ida, **{"from": "2032-12-01T00:00:00Z", "to": "2033-01-31T00:00:00Z"})
        assert [start for start, _ in listed] == [f"2032-12-{day}T23:00:00Z" for day in range(19, 24)]
        feed = shop.ida.get("/workspaces/HOT/calendar.ics").text
        assert "RRULE:FREQ=DAILY;UNTIL=20321224T225959Z" in feed.replace("\r\n ", "")

    def test_are_items_like_others(self, shop: Shop) -> None:
        """With what their type gives to windows that say no more, and gone from the list when called off."""
        key = shop.ida.post("/workspaces/HOT/windows", json=WEEKLY).json()["items"][0]["key"]

        assert shop.ida.get(f"/items/{key}").json()["fields"]["room"] == "all"
        shop.ida.post(f"/items/{key}/transitions", json={"transition": "call_off"})
        assert windows(shop.ida) == []

    def test_end_by_the_clock_on_the_wall(self, any_shop: Shop) -> None:
        """22:00 to 06:00 in Vienna ends at 06:00 also in the night of 25 October, which has an hour more."""
        nightly = {
            "title": "Night",
            "kind": "freeze",
            "start": "2026-03-23T21:00:00Z",
            "end": "2026-03-24T05:00:00Z",
        }
        any_shop.ida.post("/workspaces/HOT/windows", json={**nightly, "rrule": "FREQ=DAILY"})

        answer = any_shop.ida.get(
            "/workspaces/HOT/windows", params={"from": "2026-10-25T04:15:00Z", "to": "2026-10-25T04:45:00Z"}
        )

        assert [(each["start"], each["end"]) for each in answer.json()["windows"]] == [
            ("2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z")
        ]

    def test_are_found_by_the_clock_of_a_new_zone(self, any_shop: Shop) -> None:
        """Where a workspace moves, so do its windows."""
        any_shop.ida.post("/workspaces/HOT/windows", json=WEEKLY | {"rrule": "FREQ=DAILY;COUNT=8"})

        any_shop.application.engine.workspaces.change(
            SYSTEM_ACTOR, "HOT", calendars={"default": BusinessCalendar("America/New_York")}
        )

        # 07:00 to 08:00 there until the last one; in Vienna that one would be over at 11:00 UTC.
        assert windows(any_shop.ida, **{"from": "2026-03-30T11:30:00Z", "to": "2026-03-30T12:00:00Z"}) == [
            ("2026-03-30T11:00:00Z", "maintenance")
        ]

    def test_are_declared_by_those_who_may(self, shop: Shop) -> None:
        assert shop.ben.post("/workspaces/HOT/windows", json=WEEKLY).status_code == 403
        assert shop.ida.post("/workspaces/SHOP/windows", json=WEEKLY).status_code == 404

    @pytest.mark.parametrize(
        "query",
        [
            {"from": "2026-03-20T00:00:00Z", "to": "2126-03-20T00:00:00Z"},
            {"to": "2026-03-01T00:00:00Z"},
            {"from": "9999-12-01T00:00:00Z"},
            {"from": "9999-12-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"},
        ],
    )
    def test_are_listed_for_a_time_that_can_be(self, shop: Shop, query: dict[str, str]) -> None:
        """Neither over a century, nor backwards, nor at the end of all days."""
        answer = shop.ida.get("/workspaces/HOT/windows", params=query)

        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "malformed")


class TestTheCalendar:
    def test_is_read_by_calendar_programs(self, any_shop: Shop) -> None:
        """Windows and planned work, in the zone's own time, with rules that come again at the right hour."""
        any_shop.ida.post("/workspaces/HOT/windows", json=WEEKLY)
        call = {
            "workspace": "HOT", "type": "hotline.call", "title": "Call, back; soon",
            "fields": {"promised": "2026-03-24T09:30:00Z"},
        }  # fmt: skip
        key = any_shop.ben.post("/items", json=call).json()["key"]

        answer = any_shop.ben.get("/workspaces/HOT/calendar.ics")

        assert answer.headers["content-type"].startswith("text/calendar")
        calendar = icalendar.Calendar.from_ical(answer.content)
        assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Vienna"]
        found = recurring_ical_events.of(calendar).between(datetime(2026, 3, 20), datetime(2026, 5, 1))  # noqa: DTZ001
        starts = sorted((event["DTSTART"].dt.astimezone(UTC), str(event["SUMMARY"])) for event in found)
        lunch = "HOT-1 Lunch"
        assert starts == [
            (datetime(2026, 3, 23, 11, tzinfo=UTC), lunch),
            (datetime(2026, 3, 24, 9, 30, tzinfo=UTC), f"{key} Call, back; soon"),
            (datetime(2026, 3, 30, 10, tzinfo=UTC), lunch),
            (datetime(2026, 4, 6, 10, tzinfo=UTC), lunch),
        ]

    def test_names_an_item_the_same_each_time_and_counts_its_versions(self, shop: Shop) -> None:
        """So that a program that has it already changes it, and makes no second entry."""
        key = shop.ida.post("/workspaces/HOT/windows", json=WEEKLY).json()["items"][0]["key"]
        shop.ida.patch(f"/items/{key}", json={"title": "Long lunch"})

        calendar = icalendar.Calendar.from_ical(shop.ida.get("/workspaces/HOT/calendar.ics").content)

        (event,) = calendar.walk("VEVENT")
        assert (str(event["UID"]), event["SEQUENCE"]) == (f"{key}@placet", 2)

    def test_is_for_those_who_belong_there(self, shop: Shop) -> None:
        assert shop.tom.get("/workspaces/HOT/calendar.ics").status_code == 404


class TestTakingOverACalendar:
    def test_makes_a_window_of_each_event(self, any_shop: Shop) -> None:
        """A moment, a whole day, and a duration; categories say what they are."""
        answer = sent(
            any_shop.ida,
            "UID:1\nSUMMARY:Patch day\nCATEGORIES:Maintenance\nDTSTART:20260324T200000Z\nDTEND:20260324T220000Z",
            "UID:2\nSUMMARY:Year end\nCATEGORIES:FREEZE,IT\nDTSTART;VALUE=DATE:20260331",
            "UID:3\nSUMMARY:Nightly\nCATEGORIES:maintenance\nDTSTART;TZID=Europe/Vienna:20260401T020000\n"
            "DURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2",
        )

        assert answer.status_code == 201, answer.text
        assert [item["title"] for item in answer.json()["items"]] == ["Patch day", "Year end", "Nightly"]
        assert windows(any_shop.ida) == [
            ("2026-03-24T20:00:00Z", "maintenance"),
            ("2026-03-30T22:00:00Z", "freeze"),
            ("2026-04-01T00:00:00Z", "maintenance"),
            ("2026-04-02T00:00:00Z", "maintenance"),
        ]

    def test_takes_back_what_was_given_out(self, shop: Shop) -> None:
        """Our own calendar, taken over by another workspace, gives the same windows."""
        shop.ida.post("/workspaces/HOT/windows", json=WEEKLY)
        before = windows(shop.ida)
        exported = shop.ida.get("/workspaces/HOT/calendar.ics").content
        key = shop.ida.get("/items", params={"workspace": "HOT"}).json()["items"][0]["key"]
        shop.ida.post(f"/items/{key}/transitions", json={"transition": "call_off"})

        answer = shop.ida.post(
            "/workspaces/HOT/windows", content=exported, headers={"Content-Type": "text/calendar"}
        )

        assert answer.status_code == 201, answer.text
        assert windows(shop.ida) == before

    @pytest.mark.parametrize(
        ("event", "pointer"),
        [
            ("CATEGORIES:freeze\nDTEND:20260324T220000Z", "/VEVENT/1/DTSTART"),
            ("CATEGORIES:freeze\nDTSTART:20260324T200000Z", "/VEVENT/1/DTEND"),
            ("DTSTART:20260324T200000Z\nDTEND:20260324T220000Z", "/VEVENT/1/CATEGORIES"),
            ("CATEGORIES:freeze\nDTSTART;TZID=Mars/Base:20260324T200000\nDURATION:PT1H", "/VEVENT/1/DTSTART"),
            ("CATEGORIES:freeze\nDTSTART:20260324T200000\nDURATION:PT1H", "/VEVENT/1/DTSTART"),
            (
                "CATEGORIES:freeze\nDTSTART:20260324T200000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY",
                "/VEVENT/1/RRULE",
            ),
            (
                (
                    "CATEGORIES:freeze\nDTSTART;TZID=Europe/Vienna:20260324T200000\nDURATION:PT1H\n"
                    "RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Vienna:20260325T200000"
                ),
                "/VEVENT/1/EXDATE",
            ),
        ],
    )
    def test_refuses_all_for_one_that_cannot_be(self, shop: Shop, event: str, pointer: str) -> None:
        """The fault is pointed at, and nothing is half taken over."""
        good = "UID:1\nSUMMARY:Patch day\nCATEGORIES:freeze\nDTSTART:20260324T200000Z\nDTEND:20260324T220000Z"

        answer = sent(shop.ida, good, f"UID:2\nSUMMARY:Odd\n{event}")

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text
        assert shop.ida.get("/items", params={"workspace": "HOT"}).json()["items"] == []

    def test_refuses_what_is_no_calendar(self, shop: Shop) -> None:
        headers = {"Content-Type": "text/calendar"}

        bodies = [b"", b"hello", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"]
        answers = [shop.ida.post("/workspaces/HOT/windows", content=b, headers=headers) for b in bodies]

        assert [answer.status_code for answer in answers] == [400] * 4

    def test_refuses_what_is_too_large(self, shop: Shop) -> None:
        """Before any of it is read as a calendar."""
        body = b"BEGIN:VCALENDAR\r\n" + b"X-LONG:" + b"x" * (2 * 1024 * 1024)

        answer = shop.ida.post(
            "/workspaces/HOT/windows", content=body, headers={"Content-Type": "text/calendar"}
        )

        assert answer.status_code == 413

    def test_takes_json_or_a_calendar(self, shop: Shop) -> None:
        headers = {"Content-Type": "text/plain"}

        assert shop.ida.post("/workspaces/HOT/windows", content=b"x", headers=headers).status_code == 415

    def test_takes_so_many_at_once(self, shop: Shop) -> None:
        """One act is one transaction."""
        start = datetime(2026, 3, 24, tzinfo=UTC)
        events = [
            f"UID:{n}\nSUMMARY:W\nDTSTART:{start + timedelta(hours=n):%Y%m%dT%H%M%SZ}\nDURATION:PT1H"
            for n in range(501)
        ]

        answer = sent(shop.ida, *events, kind="freeze")

        assert answer.status_code == 422
        assert "501 windows at once are too many" in answer.json()["errors"][0]["message"]
