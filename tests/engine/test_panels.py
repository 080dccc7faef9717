"""Approvals while the rules that name their panel are changed."""

from __future__ import annotations

from typing import Any

import pytest
from shop import FIXER, MASTER, OpenShop, Shop, replace_approval

from placet import Approval, Ballot, BlockedError, CheckContext, Panel, Quorum
from placet.definitions.context import ApprovalStatus
from placet.engine.act.people import WorkspaceRecord
from placet.engine.engine import SYSTEM_ACTOR

LOOSE, STRICT = {"largest_estimate": 50}, {"largest_estimate": 40}


def panel(ctx: CheckContext) -> Panel:
    """One fixer for the small estimates of the shop, both fixers and the master for others."""
    hours: int = ctx.item.fields.hours
    if hours < ctx.settings.largest_estimate:
        return Panel(Ballot([FIXER], Quorum.any()))
    return Panel(Ballot([FIXER], Quorum.any()), Ballot([MASTER], Quorum.any()))


def open_with_panel(open_shop: OpenShop, url: str, **parts: Any) -> Shop:
    given = {"panel": panel, "asked": [FIXER, MASTER], **parts}
    return open_shop(url, method=replace_approval(Approval("shop.agreement", "Agreement", **given)))


def configure(shop: Shop, values: dict[str, Any]) -> None:
    changed = shop.engine.workspaces.change(shop["ida"], "SHOP", settings={"shop": values})
    assert isinstance(changed, WorkspaceRecord)


def agreement(shop: Shop, key: str) -> tuple[ApprovalStatus, str]:
    views = shop.engine.approvals.of_item(shop.item(key))
    [view] = [view for view in views if view.approval == "shop.agreement"]
    return view.status, view.summary


class TestASettingThatNamesThePanel:
    def test_voids_what_was_granted_under_it_once_it_is_put_back(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Widened, voted on and put back: the vote of one counts no more where two have to agree."""
        shop = open_with_panel(open_shop, sqlite_url)
        configure(shop, LOOSE)
        item = shop.offered(hours=40)
        shop.vote(item, "bea")
        assert agreement(shop, item.key)[0] is ApprovalStatus.GRANTED

        configure(shop, STRICT)

        status, summary = agreement(shop, item.key)
        assert status is ApprovalStatus.VOIDED
        assert summary == "voided: the rules that name who decides it have changed"
        with pytest.raises(BlockedError, match="the rules that name who decides it have changed"):
            shop.vote(item, "mia")

    def test_asks_again_with_the_next_act(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The panel in force decides, and the earlier votes do not count."""
        shop = open_with_panel(open_shop, sqlite_url)
        configure(shop, LOOSE)
        item = shop.offered(hours=40)
        shop.vote(item, "bea")
        configure(shop, STRICT)

        shop.engine.items.edit(shop["ben"], item.key, fields={"price": 3.0})

        after = shop.item(item)
        assert [(r.round, r.status) for r in after.approvals if r.approval == "shop.agreement"] == [
            (1, ApprovalStatus.VOIDED), (2, ApprovalStatus.PENDING)
        ]  # fmt: skip
        shop.vote(item, "bea")
        assert agreement(shop, item.key)[0] is ApprovalStatus.PENDING
        shop.vote(item, "mia")
        assert agreement(shop, item.key)[0] is ApprovalStatus.GRANTED

    def test_leaves_alone_what_it_does_not_touch(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Other rules have changed, and the same people decide in the same way."""
        shop = open_with_panel(open_shop, sqlite_url)
        item = shop.offered(hours=2)
        shop.vote(item, "bea")

        configure(shop, LOOSE)
        shop.engine.items.edit(shop["ben"], item.key, fields={"price": 3.0})

        assert agreement(shop, item.key)[0] is ApprovalStatus.GRANTED

    def test_counts_as_another_panel_where_it_cannot_be_determined(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A fault of the method does not let a decision stand."""

        def failing(ctx: CheckContext) -> Panel:
            if ctx.settings.largest_estimate > 40:
                raise ZeroDivisionError
            return Panel(Ballot([FIXER], Quorum.any()))

        shop = open_with_panel(open_shop, sqlite_url, panel=failing)
        item = shop.offered(hours=2)
        shop.vote(item, "bea")

        configure(shop, LOOSE)

        assert agreement(shop, item.key)[0] is ApprovalStatus.VOIDED
        configure(shop, STRICT)
        assert agreement(shop, item.key)[0] is ApprovalStatus.GRANTED
        assert shop.engine.reports.verify(SYSTEM_ACTOR).ok
