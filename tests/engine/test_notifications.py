"""Who is notified of what, and why: Placet's own rules, those of methods, and what workspaces and people decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from calls import Calls
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from shop import CUSTOMER, FIXER, MASTER, METHOD, OpenShop, Shop, changed, replace_approval
from statements import sent
from trials import examples

from placet import (
    Approval,
    Ballot,
    Method,
    NotificationRule,
    Panel,
    PlacetError,
    Quorum,
    Threshold,
    Timer,
    elapsed,
)
from placet.engine.act.journal import make_event
from placet.engine.act.notifications import NotificationRecord
from placet.engine.act.people import NotificationChoice
from placet.engine.act.records import EventRecord, ItemRecord, SealedEvent
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.notifications.phrases import sentence
from placet.errors import InvalidError, NotFoundError


def last(shop: Shop, item: ItemRecord) -> EventRecord:
    return shop.engine.event_log.history(SYSTEM_ACTOR, item.key, limit=500).rows[-1]


def notified(shop: Shop, item: ItemRecord) -> dict[str, dict[str, str]]:
    """The reasons that everybody is given who is notified of the item's last event, by rule."""
    made = shop.engine.notifications.notify(last(shop, item))
    return {notification.actor: dict(notification.because) for notification in made}


def notifying(*rules: NotificationRule, **parts: Any) -> Method:
    """The shop's method with notification rules, and other parts changed."""
    return changed(METHOD, notification_rules=rules, **parts)


def repair_rule(on: str, *to: str, id: str = "shop.notified") -> NotificationRule:
    return NotificationRule(id, "Notified", "shop.repair", [on], to, "the shop says so")


