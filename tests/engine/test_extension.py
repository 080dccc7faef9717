"""The rules that an organization adds to another method's item type decide as the type's own do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from shop import OpenShop, Shop, plugin

from placet import (
    Approval,
    Ballot,
    BlockedError,
    CheckContext,
    Computed,
    Duty,
    EffectContext,
    Line,
    Method,
    NotificationRule,
    Panel,
    Quorum,
    Role,
    Settings,
    Threshold,
    Timer,
    effect,
    elapsed,
)
from placet.catalog.extension import Extension
from placet.engine.engine import SYSTEM_ACTOR

REPAIR = "shop.repair"
GUARD = Role("city.guard", "Fire guard")
Extended = Callable[..., Shop]


class CitySettings(Settings):
    #: The city's share of each hour (EUR).
    levy: int = 3


@pytest.fixture
def extended(open_shop: OpenShop, sqlite_url: str) -> Extended:
    """The shop as the method `city` extends it, with a guard called Gil."""

    def made(extend: Callable[[Extension], None]) -> Shop:
        def placet_extend(catalog: Extension) -> None:
            extend(catalog)

        method = Method("city", "City", roles=[GUARD], settings=CitySettings, extends=["shop"])
        city = plugin(method, placet_extend=placet_extend)
        shop = open_shop(sqlite_url, city, methods=("shop", "city"))
        shop.person("gil", GUARD)
        return shop

    return made


def reviewed(city: Extension) -> None:
    """The guard has to consent before a repair is tested."""
    review = Approval(
        "city.review", "Fire review", Panel(Ballot([GUARD], Quorum.any())), material_fields=["fault"]
    )
    city.add_approval(REPAIR, review, asked_by=["start"], needed_by=["test"])


def checks(refusal: BlockedError) -> list[tuple[str, str, str]]:
    return [(blocker.gate, blocker.check, blocker.source) for blocker in refusal.blockers]


class TestAnApproval:
    def test_stops_a_transition_until_it_is_given(self, extended: Extended) -> None:
        """The refusal names the organization's method, and the vote opens the way."""
        shop = extended(reviewed)
        item = shop.on_bench()

        refusal = shop.refusal(item, "test", "ben")
        shop.vote(item, "gil", approval="city.review")

        assert checks(refusal) == [("city.review", "city.review_granted", "city")]
        assert shop.move(item, "test", "ben").state == "testing"

    def test_goes_stale_with_what_it_was_given_for(self, extended: Extended) -> None:
        shop = extended(reviewed)
        item = shop.on_bench()
        shop.vote(item, "gil", approval="city.review")

        shop.engine.items.edit(shop["ann"], item.key, fields={"fault": "smokes"})

        assert checks(shop.refusal(item, "test", "ben")) == [("city.review", "city.review_granted", "city")]

    def test_is_not_asked_for_where_the_method_is_off(self, extended: Extended) -> None:
        """An earlier demand does not stop anybody afterwards."""
        shop = extended(reviewed)
        before = shop.on_bench()
        shop.engine.workspaces.change(shop["ida"], "SHOP", methods=("shop",))

        after = shop.on_bench()

        assert shop.item(after).approvals == ()
        assert [shop.move(item, "test", "ben").state for item in (before, after)] == ["testing", "testing"]


class TestADuty:
    def test_excludes_who_did_the_other_act(self, extended: Extended) -> None:
        """Who started a repair does not test it; somebody else may."""
        apart = Duty("city.apart", "Who repairs does not test", ["transition:start"], ["transition:test"])
        shop = extended(lambda city: city.add_duty(REPAIR, apart))
        item = shop.on_bench()

        refusal = shop.refusal(item, "test", "ben")

        assert checks(refusal) == [("segregation", "city.apart", "city")]
        assert shop.move(item, "test", "bea").state == "testing"


class TestATimer:
    def test_fires_at_its_moment(self, extended: Extended) -> None:
        """Its effect runs with the settings of the method that added it, and the event names it."""

        @effect("city.note_levy")
        def note_levy(ctx: EffectContext) -> None:
            """The levy is noted."""
            ctx.set(notes=f"levy of {ctx.settings.levy}")

        timer = Timer(
            "city.overdue", "Overdue", ["start"], ["test"], elapsed(hours=4),
            [Threshold(percent=100, effects=[note_levy])],
        )  # fmt: skip
        shop = extended(lambda city: city.add_timer(REPAIR, timer))
        item = shop.on_bench()
        shop.clock.forward(hours=4)

        for due in shop.engine.timers.due(shop.clock.now()):
            shop.engine.timers.fire(due)

        assert shop.item(item).fields["notes"] == "levy of 3"
        edited = [
            each
            for each in shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows
            if each.kind == "edited"
        ]
        assert [each.data["caused_by"] for each in edited] == ["city.overdue"]


def levied(city: Extension) -> None:
    """Every repair has a levy, which can be searched by."""
    city.add_field(REPAIR, "levy", int, indexed=True)
    city.add_computed(REPAIR, Computed("levy", _levy))


