"""Consequences: effects that follow from changed fields, in each way in which these change."""

from __future__ import annotations

from typing import Any

import pytest
from law import assert_law, history
from shop import OpenShop, Shop, plugin

from placet import (
    Category,
    Consequence,
    EffectContext,
    Extension,
    Fields,
    ItemType,
    Method,
    Role,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
    effect,
    elapsed,
)
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError

CREW = Role("pit.crew", "Crew")
DIGGING, RESTING, DONE = "digging", "resting", "done"


class PitFields(Fields):
    depth: int = 0
    #: Set by a consequence.
    whole: int | None = None
    sums: int = 0
    marked: bool = False


@effect("pit.sum_up")
def sum_up(ctx: EffectContext) -> None:
    """The depth of all pits of a site."""
    site = ctx.item.parent
    if site is not None:
        pits = ctx.items("pit.pit")
        ctx.set_on(site, whole=sum(pit.fields.depth for pit in pits if pit.state == DIGGING))


@effect("pit.count")
def count(ctx: EffectContext) -> None:
    """How often the sum has changed."""
    ctx.set(sums=ctx.item.fields.sums + 1)


@effect("pit.deepen")
def deepen(ctx: EffectContext) -> None:
    """A pit grows by itself."""
    ctx.set(depth=ctx.item.fields.depth + 1)


@effect("pit.fill")
def fill(ctx: EffectContext) -> None:
    """All pits are filled, and the site is marked."""
    for pit in ctx.items("pit.pit"):
        ctx.set_on(pit.key, depth=0)
    ctx.set_on(ctx.item.key, marked=True)


def _type(id: str, *transitions: Transition, **more: Any) -> ItemType:
    states = [State(DIGGING, "Digging", Category.ACTIVE), State(RESTING, "Resting", Category.WAITING),
              State(DONE, "Done", Category.DONE)]  # fmt: skip
    moves = [
        *transitions,
        Transition("rest", DIGGING, RESTING, [CREW]),
        Transition("end", RESTING, DONE, [CREW]),
    ]
    return ItemType(id, id, fields=PitFields, workflow=Workflow(id, states, moves), **more)


SITE = _type(
    "pit.site",
    Transition("fill", DIGGING, DIGGING, [CREW], effects=[fill]),
    consequences=[Consequence("pit.counted", ["whole"], [count])],
)
PIT = _type(
    "pit.pit",
    Transition("dig", DIGGING, DIGGING, [CREW], input=["depth"]),
    consequences=[Consequence("pit.summed", ["depth"], [sum_up], moves=True)],
    timers=[
        Timer("pit.rain", "Rain", ("create",), (), elapsed(hours=1), (Threshold(100, effects=(deepen,)),))
    ],
)
METHOD = Method("pit", "Pit", roles=[CREW], item_types=[SITE, PIT])


@pytest.fixture
def pits(open_shop: OpenShop, sqlite_url: str) -> Shop:
    shop = open_shop(sqlite_url, plugin(METHOD), methods=("shop", "pit"))
    shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", CREW.id, ["ann"])
    made(shop, "pit.site")
    return shop


def made(shop: Shop, type: str, parent: str | None = None, **fields: int) -> ItemRecord:
    return shop.engine.items.create(
        shop["ann"], workspace="SHOP", type=type, title="Here", parent=parent, fields=fields
    )


def edit(shop: Shop, key: str, **fields: int) -> None:
    shop.engine.items.edit(shop["ann"], key, fields=fields)


