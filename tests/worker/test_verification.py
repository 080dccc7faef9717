"""Verification of the whole log on a schedule, kept as an event."""

from __future__ import annotations

from datetime import timedelta

import pytest
from post import Box, eventually
from sqlalchemy import text

from placet.engine.act.records import EventRecord
from placet.engine.engine import SYSTEM_ACTOR

from .conftest import Office, OpenOffice

KINDS = ("log_verified", "log_verification_failed")


def kept(office: Office) -> list[EventRecord]:
    """The verifications that the log has, the oldest first."""
    return list(office.engine.installation.events(SYSTEM_ACTOR, kinds=KINDS).rows)


def tamper(office: Office) -> None:
    """Somebody changes an item beside the log."""
    office.happen()
    with office.application.store.engine.begin() as connection:
        connection.execute(text("UPDATE items SET title = 'Another lamp'"))


class TestTheSchedule:
    def test_verifies_when_it_is_due_and_keeps_the_result(
        self, open_office: OpenOffice, database_url: str
    ) -> None:
        """How many events there were, all of them intact."""
        office = open_office(database_url, audit_verify_hours=1e-6, audit_key="a key for tests alone")
        office.happen()

        office.work()

        assert eventually(lambda: len(kept(office)) > 0)
        first = kept(office)[0]
        assert (first.kind, first.actor, first.data["events"] > 0) == ("log_verified", "system", True)

    def test_says_what_it_found(
        self, open_office: OpenOffice, sqlite_url: str, mail: Box, caplog: pytest.LogCaptureFixture
    ) -> None:
        """In the log, in the worker's messages and to webhooks: which item and which column, and no value."""
        office = open_office(sqlite_url, audit_verify_hours=1e-6)
        office.hook(mail.url, "log_verification_failed")
        tamper(office)

        office.work()

        assert eventually(lambda: len(mail.letters) > 0)
        found = kept(office)[0].data
        assert (found["found"], found["subjects"]) == (1, ["SHOP"])
        assert found["findings"] == [{"key": "SHOP-1", "seq": 2, "place": "items.title"}]
        assert "Another lamp" not in str(found)
        assert eventually(lambda: "the first in SHOP-1, event 2 (items.title)" in caplog.text)

    def test_is_off_where_no_time_is_set(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """Somebody else verifies then."""
        office = open_office(sqlite_url, audit_verify_hours=0, audit_hours=1e-6)
        office.work()

        # Another job of the worker comes and goes meanwhile.
        assert eventually(lambda: len(office.engine.checkpoints.find(SYSTEM_ACTOR).rows) > 0)
        assert kept(office) == []

    def test_is_not_due_before_its_time(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """A day after the log began, if nothing else is set, and a day after the latest one."""
        verifications = open_office(sqlite_url).engine.verifications

        assert not verifications.is_due(timedelta(days=1))
        assert verifications.is_due(timedelta())
        verifications.go_on(10**6)
        assert not verifications.is_due(timedelta(days=1))


class TestAVerification:
    def test_goes_on_part_by_part(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """The findings of all parts are kept together at the end, once."""
        office = open_office(sqlite_url)
        tamper(office)
        parts = 1
        while office.engine.verifications.go_on(1).next_cursor is not None:
            parts += 1

        (found,) = kept(office)
        assert parts > 3
        whole = office.engine.reports.verify(SYSTEM_ACTOR)
        assert (found.data["found"], found.data["events"]) == (whole.found, whole.events - 1)
