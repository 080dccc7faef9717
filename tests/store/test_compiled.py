"""Statements are compiled once for all databases of a kind that a process opens, and each kind has its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Select, literal, select
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.engine.interfaces import CacheStats

from placet.store.compiled import CompiledStatements
from placet.store.connections import database_url, postgresql_engine, sqlite_engine

Asked = tuple[CacheStats, str]


@pytest.fixture
def engines(
    tmp_path: Path, new_postgresql: Callable[[str], str]
) -> Iterator[dict[str, tuple[Engine, Engine]]]:
    """Two databases of each kind."""
    files = (database_url(f"sqlite:///{tmp_path}/{name}.db") for name in ("one", "other"))
    servers = (database_url(new_postgresql("migrated")) for _ in range(2))
    one, other = map(sqlite_engine, files)
    this, that = (postgresql_engine(url, asynchronous=False, pool_size=1) for url in servers)
    with ExitStack() as until_over:
        for engine in (one, other, this, that):
            until_over.callback(engine.dispose)
        yield {"sqlite": (one, other), "postgresql": (this, that)}


def asked(engine: Engine, question: Select[Any]) -> Asked:
    """Whether its text was known, and the text."""
    with engine.connect() as connection:
        context = connection.execute(question).context
        assert isinstance(context, DefaultExecutionContext)
        return context.cache_hit, context.statement


class TestAStatement:
    def test_is_compiled_once_for_all_databases_of_a_kind(
        self, engines: dict[str, tuple[Engine, Engine]]
    ) -> None:
        """Whatever the values in it are."""
        answers = {
            kind: [
                asked(engine, select(literal(value).label("of_this_test")))
                for engine in pair
                for value in "ab"
            ]
            for kind, pair in engines.items()
        }

        for known in answers.values():
            assert [how for how, _ in known] == [CacheStats.CACHE_MISS, *[CacheStats.CACHE_HIT] * 3]
            assert len({text for _, text in known}) == 1
        assert answers["sqlite"][0][1] != answers["postgresql"][0][1]

    def test_that_was_asked_long_ago_is_forgotten(self, engines: dict[str, tuple[Engine, Engine]]) -> None:
        """A process that runs for months keeps no more than so many."""
        kept, (engine, _) = CompiledStatements(10), engines["sqlite"]
        own = engine.execution_options(compiled_cache=kept)
        questions = [select(literal(n).label(f"column_{n}")) for n in range(40)]

        first = [asked(own, question)[0] for question in questions]

        assert set(first) == {CacheStats.CACHE_MISS}
        assert len(kept) <= 15
        assert asked(own, questions[-1])[0] is CacheStats.CACHE_HIT
        assert asked(own, questions[0])[0] is CacheStats.CACHE_MISS
