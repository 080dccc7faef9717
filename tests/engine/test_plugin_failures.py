"""A plugin that fails: the culprit is named, nothing is half-written, and all else goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from shop import (
    CUSTOMER,
    DESCRIBED,
    FIXER,
    PART,
    REPAIR,
    OpenShop,
    PartFields,
    Shop,
    plugin,
    replace_approval,
    replace_transition,
    with_repair,
)

from placet import (
    OPEN,
    SAME,
    Approval,
    Check,
    CheckContext,
    Computed,
    Effect,
    EffectContext,
    Gate,
    ItemType,
    Method,
    Transition,
    Verdict,
    Workflow,
    blocked,
    passed,
)
from placet.definitions.verdicts import Outcome
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.records import Message
from placet.errors import BlockedError, ConflictError, InvalidError


def _guard(**hooks: Callable[..., Any]) -> Any:
    return plugin(Method("guard", "Guard"), name="guard", **hooks)


def _failing(*_: object, **__: object) -> Any:
    raise RuntimeError("out of order")


class TestAtLoad:
    def test_one_that_cannot_be_imported_blocks_by_name_where_it_is_switched_on(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Its items stay readable, and its gates fail closed."""
        first = open_shop(sqlite_url, _guard(), methods=["shop", "guard"])
        item = first.wish(fault="dark", hours=1)
        shop = open_shop.again(sqlite_url, broken={"guard": "ImportError: no module named lock"})
        shop.people = first.people

        refusal = shop.refusal(item, "start", "ben")

        assert [(b.check, b.source, b.verdict) for b in refusal.blockers] == [
            ("guard.loaded", "guard", Outcome.UNKNOWN)
        ]
        assert "no module named lock" in refusal.blockers[0].message
        assert shop.item(item).state == "wished"

    def test_items_of_a_method_that_is_gone_stay_readable(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """They can be read, commented on and given evidence; nothing that needs their rules works."""
        first = open_shop(sqlite_url)
        item = first.offered()
        shop = open_shop.again(sqlite_url, method=None)
        shop.people = first.people

        assert shop.engine.explain(shop["ben"], item.key).outlooks == ()
        assert shop.engine.approvals_of(item)[0].title == "shop.agreement"
        shop.engine.comment(shop["ben"], item.key, "what now?")
        shop.attach(item, "photo")
        assert shop.kinds(item)[-2:] == ["comment", "evidence"]
        for change in (
            lambda: shop.engine.edit(shop["ben"], item.key, fields={"hours": 2}),
            lambda: shop.engine.transition(shop["ben"], item.key, "test"),
        ):
            with pytest.raises(BlockedError, match=r"the rules of shop\.repair are not there"):
                change()
        assert [f.code for f in shop.engine.lint(SYSTEM_ACTOR)].count("stranded") == 1
        assert shop.engine.verify(SYSTEM_ACTOR).ok

    def test_one_whose_extension_fails_is_named_and_takes_only_its_method_set_down(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """The method set cannot be switched on; the others are not touched."""
        shop = open_shop(sqlite_url, _guard(placet_extend=_failing))

        with pytest.raises(InvalidError, match=r"guard.*out of order"):
            shop.engine.change_workspace(shop["ida"], "SHOP", methods=["shop", "guard"])

        assert shop.on_bench().state == "bench"


class TestInATransition:
    def test_a_hook_that_raises_blocks_by_name(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An opinion that could not be had is no consent."""
        shop = open_shop(sqlite_url, _guard(placet_check=_failing), methods=["shop", "guard"])
        item = shop.wish(fault="dark", hours=1)

        refusal = shop.refusal(item, "start", "ben")

        assert [(b.gate, b.check, b.source, b.verdict, b.message) for b in refusal.blockers] == [
            (
                "guard.placet_check",
                "guard.placet_check",
                "guard",
                Outcome.UNKNOWN,
                "check failed to run: RuntimeError: out of order",
            )
        ]
        assert shop.kinds(item) == ["created", "refused"]

    def test_a_hook_may_have_no_opinion_or_a_verdict(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Dynamic rules speak with the method's own settings, and are reported like any check."""
        shop = open_shop(
            sqlite_url,
            _guard(
                placet_check=lambda ctx: (
                    None
                    if ctx.transition == "start"
                    else blocked("closed on Mondays", remedy="wait", who=["mia"])
                )
            ),
            methods=["shop", "guard"],
        )
        item = shop.on_bench()

        refusal = shop.refusal(item, "test", "ben")

        assert [(b.source, b.message, b.who) for b in refusal.blockers] == [
            ("guard", "closed on Mondays", ("mia",))
        ]

    @pytest.mark.parametrize("answer", [None, True, "yes"])
    def test_a_check_that_gives_no_verdict_blocks(
        self, open_shop: OpenShop, sqlite_url: str, answer: object
    ) -> None:
        """A truthy answer is no verdict: a gate fails closed."""
        odd = Gate("shop.odd", "Odd", Check("shop.odd_check", lambda ctx: answer))  # type: ignore[arg-type, return-value]
        shop = open_shop(
            sqlite_url, method=replace_transition(Transition("start", "wished", "bench", [FIXER], [odd]))
        )

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert f"it answered {type(answer).__name__} instead of a verdict" in refusal.blockers[0].message

    def test_a_check_that_raises_blocks_beside_the_others(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """All others are asked nevertheless."""
        broken = Gate("shop.odd", "Odd", Check("shop.odd_check", _failing))
        shop = open_shop(
            sqlite_url,
            method=replace_transition(Transition("start", "wished", "bench", [FIXER], [broken, DESCRIBED])),
        )

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert [b.check for b in refusal.blockers] == ["shop.odd_check", "shop.fault_named"]

    def test_a_check_that_searches_what_is_not_indexed_is_told(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A search that would read every item is refused by name."""

        def search(ctx: CheckContext) -> Verdict:
            return passed(found=len(ctx.items("shop.repair", notes="x")))

        gate = Gate("shop.odd", "Odd", Check("shop.odd_check", search))
        shop = open_shop(
            sqlite_url, method=replace_transition(Transition("start", "wished", "bench", [FIXER], [gate]))
        )

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert "searches shop.repair by notes, which is not indexed" in refusal.blockers[0].message


class TestEffects:
    def _shop(
        self, open_shop: OpenShop, url: str, *effects: Callable[[EffectContext], None], **more: Any
    ) -> Shop:
        made = [Effect(f"shop.effect_{n}", run) for n, run in enumerate(effects)]
        start = Transition("start", "wished", "bench", [FIXER], [], made)
        return open_shop(url, *more.pop("plugins", ()), method=replace_transition(start), **more)

    def test_that_raise_take_everything_back_and_are_named(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """What earlier effects made in the same move is not there either."""
        shop = self._shop(
            open_shop, database_url, lambda ctx: _ignored(ctx.create("shop.part", "P", maker="A")), _failing
        )
        item = shop.wish()

        refusal = shop.refusal(item, "start", "ben")

        assert [(b.gate, b.check, b.source, b.message) for b in refusal.blockers] == [
            ("effect", "shop.effect_1", "shop", "effect shop.effect_1 failed: RuntimeError: out of order")
        ]
        assert shop.item(item).state == "wished"
        assert shop.kinds(item) == ["created", "refused"]
        assert [
            i.key for i in shop.engine.items(SYSTEM_ACTOR, shop.engine.item_query(SYSTEM_ACTOR)).rows
        ] == [item.key]

    @pytest.mark.parametrize(
        "mistake",
        [
            lambda ctx: ctx.set(hours="many"),
            lambda ctx: ctx.set(nothing_such=1),
            lambda ctx: ctx.set_on("SHOP-99", hours=1),
            lambda ctx: ctx.create("shop.nothing", "x"),
            lambda ctx: ctx.ask("shop.nothing"),
            lambda ctx: ctx.link("shop.nothing", ctx.item.key),
        ],
        ids=["value", "field", "item", "type", "approval", "link"],
    )
    def test_that_do_what_cannot_be_are_named_too(
        self, open_shop: OpenShop, sqlite_url: str, mistake: Callable[[EffectContext], None]
    ) -> None:
        """It is the plugin's mistake and not that of the person who moved the item."""
        shop = self._shop(open_shop, sqlite_url, mistake)

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert [(b.gate, b.check) for b in refusal.blockers] == [("effect", "shop.effect_0")]

    def test_of_a_hook_are_named_by_their_method(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A plugin that listens to every transition can stop them, and is named."""
        shop = open_shop(sqlite_url, _guard(placet_effect=_failing), methods=["shop", "guard"])

        refusal = shop.refusal(shop.wish(fault="dark", hours=1), "start", "ben")

        assert [(b.check, b.source) for b in refusal.blockers] == [("guard.placet_effect", "guard")]

    def test_of_a_hook_see_the_event_and_may_act(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """What a hook's effect changes is recorded with the move."""
        seen: list[dict[str, Any]] = []

        def note(ctx: EffectContext, event: dict[str, Any]) -> None:
            seen.append(event)
            ctx.set(notes=f"{event['from_state']} to {event['to_state']}")

        shop = open_shop(sqlite_url, _guard(placet_effect=note), methods=["shop", "guard"])

        moved = shop.move(shop.wish(fault="dark"), "start", "ben", fields={"hours": 1})

        assert moved.fields["notes"] == "wished to bench"
        assert (seen[0]["transition"], seen[0]["actor"], seen[0]["changes"]) == (
            "start",
            "ben",
            {"hours": [None, 1]},
        )
        assert shop.engine.history(SYSTEM_ACTOR, moved.key).rows[-1].data["changes"]["notes"] == [
            None,
            "wished to bench",
        ]

    def test_that_catch_a_refusal_leave_nothing_of_it(self, open_shop: OpenShop, database_url: str) -> None:
        """A move that an effect tried in vain has not half happened."""

        def try_it(ctx: EffectContext) -> None:
            for part in ctx.children("shop.part"):
                try:
                    ctx.fire(part.key, "break", comment="trying")
                except BlockedError:
                    ctx.set(notes=f"{part.key} holds: it is {ctx.children('shop.part')[0].state}")

        def make_and_fail(ctx: EffectContext) -> None:
            ctx.create("shop.part", "never there", maker="A")
            raise RuntimeError("out of order")

        broken = Effect("shop.break", make_and_fail)
        moves = [*PART.transitions, Transition("break", "ordered", "used", ["system"], [], [broken])]
        part_type = ItemType(
            "shop.part", "Part", fields=PartFields, workflow=Workflow(PART.id, PART.states, moves)
        )
        start = Transition("start", "wished", "bench", [FIXER], [], [Effect("shop.try", try_it)])
        method = replace_transition(start)
        table = {name: getattr(method, name) for name in Method.__dataclass_fields__}
        shop = open_shop(
            database_url, method=Method(**table | {"item_types": [method.item_types[0], part_type]})
        )
        item = shop.wish()
        part = shop.engine.create(
            shop["ben"], workspace="SHOP", type="shop.part", title="P", fields={"maker": "A"}, parent=item.key
        )

        moved = shop.move(item, "start", "ben")

        assert moved.fields["notes"] == f"{part.key} holds: it is ordered"
        assert shop.item(part) == part
        assert len(shop.engine.items(SYSTEM_ACTOR, shop.engine.item_query(SYSTEM_ACTOR)).rows) == 2
        assert shop.engine.verify(SYSTEM_ACTOR).ok

    def test_that_move_in_a_circle_are_stopped(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Items that move each other for ever are a mistake of their method."""

        def on_and_on(ctx: EffectContext) -> None:
            ctx.fire(ctx.item.key, "spin", comment="again")

        spin = Transition("spin", OPEN, SAME, [FIXER, "system"], [], [Effect("shop.spin", on_and_on)])
        shop = open_shop(sqlite_url, method=replace_transition(REPAIR.transitions[0], spin))

        with pytest.raises(
            ConflictError, match="effects move items in a circle: spin on SHOP-1 is the 9th in a row"
        ):
            shop.engine.transition(shop["ben"], shop.wish().key, "spin")

    def test_may_void_and_ask(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An effect can take back an approval, and ask for another."""

        def again(ctx: EffectContext) -> None:
            ctx.void("shop.agreement", "the wind has changed")
            ctx.ask("shop.signature")

        ask = Transition(
            "ask", OPEN, SAME, [FIXER], [], [Effect("shop.again", again)], asks=["shop.agreement"]
        )
        shop = open_shop(sqlite_url, method=replace_transition(REPAIR.transitions[0], ask))
        item = shop.move(shop.wish(), "ask", "ben")

        moved = shop.move(item, "ask", "ben")

        assert [(r.approval, r.round, r.reason) for r in moved.approvals] == [
            ("shop.signature", 1, Message("approval.asked_again")),
            ("shop.agreement", 1, Message("said", {"sentence": "the wind has changed"})),
            ("shop.signature", 2, None),
            ("shop.agreement", 2, None),
        ]
        event = shop.engine.history(shop["ann"], item.key).rows[-1]
        assert event.data["voided"] == {
            "shop.agreement": "the wind has changed", "shop.signature": "asked again",
        }  # fmt: skip
        assert "the wind" not in event.body


class TestElsewhere:
    def test_a_computed_field_that_fails_stops_the_write_and_is_named(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """An item is never stored with a figure that could not be computed."""
        for compute in (_failing, lambda ctx: "much"):
            shop = open_shop.again(sqlite_url, method=with_repair(computed=[Computed("total", compute)]))
            if not shop.engine.workspaces(SYSTEM_ACTOR):
                shop.engine.create_workspace(SYSTEM_ACTOR, key="SHOP", name="S", methods=["shop"])

            with pytest.raises(BlockedError) as caught:
                shop.engine.create(SYSTEM_ACTOR, workspace="SHOP", type="shop.repair", title="x")

            assert caught.value.blockers[0].check == "shop.repair.total"
            assert shop.engine.items(SYSTEM_ACTOR, shop.engine.item_query(SYSTEM_ACTOR)).rows == []

    def test_a_panel_that_cannot_be_told_stops_the_asking(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Nothing is asked of nobody."""
        shop = open_shop(
            sqlite_url,
            method=replace_approval(Approval("shop.agreement", "A", _failing, asked=[CUSTOMER, FIXER])),
        )

        refusal = shop.refusal(shop.on_bench(), "offer", "ben")

        assert [(b.gate, b.check) for b in refusal.blockers] == [("approval", "shop.agreement")]


def _ignored(_: str) -> None:
    """An effect answers nothing."""
