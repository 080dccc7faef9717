"""Figures about the present state of the database, one row for each in `STATS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from placet.store import sealing
from placet.store.tables import deliveries, progress, timers, workspaces

#: Values by their labels.
Values = Iterable[tuple[tuple[str, ...], float]]
_OPEN_TIMERS = ("running", "paused")
_OPEN_DELIVERIES = ("pending", "dead")
#: The oldest open transaction that has written, which holds up the vacuum of the sealer's marks.
_OLDEST_WRITER = text(
    "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0) FROM pg_stat_activity"
    " WHERE backend_xid IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure: its name and meaning for Prometheus, and the query for its present value."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    ask: Callable[[Connection, datetime], Values]


def _timers(connection: Connection, now: datetime) -> Values:
    del now
    # Workspace by workspace, in the order of the index, as there are many more stopped timers.
    statement = (
        select(timers.c.status, func.count())
        .join_from(workspaces, timers, timers.c.workspace == workspaces.c.key)
        .where(timers.c.status.in_(_OPEN_TIMERS))
        .group_by(timers.c.status)
    )
    counted = {str(row[0]): int(row[1]) for row in connection.execute(statement)}
    return [((status,), counted.get(status, 0)) for status in _OPEN_TIMERS]


def _overdue(connection: Connection, now: datetime) -> Values:
    statement = (
        select(func.count())
        .select_from(workspaces.join(timers, timers.c.workspace == workspaces.c.key))
        .where(timers.c.status == "running", timers.c.due_at < now)
    )
    return [((), connection.scalar(statement) or 0)]


def _unsealed(connection: Connection, now: datetime) -> Values:
    del now
    return [((), sealing.lag(connection).events)]


def _lag(connection: Connection, now: datetime) -> Values:
    del now
    return [((), sealing.lag(connection).seconds)]


def _oldest_writer(connection: Connection, now: datetime) -> Values:
    del now
    if connection.dialect.name == "sqlite":
        return [((), 0)]
    return [((), float(connection.scalar(_OLDEST_WRITER) or 0))]


def _deliveries(connection: Connection, now: datetime) -> Values:
    del now
    statement = (
        select(deliveries.c.status, func.count())
        .where(deliveries.c.status.in_(_OPEN_DELIVERIES))
        .group_by(deliveries.c.status)
    )
    counted = {str(row[0]): int(row[1]) for row in connection.execute(statement)}
    return [((status,), counted.get(status, 0)) for status in _OPEN_DELIVERIES]


def _behind(connection: Connection, now: datetime) -> Values:
    del now
    statement = select(
        progress.c.workspace, progress.c.type, progress.c.part, progress.c.total - progress.c.done
    ).where(~progress.c.finished)
    return [((place, type, part), max(left, 0)) for place, type, part, left in connection.execute(statement)]


# fmt: off
STATS = (
    Stat("placet_timers", "Timers on items that have not stopped.", ("status",), _timers),
    Stat("placet_timers_overdue", "Running timers whose due moment has passed.", (), _overdue),
    Stat("placet_log_unsealed_events", "Committed events that have no position yet.", (), _unsealed),
    Stat("placet_log_lag_seconds", "Age of the oldest event that has no position yet.", (), _lag),
    Stat("placet_oldest_writer_seconds", "Age of the oldest open transaction that has written, as far as the "
          "database's user may see.", (), _oldest_writer),
    Stat("placet_items_behind", "Items whose indexed or computed values do not follow the rules in force yet.",
          ("workspace", "type", "part"), _behind),
    Stat("placet_deliveries", "Events for plugins and webhooks that wait or were given up.", ("status",), _deliveries),
)
# fmt: on
