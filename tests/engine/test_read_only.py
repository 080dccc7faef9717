"""The views of plugins cannot be written to: an item changes by an act of the engine, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import Field
from shop import FIXER, METHOD, OpenShop, RepairFields, changed, plugin, replace_transition, with_repair

from placet import (
    Check,
    CheckContext,
    Computed,
    Effect,
    EffectContext,
    Gate,
    Line,
    Method,
    Transition,
    Verdict,
    passed,
)
from placet.definitions.method import Settings
from placet.definitions.verdicts import Outcome
from placet.engine.engine import SYSTEM_ACTOR

Write = Callable[[Any], object]


class KindSettings(Settings):
    kinds: list[str] = Field(default=["lamp"])


class TaggedFields(RepairFields):
    labels: dict[str, list[Line]] | None = None


_WRITES: dict[str, Write] = {
    "stored fields": lambda ctx: ctx.record.fields.update(hours=99),
    "fields": lambda ctx: setattr(ctx.item.fields, "hours", 99),
    "a list in fields": lambda ctx: ctx.item.fields.tags.append("free"),
    "a dictionary in fields": lambda ctx: ctx.item.fields.labels["room"].append("free"),
    "fields sent along": lambda ctx: ctx.sent.update(hours=99),
    "a list sent along": lambda ctx: ctx.sent["tags"].append("free"),
    "settings": lambda ctx: setattr(ctx.settings, "kinds", []),
    "a list in settings": lambda ctx: ctx.settings.kinds.append("car"),
    "the actor": lambda ctx: setattr(ctx, "actor", "mia"),
    "the state": lambda ctx: setattr(ctx.item, "state", "done"),
    "links": lambda ctx: ctx.item.links.update({"shop.needs": ("SHOP-9",)}),
    "who did what": lambda ctx: ctx.record.acts.update({"create": ("tom",)}),
    "role holders": lambda ctx: ctx.workspace.roles.update({"shop.fixer": ("tom",)}),
    "settings of the workspace": lambda ctx: ctx.workspace.settings.update(shop={}),
}


@pytest.fixture(params=_WRITES.values(), ids=list(_WRITES))
def write(request: pytest.FixtureRequest) -> Write:
    """One way of writing to what a check is shown."""
    return request.param  # type: ignore[no-any-return]


class TestChecks:
    def test_that_write_fail_by_name_and_change_nothing(
        self, open_shop: OpenShop, sqlite_url: str, write: Write
    ) -> None:
        """Neither the item, nor what other checks and other acts see, nor who may do what."""

        def writing(ctx: CheckContext) -> Verdict:
            write(ctx)
            return passed()

        gate = Gate("shop.odd", "Odd", Check("shop.odd_check", writing))
        method = _with_settings(replace_transition(Transition("start", "wished", "bench", [FIXER], [gate])))
        shop = open_shop(sqlite_url, method=method)
        item = shop.wish(tags=["a"], labels={"room": ["b"]})

        refusal = shop.refusal(item, "start", "ben", fields={"tags": ["a"], "labels": {"room": ["b"]}})

        assert [(b.check, b.verdict) for b in refusal.blockers] == [("shop.odd_check", Outcome.UNKNOWN)]
        assert "read-only" in refusal.blockers[0].message or "frozen" in refusal.blockers[0].message
        assert "https://" not in refusal.blockers[0].message
        assert shop.item(item).fields == item.fields
        assert shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").roles["shop.fixer"] == ("ben", "bea")
        assert shop.engine.reports.verify(SYSTEM_ACTOR).ok


class TestComputedFieldsAndEffects:
    def test_of_a_computed_field_are_as_read_only(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A figure is given back, and written by the engine."""

        def writing(ctx: CheckContext) -> float:
            ctx.record.fields["hours"] = 99  # type: ignore[attr-defined]
            return 1.0

        shop = open_shop(sqlite_url, method=with_repair(computed=[Computed("total", writing)]))

        with pytest.raises(Exception, match=r"computing total failed.*read-only"):
            shop.wish(hours=1)

    def test_of_an_effect_change_through_its_verbs_alone(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A change by `ctx.set` is seen at once, and a list that was read can be copied and set."""

        def add_a_tag(ctx: EffectContext) -> None:
            ctx.set(tags=[*ctx.item.fields.tags, "b"])
            ctx.set(notes=",".join(ctx.item.fields.tags))

        start = Transition("start", "wished", "bench", [FIXER], [], [Effect("shop.tag", add_a_tag)])
        shop = open_shop(sqlite_url, method=replace_transition(start))

        moved = shop.move(shop.wish(tags=["a"]), "start", "ben")

        assert (moved.fields["tags"], moved.fields["notes"]) == (["a", "b"], "a,b")

    def test_the_event_that_hooks_see_is_read_only(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The engine alone says what is recorded."""

        def rewrite(ctx: EffectContext, event: dict[str, Any]) -> None:
            event["changes"]["hours"] = [None, 0]

        guard = plugin(Method("guard", "Guard"), name="guard", placet_effect=rewrite)
        shop = open_shop(sqlite_url, guard, methods=["shop", "guard"])

        refusal = shop.refusal(shop.wish(fault="dark"), "start", "ben", fields={"hours": 1})

        assert [(b.check, b.source) for b in refusal.blockers] == [("guard.placet_effect", "guard")]
        assert "read-only" in refusal.blockers[0].message


def _with_settings(method: Method) -> Method:
    """The method with settings that hold a list, and fields that hold a dictionary of lists."""
    repair, *others = method.item_types
    tagged = changed(repair, fields=TaggedFields)
    return changed(METHOD, settings=KindSettings, item_types=[tagged, *others])
