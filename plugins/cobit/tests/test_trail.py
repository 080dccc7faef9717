"""The trail: what the verification of the log has found is a finding by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from .assurance import REASON, Assurance, opened

TRAIL = {"id": "DSS06.05", "label": "Ensure traceability"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Assurance]:
    with opened(tmp_path) as office:
        yield office


def trail(office: Assurance, **fields: str) -> str:
    """A control of the trail in force."""
    parent = office.objective([TRAIL], objective_id="DSS06")
    return office.control(parent, "The trail is verified", practice_id="DSS06.05", **fields)


def tamper(folder: Path, number: int = 1) -> None:
    """Somebody changes the title of an item beside the log."""
    (file,) = folder.glob("*.db")
    with closing(sqlite3.connect(file)) as connection, connection:
        changed = connection.execute("UPDATE items SET title = 'Another' WHERE number = ?", (number,))
        assert changed.rowcount == 1


def verified(office: Assurance, until: str = "2026-03-03T09:00:00Z") -> None:
    """The worker verifies the log, and the next morning comes."""
    office.desk.engine.verifications.go_on(10**6)
    office.desk.pass_time(until)


class TestATrailThatIsNotIntact:
    def test_is_a_critical_finding_on_the_control_of_the_trail(
        self, office: Assurance, tmp_path: Path
    ) -> None:
        """It says where, and is due in two weeks."""
        control, other = trail(office), office.control()
        tamper(tmp_path, int(other.partition("-")[2]))

        verified(office)

        (key,) = office.all("cobit.finding")
        fields = office.fields(key)
        assert (fields["source"], fields["severity"], fields["control"]) == (
            "audit_chain",
            "critical",
            control,
        )
        assert f"{other} (items.title)" in fields["condition"]
        assert fields["due_date"] == "2026-03-17"

    def test_is_found_once_as_long_as_the_finding_stands(self, office: Assurance, tmp_path: Path) -> None:
        """Each later verification finds the same."""
        trail(office)
        tamper(tmp_path)
        verified(office)
        verified(office, "2026-03-04T09:00:00Z")

        assert len(office.all("cobit.finding")) == 1

    def test_is_found_again_once_the_finding_has_ended(self, office: Assurance, tmp_path: Path) -> None:
        """By a later verification alone: the one that was looked into says nothing new."""
        trail(office)
        tamper(tmp_path)
        verified(office)
        (key,) = office.all("cobit.finding")
        office.move("ada", key, "invalidate", REASON)
        office.desk.pass_time("2026-03-04T09:00:00Z")
        assert office.all("cobit.finding") == [key]

        verified(office, "2026-03-05T09:00:00Z")

        assert len(office.all("cobit.finding")) == 2

    def test_of_damaged_evidence_is_a_finding_of_that_kind(self, office: Assurance, tmp_path: Path) -> None:
        """The log is as it was, and the content of a document is not."""
        control = trail(office)
        office.operated(control, 1)
        (file,) = (each for each in tmp_path.rglob("*") if each.is_file() and len(each.name) == 64)
        file.chmod(0o644)
        file.write_bytes(b"another document")

        verified(office)

        (key,) = office.all("cobit.finding")
        assert office.fields(key)["source"] == "tampered_evidence"

    def test_is_not_found_where_all_is_intact_or_no_control_answers_for_it(
        self, office: Assurance, tmp_path: Path
    ) -> None:
        verified(office)
        office.control()
        tamper(tmp_path)
        verified(office, "2026-03-04T09:00:00Z")

        assert office.all("cobit.finding") == []
