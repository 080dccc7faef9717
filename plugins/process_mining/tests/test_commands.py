"""The log out of the house, and foreign logs held against workflows, from a shell."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from placet.cli import progress

from .test_items import change

if TYPE_CHECKING:
    from .conftest import Shell

_LOG = """number,state,updated
C1,Raised,1/3/2026 09:00
C1,Under assessment,1/3/2026 10:00
C1,Noise,1/3/2026 10:30
C2,Under assessment,2/3/2026 09:00
C2,Closed,3/3/2026 09:00
"""
_MAP = """
case = "number"
state = "state"
time = "updated"
time_format = "%d/%m/%Y %H:%M"
ignore = ["Noise"]

[states]
Raised = "new"
"Under assessment" = "assess"
Closed = "closed"
"""


@pytest.fixture
def foreign(shell: Shell) -> Shell:
    """A folder with a log from elsewhere, and a map of it."""
    (shell.folder / "log.csv").write_text(_LOG)
    (shell.folder / "map.toml").write_text(_MAP)
    return shell


_REPLAY = ("replay", "log.csv", "--workflow", "itil.change", "--map", "map.toml")


class TestExporting:
    def test_writes_a_file(self, office: Shell) -> None:
        key = change(office)
        office.run("move", key, "submit", "--as", "maya")

        office.run("export", "--workspace", "OPS", "--format", "ocel2", "--output", "log.jsonocel")

        log = json.loads((office.folder / "log.jsonocel").read_text())
        assert [event["type"] for event in log["events"]][-2:] == [
            "itil.change.created",
            "itil.change.submit",
        ]

    def test_prints_without_one(self, office: Shell) -> None:
        key = change(office)

        rows = list(
            csv.DictReader(office.run("export", "--workspace", "OPS", "--format", "csv").splitlines())
        )

        assert [row["item"] for row in rows] == ["OPS-1", key]

    def test_names_what_does_not_exist(self, office: Shell) -> None:
        assert 'there is no format "xml"' in office.refused("export", "--workspace", "OPS", "--format", "xml")
        assert 'did you mean "OPS"' in office.refused("export", "--workspace", "OP", "--format", "csv")

    def test_needs_a_folder_that_is_there(self, office: Shell) -> None:
        message = office.refused(
            "export", "--workspace", "OPS", "--format", "csv", "--output", "none/log.csv"
        )

        assert message == "none/log.csv cannot be written: No such file or directory"

    def test_what_it_exported_is_legal(self, office: Shell) -> None:
        key = change(office)
        office.run("move", key, "submit", "--as", "maya")
        office.run("export", "--workspace", "OPS", "--format", "csv", "--output", "log.csv")
        (office.folder / "map.toml").write_text(
            'case = "item"\nstate = "to_state"\ntime = "at"\nignore = [""]\nonly.type = "itil.change"\n'
        )

        report = office.json(*_REPLAY, "--workspace", "OPS")

        assert (report["cases"], report["legal_case_share"], report["ends"]) == (1, 1.0, {"assess": 1})


class TestAnInterruptedExport:
    def test_leaves_no_half_file(self, office: Shell) -> None:
        """Ctrl-C while it is written: the file that was there stays, and nothing lies beside it."""
        change(office)
        (office.folder / "out").mkdir()
        kept = office.folder / "out" / "log.csv"
        kept.write_text("the last one")
        # A reader that never comes to an end: a pipe in the place of the log.
        code = (
            "import time; from placet.exchange.log import WorkspaceLog\n"
            "read = WorkspaceLog.events\n"
            "def slowly(self):\n"
            "    for event in read(self):\n"
            "        yield event\n"
            "    print('reading', flush=True)\n"
            "    time.sleep(60)\n"
            "WorkspaceLog.events = slowly\n"
            "from placet.cli import main; main()"
        )
        command = [sys.executable, "-c", code, "export", "--workspace", "OPS", "--format", "csv"]
        with subprocess.Popen(
            [*command, "--output", str(kept)], cwd=office.folder, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "reading\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130

        assert [(file.name, file.read_text()) for file in kept.parent.iterdir()] == [
            ("log.csv", "the last one")
        ]


class TestReplaying:
    def test_tells_what_the_workflow_would_have_refused(self, foreign: Shell) -> None:
        """As figures for people, and as JSON."""
        told = foreign.run(*_REPLAY)
        report = foreign.json(*_REPLAY)

        assert "5 rows, 1 of them ignored\n" in told
        assert "1 of 2 steps are legal (50.00%), and 1 of 2 cases (50.00%)" in told
        assert report["refused"] == [
            {"source": "assess", "target": "closed", "count": 1, "case": "C2", "place": 6}
        ]
        assert (report["ends"], report["began_later"]) == ({"assess": 1, "closed": 1}, {"assess": 1})

    def test_shows_as_many_pairs_as_wanted(self, foreign: Shell) -> None:
        with (foreign.folder / "log.csv").open("a") as log:
            log.write("C1,Closed,4/3/2026 09:00\nC1,Raised,5/3/2026 09:00\n")

        told = foreign.run(*_REPLAY, "--limit", "1")

        assert "Refused: 1 of 2 pairs" in told

    def test_refuses_a_log_with_its_line(self, foreign: Shell) -> None:
        with (foreign.folder / "log.csv").open("a") as log:
            log.write("C2,Assessed,4/3/2026 09:00\n")

        assert foreign.refused(*_REPLAY).startswith('log.csv, line 7: "Assessed" is no state')

    def test_or_tolerates_it(self, foreign: Shell) -> None:
        with (foreign.folder / "log.csv").open("a") as log:
            log.write("C2,Assessed,4/3/2026 09:00\n")

        assert "Tolerated" in foreign.run(*_REPLAY, "--tolerate")
        assert foreign.json(*_REPLAY, "--tolerate")["tolerated"][0]["place"] == 7

    def test_names_what_does_not_exist(self, foreign: Shell) -> None:
        assert "there is no workflow" in foreign.refused(
            "replay", "log.csv", "--workflow", "itil.chnge", "--map", "map.toml"
        )
        assert "cannot be read" in foreign.refused(*_REPLAY[:-1], "none.toml")
        assert "cannot be read" in foreign.refused("replay", "none.csv", *_REPLAY[2:])


class TestProgress:
    @pytest.mark.parametrize(
        ("patience", "terminal", "shown"), [(0, True, True), (60, True, False), (0, False, False)]
    )
    def test_is_shown_where_it_takes_long_and_somebody_looks(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        patience: float,
        terminal: bool,
        shown: bool,
    ) -> None:
        """On standard error, where it does not mix with the answer."""
        monkeypatch.setattr(progress, "_PATIENCE", patience)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("FORCE_COLOR" if terminal else "NO_COLOR", "1")

        with progress.progress("reading") as tell:
            tell(0.2)
            tell(0.9)

        told = capsys.readouterr()
        assert ("reading" in told.err, told.out) == (shown, "")
