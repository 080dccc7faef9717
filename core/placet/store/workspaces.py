"""The writing of workspaces."""

from __future__ import annotations

from sqlalchemy import Connection, insert, update

from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.ports import MovedError
from placet.store import locks
from placet.store.failures import unique
from placet.store.rows import workspace_row
from placet.store.tables import workspaces


def save_workspace(connection: Connection, old: WorkspaceRecord | None, new: WorkspaceRecord) -> None:
    """Write a workspace. Raises `MovedError` where it has changed since it was read."""
    row = workspace_row(new)
    if old is None:
        # Families of searches are registered in every existing workspace.
        locks.keep_apart(connection)
        with unique(f'workspace key "{new.key}"'):
            connection.execute(insert(workspaces), row)
        return
    # Acts compare the version under this lock; a caller holds it already, or waits for them now.
    locks.configure(connection, [old.key])
    statement = update(workspaces).where(workspaces.c.key == old.key, workspaces.c.version == old.version)
    if connection.execute(statement.values(row)).rowcount != 1:
        raise MovedError([f"workspace:{old.key}"], ["workspace"])
