"""The inbox, how people want to be notified, and what goes out when: on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import CUSTOMER, FIXER, START, Shop

from placet.definitions.calendar import BusinessCalendar
from placet.engine.act.notifications import Because, Channel, Digest, NotificationRecord, Preferences, Sending
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.notifications.digests import composed, due
from placet.engine.notifications.preferences import ChannelWish
from placet.engine.notifications.verbs import ATTEMPTS
from placet.errors import InvalidError, MalformedError, NotFoundError

CHAT = ("mmost://chat.example.org/s...t/", "sealed")


def say(shop: Shop, item: ItemRecord, text: str, by: str = "ben") -> NotificationRecord:
    """A comment of which ann is notified."""
    [notification] = shop.engine.notifications.notify(shop.engine.items.comment(shop[by], item.key, text))
    return notification


def messages(shop: Shop, who: str = "ann", **query: object) -> list[str]:
    rows = shop.engine.inbox.page(shop[who], **query).page.rows  # type: ignore[arg-type]
    return [notification.message.removeprefix("Ben commented: ") for notification in rows]


def wants(shop: Shop, *digests: Digest, zone: str | None = None, at: time = time(8)) -> list[Channel]:
    """Ann wants to be notified by chat, by one channel for each digest."""
    wishes = [ChannelWish(digest, address=CHAT) for digest in digests]
    reported = shop.engine.preferences.change(shop["ann"], channels=wishes, zone=zone, digest_at=at)
    return list(reported.preferences.channels)


def outgoing(shop: Shop) -> list[list[str]]:
    """The messages that go out now."""
    found = []
    while sending := shop.engine.notifications.next_sending():
        found.append(
            [notification.message.removeprefix("Ben commented: ") for notification in sending.notifications]
        )
        shop.engine.notifications.sent(sending)
    return found


class TestInbox:
    def test_has_the_newest_first_with_the_items_title_as_it_is(self, any_shop: Shop) -> None:
        """The notifications of a person: the item, the event, and why they are notified."""
        item = any_shop.wish("A lamp")
        say(any_shop, item, "one")
        second = say(any_shop, item, "two")
        any_shop.engine.items.edit(any_shop["ann"], item.key, title="A brass lamp")

        inbox = any_shop.engine.inbox.page(any_shop["ann"])

        newest = inbox.page.rows[0]
        assert (newest.id, newest.key, newest.title) == (second.id, item.key, "A brass lamp")
        assert (newest.message, newest.because) == (
            "Ben commented: two",
            (("core.comment", "you created it"),),
        )
        assert (messages(any_shop), inbox.unread, inbox.page.next_cursor) == (["two", "one"], 2, None)

    def test_says_no_more_what_was_erased(self, shop: Shop) -> None:
        """The notification is rendered from the event as it is now, not from a copy."""
        item = shop.wish()
        notification = say(shop, item, "call Zoe at 555")
        event = shop.engine.event_log.history(shop["ann"], item.key).rows[-1]

        shop.application.store.transact(
            lambda session: session.log.erase_text(ItemRef("SHOP", 1), event.seq, shop.clock.now())
        )

        assert notification.message == "Ben commented: call Zoe at 555"
        assert messages(shop) == ["(erased)"]

    def test_comes_in_pages(self, any_shop: Shop) -> None:
        """By a cursor that is of use in this list alone."""
        item = any_shop.wish()
        for n in range(5):
            say(any_shop, item, str(n))
        ann = any_shop["ann"]

        first = any_shop.engine.inbox.page(ann, limit=3)
        rest = any_shop.engine.inbox.page(ann, limit=3, cursor=first.page.next_cursor)

        found = [notification.message[-1] for notification in (*first.page.rows, *rest.page.rows)]
        assert (found, rest.page.next_cursor) == (["4", "3", "2", "1", "0"], None)
        with pytest.raises(MalformedError, match="not from this list"):
            any_shop.engine.inbox.page(ann, unread=False, cursor=first.page.next_cursor)

    def test_notifications_are_read_once(self, any_shop: Shop) -> None:
        """A read notification stays, out of the way; reading it again changes nothing."""
        item = any_shop.wish()
        one, _two = say(any_shop, item, "one"), say(any_shop, item, "two")
        read = any_shop.engine.inbox.read(any_shop["ann"], one.id)
        any_shop.clock.forward(hours=1)

        again = any_shop.engine.inbox.read(any_shop["ann"], one.id)

        assert (read.read_at, again.read_at) == (START, START)
        assert (messages(any_shop), messages(any_shop, unread=False)) == (["two"], ["two", "one"])
        assert any_shop.engine.inbox.page(any_shop["ann"], unread=False).unread == 1

    def test_everything_up_to_a_notification_can_be_read_at_once(self, any_shop: Shop) -> None:
        """A later notification stays unread."""
        item = any_shop.wish()
        say(any_shop, item, "one")
        seen = say(any_shop, item, "two")
        say(any_shop, item, "three")

        assert any_shop.engine.inbox.read_all(any_shop["ann"], until=seen.id) == 2
        assert messages(any_shop) == ["three"]

    def test_of_one_workspace_alone(self, any_shop: Shop) -> None:
        """To be listed, and to be read at once."""
        engine = any_shop.engine
        engine.workspaces.create(SYSTEM_ACTOR, key="YARD", name="The yard", methods=["shop"])
        engine.workspaces.assign(SYSTEM_ACTOR, "YARD", "shop.customer", ["ann"])
        engine.workspaces.assign(SYSTEM_ACTOR, "YARD", FIXER.id, ["ben"])
        yard = engine.items.create(any_shop["ann"], workspace="YARD", type="shop.repair", title="A gate")
        say(any_shop, any_shop.wish(), "shop")
        newest = say(any_shop, yard, "yard")

        assert messages(any_shop, workspace="YARD") == ["yard"]
        assert engine.inbox.read_all(any_shop["ann"], until=newest.id, workspace="YARD") == 1
        assert messages(any_shop) == ["shop"]
        with pytest.raises(NotFoundError):
            engine.inbox.page(any_shop["ann"], workspace="ELSE")

    def test_is_ones_own(self, shop: Shop) -> None:
        """Somebody else's notifications are not there."""
        notification = say(shop, shop.wish(), "one")

        with pytest.raises(NotFoundError):
            shop.engine.inbox.read(shop["ben"], notification.id)
        with pytest.raises(InvalidError, match="there is no notification"):
            shop.engine.inbox.read_all(shop["ben"], until=notification.id)
        assert messages(shop, "ben") == []

    def test_shows_nothing_of_what_one_may_no_longer_see(self, any_shop: Shop) -> None:
        """Who leaves the workspace leaves its notifications; a role on the item lets them see those of the item."""
        item, other = any_shop.wish(), any_shop.wish()
        notification = say(any_shop, item, "one")
        say(any_shop, other, "two")
        any_shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.customer", ["cid"])

        with pytest.raises(NotFoundError):
            any_shop.engine.inbox.read(any_shop["ann"], notification.id)
        assert (messages(any_shop), any_shop.engine.inbox.page(any_shop["ann"]).unread) == ([], 0)

        any_shop.engine.items.set_role(any_shop["ida"], item.key, FIXER.id, ["ann"])
        assert (messages(any_shop), any_shop.engine.inbox.page(any_shop["ann"]).unread) == (["one"], 1)

    def test_shows_substitutes_what_they_vote_on(self, shop: Shop) -> None:
        """A delegate is notified as the person is whose vote is asked for."""
        shop.person("tim", CUSTOMER)
        shop.engine.delegations.create(
            shop["mia"], from_actor="mia", to_actor="tim", starts_at=START, ends_at=START + timedelta(days=1)
        )
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.customer", ["cid", "ann"])
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", FIXER.id, ["ben", "tim"])
        item = shop.offered()
        shop.engine.notifications.notify(shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows[-1])

        assert messages(shop, "tim") == ["Ben recorded: Offer"]


