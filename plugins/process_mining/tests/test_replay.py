"""The judgment of a workflow about a log that it never made."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from placet import OPEN, SAME, State, Transition, Workflow
from placet_process_mining.mapping import LogMap
from placet_process_mining.replay import Report, replay

# fmt: off
DOOR = Workflow(
    "office.door",
    states=[
        State("closed", "Closed", "todo"),
        State("open",   "Open",   "active"),
        State("locked", "Locked", "waiting"),
        State("gone",   "Gone",   "done"),
    ],
    transitions=[
        Transition("open",   "closed",             "open",   ["office.guest"]),
        Transition("close",  "open",               "closed", ["office.guest"]),
        Transition("lock",   "closed",             "locked", ["office.owner"]),
        Transition("unlock", "locked",             "closed", ["office.owner"]),
        Transition("paint",  ["closed", "open"],   SAME,     ["office.owner"]),
        Transition("remove", OPEN,                 "gone",   ["office.owner"]),
    ],
)
# fmt: on

Held = Callable[..., Report]


def rows(*reported: str) -> str:
    """A CSV of doors, one row a minute: `"a closed"`."""
    lines = [f"2026-03-02T09:{n:02}:00Z,{row.replace(' ', ',')}" for n, row in enumerate(reported)]
    return "\n".join(["at,door,state", *lines]) + "\n"


@pytest.fixture
def held(tmp_path: Path) -> Held:
    """Replays a CSV on the door's workflow."""

    def hold(text: str, *, tolerate: bool = False, **reported: Any) -> Report:
        file = tmp_path / "doors.csv"
        file.write_text(text, encoding="utf-8")
        columns = {"case": "door", "time": "at"} | ({} if "activity" in reported else {"state": "state"})
        return replay(file, DOOR, LogMap(**(columns | reported)), tolerate=tolerate)

    return hold


class TestAStep:
    def test_is_legal_where_a_transition_makes_it(self, held: Held) -> None:
        report = held(rows("a closed", "a open", "a closed", "a locked", "a gone"))

        assert (report.steps, report.legal_steps, report.cases, report.legal_cases) == (4, 4, 1, 1)
        assert report.refused == ()

    def test_is_refused_where_none_does(self, held: Held) -> None:
        """It is counted by where it led from and to, with the first case and line that took it."""
        report = held(rows("a closed", "b closed", "a locked", "a open", "b locked", "b open"))

        (pair,) = report.refused
        assert (pair.source, pair.target, pair.count, pair.case, pair.place) == ("locked", "open", 2, "a", 5)
        assert (report.legal_step_share, report.legal_case_share) == (0.5, 0.0)

    def test_that_is_refused_does_not_make_the_next_refused(self, held: Held) -> None:
        """The case goes on from where the log says it is."""
        report = held(rows("a locked", "a open", "a closed", "a open"))

        assert (report.steps, report.legal_steps) == (3, 2)

    def test_is_none_between_rows_in_one_state(self, held: Held) -> None:
        assert held(rows("a closed", "a closed", "a closed")).steps == 0

    def test_asks_neither_roles_nor_gates(self, held: Held) -> None:
        """A log does not have the actor, or what was known then."""
        assert held(rows("a closed", "a locked")).legal_steps == 1

    def test_out_of_a_final_state_needs_a_transition_too(self, held: Held) -> None:
        assert [(p.source, p.target) for p in held(rows("a gone", "a open")).refused] == [("gone", "open")]


class TestACase:
    def test_may_begin_later(self, held: Held) -> None:
        """Logs begin when they begin; that is counted apart."""
        report = held(rows("a locked", "b open", "c closed", "a closed", "d open"))

        assert report.began_later == {"open": 2, "locked": 1}
        assert report.legal_case_share == 1.0

    def test_stands_at_the_end_where_its_last_row_says(self, held: Held) -> None:
        report = held(rows("a closed", "b closed", "c closed", "a open", "b gone"))

        assert report.ends == {"open": 1, "gone": 1, "closed": 1}

    def test_may_have_its_rows_between_those_of_others(self, held: Held) -> None:
        report = held(rows("a closed", "b closed", "a open", "b locked", "a closed", "b closed"))

        assert (report.cases, report.steps, report.legal_steps) == (2, 4, 4)

    def test_keeps_the_order_of_the_file_among_equal_times(self, held: Held) -> None:
        """Closed, open, closed, locked at one moment is legal; in any other order it is not."""
        text = "at,door,state\n" + "".join(
            f"2026-03-02,a,{state}\n" for state in ("closed", "open", "closed", "locked")
        )

        assert held(text).refused == ()


