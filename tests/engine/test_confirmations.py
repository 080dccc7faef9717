"""Confirmations by those who are named: asked, given, declined, gone stale, reminded of, over; and duties over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shop import FIXER, MASTER, METHOD, SMALL, OpenShop, Shop, with_repair

from placet import Confirmation, ConfirmationStatus, Duty, Gate, Transition, Workflow, named_confirmed
from placet.definitions.verdicts import BlockedError
from placet.engine.act.records import ItemRecord
from placet.errors import ForbiddenError, InvalidError, NotFoundError

REPAIR = METHOD.item_types[0].workflow
TAKEN_ON = Confirmation(
    "shop.taken_on",
    "Taken on",
    field="fixer",
    material_fields=["hours", "due"],
    expires=timedelta(days=3),
    reminds=timedelta(days=1),
)
CONFIRMED = Gate("shop.confirmed", "Taken on", named_confirmed("shop.fixer_agrees", "shop.taken_on"))


def asking(confirmation: Confirmation = TAKEN_ON, **parts: Any) -> Any:
    """The shop, where the one who is to repair it confirms that before it is tested."""
    moves = [
        Transition("test", "bench", "testing", [FIXER], [CONFIRMED]) if move.name == "test" else move
        for move in REPAIR.transitions
    ]
    moves.append(Transition("ask", "bench", "same", [FIXER], asks=["shop.taken_on"]))
    flow = Workflow(REPAIR.id, REPAIR.states, moves)
    return with_repair(workflow=flow, confirmations=[confirmation], **parts)


@pytest.fixture
def shop(open_shop: OpenShop, tmp_path: Path) -> Shop:
    return open_shop(f"sqlite:///{tmp_path / 'placet.db'}", method=asking())


def answer(shop: Shop, item: ItemRecord, by: str, *, confirm: bool = True) -> ItemRecord:
    return shop.engine.confirmations.decide(shop[by], item.key, "shop.taken_on", confirm=confirm)


def statuses(shop: Shop, item: ItemRecord) -> dict[str, str]:
    return {each.actor: each.status.value for each in shop.item(item).confirmations}


def last(shop: Shop, item: ItemRecord) -> tuple[str, str, Mapping[str, Any]]:
    event = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
    return event.kind, event.actor, event.data


def pass_time(shop: Shop, **span: float) -> None:
    """Let time pass, and do what is due then."""
    now = shop.clock.forward(**span)
    for due in shop.engine.timers.due(now):
        shop.engine.timers.fire(due)


class TestWhoIsNamed:
    def test_is_asked_and_nobody_else_answers(self, open_shop: OpenShop, database_url: str) -> None:
        """Naming somebody is an event that asks them, puts it on their worklist, and opens no gate."""
        shop = open_shop(database_url, method=asking())
        item = shop.move(shop.wish(fault="dark", hours=2), "start", "ben", fields={"fixer": "bea"})

        named = last(shop, item)[2]["confirmations"]
        refusal = shop.refusal(item, "test", "ben")
        worklist = shop.engine.reports.worklist(shop["bea"]).confirmations
        with pytest.raises(BlockedError, match="Taken on is for Bea alone to confirm"):
            answer(shop, item, "ben")

        assert named == [{"confirmation": "shop.taken_on", "person": "bea", "status": "pending"}]
        assert [(each.item.key, each.confirmation.actor) for each in worklist] == [(item.key, "bea")]
        assert [b.message for b in refusal.blockers] == ["Taken on is not confirmed by Bea"]
        assert refusal.blockers[0].who == ("bea",)
        answer(shop, item, "bea")
        assert shop.engine.reports.worklist(shop["bea"]).confirmations == ()

    def test_confirms_in_their_own_name(self, shop: Shop) -> None:
        """The event has what was confirmed, and the gate opens."""
        item = shop.on_bench(fixer="bea")

        after = answer(shop, item, "bea")

        kind, actor, data = last(shop, item)
        assert (kind, actor) == ("confirmed", "bea")
        assert data["material"]["of"] == ["due", "fixer", "hours"]
        assert after.version == item.version + 1
        assert shop.engine.reports.worklist(shop["bea"]).confirmations == ()
        assert shop.move(item, "test", "ben").state == "testing"

    def test_declines_and_thinks_again(self, shop: Shop) -> None:
        """A declined one blocks with other words; the latest answer counts, and it can be taken back."""
        item = shop.on_bench(fixer="bea")

        answer(shop, item, "bea", confirm=False)
        declined = shop.refusal(item, "test", "ben").blockers[0].message
        answer(shop, item, "bea")
        after = shop.engine.confirmations.take_back(shop["bea"], item.key, "shop.taken_on")

        assert declined == "Taken on is declined by Bea"
        assert [each.status for each in after.confirmations] == [ConfirmationStatus.PENDING]
        with pytest.raises(BlockedError, match="Bea has not answered yet"):
            shop.engine.confirmations.take_back(shop["bea"], item.key, "shop.taken_on")

    def test_confirms_it_by_the_own_name(self, shop: Shop) -> None:
        """Who names themselves has agreed, and still does after a change of their own; after anybody else's, not."""
        item = shop.on_bench()
        shop.engine.items.edit(shop["bea"], item.key, fields={"fixer": "bea"})
        shop.engine.items.edit(shop["bea"], item.key, fields={"hours": 3})
        own = statuses(shop, item)
        shop.engine.items.edit(shop["ben"], item.key, fields={"hours": 30})

        assert (own, statuses(shop, item)) == ({"bea": "confirmed"}, {"bea": "pending"})

    def test_is_asked_no_more_when_another_is_named_or_it_ends(self, shop: Shop) -> None:
        """A question that needs no answer waits for nobody."""
        item = shop.on_bench(fixer="bea")
        shop.engine.items.edit(shop["ben"], item.key, fields={"fixer": "mia"})
        renamed = statuses(shop, item)
        shop.move(item, "drop", "ann", comment="the lamp was sold")

        assert renamed == {"bea": "withdrawn", "mia": "pending"}
        assert statuses(shop, item) == {"bea": "withdrawn", "mia": "withdrawn"}
        with pytest.raises(BlockedError, match="is for Mia alone to confirm"):
            answer(shop, item, "mia")

    def test_names_one_of_the_confirmations_that_there_are(self, shop: Shop) -> None:
        """A misspelling says what is there."""
        item = shop.on_bench(fixer="bea")

        with pytest.raises(NotFoundError, match=r'no confirmation of a repair "shop\.taken"'):
            shop.engine.confirmations.decide(shop["bea"], item.key, "shop.taken", confirm=True)


