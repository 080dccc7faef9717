"""The schema: what migrations make is what the program writes, and other versions are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from placet.app import build, migrate
from placet.errors import SchemaError, SettingsError
from placet.settings import Settings
from placet.store import schema
from placet.store.store import open_store
from placet.store.tables import metadata


class TestMigrations:
    def test_make_exactly_the_tables_that_the_program_writes(self, database_url: str) -> None:
        """Nothing is missing in a migrated database, and nothing too much, on either kind."""
        store = open_store(database_url)

        with store.engine.connect() as connection:
            difference = compare_metadata(MigrationContext.configure(connection), metadata)

        store.close()
        assert difference == []

    def test_are_numbered_in_the_order_in_which_they_follow_each_other(self) -> None:
        """The newest revision is read from the names of files, without loading the library that migrates."""
        folder = Path(schema.__file__).parent / "migrations"

        assert ScriptDirectory(folder).get_current_head() == schema.newest()

    def test_change_nothing_the_second_time(self, database_url: str) -> None:
        """Migrating what is current does nothing."""
        assert migrate(Settings(database_url=database_url)) == (schema.newest(), schema.newest())

    def test_bring_an_empty_database_to_the_newest_revision(self, empty_database_url: str) -> None:
        """An empty file, or an empty database of a server, becomes one of ours."""
        assert migrate(Settings(database_url=empty_database_url)) == (None, schema.newest())


class TestOtherVersions:
    def test_an_empty_database_is_refused_with_what_to_do(self, empty_database_url: str) -> None:
        """Nothing runs on a database without its schema."""
        with pytest.raises(SchemaError, match="the database is empty: run placet migrate"):
            build(Settings(database_url=empty_database_url))

    def test_a_newer_database_is_refused(self, database_url: str) -> None:
        """A program never writes to, nor migrates, a schema that it does not know."""
        store = open_store(database_url)
        with store.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        store.close()

        with pytest.raises(SchemaError, match="revision 9999, which this program does not know"):
            build(Settings(database_url=database_url))
        with pytest.raises(SchemaError, match="install a newer placet"):
            migrate(Settings(database_url=database_url))


class TestUrls:
    def test_other_databases_are_refused(self) -> None:
        """Placet runs on SQLite and PostgreSQL."""
        with pytest.raises(SettingsError, match='the database "mysql" is not supported'):
            open_store("mysql://localhost/placet")

    @pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
    def test_sqlite_needs_a_file(self, url: str) -> None:
        """A database in memory would be gone with its first connection."""
        with pytest.raises(SettingsError, match="SQLite needs a file"):
            open_store(url)
