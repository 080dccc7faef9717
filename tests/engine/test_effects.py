"""Effects that no transition brings: whatever they change, an event says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shop import METHOD, REPAIR, OpenShop, Shop, changed, replace_transition, with_repair

from placet import Effect, EffectContext, LinkType, Method, Threshold, Timer, Transition, effect, elapsed
from placet.definitions.context import ApprovalStatus
from placet.engine.act.input import parse_key
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.engine import SYSTEM_ACTOR


@effect("shop.ask_again")
def ask_again(ctx: EffectContext) -> None:
    """Another agreement is asked for."""
    ctx.ask("shop.agreement")


@effect("shop.take_back")
def take_back(ctx: EffectContext) -> None:
    """The agreement counts no more."""
    ctx.void("shop.agreement", "the customer is away")


def by_a_link(shop: Shop, item: ItemRecord) -> None:
    shop.engine.items.link(shop["ben"], item.key, "shop.replaces", shop.wish().key)


def by_a_timer(shop: Shop, item: ItemRecord) -> None:
    shop.clock.forward(hours=2)
    for due in shop.engine.timers.due(shop.clock.now()):
        if due.number == item.number:
            shop.engine.timers.fire(due)


def with_effect(run: Effect) -> Method:
    """The method with an effect on a link, and on a timer that runs from the making of an item."""
    links = [link if link.id != "shop.replaces" else LinkType(link.id, link.title, effects=(run,))
             for link in METHOD.link_types]  # fmt: skip
    patience = Timer(
        "shop.patience", "Patience", ("create",), (), elapsed(hours=1), (Threshold(100, effects=(run,)),)
    )
    return changed(with_repair(timers=[patience]), link_types=links)


@pytest.mark.parametrize("cause", [by_a_link, by_a_timer])
class TestAnEffectOfALinkOrATimer:
    def test_that_only_asks_for_an_approval_is_on_record(
        self, open_shop: OpenShop, database_url: str, cause: Any
    ) -> None:
        """The round is there to be voted on, and the history says that it was asked for."""
        shop = open_shop(database_url, method=with_effect(ask_again))
        item = shop.wish(fault="dark", hours=2)

        cause(shop, item)

        round = shop.item(item).round("shop.agreement")
        assert round is not None
        assert round.status is ApprovalStatus.PENDING
        said = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        assert (said.kind, said.actor, said.data["asked"]) == ("edited", "system", ["shop.agreement"])

    def test_that_only_voids_one_is_on_record(
        self, open_shop: OpenShop, database_url: str, cause: Any
    ) -> None:
        shop = open_shop(database_url, method=with_effect(take_back))
        item = shop.offered()

        cause(shop, item)

        round = shop.item(item).round("shop.agreement")
        assert round is not None
        assert round.status is ApprovalStatus.VOIDED
        said = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        assert (said.kind, list(said.data["voided"])) == ("edited", ["shop.agreement"])


class TestAChange:
    def test_without_an_event_is_an_error(self, shop: Shop) -> None:
        """It would be dropped without a word."""
        item = shop.wish()

        def change(unit: UnitOfWork) -> None:
            unit.put(replace(unit.own(parse_key(item.key)), title="Another"))
            unit.write()

        with pytest.raises(RuntimeError, match="SHOP-1 was changed without an event"):
            shop.engine._acts.act("change", change)


@effect("shop.file_report")
def file_report(ctx: EffectContext) -> None:
    """A report and where the manual is are attached."""
    ctx.attach("report", name=f"{ctx.item.title}.txt", content="as new", media_type="text/plain")
    ctx.attach("manual", url="https://example.org/lamp")


class TestEvidenceOfAnEffect:
    def test_is_in_the_event_of_the_transition(self, open_shop: OpenShop, database_url: str) -> None:
        """A document is kept by its content, a reference by its address, and the event says both."""
        shop = open_shop(database_url, method=filing())
        item = shop.move(shop.on_bench(), "test", "ben")

        report, manual = shop.item(item).evidence
        event = shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows[-1]

        assert (report.kind, report.name, report.actor, report.size) == (
            "report", "A broken lamp.txt", "system", 6,
        )  # fmt: skip
        with shop.engine.evidence.content(shop.engine.evidence.get(shop["ann"], report.sha256 or "")) as file:
            assert file.read() == b"as new"
        assert (manual.url, manual.sha256) == ("https://example.org/lamp", None)
        assert [(each["kind"], each["name"], each["sha256"]) for each in event.data["attached"]] == [
            ("report", "A broken lamp.txt", report.sha256),
            ("manual", "https://example.org/lamp", None),
        ]
        assert shop.kinds(item) == ["created", "transition", "transition"]

    def test_is_there_for_checks_and_stales_approvals(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """It is evidence like any other: what was agreed to before it came is no longer agreed to."""

        @effect("shop.file_offer")
        def file_offer(ctx: EffectContext) -> None:
            """Another offer is attached."""
            ctx.attach("offer", content=b"12 EUR")
            assert [each.kind for each in ctx.evidence("offer")] == ["offer"]

        shop = open_shop(sqlite_url, method=filing(file_offer))
        item = shop.offered()
        shop.vote(item, "cid")

        after = shop.move(item, "test", "ben")

        assert after.round("shop.agreement").status is ApprovalStatus.VOIDED  # type: ignore[union-attr]

    def test_is_not_kept_where_nothing_is_written(
        self, open_shop: OpenShop, sqlite_url: str, tmp_path: Path
    ) -> None:
        """Neither by a dry run nor by a transition that fails after the effect."""

        @effect("shop.fail")
        def fail(ctx: EffectContext) -> None:
            """Something goes wrong."""
            if ctx.comment == "fail":
                raise ValueError("no")

        shop = open_shop(sqlite_url, method=filing(file_report, fail))
        item = shop.on_bench()

        shown = shop.engine.transition(shop["ben"], item.key, "test", dry_run=True)
        shop.refusal(item, "test", "ben", comment="fail")

        assert [each.kind for each in shown.item.evidence] == ["report", "manual"]
        assert shop.item(item).evidence == ()
        assert [path for path in tmp_path.glob("evidence/**/*") if path.is_file()] == []

    @pytest.mark.parametrize(
        ("said", "message"),
        [
            ({}, "send either a file or a url"),
            (
                {"content": b"x" * (1024 * 1024 + 1)},
                "has 1048577 bytes, and an effect attaches 1048576 at most",
            ),
            ({"url": "lamp.txt"}, "is not an http or https address"),
        ],
    )
    def test_is_refused_by_name(
        self, open_shop: OpenShop, sqlite_url: str, said: dict[str, Any], message: str
    ) -> None:
        run = Effect("shop.attach_it", lambda ctx: ctx.attach("report", **said))
        shop = open_shop(sqlite_url, method=filing(run))

        refusal = shop.refusal(shop.on_bench(), "test", "ben")

        assert [(blocker.check, blocker.source) for blocker in refusal.blockers] == [
            ("shop.attach_it", "shop")
        ]
        assert message in refusal.blockers[0].message

    @pytest.mark.parametrize("cause", [by_a_link, by_a_timer])
    def test_of_a_link_or_a_timer_is_on_record(
        self, open_shop: OpenShop, sqlite_url: str, cause: Any
    ) -> None:
        """Evidence alone is a change that an event says."""
        shop = open_shop(sqlite_url, method=with_effect(file_report))
        item = shop.wish()

        cause(shop, item)

        last = shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows[-1]
        assert (last.kind, [each["kind"] for each in last.data["attached"]]) == (
            "edited",
            ["report", "manual"],
        )

    def test_is_erased_by_its_name(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A name that an effect took from what somebody typed is a text like others."""
        shop = open_shop(sqlite_url, method=filing())
        item = shop.move(shop.on_bench(), "test", "ben")
        event = shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows[-1]

        shop.engine.erasing.erase_text(shop["ida"], item.key, event.id, reason="asked for by the person")

        after = shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows[-2]
        assert [each["name"] for each in after.data["attached"]] == [None, None]


