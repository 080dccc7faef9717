"""Erased texts leave SQLite's log, unless somebody reads from before, who holds up nobody for that."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from shop import Shop


def log_of(shop: Shop) -> Path:
    file = shop.application.settings.sqlite_file
    assert file is not None
    return file.with_name(f"{file.name}-wal")


def test_the_log_is_empty_afterwards(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.wish()

    shop.application.store.overwrite_erased()

    assert log_of(shop).stat().st_size == 0
    assert caplog.records == []


def test_a_reader_from_before_is_warned_of(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """Such as an export that somebody takes slowly; acts go on, and the next time all is gone."""
    shop.wish()
    with closing(sqlite3.connect(str(log_of(shop)).removesuffix("-wal"), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM items").fetchone()
        shop.wish()

        shop.application.store.overwrite_erased()

        assert log_of(shop).stat().st_size > 0
        [warning] = [each for each in caplog.records if each.levelno == logging.WARNING]
        assert "let exports and backups end" in warning.getMessage()
        shop.wish()

    shop.application.store.overwrite_erased()
    assert log_of(shop).stat().st_size == 0
