"""Logs and maps that cannot be: refused with what is wrong, where, and what to do."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from placet import InvalidError, MalformedError
from placet_process_mining.faults import LogError
from placet_process_mining.mapping import LogMap, read_map
from placet_process_mining.replay import replay

from .test_replay import DOOR, OCEL, OCEL_MAP, XES, XES_MAP, rows

MAP = LogMap(case="door", state="state", time="at")


def refusal(folder: Path, content: str | bytes, mapping: LogMap = MAP) -> LogError:
    """The refusal of a log."""
    file = folder / "log"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LogError) as caught:
        replay(file, DOOR, mapping)
    return caught.value


class TestACsv:
    def test_has_to_have_the_columns_of_the_map(self, tmp_path: Path) -> None:
        """All that are missing are named at once, with the nearest that there are."""
        error = refusal(tmp_path, "when,door,stat\n2026-03-02,a,closed\n")

        assert error.place == 1
        assert 'there is no column "at"' in str(error)
        assert 'there is no column "state"; did you mean "stat"?' in str(error)

    @pytest.mark.parametrize(
        ("content", "place", "message"),
        [
            ("", 1, 'there is no column "at"'),
            ("at,door,state\n", None, "nothing was read: it has no rows"),
            ("at,door,state\n0001-01-01T00:00:00+02:00,a,closed\n", 2, "outside the years 1 to 9999 in UTC"),
            ("at,door,state\n9999-12-31T23:59:59-02:00,a,closed\n", 2, "outside the years 1 to 9999 in UTC"),
            ("at,door,state,door\n", 1, 'the column "door" is there 2 times'),
            (rows("a closed") + "2026-03-02,a\n", 3, "there are 2 values for 3 columns"),
            (rows("a closed") + '2026-03-02,a,"open\n', 3, "is not CSV: unexpected end of data"),
            (rows("a closed").encode() + b"2026-03-02,\xfc,open\n", 3, "is not in utf-8-sig"),
            (rows("a closed", "a opn"), 3, '"opn" is not a state; did you mean "open"?: give'),
            (rows("a closed", "a "), 3, '"state" is empty: ignore "" in the map'),
            (rows("a closed", " open"), 3, "the row has no case"),
            ("at,door,state\nsoon,a,closed\n", 2, '"soon" does not fit the format of times: see `time_format`'),
            (
                "at,door,state\n2026-03-03,a,closed\n2026-03-02,a,open\n",
                3,
                "a has a row of 2026-03-03T00:00:00+00:00 before this one of 2026-03-02T00:00:00+00:00: sort",
            ),
            (gzip.compress(rows(*["a closed"] * 50).encode())[:-20], None, "is not a complete gzip file"),
            (gzip.compress(rows("a closed").encode())[:-8] + b"12345678", None, "is not a complete gzip file"),
        ],
        ids=["empty", "header", "first_year", "last_year", "doubled", "ragged", "quotes",
             "encoding", "word", "nothing", "case", "time", "order",
             "broken_off", "checksum"],
    )  # fmt: skip
    def test_is_refused_with_its_line(
        self, tmp_path: Path, content: str | bytes, place: int | None, message: str
    ) -> None:
        error = refusal(tmp_path, content)

        assert (error.place, message in str(error)) == (place, True), str(error)

    def test_may_be_tolerated(self, tmp_path: Path) -> None:
        """An unreadable event is left out and counted, with the first place; one out of order is taken as it is."""
        file = tmp_path / "log"
        file.write_text(
            "at,door,state\n2026-03-02,a,closed\n2026-03-02,a,odd\n2026-03-02,a,odder\nsoon,a,open\n"
            "2026-03-02,,open\n2026-03-01,a,open\n"
        )

        report = replay(file, DOOR, MAP, tolerate=True)

        assert [(t.reason, t.count, t.place) for t in report.tolerated] == [
            ("unknown word", 2, 3), ("unreadable time", 1, 5), ("no case", 1, 6), ("out of order", 1, 7),
        ]  # fmt: skip
        assert (report.rows, report.cases, report.steps) == (6, 1, 1)

    def test_of_which_no_row_counts_is_refused(self, tmp_path: Path) -> None:
        """There is no share of nothing, however much is tolerated or ignored."""
        file = tmp_path / "log"
        file.write_text(rows("a closed", "b open", "b closed"))

        for mapping, message in (
            (
                MAP.model_copy(update={"state": "door"}),
                "of 3 rows, 3 have the fault 'unknown word', first in line 2",
            ),
            (
                MAP.model_copy(update={"time": "door"}),
                "of 3 rows, 3 have the fault 'unreadable time', first in line 2",
            ),
            (MAP.model_copy(update={"only": {"door": "c"}}), "of 3 rows, 3 are ignored by the map"),
        ):
            with pytest.raises(LogError, match=message):
                replay(file, DOOR, mapping, tolerate=True)

    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Auckland"])
    def test_may_have_a_first_year_only_where_it_is_one_in_utc(self, tmp_path: Path, zone: str) -> None:
        """A time without a zone is one of the map's zone; at the beginning of all, east of UTC, there is none."""
        mapping = MAP.model_copy(update={"zone": zone})

        error = refusal(tmp_path, "at,door,state\n0001-01-01T00:00:00,a,closed\n", mapping)

        assert error.place == 2

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16"])
    def test_may_begin_with_a_byte_order_mark(self, tmp_path: Path, encoding: str) -> None:
        """In any encoding, and also before a quoted name."""
        file = tmp_path / "log"
        for header in ("at,door,state", '"at","door","state"'):
            text = rows("a closed", "a open").replace("at,door,state", header)
            mark = "" if encoding in {"utf-8-sig", "utf-16"} else "\ufeff"
            file.write_bytes(f"{mark}{text}".encode(encoding))

            report = replay(file, DOOR, MAP.model_copy(update={"encoding": encoding}))

            assert (report.steps, report.legal_steps) == (1, 1)

    def test_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(MalformedError, match="cannot be read: No such file"):
            replay(tmp_path / "nothing", DOOR, MAP)


