"""Previews of an item's transitions: each check is asked no more often than its answer may differ."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from shop import FIXER, OpenShop, Shop, plugin, replace_transition

from placet import Check, CheckContext, Gate, Method, Transition, Verdict, blocked, passed
from placet import Settings as MethodSettings
from placet.engine.act.records import ItemRecord
from placet.engine.rules.previews import TransitionPreview


def two_ways(check: Check) -> Method:
    """The repair shop, where a repair is begun in two ways, and both ask the same check."""
    gate = Gate("shop.both", "Both", check)
    return replace_transition(
        Transition("start", "wished", "bench", [FIXER], [gate]),
        Transition("begin", "wished", "bench", [FIXER], [gate]),
    )


def previews(shop: Shop, item: ItemRecord) -> dict[str, TransitionPreview]:
    """The blockers that somebody who repairs would meet, by transition."""
    return {each.name: each for each in shop.engine.explain(shop["ben"], item.key).previews}


class TestTheTitlesOfChecks:
    """Only an explanation shows them; the answer of a move has blockers, which speak for themselves."""

    CHECK = Check(
        "shop.same", lambda _: passed(), title="it is in wished", wording="it is in {state:state}",
        params={"state": "wished"},
    )  # fmt: skip

    def test_are_in_the_words_of_people_in_an_explanation(self, open_shop: OpenShop, sqlite_url: str) -> None:
        shop = open_shop(sqlite_url, method=two_ways(self.CHECK))

        found = previews(shop, shop.wish())

        assert [each.title for each in found["start"].checks] == ["It is in 'Wished for'"]

    def test_are_not_formed_for_the_answer_of_a_move(self, open_shop: OpenShop, sqlite_url: str) -> None:
        way = Gate("shop.both", "Both", self.CHECK)
        shop = open_shop(
            sqlite_url,
            method=replace_transition(
                Transition("start", "wished", "bench", [FIXER]),
                Transition("try_out", "bench", "testing", [FIXER], [way]),
            ),
        )

        moved = shop.engine.transition(shop["ben"], shop.wish().key, "start")

        found = {preview.name: preview for preview in moved.previews or ()}
        assert [each.title for each in found["try_out"].checks] == ["it is in wished"]


class TestACheckOfSeveralTransitions:
    def test_is_asked_once_for_all_of_them(self, open_shop: OpenShop, sqlite_url: str) -> None:
        asked: list[str] = []

        def ask(ctx: CheckContext) -> Verdict:
            asked.append(ctx.item.key)
            return blocked("no", remedy="wait")

        shop = open_shop(sqlite_url, method=two_ways(Check("shop.same", ask)))
        item = shop.wish()

        found = previews(shop, item)

        assert asked == [item.key]
        assert [[b.check for b in found[name].blockers] for name in ("start", "begin")] == [["shop.same"]] * 2

    def test_is_asked_for_each_where_it_looks_which_one_it_is(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        def ask(ctx: CheckContext) -> Verdict:
            return blocked(f"no {ctx.transition}", remedy="wait")

        shop = open_shop(sqlite_url, method=two_ways(Check("shop.which", ask)))

        found = previews(shop, shop.wish())

        assert [found[name].blockers[0].message for name in ("start", "begin")] == ["no start", "no begin"]

    def test_asks_for_input_only_where_the_transition_does_not_take_it(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """The form of the one requires it; the other is blocked, in the words that people read."""

        def ask(ctx: CheckContext) -> Verdict:
            return blocked(
                "{actor:person} has none", remedy="pay it", params={"actor": ctx.actor}, inputs=["deposit"]
            )

        gate = Gate("shop.both", "Both", Check("shop.paid", ask))
        method = replace_transition(
            Transition("start", "wished", "bench", [FIXER], [gate], input=["deposit"]),
            Transition("begin", "wished", "bench", [FIXER], [gate]),
        )
        shop = open_shop(sqlite_url, method=method)

        found = previews(shop, shop.wish())

        assert (found["start"].allowed, found["start"].fields_schema["required"]) == (True, ["deposit"])
        assert [blocker.message for blocker in found["begin"].blockers] == [f"{shop['ben'].name} has none"]

    def test_answers_by_the_settings_of_its_own_method(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Two methods may use one function."""

        class GuildSettings(MethodSettings):
            largest_estimate: int = 1

        def ask(ctx: CheckContext) -> Verdict:
            return passed(largest=ctx.settings.largest_estimate)

        guild = plugin(
            Method("guild", "Guild", extends=["shop"], settings=GuildSettings),
            placet_extend=lambda catalog: catalog.add_gate(
                "shop.repair", "begin", Gate("guild.size", "Size", Check("guild.size", ask))
            ),
        )
        shop = open_shop(
            sqlite_url, guild, methods=("shop", "guild"), method=two_ways(Check("shop.size", ask))
        )

        found = previews(shop, shop.wish())

        read = {each.check: each.read["largest"] for each in found["begin"].checks}
        assert read["guild.size"] == 1
        assert read["shop.size"] != 1


class TestADynamicCheck:
    def test_is_asked_once_for_all_transitions_too(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Only where it looks which transition it is, as `acme` does here, is it asked for each."""
        asked: list[str] = []

        def rules(method: str, ask: Callable[[CheckContext], Verdict]) -> ModuleType:
            def opinion(ctx: CheckContext) -> Verdict:
                asked.append(method)
                return ask(ctx)

            return plugin(Method(method, method.title(), extends=["shop"]), placet_check=opinion)

        guild = rules("guild", lambda ctx: blocked(f"{ctx.item.state} is not enough", remedy="wait"))
        acme = rules("acme", lambda ctx: blocked(f"no {ctx.transition}", remedy="wait"))
        nothing = Check("shop.none", lambda ctx: passed(key=ctx.item.key))
        methods = ("shop", "guild", "acme")
        shop = open_shop(sqlite_url, guild, acme, methods=methods, method=two_ways(nothing))
        item = shop.wish()

        found = previews(shop, item)

        said = {name: [blocker.message for blocker in each.blockers] for name, each in found.items()}
        assert sorted(asked) == ["acme"] * len(found) + ["guild"]
        assert sorted(said["start"]) == ["no start", "wished is not enough"]
        assert sorted(said["begin"]) == ["no begin", "wished is not enough"]