class TestDrafting:
    def test_costs_no_more_with_rules_about_items_of_other_types(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Under all methods there are dozens of rules, and each event is of one item."""
        own = repair_rule("create", FIXER.id)
        others = [
            NotificationRule(
                f"shop.part_{n}", "Part", "shop.part", ["create"], [FIXER.id], "the shop says so"
            )
            for n in range(50)
        ]
        few = open_shop(sqlite_url, method=notifying(own))
        event = SealedEvent(0, "", last(few, few.wish()))
        many = open_shop.again(sqlite_url, method=notifying(own, *others))

        assert calls_of_drafting(many, event) == calls_of_drafting(few, event)

    def test_reads_nothing_twice(self, shop: Shop) -> None:
        """Other acts commit all the time: a view whose first read is compared would begin again and again."""
        event = SealedEvent(0, "", last(shop, shop.wish()))
        shop.engine.notifications.draft([event])

        with sent(shop.application.store) as statements:
            shop.engine.notifications.draft([event])

        assert len(statements) == len(set(statements))


def calls_of_drafting(shop: Shop, event: SealedEvent) -> int:
    """Python calls for the notifications of an event, of which there are some; with what is made once made before."""
    for _ in range(3):
        assert shop.engine.notifications.draft([event]).notifications
    with Calls() as calls:
        shop.engine.notifications.draft([event])
    return calls.number


class TestApprovals:
    def test_who_is_asked_for_a_vote_is_notified(self, shop: Shop) -> None:
        """Those who may vote hear of it, with the approval and its end; ben has asked, and ann made the wish."""
        item = shop.offered()

        assert notified(shop, item) == {
            "cid": {
                "core.approval_asked": "your vote on Agreement is asked for until Thursday 12 March 09:00"
            },
            "bea": {
                "core.approval_asked": "your vote on Agreement is asked for until Thursday 12 March 09:00"
            },
            "mia": {"core.approval_asked": "your vote on Signature is asked for"},
        }

    def test_who_may_vote_for_them_is_notified_too(self, shop: Shop) -> None:
        """A delegation in force reaches the person who has it."""
        shop.engine.delegations.create(
            shop["mia"],
            from_actor="mia",
            to_actor="ann",
            starts_at=shop.clock.now(),
            ends_at=shop.clock.now() + timedelta(days=1),
        )
        item = shop.offered()

        assert notified(shop, item)["ann"] == {
            "core.approval_asked": "Mia has delegated the vote on Signature to you"
        }

    def test_a_panel_in_order_notifies_the_next_when_it_is_their_turn(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """First the customers; once they have agreed the master, and the others are not notified again."""
        steps = Panel(Ballot([CUSTOMER], Quorum.all()), Ballot([MASTER], Quorum.any()), ordered=True)
        shop = open_shop(sqlite_url, method=replace_approval(Approval("shop.agreement", "Agreement", steps)))
        shop.person("cat", CUSTOMER)
        item = shop.offered()

        assert notified(shop, item).keys() == {"cid", "cat", "mia"}
        assert notified(shop, shop.vote(item, "cid")) == {}
        assert notified(shop, shop.vote(item, "cat")) == {
            "mia": {"core.approval_asked": "your vote on Agreement is asked for"}
        }

    def test_who_has_voted_before_they_could_be_notified_is_not(self, shop: Shop) -> None:
        """A late notification is only sent if it is still true."""
        item = shop.offered()
        asking = last(shop, item)
        shop.vote(item, "cid")

        assert {notification.actor for notification in shop.engine.notifications.notify(asking)} == {
            "bea",
            "mia",
        }

    def test_those_who_were_asked_are_notified_that_it_was_taken_back(self, shop: Shop) -> None:
        """Nobody goes on thinking about what is no longer asked."""
        item = shop.offered()
        shop.vote(item, "cid")

        shop.engine.transition(shop["bea"], item.key, "take_back")

        assert notified(shop, item) == {
            "cid": {"core.approval_ended": "your vote on Agreement was asked for or given"},
            "ben": {"core.approval_ended": "you asked for Agreement"},
        }

    def test_an_edit_that_voids_and_asks_again_notifies_that_it_is_asked_again(self, shop: Shop) -> None:
        """A vote that went stale is asked for anew, in one notification."""
        item = shop.offered()
        shop.vote(item, "cid")

        shop.engine.items.edit(shop["bea"], item.key, fields={"fault": "quite dark"})

        assert notified(shop, item)["cid"] == {
            "core.approval_asked": "your vote on Agreement is asked for until Thursday 12 March 09:00"
        }

    def test_who_asked_is_notified_of_the_decision(self, shop: Shop) -> None:
        """And not of every vote on the way."""
        item = shop.offered()

        assert notified(shop, shop.vote(item, "cid")) == {}
        assert notified(shop, shop.vote(item, "bea")) == {
            "ben": {"core.approval_decided": "you asked for Agreement"}
        }


class TestPeople:
    def test_who_is_asked_to_clear_a_blocker_is_notified(self, shop: Shop) -> None:
        """The asks of people reach whom they name."""
        item = shop.wish()

        shop.engine.asks.ask(
            shop["ben"], item.key, check="shop.fault_named", to="ann", comment="what is broken?"
        )

        assert notified(shop, item) == {
            "ann": {
                "core.asked": "Ben asked you to clear 'Filled in: fault and hours' until Monday 9 March 09:00"
            }
        }

    def test_who_is_named_in_a_field_is_notified(self, shop: Shop) -> None:
        """Once, when they are named; another edit does not notify them again."""
        item = shop.wish()

        shop.engine.items.edit(shop["ben"], item.key, fields={"fixer": "bea"})
        assert notified(shop, item) == {"bea": {"core.named": "you were named as its fixer"}}
        shop.engine.items.edit(shop["ben"], item.key, fields={"hours": 3})
        assert notified(shop, item) == {}

    def test_who_is_given_a_role_on_an_item_is_notified(self, shop: Shop) -> None:
        """Also somebody who belongs to the workspace by nothing else."""
        item = shop.wish()

        shop.engine.items.set_role(shop["mia"], item.key, FIXER.id, ["tom"])

        assert notified(shop, item) == {"tom": {"core.role": "you were given the role fixer on it"}}

    def test_who_loses_a_role_on_an_item_and_who_else_appoints_it_are_notified(self, shop: Shop) -> None:
        """An administrator appoints in the place of the master."""
        item = shop.wish()
        shop.engine.items.set_role(shop["ida"], item.key, FIXER.id, ["ben", "bea"])

        shop.engine.items.set_role(shop["ida"], item.key, FIXER.id, ["bea"])

        assert notified(shop, item) == {
            "ben": {"core.role": "you no longer hold the role fixer on it"},
            "mia": {"core.role": "you appoint the role fixer on it"},
        }

    def test_a_comment_is_sent_to_those_whom_the_item_is_about(self, shop: Shop) -> None:
        """Who made it, stands in a field of it, or holds a role on it, each with the reason; not the workspace."""
        item = shop.wish(fixer="bea")
        shop.engine.items.set_role(shop["ida"], item.key, FIXER.id, ["tom", "bea"])

        shop.engine.items.comment(shop["ben"], item.key, "the lamp is here")

        assert notified(shop, item) == {
            "ann": {"core.comment": "you created it"},
            "bea": {"core.comment": "you hold the role fixer on it"},
            "tom": {"core.comment": "you hold the role fixer on it"},
        }


class TestWaivers:
    def test_who_may_waive_is_notified_of_a_waiver_that_is_asked_for(self, shop: Shop) -> None:
        """And who asked of the decision."""
        item = shop.wish()
        until = shop.clock.now() + timedelta(days=1)

        waiver = shop.engine.waivers.ask(
            shop["ben"], item.key, gate="shop.described", reason="it is only a lamp", expires_at=until
        )
        assert notified(shop, item) == {"mia": {"core.waiver_asked": "you may waive Described"}}

        shop.engine.waivers.decide(shop["mia"], item.key, waiver.id, grant=True)
        assert notified(shop, item) == {"ben": {"core.waiver_decided": "you asked for the waiver"}}


def with_timer(open_shop: OpenShop, url: str, *notifications: NotificationRule) -> Shop:
    """A shop whose repairs are slow after two days: the fixers are notified halfway, and the master at the end."""
    slow = Timer(
        "shop.slow",
        "Slow work",
        starts=("create",),
        stops=("drop",),
        target=elapsed(days=2),
        thresholds=(Threshold(50, notifies=(FIXER.id,)), Threshold(100, notifies=(MASTER.id,))),
        repeats=2,
    )
    repair, part = METHOD.item_types
    item_types = [changed(repair, timers=[slow]), part]
    return open_shop(url, method=notifying(*notifications, item_types=item_types))


def notified_after(shop: Shop, item: ItemRecord, **later: float) -> list[tuple[str, str, dict[str, str]]]:
    """Who is notified what by everything that has become due after a while."""
    known = len(shop.kinds(item))
    shop.clock.forward(**later)
    while due := shop.engine.timers.due(shop.clock.now()):
        for each in due:
            shop.engine.timers.fire(each)
    events = shop.engine.event_log.history(SYSTEM_ACTOR, item.key, limit=500).rows[known:]
    made = [notification for event in events for notification in shop.engine.notifications.notify(event)]
    return [(notification.actor, notification.message, dict(notification.because)) for notification in made]


class TestTimers:
    def test_a_threshold_notifies_the_roles_that_it_names(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Timers record whom their thresholds notify; a timer that begins again notifies nobody."""
        shop = with_timer(open_shop, sqlite_url)
        item = shop.wish()

        half = "Slow work is due on Wednesday 4 March 09:00 (50 %)"
        assert notified_after(shop, item, days=1) == [
            (fixer, half, {"core.timer": "the timer Slow work notifies the role fixer"})
            for fixer in ("bea", "ben")
        ]
        assert notified_after(shop, item, days=1) == [(
            "mia", "Slow work was due on Wednesday 4 March 09:00",
            {"core.timer": "the timer Slow work notifies the role master"},
        )]  # fmt: skip
        assert "Slow work begins again" in _sentences(shop, item)

    def test_methods_can_notify_others_of_it(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Besides whom the thresholds name; again not of a timer that begins again."""
        shop = with_timer(open_shop, sqlite_url, repair_rule("timer:shop.slow", "create"))
        item = shop.wish()

        notified_of = [who for _ in range(2) for who, _, _ in notified_after(shop, item, days=1)]

        assert notified_of.count("ann") == 2

    def test_methods_notify_others_once_of_points_that_were_passed_together(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Nobody fired it for two days: of 50 %, which 100 % has overtaken, nobody hears by itself."""
        shop = with_timer(open_shop, sqlite_url, repair_rule("timer:shop.slow", "create"))
        item = shop.wish()

        notified_of = [who for who, _, _ in notified_after(shop, item, days=2)]

        assert notified_of == ["ann", "bea", "ben", "mia"]

    def test_an_approval_that_expires_is_sent_to_those_who_were_asked(self, shop: Shop) -> None:
        """And to who asked: nobody decided in time."""
        item = shop.offered()

        made = notified_after(shop, item, days=10)

        assert made == [
            (person, "Placet recorded: Agreement has expired", {"core.approval_ended": reason})
            for person, reason in (
                ("bea", "your vote on Agreement was asked for or given"),
                ("ben", "you asked for Agreement"),
                ("cid", "your vote on Agreement was asked for or given"),
            )
        ]

    @pytest.mark.parametrize("granted", [True, False])
    def test_a_waiver_that_ends_asks_for_its_review(self, shop: Shop, granted: bool) -> None:
        """Who granted it has to look back on it; one that nobody decided is over for who asked."""
        item = shop.wish()
        until = shop.clock.now() + timedelta(days=1)
        waiver = shop.engine.waivers.ask(
            shop["ben"], item.key, gate="shop.described", reason="it is only a lamp", expires_at=until
        )
        if granted:
            shop.engine.waivers.decide(shop["mia"], item.key, waiver.id, grant=True)

        made = {who: because for who, _, because in notified_after(shop, item, days=1)}

        review = {"core.waiver_ended": "you granted the waiver, and it awaits its review"}
        assert made == {"ben": {"core.waiver_ended": "you asked for the waiver"}} | (
            {"mia": review} if granted else {}
        )


class TestMethods:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            ("create", ["created"]),
            ("transition:start", ["transition"]),
            ("state:bench", ["transition"]),
            ("vote:shop.agreement", ["voted"]),
            ("named:fixer", ["edited"]),
            ("transition:drop", []),
        ],
    )
    def test_a_rule_is_about_what_it_names(
        self, open_shop: OpenShop, sqlite_url: str, on: str, expected: list[str]
    ) -> None:
        """A making, a move, a state that is entered, a vote, a field with another value; staying is not entering."""
        shop = open_shop(sqlite_url, method=notifying(repair_rule(on, "shop.master")))
        item = shop.wish(fault="dark", hours=2)
        shop.engine.items.edit(shop["ben"], item.key, fields={"fixer": "bea"})
        for transition in ("start", "offer"):
            shop.move(item, transition, "ben")
        shop.vote(item, "cid")

        kinds = [
            event.kind
            for event in shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows
            for notification in shop.engine.notifications.notify(event)
            if notification.actor == "mia" and "shop.notified" in dict(notification.because)
        ]

        assert kinds == expected

    def test_it_notifies_holders_of_roles_and_doers_of_acts(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Roles count on the item before the workspace; acts count over the item's whole history."""
        notification = repair_rule("transition:test", MASTER.id, "create", "transition:start", "named:fixer")
        shop = open_shop(sqlite_url, method=notifying(notification))
        item = shop.move(shop.on_bench(fixer="tom"), "test", "bea")

        assert notified(shop, item) == {
            person: {"shop.notified": "the shop says so"} for person in ("ann", "ben", "mia")
        }

    def test_it_notifies_the_roles_in_a_field(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Where the item says who is concerned; a text that is not a role notifies nobody."""
        shop = open_shop(sqlite_url, method=notifying(repair_rule("transition:start", "roles:fault")))
        named, plain = shop.wish(fault=MASTER.id, hours=2), shop.wish(fault="dark", hours=2)

        assert notified(shop, shop.move(named, "start", "ben")) == {
            "mia": {"shop.notified": "the shop says so"}
        }
        assert notified(shop, shop.move(plain, "start", "ben")) == {}

    def test_several_rules_make_one_notification_with_all_reasons(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Nobody is notified twice of one event."""
        shop = open_shop(sqlite_url, method=notifying(repair_rule("transition:offer", MASTER.id)))
        item = shop.offered()

        assert notified(shop, item)["mia"] == {
            "core.approval_asked": "your vote on Signature is asked for",
            "shop.notified": "the shop says so",
        }


class TestWhoIsNotNotified:
    def test_the_doer(self, shop: Shop) -> None:
        """Mia knows that she wishes for her own signature."""
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", FIXER.id, ["ben", "mia"])
        item = shop.move(shop.on_bench(), "offer", "mia")

        assert notified(shop, item).keys() == {"cid", "ben"}

    def test_who_was_voted_for(self, shop: Shop) -> None:
        """A vote by delegation is the act of both."""
        item = shop.move(shop.on_bench(), "offer", "bea")
        shop.engine.delegations.create(
            shop["bea"],
            from_actor="bea",
            to_actor="ben",
            starts_at=shop.clock.now(),
            ends_at=shop.clock.now() + timedelta(days=1),
        )
        shop.vote(item, "cid")

        shop.vote(item, "ben", on_behalf_of="bea")

        assert last(shop, item).data["status"] == "granted"
        assert notified(shop, item) == {}

    def test_who_may_not_see_the_item(self, shop: Shop) -> None:
        """Tom is named, but the shop's repairs are not his to see."""
        item = shop.wish()

        shop.engine.items.edit(shop["ben"], item.key, fields={"fixer": "tom"})

        assert notified(shop, item) == {}

    def test_nobody_of_the_opening_of_a_workspace_or_of_who_is_added(self, shop: Shop) -> None:
        """Nothing was decided yet that somebody could rely on; the first administrator is new, too."""
        found = shop.engine.event_log.events(shop.engine.event_log.query(SYSTEM_ACTOR)).rows
        beginnings = [e for e in found if e.kind in {"workspace_created", "actor_added"}]

        assert {e.kind for e in beginnings} == {"workspace_created", "actor_added"}
        assert [made for event in beginnings for made in shop.engine.notifications.notify(event)] == []

    def test_nobody_of_an_item_that_is_not_there(self, shop: Shop) -> None:
        """An event from a log that was restored elsewhere notifies nobody."""
        event = make_event(shop.wish(), "comment", shop.clock.now(), "ben", {"comment": "hm"})
        lost = EventRecord(
            **{n: getattr(event, n) for n in EventRecord.__dataclass_fields__} | {"number": 99}
        )

        assert shop.engine.notifications.notify(lost) == ()


class TestWorkspaces:
    def test_can_switch_a_rule_off(self, shop: Shop) -> None:
        """All other rules notify people as before."""
        item = shop.wish()
        shop.engine.workspaces.change(
            shop["ida"], "SHOP", notification_rules={"core.comment": NotificationChoice(off=True)}
        )
        shop.engine.items.comment(shop["ben"], item.key, "the lamp is here")

        assert notified(shop, item) == {}

    def test_can_notify_further_roles(self, shop: Shop) -> None:
        """The master wants to hear every comment."""
        item = shop.wish()
        choice = NotificationChoice(to=(MASTER.id, CUSTOMER.id))
        shop.engine.workspaces.change(shop["ida"], "SHOP", notification_rules={"core.comment": choice})
        shop.engine.items.comment(shop["ben"], item.key, "the lamp is here")

        assert notified(shop, item) == {
            "ann": {"core.comment": "you created it"},
            "mia": {"core.comment": "SHOP notifies the role master too"},
            "cid": {"core.comment": "SHOP notifies the role customer too"},
        }

    def test_cannot_decide_about_what_is_not_there(self, shop: Shop) -> None:
        """With the nearest names, and nothing changed."""
        choices = {
            "core.coment": NotificationChoice(off=True),
            "core.asked": NotificationChoice(to=("shop.mastre",)),
        }

        with pytest.raises(InvalidError) as refusal:
            shop.engine.workspaces.change(shop["ida"], "SHOP", notification_rules=choices)

        assert [fault.pointer for fault in refusal.value.faults] == [
            "/notification_rules/core.coment", "/notification_rules/core.asked/to/0",
        ]  # fmt: skip
        assert shop.engine.workspaces.get(shop["ida"], "SHOP").notification_rules == {}

    def test_keep_their_choices_and_record_them(self, any_shop: Shop) -> None:
        """On either database; the workspace's own history says what was before."""
        choice = NotificationChoice(off=True, to=(MASTER.id,))
        any_shop.engine.workspaces.change(
            any_shop["ida"], "SHOP", notification_rules={"core.comment": choice}
        )

        query = any_shop.engine.event_log.query(any_shop["ida"], kinds=["workspace_changed"])
        assert any_shop.engine.event_log.events(query).rows[-1].data["changes"] == {
            "notification_rules": [{}, {"core.comment": {"off": True, "to": [MASTER.id]}}]
        }
        assert any_shop.engine.workspaces.get(any_shop["ida"], "SHOP").notification_rules == {
            "core.comment": choice
        }

    def test_list_their_rules(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Placet's and the methods', each with what was decided about it."""
        shop = open_shop(sqlite_url, method=notifying(repair_rule("create", MASTER.id)))
        shop.engine.workspaces.change(
            shop["ida"], "SHOP", notification_rules={"shop.notified": NotificationChoice(off=True)}
        )

        rules = {
            rule.declared.id: rule.choice for rule in shop.engine.notifications.rules(shop["ann"], "SHOP")
        }

        assert rules["shop.notified"] == NotificationChoice(off=True)
        assert rules["core.comment"] == NotificationChoice()
        with pytest.raises(NotFoundError):
            shop.engine.notifications.rules(shop["tom"], "SHOP")


class TestMuting:
    @pytest.mark.parametrize("muted", ["core.asked", "SHOP"])
    def test_a_rule_or_a_workspace(self, shop: Shop, muted: str) -> None:
        """A person decides for themselves."""
        item = shop.wish()
        shop.engine.preferences.change(shop["ann"], muted=[muted])
        shop.engine.asks.ask(shop["ben"], item.key, check="shop.fault_named", to="ann")

        assert notified(shop, item) == {}

    def test_leaves_the_other_reasons(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Muted is a rule, not the event."""
        shop = open_shop(sqlite_url, method=notifying(repair_rule("transition:offer", MASTER.id)))
        shop.engine.preferences.change(shop["mia"], muted=["shop.notified"])

        assert notified(shop, shop.offered())["mia"] == {
            "core.approval_asked": "your vote on Signature is asked for"
        }

    def test_refuses_what_is_not_there(self, shop: Shop) -> None:
        """With the nearest names."""
        with pytest.raises(InvalidError) as refusal:
            shop.engine.preferences.change(shop["ann"], muted=["core.comment", "core.askd", "SHIP"])

        assert [fault.pointer for fault in refusal.value.faults] == ["/muted/1", "/muted/2"]
        assert "core.asked" in str(refusal.value)


class TestSentences:
    def test_say_what_happened(self, shop: Shop) -> None:
        """Every kind of event in one line, with what people said about it."""
        item = shop.wish()
        until = shop.clock.now() + timedelta(days=1)
        engine = shop.engine
        engine.items.edit(shop["ben"], item.key, fields={"fault": "dark", "hours": 2})
        engine.items.comment(shop["ben"], item.key, "the lamp\n\n is here")
        engine.asks.ask(shop["ben"], item.key, check="shop.test_attached", to="bea", comment="please")
        waiver = engine.waivers.ask(
            shop["ben"], item.key, gate="shop.described", reason="a lamp", expires_at=until
        )
        engine.waivers.decide(shop["mia"], item.key, waiver.id, grant=False)
        second = engine.waivers.ask(
            shop["ben"], item.key, gate="shop.described", reason="x" * 301, expires_at=until
        )
        engine.waivers.decide(shop["mia"], item.key, second.id, grant=True)
        engine.waivers.review(shop["mia"], item.key, second.id, review="right")
        shop.attach(item, "offer")
        engine.items.set_role(shop["ida"], item.key, FIXER.id, ["ben", "bea"])
        shop.move(item, "start", "ben")
        shop.move(item, "offer", "ben", comment="at last")
        shop.vote(item, "cid", comment="fine")
        engine.items.link(shop["ben"], item.key, "shop.replaces", shop.wish().key)
        shop.refusal(item, "hand_over", "ben")

        engine.workspaces.change(
            shop["ida"],
            "SHOP",
            notification_rules={n: NotificationChoice(off=True) for n in ("core.named", "core.role")},
        )

        assert _sentences(shop, item) == [
            "Ann created it",
            "Ben changed fault, hours",
            "Ben commented: the lamp is here",
            "Ben asks for 'Evidence of the kind test result is attached' to be cleared: please",
            "Ben asks for a waiver of Described: a lamp",
            "Mia refused the waiver of Described",
            f"Ben asks for a waiver of Described: {'x' * 300}...",
            "Mia granted the waiver of Described",
            "Mia reviewed the waiver of Described",
            "Ben attached offer",
            "Ida changed who holds the role fixer on it",
            "Ben moved it to 'On the bench' (Start)",
            "Ben recorded: Offer: at last",
            "Cid approved Agreement, which is pending: fine",
            "Ben recorded: linked",
            "Ben recorded: refused",
        ]

    def test_say_for_whom_somebody_voted(self, shop: Shop) -> None:
        """The vote is both's."""
        item = shop.offered()
        shop.engine.delegations.create(
            shop["cid"],
            from_actor="cid",
            to_actor="bea",
            starts_at=shop.clock.now(),
            ends_at=shop.clock.now() + timedelta(days=1),
        )
        shop.vote(item, "bea", "reject", on_behalf_of="cid")

        [notification] = shop.engine.notifications.notify(last(shop, item))

        assert notification.message == "Bea for Cid rejected Agreement, which is refused"

    def test_are_there_without_the_method(self, shop: Shop, open_shop: OpenShop) -> None:
        """Names of a method that is gone are shown as ids."""
        item = shop.offered()
        without = open_shop.again(shop.application.settings.database_url, method=None)

        assert "Ben recorded: offer" in _sentences(without, item)
        moved = [line for line in _sentences(without, item) if "moved" in line]
        assert moved == ["Ben moved it to 'bench' (start)"]


def _sentences(shop: Shop, item: ItemRecord) -> list[str]:
    """The sentence for each event of an item."""
    events = shop.engine.event_log.history(SYSTEM_ACTOR, item.key, limit=500).rows
    return shop.engine._acts.look(
        lambda unit: [sentence(event, unit.titles(item.workspace, item.type)) for event in events]
    )


PEOPLE = ("ann", "cid", "ben", "bea", "mia", "ida")
_acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["start", "offer", "take_back", "comment", "ask", "edit", "name", "vote", "role", "waive"]
        ),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
    ),
    min_size=3,
    max_size=12,
)


