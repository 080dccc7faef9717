"""Statements that SQLAlchemy compiled, kept for all databases that a process opens.

Each engine would keep its own, and compile everything anew for each database: a sandbox, or that of the next test. Of
what the first reads of a database cost, compiling is the greater part.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.util import LRUCache

#: Compiled statements that stay. An engine's own cache holds a third as many, for one kind of database.
_KEPT = 1_500

#: Beside the dialect, SQLAlchemy's keys say what is asked, with which columns, and whether for several rows.
_Key = tuple[Any, ...]


class CompiledStatements(LRUCache[_Key, Any]):
    """The texts of statements, by what they ask and the kind of database that they ask.

    Every engine has a dialect of its own, by which SQLAlchemy distinguishes them. The text depends on the driver
    and on the server's version, as all engines are made with the same options (`connections.py`).
    """

    def get(self, key: _Key, default: Any = None) -> Any:
        return super().get(_of_its_kind(key), default)

    def __setitem__(self, key: _Key, compiled: Any) -> None:
        super().__setitem__(_of_its_kind(key), compiled)


def _of_its_kind(key: _Key) -> _Key:
    dialect, *asked = key
    return dialect.driver, dialect.server_version_info, *asked


#: For the execution options of every engine.
COMPILED = CompiledStatements(_KEPT)
