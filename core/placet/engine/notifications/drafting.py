"""Drafts notifications for many events at once. An event that fails does not affect the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from placet.catalog.composition import one_line
from placet.engine.act.access import in_workspace, may_see
from placet.engine.act.journal import new_id
from placet.engine.act.notifications import NotificationRecord, Preferences, Why
from placet.engine.act.people import INSTALLATION, Actor, WorkspaceRecord
from placet.engine.act.records import ItemRecord, ItemRef, SealedEvent
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications.choices import Choices
from placet.engine.notifications.digests import due
from placet.engine.notifications.installation_rules import (
    is_of_installation,
    notified_of_installation,
    reads_installation,
)
from placet.engine.notifications.rules import notified
from placet.engine.notifications.workspace_rules import WORKSPACE_RULES, notified_of_workspace
from placet.engine.rules.context import Context

_log = logging.getLogger(__name__)

#: Kinds of events for which no rule notifies anybody.
_SILENT = frozenset({"linked", "unlinked"})

#: A notification, with its channels and the time at which it goes out by each.
Drafted = tuple[NotificationRecord, list[tuple[str, datetime]]]


@dataclass(slots=True)
class Drafts:
    """Notifications that are to be written."""

    notifications: list[Drafted] = field(default_factory=list)
    #: Events at which a rule failed, so that people may not be notified, each with the error.
    failures: list[tuple[SealedEvent, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.notifications or self.failures)


@dataclass(frozen=True, slots=True)
class _Concerned:
    """An event, and the people whom the rules name."""

    sealed: SealedEvent
    people: Mapping[str, tuple[Why, ...]]
    #: The item as it is now; `None` where the event is one of its workspace, or of the installation.
    record: ItemRecord | None
    #: `None` where the event is one of the installation.
    place: WorkspaceRecord | None

    def shown_to(self, unit: UnitOfWork, person: Actor) -> bool:
        """Whether a person may see its subject."""
        if self.record is not None:
            return may_see(unit, person, self.record)
        return reads_installation(person) if self.place is None else in_workspace(person, self.place)

    @property
    def title(self) -> str:
        if self.record is not None:
            return self.record.title
        return INSTALLATION if self.place is None else self.place.name


@dataclass(frozen=True, slots=True)
class _Recipients:
    """The people of a batch, their preferences and notifications, read at once."""

    people: Mapping[str, Actor]
    preferences: Mapping[str, Preferences]
    #: (event, person) of notifications that are already written.
    notified: frozenset[tuple[str, str]]


def drafted(unit: UnitOfWork, events: Sequence[SealedEvent], choices: Choices) -> Drafts:
    """Draft the notifications of some events; writes nothing."""
    return _Drafting(unit, choices).of([sealed for sealed in events if _matters(sealed)])


def _matters(sealed: SealedEvent) -> bool:
    event = sealed.event
    if event.workspace == INSTALLATION:
        return is_of_installation(event)
    if not event.number:
        return any(event.kind in rule.kinds for rule in WORKSPACE_RULES)
    # A person who is refused has the refusal as an answer; a timer that is refused has nobody but those notified.
    return event.kind not in _SILENT and not (event.kind == "refused" and "notifies" not in event.data)


class _Drafting:
    """One batch: first the items and the results of the rules, then the people of all events together."""

    def __init__(self, unit: UnitOfWork, choices: Choices) -> None:
        self._unit = unit
        self._choices = choices
        self._drafts = Drafts()

    def of(self, events: Sequence[SealedEvent]) -> Drafts:
        """The notifications of these events that do not exist yet."""
        self._unit.items(_item(sealed) for sealed in events if sealed.event.number)
        concerned: list[_Concerned] = []
        for sealed in events:
            with self._kept(sealed):
                concerned += self._concerned(sealed)
        recipients = self._recipients(concerned)
        for each in concerned:
            with self._kept(each.sealed):
                self._drafts.notifications += list(self._drafted(each, recipients))
        return self._drafts

    @contextmanager
    def _kept(self, sealed: SealedEvent) -> Iterator[None]:
        """Keep a failure with its event. A failure of the store ends the batch, which is then drafted again."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # logged and kept with the event, unless it is the store's
            self._unit.raise_failure()
            _log.exception("nobody could be notified of event %s of %s", sealed.event.id, sealed.event.key)
            self._drafts.failures.append((sealed, one_line(error)))
        self._unit.raise_failure()

    def _concerned(self, sealed: SealedEvent) -> Iterator[_Concerned]:
        if not sealed.event.number:
            yield from self._of_place(sealed)
            return
        record = self._unit.item(_item(sealed))
        if record is None:
            return
        ctx = Context(self._unit, record, sealed.event.actor)
        found = notified(sealed.event, ctx)
        if found.failures:
            self._drafts.failures.append((sealed, "; ".join(found.failures)))
        if found.people:
            yield _Concerned(sealed, found.people, record, ctx.workspace)

    def _of_place(self, sealed: SealedEvent) -> Iterator[_Concerned]:
        """The people of an event of a workspace itself, or of the installation."""
        administrators = self._unit.session.people.administrators()
        if sealed.event.workspace == INSTALLATION:
            found = notified_of_installation(sealed.event, administrators)
            if found:
                yield _Concerned(sealed, found, None, None)
            return
        people = notified_of_workspace(self._unit, sealed.event, administrators)
        if people:
            yield _Concerned(sealed, people, None, self._unit.workspace(sealed.event.workspace))

    def _recipients(self, concerned: Sequence[_Concerned]) -> _Recipients:
        people = sorted({person for each in concerned for person in each.people})
        session = self._unit.session
        return _Recipients(
            session.people.actors(people),
            session.notifications.preferences(people),
            session.notifications.notified([each.sealed.event.id for each in concerned]),
        )

    def _drafted(self, each: _Concerned, recipients: _Recipients) -> Iterator[Drafted]:
        event, record = each.sealed.event, each.record
        for id in sorted(each.people):
            person = recipients.people.get(id)
            if person is None or (event.id, id) in recipients.notified:
                continue
            if not each.shown_to(self._unit, person):
                continue
            chosen = self._choices.of(person, recipients.preferences.get(id))
            why = tuple(reason for reason in each.people[id] if reason.rule not in chosen.muted)
            if not why or event.workspace in chosen.muted:
                continue
            notification = NotificationRecord(
                new_id(), id, event.id, event.workspace, event.number, event.at,
                title=each.title, type="" if record is None else record.type, why=why,
            )  # fmt: skip
            zone = chosen.zone or ("UTC" if each.place is None else each.place.calendar.zone)
            yield (
                notification,
                [(c.id, due(self._unit.now, c.digest, zone, chosen.digest_at)) for c in chosen.channels],
            )


def _item(sealed: SealedEvent) -> ItemRef:
    return ItemRef(sealed.event.workspace, sealed.event.number)
