"""A long log takes no more memory than a short one, on its way out and on its way in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from placet_process_mining.formats import FORMATS

#: Writes and reads a log of 15,000 events and then one of 55,000, and prints how much the most memory that the process
#: ever had grew by the second, in KiB.
_MEASURED = """
import io, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from placet import EventRecord, State, Transition, Workflow
from placet_process_mining.formats import FORMATS, export, export_file
from placet_process_mining.mapping import LogMap
from placet_process_mining.replay import replay

START = datetime(2026, 3, 2, tzinfo=UTC)
EACH = 100
form, kept = sys.argv[1], sys.argv[2] == "kept"
WORKFLOW = Workflow("toy.item", [State("a", "A", "todo"), State("b", "B", "done")],
                    [Transition("go", "a", "b", ["toy.r"]), Transition("back", "b", "a", ["toy.r"])])
COLUMNS = {
    "csv": {"case": "item", "time": "at"},
    "xes": {"case": "case:concept:name", "time": "time:timestamp"},
    "ocel2": {"case": "ocel:oid", "time": "ocel:timestamp", "only": {"ocel:qualifier": "item"}},
}
COLUMNS["ocel2-sqlite"] = COLUMNS["ocel2"]


class Long:
    def __init__(self, events):
        self.items = events // EACH

    def events(self):
        for number in range(1, self.items + 1):
            for seq in range(1, EACH + 1):
                states = ("a", "b") if seq % 2 == 0 else ("b", "a")
                data = {"from_state": states[0], "to_state": states[1], "transition": "go" if seq % 2 == 0 else "back",
                        "changes": {"note": ["x", "some words %d" % seq]}}
                if seq == 1:
                    data = {"type": "toy.item", "title": "Long", "to_state": "a"}
                kind = "created" if seq == 1 else "transition"
                id = "%08d-0000-7000-8000-%012d" % (number, seq)
                at = START + timedelta(seconds=seq)
                yield EventRecord(id, "TOY", number, seq, kind, at, "ada", "", "", "", data)

    def definition(self, hash):
        return None


def run(events, folder):
    if kept:
        export(Long(events), FORMATS[form], held)
        return
    file = folder / "log"
    export_file(Long(events), FORMATS[form], file)
    report = replay(file, WORKFLOW, LogMap(state="to_state", **COLUMNS[form]))
    cases = events // EACH
    assert (report.cases, report.steps, report.legal_steps) == (cases, events - cases, events - cases), report


held = io.BytesIO()
peak = lambda: next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
with TemporaryDirectory() as name:
    run(15_000, Path(name))
    before = peak()
    run(55_000, Path(name))
    print(peak() - before)
"""
# Not `ru_maxrss`, which begins with what the process had that started this one.
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux has the high-water mark"
)

#: Further memory of an allocator, in KiB, for 40,000 events more; those have five times as much and more.
_SPARE = 1024


def growth(form: str, how: str) -> int:
    """By how much the memory of a process grows with a log almost four times as long, in KiB."""
    command = [sys.executable, "-c", _MEASURED, form, how]
    # Without what makes coverage follow it, which takes memory of its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return int(found.stdout)


@pytest.mark.parametrize("form", FORMATS)
def test_memory_does_not_grow_with_the_log(form: str) -> None:
    """Exported, and replayed."""
    assert growth(form, "streamed") < _SPARE


def test_memory_that_grows_is_seen() -> None:
    """An export that is kept in memory grows by its size: the figure above is one that can be missed."""
    assert growth("csv", "kept") > 4 * _SPARE