class TestWhoIsNamedFromOutside:
    def test_sees_what_it_is_about_as_long_as_it_is_open(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """By key, in lists and on the worklist, and nothing else; afterwards they see what they confirmed."""
        shop = open_shop(database_url, method=asking())
        other = shop.wish()
        item = shop.on_bench(fixer="tom")
        tom, confirmations = shop["tom"], shop.engine.confirmations

        query = shop.engine.reports.item_query(tom)
        open_ones = [each.key for each in shop.engine.reports.items(tom, query).rows]
        asked = shop.engine.items.get(tom, item.key)
        waiting = [each.item.key for each in shop.engine.reports.worklist(tom).confirmations]
        with pytest.raises(NotFoundError):
            shop.engine.items.get(tom, other.key)
        with pytest.raises(NotFoundError):
            shop.engine.items.comment(tom, item.key, "mine to read, not to write on")
        answer(shop, item, "tom")

        assert (open_ones, asked.key, waiting) == ([item.key], item.key, [item.key])
        with pytest.raises(NotFoundError):
            shop.engine.items.get(tom, item.key)
        assert shop.engine.reports.items(tom, shop.engine.reports.item_query(tom)).rows == []
        record, own = confirmations.own(tom, item.key, "shop.taken_on")
        assert (record.key, own.status.value, own.material["hours"]) == (item.key, "confirmed", 2)
        with pytest.raises(NotFoundError):
            confirmations.own(tom, other.key, "shop.taken_on")
        assert confirmations.take_back(tom, item.key, "shop.taken_on").key == item.key
        assert shop.engine.items.get(tom, item.key).key == item.key

    def test_is_notified(self, shop: Shop) -> None:
        """Who is asked hears of it, with a role or without one."""
        item = shop.on_bench()
        shop.engine.items.edit(shop["ben"], item.key, fields={"fixer": "tom"})
        asked = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]

        [made] = shop.engine.notifications.notify(asked)
        assert made.actor == "tom"
        assert [n.key for n in shop.engine.inbox.page(shop["tom"]).page.rows] == [item.key]


