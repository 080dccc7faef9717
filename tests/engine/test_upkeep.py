"""Upkeep after a change of rules, where the code of a method cannot read an item any more."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from pydantic import field_validator
from shop import CUSTOMER, OpenShop, PartFields, RepairFields, Shop, changed, with_repair

from placet import Computed, Line, Method, Threshold, Timer, elapsed
from placet.engine.engine import SYSTEM_ACTOR
from placet.store.stats import STATS

WAIT = Timer(
    "shop.wait", "Wait", ("create",), ("hand_over",), target=elapsed(days=3),
    thresholds=[Threshold(100, notifies=[CUSTOMER.id])],
)  # fmt: skip


@dataclass
class Reader:
    """The code by which the new rules read the fault of a repair; it fails at some."""

    fails_at: set[str] = field(default_factory=set)
    calls: int = 0

    def read(self, fault: str | None) -> str | None:
        if fault in self.fails_at:
            self.calls += 1
            raise KeyError(fault)
        return fault


def new_rules(reader: Reader) -> Method:
    """Other fields are indexed and a timer notifies; the fields of a repair are read by the reader."""

    class Read(RepairFields):
        fault: Line | None = None

        @field_validator("fault")
        @classmethod
        def known(cls, fault: str | None) -> str | None:
            return reader.read(fault)

    method = with_repair(fields=Read, computed=[], indexed=["fault", "fixer"], timers=[WAIT])
    repair, part = method.item_types
    return changed(method, item_types=[repair, changed(part, fields=PartFields, indexed=["shelf"])])


def behind(shop: Shop) -> dict[str, int]:
    """By workspace, type and part: the items whose values do not follow the rules yet, as the metrics say."""
    stats = dict(
        zip((each.name for each in STATS), shop.application.store.stats(shop.clock.now()), strict=True)
    )
    return {" ".join(labels): int(left) for labels, left in stats["placet_items_behind"]}


def values_behind(shop: Shop) -> list[str]:
    """The messages of `placet check` about such values; it reads the items."""
    found = shop.engine.reports.lint(SYSTEM_ACTOR)
    return [each.message for each in found if each.code == "values-behind"]


def caught_up(shop: Shop) -> None:
    while shop.engine.upkeep.catch_up():
        pass


class TestAPartThatFails:
    """The index of repairs fails at the second of three; there are parts too, and a timer that has to be due."""

    @pytest.fixture
    def reader(self) -> Reader:
        return Reader({"humming"})

    @pytest.fixture
    def shop(self, open_shop: OpenShop, database_url: str, reader: Reader) -> Shop:
        """The shop under new rules, before the worker has come."""
        before = open_shop(database_url, method=with_repair(computed=[], timers=[_silent(WAIT)]))
        for fault in ("dark", "humming", "loose"):
            before.wish(fault=fault)
        for n in range(2):
            before.engine.items.create(
                before["ben"], workspace="SHOP", type="shop.part", title="A bulb", parent="SHOP-1",
                fields={"maker": "Acme", "shelf": n},
            )  # fmt: skip
        return open_shop.again(database_url, method=new_rules(reader))

    def test_holds_up_no_other_and_keeps_what_it_has_done(self, shop: Shop) -> None:
        """The items before the one at which it fails are done, and so are all other parts."""
        caught_up(shop)

        assert behind(shop) == {"SHOP shop.repair index": 2}
        later = shop.clock.now() + timedelta(days=4)
        assert [due.number for due in shop.engine.timers.due(later)] == [1, 2, 3]

    def test_is_named_with_its_method_and_the_item(
        self, shop: Shop, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Once, with what was raised."""
        caught_up(shop)

        [said] = [each for each in caplog.records if each.levelno >= logging.ERROR]
        assert said.getMessage() == (
            "the indexed values of shop.repair (method shop) cannot be brought up to date at SHOP-2, and are tried "
            "again in 10 s; those of other types go on"
        )
        assert said.exc_info is not None
        assert isinstance(said.exc_info[1], KeyError)

    def test_is_tried_again_after_a_pause_that_doubles(self, shop: Shop, reader: Reader) -> None:
        """Not at every look of the worker."""
        caught_up(shop)
        tried = []
        for seconds in (9, 1, 19, 1, 39, 1):
            before = reader.calls
            shop.clock.forward(seconds=seconds)
            caught_up(shop)
            tried.append(reader.calls > before)

        assert tried == [False, True] * 3

    def test_is_done_once_its_cause_is_gone(self, shop: Shop, reader: Reader) -> None:
        """At its next attempt, with all items that are left."""
        caught_up(shop)
        reader.fails_at.clear()

        shop.clock.forward(seconds=10)
        caught_up(shop)

        assert values_behind(shop) == []
        assert shop.engine.reports.verify(SYSTEM_ACTOR).ok

    def test_is_done_by_another_process_whose_code_is_mended(
        self, shop: Shop, open_shop: OpenShop, database_url: str
    ) -> None:
        """A process with mended code begins where the failure was."""
        caught_up(shop)

        repaired = open_shop.again(database_url, method=new_rules(Reader()))
        caught_up(repaired)

        assert values_behind(repaired) == []

    def test_of_one_workspace_holds_up_no_other(
        self, shop: Shop, open_shop: OpenShop, database_url: str
    ) -> None:
        """They are looked at in turn."""
        shop.engine.workspaces.create(SYSTEM_ACTOR, key="ZOO", name="The zoo", methods=["shop"])
        shop.engine.items.create(SYSTEM_ACTOR, workspace="ZOO", type="shop.repair", title="A cage")
        shop.engine.workspaces.create(SYSTEM_ACTOR, key="ARK", name="The ark", methods=["shop"])
        shop.engine.items.create(SYSTEM_ACTOR, workspace="ARK", type="shop.repair", title="A leak")
        again = open_shop.again(database_url, method=new_rules(Reader({"humming"})))

        caught_up(again)

        assert behind(again) == {"SHOP shop.repair index": 2}


class TestAComputedValueOfAFormerType:
    def test_is_stored_as_the_new_one_has_it(self, open_shop: OpenShop, database_url: str) -> None:
        """Searches compare the values that are stored: "5" is not found among numbers, although it reads as one."""
        shop = open_shop(database_url, method=with_repair(**_graded(str)))
        item = shop.wish(hours=5)
        assert item.fields["grade"] == "5"

        again = open_shop.again(database_url, method=with_repair(**_graded(int)))
        caught_up(again)
        [event] = again.engine.event_log.history(SYSTEM_ACTOR, item.key, after=item.seq).rows

        assert again.item(item.key).fields["grade"] == 5
        assert event.data["changes"] == {"grade": ["5", 5]}


def _graded(form: type[str | int]) -> dict[str, Any]:
    """Parts of a repair that has a computed and indexed grade of a type: its hours."""

    class Graded(RepairFields):
        grade: form | None = None  # type: ignore[valid-type]

    return {
        "fields": Graded,
        "computed": [Computed("grade", lambda ctx: form(ctx.item.fields.hours))],
        "indexed": ["grade"],
        "timers": [],
    }


def _silent(timer: Timer) -> Timer:
    """The timer, which notifies nobody."""
    return Timer(timer.id, timer.title, timer.starts, timer.stops, target=timer.target)
