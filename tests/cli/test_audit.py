"""`placet audit`: the record verified, and checkpoints to keep elsewhere."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from placet.cli import audit
from placet.engine.reports.audit import Audit
from placet.engine.reports.verification.findings import AuditFinding

if TYPE_CHECKING:
    from .conftest import Shell

CI = [
    "--field",
    "kind=database",
    "--field",
    "criticality=2",
    "--field",
    "data_class=public",
    "--field",
    "owner=maya",
]


def item(office: Shell) -> str:
    """Something that happens in the log."""
    made = office.json("item", "create", "OPS", "itil.configuration_item", "db-1", *CI, "--as", "cora")
    return str(made["key"])


def kept(office: Shell) -> tuple[str, str, str]:
    """The names of a checkpoint, an export and the key, kept elsewhere."""
    for name, command in (
        ("checkpoint", ("checkpoint",)),
        ("export", ("export",)),
        ("key", ("key",)),
    ):
        (office.folder / name).write_text(office.run("audit", *command))
    return "checkpoint", "export", "key"


def tamper(office: Shell, statement: str) -> None:
    with closing(sqlite3.connect(office.folder / "placet.db")) as database, database:
        assert database.execute(statement).rowcount


class TestVerify:
    def test_names_what_is_stored_and_was_not_decided(self, office: Shell) -> None:
        """Every finding on a line of its own, and the code 1."""
        key = item(office)
        tamper(office, "UPDATE items SET title = 'another'")
        tamper(office, "UPDATE actors SET admin = 1 WHERE id = 'maya'")

        said = office.run("audit", "verify", code=1).splitlines()

        assert said == [
            f'{key}, event 1: title is "another", and its events say "db-1"',
            "installation, event 3: maya/admin is true, and its events say false",
        ]
        assert office.json("audit", "verify", code=1)["found"] == 2

    def test_goes_on_from_a_cursor(self, office: Shell) -> None:
        """Only the rest is verified; a cursor of nothing is refused."""
        whole = office.json("audit", "verify")["events"]

        assert office.json("audit", "verify", "--after", "positions::")["events"] == 0 < whole
        assert (
            office.run("audit", "verify", "--after", "positions::") == "0 events, all intact from there on\n"
        )
        refused = office.refused_in_a_line("audit", "verify", "--after", "elsewhere")
        assert refused == '"elsewhere" is not a cursor of this verification: leave it out to begin'

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--export", "export"], "give --checkpoint too"),
            (["--key", "key"], "give --checkpoint too"),
            (["--checkpoint", "checkpoint", "--workspace", "OPS"], "leave out --workspace"),
        ],
        ids=str,
    )
    def test_refuses_options_that_say_nothing_together(
        self, office: Shell, arguments: list[str], said: str
    ) -> None:
        """Rather than leave one of them out of account."""
        answer = office.placet("audit", "verify", *arguments)

        assert (answer.returncode, said in " ".join(answer.stderr.replace("│", " ").split())) == (2, True)

    def test_says_how_to_go_on_with_the_same_workspace(
        self, office: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who repeats the line verifies the rest of the same, and nothing else."""
        monkeypatch.setattr(audit, "_EVERY", 0.0)
        item(office)

        lines = office.placet("audit", "verify", "--workspace", "OPS").stderr.splitlines()

        assert lines[-1].endswith(
            "to go on from here: placet audit verify --workspace OPS --after items:OPS:"
        )

    def test_shows_each_finding_at_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        """So that a run that is stopped has said what it found; and each is said once."""
        first, second = (AuditFinding(f"OPS-{n}", n, None, "was changed") for n in (1, 2))
        shown = audit.Shown(None)

        shown.batch(Audit(False, 9, first, (first,), 1, "items:OPS:1"))
        before_the_end = capsys.readouterr().out
        shown.found(Audit(False, 12, first, (first, second), 2))

        assert before_the_end == "OPS-1, event 1: was changed\n"
        assert capsys.readouterr().out == "OPS-2, event 2: was changed\n"


class TestCheckpoints:
    def test_prove_the_log_that_they_were_made_of(self, office: Shell) -> None:
        """Against the database, and against an export with the public key alone."""
        item(office)
        checkpoint, export, key = kept(office)
        item(office)
        online = office.json("audit", "verify", "--checkpoint", checkpoint)
        (office.folder / "placet.db").unlink()

        offline = office.json("audit", "verify", "--checkpoint", checkpoint, "--export", export, "--key", key)

        assert online["ok"] and offline["ok"]  # noqa: PT018  # one sentence
        assert (offline["size"], offline["events"]) == (online["size"], online["size"] + 1)

    def test_find_what_verification_cannot(self, office: Shell) -> None:
        """The tail of the log cut off, with everything in it."""
        item(office)
        checkpoint, export, key = kept(office)
        tamper(office, "DELETE FROM positions WHERE position > 5")
        lines = (office.folder / export).read_text().splitlines(keepends=True)
        (office.folder / export).write_text("".join(lines[:5]))

        online = office.refused_in_a_line("audit", "verify", "--checkpoint", checkpoint)
        offline = office.refused_in_a_line(
            "audit", "verify", "--checkpoint", checkpoint, "--export", export, "--key", key
        )

        assert "and the log only 5: events were removed" in online
        assert offline.endswith("and the export only 5")

    def test_that_are_not_there_are_reported_in_words(self, office: Shell) -> None:
        """The number that the operating system has for it means nothing to the reader."""
        assert office.refused("audit", "verify", "--checkpoint", "gone.txt") == (
            "--checkpoint: gone.txt cannot be read: No such file or directory"
        )

    def test_are_made_once_for_a_log_that_has_not_changed(self, office: Shell) -> None:
        """The same is printed again, and by `--latest` at any time."""
        first = office.run("audit", "checkpoint")

        assert office.run("audit", "checkpoint") == first == office.run("audit", "checkpoint", "--latest")
        item(office)
        assert office.run("audit", "checkpoint") != first
        assert office.json("audit", "verify")["ok"]

    def test_are_joined_by_a_proof(self, office: Shell) -> None:
        """From one size to a later one, and to none that the log does not have."""
        old = office.json("audit", "checkpoint")["size"]
        item(office)
        new = office.json("audit", "checkpoint")["size"]

        proof = json.loads(office.run("audit", "proof", str(old), str(new)))

        assert (proof["old_size"], proof["new_size"], len(proof["hashes"]) > 0) == (old, new, True)
        assert "are more" in office.refused("audit", "proof", str(old), "99999")

    def test_have_a_key_beside_the_database(self, office: Shell) -> None:
        """For its owner alone; from the settings where it is given."""
        own = office.run("audit", "key")

        assert (office.folder / "placet.db.audit-key").stat().st_mode & 0o777 == 0o600
        named = office.placet(
            "audit", "key", PLACET_AUDIT_KEY="sixteen or more letters", PLACET_AUDIT_NAME="example.org/log"
        )
        assert named.stdout.startswith("example.org/log+")
        assert own != named.stdout
