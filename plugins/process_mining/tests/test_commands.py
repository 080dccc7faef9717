"""The log out of an installation, and foreign logs checked against workflows, from a shell."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from placet import PlacetError
from placet_process_mining.commands import app

from . import workshop
from .conftest import Shop

_LOG = """number,state,updated
C1,Raised,1/3/2026 09:00
C1,In hand,1/3/2026 10:00
C1,Noise,1/3/2026 10:30
C2,In hand,2/3/2026 09:00
C2,Closed,3/3/2026 09:00
"""
_MAP = """
case = "number"
state = "state"
time = "updated"
time_format = "%d/%m/%Y %H:%M"
ignore = ["Noise"]

[states]
Raised = "wished"
"In hand" = "bench"
Closed = "done"
"""
_REPLAY = ("replay", "log.csv", "--workflow", "shop.repair", "--map", "map.toml")


@dataclass
class Shell:
    """Runs commands against the workshop's database, from a folder of the test's own."""

    shop: Shop
    folder: Path
    #: Where the workshop is installed as a plugin.
    site: Path

    def _run(self, arguments: tuple[str, ...]) -> Any:
        return CliRunner().invoke(app, list(arguments))

    def run(self, *arguments: str) -> str:
        """The standard output of a command that is fine."""
        result = self._run(arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return str(result.stdout)

    def json(self, *arguments: str) -> Any:
        """The output of a command with `--json`."""
        return json.loads(self.run(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """The refusal of a command."""
        result = self._run(arguments)
        assert isinstance(result.exception, PlacetError), (result.output, result.exception)
        return str(result.exception)


def _installed(site: Path) -> None:
    """Install the workshop as a distribution, as an entry point of which the commands find it."""
    site.mkdir()
    shutil.copyfile(str(workshop.__file__), site / "placet_workshop.py")
    metadata = site / "placet_workshop-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: placet-workshop\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[placet]\nshop = placet_workshop\n")


@pytest.fixture
def shell(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A folder with nothing in it, as the working directory."""
    folder = tmp_path / "here"
    folder.mkdir()
    _installed(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PLACET_DATABASE_URL", f"sqlite:///{shop.file}")
    yield Shell(shop, folder, tmp_path / "site")
    sys.modules.pop("placet_workshop", None)


@pytest.fixture
def foreign(shell: Shell) -> Shell:
    """A folder with a log from elsewhere, and a map of it."""
    (shell.folder / "log.csv").write_text(_LOG)
    (shell.folder / "map.toml").write_text(_MAP)
    return shell


class TestExporting:
    def test_writes_a_file(self, shell: Shell) -> None:
        shell.shop.lived()

        shell.run("export", "--workspace", "SHOP", "--format", "ocel2", "--output", "log.jsonocel")

        log = json.loads((shell.folder / "log.jsonocel").read_text())
        assert [event["type"] for event in log["events"]][:2] == ["shop.repair.created", "shop.repair.start"]

    def test_prints_without_one(self, shell: Shell) -> None:
        key = shell.shop.wish()

        rows = list(
            csv.DictReader(shell.run("export", "--workspace", "SHOP", "--format", "csv").splitlines())
        )

        assert [row["item"] for row in rows] == [key]

    def test_names_what_does_not_exist(self, shell: Shell) -> None:
        unknown = CliRunner().invoke(app, ["export", "--workspace", "SHOP", "--format", "xml"])
        assert unknown.exit_code == 2
        assert 'there is no format "xml"' in unknown.output
        assert 'did you mean "SHOP"' in shell.refused("export", "--workspace", "SHIP", "--format", "csv")

    def test_needs_a_folder_that_is_there(self, shell: Shell) -> None:
        message = shell.refused(
            "export", "--workspace", "SHOP", "--format", "csv", "--output", "none/log.csv"
        )

        assert message == "none/log.csv cannot be written: No such file or directory"

    def test_what_it_exported_is_legal(self, shell: Shell) -> None:
        shell.shop.lived()
        shell.run("export", "--workspace", "SHOP", "--format", "csv", "--output", "log.csv")
        (shell.folder / "map.toml").write_text(
            'case = "item"\nstate = "to_state"\ntime = "at"\nignore = [""]\nonly.type = "shop.repair"\n'
        )

        report = shell.json(*_REPLAY, "--workspace", "SHOP")

        assert (report["cases"], report["legal_case_share"]) == (2, 1.0)
        assert report["ends"] == {"bench": 1, "wished": 1}


class TestAnInterruptedExport:
    def test_leaves_no_half_file(self, shell: Shell) -> None:
        """Ctrl-C while it is written: the file that was there stays, and nothing lies beside it."""
        shell.shop.wish()
        (shell.folder / "out").mkdir()
        kept = shell.folder / "out" / "log.csv"
        kept.write_text("the last one")
        # A reader that never comes to an end: a pipe in the place of the log.
        # Where the tests run in the background, the signal is ignored to begin with.
        code = (
            "import signal, time; from placet import WorkspaceLog\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "read = WorkspaceLog.events\n"
            "def slowly(self):\n"
            "    for event in read(self):\n"
            "        yield event\n"
            "    print('reading', flush=True)\n"
            "    time.sleep(60)\n"
            "WorkspaceLog.events = slowly\n"
            "from placet.cli import main; main()"
        )
        command = [sys.executable, "-c", code, "export", "--workspace", "SHOP", "--format", "csv"]
        with subprocess.Popen(
            [*command, "--output", str(kept)],
            env={**os.environ, "PYTHONPATH": str(shell.site)},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "reading\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(600) == 130

        assert [(file.name, file.read_text()) for file in kept.parent.iterdir()] == [
            ("log.csv", "the last one")
        ]


class TestReplaying:
    def test_shows_what_the_workflow_would_have_refused(self, foreign: Shell) -> None:
        """As figures for people, and as JSON."""
        reported = foreign.run(*_REPLAY)
        report = foreign.json(*_REPLAY)

        assert "5 rows, 1 of them ignored\n" in reported
        assert "1 of 2 steps are legal (50.00%), and 1 of 2 cases (50.00%)" in reported
        assert report["refused"] == [
            {"source": "bench", "target": "done", "count": 1, "case": "C2", "place": 6}
        ]
        assert (report["ends"], report["began_later"]) == ({"bench": 1, "done": 1}, {"bench": 1})

    def test_shows_as_many_pairs_as_wanted(self, foreign: Shell) -> None:
        with (foreign.folder / "log.csv").open("a") as log:
            log.write("C1,Closed,4/3/2026 09:00\nC1,Raised,5/3/2026 09:00\n")

        reported = foreign.run(*_REPLAY, "--limit", "1")

        assert "Refused: 1 of 2 pairs" in reported

    def test_refuses_a_log_with_its_line(self, foreign: Shell) -> None:
        with (foreign.folder / "log.csv").open("a") as log:
            log.write("C2,Assessed,4/3/2026 09:00\n")

        assert foreign.refused(*_REPLAY).startswith('log.csv, line 7: "Assessed" is not a state')

    def test_or_tolerates_it(self, foreign: Shell) -> None:
        with (foreign.folder / "log.csv").open("a") as log:
            log.write("C2,Assessed,4/3/2026 09:00\n")

        assert "Tolerated" in foreign.run(*_REPLAY, "--tolerate")
        assert foreign.json(*_REPLAY, "--tolerate")["tolerated"][0]["place"] == 7

    def test_names_what_does_not_exist(self, foreign: Shell) -> None:
        assert "there is no workflow" in foreign.refused(
            "replay", "log.csv", "--workflow", "shop.repare", "--map", "map.toml"
        )
        assert "cannot be read" in foreign.refused(*_REPLAY[:-1], "none.toml")
        (foreign.folder / "empty.toml").touch()
        assert foreign.refused(*_REPLAY[:-1], "empty.toml") == (
            "the map empty.toml does not fit: case: it is required and missing; time: it is required and missing"
        )
        assert "cannot be read" in foreign.refused("replay", "none.csv", *_REPLAY[2:])
