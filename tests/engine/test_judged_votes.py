"""A vote is judged by the item as a move would find it: what it is about is computed again, once, and nothing else."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from shop import CUSTOMER, FIXER, REPAIR, OpenShop, Shop, with_repair

from placet import (
    SAME,
    Approval,
    Ballot,
    BlockedError,
    CheckContext,
    Computed,
    Panel,
    Quorum,
    Transition,
    Workflow,
)
from placet.api import create_app
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR

#: The repair's workflow, in which the agreement alone is asked for.
_OFFER = Transition("offer", "bench", SAME, [FIXER], asks=["shop.agreement"])
ALONE = Workflow(REPAIR.id, REPAIR.states, [_OFFER if t.name == "offer" else t for t in REPAIR.transitions])


class Calls(Counter[str]):
    """How often each computed field of a repair was computed: both follow from its parts, which nobody writes on it."""

    def computed(self) -> list[Computed]:
        return [Computed("total", self._total), Computed("express", self._express)]

    def _total(self, ctx: CheckContext) -> float:
        self["total"] += 1
        return float(len(ctx.children("shop.part")))

    def _express(self, ctx: CheckContext) -> bool:
        self["express"] += 1
        return not ctx.children("shop.part")


@pytest.fixture
def calls() -> Calls:
    return Calls()


def offered(open_shop: OpenShop, url: str, calls: Calls, **parts: Any) -> tuple[Shop, ItemRecord]:
    """A shop with a repair that waits for both, and nothing computed since."""
    panel = parts.pop("panel", Panel(Ballot([CUSTOMER, FIXER], Quorum.n(2))))
    approval = Approval("shop.agreement", "Agreement", panel, **parts)
    method = with_repair(workflow=ALONE, approvals=[approval], computed=calls.computed())
    shop = open_shop(url, method=method)
    item = shop.offered()
    calls.clear()
    return shop, item


def voted_over_http(shop: Shop, item: ItemRecord, by: str) -> dict[str, Any]:
    """The answer to a vote."""
    token, *_ = shop.engine.people.issue_token(shop[by], by, name="desk")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(shop.application))
        async with httpx.AsyncClient(transport=transport, base_url="http://placet") as client:
            path = f"/api/v1/items/{item.key}/approvals/shop.agreement"
            return await client.post(
                path, json={"decision": "approve"}, headers={"Authorization": f"Bearer {token}"}
            )

    answer = asyncio.run(ask())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestAVote:
    def test_computes_what_it_is_about_once_for_itself_and_its_answer(
        self, open_shop: OpenShop, sqlite_url: str, calls: Calls
    ) -> None:
        """The answer shows the approval as the vote has judged it."""
        shop, item = offered(open_shop, sqlite_url, calls, material_fields=["total"])

        answer = voted_over_http(shop, item, "bea")

        assert calls == {"total": 1}
        [approval] = answer["approvals"]
        assert (approval["status"], [vote["actor"] for vote in approval["votes"]]) == ("pending", ["bea"])

    def test_computes_nothing_where_nothing_computed_is_material(
        self, open_shop: OpenShop, sqlite_url: str, calls: Calls
    ) -> None:
        """Then it meets nobody who changes what the computed fields follow from."""
        shop, item = offered(open_shop, sqlite_url, calls, material_fields=["fault"])

        voted_over_http(shop, item, "bea")

        assert calls == {}

    def test_computes_everything_that_a_panel_may_follow_from(
        self, open_shop: OpenShop, sqlite_url: str, calls: Calls
    ) -> None:
        """A panel that follows from facts is determined again, and its function may read any field."""
        shop, item = offered(
            open_shop, sqlite_url, calls, material_fields=["fault"], asked=[CUSTOMER, FIXER], follows_facts=True,
            panel=lambda ctx: Panel(Ballot([CUSTOMER, FIXER] if ctx.item.fields.express else [FIXER], Quorum.n(2))),
        )  # fmt: skip

        voted_over_http(shop, item, "bea")

        assert calls == {"total": 1, "express": 1}

    def test_is_refused_where_others_have_changed_what_it_is_about(
        self, open_shop: OpenShop, sqlite_url: str, calls: Calls
    ) -> None:
        """The control: nobody has written on the repair, and yet its total is another."""
        shop, item = offered(open_shop, sqlite_url, calls, material_fields=["total"])
        shop.engine.items.create(
            SYSTEM_ACTOR, workspace="SHOP", type="shop.part", title="Bulb", fields={"maker": "Lux"}, parent=item.key
        )  # fmt: skip

        with pytest.raises(BlockedError, match="total"):
            shop.vote(item, "bea")
