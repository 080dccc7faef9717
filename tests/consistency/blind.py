"""The engine without its comparison: commits that look at nothing but the items which they write.

For controls: a test that also passes with this in force shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from placet.engine.act.read_set import ReadSet
from placet.store.commit import Commit
from placet.store.session import SqlSession
from placet.store.tables import workspaces


@contextmanager
def nothing_compared() -> Iterator[None]:
    """Until the end, no attempt compares what it has read; rules are taken to be those of the moment of the commit."""
    compared = SqlSession._commit

    def blind(session: SqlSession) -> Commit:
        reader = session._reader
        reads, reader.reads = reader.reads, ReadSet()
        places = reader.connection.execute(select(workspaces.c.key, workspaces.c.version))
        reader.reads.workspaces = {place.key: place.version for place in places}
        try:
            return compared(session)
        finally:
            reader.reads = reads

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SqlSession, "_commit", blind)
        yield
