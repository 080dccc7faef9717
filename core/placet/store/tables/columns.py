"""Column types, and the metadata of all tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

#: Characters of a moment without its zone.
_WIDTH = 26


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, exact to the microsecond; text of fixed width where the database has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    # Both are the conversions themselves, and not around what their kind of column would do: an act writes dozens of
    # moments, and a page of items has hundreds.

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _written if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002  # SQLAlchemy's signature
        return _moment

    def reading(self, dialect: Dialect) -> Callable[[Any], datetime | None] | None:
        """The conversion of a value other than null, for rows that are read past SQLAlchemy.

        `None` where the driver gives moments in UTC as they are: asyncpg does.
        """
        if dialect.name == "sqlite":
            return datetime.fromisoformat
        return None if dialect.driver == "asyncpg" else _moment


def _written(value: datetime | None) -> str | None:
    """A moment as a database without time zones keeps it."""
    if value is None:
        return None
    # Before it is looked up: moments of an hour that comes twice are equal in the zone that has it.
    return _in_utc(value if value.tzinfo is UTC else value.astimezone(UTC))


@lru_cache(maxsize=8192)
def _in_utc(value: datetime) -> str:
    """The text of a moment; an act writes the same ones many times."""
    # Not strftime, which writes years before 1000 with fewer digits.
    return f"{value.isoformat(timespec='microseconds')[:_WIDTH]}Z"


def _moment(value: Any) -> datetime | None:
    """A moment as a database gives it."""
    if value is None:
        return None
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    found: datetime = value
    return found if found.tzinfo is UTC else found.astimezone(UTC)


#: Stands for a moment of the log that cannot be read, because somebody tampered with it. No event is as old.
NO_MOMENT = datetime.min.replace(tzinfo=UTC)


class LoggedMoment(Moment):
    """A moment of the log, which can be read even after tampering, so that verification can report it."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002  # SQLAlchemy's signature
        return _logged_moment

    def reading(self, dialect: Dialect) -> Callable[[Any], datetime | None] | None:  # noqa: ARG002  # the same for all
        return _logged_moment


def _logged_moment(value: Any) -> datetime | None:
    try:
        return _moment(value)
    except (TypeError, ValueError, OverflowError):
        return NO_MOMENT


Document = JSON().with_variant(JSONB(), "postgresql")
#: The documents of an item. Rows of the hot path have them as the database gives them: they are parsed only where the
#: row is not the one that was read before (see `placet.store.remembered`).
ItemDocument = JSON().with_variant(JSONB(), "postgresql")
#: Text that sorts by its bytes everywhere: keyset pages and indexed values rely on it.
Sorted = String().with_variant(String(collation="C"), "postgresql")
Number = BigInteger()

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