class TestWhatWasDone:
    """A log of activities instead of states."""

    def test_counts_as_the_step_of_a_transition(self, held: Held) -> None:
        report = held(rows("a open", "a paint", "a close", "a lock"), activity="state")

        assert (report.steps, report.legal_steps, report.ends) == (4, 4, {"locked": 1})

    def test_is_refused_where_the_transition_does_not_leave_from(self, held: Held) -> None:
        """The case goes to where the transition leads."""
        report = held(rows("a lock", "a open", "a close", "a unlock", "a paint"), activity="state")

        assert [(p.source, p.target) for p in report.refused] == [("closed", "closed"), ("locked", "open")]
        assert report.ends == {"closed": 1}

    def test_may_begin_where_its_first_transition_leaves(self, held: Held) -> None:
        report = held(rows("a unlock", "a open", "b open"), activity="state")

        assert (report.began_later, report.legal_steps) == ({"locked": 1}, 3)

    def test_has_its_own_words(self, held: Held) -> None:
        report = held(
            rows("a Aufschließen", "a seen"),
            activity="state",
            transitions={"Aufschließen": "unlock"},
            ignore=["seen"],
        )

        assert (report.steps, report.ignored) == (1, 1)


class TestTheMap:
    def test_says_what_words_mean(self, held: Held) -> None:
        """Words that are states already need no saying."""
        text = "at,door,state\n2026-03-02,a,Wide Open\n2026-03-03,a,closed\n2026-03-04,a,Wide Open\n"

        assert held(text, states={"Wide Open": "open"}).legal_steps == 2

    def test_says_which_rows_say_nothing(self, held: Held) -> None:
        report = held(rows("a closed", "a -100", "a open"), ignore=["-100"])

        assert (report.rows, report.ignored, report.steps) == (3, 1, 1)

    def test_says_which_rows_count(self, held: Held) -> None:
        """By one value of a column, or several."""
        text = "at,door,state,office\n2026-03-02,a,closed,1\n2026-03-02,b,odd,2\n2026-03-02,c,open,3\n"

        assert held(text, only={"office": "1"}).cases == 1
        assert held(text, only={"office": ["1", "3"]}).cases == 2

    def test_says_how_times_are_written(self, held: Held) -> None:
        """Days before months, and no zone."""
        text = "at,door,state\n29/2/2016 01:16,a,closed\n1/3/2016 00:05,a,open\n"

        report = held(text, time_format="%d/%m/%Y %H:%M", zone="Europe/Vienna")

        assert report.legal_steps == 1

    def test_says_how_the_csv_is_written(self, tmp_path: Path) -> None:
        file = tmp_path / "doors.csv"
        file.write_bytes("Tür;Zeit;Zustand\nKüche;2026-03-02;geöffnet\n".encode("latin-1"))

        report = replay(
            file,
            DOOR,
            LogMap(
                case="Tür",
                time="Zeit",
                state="Zustand",
                states={"geöffnet": "open"},
                delimiter=";",
                encoding="latin-1",
            ),
        )

        assert report.began_later == {"open": 1}

    def test_a_mark_at_the_beginning_of_the_file_is_no_part_of_a_name(self, tmp_path: Path) -> None:
        """Spreadsheets write one."""
        file = tmp_path / "doors.csv"
        file.write_text(rows("a closed"), encoding="utf-8-sig")

        assert replay(file, DOOR, LogMap(case="door", time="at", state="state")).cases == 1


class TestTimes:
    def test_come_twice_when_clocks_are_set_back(self, held: Held) -> None:
        """02:50, and then 02:10 of the second time, is in order."""
        text = "at,door,state\n2026-10-25 02:50,a,closed\n2026-10-25 02:10,a,open\n"

        assert held(text, zone="Europe/Vienna").steps == 1

    def test_of_different_zones_are_compared_as_moments(self, held: Held) -> None:
        text = "at,door,state\n2026-03-02T09:30:00+01:00,a,closed\n2026-03-02T09:00:00Z,a,open\n"

        assert held(text).steps == 1


XES = """<?xml version="1.0"?>
<log xmlns="http://www.xes-standard.org/">
  <string key="concept:name" value="doors"/>
  <trace>
    <string key="concept:name" value="a"/>
    <event><string key="state" value="closed"/><date key="time:timestamp" value="2026-03-02T09:00:00Z"/></event>
    <event><string key="state" value="open"/><date key="time:timestamp" value="2026-03-02T10:00:00Z"/></event>
  </trace>
  <trace>
    <string key="concept:name" value="b"/>
    <event><string key="state" value="closed"/><date key="time:timestamp" value="2026-03-02T08:00:00Z"/></event>
    <event><string key="state" value="gone"/><date key="time:timestamp" value="2026-03-02T09:00:00Z"/></event>
    <event><string key="state" value="open"/><date key="time:timestamp" value="2026-03-02T09:00:00Z"/></event>
  </trace>
</log>
"""
XES_MAP = LogMap(case="case:concept:name", state="state", time="time:timestamp")

