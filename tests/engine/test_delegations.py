"""Delegations: what one person lends concerns whom it is lent to, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from shop import CUSTOMER, START, Shop

from placet import Decision
from placet.engine.act.access import may_see
from placet.engine.act.input import parse_key
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError, ForbiddenError, NotFoundError


def lend(shop: Shop, giver: str, taker: str, workspace: str | None = None) -> None:
    """For the next week, everywhere or in one workspace."""
    shop.engine.delegations.create(
        SYSTEM_ACTOR, from_actor=giver, to_actor=taker, starts_at=START, ends_at=START + timedelta(days=7),
        workspace=workspace,
    )  # fmt: skip


def vote_for(shop: Shop, item: ItemRecord, giver: str, by: str) -> None:
    shop.engine.approvals.vote(shop[by], item.key, "shop.agreement", Decision("approve"), on_behalf_of=giver)


class TestADelegation:
    def test_disturbs_nobody_elses_act(self, any_shop: Shop) -> None:
        """Who makes them one after the other keeps no act from being decided once."""
        item = any_shop.wish()
        attempts = 0
        version = any_shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").version

        def comment(work: UnitOfWork) -> None:
            nonlocal attempts
            attempts += 1
            record = work.own(parse_key(item.key))
            assert may_see(work, any_shop["ann"], record)
            lend(any_shop, "tom", "bea")
            lend(any_shop, "cid", "bea", "SHOP")
            work.record(record, "comment", "ann", {"comment": "undisturbed"}, content=False)
            work.write()

        any_shop.engine._acts.act("comment", comment)

        assert attempts == 1
        assert any_shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").version == version

    def test_that_is_made_meanwhile_lets_who_looked_for_it_decide_again(self, any_shop: Shop) -> None:
        """Nobody is refused for the lack of what is there."""
        item = any_shop.offered()
        attempts = 0

        def look(work: UnitOfWork) -> bool:
            nonlocal attempts
            attempts += 1
            seen = may_see(work, any_shop["tom"], work.own(parse_key(item.key)))
            if attempts == 1:
                lend(any_shop, "cid", "tom")
            if not seen:
                raise NotFoundError("item", item.key)
            return seen

        assert any_shop.engine._acts.act("look", look)
        assert attempts == 2

    def test_counts_at_once_for_a_vote(self, shop: Shop) -> None:
        """Who looked in vain a moment before finds it."""
        item = shop.offered()
        shop.person("pat")
        with pytest.raises(NotFoundError):
            vote_for(shop, item, "cid", "pat")

        lend(shop, "cid", "pat")
        vote_for(shop, item, "cid", "pat")

        round = shop.item(item).round("shop.agreement")
        assert round is not None
        assert [(vote.actor, vote.on_behalf_of) for vote in round.votes] == [("pat", "cid")]

    def test_for_one_workspace_does_not_count_in_another(self, shop: Shop) -> None:
        shop.engine.workspaces.create(SYSTEM_ACTOR, key="OTHER", name="Another", methods=["shop"])
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", CUSTOMER.id, ["cid", "bea"])
        item = shop.offered()

        lend(shop, "cid", "bea", "OTHER")

        with pytest.raises(ForbiddenError, match="cid has not delegated this decision to bea"):
            vote_for(shop, item, "cid", "bea")

    def test_of_who_sees_nothing_shows_nothing(self, shop: Shop) -> None:
        """Tom holds no role: nobody gets to see a workspace by him."""
        item = shop.wish()
        shop.person("pat")

        lend(shop, "tom", "pat")

        with pytest.raises(NotFoundError):
            shop.engine.items.get(shop["pat"], item.key)
        lend(shop, "cid", "pat")
        assert shop.engine.items.get(shop["pat"], item.key).key == item.key

    def test_of_who_holds_a_role_on_an_item_shows_that_item(self, shop: Shop) -> None:
        mine, other = shop.wish(), shop.wish()
        shop.person("pat")
        shop.engine.items.set_role(SYSTEM_ACTOR, mine.key, CUSTOMER.id, ["tom"])

        lend(shop, "tom", "pat")

        assert shop.engine.items.get(shop["pat"], mine.key).key == mine.key
        with pytest.raises(NotFoundError):
            shop.engine.items.get(shop["pat"], other.key)


class TestWhatFindsNothing:
    def test_is_compared_together_with_the_rules_that_it_was_looked_for_under(self, any_shop: Shop) -> None:
        """A search without a result says nothing of the workspace, which was seen a moment before."""
        any_shop.engine._acts.act("register", lambda work: work.search("SHOP", "shop.part", (), [], None))
        names: list[str] = []

        def refuse(work: UnitOfWork) -> None:
            names.append(work.workspace("SHOP").name)
            if len(names) == 1:
                any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", name="Other")
            assert work.search("SHOP", "shop.part", (), [], None) == []
            raise ConflictError("there are no parts")

        with pytest.raises(ConflictError):
            any_shop.engine._acts.act("refuse", refuse)

        assert names == ["The shop", "Other"]