class TestChannels:
    def test_are_kept_by_their_id(self, shop: Shop) -> None:
        """So that a digest can be changed without the address being sent again."""
        [chat] = wants(shop, Digest.IMMEDIATE)

        reported = shop.engine.preferences.change(
            shop["ann"], channels=[ChannelWish(Digest.WEEKLY, id=chat.id)]
        )

        assert reported.preferences.channels == (Channel(chat.id, Digest.WEEKLY, *CHAT),)
        assert shop.engine.preferences.get(shop["ann"]) == reported

    def test_that_are_not_there_are_refused(self, shop: Shop) -> None:
        """Each with where it stands; nothing is kept."""
        [chat] = wants(shop, Digest.IMMEDIATE)
        wishes = [
            ChannelWish(Digest.DAILY, id="nothing"),
            ChannelWish(Digest.DAILY, id=chat.id),
            ChannelWish(Digest.WEEKLY, id=chat.id),
            ChannelWish(Digest.DAILY),
        ]

        with pytest.raises(InvalidError) as refusal:
            shop.engine.preferences.change(shop["ann"], channels=wishes)

        assert [(fault.pointer, fault.message) for fault in refusal.value.faults][1:] == [
            ("/channels/2", "is there twice"),
            ("/channels/3", "no mail is sent from here: give a url, or ask for PLACET_MAIL_URL"),
        ]
        assert refusal.value.faults[0].pointer == "/channels/0/id"
        assert shop.engine.preferences.get(shop["ann"]).preferences.channels == (chat,)

    def test_to_ones_own_address_need_one(self, shop: Shop) -> None:
        """Ann's is not known."""
        shop.engine._choices.mails = True

        with pytest.raises(InvalidError, match="your mail address is not known here"):
            shop.engine.preferences.change(shop["ann"], channels=[ChannelWish(Digest.DAILY)])

    def test_are_ones_own_mail_until_one_says_otherwise(self, shop: Shop) -> None:
        """Where mail can be sent, nobody has to ask for it; and nobody has to take it."""
        shop.engine._choices.mails = True
        eve = shop.engine.people.add(SYSTEM_ACTOR, id="eve", name="Eve", email="eve@example.org")
        mail = Channel("mail", Digest.IMMEDIATE, "eve@example.org")

        assert shop.engine.preferences.get(eve).preferences == Preferences("eve", channels=(mail,))
        reported = shop.engine.preferences.change(eve, channels=[ChannelWish(Digest.DAILY, id="mail")])
        assert reported.preferences.channels == (Channel("mail", Digest.DAILY, "eve@example.org"),)
        assert shop.engine.preferences.change(eve).preferences.channels == ()
        assert shop.engine.preferences.get(eve).preferences.channels == ()


