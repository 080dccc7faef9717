"""Verbs of telling people: notices written from events, the inbox, and what goes out by channels.

Telling is apart from deciding: it happens after the event, in a transaction of its own, and never makes an act slower
or stops it. An event may be handed in any number of times; everybody is told of it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from placet.definitions.notices import Notice
from placet.engine import notices as rules
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.context import Context
from placet.engine.digests import due
from placet.engine.journal import new_id
from placet.engine.kernel import Kernel, may_see
from placet.engine.notices import CORE_NOTICES, CoreNotice
from placet.engine.phrases import Titles, because, sentence
from placet.engine.ports import ChannelState, InboxQuery, Page
from placet.engine.records import (
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


class InboxVerbs(Kernel):
    """What people are told."""

    def notify(self, event: EventRecord) -> tuple[NoticeRecord, ...]:
        """Tell whoever the rules tell of an event, once; answers the new notices."""
        # Most events concern nobody else: that is found out without a transaction that others would wait for.
        if not event.number or not self.look(lambda work: self._drafts(work, event)):
            return ()

        def do(work: UnitOfWork) -> tuple[NoticeRecord, ...]:
            drafts = self._drafts(work, event)
            if drafts:
                work.session.notices.add(
                    [notice for notice, _ in drafts],
                    [(notice, channel, at) for notice, ways in drafts for channel, at in ways],
                )
            return tuple(notice for notice, _ in drafts)

        return self.administer("notify", do)

    def _drafts(
        self, work: UnitOfWork, event: EventRecord
    ) -> list[tuple[NoticeRecord, list[tuple[str, datetime]]]]:
        """The notices of an event that are not there yet, each with the channels by which it goes out, and when."""
        record = work.item(ItemRef(event.workspace, event.number))
        if record is None:
            return []
        ctx = Context(work, record, event.actor)
        told = rules.told(event, ctx)
        fresh = sorted(set(told) - work.session.notices.told(event.id)) if told else []
        people = work.session.actors(fresh)
        stored = work.session.notices.preferences(fresh)
        drafts = []
        for id in fresh:
            person = people.get(id)
            if person is None or not may_see(work, person, record):
                continue
            chosen = self._chosen(person, stored.get(id))
            why = tuple(each for each in told[id] if each.rule not in chosen.muted)
            if not why or record.workspace in chosen.muted:
                continue
            kept = NoticeRecord(
                new_id(), id, event.id, event.workspace, event.number, event.at, title=record.title,
                type=record.type, why=why,
            )  # fmt: skip
            notice = _in_words(kept, event, Titles(ctx.catalog, record.type))
            zone = chosen.zone or ctx.workspace.calendar.zone
            ways = [(c.id, due(work.now, c.digest, zone, chosen.digest_at)) for c in chosen.channels]
            drafts.append((notice, ways))
        return drafts

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
            if any(d.to_actor == asker.id and d.holds(work.now) for d in work.workspace(place).delegations)
        }
        return tuple(sorted(lent.union(self.visible_workspaces(work, asker))))

    def read_notice(self, asker: Actor, id: str) -> NoticeRecord:
        """Mark one of the asker's notices as read; a second time changes nothing."""

        def do(work: UnitOfWork) -> NoticeRecord:
            found = work.session.notices.notice(asker.id, id)
            if found is None or not self._still_seen(work, asker, found):
                raise NotFoundError("notice", id[:100])
            [found] = self._in_words(work, [found])
            if found.read_at is not None:
                return found
            work.session.notices.mark_read(asker.id, work.now, ids=[id])
            return replace(found, read_at=work.now)

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
            return [Rule(notice, place.notices.get(notice.id, NoticeChoice())) for notice in known]

        return self.look(see)

    # What goes out

    def next_sending(self) -> Sending | None:
        """What is due to somebody by one channel, all in one; kept from other workers for a while.

        Left out is what they have read meanwhile, or may no longer see. Whoever sends it says so with `sent` or
        `not_sent`; where nobody does, it is due again.
        """

        def do(work: UnitOfWork) -> Sending | None:
            book = work.session.notices
            found = book.due(work.now)
            if found is None:
                return None
            id, channel_id = found
            events, attempts = book.claim(id, channel_id, work.now, work.now + _LEASE)
            person = work.session.actors([id])[id]
            channels = self._chosen(person, book.preferences([id]).get(id)).channels
            channel = next((each for each in channels if each.id == channel_id), None)
            query = InboxQuery(id, self._reach(work, person), unread=True, events=events, limit=len(events))
            notices = tuple(reversed(book.page(query).rows)) if channel is not None else ()
            left = {notice.event for notice in notices}
            book.close(id, channel_id, [event for event in events if event not in left], work.now)
            if channel is None or not notices:
                return None
            return Sending(person, channel, tuple(self._in_words(work, notices)), attempts)

        # Looking is no transaction that others would wait for.
        while self.look(lambda work: work.session.notices.due(work.now)) is not None:
            sending = self.administer("next_sending", do)
            if sending is not None:
                return sending
        return None

    def sent(self, sending: Sending) -> None:
        """It has gone out."""

        def do(work: UnitOfWork) -> None:
            work.session.notices.close(sending.actor.id, sending.channel.id, _events(sending), work.now)

        self.administer("sent", do)

    def not_sent(self, sending: Sending, error: str) -> datetime | None:
        """It failed; answers when it is tried again, `None` if it was given up."""

        def do(work: UnitOfWork) -> datetime | None:
            wait = min(_FIRST_WAIT * 2**sending.attempts, _LONGEST_WAIT)
            again = work.now + wait if sending.attempts + 1 < ATTEMPTS else None
            work.session.notices.postpone(
                sending.actor.id, sending.channel.id, _events(sending), again, error[:_ERROR_LIMIT]
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