def filing(*effects: Effect) -> Method:
    """The method whose `test` has these effects."""
    test = next(each for each in REPAIR.transitions if each.name == "test")
    return replace_transition(
        Transition(test.name, test.sources, test.target, test.roles, effects=effects or (file_report,))
    )


class TestACommentOfAnEffect:
    def test_is_an_event_of_the_other_item_alone(self, open_shop: OpenShop, database_url: str) -> None:
        """It says whose act it follows from; nothing that is decided on has changed, so that the version stays."""

        @effect("shop.say_so")
        def say_so(ctx: EffectContext) -> None:
            """The wish hears of it."""
            ctx.note(ctx.comment, f"  {ctx.item.title} is tested  ")

        shop = open_shop(database_url, method=filing(say_so))
        item, wish = shop.on_bench(), shop.wish()

        shop.engine.transition(shop["ben"], item.key, "test", comment=wish.key)

        last = shop.engine.event_log.history(SYSTEM_ACTOR, wish.key).rows[-1]
        assert (last.kind, last.actor, last.data["comment"]) == (
            "comment",
            "system",
            "A broken lamp is tested",
        )
        assert last.data["caused_by"] == item.key
        assert shop.item(wish).version == wish.version

    def test_is_not_one_on_its_own_item(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The event of the act has a comment already; nor is there one on an item that does not exist."""
        run = Effect("shop.say_so", lambda ctx: ctx.note(ctx.comment, "It is tested"))
        shop = open_shop(sqlite_url, method=filing(run))
        item = shop.on_bench()

        own = shop.refusal(item, "test", "ben", comment=item.key)
        nowhere = shop.refusal(item, "test", "ben", comment="SHOP-99")

        assert "its own event has a comment" in own.blockers[0].message
        assert "SHOP-99" in nowhere.blockers[0].message
        assert shop.kinds(item)[-1] == "refused"
