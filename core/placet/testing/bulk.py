"""Large data sets for tests and benchmarks: thousands of items, as if they had been made one by one.

They bypass the rules and have no history: they only serve to measure searches and lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, update

from placet.app import Application
from placet.engine.act.changes import Changes
from placet.engine.act.indexing import index_values
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.rules.spans import span_of
from placet.store.commit_rows import written
from placet.store.tables import counters, metadata

#: Items that are written at once.
_BATCH = 1000


def fill(
    application: Application,
    template: str,
    fields: Iterable[Mapping[str, Any]],
    *,
    links: Mapping[str, Sequence[str]] | None = None,
    state: str | None = None,
) -> list[str]:
    """Write items like an existing one, each with other fields; returns their keys.

    Args:
        application: without other writers.
        template: key of an item with everything else that the new ones shall have.
        fields: stored fields, besides those of the template.
        links: by link type, the keys to which each new item links, instead of the template's links.
        state: their state, instead of the template's.
    """
    like = application.engine.items.get(SYSTEM_ACTOR, template)
    if state is not None:
        workflow = (
            application.engine.workspaces.catalog(SYSTEM_ACTOR, like.workspace).item_type(like.type).workflow
        )
        category = next(each.category for each in workflow.states if each.id == state)
        like = replace(like, state=state, category=category)
    if links is not None:
        made = {name: tuple(keys) for name, keys in links.items()}
        like = replace(like, links=made, link_attributes={})
    wanted, keys = iter(fields), []
    while batch := list(islice(wanted, _BATCH)):
        with application.store.outside() as connection:
            keys += _write(application, connection, like, batch)
    with application.store.outside() as connection:
        if connection.dialect.name == "postgresql":
            # As autovacuum does within minutes; before that, searches are planned as if the tables were empty.
            connection.exec_driver_sql("ANALYZE")
    return keys


def _write(
    application: Application, connection: Connection, like: ItemRecord, batch: Sequence[Mapping[str, Any]]
) -> list[str]:
    item_type = application.engine.workspaces.catalog(SYSTEM_ACTOR, like.workspace).item_type(like.type)
    zone = application.engine.workspaces.get(SYSTEM_ACTOR, like.workspace).calendar.zone
    last = application.store.last_number(connection, like.workspace)
    made = [replace(like, number=last + n, fields={**like.fields, **each}) for n, each in enumerate(batch, 1)]
    changes = Changes(
        created=made,
        indexed={record.key: index_values(item_type, record.fields) for record in made},
        spans={record.key: span_of(item_type, record.fields, zone) for record in made},
    )
    for table, new in written(changes).items():
        connection.execute(insert(metadata.tables[table]), new)
    connection.execute(
        update(counters).where(counters.c.workspace == like.workspace).values(last=last + len(made))
    )
    return [record.key for record in made]
