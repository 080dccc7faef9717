"""The event log: an item's history, the log by position, and the whole log of one workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict, Unpack

from placet.engine.act.access import may_see, places, ref_of, seen_workspace, shown_item
from placet.engine.act.input import parse_key
from placet.engine.act.journal import reworded
from placet.engine.act.kinds import demand_kinds
from placet.engine.act.people import Actor
from placet.engine.act.queries import EventQuery, ItemQuery, Page
from placet.engine.act.records import EventRecord, SealedEvent
from placet.engine.act.runner import ActRunner
from placet.engine.act.session import Session
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.thread import Thread, thread, traces

#: Events read at a time.
_BATCH = 500


class EventWish(TypedDict, total=False):
    """A selection of events; by default all of them, from the beginning."""

    workspace: str | None
    item: str | None
    #: The actor.
    by: str | None
    kinds: Sequence[str]
    #: A cursor.
    after: str | None
    limit: int


class WorkspaceLog:
    """The log of one workspace in one view of the store: its items' events, item by item.

    It may be read more than once, and only one batch is held at a time: a log of a million events takes as much
    memory as one of a thousand. The workspace's own history (who holds which role) is not part of it.
    """

    def __init__(
        self, session: Session, workspace: str, progress: Callable[[float], None] | None = None
    ) -> None:
        """`progress` is called now and then with how often the log was read: 1.5 is once, and half of it again."""
        self._session = session
        self.workspace = workspace
        self._progress = progress
        self._readings = 0
        self._definitions: dict[str, Mapping[str, Any] | None] = {}

    def events(self) -> Iterator[EventRecord]:
        """Read batch by batch."""
        newest = self._session.list_items(ItemQuery((self.workspace,), sort="-key", limit=1)).rows
        after = (1, 0)
        while batch := self._session.log.histories(self.workspace, after, _BATCH):
            yield from batch
            after = (batch[-1].number, batch[-1].seq)
            if self._progress is not None:
                self._progress(self._readings + after[0] / newest[0].number)
        self._readings += 1

    def definition(self, hash: str) -> Mapping[str, Any] | None:
        """The definition, as it was stored at its first use: it can be read after its plugin is gone."""
        if hash not in self._definitions:
            found = self._session.definition(hash)
            self._definitions[hash] = None if found is None else found.document
        return self._definitions[hash]


class EventLog:
    """The event log. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts
        self._traces = traces(acts.registry.methods.values())

    def history(self, actor: Actor, key: str, *, after: int = 0, limit: int = 100) -> Page[EventRecord]:
        """The item's events in order, after number `after`."""

        def see(unit: UnitOfWork) -> Page[EventRecord]:
            record = shown_item(unit, actor, key)
            events = unit.session.log.history(ref_of(record), after, limit + 1)
            titles = unit.titles(record.workspace, record.type)
            shown = [reworded(event, titles) for event in events[:limit]]
            return Page(shown, str(shown[-1].seq) if len(events) > limit else None)

        return self._acts.look(see)

    def thread(
        self, actor: Actor, key: str, *, kinds: Sequence[str] = (), after: str | None = None, limit: int = 100
    ) -> Thread:
        """A page of the events of everything that is connected to an item, in the order of the log.

        It is the record that an auditor asks for: by what it came about, who decided on it, by which rules, and what it
        led to. Parents, children and links whose type has a `trace` are followed. Items that the actor may not see are
        counted, and neither shown nor followed.

        Args:
            actor: the actor.
            key: the key of the item.
            kinds: kinds of events; empty for all.
            after: the cursor of the previous page.
            limit: events of the page.

        Raises:
            NotFoundError: the item does not exist, or the actor may not see it.
            MalformedError: it is not a cursor of this log, or not a kind of event.
        """
        self._acts.store.settle()
        query = EventQuery(None, kinds=demand_kinds(kinds), after=after, limit=limit)

        return self._acts.look(
            lambda unit: thread(unit, actor, shown_item(unit, actor, key), self._traces, query)
        )

    def query(self, actor: Actor, **wish: Unpack[EventWish]) -> EventQuery:
        """A query of the log, restricted to the events that the actor may see."""
        return self._acts.look(lambda unit: _restricted(unit, actor, wish))

    def events(self, query: EventQuery) -> Page[EventRecord]:
        """A page of the log by position, an item's events in their own order.

        There is a `next_cursor` even at the end, to go on from later. On PostgreSQL an event gets its position a moment
        after its commit (`placet.store.sealing`). Reading gives positions to events that still have none, so that a
        client finds its own writes; a program that uses the engine as a library needs no sealer of its own.
        """
        page = self.sealed(query)
        return Page([each.event for each in page.rows], page.next_cursor)

    def seen(self, actor: Actor, **wish: Unpack[EventWish]) -> Page[SealedEvent]:
        """A page of the events that the actor may see, as of the moment at which it is read.

        For readers that follow the log: if rights were checked before the reading, a role that was given in between
        would be missed, together with its event.
        """
        self._acts.store.settle()
        return self._acts.look(lambda unit: unit.session.log.list_events(_restricted(unit, actor, wish)))

    def sealed(self, query: EventQuery) -> Page[SealedEvent]:
        """As `events`, each event with its position."""
        self._acts.store.settle()
        return self._acts.look(lambda unit: unit.session.log.list_events(query))

    def of_items(self, actor: Actor, keys: Iterable[str]) -> list[EventRecord]:
        """All events of several items, item by item, each item's in order.

        Items that do not exist, or that the actor may not see, are left out.
        """

        def see(unit: UnitOfWork) -> list[EventRecord]:
            found = unit.items([parse_key(key) for key in keys])
            shown = [ref_of(record) for record in found if may_see(unit, actor, record)]
            return list(unit.session.log.histories_of(shown))

        return self._acts.look(see)

    @contextmanager
    def of_workspace(
        self, actor: Actor, workspace: str, progress: Callable[[float], None] | None = None
    ) -> Iterator[WorkspaceLog]:
        """The log of a workspace's items. Events that are added while it is read are not in it.

        Raises:
            NotFoundError: the workspace does not exist, or the actor may not see it.
        """
        with self._acts.store.reading() as session:
            place = seen_workspace(self._acts.unit_of_work(session), actor, workspace)
            yield WorkspaceLog(session, place.key, progress)


def _restricted(unit: UnitOfWork, actor: Actor, wish: EventWish) -> EventQuery:
    workspace, item = wish.get("workspace"), wish.get("item")
    ref = None if item is None else ref_of(shown_item(unit, actor, item))
    within: tuple[str, ...] | None = None
    if workspace is not None or (ref is None and not (actor.admin or actor.auditor)):
        within = places(unit, actor, workspace)
    kinds = demand_kinds(wish.get("kinds", ()))
    return EventQuery(within, ref, wish.get("by"), kinds, wish.get("after"), wish.get("limit", 100))
