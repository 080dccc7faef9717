"""Notifications: written from events, and sent by channels.

Notifying is separate from deciding: it happens after the event, in a transaction of its own, and never slows down or
stops an act. An event may be passed in any number of times; each person is notified of it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from placet.definitions.notification_rules import NotificationRule
from placet.engine.act.access import elsewhere, seen_workspace
from placet.engine.act.deliveries import NOTIFICATIONS, Attempt, dead_letter
from placet.engine.act.notifications import NotificationRecord, Sending
from placet.engine.act.people import Actor, NotificationChoice
from placet.engine.act.queries import InboxQuery
from placet.engine.act.records import EventRecord, SealedEvent
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications.choices import Choices
from placet.engine.notifications.drafting import Drafts, drafted
from placet.engine.notifications.places import places_of_inbox
from placet.engine.notifications.rules import CORE_RULES, CoreRule
from placet.engine.notifications.wording import in_words
from placet.engine.notifications.workspace_rules import WORKSPACE_RULES, WorkspaceRule
from placet.errors import DefinitionError

#: Other workers do not send a claimed message for so long; after a crash it is sent again.
_LEASE = timedelta(minutes=5)
#: Sending is tried again after a minute, two, four, ... up to six hours; for about two days in all.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
ATTEMPTS = 16
#: Longest error that is stored, in characters.
_ERROR_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """A notification rule with the choice of a workspace."""

    declared: NotificationRule | CoreRule | WorkspaceRule
    choice: NotificationChoice


class Notifications:
    """Verbs of notifications; all except `rules` are for the worker."""

    def __init__(self, acts: ActRunner, choices: Choices) -> None:
        self._acts = acts
        self._choices = choices

    def notify(self, event: EventRecord) -> tuple[NotificationRecord, ...]:
        """Notify people of one event by the rules, each person once; returns the new notifications.

        Raises:
            DefinitionError: a rule failed; the notifications of the other rules are written.
        """
        drafts = self.draft([SealedEvent(0, "", event)])
        made: tuple[NotificationRecord, ...] = ()
        if drafts.notifications:
            added = self._acts.administer("notify", lambda unit: _insert(unit, drafts.notifications))
            made = self._acts.look(lambda unit: tuple(in_words(unit, added)))
        if drafts.failures:
            raise DefinitionError("; ".join(failure for _, failure in drafts.failures))
        return made

    def draft(self, events: Sequence[SealedEvent]) -> Drafts:
        """Draft the notifications of some events; writes nothing. An event that fails does not affect the others."""
        return self._acts.look(lambda unit: drafted(unit, events, self._choices), whole=True)

    def save(self, drafts: Drafts, *, since: int, until: int) -> bool:
        """Write notifications and the position in the log up to which people were notified, in one transaction.

        It waits for no disk: with a failure of power both are lost, and people are notified again. One that is marked
        as read, or claimed to be sent, is forced there.

        Args:
            drafts: those of the events between the two positions.
            since: the position that is stored now.
            until: the new position.

        Returns:
            Whether `since` was the stored position. If another worker was faster, nothing is written.
        """

        def do(unit: UnitOfWork) -> bool:
            if not unit.session.notifications.advance(since, until):
                return False
            _insert(unit, drafts.notifications)
            unit.session.deliveries.add_deliveries([
                dead_letter(NOTIFICATIONS, sealed, Attempt(unit.now, 0.0, error=failure[:_ERROR_LIMIT]))
                for sealed, failure in drafts.failures
            ])  # fmt: skip
            return True

        return self._acts.administer("notify", do, forced=False)

    def rules(self, actor: Actor, workspace: str) -> list[Rule]:
        """All notification rules of a workspace."""

        def see(unit: UnitOfWork) -> list[Rule]:
            place = seen_workspace(unit, actor, workspace)
            known: tuple[NotificationRule | CoreRule | WorkspaceRule, ...] = (
                *CORE_RULES,
                *WORKSPACE_RULES,
                *unit.catalog(place.key).notification_rules.values(),
            )
            return [
                Rule(declared, place.notification_rules.get(declared.id, NotificationChoice()))
                for declared in known
            ]

        return self._acts.look(see)

    def next_sending(self) -> Sending | None:
        """All that is due to one person by one channel, claimed for a while so that no other worker sends it.

        Notifications that the person has read meanwhile, or may no longer see, are left out. The sender reports the
        result with `sent` or `not_sent`; without a report, it is due again.
        """

        def do(unit: UnitOfWork) -> tuple[bool, Sending | None]:
            book, until = unit.session.notifications, unit.now + _LEASE
            claim = book.claim(unit.now, until)
            if claim is None:
                return False, None
            id, channel_id, events, attempts = claim
            person = unit.session.people.actors([id])[id]
            channels = self._choices.of(person, book.preferences([id]).get(id)).channels
            channel = next((each for each in channels if each.id == channel_id), None)
            query = InboxQuery(
                id,
                places_of_inbox(unit, person),
                elsewhere(unit, person),
                unread=True,
                events=events,
                limit=len(events),
            )
            notifications = tuple(reversed(book.page(query).rows)) if channel is not None else ()
            left = {notification.event for notification in notifications}
            book.close(
                id,
                channel_id,
                [event for event in events if event not in left],
                unit.now,
                claimed_until=until,
            )
            if channel is None or not notifications:
                return True, None
            return True, Sending(person, channel, tuple(in_words(unit, notifications)), attempts, until)

        # Looking needs no transaction, so others do not wait for it.
        while self._acts.look(lambda unit: unit.session.notifications.due(unit.now)):
            claimed, sending = self._acts.administer("next_sending", do)
            if sending is not None or not claimed:
                return sending
        return None

    def sent(self, sending: Sending) -> None:
        """Record that a message was sent."""

        def do(unit: UnitOfWork) -> None:
            unit.session.notifications.close(
                sending.actor.id, sending.channel.id, _events(sending), unit.now, claimed_until=sending.until
            )

        self._acts.administer("sent", do)

    def not_sent(self, sending: Sending, error: str) -> datetime | None:
        """Record a failure; returns the time of the next attempt, `None` if there is none."""

        def do(unit: UnitOfWork) -> datetime | None:
            wait = min(_FIRST_WAIT * 2**sending.attempts, _LONGEST_WAIT)
            again = unit.now + wait if sending.attempts + 1 < ATTEMPTS else None
            unit.session.notifications.postpone(
                sending.actor.id,
                sending.channel.id,
                _events(sending),
                again,
                error[:_ERROR_LIMIT],
                claimed_until=sending.until,
            )
            return again

        return self._acts.administer("not_sent", do)


def _insert(
    unit: UnitOfWork, drafts: Sequence[tuple[NotificationRecord, list[tuple[str, datetime]]]]
) -> tuple[NotificationRecord, ...]:
    ways = {notification.id: ways for notification, ways in drafts}
    made = unit.session.notifications.add([notification for notification, _ in drafts])
    unit.session.notifications.send(
        [(notification, channel, at) for notification in made for channel, at in ways[notification.id]]
    )
    return made


def _events(sending: Sending) -> list[str]:
    return [notification.event for notification in sending.notifications]
