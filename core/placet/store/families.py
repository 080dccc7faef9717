"""Families of searches for which writers count guards; see `placet.engine.act.guards`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection, select, update

from placet.engine.act.guards import Family
from placet.store import locks
from placet.store.commit import Registered
from placet.store.statements import insert_or_ignore
from placet.store.tables import families, workspaces


class Families:
    """The registered families, as this process remembers them."""

    def __init__(self, outside: Callable[[], AbstractContextManager[Connection]]) -> None:
        """Remember none.

        Args:
            outside: a transaction over what no check reads.
        """
        self._outside = outside
        self._registered: dict[str, Registered] = {}

    def of(self, connection: Connection, workspace: str) -> Registered:
        """The families registered in a workspace, as remembered."""
        known = self._registered.get(workspace)
        if known is None:
            # The counter is read first: then there may be families too many, registered meanwhile, and never too few.
            counter = connection.scalar(select(workspaces.c.families).where(workspaces.c.key == workspace))
            counted = select(families).where(families.c.workspace.in_((workspace, "")))
            found = frozenset(
                Family(row.kind, row.type, tuple(row.fields.split())) for row in connection.execute(counted)
            )
            known = Registered(counter or 0, found)
            if counter is not None:
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
        keys = select(workspaces.c.key).order_by(workspaces.c.key)
        if all(place for place, _ in rows):
            keys = keys.where(workspaces.c.key.in_({place for place, _ in rows}))
        with self._outside() as connection:
            locks.keep_apart(connection)
            concerned = list(connection.scalars(keys))
            locks.configure(connection, concerned)
            for place, family in sorted(rows):
                values = {"workspace": place, **family._asdict(), "fields": " ".join(family.fields)}
                connection.execute(insert_or_ignore(connection, families), values)
            raised = update(workspaces).where(workspaces.c.key.in_(concerned))
            connection.execute(raised.values(families=workspaces.c.families + 1))
        self._registered.clear()