class TestAnXes:
    @pytest.mark.parametrize(
        ("content", "place", "message"),
        [
            (XES.replace("</trace>\n</log>", ""), 15, "is not XML"),
            (XES.replace('value="gone"', 'value="lost"'), 12, '"lost" is not a state'),
            (XES.replace('"time:timestamp"', '"time"'), 6, '"" does not fit the format of times'),
        ],
        ids=["broken_off", "word", "time"],
    )
    def test_is_refused_with_its_line(self, tmp_path: Path, content: str, place: int, message: str) -> None:
        error = refusal(tmp_path, content, XES_MAP)

        assert (error.place, message in str(error)) == (place, True), str(error)

    def test_is_not_just_any_document(self, tmp_path: Path) -> None:
        """A page of a website under the name of a log, and a log without events."""
        page = "<!DOCTYPE html>\n<html><body><p>Please sign in</p></body></html>"

        assert "is not XES: its root is the element 'html'" in str(refusal(tmp_path, page, XES_MAP))
        assert "nothing was read: it has no rows" in str(refusal(tmp_path, "<log></log>", XES_MAP))

    def test_has_to_have_the_attributes_of_the_map(self, tmp_path: Path) -> None:
        """Also where the map ignores rows without them."""
        mapping = XES_MAP.model_copy(update={"state": "stat", "ignore": [""]})

        error = refusal(tmp_path, XES, mapping)

        assert 'there is no column "stat"; did you mean "state"' in str(error)

    def test_cannot_make_more_of_itself_or_fetch_anything(self, tmp_path: Path) -> None:
        """Neither by entities nor from files."""
        secret = tmp_path / "secret"
        secret.write_text("closed")
        head = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 9))
        for entities, used in (
            (f'<!ENTITY e0 "closed">{head}', "&e8;"),
            (f'<!ENTITY outside SYSTEM "{secret.as_uri()}">', "&outside;"),
        ):
            text = XES.replace("<log", f"<!DOCTYPE log [{entities}]>\n<log", 1)
            error = refusal(tmp_path, text.replace('value="closed"', f'value="{used}"', 1), XES_MAP)
            assert "is not XML" in str(error)


