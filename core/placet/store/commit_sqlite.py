"""The one commit of an act on SQLite: the steps of PostgreSQL's function, one statement after the other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from placet.engine.act.ports import MovedError
from placet.store import statements as sql
from placet.store.commit import Commit
from placet.store.commit_comparison import Comparison
from placet.store.commit_rows import written
from placet.store.driver import Driver, Statement
from placet.store.tables import (
    dues,
    event_texts,
    evidence,
    guards,
    idempotency_keys,
    item_roles,
    item_spans,
    item_states,
    item_values,
    items,
    job_runs,
    links,
    pending_approvals,
    pending_asks,
    pending_confirmations,
    timers,
)


class SqliteWriter:
    """Commits statement by statement, in a transaction that has begun with the write lock."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._comparison = Comparison(driver)
        count = sqlite_insert(guards)
        self._count = self._made(
            count.on_conflict_do_update(index_elements=[guards.c.id], set_={"count": guards.c.count + 1})
        )
        self._update = self._made(sql.UPDATE_ITEM)
        self._stand = self._made(sql.UPDATE_STATE)
        self._gone = {
            table.name: self._made(_delete(table, [column.name for column in table.primary_key]))
            for table in (
                links,
                item_roles,
                evidence,
                pending_approvals,
                pending_asks,
                pending_confirmations,
                item_spans,
            )
        }
        self._unindex = self._made(_delete(item_values, ["workspace", "number", "field"]))
        self._unschedule = self._made(_delete(dues, ["workspace", "number"]))
        self._postpone = self._made(sql.POSTPONE)
        self._configure = self._made(sql.CONFIGURE)
        self._job_run = self._made(_later_run())
        self._insert = {
            table.name: self._made(insert(table))
            for table in (
                items, item_states, item_spans, links, item_roles, evidence, pending_approvals,
                pending_confirmations, pending_asks, item_values, dues, idempotency_keys, event_texts,
            )
        }  # fmt: skip
        self._insert["timers"] = self._made(_replaced(timers, "status", "due_at", "spent"))
        self._events = [self._made(sql.PLACE_EVENT), self._made(sql.RECORD_EVENT)]

    def _made(self, statement: Any) -> Statement:
        return Statement(statement, self._driver.dialect)

    def commit(self, connection: Connection, commit: Commit) -> list[dict[str, Any]]:
        """Compare and write; returns the rows of the changed items, in the order of the changes.

        Raises `MovedError`, with the changed reads, and writes nothing then.
        """
        moved = commit.moved(self._comparison.current(connection, commit))
        if moved is not None:
            raise moved
        act = written(commit.changes)
        execute = self._driver.execute
        execute(connection, self._count, [{"id": id, "count": 1} for id in commit.counted])
        changed: list[dict[str, Any]] = act.pop("updated", [])
        if execute(connection, self._update, [sql.prefixed("i", row) for row in changed]) != len(changed):
            raise MovedError(["locked"], ["locked"])
        execute(connection, self._stand, [sql.prefixed("i", row) for row in act.pop("stands", [])])
        for table, less in act.pop("gone", {}).items():
            execute(connection, self._gone[table], less)
        execute(connection, self._unindex, act.pop("unindexed", []))
        execute(connection, self._unschedule, act.pop("rescheduled", []))
        execute(connection, self._postpone, [sql.prefixed("d", row) for row in act.pop("postponed", [])])
        runs = act.pop("job_runs", [])
        if execute(connection, self._job_run, runs) != len(runs):
            raise MovedError([f"job:{run['job']}" for run in runs], ["job"])
        execute(connection, self._configure, [sql.prefixed("w", row) for row in act.pop("workspaces", [])])
        placed = [sql.prefixed("e", row) for row in act.pop("events", [])]
        for table, more in act.items():
            execute(connection, self._insert[table], more)
        for statement in self._events:
            execute(connection, statement, placed)
        return changed


def _delete(table: Table, columns: list[str]) -> Any:
    return delete(table).where(
        and_(*(table.c[name] == bindparam(name, type_=table.c[name].type) for name in columns))
    )


def _replaced(table: Table, *names: str) -> Any:
    """Insert a row, or set these columns of the one that has its key."""
    row = sqlite_insert(table)
    keys = [column.name for column in table.primary_key]
    return row.on_conflict_do_update(index_elements=keys, set_={name: row.excluded[name] for name in names})


def _later_run() -> Any:
    """Record a job's occurrence, unless one as late is recorded already."""
    run = sqlite_insert(job_runs)
    return run.on_conflict_do_update(
        index_elements=[job_runs.c.workspace, job_runs.c.job],
        set_={name: run.excluded[name] for name in ("due_at", "at", "failure")},
        where=job_runs.c.due_at < run.excluded.due_at,
    )