class TestWhatIsConfirmed:
    def test_is_what_would_be_done(self, shop: Shop) -> None:
        """A move that sends other material along is not covered; once it has changed, it is asked for again."""
        item = shop.on_bench(fixer="bea")
        answer(shop, item, "bea")
        shop.engine.items.edit(shop["ben"], item.key, fields={"price": 9.0})
        unchanged = statuses(shop, item)
        shop.engine.items.edit(shop["ben"], item.key, fields={"hours": 30})

        assert unchanged == {"bea": "confirmed"}
        assert statuses(shop, item) == {"bea": "pending"}
        assert shop.refusal(item, "test", "ben").blockers[0].check == "shop.fixer_agrees"

    def test_is_asked_for_by_a_transition_alone_where_it_is_declared_so(
        self, open_shop: OpenShop, tmp_path: Path
    ) -> None:
        """And then asked for anew, unless it is confirmed as it is."""
        later = Confirmation("shop.taken_on", "Taken on", field="fixer", when_named=False)
        shop = open_shop(f"sqlite:///{tmp_path / 'placet.db'}", method=asking(later))
        item = shop.on_bench(fixer="bea")
        before = statuses(shop, item)
        shop.move(item, "ask", "ben")
        asked = statuses(shop, item)
        answer(shop, item, "bea")
        shop.move(item, "ask", "ben")

        assert (before, asked, statuses(shop, item)) == ({}, {"bea": "pending"}, {"bea": "confirmed"})


class TestTime:
    def test_reminds_once_and_ends(self, shop: Shop) -> None:
        """On the record, with the people who are notified of it; a later answer is refused."""
        item = shop.on_bench(fixer="bea")
        pass_time(shop, days=1, hours=1)
        reminded = last(shop, item)
        pass_time(shop, days=1)
        quiet = last(shop, item)
        pass_time(shop, days=1)

        assert (reminded[0], reminded[1], quiet) == ("confirmation_reminded", "system", reminded)
        assert last(shop, item)[0] == "confirmation_expired"
        assert statuses(shop, item) == {"bea": "expired"}
        with pytest.raises(BlockedError, match="the time to answer ended on Thursday 5 March 09:00"):
            answer(shop, item, "bea")

    def test_ends_a_confirmation_that_counts_for_a_time(self, open_shop: OpenShop, tmp_path: Path) -> None:
        """It ends at its moment, whether or not that is recorded yet."""
        brief = Confirmation("shop.taken_on", "Taken on", field="fixer", lasts=timedelta(days=2))
        shop = open_shop(f"sqlite:///{tmp_path / 'placet.db'}", method=asking(brief))
        item = shop.on_bench(fixer="bea")
        answer(shop, item, "bea")
        shop.clock.forward(days=2)
        over = shop.refusal(item, "test", "ben").blockers[0].check
        pass_time(shop)

        assert over == "shop.fixer_agrees"
        assert statuses(shop, item) == {"bea": "expired"}

    def test_notifies_who_is_asked_and_who_asked(self, shop: Shop) -> None:
        """With the end of the time to answer."""
        item = shop.on_bench()
        shop.engine.items.edit(shop["ben"], item.key, fields={"fixer": "bea"})
        asked = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        answer(shop, item, "bea")
        answered = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]

        made = {n.actor: [why.rule for why in n.because] for n in shop.engine.notifications.notify(answered)}
        assert made == {"ben": ["core.confirmation_answered"]}
        assert shop.engine.notifications.notify(asked)[0].actor == "bea"


