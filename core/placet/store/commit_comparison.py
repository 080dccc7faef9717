"""The present state of everything that an act has read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    String,
    bindparam,
    func,
    literal_column,
    select,
    text,
    union_all,
)

from placet.engine.act.records import ItemRef
from placet.store.commit import Commit
from placet.store.conditions import among
from placet.store.driver import Driver, Statement
from placet.store.json import dumps
from placet.store.tables import guards, items, workspaces


def arrays(refs: Iterable[ItemRef]) -> tuple[list[str], list[int]]:
    """Workspaces and numbers of items, as two arrays."""
    known = list(refs)
    return [ref.workspace for ref in known], [ref.number for ref in known]


class Comparison:
    """Reads the present state of earlier reads."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._sqlite = driver.dialect.name == "sqlite"
        self._current = Statement(_current(sqlite=self._sqlite), driver.dialect)

    def current(self, connection: Connection, commit: Commit) -> dict[tuple[str, str, int], int]:
        """Versions, counters and numbers of last events: by kind, workspace and number, in one statement."""
        places = sorted({*commit.reads.workspaces, *commit.registered})
        if self._sqlite:
            refs = [tuple(ref) for ref in commit.items]
            asked: dict[str, Any] = {
                "places": dumps(places),
                "ids": dumps(list(commit.guards)),
                "refs": dumps(refs),
            }
        else:
            keys, numbers = arrays(commit.items)
            asked = {"places": places, "ids": list(commit.guards), "keys": keys, "numbers": numbers}
        found = self._driver.fetch(connection, self._current, asked)
        return {(row.kind, row.workspace, row.number): row.value for row in found}


def _current(*, sqlite: bool) -> Any:
    places: ColumnElement[bool]
    ids: ColumnElement[bool]
    if sqlite:
        places = workspaces.c.key.in_(text("SELECT value FROM json_each(:places)"))
        ids = guards.c.id.in_(text("SELECT value FROM json_each(:ids)"))
        these = among((items.c.workspace, items.c.number), sqlite=True)
    else:
        places = workspaces.c.key == func.any(bindparam("places", type_=ARRAY(String)))
        ids = guards.c.id == func.any(bindparam("ids", type_=ARRAY(Integer)))
        these = text(
            "(items.workspace, items.number) IN"
            " (SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:numbers AS bigint[])))"
        ).bindparams(bindparam("keys", type_=ARRAY(String)), bindparam("numbers", type_=ARRAY(BigInteger)))
    zero: ColumnElement[int] = literal_column("0")
    found = union_all(
        select(literal_column("'workspace'").label("kind"), workspaces.c.key.label("workspace"),
               zero.label("number"), workspaces.c.version.label("value")).where(places),
        select(literal_column("'families'"), workspaces.c.key, zero, workspaces.c.families).where(places),
        select(literal_column("'guard'"), literal_column("''"), guards.c.id, guards.c.count).where(ids),
        select(literal_column("'item'"), items.c.workspace, items.c.number, items.c.seq).where(these),
    ).subquery()  # fmt: skip
    return select(found.c.kind, found.c.workspace, found.c.number, found.c.value)
