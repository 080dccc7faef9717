"""Appointments to roles of a workspace, and erased texts, that take two people: proposed, decided, done as proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from shop import FIXER, MASTER, OpenShop, Shop

from placet import BlockedError, Role
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.proposals import Proposal, ProposalStatus
from placet.engine.act.records import EventRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.workspaces.erasure import Erased
from placet.errors import ForbiddenError


def governed(shop: Shop, *parts: str, by: tuple[str, ...] = ()) -> Shop:
    """The shop with a second administrator, and parts of its rules governed."""
    shop.person("ira", admin=True)
    shop.engine.workspaces.change(shop["ida"], "SHOP", governed=parts, governed_by=by)
    return shop


def appoint(shop: Shop, role: Role, *people: str, by: Actor | None = None) -> WorkspaceRecord | Proposal:
    """Who shall hold a role, as ida wants it."""
    return shop.engine.workspaces.assign(by or shop["ida"], "SHOP", role.id, people)


def proposed(shop: Shop, role: Role, *people: str, by: Actor | None = None) -> Proposal:
    found = appoint(shop, role, *people, by=by)
    assert isinstance(found, Proposal)
    return found


def decide(shop: Shop, proposal: Proposal, by: str, decision: str = "approve") -> Proposal:
    return shop.engine.proposals.decide(shop[by], "SHOP", proposal.id, decision)


def held(shop: Shop, role: Role) -> Sequence[str]:
    return shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").roles.get(role.id, ())


class TestAGovernedAppointment:
    def test_waits_for_a_second_person(self, any_shop: Shop) -> None:
        """Nobody holds the role before; the event names both people."""
        governed(any_shop, "roles")
        proposal = proposed(any_shop, FIXER, "ben", "bea", "tom")

        assert proposal.changes == {"roles": [{FIXER.id: ["ben", "bea"]}, {FIXER.id: ["ben", "bea", "tom"]}]}
        assert held(any_shop, FIXER) == ("ben", "bea")
        assert decide(any_shop, proposal, "ira").status is ProposalStatus.APPLIED
        assert held(any_shop, FIXER) == ("ben", "bea", "tom")
        query = any_shop.engine.event_log.query(any_shop["ida"], workspace="SHOP", kinds=["roles"])
        event = any_shop.engine.event_log.events(query).rows[-1]
        assert (event.actor, event.data["proposal"]["by"]) == ("ira", "ida")
        assert event.data["changes"] == {FIXER.id: [["ben", "bea"], ["ben", "bea", "tom"]]}
        assert any_shop.engine.reports.verify(any_shop["ida"]).ok

    def test_of_nobody_ends_the_role_of_its_holders_with_two_people_too(self, shop: Shop) -> None:
        """Who takes voters away decides as much as who appoints them."""
        governed(shop, "roles")
        proposal = proposed(shop, FIXER, "ben")

        assert held(shop, FIXER) == ("ben", "bea")
        decide(shop, proposal, "ira")
        assert held(shop, FIXER) == ("ben",)

    def test_is_not_decided_by_who_would_gain_by_it(self, shop: Shop) -> None:
        """Neither in their worklist nor by an approval; they may decline it."""
        governed(shop, "roles", by=(MASTER.id,))
        proposal = proposed(shop, FIXER, "ben", "ira")

        with pytest.raises(BlockedError, match="Ira would hold fixer by this proposal"):
            decide(shop, proposal, "ira")
        waiting = {id: shop.engine.reports.worklist(shop[id]).proposals for id in ("ira", "mia")}
        assert {id for id, found in waiting.items() if found} == {"mia"}
        assert decide(shop, proposal, "ira", "reject").status is ProposalStatus.REJECTED

    def test_is_refused_where_only_who_gains_could_decide(self, shop: Shop) -> None:
        """It would wait for nobody."""
        governed(shop, "roles")

        with pytest.raises(BlockedError, match="nobody but Ida, and who would gain by it, could decide"):
            appoint(shop, FIXER, "ira")

    def test_is_stale_once_the_role_has_other_holders(self, shop: Shop) -> None:
        """The proposal was the step from those who held it then."""
        governed(shop, "roles")
        first, second = proposed(shop, FIXER, "ben"), proposed(shop, FIXER, "ben", "bea", "tom")
        decide(shop, first, "ira")

        assert shop.engine.reports.worklist(shop["ira"]).proposals == ()
        with pytest.raises(BlockedError, match="the rules, or who holds fixer, have changed"):
            decide(shop, second, "ira")

    def test_does_not_hold_up_who_leaves(self, shop: Shop) -> None:
        """Switching somebody off takes one person; it gives nobody a role."""
        governed(shop, "roles")

        gone = shop.engine.departures.deactivate(shop["ida"], "bea")

        assert [each.role for each in gone.roles] == [FIXER.id]
        assert held(shop, FIXER) == ("ben",)
        back = shop.engine.departures.reactivate(shop["ida"], "bea")
        assert isinstance(appoint(shop, FIXER, "ben", back.id), Proposal)


class TestWhoDecidesOnRules:
    @pytest.mark.parametrize("part", ["settings", "windows", "erasure"])
    def test_is_appointed_by_two_wherever_anything_is_governed(
        self, open_shop: OpenShop, sqlite_url: str, part: str
    ) -> None:
        """Otherwise one person appoints their own second person; other roles are given as before."""
        shop = governed(open_shop(sqlite_url), part, by=(MASTER.id,))

        assert isinstance(appoint(shop, MASTER, "tom"), Proposal)
        assert not isinstance(appoint(shop, FIXER, "ben", "tom"), Proposal)

    def test_is_not_one_person_alone(self, shop: Shop) -> None:
        """The last but one keeps the role until somebody else has it."""
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["settings"], governed_by=[MASTER.id])

        with pytest.raises(BlockedError, match="1 of 2 people could decide on changes of rules in SHOP"):
            appoint(shop, MASTER)


class TestWhereOnePersonIsLeft:
    def test_the_machine_proposes_and_they_decide(self, shop: Shop) -> None:
        """The way out after everybody else has left; they cannot propose it themselves."""
        governed(shop, "roles", by=(MASTER.id,))
        for person in ("ira", "mia"):
            shop.engine.departures.deactivate(shop["ida"], person)
        with pytest.raises(BlockedError, match="nobody but Ida, and who would gain by it") as refusal:
            appoint(shop, MASTER, "tom")

        remedy = refusal.value.blockers[0].remedy
        assert remedy.startswith("appoint somebody as shop.master with placet role assign, on the machine")
        decide(shop, proposed(shop, MASTER, "tom", by=SYSTEM_ACTOR), "ida")
        assert held(shop, MASTER) == ("tom",)


class TestAProposer:
    def test_who_left_has_nothing_approved_any_more(self, shop: Shop) -> None:
        """Their proposals rest on an office that they do not have."""
        governed(shop, "settings", "roles", by=(MASTER.id,))
        proposal = proposed(shop, FIXER, "ben", "tom")
        shop.engine.departures.deactivate(SYSTEM_ACTOR, "ida")

        [listed] = shop.engine.proposals.find(shop["ira"], "SHOP").rows
        assert listed.status is ProposalStatus.STALE
        with pytest.raises(BlockedError, match="who made this proposal, could not make it any more"):
            decide(shop, proposal, "ira")

    def test_is_a_person_in_person(self, shop: Shop) -> None:
        """One who keeps a machine, or has made a token for somebody, would have both voices."""
        governed(shop, "settings", "roles", "erasure")
        robot = shop.engine.people.add(SYSTEM_ACTOR, id="robot", name="Robot", kind="service", admin=True)
        lent = replace(shop["ida"], token_issued_by="ira")

        with pytest.raises(ForbiddenError, match="Robot is a service account, and where two people decide"):
            appoint(shop, FIXER, "ben", by=robot)
        with pytest.raises(ForbiddenError, match="Ira made this token, and where two people decide"):
            shop.engine.workspaces.change(lent, "SHOP", settings={"shop": {"largest_estimate": 8}})
        assert shop.engine.proposals.find(shop["ira"], "SHOP").rows == []

    def test_gives_themselves_no_role_where_another_administrator_could(self, shop: Shop) -> None:
        """As without a second person."""
        governed(shop, "roles", by=(MASTER.id,))

        with pytest.raises(ForbiddenError, match="nobody gives themselves a role"):
            appoint(shop, FIXER, "ben", "ida")


class TestErasing:
    def test_of_a_text_waits_for_a_second_person(self, any_shop: Shop) -> None:
        """The words are there until then, and gone for good after it; the log has both people and the reason."""
        governed(any_shop, "erasure")
        item = any_shop.wish()
        event = any_shop.engine.items.comment(any_shop["ann"], item.key, "A name that does not belong here")
        erasing = any_shop.engine.erasing

        proposal = erasing.erase_text(any_shop["ida"], item.key, event.id, reason="Zoe asked for it")

        assert isinstance(proposal, Proposal)
        assert texts(any_shop, item.key) == ["A name that does not belong here"]
        decide(any_shop, proposal, "ira")
        assert texts(any_shop, item.key) == [None]
        last = history(any_shop, item.key)[-1]
        assert (last.kind, last.actor, last.data["proposed_by"]) == ("erased", "ira", "ida")
        assert last.data["comment"] == "Zoe asked for it"
        assert any_shop.engine.reports.verify(any_shop["ida"]).ok

    def test_with_a_person_leaves_comments_where_two_erase(self, shop: Shop) -> None:
        """One administrator does not take them away by erasing their author."""
        governed(shop, "erasure")
        item = shop.wish()
        shop.engine.items.comment(shop["ann"], item.key, "It was agreed on the phone")
        shop.engine.departures.deactivate(shop["ida"], "ann")

        erased = shop.engine.departures.erase(shop["ida"], "ann", comments=True)

        assert isinstance(erased, Erased)
        assert (erased.events, [each.key for each in erased.kept]) == (0, [item.key])
        assert texts(shop, item.key) == ["It was agreed on the phone"]


def history(shop: Shop, key: str) -> list[EventRecord]:
    query = shop.engine.event_log.query(shop["ida"], item=key)
    return list(shop.engine.event_log.events(query).rows)


def texts(shop: Shop, key: str) -> list[str | None]:
    return [each.data.get("comment") for each in history(shop, key) if each.kind == "comment"]


def notified(shop: Shop) -> dict[str, dict[str, str]]:
    """The people notified of the last change of role holders, with their reasons by rule."""
    query = shop.engine.event_log.query(shop["ida"], workspace="SHOP", kinds=["roles"])
    made = shop.engine.notifications.notify(shop.engine.event_log.events(query).rows[-1])
    return {each.actor: {because.rule: because.reason for because in each.because} for each in made}


class TestNotificationsOfAnAppointment:
    def test_go_to_who_gains_or_loses_the_role_and_to_the_others_who_appoint(self, any_shop: Shop) -> None:
        """Nothing is governed: nobody was asked, and so somebody else is to learn of it."""
        any_shop.person("ira", admin=True)

        appoint(any_shop, MASTER, "ben", by=any_shop["ida"])

        assert notified(any_shop) == {
            "ben": {"core.appointed": "you were given the role master on it"},
            "ira": {"core.appointed": "you administer the workspaces"},
        }
        inbox = any_shop.engine.inbox.page(any_shop["ben"]).page.rows
        assert [(each.key, each.message) for each in inbox] == [
            ("SHOP", "Ida changed who holds the role master on it")
        ]

    def test_go_to_who_loses_one_and_keeps_another(self, shop: Shop) -> None:
        """Who belongs to the workspace no longer sees nothing of it, and so is not notified either."""
        appoint(shop, FIXER, "ben", "bea", "mia")
        appoint(shop, FIXER, "ben")

        assert notified(shop) == {"mia": {"core.appointed": "you no longer hold the role fixer on it"}}

    def test_go_to_who_proposed_it_too(self, shop: Shop) -> None:
        governed(shop, "roles")
        decide(shop, proposed(shop, FIXER, "ben", "bea", "mia"), "ira")

        found = notified(shop)

        assert found["ida"] == {
            "core.proposal_decided": "you proposed the change",
            "core.appointed": "you administer the workspaces",
        }
        assert found["mia"] == {"core.appointed": "you were given the role fixer on it"}
