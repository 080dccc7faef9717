"""The worker's tables: the position of each subscriber, and the state of every delivery."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from placet.engine.act.deliveries import WEBHOOK, Attempt, Delivery
from placet.engine.act.records import SealedEvent
from placet.store import deliveries as queries
from placet.store.conditions import filled
from placet.store.database import Database
from placet.store.deliveries import delivery, new_subscriber
from placet.store.driver import Fetch
from placet.store.log import events_after, events_at, last_position
from placet.store.statements import insert_or_ignore
from placet.store.tables import Moment, deliveries, idempotency_keys, subscribers, webhooks, workers

#: Attempts that are stored of one delivery.
_ATTEMPTS_KEPT = 20
#: The error of a delivery whose event is not at its position any more, as after a backup was restored.
LOST_EVENT = "the log has another event in its place"
#: Rows of a kind that are deleted in one transaction.
FORGOTTEN_AT_ONCE = 500
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscriber's position in the log, and its failures and rests."""

    name: str
    position: int
    failures: int
    rests: int
    rests_until: datetime | None

    def resting(self, now: datetime) -> bool:
        """Whether it rests at a moment."""
        return self.rests_until is not None and now < self.rests_until


@dataclass(frozen=True, slots=True)
class Load:
    """The pending deliveries and tasks of a subscriber."""

    #: Deliveries that wait for their first attempt, or whose first attempt is under way.
    fresh: int = 0
    #: Tasks that are enqueued and not over.
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A delivery and its event; `None` if the log has another event at its position."""

    delivery: Delivery
    event: SealedEvent | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an attempt."""

    delivery: Delivery
    attempt: Attempt
    #: The time of the next attempt after a failure; `None` if it was delivered, or is a dead letter.
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """The rule by which a subscriber rests."""

    #: The number of failures in a row after which it rests.
    after: int
    #: The first and the longest rest.
    first: timedelta
    longest: timedelta