class TestAnOcel:
    @pytest.mark.parametrize(
        ("content", "place", "message"),
        [
            ("{}", None, "is not an OCEL 2.0 log: it has no events"),
            (json.dumps(OCEL)[:-2], 1, "is not a complete JSON document: it ends too early"),
            (json.dumps(OCEL).replace('"e2"', "e2"), 1, "is not JSON: Expecting value"),
            ("{\n\n'a': 1}", 3, "is not JSON: Expecting value"),
            ('{"events" 1}', 1, 'is not JSON: there is "1" where ":" should be'),
            (b'{"events": ["\xff"]}', 1, "is not UTF-8"),
            ('{"objects": [' + "[" * 100_000, 1, "is not JSON"),
            ('{"objects": [7], "events": []}', None, 'the member "id" is missing'),
            ('{"objects": [],\n"events": [{"id": "e"}]}', 2, 'the member "type" is missing'),
            (json.dumps(OCEL).replace('"name": "state"', '"name": 7', 1), 1, 'the member "name" is missing'),
            (json.dumps(OCEL).replace('"2026-03-02T10:00:00Z"', '"10:00"'), 1, '"10:00" does not fit the format'),
        ],
        ids=["nothing", "broken_off", "value", "quotes", "colon", "encoding", "depth", "object", "event", "attribute",
             "time"],
    )  # fmt: skip
    def test_is_refused_with_its_line(
        self, tmp_path: Path, content: str | bytes, place: int | None, message: str
    ) -> None:
        error = refusal(tmp_path, content, OCEL_MAP)

        assert (error.place, message in str(error)) == (place, True), str(error)

    @pytest.mark.parametrize("state", [None, 7, {"a": 1}])
    def test_may_have_values_that_are_no_text(self, tmp_path: Path, state: Any) -> None:
        """They count as the JSON that they are."""
        text = json.dumps(OCEL).replace('"value": "locked"', f'"value": {json.dumps(state)}')

        assert "is not a state" in str(refusal(tmp_path, text, OCEL_MAP))

    def test_as_sqlite_has_to_have_its_tables(self, tmp_path: Path) -> None:
        file = tmp_path / "log"
        with closing(sqlite3.connect(file)) as log:
            log.execute("CREATE TABLE event (ocel_id TEXT)")

        error = refusal(tmp_path, file.read_bytes(), OCEL_MAP)

        assert str(error) == "log: is not an OCEL 2.0 log: no such table: event_map_type"

    def test_as_sqlite_may_not_be_damaged(self, tmp_path: Path) -> None:
        assert "is not an OCEL 2.0 log" in str(
            refusal(tmp_path, b"SQLite format 3\x00" + b"x" * 5000, OCEL_MAP)
        )


class TestAMap:
    @pytest.mark.parametrize(
        ("reported", "pointer", "message"),
        [
            ({"states": {"Offen": "opn"}}, "/states/Offen", 'office.door has no state "opn"; did you mean'),
            ({"transitions": {"x": "open"}}, "/transitions", "is used only where `activity` names a column"),
            ({"activity": "what"}, "/state", "one of them"),
            ({"state": None}, "/state", "one of them"),
            ({"zone": "Europe/Wien"}, "/zone", '"Europe/Wien" is not a time zone'),
            ({"zone": "../../etc/passwd"}, "/zone", "is not a time zone"),
            ({"time_format": "%Q"}, "/time_format", "is not a format, such as"),
            ({"encoding": "latin-99"}, "/encoding", "is not an encoding"),
        ],
    )  # fmt: skip
    def test_has_to_fit_the_workflow_and_itself(
        self, tmp_path: Path, reported: dict[str, Any], pointer: str, message: str
    ) -> None:
        """Each fault has a pointer into the map."""
        mapping = LogMap(**({"case": "door", "state": "state", "time": "at"} | reported))

        with pytest.raises(InvalidError) as caught:
            replay(tmp_path / "log", DOOR, mapping)

        (fault,) = caught.value.faults
        assert (fault.pointer, message in fault.message) == (pointer, True), fault

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('case = "door"\nstate = "state"', "/time: it is required and missing"),
            ('case = "door"\ntime = "at"\nstate = "s"\nzon = "UTC"', '/zon: there is no member "zon"; did you'),
            ('case = 7\ntime = "at"', "/case: it has to be a text"),
            ("case = ", "is not TOML: Invalid value (at "),
        ],
    )  # fmt: skip
    def test_has_to_be_one(self, tmp_path: Path, text: str, message: str) -> None:
        file = tmp_path / "map.toml"
        file.write_text(text)

        with pytest.raises((InvalidError, MalformedError)) as caught:
            read_map(file)

        assert message in str(caught.value)

    def test_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(MalformedError, match=r"the map .* cannot be read: No such file"):
            read_map(tmp_path / "map.toml")
