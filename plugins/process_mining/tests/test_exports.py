"""The log as others read it: whole, valid, and as it was."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from placet import NotFoundError
from placet_process_mining.formats import FORMATS, export_file, format_of
from placet_process_mining.log import Log

from .conftest import Shop, Written, opened, write

SCHEMA = Path(__file__).parent / "data" / "ocel20-schema-json.json"


def traces(file: Path) -> Any:
    """The root of an XES."""
    return etree.parse(file).getroot()


def document(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def objects(shop: Shop, folder: Path) -> dict[str, Any]:
    """The objects of the shop's OCEL, by id."""
    return {each["id"]: each for each in document(write(shop, "ocel2", folder))["objects"]}


def values(found: Any, name: str) -> list[tuple[str, str]]:
    """The values of an object's attribute, each with its time of day."""
    return [(each["value"], each["time"][11:16]) for each in found["attributes"] if each["name"] == name]


class TestOcelAsJson:
    def test_is_valid_by_the_published_schema(self, written: Written) -> None:
        """Formats of times included."""
        schema = document(SCHEMA)
        validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())

        assert list(validator.iter_errors(document(written("ocel2")))) == []

    def test_has_every_event_of_every_item(self, shop: Shop, written: Written) -> None:
        events = document(written("ocel2"))["events"]

        assert [event["id"] for event in events] == [event.id for event in shop.everything()]

    def test_declares_every_type_with_its_attributes(self, written: Written) -> None:
        """Kinds of fields are those of the item type's definition."""
        log = document(written("ocel2"))

        assert {e["type"] for e in log["events"]} == {t["name"] for t in log["eventTypes"]}
        assert {o["type"] for o in log["objects"]} == {t["name"] for t in log["objectTypes"]}
        declared = {t["name"]: {a["name"]: a["type"] for a in t["attributes"]} for t in log["objectTypes"]}
        kinds = declared["shop.repair"]
        assert (kinds["hours"], kinds["price"], kinds["express"], kinds["due"], kinds["tags"], kinds["state"]) == (
            "integer", "float", "boolean", "time", "string", "string",
        )  # fmt: skip
        for each in log["objects"]:
            assert {a["name"] for a in each["attributes"]} <= declared[each["type"]].keys()

    def test_has_every_value_that_a_field_ever_had(self, shop: Shop, tmp_path: Path) -> None:
        """A value that was taken away is `null`."""
        key = shop.lived()
        repair = objects(shop, tmp_path)[key]

        assert values(repair, "hours") == [("2", "09:00"), ("3", "10:00")]
        assert values(repair, "price") == [("12.5", "09:00"), ("null", "11:00")]
        assert values(repair, "due") == [("2026-04-01T10:00:00Z", "11:00")]
        assert values(repair, "tags") == [('["lamp","old"]', "09:00")]
        assert values(repair, "state") == [("wished", "09:00"), ("bench", "09:00")]
        assert values(repair, "title") == [
            ("A broken lamp", "09:00"),
            ('A "broken" <lamp> & more', "10:00"),
        ]

    def test_relates_items_by_their_links_and_parents(self, shop: Shop, tmp_path: Path) -> None:
        """A link that was taken away is none."""
        key = shop.lived()

        found = objects(shop, tmp_path)

        part = next(each for each in found.values() if each["type"] == "shop.part")
        assert part["relationships"] == [{"objectId": key, "qualifier": "parent"}]
        assert found[key]["relationships"] == [{"objectId": part["id"], "qualifier": "shop.needs"}]

    def test_relates_events_to_items_and_actors(self, shop: Shop, written: Written) -> None:
        """And every object that anything is related to is there."""
        log = document(written("ocel2"))
        there = {each["id"] for each in log["objects"]}
        linked = next(e for e in log["events"] if e["type"] == "shop.repair.unlinked")

        assert [(r["qualifier"], r["objectId"]) for r in linked["relationships"]] == [
            ("item", "SHOP-1"), ("actor", "actor:ben"), ("shop.follows", "SHOP-3"),
        ]  # fmt: skip
        for each in (*log["events"], *log["objects"]):
            assert {related["objectId"] for related in each["relationships"]} <= there

    def test_says_which_gates_refused(self, written: Written) -> None:
        refused = next(e for e in document(written("ocel2"))["events"] if e["type"] == "shop.repair.refused")

        assert {"name": "refused_by", "value": "shop.described"} in refused["attributes"]


