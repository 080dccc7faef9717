"""Locks besides those of rows: for acts that start again, for the configuration of workspaces, and for opening one.

On PostgreSQL; on SQLite writers take turns anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import ARRAY, Connection, Integer, String, bindparam, func, select

#: The first half of advisory locks of acts that queue for a guard.
_QUEUE = 0x706C61
#: Advisory lock for opening a workspace, and for registering families of searches in all of them.
_OPENING = 0x706C61636574_04

_APART = select(func.pg_advisory_xact_lock(_OPENING))
_QUEUED = select(func.pg_advisory_lock(bindparam("space", type_=Integer), bindparam("guard", type_=Integer)))
_LEFT = select(func.pg_advisory_unlock(bindparam("space", type_=Integer), bindparam("guard", type_=Integer)))
_CONFIGURE = select(func.placet_configure(bindparam("keys", type_=ARRAY(String))))


@contextmanager
def queued(connection: Connection, guard: int) -> Iterator[None]:
    """Wait for other acts that start again because of the same guard. On PostgreSQL."""
    key = {"space": _QUEUE, "guard": guard}
    connection.execute(_QUEUED, key)
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(_LEFT, key)


def configure(connection: Connection, keys: Sequence[str]) -> None:
    """Wait for acts in some workspaces that are committing, and keep others from committing until the transaction ends.

    Called before the workspaces are read. On SQLite writers take turns anyway.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_CONFIGURE, {"keys": list(keys)})


def keep_apart(connection: Connection) -> None:
    """Let nobody else open a workspace or register families until the present transaction ends.

    A row that does not exist yet cannot be locked. On SQLite writers take turns anyway.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_APART)