class TestSending:
    def test_at_once(self, shop: Shop) -> None:
        """Due notifications go out in one message for each channel, once."""
        wants(shop, Digest.IMMEDIATE)
        item = shop.wish()
        say(shop, item, "one")
        say(shop, item, "two")

        assert outgoing(shop) == [["one", "two"]]
        assert outgoing(shop) == []

    def test_a_digest_waits_for_its_time(self, any_shop: Shop) -> None:
        """Collected since the last one, at eight in the morning of the workspace's zone."""
        wants(any_shop, Digest.DAILY)
        item = any_shop.wish()
        say(any_shop, item, "on Monday")
        any_shop.clock.forward(hours=6)
        say(any_shop, item, "later on Monday")

        assert outgoing(any_shop) == []
        any_shop.clock.moment = datetime(2026, 3, 3, 8, tzinfo=UTC)
        say(any_shop, item, "just now")
        assert outgoing(any_shop) == [["on Monday", "later on Monday"]]
        any_shop.clock.moment = datetime(2026, 3, 4, 8, tzinfo=UTC)
        assert outgoing(any_shop) == [["just now"]]

    def test_a_digest_goes_by_the_persons_zone_or_the_workspaces(self, shop: Shop) -> None:
        """Ann's zone goes before the shop's."""
        shop.engine.workspaces.change(
            shop["ida"], "SHOP", calendars={"default": BusinessCalendar(zone="Asia/Tokyo")}
        )
        item = shop.wish()

        wants(shop, Digest.DAILY)
        say(shop, item, "one")
        shop.clock.moment = datetime(2026, 3, 2, 23, tzinfo=UTC)
        assert outgoing(shop) == [["one"]]

        wants(shop, Digest.DAILY, zone="America/New_York", at=time(20))
        say(shop, item, "two")
        shop.clock.moment = datetime(2026, 3, 3, 0, 59, 59, tzinfo=UTC)
        assert outgoing(shop) == []
        shop.clock.forward(seconds=1)
        assert outgoing(shop) == [["two"]]

    def test_each_channel_is_sent_its_own(self, shop: Shop) -> None:
        """The chat at once, another one in the week's digest."""
        wants(shop, Digest.IMMEDIATE, Digest.WEEKLY)
        say(shop, shop.wish(), "one")

        assert outgoing(shop) == [["one"]]
        shop.clock.moment = datetime(2026, 3, 9, 8, tzinfo=UTC)
        assert outgoing(shop) == [["one"]]

    def test_what_was_read_meanwhile_does_not_go_out(self, shop: Shop) -> None:
        """A digest is of what somebody has not seen."""
        wants(shop, Digest.DAILY)
        item = shop.wish()
        read = say(shop, item, "one")
        say(shop, item, "two")
        shop.engine.inbox.read(shop["ann"], read.id)
        shop.clock.forward(days=1)

        assert outgoing(shop) == [["two"]]

    def test_what_one_may_no_longer_see_does_not_go_out(self, shop: Shop) -> None:
        """A message would reveal an item that its reader may not see."""
        wants(shop, Digest.DAILY)
        say(shop, shop.wish(), "one")
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", "shop.customer", ["cid"])
        shop.clock.forward(days=1)

        assert outgoing(shop) == []

    def test_what_waits_for_a_channel_goes_with_it(self, shop: Shop) -> None:
        """A removed channel gets nothing more."""
        wants(shop, Digest.DAILY)
        say(shop, shop.wish(), "one")
        shop.engine.preferences.change(shop["ann"])
        shop.clock.forward(days=1)

        assert outgoing(shop) == []

    def test_what_a_crash_left_goes_out_again(self, any_shop: Shop) -> None:
        """Taken and not said to be sent: others leave it alone for five minutes, and then send it."""
        wants(any_shop, Digest.IMMEDIATE)
        say(any_shop, any_shop.wish(), "one")
        assert any_shop.engine.notifications.next_sending() is not None

        assert outgoing(any_shop) == []
        any_shop.clock.forward(minutes=5)
        assert outgoing(any_shop) == [["one"]]

    def test_what_failed_is_tried_again_ever_more_slowly_and_given_up_in_the_end(
        self, any_shop: Shop
    ) -> None:
        """The person sees how it goes; what came later is not held up by it for ever."""
        [chat] = wants(any_shop, Digest.IMMEDIATE)
        item, ann = any_shop.wish(), any_shop["ann"]
        say(any_shop, item, "one")
        waits: list[timedelta] = []
        for attempt in range(ATTEMPTS):
            sending = any_shop.engine.notifications.next_sending()
            assert sending is not None
            assert sending.attempts == attempt
            again = any_shop.engine.notifications.not_sent(sending, "the chat is down")
            if again is not None:
                state = any_shop.engine.preferences.get(ann).states[chat.id]
                assert (state.waiting, state.failed, state.error) == (1, 0, "the chat is down")
                waits.append(again - any_shop.clock.now())
                any_shop.clock.moment = again

        assert [wait.total_seconds() / 60 for wait in waits[:4]] == [1, 2, 4, 8]
        assert (len(waits), max(waits)) == (ATTEMPTS - 1, timedelta(hours=6))
        any_shop.clock.forward(days=30)
        assert any_shop.engine.notifications.next_sending() is None
        state = any_shop.engine.preferences.get(ann).states[chat.id]
        assert (state.waiting, state.failed, state.error) == (0, 1, "the chat is down")

        say(any_shop, item, "two")
        assert outgoing(any_shop) == [["two"]]


