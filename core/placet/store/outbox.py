"""What the worker reads and writes: how far each receiver was told, and the state of every delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select, tuple_, update

from placet.engine.ports import SealedEvent
from placet.engine.telling import WEBHOOK, Attempt, Delivery
from placet.store.database import SqlStore
from placet.store.deliveries import delivery, new_receiver
from placet.store.log import events_after, last_position
from placet.store.tables import Moment, deliveries, idempotency_keys, receivers, workers

#: Attempts of one delivery that are remembered.
_ATTEMPTS_KEPT = 20
#: Rows forgotten in one transaction.
_BATCH = 500
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a receiver was told, and how it is."""

    name: str
    position: int
    failures: int
    rests: int
    rests_until: datetime | None

    def resting(self, now: datetime) -> bool:
        """Whether it is left alone at a moment."""
        return self.rests_until is not None and now < self.rests_until


@dataclass(frozen=True, slots=True)
class Case:
    """A delivery, its receiver's state, and its event."""

    delivery: Delivery
    reach: Reach
    event: SealedEvent


class Outbox:
    """The worker's own tables. Everything here is done again by somebody else if its process ends in the middle."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    # Handing over

    def reaches(self, names: Sequence[str]) -> dict[str, Reach]:
        """How far receivers were told. Who is new begins at the present end of the log; a webhook is never new here."""
        if not names:
            return {}
        with self._store.looking() as connection:
            found = {row.name: Reach(*row) for row in connection.execute(select(receivers))}
        new = [name for name in names if name not in found and not name.startswith(WEBHOOK)]
        if new:
            with self._store.outside() as connection:
                end = last_position(connection)
                rows = [new_receiver(name, end) for name in new]
                connection.execute(self._store.insert_or_ignore(receivers), rows)
            found |= {row["name"]: Reach(**row) for row in rows}
        return {name: found[name] for name in names if name in found}

    def events_after(self, position: int, limit: int) -> Sequence[SealedEvent]:
        """Events behind a position, in order."""
        with self._store.looking() as connection:
            return events_after(connection, position, limit)

    def fresh(self, receiver: str, limit: int) -> int:
        """How many deliveries of a receiver wait for their first attempt, counted up to a limit."""
        waiting = select(literal(1)).where(
            deliveries.c.receiver == receiver, deliveries.c.status == "pending", deliveries.c.tries == 0
        )
        with self._store.looking() as connection:
            return connection.scalar(select(func.count()).select_from(waiting.limit(limit).subquery())) or 0

    def hand_over(self, reached: Mapping[str, tuple[int, int]], made: Sequence[Delivery]) -> None:
        """Make deliveries and move cursors, as one.

        Args:
            reached: by receiver, from which position to which; one that moved meanwhile is another worker's.
            made: in any order; those that are there already stay as they are.
        """
        with self._store.outside() as connection:
            moved = {name for name, (old, new) in reached.items() if _move(connection, name, old, new)}
            rows = [_row(each) for each in made if each.receiver in moved]
            if rows:
                connection.execute(self._store.insert_or_ignore(deliveries), rows)

    # Attempts

    def due(self, now: datetime, resting: Iterable[str], limit: int) -> list[Delivery]:
        """Pending deliveries with which something is to be done, those of resting receivers left out."""
        statement = (
            select(deliveries)
            .where(deliveries.c.status == "pending", deliveries.c.next_at <= now)
            .where(deliveries.c.receiver.not_in(list(resting)))
            .order_by(deliveries.c.next_at)
            .limit(limit)
        )
        with self._store.looking() as connection:
            return [delivery(row) for row in connection.execute(statement)]

    def handed(self, given: Sequence[Delivery], until: datetime) -> None:
        """Note that the jobs of deliveries were handed over, and when to ask after them."""
        with self._store.outside() as connection:
            for each in given:
                connection.execute(_as_read(each).values(handed=True, next_at=until))

    def look_up(self, workspace: str, event: str, receiver: str) -> Case | None:
        """A delivery by its key, with all that an attempt needs to know; `None` where there is none any more."""
        statement = select(deliveries).where(
            deliveries.c.workspace == workspace,
            deliveries.c.event == event,
            deliveries.c.receiver == receiver,
        )
        with self._store.looking() as connection:
            row = connection.execute(statement).first()
            reach = connection.execute(select(receivers).where(receivers.c.name == receiver)).first()
            if row is None or reach is None:
                return None
            (sealed,) = events_after(connection, row.position - 1, 1)
        return Case(delivery(row), Reach(*reach), sealed)

    def delivered(self, old: Delivery, attempt: Attempt, forget_at: datetime) -> None:
        """Note a success, after which its receiver is well."""
        done = {"status": "delivered", "next_at": forget_at, "tries": old.tries + 1}
        well = update(receivers).where(receivers.c.name == old.receiver, receivers.c.failures > 0)
        with self._store.outside() as connection:
            _conclude(connection, old, attempt, done)
            connection.execute(well.values(failures=0, rests=0, rests_until=None))

    def failed(self, old: Delivery, attempt: Attempt, next_at: datetime | None, rest: Rest) -> None:
        """Note a failure, and when it is tried again, if ever. A receiver that fails at too many events rests."""
        outcome: dict[str, Any] = {"status": "pending", "next_at": next_at, "tries": old.tries + 1}
        if next_at is None:
            outcome |= {"status": "dead", "next_at": attempt.at}
        with self._store.outside() as connection:
            # That an event fails again says little of its receiver: what is poison for it must not make others wait.
            if _conclude(connection, old, attempt, outcome) and not old.tries:
                _tire(connection, old.receiver, attempt.at, rest)

    def put_off(self, old: Delivery, until: datetime) -> None:
        """Try it later, which counts as no attempt."""
        with self._store.outside() as connection:
            connection.execute(_as_read(old).values(handed=False, run=old.run + 1, next_at=until))

    # Workers

    def beat(self, id: str) -> None:
        """Say that a worker lives."""
        seen = {"seen_at": self._now()}
        with self._store.outside() as connection:
            if connection.execute(update(workers).where(workers.c.id == id).values(seen)).rowcount == 0:
                connection.execute(insert(workers).values(id=id, **seen))

    def silent(self, patience: timedelta, *, but: str, alone: bool) -> list[str]:
        """Workers that were not heard of for a while.

        Args:
            patience: how long the while is.
            but: who asks, and lives.
            alone: whether there is never more than one, so that all others are gone.
        """
        with self._store.looking() as connection:
            gone = select(workers.c.id).where(workers.c.id != but)
            if not alone:
                now = connection.execute(select(self._now())).scalar_one()
                gone = gone.where(workers.c.seen_at < now - patience)
            return list(connection.scalars(gone))

    def quiet(self, id: str) -> None:
        """Let others take over from a worker at once."""
        with self._store.outside() as connection:
            connection.execute(update(workers).where(workers.c.id == id).values(seen_at=_LONG_AGO))

    def bury(self, ids: Iterable[str]) -> None:
        """Forget workers whose work was taken over."""
        with self._store.outside() as connection:
            connection.execute(delete(workers).where(workers.c.id.in_(list(ids))))

    def _now(self) -> ColumnElement[datetime]:
        # The database's clock where workers run on several machines, whose own may differ.
        if self._store.sqlite:
            return literal(datetime.now(UTC), Moment())
        return func.clock_timestamp(type_=Moment())

    # Forgetting

    def forget(self, now: datetime, keys_before: datetime) -> int:
        """Delete deliveries whose time to be forgotten has come, and old idempotency keys; answers how many rows."""
        old = select(deliveries.c.id).where(deliveries.c.status == "delivered", deliveries.c.next_at <= now)
        key = tuple_(idempotency_keys.c.actor, idempotency_keys.c.key)
        stale = select(idempotency_keys.c.actor, idempotency_keys.c.key).where(
            idempotency_keys.c.at < keys_before
        )
        with self._store.outside() as connection:
            gone = connection.execute(delete(deliveries).where(deliveries.c.id.in_(old.limit(_BATCH))))
            left = connection.execute(delete(idempotency_keys).where(key.in_(stale.limit(_BATCH))))
            return gone.rowcount + left.rowcount


@dataclass(frozen=True, slots=True)
class Rest:
    """When a receiver rests."""

    #: After so many failures without a success between them.
    after: int
    #: For how long the first time, and at most.
    first: timedelta
    longest: timedelta


def _tire(connection: Connection, name: str, now: datetime, rest: Rest) -> None:
    locked = select(receivers).where(receivers.c.name == name).with_for_update()
    row = connection.execute(locked).first()
    if row is None:
        return
    reach = Reach(*row)
    values: dict[str, Any] = {"failures": reach.failures + 1}
    if values["failures"] >= rest.after and not reach.resting(now):
        span = min(rest.first * 2 ** min(reach.rests, 30), rest.longest)
        values |= {"rests": reach.rests + 1, "rests_until": now + span}
    connection.execute(update(receivers).where(receivers.c.name == name).values(values))


def _move(connection: Connection, name: str, old: int, new: int) -> bool:
    moved = update(receivers).where(receivers.c.name == name, receivers.c.position == old)
    return connection.execute(moved.values(position=new)).rowcount == 1


def _as_read(old: Delivery) -> Any:
    """An update of a delivery that is as it was read; of any other it changes nothing."""
    return update(deliveries).where(
        deliveries.c.workspace == old.workspace,
        deliveries.c.event == old.event,
        deliveries.c.receiver == old.receiver,
        deliveries.c.run == old.run,
        deliveries.c.status == "pending",
    )


def _conclude(connection: Connection, old: Delivery, attempt: Attempt, outcome: Mapping[str, Any]) -> bool:
    attempts = [*old.attempts, attempt][-_ATTEMPTS_KEPT:]
    values = {
        "handed": False,
        "run": old.run + 1,
        "attempts": [asdict(each) for each in attempts],
        **outcome,
    }
    return bool(connection.execute(_as_read(old).values(values)).rowcount)


def _row(made: Delivery) -> dict[str, Any]:
    return asdict(made) | {"attempts": []}
