"""Approvals: asked, voted on, gone stale, expired; and the people who may not vote."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from shop import CUSTOMER, FIXER, MASTER, OpenShop, Shop, replace_approval, with_repair

from placet import Approval, Ballot, Duty, Panel, Quorum
from placet.definitions.context import ApprovalStatus, Decision
from placet.definitions.verdicts import BlockedError
from placet.engine.act.records import ItemRecord, Message
from placet.errors import ForbiddenError, NotFoundError


class TestVoting:
    def test_grants_when_the_quorum_is_reached(self, shop: Shop) -> None:
        """Two of those asked agree."""
        item = shop.offered()

        shop.vote(item, "cid")
        after = shop.vote(item, "ben", comment="fine with me")

        line = shop.engine.approvals.of_item(after)[0]
        assert (line.status, line.summary, line.missing) == (ApprovalStatus.GRANTED, "2 of 2 approvals", ())
        assert [(v.actor, v.decision, v.comment, v.roles) for v in line.votes] == [
            ("cid", Decision.APPROVE, None, ("shop.customer",)),
            ("ben", Decision.APPROVE, "fine with me", ("shop.fixer",)),
        ]

    def test_is_recorded(self, shop: Shop) -> None:
        """Every vote is an event, and raises the version."""
        item = shop.offered()

        after = shop.vote(item, "cid", "reject", comment="too dear")

        event = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        assert (event.kind, event.actor, after.version) == ("voted", "cid", item.version + 1)
        assert {n: event.data[n] for n in ("approval", "round", "decision", "status", "comment")} == {
            "approval": "shop.agreement",
            "round": 1,
            "decision": "reject",
            "status": "refused",
            "comment": "too dear",
        }

    def test_is_recorded_with_what_it_was_given_for(self, shop: Shop) -> None:
        """Roles, version and a digest of the material: an auditor recomputes it from the values in the history."""
        item = shop.offered(price=9.5)
        shop.attach(item, "offer", b"nine fifty")

        shop.vote(item, "cid")

        event = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        attached = sha256(f'["{sha256(b"nine fifty").hexdigest()}"]'.encode()).hexdigest()
        written = (
            f'{{"deposit":null,"due":null,"evidence:offer":"{attached}","fault":"dark","price":9.5,'
            '"title":"A broken lamp"}'
        )
        assert event.data["roles"] == ["shop.customer"]
        assert event.data["material"] == {
            "version": shop.item(item).version - 1,
            "of": ["deposit", "due", "evidence:offer", "fault", "price", "title"],
            "digest": sha256(written.encode()).hexdigest(),
        }

    def test_is_given_for_what_there_is_and_not_for_what_was_asked_about(self, shop: Shop) -> None:
        """A lower price voids nothing, and who votes after it has agreed to that one."""
        item = shop.offered(price=9.5)
        shop.vote(item, "cid")
        shop.engine.items.edit(shop["ben"], item.key, fields={"price": 9.0})

        shop.vote(item, "ben")

        votes = [e for e in shop.engine.event_log.history(shop["ida"], item.key).rows if e.kind == "voted"]
        first, second = (vote.data["material"] for vote in votes)
        assert (first["version"], second["version"]) == (item.version, item.version + 2)
        assert first["digest"] != second["digest"]

    def test_a_veto_refuses_whatever_the_count(self, shop: Shop) -> None:
        """The customer's no counts more than two fixers' yes."""
        item = shop.offered()

        after = shop.vote(item, "cid", "reject")

        assert shop.engine.approvals.of_item(after)[0].summary == "refused by a veto"

    def test_an_abstention_is_recorded_and_counts_for_nobody(self, shop: Shop) -> None:
        """Who abstains has answered, and is waited for no more."""
        item = shop.offered()

        after = shop.vote(item, "cid", "abstain")

        line = shop.engine.approvals.of_item(after)[0]
        assert (line.status, line.missing) == (ApprovalStatus.PENDING, ("ben", "bea"))

    def test_the_latest_vote_of_a_person_counts(self, shop: Shop) -> None:
        """One may think again while the round is open; both votes stay on record."""
        item = shop.offered()
        shop.vote(item, "cid")
        shop.vote(item, "ben", "reject")

        after = shop.vote(item, "ben")

        line = shop.engine.approvals.of_item(after)[0]
        assert (line.status, len(line.votes)) == (ApprovalStatus.GRANTED, 3)

    def test_is_refused_to_those_who_are_not_asked(self, shop: Shop) -> None:
        """A refusal without any of the roles names them and their holders."""
        item = shop.offered()

        with pytest.raises(BlockedError) as caught:
            shop.vote(item, "mia")

        assert [(b.check, b.message, b.remedy) for b in caught.value.blockers] == [
            (
                "role",
                "Agreement is for the customer or fixer to decide, and Mia holds no such role",
                "ask Ann, Cid, Ben or Bea",
            )
        ]

    def test_is_refused_before_it_was_asked_for(self, shop: Shop) -> None:
        """No round, no vote."""
        with pytest.raises(BlockedError, match="Agreement was not asked for") as caught:
            shop.vote(shop.on_bench(), "cid")

        assert caught.value.blockers[0].remedy == "use Offer"

    def test_names_a_transition_that_asks_for_it_only_where_it_can_be_made(self, shop: Shop) -> None:
        """Offer is for a repair on the bench: before and after, another step comes first."""
        early, late = shop.wish(), shop.move(shop.on_bench(), "test", "ben")

        with pytest.raises(BlockedError, match="Agreement was not asked for") as caught:
            shop.vote(early, "cid")
        refusal = shop.refusal(late, "hand_over", "ben")

        assert caught.value.blockers[0].remedy == "bring it to a state in which it is asked for"
        assert [b.remedy for b in refusal.blockers if b.params.get("approval") == "shop.agreement"] == [
            "bring it to a state in which it is asked for"
        ]

    def test_names_the_nearest_approval(self, shop: Shop) -> None:
        """A misspelt approval is not found."""
        with pytest.raises(NotFoundError, match=r'did you mean "shop\.agreement"'):
            shop.vote(shop.offered(), "cid", approval="shop.agrement")

    def test_shows_in_the_list_of_what_waits(self, any_shop: Shop) -> None:
        """Pending rounds are found by person, workspace and item."""
        item = any_shop.offered()
        any_shop.on_bench()
        engine, ida = any_shop.engine, any_shop["ida"]

        def waiting(**narrowed: str) -> list[str]:
            return [line.approval for line in engine.approvals.find(ida, **narrowed).rows]  # type: ignore[arg-type]

        assert waiting() == ["shop.agreement", "shop.signature"]
        assert waiting(waiting_for="mia") == ["shop.signature"]
        assert waiting(waiting_for="ann") == []
        assert waiting(workspace="SHOP", item=item.key) == ["shop.agreement", "shop.signature"]
        any_shop.vote(item, "mia", approval="shop.signature")
        assert waiting() == ["shop.agreement"]


class TestOrder:
    def _shop(self, open_shop: OpenShop, url: str) -> Shop:
        panel = Panel(
            Ballot([FIXER], Quorum.any()), Ballot([MASTER], Quorum.any(), veto=[CUSTOMER]), ordered=True
        )
        ordered = replace_approval(Approval("shop.agreement", "Agreement", panel))
        return open_shop(url, method=ordered)

    def test_asks_the_next_ballot_when_the_one_before_is_granted(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """The master is not bothered before a fixer agrees."""
        shop = self._shop(open_shop, sqlite_url)
        item = shop.offered()

        with pytest.raises(BlockedError, match="Mia votes later: the step before waits for Ben and Bea"):
            shop.vote(item, "mia")
        shop.vote(item, "ben")

        assert shop.engine.approvals.of_item(shop.item(item))[0].missing == ("mia",)
        with pytest.raises(BlockedError, match="the step of Bea is granted: the next one waits for Mia"):
            shop.vote(item, "bea")
        assert shop.engine.approvals.of_item(shop.vote(item, "mia"))[0].status is ApprovalStatus.GRANTED

    def test_a_veto_need_not_wait_for_its_turn(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A vote that can only end in a refusal may be refused at once."""
        shop = self._shop(open_shop, sqlite_url)

        after = shop.vote(shop.offered(), "cid", "reject")

        assert shop.engine.approvals.of_item(after)[0].status is ApprovalStatus.REFUSED