class TestDue:
    @given(
        now=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        digest=st.sampled_from([Digest.DAILY, Digest.WEEKLY]),
        zone=st.sampled_from(
            ["UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
        ),
        at=st.times(),
    )
    def test_is_the_next_such_time_of_day(self, now: datetime, digest: Digest, zone: str, at: time) -> None:
        """Later than now, at most one day or week and a shift of the clock ahead, and a Monday where it is weekly."""
        moment = due(now, digest, zone, at)

        days = 1 if digest is Digest.DAILY else 7
        # A zone may move by a day: Samoa left out the 30th of December 2011.
        assert timedelta() < moment - now <= timedelta(days=days + 1, hours=2)
        if digest is Digest.WEEKLY and at.hour not in {1, 2, 3}:
            assert moment.astimezone(ZoneInfo(zone)).weekday() == 0

    def test_at_once_is_now(self) -> None:
        """Nothing to wait for."""
        assert due(START, Digest.IMMEDIATE, "UTC", time(8)) == START


@pytest.fixture
def sending() -> Callable[[int], Sending]:
    """Makes what goes out of so many notifications."""

    def made(count: int) -> Sending:
        notifications = tuple(
            NotificationRecord(
                str(n), "ann", str(n), "SHOP", n, START, f"Ben commented: {n}",
                (Because("core.comment", "you made it"), Because("core.role", "you mend it")), title=f"Lamp {n}",
                local_time="Monday 2 March 10:00, Europe/Vienna",
            )
            for n in range(1, count + 1)
        )  # fmt: skip
        return Sending(Actor("ann", "Ann"), Channel("c", Digest.DAILY, "chat"), notifications, 0, START)

    return made


class TestMessages:
    def test_one_alone_is_named_in_the_subject(self, sending: Callable[[int], Sending]) -> None:
        """With when it happened, and every reason."""
        message = composed(sending(1))

        assert message.subject == "SHOP-1 Lamp 1: Ben commented: 1"
        assert message.body == (
            "SHOP-1 Lamp 1\nBen commented: 1 (Monday 2 March 10:00, Europe/Vienna)\n"
            "You get this because you made it and because you mend it."
        )

    @pytest.mark.parametrize(
        ("count", "subject"),
        [
            (2, "2 notifications: SHOP-1, SHOP-2"),
            (3, "3 notifications: SHOP-1, SHOP-2, SHOP-3"),
            (60, "60 notifications: SHOP-1, SHOP-2, SHOP-3 and 57 more"),
        ],
    )
    def test_several_are_counted(self, sending: Callable[[int], Sending], count: int, subject: str) -> None:
        """A long digest says how much more there is."""
        message = composed(sending(count))

        assert message.subject == subject
        assert message.body.count("You get this because") == min(count, 50)
        assert message.body.endswith("and 10 more in your inbox") == (count == 60)
