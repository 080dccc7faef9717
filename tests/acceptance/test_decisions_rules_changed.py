"""A value that was stored before a rule was changed is kept, shown and asked for, and stops nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from patience import PATIENCE
from processes import PLAIN
from pydantic import model_validator
from servers import Server
from shop import plugin
from statements import sent

from placet import (
    SAME,
    CheckContext,
    Computed,
    Fields,
    Gate,
    ItemType,
    Line,
    Method,
    Metric,
    Moment,
    Role,
    State,
    Timer,
    Transition,
    Until,
    Verdict,
    Workflow,
    blocked,
    check,
    fields_present,
    metrics,
    passed,
)
from placet.api import create_app
from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

COOK = Role("diner.cook", "Cook")
Answer = dict[str, Any]


class Diner:
    """A diner's server over HTTP, which can be started again under other rules."""

    def __init__(self, url: str, folder: Path) -> None:
        self._settings = Settings(database_url=url, evidence_url=str(folder / "evidence"))
        self._until_over = ExitStack()
        self._token = ""
        self.application: Application

    def open(self, *plugins: ModuleType, methods: Sequence[str] = ("diner",)) -> None:
        """Serve under these rules, from now on."""
        self.close()
        self.application = build(self._settings, registry=Registry.of(*plugins))
        engine = self.application.engine
        if not self._token:
            engine.people.add(SYSTEM_ACTOR, id="ann", name="Ann", admin=True)
            engine.workspaces.create(SYSTEM_ACTOR, key="DINER", name="Diner", methods=methods)
            engine.workspaces.assign(SYSTEM_ACTOR, "DINER", "diner.cook", ["ann"])
            scopes = ("read", "write", "admin")
            self._token, _ = engine.people.issue_token(SYSTEM_ACTOR, "ann", name="test", scopes=scopes)
        server = Server(create_app(self.application))
        self._until_over.callback(server.join)
        self._until_over.callback(server.end)
        self._base = server.url
        self._http = httpx.Client(
            base_url=f"{self._base}/api/v1",
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=PATIENCE,
            verify=PLAIN,
        )
        self._until_over.callback(self._http.close)

    def close(self) -> None:
        self._until_over.close()

    def send(self, verb: str, path: str, body: Any = None, *, expect: int = 200) -> Answer:
        answer = self._http.request(verb, path, json=body)
        assert answer.status_code == expect, f"{verb} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def text(self, path: str) -> str:
        return self._http.get(f"{self._base}{path}").text

    def order(self, title: str = "Soup", *, type: str = "diner.order", **fields: Any) -> str:
        body = {"workspace": "DINER", "type": type, "title": title, "fields": fields}
        return str(self.send("POST", "/items", body, expect=201)["key"])

    def item(self, key: str) -> Answer:
        return self.send("GET", f"/items/{key}")

    def edit(self, key: str, *, expect: int = 200, **fields: Any) -> Answer:
        return self.send("PATCH", f"/items/{key}", {"fields": fields}, expect=expect)

    def move(self, key: str, transition: str, *, expect: int = 200, **fields: Any) -> Answer:
        body = {"transition": transition, "fields": fields}
        return self.send("POST", f"/items/{key}/transitions", body, expect=expect)

    def offered(self, key: str) -> dict[str, Answer]:
        """The transitions from an item's state, by name."""
        return {each["name"]: each for each in self.send("GET", f"/items/{key}/transitions")["transitions"]}

    def keys(self, query: str) -> list[str]:
        """The keys of a list, read in pages of two."""
        found: list[str] = []
        cursor = ""
        while True:
            page = self.send("GET", f"/items?workspace=DINER&limit=2&{query}{cursor}")
            found += [item["key"] for item in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def diner(sqlite_url: str, tmp_path: Path) -> Iterator[Diner]:
    """A diner on SQLite."""
    opened = Diner(sqlite_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def any_diner(database_url: str, tmp_path: Path) -> Iterator[Diner]:
    """A diner on each database."""
    opened = Diner(database_url, tmp_path)
    yield opened
    opened.close()


@check("diner.table_known")
def table_known(ctx: CheckContext) -> Verdict:
    """The check reads the table, whatever it is."""
    return passed(table=str(ctx.item.fields.table))


def rules(
    fields: type[Fields],
    *others: ItemType,
    gates: Sequence[Gate] = (),
    measured: Sequence[Metric] = (),
    **more: Any,
) -> ModuleType:
    """The diner's method with these fields of an order."""
    workflow = Workflow(
        "diner.order",
        [State("new", "New", "todo"), State("served", "Served", "done")],
        [
            Transition("serve", "new", "served", [COOK], gates, input=["table"]),
            Transition("wait", "new", SAME, [COOK]),
        ],
    )
    order = ItemType("diner.order", "Order", fields=fields, workflow=workflow, **more)
    method = Method("diner", "Diner", roles=[COOK], item_types=[order, *others], metrics=list(measured))
    return plugin(method)


class First(Fields):
    guests: int | None = None
    table: Line | None = None
    wish: Line | None = None


class Narrowed(Fields):
    """The table is a number now, and the wish is gone."""

    guests: int | None = None
    table: int | None = None


class Demanding(First):
    """Every order says what it costs."""

    price: int


class Together(First):
    @model_validator(mode="after")
    def _seats(self) -> Together:
        if (self.guests or 0) > 4 and self.table == "small":
            raise ValueError("four guests at most sit at the small table")
        return self


TABLE = Gate("diner.table", "Table known", table_known)
FILLED = Gate("diner.filled", "Table filled in", fields_present("diner.table_filled", "table"))


def taxed() -> ModuleType:
    """A method of the city's that adds a field to orders."""

    def extend(catalog: Extension) -> None:
        catalog.add_field("diner.order", "levy", int, indexed=True)

    return plugin(Method("city", "City", extends=["diner"]), placet_extend=extend)


class TestFieldsThatNoRuleKnows:
    def test_of_a_method_switched_off_are_kept_and_shown_under_its_name(self, diner: Diner) -> None:
        """The item moves and can be edited, and an edit clears them."""
        diner.open(rules(First), taxed(), methods=["diner", "city"])
        key = diner.order(guests=2, levy=3)
        other = diner.order(levy=4)
        diner.send("PATCH", "/workspaces/DINER", {"methods": ["diner"], "force": True})

        shown = diner.item(key)
        edited = diner.edit(key, guests=3)
        moved = diner.move(key, "wait")["item"]
        cleared = diner.edit(key, levy=None)

        assert shown["former_fields"] == {"levy": {"value": 3, "method": "city"}}
        assert shown["fields"] == {"guests": 2}
        assert edited["former_fields"] == moved["former_fields"] == shown["former_fields"]
        assert moved["fields"] == {"guests": 3}
        assert cleared["former_fields"] == {}
        assert diner.move(other, "serve")["item"]["state"] == "served"
        listed = diner.send("GET", "/items?workspace=DINER")["items"]
        assert [item["former_fields"].get("levy") for item in listed] == [
            None,
            {"value": 4, "method": "city"},
        ]

    def test_return_with_the_method(self, diner: Diner) -> None:
        """A value that nobody cleared is a field again."""
        diner.open(rules(First), taxed(), methods=["diner", "city"])
        key = diner.order(levy=3)
        diner.send("PATCH", "/workspaces/DINER", {"methods": ["diner"], "force": True})
        diner.edit(key, guests=1)
        diner.send("PATCH", "/workspaces/DINER", {"methods": ["diner", "city"]})

        assert diner.item(key)["fields"] == {"guests": 1, "levy": 3}
        assert diner.item(key)["former_fields"] == {}

    def test_cannot_be_set(self, diner: Diner) -> None:
        """Nothing new is stored that no rule knows."""
        diner.open(rules(First))
        key = diner.order(wish="salt")
        diner.open(rules(Narrowed))

        refused = diner.edit(key, wish="pepper", expect=422)

        assert refused["errors"][0]["pointer"] == "/fields/wish"
        assert diner.item(key)["former_fields"] == {"wish": {"value": "salt", "method": "diner"}}

    def test_leave_no_text_behind_when_they_are_cleared(self, diner: Diner) -> None:
        """Somebody may have typed the value: it can be erased from the history too."""
        diner.open(rules(First))
        key = diner.order(wish="for Jane Doe")
        diner.open(rules(Narrowed))
        diner.edit(key, wish=None)

        history = diner.application.engine.event_log.history(SYSTEM_ACTOR, key).rows
        [event] = [each for each in history if each.kind == "edited"]

        assert event.data["changes"] == {"wish": ["for Jane Doe", None]}
        assert "Jane" not in event.body


class TestValuesThatNoLongerFit:
    def test_are_shown_and_stop_no_other_edit_or_move(self, diner: Diner) -> None:
        """Only who reads or changes the field notices."""
        diner.open(rules(First))
        key = diner.order(guests=2, table="by the window")
        diner.open(rules(Narrowed))

        diner.edit(key, guests=3)
        moved = diner.move(key, "wait")["item"]

        assert moved["fields"] == {"guests": 3, "table": "by the window"}
        assert diner.edit(key, table="by the door", expect=422)["errors"][0]["pointer"] == "/fields/table"
        assert diner.edit(key, table=7)["fields"] == {"guests": 3, "table": 7}

    def test_are_asked_for_by_the_transition_that_takes_them(self, diner: Diner) -> None:
        """Its form requires the field, the refusal says what is stored and why it does not fit."""
        diner.open(rules(First))
        key = diner.order(table="by the window")
        diner.open(rules(Narrowed))

        form = diner.offered(key)["serve"]["fields_schema"]
        [blocker] = diner.move(key, "serve", expect=409)["blockers"]

        assert form["required"] == ["table"]
        assert blocker["message"].startswith(
            f"table of {key} is by the window, which does not fit any more: "
        )
        assert blocker["actions"][0]["fields"] == ["table"]
        assert diner.move(key, "serve", table=7)["item"]["state"] == "served"

    @pytest.mark.parametrize("gate", [TABLE, FILLED])
    def test_block_the_check_that_reads_them_and_not_with_a_failure(self, diner: Diner, gate: Gate) -> None:
        """Nobody's value is guessed: neither as the old one, nor as none."""
        diner.open(rules(First, gates=[gate]))
        key = diner.order(table="by the window")
        diner.open(rules(Narrowed, gates=[gate]))

        refused = diner.move(key, "serve", expect=409)["blockers"]

        assert {blocker["gate"] for blocker in refused} == {"field", gate.id}
        assert {blocker["verdict"] for blocker in refused} == {"unmet"}
        assert diner.move(key, "serve", table=7)["item"]["state"] == "served"

    def test_can_be_repaired_where_the_field_is_frozen(self, diner: Diner) -> None:
        """Otherwise an item would wait for ever; what fits stays frozen."""
        frozen = {"new": ("table",)}
        diner.open(rules(First))
        key = diner.order(table="by the window")
        diner.open(rules(Narrowed, frozen_in=frozen))

        assert diner.edit(key, table=7)["fields"]["table"] == 7
        assert diner.edit(key, table=8, expect=409)["blockers"][0]["gate"] == "frozen"

    def test_leave_what_is_computed_from_them_empty(self, diner: Diner) -> None:
        """Until they fit, and without a failure."""

        class Seated(Narrowed):
            seat: int | None = None

        seat = Computed("seat", lambda ctx: ctx.item.fields.table * 10)
        diner.open(rules(First))
        key = diner.order(table="by the window")
        diner.open(rules(Seated, computed=[seat]))

        assert "seat" not in diner.edit(key, guests=2)["fields"]
        assert diner.edit(key, table=7)["fields"]["seat"] == 70

    def test_leave_a_clock_without_a_target(self, diner: Diner) -> None:
        """The timer runs towards the moment again when there is one."""

        class Promised(First):
            promised: Moment | None = None

        class Said(First):
            promised: Line | None = None

        promise = Timer("diner.promise", "Promise", starts=["wait"], stops=[], target=Until("promised"))
        diner.open(rules(Said))
        key = diner.order(promised="soon")
        diner.open(rules(Promised, timers=[promise]))

        [unknown] = diner.move(key, "wait")["item"]["timers"]
        [known] = diner.edit(key, promised="2030-01-01T10:00:00Z")["timers"]

        assert (unknown["status"], unknown["due_at"]) == ("running", None)
        assert known["due_at"] == "2030-01-01T10:00:00Z"

    def test_of_several_fields_together_stop_only_who_breaks_the_rule(self, diner: Diner) -> None:
        """An item that broke a rule before it came stays editable; breaking it anew is refused."""
        diner.open(rules(First))
        crowd, pair = diner.order(guests=6, table="small"), diner.order(guests=2, table="small")
        diner.open(rules(Together))

        assert diner.edit(crowd, wish="salt")["fields"]["wish"] == "salt"
        assert diner.move(crowd, "serve")["item"]["state"] == "served"
        assert "four guests" in diner.edit(pair, guests=5, expect=422)["errors"][0]["message"]


class TestNewRequiredFields:
    def test_stop_no_old_item(self, diner: Diner) -> None:
        """It moves and is edited; new items need the field."""
        diner.open(rules(First))
        key = diner.order(guests=2)
        diner.open(rules(Demanding))

        assert diner.edit(key, guests=3)["fields"] == {"guests": 3}
        assert diner.move(key, "wait")["item"]["fields"] == {"guests": 3}
        new = {"workspace": "DINER", "type": "diner.order", "title": "Tea", "fields": {}}
        assert diner.send("POST", "/items", new, expect=422)["errors"][0]["pointer"] == "/fields/price"

    def test_are_asked_for_by_the_transition_that_needs_them(self, diner: Diner) -> None:
        """A check that reads it says that it is missing."""

        @check("diner.cheap")
        def cheap(ctx: CheckContext) -> Verdict:
            return passed(price=ctx.item.fields.price)

        diner.open(rules(First))
        key = diner.order()
        diner.open(rules(Demanding, gates=[Gate("diner.priced", "Priced", cheap)]))

        [blocker] = diner.move(key, "serve", expect=409)["blockers"]

        assert blocker["message"] == f"price of {key} is missing, and is required now"
        assert diner.edit(key, price=9)["fields"]["price"] == 9
        assert diner.move(key, "serve")["item"]["state"] == "served"
        assert diner.edit(key, price=None, expect=422)["errors"][0]["pointer"] == "/fields/price"


class Rushed(First):
    cook: Line | None = None
    rush: int = 1
    double: int | None = None


def doubled(ctx: CheckContext) -> int:
    return 2 * (ctx.item.fields.guests or 0)


RUSH: dict[str, Any] = {
    "indexed": ["cook", "guests", "rush", "double"],
    "computed": [Computed("double", doubled)],
}


#: One that reads a computed field, and one that does not.
PLATES, ORDERS = (
    Metric(f"diner.{id}", id.title(), "count", f"{id} of open orders", figure)
    for id, figure in (
        ("plates", metrics.Sum(metrics.Standing("diner.order", "open"), metrics.Number("double"))),
        ("orders", metrics.Count(metrics.Standing("diner.order", "open"))),
    )
)


class TestIndexesUnderOtherRules:
    def test_lists_are_right_before_the_worker_begins_while_it_works_and_after_it(
        self, any_diner: Diner
    ) -> None:
        """Old and new fields are sorted and filtered by, page by page, whatever the worker has done so far."""
        any_diner.open(rules(First))
        old = [any_diner.order(guests=n) for n in (3, 1, 2)]
        any_diner.open(rules(Rushed, **RUSH))
        new = [any_diner.order(guests=0, cook="ann", rush=7), any_diner.order(cook="bob")]
        any_diner.edit(old[1], cook="ann")
        upkeep = any_diner.application.engine.upkeep
        upkeep.longest = 0.0

        seen = [self._lists(any_diner)]
        while upkeep.catch_up():
            seen.append(self._lists(any_diner))

        assert seen[0] == {
            "sort=guests": [new[1], new[0], old[1], old[2], old[0]],
            "sort=-guests": [old[0], old[2], old[1], new[0], new[1]],
            "sort=rush": [*old, new[1], new[0]],
            "field.guests=2": [old[2]],
            "field.rush=1": [*old, new[1]],
            "field.cook=ann": [old[1], new[0]],
            "field.cook=ann&sort=-rush": [new[0], old[1]],
        }
        assert len(seen) > len(old) + len(new)
        assert all(each == seen[0] for each in seen)

    def _lists(self, diner: Diner) -> dict[str, list[str]]:
        queries = ["sort=guests", "sort=-guests", "sort=rush", "field.guests=2", "field.rush=1", "field.cook=ann",
                   "field.cook=ann&sort=-rush"]  # fmt: skip
        for query in queries:
            page = diner.send("GET", f"/items?workspace=DINER&include=total&{query}")
            assert page["total"] == len(page["items"])
        return {query: diner.keys(query) for query in queries}

    def test_computed_values_follow_in_events_of_their_own(self, any_diner: Diner) -> None:
        """The change names the rules as its cause; a list by the field is right from then on."""
        any_diner.open(rules(First))
        key = any_diner.order(guests=3)
        any_diner.open(rules(Rushed, **RUSH))
        while any_diner.application.engine.upkeep.catch_up():
            pass

        assert any_diner.item(key)["fields"]["double"] == 6
        assert any_diner.keys("field.double=6") == [key]
        [event] = [
            each
            for each in any_diner.send("GET", f"/items/{key}/history")["events"]
            if each["kind"] == "edited"
        ]
        assert (event["actor"], event["caused_by"]) == ("system", "rules")
        assert any_diner.send("GET", "/audit/verify?workspace=DINER")["ok"]

    def test_lists_and_figures_say_that_a_computed_field_is_not_there_yet(self, diner: Diner) -> None:
        """Those that depend on it, until the worker has computed it for every item."""
        diner.open(rules(First))
        key = diner.order(guests=3)
        diner.open(rules(Rushed, measured=[PLATES, ORDERS], **RUSH))
        queries = ["sort=double", "field.double=6", "sort=guests", "field.guests=3"]

        before = [self._complete(diner, f"items?workspace=DINER&{query}") for query in queries]
        figures = diner.send("GET", "/workspaces/DINER/metrics")["metrics"]
        while diner.application.engine.upkeep.catch_up():
            pass

        assert before == [False, False, True, True]
        assert {each["id"]: each["complete"] for each in figures} == {
            "diner.plates": False,
            "diner.orders": True,
        }
        assert all(self._complete(diner, f"items?workspace=DINER&{query}") for query in queries)
        plates = diner.send("GET", "/workspaces/DINER/metrics/diner.plates")
        assert (plates["complete"], plates["value"]) == (True, 6)
        assert diner.keys("field.double=6") == [key]

    def _complete(self, diner: Diner, query: str) -> bool:
        return bool(diner.send("GET", f"/{query}")["complete"])

    def test_the_worker_goes_on_where_it_was_stopped_and_says_how_far_it_is(self, diner: Diner) -> None:
        """In `placet check` and in the metrics; another process needs to begin nothing again."""
        diner.open(rules(First))
        for n in range(5):
            diner.order(guests=n)
        diner.open(rules(First, indexed=["guests"]))
        self._caught_up(diner, batches=2, longest=0.0)
        half = self._behind(diner)
        diner.open(rules(First, indexed=["guests"]))
        exposed = diner.text("/metrics")
        self._caught_up(diner, batches=1, longest=3600.0)

        assert half == ["the indexed values of 2 of 5 items follow the rules in force"]
        assert 'placet_items_behind{part="index",type="diner.order",workspace="DINER"} 3.0' in exposed
        assert self._behind(diner) == []

    def test_a_batch_ends_when_its_time_is_over(self, any_diner: Diner) -> None:
        """Acts wait for it. With time enough it does all parts of all items, without time one item of one part."""
        any_diner.open(rules(First))
        for n in range(3):
            any_diner.order(guests=n)
        any_diner.open(rules(Rushed, **RUSH))

        self._caught_up(any_diner, batches=4, longest=0.0)
        before = self._behind(any_diner)
        self._caught_up(any_diner, batches=1, longest=3600.0)

        assert before == ["the computed values of 1 of 3 items follow the rules in force"]
        assert self._behind(any_diner) == []

    def test_items_are_counted_once_however_much_there_is_to_do(self, any_diner: Diner) -> None:
        """Once to see whether there is anything, and once while acts wait; there are dozens of types."""
        any_diner.open(rules(First))
        any_diner.order(guests=3)
        any_diner.open(rules(Rushed, **RUSH))

        with sent(any_diner.application.store) as statements:
            self._caught_up(any_diner, batches=1, longest=0.0)

        assert len([each for each in statements if "count(" in each]) == 2

    def _caught_up(self, diner: Diner, *, batches: int, longest: float) -> None:
        upkeep = diner.application.engine.upkeep
        upkeep.longest = longest
        for _ in range(batches):
            assert upkeep.catch_up()

    def _behind(self, diner: Diner) -> list[str]:
        found = diner.application.engine.reports.lint(SYSTEM_ACTOR, "DINER")
        return [each.message for each in found if each.code == "values-behind"]

    def test_a_check_searches_rightly_before_the_worker_has_come(self, diner: Diner) -> None:
        """A gate does not pass because the index does not know an item yet."""

        @check("diner.cook_is_free")
        def cook_is_free(ctx: CheckContext) -> Verdict:
            others = [each.key for each in ctx.items("diner.order", wish="soup") if each.key != ctx.item.key]
            return (
                blocked("soup is cooked for {keys}", remedy="wait", params={"keys": others})
                if others
                else passed()
            )

        gates = [Gate("diner.free", "Cook free", cook_is_free)]
        diner.open(rules(First))
        busy, key = diner.order(wish="soup"), diner.order()
        diner.open(rules(First, gates=gates, indexed=["wish"]))

        [blocker] = diner.move(key, "serve", expect=409)["blockers"]

        assert busy in blocker["message"]

    @pytest.mark.parametrize("way", ["searched by", "read"])
    def test_a_check_goes_by_no_computed_value_of_former_rules(self, diner: Diner, way: str) -> None:
        """A value that nobody has computed again yet would let a gate pass, or hold it up."""

        @check("diner.kitchen_is_free")
        def kitchen_is_free(ctx: CheckContext) -> Verdict:
            """Nothing for six guests or more is being cooked; of the guests, the rules count each twice since today."""
            found = ctx.items("diner.order", states=["new"], double__ge=6) if way == "searched by" else [
                each for each in ctx.items("diner.order", states=["new"]) if (each.fields.double or 0) >= 6
            ]  # fmt: skip
            others = [each.key for each in found if each.key != ctx.item.key]
            return blocked("{keys} is cooked", remedy="wait", params={"keys": others}) if others else passed()

        def counted_once(ctx: CheckContext) -> int:
            return ctx.item.fields.guests or 0

        gates = [Gate("diner.free", "Kitchen free", kitchen_is_free)]
        diner.open(
            rules(Rushed, gates=gates, indexed=["double"], computed=[Computed("double", counted_once)])
        )
        busy, key = diner.order(guests=3), diner.order()
        before = diner.offered(key)["serve"]["allowed"]
        diner.open(rules(Rushed, gates=gates, indexed=["double"], computed=[Computed("double", doubled)]))

        [blocker] = diner.move(key, "serve", expect=409)["blockers"]
        while diner.application.engine.upkeep.catch_up():
            pass

        assert before
        assert diner.item(busy)["fields"]["double"] == 6
        assert busy in blocker["message"]
        assert [each["message"] for each in diner.move(key, "serve", expect=409)["blockers"]] == [
            blocker["message"]
        ]

    def test_a_check_is_unknown_while_another_item_cannot_be_computed(self, diner: Diner) -> None:
        """The unknown decides nothing: neither the value of former rules, nor none."""

        def failing(ctx: CheckContext) -> int:
            return 6 // (ctx.item.fields.guests or 0)

        @check("diner.kitchen_is_free")
        def kitchen_is_free(ctx: CheckContext) -> Verdict:
            return passed(busy=len(ctx.items("diner.order", states=["served"], double__ge=6)))

        gates = [Gate("diner.free", "Kitchen free", kitchen_is_free)]
        diner.open(rules(Rushed, indexed=["double"], computed=[Computed("double", doubled)], gates=gates))
        done, key = diner.order(guests=0), diner.order(guests=3)
        diner.move(done, "serve")
        diner.open(rules(Rushed, indexed=["double"], computed=[Computed("double", failing)], gates=gates))

        [blocker] = diner.move(key, "serve", expect=409)["blockers"]

        assert (blocker["verdict"], blocker["check"]) == ("unknown", "diner.kitchen_is_free")

    def test_rules_that_were_changed_and_changed_back_miss_nothing(self, diner: Diner) -> None:
        """An item that was written in between is found by a field that was not indexed then."""
        diner.open(rules(First), taxed(), methods=["diner", "city"])
        key = diner.order(levy=3)
        diner.send("PATCH", "/workspaces/DINER", {"methods": ["diner"], "force": True})
        late = diner.order()
        diner.send("PATCH", "/workspaces/DINER", {"methods": ["diner", "city"]})

        assert diner.keys("sort=levy") == [late, key]
        while diner.application.engine.upkeep.catch_up():
            pass
        assert diner.keys("sort=levy") == [late, key]


class TestListsOfSeveralTypes:
    def test_sorted_by_a_field_of_one_end_with_the_items_of_the_others(self, any_diner: Diner) -> None:
        """In both directions, page by page, before and after the worker."""
        note = ItemType(
            "diner.note", "Note", fields=Fields,
            workflow=Workflow("diner.note", [State("new", "New", "todo"), State("old", "Old", "done")],
                              [Transition("age", "new", "old", [COOK])]),
        )  # fmt: skip
        any_diner.open(rules(First, note, indexed=["guests"]))
        notes = [any_diner.order(type="diner.note") for _ in range(2)]
        orders = [any_diner.order(guests=n) for n in (3, 1, 2)]
        notes.append(any_diner.order(type="diner.note"))
        up, down = [orders[1], orders[2], orders[0]], [orders[0], orders[2], orders[1]]

        assert any_diner.keys("sort=guests") == up + notes
        assert any_diner.keys("sort=-guests") == down + notes[::-1]
        any_diner.open(rules(First, note, indexed=["guests", "wish"]))
        assert any_diner.keys("sort=guests") == up + notes
        assert any_diner.keys("sort=-guests") == down + notes[::-1]


class TestChangesOfRulesAreCountedBeforehand:
    def test_switching_a_method_off_says_which_values_nobody_would_know(self, diner: Diner) -> None:
        """The refusal has figures; `placet check` has the same afterwards."""
        diner.open(rules(First), taxed(), methods=["diner", "city"])
        diner.order(levy=3)
        diner.order(levy=4)
        diner.order()

        [blocker] = diner.send("PATCH", "/workspaces/DINER", {"methods": ["diner"]}, expect=409)["blockers"]
        diner.send("PATCH", "/workspaces/DINER", {"methods": ["diner"], "force": True})
        found = diner.application.engine.reports.lint(SYSTEM_ACTOR, "DINER")

        count = "2 items of type diner.order have a value in levy, which no rule knows"
        assert blocker["message"] == f"{count} under these rules"
        assert [each.message for each in found if each.code == "former-field"] == [count]

    def test_a_check_counts_missing_and_unfit_values(self, diner: Diner) -> None:
        """Each with the number of items."""

        class Strict(Narrowed):
            price: int

        diner.open(rules(First))
        for table in ("7", "by the window"):
            diner.order(table=table, wish="salt")
        diner.open(rules(Strict))

        found = diner.application.engine.reports.lint(SYSTEM_ACTOR, "DINER")

        assert [(each.severity, each.message) for each in found if each.where.startswith("diner.order.")] == [
            ("warning", "2 items of type diner.order have no value in price, which is required"),
            ("warning", "1 item of type diner.order has a value in table that does not fit"),
            ("note", "2 items of type diner.order have a value in wish, which no rule knows"),
        ]