class TestDuties:
    def shop(self, open_shop: OpenShop, tmp_path: Path, *acts: str, bars: str) -> Shop:
        duty = Duty("shop.apart", "These are for two people", acts, (bars,))
        return open_shop(f"sqlite:///{tmp_path / 'placet.db'}", method=asking(duties=[duty]))

    def test_bar_who_wrote_it(self, open_shop: OpenShop, tmp_path: Path) -> None:
        """By field, or for all material fields alike; from the answer, and by one's own name too."""
        shop = self.shop(open_shop, tmp_path, "edit", bars="confirm")
        item = shop.on_bench(fixer="bea")
        shop.engine.items.edit(shop["bea"], item.key, fields={"hours": 5})

        with pytest.raises(BlockedError, match="These are for two people: Bea wrote what is decided on"):
            answer(shop, item, "bea")

    def test_bar_who_confirmed_from_writing(self, open_shop: OpenShop, tmp_path: Path) -> None:
        """They bind in both directions."""
        shop = self.shop(open_shop, tmp_path, "edit:price", bars="confirm:shop.taken_on")
        item = shop.on_bench(fixer="bea")
        answer(shop, item, "bea")

        with pytest.raises(BlockedError, match="Bea confirmed Taken on"):
            shop.engine.items.edit(shop["bea"], item.key, fields={"price": 7.0})
        assert shop.engine.items.edit(shop["bea"], item.key, fields={"notes": "x"}).fields["notes"] == "x"

    def test_bar_waivers_and_their_reviews(self, open_shop: OpenShop, tmp_path: Path) -> None:
        """Who granted it does not review it, where a duty says so; and no waiver lasts longer than its gate allows."""
        shop = self.shop(open_shop, tmp_path, f"waive:{SMALL.id}", bars="review")
        item = shop.wish(fault="dark", hours=99)
        ask, ends = shop.engine.waivers.ask, shop.clock.now() + timedelta(days=30)
        with pytest.raises(
            InvalidError,
            match="is 31 days ahead, and 'Small enough' can be waived for 30 days at most: until Wednesday 1 April",
        ):
            ask(shop["ben"], item.key, gate=SMALL.id, reason="a friend", expires_at=ends + timedelta(days=1))
        waiver = ask(shop["ben"], item.key, gate=SMALL.id, reason="a friend", expires_at=ends)
        shop.engine.waivers.decide(shop["mia"], item.key, waiver.id, grant=True)

        with pytest.raises(BlockedError, match="Mia decided on a waiver of"):
            shop.engine.waivers.review(shop["mia"], item.key, waiver.id, review="it went well")

    def test_bar_who_has_a_part_in_it_from_appointing(self, open_shop: OpenShop, tmp_path: Path) -> None:
        """Even an administrator; a duty bars who the role itself would let appoint."""
        shop = self.shop(open_shop, tmp_path, "vote:shop.agreement", bars=f"appoint:{MASTER.id}")
        item = shop.wish(by="ann")
        with pytest.raises(ForbiddenError, match="as they created it"):
            shop.engine.items.set_role(replace(shop["ann"], admin=True), item.key, MASTER.id, ["ben"])
        assert shop.engine.items.set_role(shop["mia"], item.key, MASTER.id, ["ben"]).roles == {
            MASTER.id: ("ben",)
        }
