"""Verbs of notifying people: notifications written from events, the inbox, and what goes out by channels.

Notifying is apart from deciding: it happens after the event, in a transaction of its own, and never makes an act slower
or stops it. An event may be handed in any number of times; everybody is notified of it once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from placet.catalog.composition import one_line
from placet.definitions.notices import Notice
from placet.engine.act.deliveries import NOTIFICATIONS, Attempt, dead_letter
from placet.engine.act.journal import new_id
from placet.engine.act.ports import ChannelState, InboxQuery, Page, SealedEvent
from placet.engine.act.records import (
    Actor,
    Channel,
    Digest,
    EventRecord,
    ItemRef,
    NoticeChoice,
    NoticeRecord,
    Preferences,
    Sending,
)
from placet.engine.act.runner import Kernel, may_see, sees_for_others
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications import rules
from placet.engine.notifications.digests import due
from placet.engine.notifications.phrases import Titles, because, sentence
from placet.engine.notifications.rules import CORE_NOTICES, CoreNotice
from placet.engine.rules.context import Context
from placet.errors import DefinitionError, Fault, InvalidError, NotFoundError

#: Id of the channel to a person's own mail address, which everybody has until they choose otherwise.
OWN_MAIL = "mail"
#: For so long a message that is being sent is kept from other workers; after a crash it goes out again.
_LEASE = timedelta(minutes=5)
#: Tried again after a minute, two, four, ... up to six hours; about two days in all.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
ATTEMPTS = 16
#: Longest error that is kept of a channel, in characters.
_ERROR_LIMIT = 500
#: Kinds of events of which no rule notifies anybody.
_SILENT = frozenset({"refused", "linked", "unlinked"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChannelWish:
    """A channel as somebody wants to have it."""

    digest: Digest
    #: One that they have already, by its id.
    id: str | None = None
    #: A new address: as it is shown, and encrypted. Without id and address it is the person's own mail address.
    address: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of somebody's notices."""

    page: Page[NoticeRecord]
    #: Unread ones in all.
    unread: int


@dataclass(frozen=True, slots=True)
class Told:
    """How somebody is told, and how sending goes, by channel."""

    preferences: Preferences
    states: Mapping[str, ChannelState]


@dataclass(frozen=True, slots=True)
class Rule:
    """A notice as it is in force in a workspace."""

    notice: Notice | CoreNotice
    choice: NoticeChoice


