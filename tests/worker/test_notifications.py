"""Notifications through the worker: from what happens into inboxes, and out to a mailbox and a chat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread
from typing import Any

import pytest
from pigeons import Loft
from post import eventually
from shop import METHOD, changed
from sqlalchemy import update

from placet import Method, NotificationRule
from placet.engine.act.notifications import Digest, NotificationRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.notifications.preferences import ChannelWish
from placet.store.outbox import Outbox
from placet.store.tables import deliveries
from placet.worker.notifications import Notifier

OpenOffice = Any
Office = Any


def comment(office: Office, text: str) -> None:
    """Bob says something about Ann's lamp."""
    engine = office.engine
    if not office.items:
        office.happen()
        bob = engine.people.add(SYSTEM_ACTOR, id="bob", name="Bob")
        engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.customer", [office.ann.id, bob.id])
    [bob] = [actor for actor in engine.people.find(SYSTEM_ACTOR).rows if actor.id == "bob"]
    engine.items.comment(bob, office.items[0], text)


def inbox(office: Office) -> list[NotificationRecord]:
    return list(office.engine.inbox.page(office.ann).page.rows)


class TestTheInbox:
    def test_fills_as_things_happen(self, any_office: Office) -> None:
        """On either database, who does the work."""
        comment(any_office, "the lamp is here")

        assert eventually(lambda: len(inbox(any_office)) == 1)
        [notification] = inbox(any_office)
        assert (notification.message, notification.because) == (
            "Bob commented: the lamp is here",
            (("core.comment", "you created it"),),
        )

    def test_is_whole_after_a_time_without_a_worker(self, open_office: OpenOffice, sqlite_url: str) -> None:
        """People are notified of past events when a worker runs again."""
        office = open_office(sqlite_url)
        office.work()
        office.worker.stop()
        for n in range(3):
            comment(office, str(n))
        assert inbox(office) == []

        from placet.worker.worker import Worker

        second = Worker(office.application)
        second.start()

        assert eventually(lambda: len(inbox(office)) == 3)
        second.stop()


class TestARule:
    def test_that_fails_keeps_no_other_and_is_a_dead_letter_that_can_be_repeated(
        self, open_office: OpenOffice, database_url: str
    ) -> None:
        """The letter names the rule; who else is to be notified is, and once the rule is repaired, the rest are."""
        empty = Event()
        empty.set()

        class Scribe(NotificationRule):
            """A rule of a plugin that may run out of ink."""

            @property
            def roles(self) -> tuple[str, ...]:
                if empty.is_set() and self.item_type in opened:
                    raise RuntimeError("out of ink")
                return super().roles

        opened: set[str] = set()
        scribe = Scribe(
            "shop.scribe", "Scribe", "shop.repair", ["create"], ["shop.master"], "you keep the books"
        )
        office = open_office(database_url, method=changed(METHOD, notification_rules=[scribe]))
        engine = office.engine
        mia = engine.people.add(SYSTEM_ACTOR, id="mia", name="Mia")
        engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.master", ["mia"])
        opened.add("shop.repair")
        office.work()

        comment(office, "the lamp is here")

        assert eventually(lambda: len(inbox(office)) == 1)
        assert eventually(lambda: len(office.deliveries(status="dead")) == 1)
        (dead,) = office.deliveries(status="dead")
        assert (dead.subscriber, dead.item, dead.kind) == ("notifications", "SHOP-1", "created")
        assert dead.attempts[0].error == "the notification rule shop.scribe failed: RuntimeError: out of ink"
        assert engine.inbox.page(mia).unread == 0

        empty.clear()
        engine.deliveries.retry(SYSTEM_ACTOR, dead.id)

        assert eventually(lambda: engine.inbox.page(mia).unread == 1)
        assert eventually(lambda: office.deliveries(status="dead") == [])
        assert len(inbox(office)) == 1

    def test_that_is_repeated_for_an_event_that_is_gone_keeps_no_other(
        self, open_office: OpenOffice, database_url: str
    ) -> None:
        """After a backup was restored: the letter says so, and people are notified of all else."""
        office = open_office(database_url, method=_with_a_rule_that_fails())
        office.work()
        comment(office, "the lamp is here")
        assert eventually(lambda: len(office.deliveries(status="dead")) == 1)
        (dead,) = office.deliveries(status="dead")
        with office.application.store.engine.begin() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == dead.id).values(position=9999))

        office.engine.deliveries.retry(SYSTEM_ACTOR, dead.id)
        comment(office, "and the shade")

        assert eventually(lambda: len(inbox(office)) == 2)
        assert eventually(
            lambda: (
                [each.attempts[-1].error for each in office.deliveries(status="dead")]
                == ["the log has another event in its place"]
            )
        )


