"""The log as a table in CSV: a row for each event, an item's rows together and in order.

The columns have the names of an event's members in the API. Further members of an event are in the last column, as
JSON, so that nothing is lost.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import orjson

from placet_process_mining.log import Log, entries, moment

_COLUMNS = ("transition", "from_state", "to_state", "comment", "on_behalf_of", "definition", "id")
COLUMNS = ("item", "type", "seq", "activity", "at", "actor", "kind", *_COLUMNS, "details")
#: Members with a column of their own, or that follow from columns.
_SHOWN = {*COLUMNS}


def written(log: Log) -> Iterator[bytes]:
    """The header, and then row by row."""
    row = io.StringIO()
    writer = csv.writer(row)

    def taken() -> bytes:
        line = row.getvalue().encode()
        row.seek(0)
        row.truncate()
        return line

    writer.writerow(COLUMNS)
    yield taken()
    for entry in entries(log):
        event, data = entry.event, entry.event.data
        details = {name: value for name, value in data.items() if name not in _SHOWN}
        writer.writerow((
            event.key, entry.type, event.seq, entry.activity, moment(event.at), event.actor, event.kind,
            *(data.get(name, "") for name in _COLUMNS),
            orjson.dumps(details).decode() if details else "",
        ))  # fmt: skip
        yield taken()