@dataclass(slots=True)
class Drafts:
    """Notifications as they are to be written."""

    #: Each with the channels by which it goes out, and when.
    notices: list[tuple[NoticeRecord, list[tuple[str, datetime]]]] = field(default_factory=list)
    #: Events of which somebody may not be notified, since a rule failed: with the culprits.
    failures: list[tuple[SealedEvent, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.notices or self.failures)


class InboxVerbs(Kernel):
    """What people are notified of."""

    def notify(self, event: EventRecord) -> tuple[NoticeRecord, ...]:
        """Notify people of one event as the rules say, each once; answers the new notifications.

        Raises:
            DefinitionError: a rule failed; what the others said is written.
        """
        drafts = self.draft_notifications([SealedEvent(0, "", event)])
        made = self._save(drafts.notices) if drafts.notices else ()
        if drafts.failures:
            raise DefinitionError("; ".join(trouble for _, trouble in drafts.failures))
        return made

    def draft_notifications(self, events: Sequence[SealedEvent]) -> Drafts:
        """What people are to be notified of, for some events at once; writes nothing. One that fails keeps no other."""

        def see(work: UnitOfWork) -> Drafts:
            drafts = Drafts()
            for sealed in events:
                event = sealed.event
                if not event.number or event.kind in _SILENT:
                    continue
                try:
                    self._draft(work, sealed, drafts)
                except Exception as error:  # noqa: BLE001  # logged and kept with the event, unless it is the store's
                    work.raise_trouble()
                    _log.exception("nobody could be notified of event %s of %s", event.id, event.key)
                    drafts.failures.append((sealed, one_line(error)))
                work.raise_trouble()
            return drafts

        return self.look(see)

    def save_notifications(self, drafts: Drafts, *, since: int, until: int) -> bool:
        """Write notifications, and with them, in one transaction, up to where in the log people were notified.

        Args:
            drafts: of the events between the two positions.
            since: the position up to which it is stored that they were.
            until: the position that takes its place.

        Returns:
            Whether it was so. Where another worker was faster nothing is written.
        """

        def do(work: UnitOfWork) -> bool:
            if not work.session.notices.advance(since, until):
                return False
            self._insert(work, drafts.notices)
            work.session.add_deliveries([
                dead_letter(NOTIFICATIONS, sealed, Attempt(work.now, 0.0, error=trouble[:_ERROR_LIMIT]))
                for sealed, trouble in drafts.failures
            ])  # fmt: skip
            return True

        return self.administer("notify", do)

    def _save(
        self, drafts: Sequence[tuple[NoticeRecord, list[tuple[str, datetime]]]]
    ) -> tuple[NoticeRecord, ...]:
        return self.administer("notify", lambda work: self._insert(work, drafts))

    @staticmethod
    def _insert(
        work: UnitOfWork, drafts: Sequence[tuple[NoticeRecord, list[tuple[str, datetime]]]]
    ) -> tuple[NoticeRecord, ...]:
        ways = {notice.id: ways for notice, ways in drafts}
        made = work.session.notices.add([notice for notice, _ in drafts])
        work.session.notices.send(
            [(notice, channel, at) for notice in made for channel, at in ways[notice.id]]
        )
        return made

    def _draft(self, work: UnitOfWork, sealed: SealedEvent, drafts: Drafts) -> None:
        """Add the notifications of an event that are not there yet."""
        event = sealed.event
        record = work.item(ItemRef(event.workspace, event.number))
        if record is None:
            return
        ctx = Context(work, record, event.actor)
        found = rules.notified(event, ctx)
        if found.failures:
            drafts.failures.append((sealed, "; ".join(found.failures)))
        fresh = sorted(set(found.people) - work.session.notices.told(event.id)) if found.people else []
        people = work.session.actors(fresh)
        stored = work.session.notices.preferences(fresh)
        for id in fresh:
            person = people.get(id)
            if person is None or not may_see(work, person, record):
                continue
            chosen = self._chosen(person, stored.get(id))
            why = tuple(each for each in found.people[id] if each.rule not in chosen.muted)
            if not why or record.workspace in chosen.muted:
                continue
            kept = NoticeRecord(
                new_id(), id, event.id, event.workspace, event.number, event.at, title=record.title,
                type=record.type, why=why,
            )  # fmt: skip
            notice = _in_words(kept, event, Titles(ctx.catalog, record.type))
            zone = chosen.zone or ctx.workspace.calendar.zone
            ways = [(c.id, due(work.now, c.digest, zone, chosen.digest_at)) for c in chosen.channels]
            drafts.notices.append((notice, ways))

    def _chosen(self, person: Actor, stored: Preferences | None) -> Preferences:
        """How somebody wants to be told; by mail at once, where it can be sent and they never said otherwise."""
        if stored is not None:
            return stored
        own = (Channel(OWN_MAIL, Digest.IMMEDIATE, person.email),) if self.mails and person.email else ()
        return Preferences(person.id, channels=own)

    # The inbox

    def inbox(
        self,
        asker: Actor,
        *,
        workspace: str | None = None,
        unread: bool = True,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Inbox:
        """The asker's notices of items that they may see, the newest first."""

        def see(work: UnitOfWork) -> Inbox:
            if workspace is not None:
                self.seen_workspace(work, asker, workspace)
            query = InboxQuery(
                asker.id, self._reach(work, asker), workspace, unread=unread, limit=limit, cursor=cursor
            )
            page = work.session.notices.page(query)
            shown = self._in_words(work, page.rows)
            return Inbox(Page(shown, page.next_cursor), work.session.notices.unread(query))

        return self.look(see)

    def _in_words(self, work: UnitOfWork, notices: Sequence[NoticeRecord]) -> list[NoticeRecord]:
        """Notices as they read now: of an event whose text was erased nobody is told what it said."""
        events = work.session.events(notice.event for notice in notices)
        return [_in_words(each, events[each.event], self._titles(work, each)) for each in notices]

    def _titles(self, work: UnitOfWork, notice: NoticeRecord) -> Titles:
        try:
            return Titles(work.catalog(notice.workspace), notice.type)
        except DefinitionError:
            # Its methods do not fit together any more, which must not keep anybody from their inbox.
            return Titles(None, notice.type)

    def _reach(self, work: UnitOfWork, asker: Actor) -> tuple[str, ...]:
        """Where somebody sees everything: workspaces that they belong to, or where somebody's votes are theirs."""
        lent = {
            place
            for place in work.session.workspace_keys()
            if sees_for_others(work, asker, work.workspace(place))
        }
        return tuple(sorted(lent.union(self.visible_workspaces(work, asker))))

    def read_notice(self, asker: Actor, id: str) -> NoticeRecord:
        """Mark one of the asker's notices as read; a second time changes nothing."""

        def do(work: UnitOfWork) -> NoticeRecord:
            found = work.session.notices.notice(asker.id, id)
            if found is None or not self._still_seen(work, asker, found):
                raise NotFoundError("notice", id[:100])
            [found] = self._in_words(work, [found])
            # Of two at once the first counts.
            read_at = work.session.notices.mark_read(asker.id, id, work.now)
            return replace(found, read_at=read_at)

        return self.administer("read_notice", do)

    def _still_seen(self, work: UnitOfWork, asker: Actor, notice: NoticeRecord) -> bool:
        record = work.item(ItemRef(notice.workspace, notice.number))
        return record is not None and may_see(work, asker, record)

    def read_notices(self, asker: Actor, *, until: str, workspace: str | None = None) -> int:
        """Mark as read one of the asker's notices and all older ones, perhaps of one workspace; answers how many."""

        def do(work: UnitOfWork) -> int:
            if work.session.notices.notice(asker.id, until) is None:
                raise InvalidError.at("/until", f'there is no notice "{until[:100]}" in your inbox')
            return work.session.notices.mark_all_read(asker.id, work.now, until=until, workspace=workspace)

        return self.administer("read_notices", do)

    # How somebody wants to be told

    def preferences(self, asker: Actor) -> Told:
        """How the asker is told, and how sending goes."""

        def see(work: UnitOfWork) -> Told:
            stored = work.session.notices.preferences([asker.id]).get(asker.id)
            return Told(self._chosen(asker, stored), work.session.notices.channel_states(asker.id))

        return self.look(see)

    def prefer(
        self,
        asker: Actor,
        *,
        channels: Sequence[ChannelWish] = (),
        muted: Sequence[str] = (),
        zone: str | None = None,
        digest_at: time = time(8),
    ) -> Told:
        """Say how one wants to be told. What is not named is dropped; what one hears already stays in the inbox."""

        def do(work: UnitOfWork) -> Told:
            # What somebody wants at once from two places comes one after the other, each upon the one before it.
            work.session.notices.lock_preferences(asker.id)
            stored = work.session.notices.preferences([asker.id]).get(asker.id)
            before = {channel.id: channel for channel in self._chosen(asker, stored).channels}
            faults = self._unknown_muted(work, asker, muted)
            found: dict[str, Channel] = {}
            for n, wish in enumerate(channels):
                try:
                    channel = self._channel(asker, wish, before, f"/channels/{n}")
                except InvalidError as error:
                    faults += error.faults
                    continue
                if channel.id in found:
                    faults.append(Fault(f"/channels/{n}", "is there twice"))
                found[channel.id] = channel
            if faults:
                raise InvalidError(faults)
            wanted = Preferences(
                asker.id, tuple(dict.fromkeys(muted)), tuple(found.values()), zone, digest_at
            )
            work.session.notices.prefer(wanted)
            return Told(wanted, work.session.notices.channel_states(asker.id))

        return self.administer("prefer", do)

    def _unknown_muted(self, work: UnitOfWork, asker: Actor, muted: Sequence[str]) -> list[Fault]:
        places = self._reach(work, asker)
        known = [core.id for core in CORE_NOTICES]
        known += [id for place in places for id in work.catalog(place).notices]
        faults: list[Fault] = []
        for n, name in enumerate(muted):
            kind, there = ("notice", known) if "." in name else ("workspace", places)
            if name not in there:
                faults += InvalidError.unknown(f"/muted/{n}", kind, name[:100], there).faults
        return faults

    def _channel(
        self, asker: Actor, wish: ChannelWish, before: Mapping[str, Channel], pointer: str
    ) -> Channel:
        if wish.address is not None:
            shown, sealed = wish.address
            return Channel(new_id(), wish.digest, shown, sealed)
        if wish.id is not None and wish.id != OWN_MAIL:
            if wish.id not in before:
                raise InvalidError.unknown(f"{pointer}/id", "channel", wish.id[:100], before)
            return replace(before[wish.id], digest=wish.digest)
        if not self.mails:
            raise InvalidError.at(
                pointer, "no mail is sent from here: give a url, or ask for PLACET_MAIL_URL"
            )
        if asker.email is None:
            raise InvalidError.at(pointer, "your mail address is not known here: give a url")
        return Channel(OWN_MAIL, wish.digest, asker.email)

    def notice_rules(self, asker: Actor, workspace: str) -> list[Rule]:
        """Who is told of what in a workspace, by rule."""

        def see(work: UnitOfWork) -> list[Rule]:
            place = self.seen_workspace(work, asker, workspace)
            known: tuple[Notice | CoreNotice, ...] = (
                *CORE_NOTICES,
                *work.catalog(place.key).notices.values(),
            )
            return [Rule(notice, place.notification_rules.get(notice.id, NoticeChoice())) for notice in known]

        return self.look(see)

    # What goes out

    def next_sending(self) -> Sending | None:
        """What is due to somebody by one channel, all in one; kept from other workers for a while.

        Left out is what they have read meanwhile, or may no longer see. Whoever sends it says so with `sent` or
        `not_sent`; where nobody does, it is due again.
        """

        def do(work: UnitOfWork) -> tuple[bool, Sending | None]:
            book, until = work.session.notices, work.now + _LEASE
            claim = book.claim(work.now, until)
            if claim is None:
                return False, None
            id, channel_id, events, attempts = claim
            person = work.session.actors([id])[id]
            channels = self._chosen(person, book.preferences([id]).get(id)).channels
            channel = next((each for each in channels if each.id == channel_id), None)
            query = InboxQuery(id, self._reach(work, person), unread=True, events=events, limit=len(events))
            notices = tuple(reversed(book.page(query).rows)) if channel is not None else ()
            left = {notice.event for notice in notices}
            book.close(
                id,
                channel_id,
                [event for event in events if event not in left],
                work.now,
                claimed_until=until,
            )
            if channel is None or not notices:
                return True, None
            return True, Sending(person, channel, tuple(self._in_words(work, notices)), attempts, until)

        # Looking is no transaction that others would wait for.
        while self.look(lambda work: work.session.notices.due(work.now)):
            claimed, sending = self.administer("next_sending", do)
            if sending is not None or not claimed:
                return sending
        return None

    def sent(self, sending: Sending) -> None:
        """It has gone out."""

        def do(work: UnitOfWork) -> None:
            work.session.notices.close(
                sending.actor.id, sending.channel.id, _events(sending), work.now, claimed_until=sending.until
            )

        self.administer("sent", do)

    def not_sent(self, sending: Sending, error: str) -> datetime | None:
        """It failed; answers when it is tried again, `None` if it was given up."""

        def do(work: UnitOfWork) -> datetime | None:
            wait = min(_FIRST_WAIT * 2**sending.attempts, _LONGEST_WAIT)
            again = work.now + wait if sending.attempts + 1 < ATTEMPTS else None
            work.session.notices.postpone(
                sending.actor.id,
                sending.channel.id,
                _events(sending),
                again,
                error[:_ERROR_LIMIT],
                claimed_until=sending.until,
            )
            return again

        return self.administer("not_sent", do)


def _events(sending: Sending) -> list[str]:
    return [notice.event for notice in sending.notices]


def _in_words(notice: NoticeRecord, event: EventRecord, titles: Titles) -> NoticeRecord:
    return replace(
        notice,
        message=sentence(event, titles),
        because=tuple(because(why, titles) for why in notice.why),
    )
