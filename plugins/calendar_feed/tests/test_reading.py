"""Calendar files of others, read as windows: all of them, or what is wrong with each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from placet import InvalidError, MalformedError
from placet_calendar_feed.ics import read

VIENNA = "Europe/Vienna"


def calendar(*events: str) -> bytes:
    """A calendar file with events, each as its lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def faults(*events: str, kind: str | None = "freeze") -> dict[str, str]:
    """The faults of events, by their places."""
    with pytest.raises(InvalidError) as refusal:
        read(calendar(*events), VIENNA, kind)
    return {fault.pointer: fault.message for fault in refusal.value.faults}


class TestAnEvent:
    def test_is_a_window_in_utc_with_its_first_category_as_its_kind(self) -> None:
        [wish] = read(
            calendar(
                f"SUMMARY:Year end\nDTSTART;TZID={VIENNA}:20261224T080000\nDTEND;TZID={VIENNA}:20261224T180000\n"
                "CATEGORIES:Freeze,Finance"
            ),
            VIENNA,
            None,
        )

        assert (wish.title, wish.kind, wish.pointer) == ("Year end", "freeze", "/VEVENT/0")
        assert (wish.start, wish.end) == (
            datetime(2026, 12, 24, 7, tzinfo=UTC), datetime(2026, 12, 24, 17, tzinfo=UTC),
        )  # fmt: skip

    def test_of_whole_days_lasts_to_the_end_of_the_last(self) -> None:
        [wish] = read(calendar("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227"), VIENNA, "freeze")

        assert wish.start == datetime(2026, 12, 23, 23, tzinfo=UTC)
        assert wish.end == datetime(2026, 12, 26, 23, tzinfo=UTC)

    def test_that_comes_again_until_a_day_does_so_on_that_day_too(self) -> None:
        [wish] = read(
            calendar("DTSTART;VALUE=DATE:20261204\nDURATION:P1D\nRRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218"),
            VIENNA,
            "freeze",
        )

        assert wish.rrule == "FREQ=WEEKLY;UNTIL=20261218T225959Z;BYDAY=FR"


class TestIsRefused:
    def test_what_windows_cannot_say(self) -> None:
        """Left out it would mean something else."""
        found = faults(
            f"DTSTART;TZID={VIENNA}:20261224T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY\n"
            f"EXDATE;TZID={VIENNA}:20261225T080000",
            "DTSTART:20261224T080000\nDURATION:PT1H",
            "SUMMARY:Whenever",
        )

        assert list(found) == ["/VEVENT/0/EXDATE", "/VEVENT/1/DTSTART", "/VEVENT/2/DTSTART"]
        assert "its time has no zone" in found["/VEVENT/1/DTSTART"]

    def test_a_rule_by_the_clock_of_another_zone(self) -> None:
        found = faults("DTSTART;TZID=Asia/Tokyo:20261224T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY")

        assert "in the time of another zone than the workspace's, Europe/Vienna" in found["/VEVENT/0/RRULE"]

    def test_a_window_of_no_kind(self) -> None:
        assert list(faults("DTSTART:20261224T080000Z\nDURATION:PT1H", kind=None)) == ["/VEVENT/0/CATEGORIES"]

    @pytest.mark.parametrize("content", [b"", b"no calendar", calendar()])
    def test_what_holds_no_events(self, content: bytes) -> None:
        with pytest.raises(MalformedError):
            read(content, VIENNA, "freeze")