class TestConsequences:
    def test_follow_from_every_kind_of_write(self, pits: Shop) -> None:
        """The making of an item, an edit, a transition with fields, another state, and a timer."""
        wholes: list[int | None] = []

        def seen() -> None:
            wholes.append(pits.item("SHOP-1").fields["whole"])

        pit = made(pits, "pit.pit", "SHOP-1", depth=2)
        seen()
        edit(pits, pit.key, depth=5)
        seen()
        pits.engine.transition(pits["ann"], pit.key, "dig", fields={"depth": 7})
        seen()
        pits.clock.forward(hours=2)
        for due in pits.engine.timers.due(pits.clock.now()):
            pits.engine.timers.fire(due)
        seen()
        pits.engine.transition(pits["ann"], pit.key, "rest")
        seen()

        assert wholes == [2, 5, 7, 8, 0]

    def test_lead_on_to_those_of_the_item_that_they_change(self, pits: Shop) -> None:
        """The count is a consequence of the sum; what a consequence changes on its own item has none."""
        pit = made(pits, "pit.pit", "SHOP-1", depth=2)
        edit(pits, pit.key, depth=3)

        assert pits.item("SHOP-1").fields["sums"] == 2

    def test_on_the_item_of_the_act_are_recorded_once(self, pits: Shop) -> None:
        """By the event between, or else by that of the act: the history follows from itself."""
        made(pits, "pit.pit", "SHOP-1", depth=2)

        pits.engine.transition(pits["ann"], "SHOP-1", "fill")

        changes = [event.data.get("changes", {}) for event in history(pits.engine, "SHOP-1")]
        assert [each["whole"] for each in changes if "whole" in each] == [[None, 2], [2, 0]]
        assert [each["marked"] for each in changes if "marked" in each] == [[None, False], [False, True]]
        assert_law(pits.engine)

    def test_do_not_follow_from_a_write_that_changes_nothing(self, pits: Shop) -> None:
        pit = made(pits, "pit.pit", "SHOP-1", depth=2)
        before = pits.item("SHOP-1").version

        edit(pits, pit.key, depth=2)
        pits.engine.items.edit(pits["ann"], pit.key, title="There")

        assert pits.item("SHOP-1").version == before

    def test_are_on_record_as_caused_by_the_item(self, pits: Shop) -> None:
        pit = made(pits, "pit.pit", "SHOP-1", depth=2)

        [*_, summed, counted] = pits.engine.event_log.history(SYSTEM_ACTOR, "SHOP-1").rows

        assert (summed.actor, summed.data["changes"]["whole"], summed.data["caused_by"]) == (
            "system", [None, 2], pit.key,
        )  # fmt: skip
        assert counted.data["changes"] == {"sums": [0, 1]}

    def test_that_go_round_in_a_circle_are_refused(self, open_shop: OpenShop, sqlite_url: str) -> None:
        @effect("pit.answer")
        def answer(ctx: EffectContext) -> None:
            """Each makes the other grow."""
            for other in ctx.items("pit.site"):
                if other.key != ctx.item.key:
                    ctx.set_on(other.key, depth=other.fields.depth + 1)

        site = _type("pit.site", consequences=[Consequence("pit.answered", ["depth"], [answer])])
        shop = open_shop(sqlite_url, plugin(Method("pit", "Pit", roles=[CREW], item_types=[site])),
                         methods=("shop", "pit"))  # fmt: skip
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", CREW.id, ["ann"])
        made(shop, "pit.site")

        with pytest.raises(ConflictError, match="consequences follow from each other in a circle"):
            made(shop, "pit.site")

    def test_of_another_method_are_added(self, open_shop: OpenShop, sqlite_url: str) -> None:
        @effect("acme.mark")
        def mark(ctx: EffectContext) -> None:
            """It was seen by another method."""
            ctx.set(sums=7)

        def extend(catalog: Extension) -> None:
            catalog.add_consequence("pit.site", Consequence("acme.marked", ["depth"], [mark]))

        acme = plugin(Method("acme", "Acme", extends=["pit"]), placet_extend=extend)
        shop = open_shop(sqlite_url, plugin(METHOD), acme, methods=("shop", "pit", "acme"))
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", CREW.id, ["ann"])
        made(shop, "pit.site")

        edit(shop, "SHOP-1", depth=1)

        assert shop.item("SHOP-1").fields["sums"] == 7
