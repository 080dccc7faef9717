"""Families of searches for which writers count guards; see `placet.engine.act.guards`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

from placet.engine.act.guards import Family
from placet.store import locks
from placet.store import statements as sql
from placet.store.commit import Registered
from placet.store.statements import insert_or_ignore
from placet.store.tables import families


class Families:
    """The registered families, as this process remembers them."""

    def __init__(
        self,
        outside: Callable[[], AbstractContextManager[Connection]],
        fetch: Callable[[Connection, Any, Mapping[str, Any]], list[Any]],
        execute: Callable[[Connection, Any, Mapping[str, Any]], None],
    ) -> None:
        """Remember none.

        Args:
            outside: a transaction over what no check reads.
            fetch: returns the rows of a statement that is built once.
            execute: executes one that has no rows.
        """
        self._outside = outside
        self._fetch = fetch
        self._execute = execute
        self._registered: dict[str, Registered] = {}

    def of(self, connection: Connection, workspace: str) -> Registered:
        """The families registered in a workspace, as remembered."""
        known = self._registered.get(workspace)
        if known is None:
            # The counter is read first: then there may be families too many, registered meanwhile, and never too few.
            of = {"workspace": workspace}
            counter = self._fetch(connection, sql.LOAD_FAMILY_COUNTER, of)
            found = frozenset(
                Family(row.kind, row.type, tuple(row.fields.split()))
                for row in self._fetch(connection, sql.LOAD_FAMILIES, of)
            )
            known = Registered(counter[0].families if counter else 0, found)
            if counter:
                # A workspace that does not exist yet is not remembered: no counter would show that it was opened.
                self._registered[workspace] = known
        return known

    def forget(self, workspace: str) -> None:
        """Read the families of a workspace again, as others have registered some."""
        self._registered.pop(workspace, None)

    def register(self, unknown: set[tuple[str, Family]]) -> None:
        """Have every writer count for some families of searches from now on.

        Earlier writes can be read; later writers compare the counter, and count. A workspace that is opened meanwhile
        is seen here, or sees the families that are registered here.
        """
        rows = {(place if family.kind == "find" else "", family) for place, family in unknown}
        some = sorted({place for place, _ in rows})
        with self._outside() as connection:
            locks.keep_apart(connection)
            found = (
                self._fetch(connection, sql.LOAD_SOME_KEYS, {"keys": some})
                if all(some)
                else self._fetch(connection, sql.LOAD_KEYS, {})
            )
            concerned = [row.key for row in found]
            locks.configure(connection, concerned)
            for place, family in sorted(rows):
                values = {"workspace": place, **family._asdict(), "fields": " ".join(family.fields)}
                connection.execute(insert_or_ignore(connection, families), values)
            self._execute(connection, sql.RAISE_FAMILY_COUNTERS, {"keys": concerned})
        self._registered.clear()
