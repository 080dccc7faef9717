"""Checkpoints on a schedule, put elsewhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from post import Box, eventually
from sqlalchemy import text

from placet.engine.engine import SYSTEM_ACTOR

from .conftest import OpenOffice


def files(folder: Path) -> list[str]:
    """The contents of the files of checkpoints, the oldest first."""
    return [path.read_text() for path in sorted(folder.glob("*.checkpoint"))]


class TestTheSchedule:
    def test_makes_one_when_it_is_due_and_puts_each_into_the_folder(
        self, open_office: OpenOffice, sqlite_url: str, tmp_path: Path
    ) -> None:
        """Those too that somebody has made by hand, and those of before it was started."""
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        office = open_office(sqlite_url, audit_hours=1e-6, audit_folder=str(folder))
        by_hand = office.engine.checkpoints.make(SYSTEM_ACTOR)
        office.happen()

        office.work()

        assert eventually(lambda: len(files(folder)) > 1)
        assert files(folder)[0] == by_hand.note
        assert files(folder)[1] == office.engine.checkpoints.find(SYSTEM_ACTOR).rows[1].note

    def test_puts_files_though_no_more_can_be_made(
        self, open_office: OpenOffice, sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Somebody broke what the next one grows from: that is said once, and those that are there go elsewhere."""
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        office = open_office(sqlite_url, audit_hours=1e-6, audit_folder=str(folder))
        by_hand = office.engine.checkpoints.make(SYSTEM_ACTOR)
        with office.application.store.engine.begin() as connection:
            connection.execute(text("UPDATE installation SET value = 'none' WHERE name = 'audit.tree'"))

        office.work()

        assert eventually(lambda: files(folder) == [by_hand.note])
        assert eventually(lambda: "the note of the latest checkpoint cannot be read" in caplog.text)
        assert caplog.text.count("no checkpoint of the log") == 1
        assert "Traceback" not in caplog.text

    def test_go_to_a_webhook_too(self, open_office: OpenOffice, sqlite_url: str, mail: Box) -> None:
        """As an event of the installation, whose note is the signed text."""
        office = open_office(sqlite_url)
        office.hook(mail.url, "checkpoint")
        office.work()

        made = office.engine.checkpoints.make(SYSTEM_ACTOR)

        assert eventually(lambda: len(mail.letters) == 1)
        (letter,) = mail.letters
        assert letter.event["type"] == "placet.checkpoint"
        assert (letter.event["data"]["note"], letter.event["data"]["size"]) == (made.note, made.size)

    def test_makes_none_before_it_is_due(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """A day after the log began, if nothing else is set; and none where nothing has happened since the last."""
        office = open_office(sqlite_url)
        checkpoints = office.engine.checkpoints

        assert checkpoints.make_due(SYSTEM_ACTOR, timedelta(days=1)) is None
        first = checkpoints.make_due(SYSTEM_ACTOR, timedelta())
        assert first is not None
        assert checkpoints.make_due(SYSTEM_ACTOR, timedelta()) == first

    def test_says_once_that_there_is_no_key(
        self, open_office: OpenOffice, postgresql_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """On PostgreSQL the key is a setting; everything else goes on without it."""
        office = open_office(postgresql_url, audit_hours=1e-6)

        office.work()

        assert eventually(lambda: "set PLACET_AUDIT_KEY" in caplog.text)
        assert caplog.text.count("set PLACET_AUDIT_KEY") == 1
