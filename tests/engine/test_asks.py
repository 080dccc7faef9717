"""Requests to clear a check: made, reminded of, declined, taken back, over; and reminders of missing votes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shop import AGREEMENT, SIGNATURE, OpenShop, Shop, with_repair

from placet import Approval, Ballot, BlockedError, Panel, Quorum
from placet.engine.act.questions import AskStatus
from placet.engine.act.records import EventRecord, ItemRecord
from placet.errors import ForbiddenError, InvalidError

NAMED = "shop.fault_named"


def ask(shop: Shop, item: ItemRecord, to: str = "ann", *, by: str = "ben", **rest: Any) -> EventRecord:
    return shop.engine.asks.ask(shop[by], item.key, check=NAMED, to=to, **rest)


def statuses(shop: Shop, item: ItemRecord) -> dict[str, str]:
    return {each.actor: each.status.value for each in shop.item(item).asks}


def last(shop: Shop, item: ItemRecord) -> EventRecord:
    return shop.engine.event_log.history(shop["ida"], item.key).rows[-1]


def heard(shop: Shop, item: ItemRecord) -> dict[str, str]:
    """Who is notified of the last event of an item, and why."""
    return {n.actor: n.because[0].reason for n in shop.engine.notifications.notify(last(shop, item))}


def pass_time(shop: Shop, **span: float) -> None:
    """Let time pass, and do what is due then."""
    now = shop.clock.forward(**span)
    for due in shop.engine.timers.due(now):
        shop.engine.timers.fire(due)


def asked_of(shop: Shop, person: str) -> list[tuple[str, str]]:
    """The checks on somebody's worklist that others ask them to clear, with the reasons."""
    found = shop.engine.reports.worklist(shop[person]).checks
    return [(each.blocker.check, each.reason) for each in found if "asks you" in each.reason]


