"""Statements that are built once, and prepared once for the driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Dialect, Insert, Select, Update

from placet.store import guards
from placet.store.driver import Statement

#: Prepared statements in the cache: pages have as many shapes as people request.
_KEPT = 2_000
#: Longest lists of values for which statements are prepared.
_LISTED = 64


class PreparedStatements:
    """Cache of the statements that are prepared for one driver."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._statements: dict[tuple[int, tuple[int, ...]], tuple[Any, Statement]] = {}
        #: Those without lists: they have one form, whatever the values.
        self._plain: dict[int, tuple[Any, Statement]] = {}
        self._guarded: dict[tuple[int, int], tuple[Any, Select[Any]]] = {}

    def prepared(self, statement: Select[Any] | Insert | Update, values: Mapping[str, Any]) -> Statement:
        """A statement prepared for the driver, and for lists of the same lengths as those among the values."""
        plain = self._plain.get(id(statement))
        if plain is not None:
            return plain[1]
        lists = {name: value for name, value in values.items() if isinstance(value, list)}
        lengths = tuple(len(value) for value in lists.values())
        known = self._statements.get((id(statement), lengths))
        if known is None:
            for kept in (self._statements, self._plain):
                if len(kept) >= _KEPT:
                    kept.clear()
            made = Statement(statement, self._dialect, lists if max(lengths, default=0) <= _LISTED else None)
            # The cache also keeps the original statement, so that no other statement gets its id.
            known = statement, made
            if lists:
                self._statements[id(statement), lengths] = known
            else:
                self._plain[id(statement)] = known
        return known[1]

    def guarded(self, statement: Select[Any], n: int) -> Select[Any]:
        """A search combined with `n` counters."""
        known = self._guarded.get((id(statement), n))
        if known is None:
            if len(self._guarded) >= _KEPT:
                self._guarded.clear()
            known = self._guarded[id(statement), n] = (statement, guards.guarded(statement, n))
        return known[1]
