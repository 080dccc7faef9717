"""Delegations: what one person lends concerns whom it is lent to, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from shop import CUSTOMER, FIXER, MASTER, START, OpenShop, Shop, replace_approval

from placet import Approval, Ballot, BlockedError, Decision, Panel, Quorum
from placet.engine.act.access import delegated, may_see
from placet.engine.act.input import parse_key
from placet.engine.act.people import Delegation
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError, ForbiddenError, NotFoundError


def lend(shop: Shop, giver: str, taker: str, workspace: str | None = None) -> Delegation:
    """For the next week, everywhere or in one workspace."""
    return shop.engine.delegations.create(
        shop[giver], from_actor=giver, to_actor=taker, starts_at=START, ends_at=START + timedelta(days=7),
        workspace=workspace,
    )  # fmt: skip


def vote_for(shop: Shop, item: ItemRecord, giver: str, by: str) -> None:
    shop.engine.approvals.vote(shop[by], item.key, "shop.agreement", Decision("approve"), on_behalf_of=giver)


class TestADelegation:
    def test_disturbs_nobody_elses_act(self, any_shop: Shop) -> None:
        """Who makes them one after the other keeps no act elsewhere from being decided once."""
        any_shop.engine.workspaces.create(SYSTEM_ACTOR, key="OTHER", name="Another", methods=["shop"])
        any_shop.engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", CUSTOMER.id, ["cid", "bea", "tom"])
        item = any_shop.wish()
        attempts = 0
        version = any_shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").version

        def comment(unit: UnitOfWork) -> None:
            nonlocal attempts
            attempts += 1
            record = unit.own(parse_key(item.key))
            assert may_see(unit, any_shop["ann"], record)
            lend(any_shop, "tom", "bea")
            lend(any_shop, "cid", "bea", "OTHER")
            unit.record(record, "comment", "ann", {"comment": "undisturbed"}, content=False)
            unit.write()

        any_shop.engine._acts.act("comment", comment)

        assert attempts == 1
        assert any_shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").version == version

    def test_that_is_made_meanwhile_lets_its_taker_decide_again(self, any_shop: Shop) -> None:
        """Nobody is refused for the lack of what is there."""
        item = any_shop.offered()
        attempts = 0

        def look(unit: UnitOfWork) -> bool:
            nonlocal attempts
            attempts += 1
            given = list(delegated(unit, "ann", "SHOP"))
            if attempts == 1:
                lend(any_shop, "cid", "ann")
            if not given:
                raise NotFoundError("delegation", item.key)
            return True

        assert any_shop.engine._acts.act("look", look)
        assert attempts == 2

    def test_counts_at_once_for_a_vote_until_it_is_taken_back(self, shop: Shop) -> None:
        """A vote that was cast before stays."""
        item, other = shop.offered(), shop.offered()
        with pytest.raises(ForbiddenError):
            vote_for(shop, item, "cid", "mia")

        given = lend(shop, "cid", "mia")
        vote_for(shop, item, "cid", "mia")
        shop.engine.delegations.revoke(shop["cid"], given.id)

        round = shop.item(item).round("shop.agreement")
        assert round is not None
        assert [(vote.actor, vote.on_behalf_of) for vote in round.votes] == [("mia", "cid")]
        with pytest.raises(ForbiddenError):
            vote_for(shop, other, "cid", "mia")

    def test_for_one_workspace_does_not_count_in_another(self, shop: Shop) -> None:
        shop.engine.workspaces.create(SYSTEM_ACTOR, key="OTHER", name="Another", methods=["shop"])
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", CUSTOMER.id, ["cid", "bea"])
        item = shop.offered()

        lend(shop, "cid", "bea", "OTHER")

        with pytest.raises(ForbiddenError, match="Cid has not delegated this decision to Bea for now"):
            vote_for(shop, item, "cid", "bea")

    def test_ends_when_its_taker_leaves_the_workspace(self, shop: Shop) -> None:
        item = shop.offered()
        lend(shop, "cid", "mia")
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", MASTER.id, ["tom"])

        with pytest.raises(NotFoundError):
            vote_for(shop, item, "cid", "mia")

    def test_shows_what_the_vote_is_about_and_nothing_else(self, shop: Shop) -> None:
        """In another workspace too, as long as the vote is asked for; and it is shown, not theirs to write on."""
        shop.engine.workspaces.create(SYSTEM_ACTOR, key="OTHER", name="Another", methods=["shop"])
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", CUSTOMER.id, ["cid"])
        about, apart = (
            shop.engine.items.create(
                shop["cid"], workspace="OTHER", type="shop.repair", title="Elsewhere", fields={}
            )
            for _ in range(2)
        )
        item = shop.wish(by="cid", fault="dark", hours=2, like=about.key)
        item = shop.move(shop.move(item, "start", "ben"), "offer", "ben")
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", CUSTOMER.id, ["cid", "ann"])
        see = shop.engine.items.get
        with pytest.raises(NotFoundError):
            see(shop["mia"], about.key)

        given = lend(shop, "cid", "mia", "SHOP")

        assert see(shop["mia"], about.key).key == about.key
        assert shop.engine.event_log.history(shop["mia"], about.key).rows
        with pytest.raises(NotFoundError):
            see(shop["mia"], apart.key)
        with pytest.raises(NotFoundError):
            shop.engine.items.comment(shop["mia"], about.key, "mine?")
        with pytest.raises(NotFoundError):
            shop.engine.evidence.attach(shop["mia"], about.key, kind="note", content=b"mine?")
        shop.engine.delegations.revoke(shop["mia"], given.id)
        with pytest.raises(NotFoundError):
            see(shop["mia"], about.key)

    def test_shows_what_waits_for_its_taker(self, shop: Shop) -> None:
        """In the list of votes and in the worklist, with whom the vote is for; not once that person has voted."""
        item = shop.offered()
        lend(shop, "cid", "mia")

        def waiting() -> list[tuple[str, str, tuple[str, ...]]]:
            found = shop.engine.approvals.find(shop["mia"], waiting_for="mia").rows
            return [(each.item.key, each.approval, each.on_behalf_of) for each in found if each.on_behalf_of]

        assert waiting() == [(item.key, "shop.agreement", ("cid",))]
        assert any(each.approval.on_behalf_of for each in shop.engine.reports.worklist(shop["mia"]).approvals)
        vote_for(shop, item, "cid", "mia")
        assert waiting() == []

    def test_gives_no_second_vote_to_somebody_who_is_asked_too(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """It would not count: no list asks for it, and it is refused; the seat waits for its giver."""
        both = Approval("shop.agreement", "Agreement", Panel(Ballot([FIXER], Quorum.all())))
        shop = open_shop(sqlite_url, method=replace_approval(both))
        shop.person("fay", FIXER)
        shop.person("fred", FIXER)
        item = shop.offered()
        lend(shop, "fred", "fay")

        vote_for(shop, item, "fay", "fay")

        [view] = shop.engine.approvals.find(shop["fred"], waiting_for="fred").rows
        assert "fred" in view.missing
        assert shop.engine.approvals.find(shop["fay"], waiting_for="fay").rows == []
        with pytest.raises(
            BlockedError, match="one person has one vote, and Fay has cast it: none counts for"
        ) as caught:
            vote_for(shop, item, "fred", "fay")
        [blocker] = caught.value.blockers
        assert blocker.remedy == (
            "leave it to Fred, who can vote in person, or delegate to somebody who has not voted"
        )
        assert blocker.who == ("fred",)
        vote_for(shop, item, "fred", "fred")
        assert shop.engine.approvals.find(shop["fred"], waiting_for="fred").rows == []

    def test_gives_one_vote_for_two_who_lend_theirs(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A second one would take the place of the first, and the list would ask for that again."""
        both = Approval("shop.agreement", "Agreement", Panel(Ballot([FIXER], Quorum.all())))
        shop = open_shop(sqlite_url, method=replace_approval(both))
        for id in ("fay", "fred"):
            shop.person(id, FIXER)
            lend(shop, id, "mia")
        item = shop.offered()

        def lent() -> set[str]:
            found = shop.engine.approvals.find(shop["mia"], waiting_for="mia").rows
            return {person for each in found for person in each.on_behalf_of}

        before = lent()
        vote_for(shop, item, "fay", "mia")

        assert (before, lent()) == ({"fay", "fred"}, set())
        with pytest.raises(BlockedError, match="Mia has cast it for Fay: none counts for Fred"):
            vote_for(shop, item, "fred", "mia")
        vote_for(shop, item, "fay", "fay")
        assert lent() == {"fred"}
        vote_for(shop, item, "fred", "mia")


class TestWhatFindsNothing:
    def test_is_compared_together_with_the_rules_that_it_was_looked_for_under(self, any_shop: Shop) -> None:
        """A search without a result says nothing of the workspace, which was seen a moment before."""
        any_shop.engine._acts.act("register", lambda unit: unit.search("SHOP", "shop.part", (), [], None))
        names: list[str] = []

        def refuse(unit: UnitOfWork) -> None:
            names.append(unit.workspace("SHOP").name)
            if len(names) == 1:
                any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", name="Other")
            assert unit.search("SHOP", "shop.part", (), [], None) == []
            raise ConflictError("there are no parts")

        with pytest.raises(ConflictError):
            any_shop.engine._acts.act("refuse", refuse)

        assert names == ["The shop", "Other"]