class TestOcelAsSqlite:
    def test_has_the_same_as_the_json(self, written: Written) -> None:
        """Events, objects, and their relations."""
        log = document(written("ocel2"))
        with closing(sqlite3.connect(written("ocel2-sqlite"))) as file:
            events = set(file.execute("SELECT ocel_id, ocel_type FROM event"))
            things = set(file.execute("SELECT ocel_id, ocel_type FROM object"))
            of_events = set(file.execute("SELECT * FROM event_object"))
            of_things = set(file.execute("SELECT * FROM object_object"))

        assert events == {(e["id"], e["type"]) for e in log["events"]}
        assert things == {(o["id"], o["type"]) for o in log["objects"]}
        for found, reported in ((of_events, log["events"]), (of_things, log["objects"])):
            assert found == {
                (each["id"], r["objectId"], r["qualifier"])
                for each in reported
                for r in each["relationships"]
            }

    def test_refers_to_nothing_that_is_not_there(self, written: Written) -> None:
        with closing(sqlite3.connect(written("ocel2-sqlite"))) as file:
            assert file.execute("PRAGMA foreign_key_check").fetchall() == []

    def test_has_changes_beside_the_first_values(self, written: Written) -> None:
        with closing(sqlite3.connect(written("ocel2-sqlite"))) as file:
            rows = file.execute(
                "SELECT ocel_changed_field, hours, price, express FROM object_shop_repair"
                " WHERE ocel_id = 'SHOP-1' AND (ocel_changed_field IS NULL OR ocel_changed_field"
                " IN ('hours', 'price')) ORDER BY ocel_time"
            ).fetchall()

        assert rows == [(None, 2, 12.5, 1), ("hours", 3, None, None), ("price", None, None, None)]


class TestXes:
    def test_has_a_trace_for_each_item(self, shop: Shop, written: Written) -> None:
        """With all of its events, in order."""
        root = traces(written("xes"))

        reported = [
            (trace.find("string[@key='concept:name']").get("value"), event.find("id").get("value"))
            for trace in root.iter("trace")
            for event in trace.iter("event")
        ]
        assert reported == [(event.key, event.id) for event in shop.everything()]

    def test_keeps_text_as_far_as_xml_can_hold_it(self, written: Written) -> None:
        """A value that it cannot hold is marked."""
        root = traces(written("xes"))
        (comment,) = (e for e in root.iter("event") if e[0].get("value") == "comment")

        assert comment.find("string[@key='comment']").get("value") == (
            "first line\nsecond; with \ufffd, and =1+1"
        )

    def test_types_the_values_of_fields(self, written: Written) -> None:
        root = traces(written("xes"))

        tags = {
            (each.get("key"), each.tag)
            for each in root.iter()
            if (each.get("key") or "").startswith("field.")
        }
        assert tags >= {
            ("field.hours", "int"), ("field.price", "float"), ("field.express", "boolean"), ("field.due", "date"),
            ("field.fault", "string"), ("field.tags", "string"),
        }  # fmt: skip


