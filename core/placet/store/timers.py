"""Queries of timers, due work, and the occurrences of periodic jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    tuple_,
)

from placet.engine.act.queries import Page, TimerQuery
from placet.engine.act.records import ItemRecord, ItemRef, JobRun, Schedule
from placet.store import cursors
from placet.store.reader import Reader
from placet.store.rows import due_rows, timer_rows
from placet.store.statements import ITEMS
from placet.store.tables import dues, items, job_runs, timers

_KEYS = (timers.c.workspace, timers.c.number, timers.c.timer)


class SqlTimers:
    """Implements `placet.engine.act.session.Timers`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def save_schedule(self, ref: ItemRef, schedule: Schedule) -> None:
        """Replace the timers and the due work of an item."""
        connection = self._reader.connection
        for table, more in ((timers, timer_rows(ref, schedule)), (dues, due_rows(ref, schedule))):
            connection.execute(
                delete(table).where(table.c.workspace == ref.workspace, table.c.number == ref.number)
            )
            if more:
                connection.execute(insert(table), more)

    def list_timers(self, query: TimerQuery, now: datetime) -> Page[tuple[ItemRecord, str]]:
        """Timers in order of item and timer. One that has exceeded its target since it was stored is breached."""
        of = cursors.fingerprint("timers", query.workspaces, query.ref, query.status, query.due_before)
        over = and_(timers.c.status == "running", timers.c.due_at < now)
        same = and_(timers.c.workspace == items.c.workspace, timers.c.number == items.c.number)
        statement = ITEMS.add_columns(timers.c.timer).join(timers, same)
        statement = statement.where(timers.c.workspace.in_(list(query.workspaces)))
        if query.ref is not None:
            statement = statement.where(timers.c.number == query.ref.number)
        if query.status == "breached":
            statement = statement.where(or_(timers.c.status == "breached", over))
        elif query.status is not None:
            statement = statement.where(timers.c.status == query.status)
            if query.status == "running":
                statement = statement.where(or_(timers.c.due_at.is_(None), timers.c.due_at >= now))
        if query.due_before is not None:
            statement = statement.where(timers.c.due_at < query.due_before)
        if query.cursor is not None:
            last = cursors.decode(query.cursor, of, (str, int, str))
            behind = tuple_(*(literal(v, type_=k.type) for k, v in zip(_KEYS, last, strict=True)))
            statement = statement.where(tuple_(*_KEYS) > behind)
        found = self._reader.connection.execute(statement.order_by(*_KEYS).limit(query.limit + 1)).all()
        rows = [(self._reader.record(row), str(row.timer)) for row in found[: query.limit]]
        if len(found) <= query.limit:
            return Page(rows, None)
        record, timer = rows[-1]
        return Page(rows, cursors.encode(of, [record.workspace, record.number, timer]))

    def due(
        self, before: datetime, limit: int, but: Collection[str] = ()
    ) -> Sequence[tuple[ItemRef, str, datetime]]:
        """Work that is due at a moment, without that of some methods."""
        others = [
            not_(dues.c.subject.startswith(begin, autoescape=True))
            for method in but
            for begin in ((f"timer:{method}.", f"approval:{method}.") if method else ("waiver:",))
        ]
        wanted = {"before": before, "limit": limit}
        found: Iterable[Any]
        if others:
            found = self._reader.connection.execute(_DUE.where(*others), wanted)
        else:
            found = self._reader.fetch(_DUE, wanted)
        return [(ItemRef(row.workspace, row.number), row.subject, row.at) for row in found]

    def tries(self, ref: ItemRef, subject: str) -> int:
        """How often due work was put off."""
        [found] = self._reader.fetch(_TRIES, {**ref._asdict(), "subject": subject})
        return int(found.tries or 0)

    def timed(self, workspace: str, after: int, limit: int) -> Sequence[ItemRecord]:
        numbers = (
            select(timers.c.number)
            .where(
                timers.c.workspace == workspace,
                timers.c.number > after,
                # A breached timer may still run.
                timers.c.status != "met",
            )
            .distinct()
            .order_by(timers.c.number)
            .limit(limit)
        )
        statement = ITEMS.where(items.c.workspace == workspace, items.c.number.in_(numbers.scalar_subquery()))
        found = self._reader.connection.execute(statement.order_by(items.c.number))
        return [self._reader.record(row) for row in found]

    def last_runs(self) -> Mapping[str, Mapping[str, datetime]]:
        """The latest occurrence of each job, by workspace and job."""
        runs: dict[str, dict[str, datetime]] = defaultdict(dict)
        for row in self._reader.fetch(_LAST_RUNS, {}):
            runs[row.workspace][row.job] = row.due_at
        return runs

    def last_run(self, workspace: str, job: str) -> datetime | None:
        """The latest occurrence of a job in a workspace."""
        found = self._reader.fetch(_LAST_RUN, {"workspace": workspace, "job": job})
        return found[0].due_at if found else None

    def failed_runs(self, workspace: str) -> Sequence[JobRun]:
        """The latest occurrences of jobs, where these failed."""
        failed = select(job_runs).where(job_runs.c.workspace == workspace, job_runs.c.failure != "")
        return [JobRun(*row) for row in self._reader.connection.execute(failed.order_by(job_runs.c.job))]


def _is(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column == bindparam(name, type_=column.type)


_DUE = (
    select(dues)
    .where(dues.c.at <= bindparam("before", type_=dues.c.at.type))
    .order_by(dues.c.at, dues.c.workspace, dues.c.number, dues.c.subject)
    .limit(bindparam("limit"))
)
_TRIES = select(func.max(dues.c.tries).label("tries")).where(
    _is(dues.c.workspace, "workspace"), _is(dues.c.number, "number"), _is(dues.c.subject, "subject")
)
_LAST_RUNS = select(job_runs.c.workspace, job_runs.c.job, job_runs.c.due_at)
_LAST_RUN = select(job_runs.c.due_at).where(
    _is(job_runs.c.workspace, "workspace"), _is(job_runs.c.job, "job")
)
