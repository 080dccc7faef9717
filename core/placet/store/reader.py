"""Reads of a session: over one connection, with a record of the reads that an act depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select

from placet.engine.act.guards import Guard
from placet.engine.act.ports import MovedError
from placet.engine.act.read_set import ReadSet
from placet.engine.act.records import ItemRecord, ItemRef
from placet.store import searching
from placet.store import statements as sql
from placet.store.database import Database
from placet.store.driver import Statement
from placet.store.guards import asked, bucket, seen

#: So many counters are read in one statement with the search that they guard; more are read before it.
_TOGETHER = 8


class Reader:
    """Reads the database for one session."""

    def __init__(
        self,
        database: Database,
        connect: Callable[[], Connection],
        *,
        reads: ReadSet | None,
        begin: Callable[[Connection], None] | None,
        known: Sequence[ItemRecord] = (),
    ) -> None:
        """Create a reader.

        Args:
            database: the database that it reads.
            connect: returns the connection.
            reads: the reads of an attempt of an act, recorded here; `None` in a view or a transaction.
            begin: begins the transaction of a view at its second read; a view of one read needs none.
            known: the items with which such a view begins, instead of its first read.
        """
        self._database = database
        self._connect = connect
        self._connected: Connection | None = None
        self._begin = begin
        #: The read of a view before its transaction: a statement, its parameters and its rows.
        self._first: tuple[Statement, Mapping[str, Any], list[Any]] | None = None
        #: The reads of an attempt of an act.
        self.reads = reads
        #: Items that are not read, as the view begins with them.
        self.known = {ItemRef(record.workspace, record.number): record for record in known}
        #: Versions of workspaces as seen in this session.
        self.versions = {record.workspace: record.workspace_version for record in known}

    @property
    def connection(self) -> Connection:
        """The connection, opened at the first read; a view that reads again is in a transaction from here on."""
        connection = self._open()
        if self._begin is not None:
            begin, self._begin = self._begin, None
            begin(connection)
            self._demand_unmoved(connection)
        return connection

    def _open(self) -> Connection:
        # Only at the first read: a view that finds all in caches needs no connection.
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def _demand_unmoved(self, connection: Connection) -> None:
        """Raises `MovedError` if the read before the transaction has another result inside it."""
        if self._first is not None:
            statement, parameters, rows = self._first
            if self._database.driver.fetch(connection, statement, parameters) != rows:
                raise MovedError(["view"], ["view"])
        if self.known:
            # Whatever changes an item appends an event to it.
            asked = searching.by_key(list(self.known), sqlite=self._database.sqlite)
            now = {
                (row.workspace, row.number): (row.seq, row.workspace_version) for row in self.fetch(*asked)
            }
            if now != {ref: (each.seq, each.workspace_version) for ref, each in self.known.items()}:
                raise MovedError(["view"], ["view"])

    def fetch(self, statement: Select[Any], parameters: Mapping[str, Any]) -> list[Any]:
        """The rows of a statement that is built once."""
        prepared = self._database.statements.prepared(statement, parameters)
        if self._begin is not None and self._first is None and not self.known and not prepared.varies:
            rows = self._database.driver.fetch(self._open(), prepared, parameters)
            self._first = prepared, parameters, rows
            return rows
        if prepared.varies:
            return list(self.connection.execute(statement, parameters).all())
        return self._database.driver.fetch(self.connection, prepared, parameters)

    def record(self, row: Any) -> ItemRecord:
        """The item of a row; records the version of its workspace."""
        record = self._database.items.record(row)
        self.versions[record.workspace] = record.workspace_version
        if self.reads is not None:
            self.reads.saw_workspace(record.workspace, record.workspace_version)
        return record

    def records(self, rows: Iterable[Any]) -> list[ItemRecord]:
        """The items of rows, likewise: the version of a workspace is recorded once for all of them."""
        read = self._database.items.record
        found = [read(row) for row in rows]
        versions = {(record.workspace, record.workspace_version) for record in found}
        self.versions.update(versions)
        if self.reads is not None:
            for workspace, version in versions:
                self.reads.saw_workspace(workspace, version)
        return found

    def guarded(
        self, place: str, of: Sequence[Guard], statement: Select[Any], parameters: Mapping[str, Any]
    ) -> list[Any]:
        """The rows of a search; its guards are recorded if an act depends on them."""
        if self.reads is None or not of:
            return self.fetch(statement, parameters)
        known = self._database.families.of(self.connection, place).families
        self.reads.unknown |= {(place, guard.family) for guard in of if guard.family not in known}
        if len(of) > _TOGETHER:
            # The counters first: a change in the meantime is then noticed at the commit. Those that an earlier search
            # has read are the ones that the commit compares.
            unread = [guard for guard in of if guard not in self.reads.guards]
            if unread:
                self.reads.saw_guards(self.counts(*unread))
            return self.fetch(statement, parameters)
        rows = self.fetch(self._database.statements.guarded(statement, len(of)), {**parameters, **asked(of)})
        self.reads.saw_guards(seen(of, rows[0]))
        return [row for row in rows if row.number is not None]

    def counts(self, *of: Guard) -> dict[Guard, int]:
        """The current counters of some guards."""
        ids = {bucket(guard.name) for guard in of}
        counts = {row.id: row.count_ for row in self.fetch(sql.LOAD_COUNTS, {"ids": sorted(ids)})}
        return {guard: counts.get(bucket(guard.name), 0) for guard in of}