def _with_a_rule_that_fails() -> Method:
    """The shop's method with a rule that fails at each new repair, once it is asked by the worker."""

    class Scribe(NotificationRule):
        @property
        def roles(self) -> tuple[str, ...]:
            if current_thread().name == "placet-notifications":
                raise RuntimeError("out of ink")
            return super().roles

    scribe = Scribe("shop.scribe", "Scribe", "shop.repair", ["create"], ["shop.master"], "you keep the books")
    return changed(METHOD, notification_rules=[scribe])


class TestTwoThatLead:
    def test_notify_everybody_once(self, open_office: OpenOffice, database_url: str) -> None:
        """One has lost the lead and does not know: the position moves with what is written, so one is too late."""
        office = open_office(database_url)
        outbox = Outbox(office.application.store)
        office.application.store.settle()
        both = [Notifier(office.application, outbox) for _ in range(2)]
        for each in both:
            each.look()
        for n in range(60):
            comment(office, str(n))
        office.application.store.settle()

        def notify(notifier: Notifier) -> None:
            while office.engine.inbox.page(office.ann).unread < 60:
                notifier.look()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(notify, both))

        page = office.engine.inbox.page(office.ann, limit=100)
        assert (page.unread, len({notification.event for notification in page.page.rows})) == (60, 60)


class TestChannels:
    def test_a_mail_goes_out_with_the_reason(self, open_office: OpenOffice, database_url: str) -> None:
        """To the person's own address, by the installation's server."""
        loft = Loft()
        office = open_office(
            database_url, plugins=[loft.plugin()], mail_url="mailto://mail.example.org?to={to}"
        )
        office.ann = office.engine.people.add(SYSTEM_ACTOR, id="anna", name="Anna", email="anna@example.org")
        office.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.customer", ["anna"])
        office.work()

        comment(office, "the lamp is here")

        assert eventually(lambda: len(loft.received) == 1)
        [(url, mail)] = loft.received
        assert (url, mail.subject) == (
            "mailto://mail.example.org?to=anna@example.org", "SHOP-1 A lamp: Bob commented: the lamp is here",
        )  # fmt: skip
        assert "You get this because you created it." in mail.body

    def test_a_chat_that_is_down_keeps_nobody_else_waiting(
        self, open_office: OpenOffice, sqlite_url: str
    ) -> None:
        """A failed message is tried again later, and the person sees why; the other channel has it already."""
        loft = Loft()
        office = open_office(sqlite_url, plugins=[loft.plugin()], channel_hosts=("127.0.0.1",))
        urls = [f"pigeon://127.0.0.1/{place}" for place in ("broken", "roof")]
        wishes = [
            ChannelWish(Digest.IMMEDIATE, address=office.application.channels.admitted(url, "/url"))
            for url in urls
        ]
        broken, good = office.engine.preferences.change(office.ann, channels=wishes).preferences.channels
        office.work()

        comment(office, "the lamp is here")

        assert eventually(lambda: [url for url, _ in loft.received] == ["pigeon://127.0.0.1/roof"])
        assert eventually(lambda: office.engine.preferences.get(office.ann).states.keys() == {broken.id})
        state = office.engine.preferences.get(office.ann).states[broken.id]
        assert (state.waiting, state.failed) == (1, 0)
        assert "500" in (state.error or "")
        assert good.id != broken.id

    @pytest.mark.untraced
    @pytest.mark.parametrize(
        ("place", "why"),
        [
            ("leave", "the plugin pigeons failed: SystemExit: no more pigeons"),
            ("asleep", "the plugin pigeons failed: it had not ended after 1 s"),
        ],
    )
    def test_a_chat_that_ends_its_thread_or_never_ends_keeps_nobody_else_waiting(
        self, open_office: OpenOffice, sqlite_url: str, place: str, why: str
    ) -> None:
        """Messages are sent one by one: such a chat would be the last one that anybody got."""
        loft = Loft()
        office = open_office(
            sqlite_url, plugins=[loft.plugin()], channel_hosts=("127.0.0.1",), plugin_timeout=1.0
        )
        urls = [f"pigeon://127.0.0.1/{each}" for each in (place, "roof")]
        wishes = [
            ChannelWish(Digest.IMMEDIATE, address=office.application.channels.admitted(url, "/url"))
            for url in urls
        ]
        lost, _ = office.engine.preferences.change(office.ann, channels=wishes).preferences.channels
        office.work()

        comment(office, "the lamp is here")
        assert eventually(lambda: office.engine.preferences.get(office.ann).states.keys() == {lost.id})
        comment(office, "the clock is here")

        assert eventually(lambda: [url for url, _ in loft.received] == [urls[1]] * 2)
        assert office.engine.preferences.get(office.ann).states[lost.id].error == why
        loft.dawn.set()
