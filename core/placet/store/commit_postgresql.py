"""The one commit of an act on PostgreSQL: one call of a function there."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    Integer,
    String,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from placet.store.commit import Commit, Locks
from placet.store.commit_comparison import arrays
from placet.store.commit_rows import written
from placet.store.driver import Driver, Statement
from placet.store.json import dumps


class PostgresqlWriter:
    """Commits by `placet_commit`; see `placet.store.commit_function`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        texts, integers, numbers = ARRAY(String), ARRAY(Integer), ARRAY(BigInteger)
        self._commit = Statement(
            select(
                func.placet_commit(
                    cast(bindparam("act", type_=Text), JSONB),
                    bindparam("places", type_=texts), bindparam("configured", type_=texts),
                    bindparam("versions", type_=numbers),
                    bindparam("families", type_=numbers),
                    bindparam("read_ids", type_=integers), bindparam("read_counts", type_=numbers),
                    bindparam("counted", type_=integers),
                    bindparam("seen_places", type_=texts), bindparam("seen_numbers", type_=numbers),
                    bindparam("seen_seqs", type_=numbers),
                    bindparam("written_places", type_=texts), bindparam("written_numbers", type_=numbers),
                    bindparam("held", type_=Boolean),
                    type_=JSONB,
                ).label("moved")
            ),
            driver.dialect,
        )  # fmt: skip
        self._hold = Statement(
            select(
                func.placet_hold(
                    bindparam("places", type_=texts), bindparam("configured", type_=texts),
                    bindparam("read_ids", type_=integers),
                    bindparam("counted", type_=integers),
                    bindparam("seen_places", type_=texts), bindparam("seen_numbers", type_=numbers),
                    bindparam("written_places", type_=texts), bindparam("written_numbers", type_=numbers),
                ).label("held")
            ),
            driver.dialect,
        )  # fmt: skip

    def commit(self, connection: Connection, commit: Commit, *, held: bool = False) -> None:
        """Compare and write. Raises `MovedError`, with the changed reads, and writes nothing then."""
        places = sorted({*commit.reads.workspaces, *commit.registered})
        versions = [commit.reads.workspaces.get(key) for key in places]
        seen_places, seen_numbers = arrays(commit.items)
        written_places, written_numbers = arrays(commit.written)
        (row,) = self._driver.fetch(
            connection,
            self._commit,
            {
                "act": dumps(written(commit.changes)),
                "places": places,
                "configured": commit.configured,
                "versions": versions,
                "families": [commit.registered[key].counter if key in commit.registered else None for key in places],
                "read_ids": list(commit.guards),
                "read_counts": list(commit.guards.values()),
                "counted": commit.counted,
                "seen_places": seen_places,
                "seen_numbers": seen_numbers,
                "seen_seqs": list(commit.items.values()),
                "written_places": written_places,
                "written_numbers": written_numbers,
                "held": held,
            },
        )  # fmt: skip
        if row.moved is not None:
            raise commit.gone_by(row.moved)

    def hold(self, connection: Connection, locks: Locks) -> None:
        """Take locks, in the common order."""
        seen_places, seen_numbers = arrays(locks.seen)
        written_places, written_numbers = arrays(locks.written)
        self._driver.fetch(
            connection,
            self._hold,
            {
                "places": sorted(locks.places),
                "configured": sorted(locks.configured),
                "read_ids": sorted(locks.read),
                "counted": sorted(locks.counted),
                "seen_places": seen_places,
                "seen_numbers": seen_numbers,
                "written_places": written_places,
                "written_numbers": written_numbers,
            },
        )