class Outbox:
    """The worker's own tables. If a process ends in the middle of an operation, another worker repeats it.

    Any number of workers write here at READ COMMITTED: each statement that can lose a race compares as it writes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Making deliveries

    def subscribers(self, names: Sequence[str]) -> dict[str, Subscriber]:
        """The states of subscribers. A new one begins at the current end of the log; webhooks are not created here."""
        if not names:
            return {}
        with self._fetching() as fetch:
            found = {row.name: Subscriber(*row) for row in fetch(_SUBSCRIBERS, {})}
        new = [name for name in names if name not in found and not name.startswith(WEBHOOK)]
        if new:
            with self._database.outside() as connection:
                end = last_position(connection)
                rows = [new_subscriber(name, end) for name in new]
                connection.execute(insert_or_ignore(connection, subscribers), rows)
            return self.subscribers(names)
        return {name: found[name] for name in names if name in found}

    def events_after(self, position: int, limit: int) -> Sequence[SealedEvent]:
        """Events after a position, in order."""
        with self._fetching() as fetch:
            return events_after(fetch, position, limit)

    def loads(self) -> dict[str, Load]:
        """The load of each subscriber that has one."""
        with self._fetching() as fetch:
            return {name: Load(int(fresh), tasks) for name, fresh, tasks in fetch(_LOADS, {})}

    def make(self, reached: Mapping[str, tuple[int, int]], made: Sequence[Delivery]) -> set[str]:
        """Make deliveries and move subscribers forward in the log, in one transaction; returns who was moved.

        Args:
            reached: by subscriber, the old and the new position; one that another worker has moved is left out.
            made: in any order; existing deliveries stay as they are.
        """
        with self._database.outside() as connection:
            moved = {name for name, (old, new) in reached.items() if _move(connection, name, old, new)}
            queries.add(connection, [each for each in made if each.subscriber in moved])
            return moved

    # Enqueuing tasks

    def due(self, now: datetime, but: Collection[str], limit: int) -> list[Delivery]:
        """Due deliveries that are in no task, except those of some subscribers; the earliest first."""
        return self._pending(_DUE, now, limit, but=filled(sorted(but)))

    def lapsed(self, now: datetime, limit: int) -> list[Delivery]:
        """Deliveries whose task should be over."""
        return self._pending(_LAPSED, now, limit)

    def due_cases(self, subscriber: str, now: datetime, limit: int) -> list[Case]:
        """Due deliveries of one subscriber, each with its event."""
        found = self._pending(_DUE_OF_ONE, now, limit, subscriber=subscriber)
        if not found:
            return []
        with self._fetching() as fetch:
            return _cases(fetch, found)

    def _pending(self, statement: Select[Any], now: datetime, limit: int, **named: Any) -> list[Delivery]:
        with self._fetching() as fetch:
            return [delivery(row) for row in fetch(statement, {"now": now, "limit": limit, **named})]

    @contextmanager
    def _fetching(self) -> Iterator[Fetch]:
        """Run statements that are built once, in one read-only view: building one costs more than most looks."""
        with self._database.looking() as connection:
            yield partial(self._database.fetch, connection)

    def claim(self, chosen: Mapping[str, Sequence[Delivery]], until: datetime) -> set[str]:
        """Put deliveries into tasks, and set the time to check these; returns the tasks that got any.

        In one transaction, however many tasks there are. What another worker has claimed stays where it is.
        """
        if not chosen:
            return set()
        with self._database.outside() as connection:
            return {task for task, each in chosen.items() if _claimed(connection, task, each, until)}

    def extend(self, tasks: Collection[str], until: datetime) -> None:
        """Postpone the check of tasks that are still under way."""
        with self._database.outside() as connection:
            under_way = update(deliveries).where(
                deliveries.c.status == "pending", deliveries.c.task.in_(list(tasks))
            )
            connection.execute(under_way.values(next_at=until))

    # In a task

    def cases(self, subscriber: str, task: str) -> tuple[Subscriber | None, list[Case]]:
        """A subscriber, and the pending deliveries of a task, in the order of the log."""
        with self._fetching() as fetch:
            rows = fetch(_SUBSCRIBER, {"subscriber": subscriber})
            found = [delivery(each) for each in fetch(_OF_TASK, {"subscriber": subscriber, "task": task})]
            return Subscriber(*rows[0]) if rows else None, _cases(fetch, found)

    def note(
        self, name: str, outcomes: Sequence[Outcome], forget_at: datetime, rest: Rest
    ) -> Subscriber | None:
        """Record the outcomes of attempts, in order; returns the subscriber's new state, `None` if it is deleted.

        A success resets its failures; a subscriber that fails at too many events in a row rests.
        """
        with self._database.outside() as connection:
            row = connection.execute(_locked(name)).first()
            if row is None:
                return None
            found = Subscriber(*row)
            well = [each for each in outcomes if not each.attempt.error]
            if well:
                connection.execute(_CONCLUDED, [_concluded(each, "delivered", forget_at) for each in well])
            after = found
            for each in outcomes:
                if not each.attempt.error:
                    after = Subscriber(name, found.position, 0, 0, None)
                elif _failed(connection, each) and not each.delivery.tries:
                    # An event that fails again proves little about its subscriber, and must not make other events wait.
                    after = _tired(after, each.attempt.at, rest)
            if after != found:
                values = {"failures": after.failures, "rests": after.rests, "rests_until": after.rests_until}
                connection.execute(update(subscribers).where(subscribers.c.name == name).values(values))
            return after

    def put_back(self, subscriber: str, task: str, until: datetime) -> None:
        """Postpone the remaining deliveries of a task; this does not count as an attempt."""
        left = update(deliveries).where(
            deliveries.c.subscriber == subscriber, deliveries.c.status == "pending", deliveries.c.task == task
        )
        with self._database.outside() as connection:
            connection.execute(left.values(task=None, run=deliveries.c.run + 1, next_at=until))

    def switch_off(self, webhook: str, last: Outcome) -> None:
        """Deliver nothing more to a webhook whose endpoint has answered that it is gone for good.

        In one transaction, records the last attempt, deletes the subscriber, and makes its deliveries dead letters.
        """
        name, at = f"{WEBHOOK}{webhook}", last.attempt.at
        waiting = update(deliveries).where(deliveries.c.subscriber == name, deliveries.c.status == "pending")
        with self._database.outside() as connection:
            connection.execute(delete(subscribers).where(subscribers.c.name == name))
            gone = update(webhooks).where(webhooks.c.id == webhook, webhooks.c.gone_at.is_(None))
            connection.execute(gone.values(gone_at=at))
            _failed(connection, last)
            connection.execute(waiting.values(status="dead", task=None, run=deliveries.c.run + 1, next_at=at))

    # Workers

    def heartbeat(self, id: str) -> None:
        """Record that a worker is alive."""
        seen = {"seen_at": self._now()}
        with self._database.outside() as connection:
            if connection.execute(update(workers).where(workers.c.id == id).values(seen)).rowcount == 0:
                connection.execute(insert(workers).values(id=id, **seen))

    def lost_workers(self, patience: timedelta, *, but: str, alone: bool) -> list[str]:
        """Workers without a heartbeat for a while.

        Args:
            patience: the longest time between heartbeats.
            but: the worker that asks.
            alone: whether there is only one worker at a time, so that all others are lost.
        """
        with self._database.looking() as connection:
            return list(connection.scalars(self._lost(select(workers.c.id), patience, but, alone=alone)))

    def forget_workers(self, ids: Iterable[str], patience: timedelta, *, but: str, alone: bool) -> None:
        """Delete workers whose tasks were taken over, unless they have sent a heartbeat meanwhile."""
        gone = self._lost(delete(workers), patience, but, alone=alone)
        with self._database.outside() as connection:
            connection.execute(gone.where(workers.c.id.in_(list(ids))))

    def _lost(self, statement: Any, patience: timedelta, but: str, *, alone: bool) -> Any:
        lost = statement.where(workers.c.id != but)
        return lost if alone else lost.where(workers.c.seen_at < self._now() - literal(patience, Interval()))

    def sign_off(self, id: str) -> None:
        """Let others take over the tasks of a worker at once."""
        with self._database.outside() as connection:
            connection.execute(update(workers).where(workers.c.id == id).values(seen_at=_LONG_AGO))

    def _now(self) -> ColumnElement[datetime]:
        # The database's clock, if workers run on several machines whose clocks may differ.
        if self._database.sqlite:
            return literal(datetime.now(UTC), Moment())
        return func.clock_timestamp(type_=Moment())

    # Deleting old rows

    def forget(self, now: datetime, keys_before: datetime) -> int:
        """Delete deliveries that were kept long enough, and old idempotency keys; returns the number of rows."""
        old = select(deliveries.c.id).where(deliveries.c.status == "delivered", deliveries.c.next_at <= now)
        key = tuple_(idempotency_keys.c.actor, idempotency_keys.c.key)
        stale = select(idempotency_keys.c.actor, idempotency_keys.c.key).where(
            idempotency_keys.c.at < keys_before
        )
        with self._database.outside() as connection:
            gone = connection.execute(
                delete(deliveries).where(deliveries.c.id.in_(old.limit(FORGOTTEN_AT_ONCE)))
            )
            left = connection.execute(delete(idempotency_keys).where(key.in_(stale.limit(FORGOTTEN_AT_ONCE))))
            return gone.rowcount + left.rowcount


_SUBSCRIBERS = select(subscribers)
_SUBSCRIBER = _SUBSCRIBERS.where(subscribers.c.name == bindparam("subscriber", type_=subscribers.c.name.type))
#: The deliveries of each subscriber that wait for their first attempt, and its tasks.
_LOADS = (
    select(
        deliveries.c.subscriber,
        func.sum(case((deliveries.c.tries == 0, 1), else_=0)).label("fresh"),
        func.count(deliveries.c.task.distinct()).label("tasks"),
    )
    .where(deliveries.c.status == "pending")
    .group_by(deliveries.c.subscriber)
)


_OF_ONE = deliveries.c.subscriber == bindparam("subscriber", type_=deliveries.c.subscriber.type)


def _due(*which: ColumnElement[bool]) -> Select[Any]:
    """Pending deliveries whose moment has come, the earliest first."""
    return (
        select(deliveries)
        .where(
            deliveries.c.status == "pending",
            deliveries.c.next_at <= bindparam("now", type_=deliveries.c.next_at.type),
            *which,
        )
        .order_by(deliveries.c.next_at, deliveries.c.position)
        .limit(bindparam("limit"))
    )


_DUE = _due(deliveries.c.task.is_(None), deliveries.c.subscriber.not_in(bindparam("but", expanding=True)))
_LAPSED = _due(deliveries.c.task.is_not(None))
_DUE_OF_ONE = _due(_OF_ONE)
_OF_TASK = (
    select(deliveries)
    .where(
        _OF_ONE,
        deliveries.c.status == "pending",
        deliveries.c.task == bindparam("task", type_=deliveries.c.task.type),
    )
    .order_by(deliveries.c.position)
)


def _cases(fetch: Fetch, found: Sequence[Delivery]) -> list[Case]:
    """Deliveries with their events. After a backup was restored, the event of a position may be another one."""
    events = {each.position: each for each in events_at(fetch, [d.position for d in found])}
    cases = []
    for each in found:
        sealed = events.get(each.position)
        known = sealed is not None and sealed.event.id == each.event
        cases.append(Case(each, sealed if known else None))
    return cases


def _locked(name: str) -> Select[Any]:
    """A subscriber's row, locked so that two tasks count its failures one after the other."""
    return select(subscribers).where(subscribers.c.name == name).with_for_update()


