"""SQLite's log is copied into its file beside the acts: none of them waits for that."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from post import eventually
from shop import OpenShop, Shop

from placet.store.sealing import Sealer
from placet.store.write_ahead import WriteAheadLog, truncate

#: Pages after which SQLite itself would let a commit copy them, and the size of a page in bytes.
USUAL, PAGE = 1000, 4096


@pytest.fixture
def shop(open_shop: OpenShop, sqlite_url: str) -> Shop:
    return open_shop(sqlite_url)


def file_of(shop: Shop) -> Path:
    file = shop.application.settings.sqlite_file
    assert file is not None
    return file


def write_much(shop: Shop) -> None:
    """More pages than those after which a commit copies them by default."""
    shop.application.store.set_note("much", "x" * (2 * USUAL * PAGE))


def in_the_file_alone(shop: Shop, folder: Path) -> int:
    """The number of items that are in the file, without its log."""
    copied = shutil.copyfile(file_of(shop), folder / "alone.db")
    with closing(sqlite3.connect(copied)) as alone:
        return int(alone.execute("SELECT count(*) FROM items").fetchone()[0])


class TestACommit:
    def test_leaves_the_file_alone_however_much_is_in_the_log(self, shop: Shop) -> None:
        """It appends to the log, and waits for the disk once."""
        before = file_of(shop).stat().st_mtime_ns

        write_much(shop)
        shop.wish()

        assert file_of(shop).stat().st_mtime_ns == before


class TestAProcessThatFollowsTheLog:
    def test_copies_what_was_written_into_the_file(self, shop: Shop, tmp_path: Path) -> None:
        shop.wish()
        assert in_the_file_alone(shop, tmp_path) == 0

        with Sealer(shop.application.store):
            assert eventually(lambda: in_the_file_alone(shop, tmp_path) == 1)

    def test_copies_the_rest_when_a_reader_of_a_former_version_has_ended(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        ahead = WriteAheadLog(str(file_of(shop)))
        with closing(sqlite3.connect(file_of(shop), isolation_level=None)) as copying:
            with a_reader(shop):
                shop.wish()
                self.copy(shop, ahead, copying)
                assert in_the_file_alone(shop, tmp_path) == 0

            self.copy(shop, ahead, copying, grown=False)

        assert in_the_file_alone(shop, tmp_path) == 1

    def test_waits_a_second_after_any_process_has_copied(self, shop: Shop, tmp_path: Path) -> None:
        """Each copy waits for the disk twice."""
        ahead = WriteAheadLog(str(file_of(shop)))
        with closing(sqlite3.connect(file_of(shop), isolation_level=None)) as copying:
            shop.wish()
            os.utime(file_of(shop))
            ahead.grown()

            ahead.copy(copying)

        assert in_the_file_alone(shop, tmp_path) == 0

    def copy(
        self, shop: Shop, ahead: WriteAheadLog, copying: sqlite3.Connection, *, grown: bool = True
    ) -> None:
        """Copy a second after the last time."""
        if grown:
            ahead.grown()
        os.utime(file_of(shop), (0, 0))
        ahead.copy(copying)


@contextmanager
def a_reader(shop: Shop) -> Iterator[None]:
    """Somebody who reads the database as it is now."""
    with closing(sqlite3.connect(file_of(shop), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM items").fetchone()
        yield


class TestEmptyingTheLog:
    def test_waits_for_another_process_that_copies(self, shop: Shop) -> None:
        """SQLite refuses at once then, and an administrator would be warned of a reader that does not exist."""
        shop.wish()
        with (
            another_copies(file_of(shop)) as ends,
            closing(sqlite3.connect(file_of(shop), isolation_level=None)) as connection,
        ):
            refused = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            ends()
            emptied = truncate(connection)

        assert (refused, emptied) == (1, True)


#: Holds SQLite's lock of those who copy, until its input ends; then lets go of it a moment later.
_COPIES = """
import fcntl, sys, time
with open(sys.argv[1] + "-shm", "r+b") as shared:
    fcntl.lockf(shared, fcntl.LOCK_EX, 1, 121)
    print("copies", flush=True)
    sys.stdin.read()
    time.sleep(0.1)
"""


@contextmanager
def another_copies(file: Path) -> Iterator[Callable[[], None]]:
    """Another process that copies; what it yields makes it end in a moment."""
    command = [sys.executable, "-c", _COPIES, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "copies\n"
        yield other.stdin.close