def _act(shop: Shop, item: ItemRecord, what: str, who: str, whom: str) -> None:
    """Something that somebody tries; the rules may refuse it."""
    engine, by = shop.engine, shop[who]
    tries: dict[str, Any] = {
        "comment": lambda: engine.items.comment(by, item.key, f"what do you think, {whom}?"),
        "ask": lambda: engine.asks.ask(by, item.key, check="shop.fault_named", to=whom),
        "edit": lambda: engine.items.edit(by, item.key, fields={"fault": f"as {who} said"}),
        "name": lambda: engine.items.edit(by, item.key, fields={"fixer": whom}),
        "vote": lambda: shop.vote(item, who),
        "role": lambda: engine.items.set_role(by, item.key, FIXER.id, [whom]),
        "waive": lambda: engine.waivers.ask(
            by, item.key, gate="shop.small", reason=whom, expires_at=shop.clock.now() + timedelta(days=1)
        ),
    }
    try:
        tries.get(what, lambda: shop.move(item, what, who))()
    except PlacetError:
        return


class TestAlways:
    @given(acts=_acts)
    @examples(12, HealthCheck.function_scoped_fixture)
    def test_nobody_hears_of_their_own_act_nor_twice_of_one_event(
        self, shop: Shop, acts: list[tuple[str, str, str]]
    ) -> None:
        """Whatever people do, and however often it is delivered: once each, with a reason, and not themselves."""
        item = shop.wish(fault="dark", hours=2)
        for act in acts:
            _act(shop, item, *act)
        events = shop.engine.event_log.history(SYSTEM_ACTOR, item.key, limit=500).rows

        made: list[NotificationRecord] = []
        for event in [*events, *reversed(events), *events]:
            made += shop.engine.notifications.notify(event)

        doers = {event.id: {event.actor, event.data.get("on_behalf_of")} for event in events}
        assert all(notification.actor not in doers[notification.event] for notification in made)
        assert len({(notification.actor, notification.event) for notification in made}) == len(made)
        assert all(
            notification.because and all(reason for _, reason in notification.because)
            for notification in made
        )
