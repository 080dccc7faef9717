"""Facts about the installation: notes by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from placet.store.database import Database
from placet.store.failures import Failure, failure_of
from placet.store.tables import installation

#: The note that is written to test whether writing works.
_WRITTEN_NOTE = "readiness"


def note(connection: Connection, name: str) -> str | None:
    """A note of the installation."""
    return connection.scalar(select(installation.c.value).where(installation.c.name == name))


def set_note(connection: Connection, name: str, value: str) -> None:
    """Write a note of the installation."""
    changed = update(installation).where(installation.c.name == name).values(value=value)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(installation), {"name": name, "value": value})


def try_writing(database: Database, now: datetime) -> None:
    """Test by writing whether the server takes writes and has room on its disk.

    Raises the same errors as other writing; meeting other writers counts as success.
    """
    try:
        with database.outside() as connection:
            set_note(connection, _WRITTEN_NOTE, now.isoformat())
    except DBAPIError as error:
        if failure_of(error) not in {Failure.MET_OTHERS, Failure.DOUBLED}:
            raise