def _levy(ctx: CheckContext) -> int:
    levy: int = ctx.settings.levy
    return levy * (ctx.item.fields.hours or 0)


class TestAComputedField:
    def test_follows_from_the_item_and_its_own_settings(self, extended: Extended) -> None:
        shop = extended(levied)

        item = shop.wish(hours=2)
        edited = shop.engine.items.edit(shop["ann"], item.key, fields={"hours": 5})

        assert (item.fields["levy"], edited.fields["levy"]) == (6, 15)

    def test_is_indexed_like_others(self, extended: Extended) -> None:
        """Lists are filtered and sorted by it."""
        shop = extended(levied)
        small, large = shop.wish(hours=2), shop.wish(hours=5)
        query = partial(shop.engine.reports.item_query, shop["ann"], workspace="SHOP", type=REPAIR)

        found = shop.engine.reports.items(shop["ann"], query(fields={"levy": "15"})).rows
        ordered = shop.engine.reports.items(shop["ann"], query(sort="-levy")).rows

        assert [item.key for item in found] == [large.key]
        assert [item.key for item in ordered] == [large.key, small.key]

    def test_that_fails_names_the_method_that_added_it(self, extended: Extended) -> None:
        """The maintainer to ask is the one of the plugin that computes it."""

        def extend(city: Extension) -> None:
            city.add_field(REPAIR, "levy", int)
            city.add_computed(REPAIR, Computed("levy", lambda ctx: ctx.item.fields.huors))

        shop = extended(extend)

        with pytest.raises(BlockedError) as refused:
            shop.wish()

        assert checks(refused.value) == [("computed", "city.levy", "city")]
        assert "huors" in refused.value.blockers[0].message


class TestAnEffect:
    def test_runs_in_the_same_transaction(self, extended: Extended) -> None:
        """Its changes are in the event of the transition; where it fails, nothing is written."""

        @effect("city.announce")
        def announce(ctx: EffectContext) -> None:
            """The repair is announced."""
            if ctx.item.fields.hours == 13:
                raise ValueError("the city is superstitious")
            ctx.set(notes=f"announced {ctx.item.title}")

        shop = extended(lambda city: city.add_effect(REPAIR, "start", announce))
        good, bad = shop.on_bench(), shop.wish(fault="dark", hours=13)

        refusal = shop.refusal(bad, "start", "ben")

        event = shop.engine.event_log.history(SYSTEM_ACTOR, good.key).rows[-1]
        assert event.data["changes"]["notes"] == [None, "announced A broken lamp"]
        assert checks(refusal) == [("effect", "city.announce", "city")]
        assert (shop.item(bad).state, shop.item(bad).fields.get("notes")) == ("wished", None)


class TestAnInput:
    def test_is_demanded_and_stands_in_the_schema(self, extended: Extended) -> None:
        """The form of the transition has it, and without it the transition is refused."""

        def extend(city: Extension) -> None:
            city.add_field(REPAIR, "hydrant", Line)
            city.add_input(REPAIR, "test", "hydrant")

        shop = extended(extend)
        item = shop.on_bench()

        preview = shop.engine.explain(shop["ben"], item.key).preview("test")
        refusal = shop.refusal(item, "test", "ben")

        assert preview is not None
        assert preview.fields_schema["properties"]["hydrant"]["source"] == "city"
        assert checks(refusal) == [("city.repair_test_input", "city.repair_hydrant_given", "city")]
        assert shop.move(item, "test", "ben", fields={"hydrant": "H4"}).fields["hydrant"] == "H4"


class TestANotification:
    def test_reaches_whom_it_names(self, extended: Extended) -> None:
        """The inbox says which rule, and so whose."""
        notification = NotificationRule(
            "city.started", "A repair begins", REPAIR, ["transition:start"], [GUARD], "it may burn"
        )
        shop = extended(lambda city: city.add_notification(notification))
        item = shop.on_bench()

        shop.engine.notifications.notify(shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows[-1])

        (line,) = shop.engine.inbox.page(shop["gil"]).page.rows
        assert [because.rule for because in line.because] == ["city.started"]


class TestAField:
    def test_outlives_the_method_that_is_switched_off(self, extended: Extended) -> None:
        """While it is off the field is neither seen nor lost, and everything else goes on."""
        shop = extended(lambda city: city.add_field(REPAIR, "hydrant", Line))
        item = shop.wish(fault="dark", hours=1, hydrant="H4")
        shop.engine.workspaces.change(shop["ida"], "SHOP", methods=("shop",), force=True)

        shop.engine.items.edit(shop["ann"], item.key, fields={"hours": 2})
        shop.move(item, "start", "ben")
        with pytest.raises(Exception, match='no field "hydrant"'):
            shop.engine.items.edit(shop["ann"], item.key, fields={"hydrant": "H5"})
        shop.engine.workspaces.change(shop["ida"], "SHOP", methods=("shop", "city"))

        assert shop.engine.items.edit(shop["ann"], item.key, fields={"price": 1}).fields["hydrant"] == "H4"
