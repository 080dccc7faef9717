"""Values that follow from items and their definitions, brought up to date where the definitions have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, func, insert, select

from placet.engine.act.indexing import Values, index_texts
from placet.engine.act.records import ItemRecord, ItemRef, Progress
from placet.store.reader import Reader
from placet.store.statements import ITEMS, LOAD_VERSIONS, insert_into
from placet.store.tables import item_states, item_values, items, progress


class SqlUpkeep:
    """Implements `placet.engine.act.session.Upkeep`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def versions(self) -> Mapping[str, int]:
        return {row.key: row.version for row in self._reader.fetch(LOAD_VERSIONS, {})}

    def progress(self, workspace: str) -> Sequence[Progress]:
        found = self._reader.fetch(_PROGRESS, {"workspace": workspace})
        return [
            Progress(
                row.workspace,
                row.type,
                row.part,
                row.definition,
                row.after,
                row.done,
                row.total,
                row.finished,
            )
            for row in found
        ]

    def save(self, state: Progress) -> None:
        connection = self._reader.connection
        values = state._asdict()
        statement = insert_into(connection, progress).on_conflict_do_update(
            index_elements=[progress.c.workspace, progress.c.type, progress.c.part], set_=values
        )
        connection.execute(statement, values)

    def numbers(self, workspace: str) -> Mapping[str, int]:
        return {row.type: row.items for row in self._reader.fetch(_NUMBERS, {"workspace": workspace})}

    def batch(self, workspace: str, type: str, after: int, limit: int) -> Sequence[ItemRecord]:
        asked = {"workspace": workspace, "type": type, "after": after, "limit": limit}
        return [self._reader.record(row) for row in self._reader.connection.execute(_BATCH, asked)]

    def index(self, values: Mapping[ItemRef, Values]) -> None:
        connection = self._reader.connection
        connection.execute(_UNINDEX, [{"of_workspace": w, "of_number": n} for w, n in values])
        rows = [
            {**ref._asdict(), "field": field, "value": text}
            for ref, fields in values.items()
            for field, given in fields.items()
            for text in index_texts(given)
        ]
        if rows:
            connection.execute(insert(item_values), rows)


_PROGRESS = select(progress).where(
    progress.c.workspace == bindparam("workspace", type_=progress.c.workspace.type)
)
_NUMBERS = (
    select(item_states.c.type, func.count().label("items"))
    .where(item_states.c.workspace == bindparam("workspace", type_=item_states.c.workspace.type))
    .group_by(item_states.c.type)
)
_BATCH = (
    ITEMS.where(
        items.c.workspace == bindparam("workspace"),
        items.c.type == bindparam("type"),
        items.c.number > bindparam("after"),
    )
    .order_by(items.c.number)
    .limit(bindparam("limit"))
)
_UNINDEX = delete(item_values).where(
    item_values.c.workspace == bindparam("of_workspace"), item_values.c.number == bindparam("of_number")
)
