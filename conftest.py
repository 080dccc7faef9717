"""Common to all tests: the place of their files, their order, and the tests of the documentation.

Every Python example of the README and of docs/ runs as it is printed. A page is one conversation: names defined by one
block are there in the next. `<!-- skip: next -->` before a block leaves it out, for what needs a server or an
installation.
"""

import gc
import os
import tempfile
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

#: Memory that is a folder, and what of it has to be free (bytes): test databases, each for as long as its test.
_MEMORY, _NEEDED = Path("/dev/shm"), 2 * 1024**3  # noqa: S108  # folders in it are made by `tempfile`, for us alone


def _keep_files_in_memory() -> None:
    """Databases of tests survive the processes that are killed, and need not survive the machine.

    On a disk most of the time goes into waiting for it: every commit on SQLite, and hundreds of files for each
    database that PostgreSQL makes. Left alone where TMPDIR is set, where there is too little memory, and where
    programs cannot be started from there (PostgreSQL's are copied for a user who cannot enter the environment).
    """
    if "TMPDIR" in os.environ or not _MEMORY.is_dir():
        return
    memory = os.statvfs(_MEMORY)
    if memory.f_bavail * memory.f_frsize >= _NEEDED and not memory.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # asked for already, and remembered


_keep_files_in_memory()


# Until the tests are found, nearly everything that is made stays.
gc.disable()


#: Thresholds of the collector while tests run: new objects, and collections of the younger generations.
_COLLECTIONS = (20_000, 20, 20)


def pytest_collection_finish() -> None:
    """Objects that exist before the first test exist until the last, and need not be collected again and again.

    Collecting garbage among all modules and definitions would take every seventh second of the tests. What tests make
    has hardly any reference cycle; with the default thresholds, looking for one still took every twentieth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
    gc.enable()


#: Long tests of plugins: their folders stand alone, and do not know the mark `first`.
_LONG = ("plugins/process_mining/tests/test_memory.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first, so that nobody waits for them at the end."""

    def waits(item: pytest.Item) -> bool:
        return item.get_closest_marker("first") is None and not item.nodeid.startswith(_LONG)

    items.sort(key=waits)


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md", "plugins/*/README.md"],
).pytest()
