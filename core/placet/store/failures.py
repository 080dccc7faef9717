"""What a database's failure means: others were met, something is there already, or something is wrong."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError

#: Serialization failure, deadlock, lock not had in time.
_MET_OTHERS = frozenset({"40001", "40P01", "55P03"})
_UNIQUE_VIOLATION = "23505"


def _state(error: DBAPIError) -> str | None:
    original: Any = error.orig
    state: str | None = getattr(original, "sqlstate", None)
    return state


def met_others(error: DBAPIError) -> bool:
    """Whether other writers were met: the same act may do when it starts again."""
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        return original.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return _state(error) in _MET_OTHERS


def is_doubled(error: DBAPIError) -> bool:
    """Whether a row is there already.

    Two who make the same row at once may both be told so, on PostgreSQL also in the place of a serialization failure:
    whoever starts again sees the other's.
    """
    original = error.orig
    if isinstance(original, sqlite3.IntegrityError):
        return original.sqlite_errorname in {"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"}
    return _state(error) == _UNIQUE_VIOLATION
