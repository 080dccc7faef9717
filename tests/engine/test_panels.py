"""Approvals while the rules that name their panel are changed."""

from __future__ import annotations

from typing import Any

import pytest
from shop import FIXER, MASTER, SIGNATURE, OpenShop, Shop, replace_approval, with_repair

from placet import Approval, Ballot, BlockedError, CheckContext, Computed, Panel, Quorum
from placet.definitions.context import ApprovalStatus
from placet.engine.act.people import WorkspaceRecord
from placet.engine.engine import SYSTEM_ACTOR

#: The owners of repairs, by their fault.
OWNERS = {"theirs": "tom", "ours": "bea"}
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

    def test_is_determined_as_it_was_before_the_round_itself(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A panel of those who have not agreed before asks the same people in the round, and when it is looked at."""
        asked: list[int] = []

        def the_rest(ctx: CheckContext) -> Panel:
            before = ctx.approval("shop.agreement")
            asked.append(0 if before is None else before.round)
            return Panel(Ballot([FIXER if before is None else MASTER], Quorum.any()))

        shop = open_with_panel(open_shop, sqlite_url, panel=the_rest)
        item = shop.offered(hours=2)
        shop.vote(item, "bea")

        configure(shop, LOOSE)

        assert agreement(shop, item.key)[0] is ApprovalStatus.GRANTED
        assert asked == [0, 0]


def of_the_owner(ctx: CheckContext) -> Panel:
    """A fixer, whom the owner of the repair that this one is like can overrule; of an express one the master too."""
    model = ctx.get(ctx.item.fields.like) if ctx.item.fields.like else None
    owner = OWNERS.get(model.fields.fault) if model is not None else None
    fixer = Ballot([FIXER], Quorum.any(), veto_actors=[owner] if owner else [])
    master = Ballot([MASTER], Quorum.any())
    return Panel(fixer, master) if model is not None and model.fields.express else Panel(fixer)


class TestAPanelThatFollowsFacts:
    @pytest.fixture
    def shop(self, open_shop: OpenShop, sqlite_url: str) -> Shop:
        return open_with_panel(open_shop, sqlite_url, panel=of_the_owner, follows_facts=True)

    def agreed(self, shop: Shop, **model: Any) -> tuple[str, str]:
        """The key of another repair, and of one like it that a fixer has agreed to."""
        other = shop.wish(**model)
        item = shop.offered(hours=2, like=other.key)
        shop.vote(item, "bea")
        assert agreement(shop, item.key)[0] is ApprovalStatus.GRANTED
        return other.key, item.key

    @pytest.mark.parametrize(
        ("fact", "who"),
        [({"fault": "theirs"}, "Tom"), ({"express": True}, "Mia")],
        ids=["may refuse it", "decides too"],
    )
    def test_is_void_once_somebody_decides_who_was_not_asked(
        self, shop: Shop, fact: dict[str, Any], who: str
    ) -> None:
        """A fact of another item has changed; the next act on the item asks those who decide now."""
        other, item = self.agreed(shop, fault="ours")

        shop.engine.items.edit(shop["ben"], other, fields=fact)
        void = agreement(shop, item)
        shop.engine.items.edit(shop["ben"], item, fields={"price": 3.0})

        said = f"voided: {who} may decide it now, and could not when it was asked for"
        assert void == (ApprovalStatus.VOIDED, said)
        assert agreement(shop, item)[0] is ApprovalStatus.PENDING

    def test_stands_where_more_were_asked_than_decide_now(self, shop: Shop) -> None:
        """Fewer people than were asked take nothing away from what they decided."""
        other = shop.wish(fault="theirs", express=True)
        item = shop.offered(hours=2, like=other.key)
        for person in ("bea", "mia"):
            shop.vote(item, person)

        shop.engine.items.edit(shop["ben"], other.key, fields={"fault": None, "express": False})
        shop.engine.items.edit(shop["ben"], item.key, fields={"price": 3.0})

        assert agreement(shop, item.key)[0] is ApprovalStatus.GRANTED

    def test_stands_under_other_rules_too_where_more_were_asked(self, shop: Shop) -> None:
        """A rule that names nobody who decides makes no difference, before the fact changes or after it."""
        other = shop.wish(fault="theirs", express=True)
        item = shop.offered(hours=2, like=other.key)
        for person in ("bea", "mia"):
            shop.vote(item, person)

        configure(shop, LOOSE)
        before = agreement(shop, item.key)[0]
        shop.engine.items.edit(shop["ben"], other.key, fields={"fault": None, "express": False})
        configure(shop, STRICT)
        configure(shop, LOOSE)
        shop.engine.items.edit(shop["ben"], item.key, fields={"price": 3.0})

        assert (before, agreement(shop, item.key)[0]) == (ApprovalStatus.GRANTED, ApprovalStatus.GRANTED)

    @pytest.mark.parametrize(
        "fact", [{"fault": "theirs"}, {"express": True}], ids=["may refuse it", "decides too"]
    )
    def test_is_void_under_other_rules_too_once_somebody_decides_who_was_not_asked(
        self, shop: Shop, fact: dict[str, Any]
    ) -> None:
        """The rules and the facts have changed: the round was not put to everybody who decides."""
        other, item = self.agreed(shop, fault="ours")

        configure(shop, LOOSE)
        shop.engine.items.edit(shop["ben"], other, fields=fact)

        assert agreement(shop, item) == (
            ApprovalStatus.VOIDED, "voided: the rules that name who decides it have changed"
        )  # fmt: skip


class TestAskingAgain:
    def test_asks_those_who_decide_on_the_item_as_it_is_now(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A computed field names the panel, and what it follows from has changed since it was stored."""

        def by_total(ctx: CheckContext) -> Panel:
            return Panel(Ballot([MASTER if (ctx.item.fields.total or 0) > 40 else FIXER], Quorum.any()))

        agreed = Approval(
            "shop.agreement", "Agreement", by_total, material_fields=["total"], asked=[FIXER, MASTER]
        )
        method = with_repair(
            approvals=[agreed, SIGNATURE], computed=[Computed("total", as_long_as_the_other)]
        )
        shop = open_shop(sqlite_url, method=method)
        other = shop.wish(hours=2)
        item = shop.offered(hours=2, like=other.key)
        shop.vote(item, "bea", "reject")
        shop.engine.items.edit(shop["ben"], other.key, fields={"hours": 99})

        again = shop.engine.approvals.ask_again(shop["ben"], item.key, "shop.agreement")

        round = again.round("shop.agreement")
        assert round is not None
        assert [ballot.roles for ballot in round.ballots] == [("shop.master",)]
        assert (round.material["total"], again.fields["total"]) == (99, 99)
        event = shop.engine.event_log.history(shop["ben"], item.key).rows[-1]
        assert (event.kind, event.data["changes"]) == ("asked_again", {"total": [2, 99]})
        assert shop.engine.reports.verify(SYSTEM_ACTOR).ok


def as_long_as_the_other(ctx: CheckContext) -> float | None:
    """The hours of the repair that this one is like."""
    other = ctx.get(ctx.item.fields.like) if ctx.item.fields.like else None
    return None if other is None else float(other.fields.hours)
