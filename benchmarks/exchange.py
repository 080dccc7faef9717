"""The log out and a foreign log in, against loops written by hand for one format and one workflow.

By hand, everything is known beforehand: the columns, the words, and that nothing is wrong. The same is counted.
"""

from __future__ import annotations

import csv
import io
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import orjson

from benchmarks import toy
from benchmarks.applications import Filled
from benchmarks.library import ADA
from benchmarks.rounds import Candidate, Effort, Line, compare
from placet.app import Application
from placet_process_mining.formats import FORMATS, chunks
from placet_process_mining.mapping import LogMap
from placet_process_mining.replay import replay

_LOG = (
    "SELECT number, seq, id, kind, at, actor, body FROM events WHERE workspace = ? AND number > 0"
    " ORDER BY number, seq"
)
_MEMBERS = ("transition", "from_state", "to_state", "comment", "on_behalf_of", "definition")
#: One case of the foreign log, over and over.
_STATES = ("ready", "doing", "ready", "doing", "doing", "done", "ready")
_MAP = LogMap(case="case", state="state", time="at")


def again(work: Callable[[], int]) -> Candidate:
    """Do it until the time is up; `work` answers how much was done."""

    def run(seconds: float) -> float:
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            done += work()
        return done / (time.perf_counter() - began)

    return run


# Export


def _exported(application: Application, form: str, events: int) -> int:
    with application.engine.event_log.of_workspace(ADA, toy.WORKSPACE) as log:
        for _ in chunks(log, FORMATS[form]):
            pass
    return events


def _csv_by_hand(file: str) -> int:
    """The same table."""
    events, type = 0, ""
    with closing(sqlite3.connect(file)) as connection:
        for number, seq, id, kind, at, actor, body in connection.execute(_LOG, (toy.WORKSPACE,)):
            document = orjson.loads(body)
            type = document.get("type", type) if seq == 1 else type
            sink = io.StringIO()
            details = {name: document[name] for name in ("title", "changes") if name in document}
            activity = document["transition"] if kind == "transition" else kind
            csv.writer(sink).writerow((
                f"{toy.WORKSPACE}-{number}", type, seq, activity, at, actor, kind,
                *(document.get(name, "") for name in _MEMBERS), id, orjson.dumps(details).decode(),
            ))  # fmt: skip
            sink.getvalue().encode()
            events += 1
    return events


def _ocel_by_hand(file: str) -> int:
    """The same document, out of one reading: its objects are kept until the events are written."""
    events, type = 0, ""
    objects: dict[int, list[dict[str, str]]] = {}
    types: dict[int, str] = {}
    with closing(sqlite3.connect(file)) as connection:
        for number, seq, id, kind, at, actor, body in connection.execute(_LOG, (toy.WORKSPACE,)):
            document = orjson.loads(body)
            if seq == 1:
                type = types[number] = document["type"]
            shown = {"kind": kind, "seq": str(seq), "actor": actor}
            shown |= {
                name: document[name] for name in ("from_state", "to_state", "definition") if name in document
            }
            orjson.dumps({
                "id": id, "type": f"{type}.{document['transition'] if kind == 'transition' else kind}", "time": at,
                "attributes": [{"name": name, "value": value} for name, value in shown.items()],
                "relationships": [{"objectId": f"{toy.WORKSPACE}-{number}", "qualifier": "item"},
                                  {"objectId": f"actor:{actor}", "qualifier": "actor"}],
            })  # fmt: skip
            values = {name: str(new) for name, (_, new) in document.get("changes", {}).items()}
            values |= {"state": document["to_state"]} if "to_state" in document else {}
            objects.setdefault(number, []).extend(
                {"name": name, "value": value, "time": at} for name, value in values.items()
            )
            events += 1
    for number, attributes in objects.items():
        orjson.dumps({
            "id": f"{toy.WORKSPACE}-{number}", "type": types[number], "attributes": attributes, "relationships": [],
        })  # fmt: skip
    return events


# Replay


def _foreign_log(file: Path, cases: int) -> int:
    """Writes a log with its cases between each other; answers how many steps they took."""
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with file.open("w", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(("case", "state", "at"))
        for n, state in enumerate(_STATES):
            at = (start + timedelta(minutes=n)).isoformat()
            writer.writerows((f"C{case}", state, at) for case in range(cases))
    return cases * sum(a != b for a, b in pairwise(_STATES))


def _replayed(file: Path) -> int:
    return replay(file, toy.TASK.workflow, _MAP).steps


def _replay_by_hand(file: Path) -> int:
    legal = {("ready", "doing"), ("doing", "ready"), ("doing", "done")}
    cases: dict[str, tuple[str, datetime]] = {}
    refused: Counter[tuple[str, str]] = Counter()
    steps = 0
    with file.open(newline="") as text:
        rows = csv.reader(text)
        next(rows)
        for case, state, at in rows:
            moment = datetime.fromisoformat(at)
            before = cases.get(case)
            if before is not None:
                if moment < before[1]:
                    raise ValueError(f"line {rows.line_num} is out of order")
                if before[0] != state:
                    steps += 1
                    if (before[0], state) not in legal:
                        refused[before[0], state] += 1
            cases[case] = (state, moment)
    return steps


def exchange(filled: Filled, folder: Path, effort: Effort) -> list[Line]:
    """Events a second out, and steps a second in."""
    application = filled.application()
    source = filled.url.removeprefix("sqlite:///")
    events = _csv_by_hand(source)
    lines = []
    for form, by_hand in (("csv", _csv_by_hand), ("ocel2", _ocel_by_hand)):
        candidates = {
            "placet": again(lambda form=form: _exported(application, form, events)),  # type: ignore[misc]
            "by hand": again(lambda by_hand=by_hand: by_hand(source)),  # type: ignore[misc]
        }
        lines += compare(f"export of events, {form}", candidates, {"by hand": None}, effort)
    application.close()
    log = folder / "foreign.csv"
    steps = _foreign_log(log, effort.small // 5)
    if not _replayed(log) == _replay_by_hand(log) == steps:
        raise AssertionError("the two ways count differently")
    candidates = {"placet": again(lambda: _replayed(log)), "by hand": again(lambda: _replay_by_hand(log))}
    return lines + compare("replay of steps, csv", candidates, {"by hand": None}, effort)