class TestARequest:
    def test_waits_on_the_worklist_of_who_is_asked_until_it_is_cleared(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """With the reason and its end; the version of the item stays, and a new request replaces the one before."""
        shop = open_shop(database_url)
        item = shop.wish()

        ask(shop, item)
        ask(shop, item, expires_at=shop.clock.now() + timedelta(days=2))

        assert (shop.item(item).version, statuses(shop, item)) == (1, {"ann": "pending"})
        [(check, reason)] = asked_of(shop, "ann")
        assert check == NAMED
        assert reason.startswith(
            "Ben asks you to clear 'Filled in: fault and hours' until Wednesday 4 March 09:00"
        )
        shop.engine.items.edit(shop["ann"], item.key, fields={"fault": "dark", "hours": 2})
        assert asked_of(shop, "ann") == []

    def test_is_reminded_of_once_and_ends_with_everybody_notified_who_can_clear_it(self, shop: Shop) -> None:
        """Halfway it reminds; at the end it is heard of by who asked, and by those who can do it instead."""
        item = shop.wish()
        ask(shop, item)
        pass_time(shop, days=3, hours=13)
        reminded = last(shop, item)
        assert heard(shop, item).keys() == {"ann"}
        pass_time(shop, days=1)
        quiet = last(shop, item)
        pass_time(shop, days=3)

        assert (reminded.kind, quiet.id) == ("ask_reminded", reminded.id)
        assert (last(shop, item).kind, statuses(shop, item)) == ("ask_expired", {"ann": "expired"})
        found = heard(shop, item)
        assert found["ben"] == "you asked Ann to clear 'Filled in: fault and hours'"
        assert found["ann"] == "you were asked to clear 'Filled in: fault and hours'"
        assert asked_of(shop, "ann") == []
        assert shop.engine.reports.verify(shop["ida"]).ok

    def test_that_was_met_meanwhile_ends_without_a_reminder(self, shop: Shop) -> None:
        """A check that blocks nothing any more reminds nobody."""
        item = shop.wish()
        ask(shop, item)
        shop.engine.items.edit(shop["ann"], item.key, fields={"fault": "dark", "hours": 2})
        pass_time(shop, days=4)

        assert (last(shop, item).kind, statuses(shop, item)) == ("ask_cleared", {"ann": "cleared"})
        assert heard(shop, item) == {}

    def test_ends_with_the_move_after_which_nothing_needs_it(self, any_shop: Shop) -> None:
        """The event of the move says so."""
        item = any_shop.wish()
        ask(any_shop, item)
        moved = any_shop.move(item, "start", "ben", fields={"fault": "dark", "hours": 2})

        assert statuses(any_shop, moved) == {"ann": "cleared"}
        assert last(any_shop, item).data["asks"] == [{"check": NAMED, "person": "ann", "status": "cleared"}]

    def test_about_the_person_is_on_the_worklist_as_the_move_that_they_can_make(self, shop: Shop) -> None:
        """Who lacks the role asks somebody who has it."""
        item = shop.wish(fault="dark", hours=2)
        shop.engine.asks.ask(shop["ann"], item.key, check="role", to="bea")

        [entry] = shop.engine.reports.worklist(shop["bea"]).items
        assert entry.reason.startswith("Ann asks you to clear 'role' until")
        assert entry.transitions == ("start",)
        assert entry.due_at == shop.item(item).asks[0].expires_at

    @pytest.mark.parametrize(
        ("by", "status", "notified"), [("ben", "withdrawn", {"ann"}), ("ann", "declined", {"ben"})]
    )
    def test_is_taken_back_or_declined(self, shop: Shop, by: str, status: str, notified: set[str]) -> None:
        """By who asked and who is asked, and the other one is notified; it cannot end twice."""
        item = shop.wish()
        ask(shop, item)

        shop.engine.asks.end(shop[by], item.key, NAMED, "ann")

        assert statuses(shop, item) == {"ann": status}
        assert heard(shop, item).keys() == notified
        with pytest.raises(BlockedError, match="is not asked to clear"):
            shop.engine.asks.end(shop[by], item.key, NAMED, "ann")

    def test_is_nobody_elses_to_end(self, shop: Shop) -> None:
        """Those who can are named."""
        item = shop.wish()
        ask(shop, item)

        with pytest.raises(ForbiddenError) as refusal:
            shop.engine.asks.end(shop["mia"], item.key, NAMED, "ann")
        assert list(refusal.value.needs) == ["ben", "ann"]

    def test_reaches_only_people_who_see_the_item(self, shop: Shop) -> None:
        """Asking somebody lets nobody in."""
        item = shop.wish()

        with pytest.raises(InvalidError, match=r"Tom has no role by which they see SHOP-1"):
            ask(shop, item, "tom")
        shop.engine.departures.deactivate(shop["ida"], "cid")
        with pytest.raises(InvalidError, match="Cid is switched off"):
            ask(shop, item, "cid")

    @pytest.mark.parametrize(("days", "message"), [(0, "is not after now"), (367, "is 367 days ahead")])
    def test_has_an_end_ahead_and_not_too_far(self, shop: Shop, days: int, message: str) -> None:
        """Nobody is asked for the past, or for ever."""
        with pytest.raises(InvalidError, match=message):
            ask(shop, shop.wish(), expires_at=shop.clock.now() + timedelta(days=days))

    def test_of_somebody_who_leaves_is_heard_of_by_who_asked(self, shop: Shop) -> None:
        """It is listed among what waited for them."""
        item = shop.wish()
        ask(shop, item, "cid")

        departure = shop.engine.departures.deactivate(shop["ida"], "cid")

        assert [(each.item, each.asks) for each in departure.waiting] == [(item.key, (NAMED,))]
        assert "ben" in heard(shop, item)


class TestAnApproval:
    def test_reminds_those_whose_vote_is_missing_once(self, open_shop: OpenShop, database_url: str) -> None:
        """And nobody who has voted; the version of the item stays."""
        panel = Panel(Ballot(["shop.customer", "shop.fixer"], Quorum.n(2)))
        reminding = Approval(
            AGREEMENT.id, "Agreement", panel, expires=timedelta(days=10), reminds=timedelta(days=2)
        )
        shop = open_shop(database_url, method=with_repair(approvals=[reminding, SIGNATURE]))
        item = shop.offered()
        shop.vote(item, "cid")
        version = shop.item(item).version
        pass_time(shop, days=2, hours=1)
        reminded = last(shop, item)

        assert (reminded.kind, reminded.actor) == ("approval_reminded", "system")
        assert shop.item(item).version == version
        found = heard(shop, item)
        assert "cid" not in found
        assert "bea" in found
        pass_time(shop, days=2)
        assert last(shop, item).id == reminded.id
        pass_time(shop, days=6)
        assert last(shop, item).kind == "approval_expired"


class TestEveryStatus:
    def test_of_a_request_is_known_on_time(self, shop: Shop) -> None:
        """It is over at its moment, whether or not that is recorded yet."""
        item = shop.wish()
        ask(shop, item)
        asked = shop.item(item).asks[0]

        assert asked.status_at(asked.expires_at) is AskStatus.EXPIRED
        assert asked.status_at(asked.expires_at - timedelta(seconds=1)) is AskStatus.PENDING