class TestStaleness:
    def _granted(self, shop: Shop, **fields: Any) -> ItemRecord:
        item = shop.offered(**{"price": 10.0, "deposit": "60.0", "due": "2026-04-01T12:00:00Z", **fields})
        shop.vote(item, "cid")
        return shop.vote(item, "ben")

    @pytest.mark.parametrize(
        ("change", "stale"),
        [
            ({"fault": "dim"}, True),
            ({"price": 11.0}, True),
            ({"price": 9.0}, False),
            ({"deposit": "100"}, True),
            ({"deposit": "9.5"}, False),
            ({"due": "2026-03-31T12:00:00Z"}, True),
            ({"due": "2026-04-01T12:00:00.500000Z"}, False),
            ({"due": "2026-04-02T12:00:00Z"}, False),
            ({"hours": 3}, False),
        ],
    )
    def test_follows_the_material_fields(self, shop: Shop, change: dict[str, Any], stale: bool) -> None:
        """An approval counts as long as what was approved is what there is, in the directions that matter."""
        item = self._granted(shop)

        after = shop.engine.items.edit(shop["ben"], item.key, fields=change)

        assert [r.status.value for r in after.approvals if r.approval == "shop.agreement"] == (
            ["voided", "pending"] if stale else ["granted"]
        )

    def test_says_why_and_asks_again(self, shop: Shop) -> None:
        """The round is voided with its reason, and the next one is open with no votes."""
        item = self._granted(shop)

        after = shop.engine.items.edit(shop["ben"], item.key, fields={"fault": "dim"})

        old = next(r for r in after.approvals if r.approval == "shop.agreement")
        new = after.round("shop.agreement")
        assert new is not None
        assert old.reason == Message("approval.changed", {"fields": ["fault"]})
        assert (new.round, new.votes, new.material["fault"]) == (2, (), "dim")

    def test_follows_the_material_evidence(self, any_shop: Shop) -> None:
        """A new offer is another offer."""
        item = self._granted(any_shop)

        any_shop.attach(item, "photo")
        assert any_shop.engine.approvals.of_item(any_shop.item(item))[0].status is ApprovalStatus.GRANTED
        any_shop.attach(item, "offer", b"another price")

        assert any_shop.engine.approvals.of_item(any_shop.item(item))[0].round == 2

    def test_counts_a_change_sent_along_with_a_transition(self, shop: Shop) -> None:
        """The way by which a field changes makes no difference."""
        item = self._granted(shop)

        after = shop.move(item, "test", "ben", fields={"price": 99.0})

        assert [r.status.value for r in after.approvals if r.approval == "shop.agreement"] == ["voided"]

    def test_does_not_come_by_another_title_where_all_else_is_fixed(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """An agreed content cannot become something else, nor be called something else; before that it can."""
        fixed = {"bench": ["fault", "price", "deposit", "due"]}
        shop = open_shop(sqlite_url, method=with_repair(frozen_in=fixed))
        item = shop.offered()
        shop.engine.items.edit(shop["ben"], item.key, title="A dark lamp")
        shop.vote(item, "cid")
        shop.vote(item, "ben")

        with pytest.raises(BlockedError) as refusal:
            shop.engine.items.edit(shop["ben"], item.key, title="A radio")

        [blocker] = refusal.value.blockers
        assert (blocker.check, blocker.message) == (
            "frozen",
            "title cannot be changed in 'On the bench', as it names what was approved",
        )
        assert shop.item(item).title == "A dark lamp"

    def test_does_not_reopen_where_the_approval_says_so(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Then somebody has to ask again."""
        panel = Panel(Ballot([CUSTOMER, FIXER], Quorum.any()))
        shop = open_shop(
            sqlite_url,
            method=replace_approval(
                Approval("shop.agreement", "Agreement", panel, material_fields=["fault"], reopens=False)
            ),
        )
        item = shop.offered()
        shop.vote(item, "ben")

        shop.engine.items.edit(shop["ben"], item.key, fields={"fault": "dim"})

        with pytest.raises(BlockedError, match="voided: fault changed"):
            shop.vote(item, "ben")


class TestEnds:
    def test_expires_by_the_clock(self, shop: Shop) -> None:
        """Expiry holds whether or not anything has fired; a vote then comes too late."""
        item = shop.offered()
        shop.vote(item, "cid")
        shop.clock.forward(days=10)

        line = shop.engine.approvals.of_item(shop.item(item))[0]
        assert (line.status, line.summary) == (
            ApprovalStatus.EXPIRED,
            "expired on Thursday 12 March 09:00 with 1 of 2 approvals",
        )
        with pytest.raises(BlockedError, match="round 1: expired on"):
            shop.vote(item, "ben")

    def test_is_taken_back_by_a_transition(self, shop: Shop) -> None:
        """An item that comes back is no longer the one that was approved."""
        item = shop.offered()

        after = shop.move(item, "take_back", "ben")

        assert shop.engine.approvals.of_item(after)[0].summary == "voided: by the transition Take back"

    def test_asking_again_opens_the_next_round(self, shop: Shop) -> None:
        """The round before gives way."""
        item = shop.offered()
        shop.vote(item, "cid")

        after = shop.move(item, "offer", "ben")

        assert [
            (r.round, r.status.value, r.reason) for r in after.approvals if r.approval == "shop.agreement"
        ] == [
            (1, "voided", Message("approval.asked_again")),
            (2, "pending", None),
        ]

    def test_nothing_waits_once_the_item_is_closed(self, any_shop: Shop) -> None:
        """Who was asked need not answer any more."""
        item = any_shop.offered()

        any_shop.move(item, "drop", "ann", comment="bought a new one")

        assert any_shop.engine.approvals.find(any_shop["ida"]).rows == []


class TestDuties:
    def test_bar_a_vote_by_what_the_person_did_before(self, shop: Shop) -> None:
        """Nobody agrees to their own wish."""
        item = shop.offered()

        with pytest.raises(BlockedError) as caught:
            shop.vote(item, "ann")

        assert [(b.gate, b.check, b.message, b.remedy) for b in caught.value.blockers] == [
            (
                "segregation",
                "shop.not_alone",
                "Nobody agrees to their own wish: Ann created it",
                "ask Cid, Ben or Bea",
            )
        ]

    def test_barred_people_are_not_waited_for(self, shop: Shop) -> None:
        """Whose vote would be refused is not missing."""
        line = shop.engine.approvals.of_item(shop.offered())[0]

        assert line.asked == ("cid", "ben", "bea")

    def test_hold_through_delegation(self, shop: Shop) -> None:
        """Neither the one who votes nor the one who is voted for may be barred."""
        item = shop.offered()
        delegate(shop, "cid", "ann")
        delegate(shop, "ann", "cid")

        for voter, seat in (("ann", "cid"), ("cid", "ann")):
            with pytest.raises(BlockedError, match="Ann created it"):
                shop.vote(item, voter, on_behalf_of=seat)

    def test_bind_people_by_the_field_in_which_they_stand(self, shop: Shop) -> None:
        """Who is named as the fixer does not hand over."""
        item = shop.move(shop.on_bench(fixer="bea"), "test", "ben")

        refusal = shop.refusal(item, "hand_over", "bea")

        [said] = [b.message for b in refusal.blockers if b.check == "shop.not_named"]
        assert said == "Nobody tests what they repair: Bea is named as fixer"

    def test_bind_in_the_other_direction_too(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Who has offered it is not named as the fixer afterwards. The refusal says what follows for this act."""
        duty = Duty(
            "shop.not_named", "Nobody tests what they repair", ("named:fixer",), ("transition:offer",)
        )
        shop = open_shop(sqlite_url, method=with_repair(duties=[duty]))
        item = shop.offered()

        with pytest.raises(BlockedError) as refusal:
            shop.engine.items.edit(shop["bea"], item.key, fields={"fixer": "ben"})

        assert [blocker.message for blocker in refusal.value.blockers] == [
            "Ben made the transition Offer, so somebody else is named as fixer"
        ]

    def test_a_check_may_ask_who_did_what(self, shop: Shop) -> None:
        """Four eyes: who started does not hand over."""
        item = shop.move(shop.on_bench(), "test", "ben")

        refusal = shop.refusal(item, "hand_over", "ben")

        assert "Ben made the transition Start" in [b.message for b in refusal.blockers]


class TestDelegation:
    def test_lets_somebody_vote_for_another(self, shop: Shop) -> None:
        """The vote is the delegator's, and the record says who cast it."""
        item = shop.offered()
        delegate(shop, "cid", "bea")

        after = shop.vote(item, "bea", on_behalf_of="cid")

        vote = shop.engine.approvals.of_item(after)[0].votes[0]
        assert (vote.actor, vote.on_behalf_of, vote.seat, vote.roles) == (
            "bea",
            "cid",
            "cid",
            ("shop.customer",),
        )
        assert after.acts["vote:shop.agreement"] == ("bea", "cid")

    @pytest.mark.parametrize("day", [-1, 7])
    def test_counts_only_while_it_is_in_force(self, shop: Shop, day: int) -> None:
        """Before its start and from its end on, it is none."""
        item = shop.offered()
        delegate(shop, "cid", "bea")
        shop.clock.forward(days=day)

        with pytest.raises(ForbiddenError, match="Cid has not delegated this decision to Bea for now"):
            shop.vote(item, "bea", on_behalf_of="cid")

    def test_may_be_for_some_roles_only(self, shop: Shop) -> None:
        """A delegation of another role does not reach this approval."""
        item = shop.offered()
        delegate(shop, "cid", "bea", roles=["shop.master"])

        with pytest.raises(ForbiddenError):
            shop.vote(item, "bea", on_behalf_of="cid")

    def test_gives_only_the_roles_that_it_names(self, shop: Shop) -> None:
        """Cid is asked as a customer and as a fixer, and lends the customer's vote alone."""
        shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.fixer", ["ben", "bea", "cid"])
        item = shop.offered()
        delegate(shop, "cid", "mia", roles=["shop.customer"])

        after = shop.vote(item, "mia", on_behalf_of="cid")

        assert shop.engine.approvals.of_item(after)[0].votes[0].roles == ("shop.customer",)


def delegate(shop: Shop, giver: str, taker: str, **narrowed: Any) -> None:
    """A delegation for the next seven days."""
    starts = shop.clock.now()
    shop.engine.delegations.create(
        shop[giver],
        from_actor=giver,
        to_actor=taker,
        starts_at=starts,
        ends_at=starts + timedelta(days=7),
        **narrowed,
    )
