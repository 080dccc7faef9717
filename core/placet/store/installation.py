"""Facts about the installation: notes by name, and the end of its own history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from placet.engine.act.people import InstallationRecord
from placet.engine.act.ports import MovedError
from placet.engine.act.records import EventRecord
from placet.store import log
from placet.store.database import Database
from placet.store.failures import Failure, failure_of
from placet.store.tables import installation

#: The note that is written to test whether writing works.
_WRITTEN_NOTE = "readiness"
#: The note with number and hash of the last event of the installation's own history.
_END_NOTE = "log.installation"
#: The note with the plugins that were recorded last, as JSON.
_PLUGINS_NOTE = "plugins"


def note(connection: Connection, name: str) -> str | None:
    """A note of the installation."""
    return connection.scalar(select(installation.c.value).where(installation.c.name == name))


def set_note(connection: Connection, name: str, value: str) -> None:
    """Write a note of the installation."""
    changed = update(installation).where(installation.c.name == name).values(value=value)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(installation), {"name": name, "value": value})


def history_end(connection: Connection) -> InstallationRecord:
    """The end of the installation's own history."""
    noted = note(connection, _END_NOTE)
    if noted is None:
        return InstallationRecord()
    seq, head = noted.split()
    return InstallationRecord(int(seq), head)


def append(connection: Connection, old: InstallationRecord, event: EventRecord) -> None:
    """Append an event to the installation's own history. Raises `MovedError` where another act was faster.

    The end is written first: its row is locked from before the event draws its number, as an item's row is.
    """
    end = f"{event.seq} {event.hash}"
    if old.seq:
        there = (installation.c.name == _END_NOTE, installation.c.value == f"{old.seq} {old.head}")
        if connection.execute(update(installation).where(*there).values(value=end)).rowcount != 1:
            raise MovedError([_END_NOTE], ["installation"])
    else:
        connection.execute(insert(installation), {"name": _END_NOTE, "value": end})
    log.append(connection, [event])


def loaded_plugins(connection: Connection) -> list[dict[str, Any]]:
    """The plugins that were recorded last."""
    kept = note(connection, _PLUGINS_NOTE)
    return [] if kept is None else orjson.loads(kept)


def keep_plugins(connection: Connection, plugins: Sequence[Mapping[str, Any]]) -> None:
    """Keep the plugins that are recorded now."""
    set_note(connection, _PLUGINS_NOTE, orjson.dumps(list(plugins)).decode())


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
