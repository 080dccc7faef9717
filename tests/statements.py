"""The statements that a store sends to its database, by SQLAlchemy and past it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from placet.store.driver import Driver, Statement
from placet.store.store import SqlStore


class _Noting:
    """A driver that notes what it is given before it goes on."""

    def __init__(self, driver: Driver, sent: list[str]) -> None:
        self._driver, self._sent = driver, sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def fetch(self, connection: Connection, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        self._sent.append(statement.text)
        return self._driver.fetch(connection, statement, values)

    def execute(self, connection: Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> int:
        self._sent += [statement.text] * len(rows)
        return self._driver.execute(connection, statement, rows)


@contextmanager
def sent(store: SqlStore) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    noted: list[str] = []

    def note(_c: Any, _k: Any, statement: str, _p: Any, _x: Any, _m: Any) -> None:
        noted.append(statement)

    driver = store.driver
    event.listen(store.engine, "before_cursor_execute", note)
    store.driver = _Noting(driver, noted)
    try:
        yield noted
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
        store.driver = driver
