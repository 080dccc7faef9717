"""Whom one has to wait for besides those who write the same rows: who starts again, who configures, who opens.

On PostgreSQL; on SQLite writers come one by one anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import ARRAY, Connection, Integer, String, bindparam, func, select

#: The first half of advisory locks of those who queue for a guard.
_QUEUE = 0x706C61
#: Advisory lock of who opens a workspace, or registers families of searches for all of them.
_OPENING = 0x706C61636574_04

_APART = select(func.pg_advisory_xact_lock(_OPENING))
_QUEUED = select(func.pg_advisory_lock(bindparam("space", type_=Integer), bindparam("guard", type_=Integer)))
_LEFT = select(func.pg_advisory_unlock(bindparam("space", type_=Integer), bindparam("guard", type_=Integer)))
_CONFIGURE = select(func.placet_configure(bindparam("keys", type_=ARRAY(String))))


@contextmanager
def queued(connection: Connection, guard: int) -> Iterator[None]:
    """Wait for those who start again because of the same guard. On PostgreSQL."""
    key = {"space": _QUEUE, "guard": guard}
    connection.execute(_QUEUED, key)
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(_LEFT, key)


def configure(connection: Connection, keys: Sequence[str]) -> None:
    """Wait for the acts in some workspaces that are at their commit, and keep others from it until the end.

    Before what is read of them: on SQLite writers come one by one anyway.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_CONFIGURE, {"keys": list(keys)})


def keep_apart(connection: Connection) -> None:
    """Let nobody else open a workspace or register families until the present transaction ends.

    A row that is not there yet cannot be locked. On SQLite writers come one by one anyway.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_APART)