class TestCsv:
    def test_gives_every_event_back_as_it_was(self, shop: Shop, written: Written) -> None:
        """All that an event holds is in the columns, or in the last one."""
        with written("csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))

        events = shop.everything()
        assert len(rows) == len(events)
        for row, event in zip(rows, events, strict=True):
            details = json.loads(row.pop("details") or "{}")
            derived = {"activity": row.pop("activity"), "type": row.pop("type")}
            reported = {name: value for name, value in row.items() if value} | details
            kept = {k: v for k, v in event.data.items() if k not in derived}
            assert reported | {"seq": int(reported["seq"]), "at": None} == kept | {"at": None}
            assert derived["activity"] == event.data.get("transition", event.kind) or event.kind == "refused"
            assert reported["at"][:19] == event.at.isoformat()[:19]


@pytest.mark.filterwarnings("ignore")
class TestPm4py:
    """The most used reader of such logs reads ours."""

    def test_loads_ocel_json(self, shop: Shop, written: Written) -> None:
        import pm4py

        log = pm4py.read_ocel2_json(str(written("ocel2")))

        assert set(log.events["ocel:eid"]) == {event.id for event in shop.everything()}
        assert set(log.objects["ocel:type"]) == {"shop.repair", "shop.part", "actor"}
        assert set(log.o2o["ocel:qualifier"]) == {"parent", "shop.needs"}

    def test_loads_ocel_sqlite(self, shop: Shop, written: Written) -> None:
        import pm4py
        from pm4py.objects.ocel.validation import ocel20_rel_validation

        file = str(written("ocel2-sqlite"))
        log = pm4py.read_ocel2_sqlite(file)

        assert set(log.events["ocel:eid"]) == {event.id for event in shop.everything()}
        assert set(log.object_changes["ocel:field"]) >= {"hours", "price", "state", "title"}
        _, broken = ocel20_rel_validation.apply(file)
        assert broken == []

    def test_loads_xes(self, shop: Shop, written: Written) -> None:
        import pm4py

        log = pm4py.read_xes(str(written("xes")))

        assert list(log["identity:id"]) == [event.id for event in shop.everything()]
        assert set(log["case:concept:name"]) == {event.key for event in shop.everything()}


class TestWhoAsks:
    def test_has_to_see_the_workspace(self, shop: Shop) -> None:
        with (
            pytest.raises(NotFoundError, match="SHOP"),
            shop.engine.event_log.of_workspace(shop.actors["tom"], "SHOP"),
        ):
            pass

    def test_is_refused_with_the_formats_that_there_are(self) -> None:
        with pytest.raises(NotFoundError, match='did you mean "ocel2"'):
            format_of("ocel")

    def test_sees_one_moment(self, shop: Shop) -> None:
        """Events of the meantime are not in it."""
        shop.wish("before")
        with opened(shop) as log:
            first = [event.id for event in log.events()]
            shop.wish("meanwhile")
            assert [event.id for event in log.events()] == first


class TestALogThatIsOdd:
    @pytest.mark.parametrize("form", FORMATS)
    def test_an_empty_one_is_written_too(self, shop: Shop, tmp_path: Path, form: str) -> None:
        assert write(shop, form, tmp_path).stat().st_size > 0

    @pytest.mark.parametrize("form", FORMATS)
    def test_one_that_was_tampered_with_is_written_as_it_is(
        self, shop: Shop, tmp_path: Path, form: str
    ) -> None:
        """Finding that out is for the audit; an export loses no event for it."""
        shop.lived()
        with sqlite3.connect(shop.file) as connection:
            connection.execute("UPDATE events SET body = 'no json' WHERE number = 1")

        file = write(shop, form, tmp_path)

        assert "SHOP-1" in file.read_text(encoding="utf-8", errors="replace")

    @pytest.mark.parametrize("form", FORMATS)
    def test_names_of_attributes_may_look_alike(self, shop: Shop, tmp_path: Path, form: str) -> None:
        """SQLite does not distinguish capital and small letters; and a field that no definition knows is kept."""
        shop.lived()
        with sqlite3.connect(shop.file) as connection:
            connection.execute(
                "UPDATE events SET body = replace(body, '\"hours\"', '\"Price\"') WHERE seq > 1"
            )

        assert "Price" in write(shop, form, tmp_path).read_text(encoding="utf-8", errors="replace")


class TestAnInterruptedExport:
    @pytest.mark.parametrize("form", FORMATS)
    def test_leaves_no_file(self, shop: Shop, tmp_path: Path, form: str) -> None:
        """And the file that was there stays."""
        shop.lived()
        folder = tmp_path / "exports"
        folder.mkdir()
        kept = folder / "log"
        kept.write_text("the last one")

        with opened(shop) as log, pytest.raises(KeyboardInterrupt):
            export_file(Interrupted(log), FORMATS[form], kept)

        assert {file.name: file.read_text() for file in folder.iterdir()} == {"log": "the last one"}


class Interrupted:
    """A log whose reader presses Ctrl-C in the middle."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.definition = log.definition

    def events(self) -> Any:
        for n, event in enumerate(self._log.events()):
            if n == 5:
                raise KeyboardInterrupt
            yield event
