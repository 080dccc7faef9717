"""What desks are opened from, made once a process as it takes longer than most tests."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from placet.app import migrate
from placet.catalog.discovery import Registry
from placet.settings import Settings

#: Name of a desk's database.
FILE = "desk.db"


@lru_cache(maxsize=1)
def installed() -> Registry:
    """The installed plugins, loaded once a process: composing and linting their methods takes longer than a test."""
    return Registry.discover()


@lru_cache(maxsize=1)
def empty_database() -> bytes:
    """A migrated SQLite file, made once a process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / FILE
        migrate(Settings(database_url=f"sqlite:///{file}"))
        return file.read_bytes()