OCEL: dict[str, Any] = {
    "events": [
        {"id": "e1", "type": "made", "time": "2026-03-02T09:00:00Z",
         "attributes": [{"name": "state", "value": "closed"}],
         "relationships": [{"objectId": "a", "qualifier": "door"}, {"objectId": "h", "qualifier": "office"}]},
        {"id": "e2", "type": "lock", "time": "2026-03-02T10:00:00Z",
         "attributes": [{"name": "state", "value": "locked"}],
         "relationships": [{"objectId": "a", "qualifier": "door"}]},
        {"id": "e3", "type": "open", "time": "2026-03-02T11:00:00Z", "attributes": [{"name": "state", "value": "open"}],
         "relationships": [{"objectId": "a", "qualifier": "door"}]},
        {"id": "e4", "type": "rest", "time": "2026-03-02T12:00:00Z"},
    ],
    "objects": [{"id": "a", "type": "door"}, {"id": "h", "type": "office"}],
    "eventTypes": [], "objectTypes": [], "note": {"made": [1, 2.5]}, "n": 7,
}  # fmt: skip
OCEL_MAP = LogMap(case="ocel:oid", state="state", time="ocel:timestamp", only={"ocel:type": "door"})


class TestForms:
    """A log may be written in any of the usual forms; its first bytes show which."""

    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
    def test_xes(self, tmp_path: Path, packed: bool) -> None:
        file = tmp_path / "log"
        file.write_bytes(gzip.compress(XES.encode()) if packed else XES.encode())

        report = replay(file, DOOR, XES_MAP)

        assert (report.cases, report.steps, report.legal_steps) == (2, 3, 2)
        assert [(p.source, p.target, p.case, p.place) for p in report.refused] == [("gone", "open", "b", 13)]

    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
    @pytest.mark.parametrize("indent", [None, 2])
    def test_ocel_as_json(self, tmp_path: Path, packed: bool, indent: int | None) -> None:
        file = tmp_path / "log"
        text = json.dumps(OCEL, indent=indent).encode()
        file.write_bytes(gzip.compress(text) if packed else text)

        report = replay(file, DOOR, OCEL_MAP)

        assert (report.rows, report.ignored, report.steps, report.legal_steps) == (4, 1, 2, 1)
        assert [p.place for p in report.refused] == [
            1 if indent is None else text.decode().split('"e3"')[0].count("\n")
        ]

    def test_ocel_as_json_whose_objects_come_first(self, tmp_path: Path) -> None:
        file = tmp_path / "log"
        file.write_text(json.dumps(dict(reversed(OCEL.items()))))

        assert replay(file, DOOR, OCEL_MAP).steps == 2

    def test_ocel_as_sqlite(self, tmp_path: Path) -> None:
        """In the order of time, and of the file among equal times; not in that of the tables."""
        file = tmp_path / "log"
        with closing(sqlite3.connect(file)) as log:
            log.executescript("""
                CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
                CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);
                CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
                CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
                CREATE TABLE "event_A made" (ocel_id TEXT, ocel_time TEXT, state TEXT);
                CREATE TABLE event_B (ocel_id TEXT, ocel_time TEXT, state TEXT);
                INSERT INTO event_map_type VALUES ('a', 'A made'), ('b', 'B');
                INSERT INTO object VALUES ('a', 'door'), ('h', 'office');
                INSERT INTO event VALUES ('e1', 'a'), ('e2', 'b'), ('e3', 'a'), ('e4', 'b');
                INSERT INTO "event_A made" VALUES ('e3', '2026-03-02 10:00:00', 'closed'),
                                                  ('e1', '2026-03-02 09:00:00', 'closed');
                INSERT INTO event_B VALUES ('e4', '2026-03-02 11:00:00', NULL), ('e2', '2026-03-02 10:00:00', 'locked');
                INSERT INTO event_object VALUES ('e1', 'a', 'x'), ('e2', 'a', 'x'), ('e3', 'a', 'x'), ('e4', 'a', 'x'),
                                                ('e1', 'h', 'x');
            """)

        report = replay(file, DOOR, OCEL_MAP.model_copy(update={"ignore": [""]}))

        assert (report.steps, report.legal_steps, report.ends, report.ignored) == (2, 2, {"closed": 1}, 2)


class TestProgress:
    def test_is_reported_from_nothing_to_all(self, tmp_path: Path) -> None:
        file = tmp_path / "doors.csv"
        file.write_text("at,door,state\n" + "2026-03-02,a,closed\n" * 20_000)
        reported: list[float] = []

        replay(file, DOOR, LogMap(case="door", time="at", state="state"), progress=reported.append)

        assert len(reported) == 4
        assert reported == sorted(reported)
        assert reported[-1] == 1.0