def _tired(found: Subscriber, now: datetime, rest: Rest) -> Subscriber:
    failures, rests, until = found.failures + 1, found.rests, found.rests_until
    if failures >= rest.after and not found.resting(now):
        until = now + min(rest.first * 2 ** min(rests, 30), rest.longest)
        rests += 1
    return Subscriber(found.name, found.position, failures, rests, until)


def _move(connection: Connection, name: str, old: int, new: int) -> bool:
    moved = update(subscribers).where(subscribers.c.name == name, subscribers.c.position == old)
    return connection.execute(moved.values(position=new)).rowcount == 1


def _claimed(connection: Connection, task: str, chosen: Sequence[Delivery], until: datetime) -> bool:
    free = update(deliveries).where(
        deliveries.c.id.in_([each.id for each in chosen]),
        deliveries.c.status == "pending",
        deliveries.c.task.is_(None),
    )
    return connection.execute(free.values(task=task, next_at=until)).rowcount > 0


#: An update of a delivery, if it is still as it was read.
_AS_READ = update(deliveries).where(
    and_(
        *(
            deliveries.c[name] == bindparam(f"b_{name}", type_=deliveries.c[name].type)
            for name in ("workspace", "event", "subscriber", "run")
        ),
        deliveries.c.status == "pending",
    )
)
_WRITTEN = ("status", "next_at", "tries", "attempts")
_CONCLUDED = _AS_READ.values(
    task=None, run=deliveries.c.run + 1,
    **{name: bindparam(name, type_=deliveries.c[name].type) for name in _WRITTEN},
)  # fmt: skip


def _concluded(outcome: Outcome, status: str, next_at: datetime) -> dict[str, Any]:
    old = outcome.delivery
    return {
        "b_workspace": old.workspace,
        "b_event": old.event,
        "b_subscriber": old.subscriber,
        "b_run": old.run,
        "status": status,
        "next_at": next_at,
        "tries": old.tries + 1,
        "attempts": [asdict(each) for each in (*old.attempts, outcome.attempt)[-_ATTEMPTS_KEPT:]],
    }


def _failed(connection: Connection, outcome: Outcome) -> bool:
    status, next_at = "pending", outcome.again_at
    if next_at is None:
        status, next_at = "dead", outcome.attempt.at
    return connection.execute(_CONCLUDED, _concluded(outcome, status, next_at)).rowcount == 1
