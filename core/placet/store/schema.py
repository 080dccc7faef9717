"""The database's schema: upgraded to this version, compared with it, and never downgraded."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from placet.errors import SchemaError
from placet.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415  # heavy, and needed only where a database is upgraded

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    """The revisions of this program, the oldest first: each file's name begins with its revision's number."""
    return tuple(sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("*_*.py")))


def newest() -> str:
    """The revision that this program writes."""
    if not _known():
        raise SchemaError("this installation has no migrations: install placet again")
    return _known()[-1]


def current(engine: Engine) -> str | None:
    """The revision that a database has; `None` if it is empty."""
    with engine.connect() as connection:
        # Alembic's own way takes as long as all else that opening a database does.
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return found


def migrate(database: Database) -> tuple[str | None, str]:
    """Upgrade the database to this version; returns the revisions before and after.

    Raises:
        SchemaError: the database was written by a newer program.
    """
    before, target = current(database.engine), newest()
    _refuse_newer(before)
    if before != target:
        from alembic import command  # noqa: PLC0415  # as above

        with database.engine.begin() as connection:
            command.upgrade(_config(connection), "head")
    return before, target


def demand_current(database: Database) -> None:
    """Raises `SchemaError` unless the database has the schema that this program writes."""
    found = current(database.engine)
    _refuse_newer(found)
    if found != newest():
        state = "is empty" if found is None else f"is at revision {found}, and this program needs {newest()}"
        raise SchemaError(f"the database {state}: run placet migrate")


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and revision not in _known():
        raise SchemaError(
            f"the database is at revision {revision}, which this program does not know: install a newer placet"
        )
