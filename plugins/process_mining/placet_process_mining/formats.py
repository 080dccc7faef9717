"""The formats of an export, and writing one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import BinaryIO

from placet import NotFoundError
from placet_process_mining import ocel_json, ocel_sqlite, tabular, xes
from placet_process_mining.log import Log

#: Bytes that are passed on at a time.
_CHUNK = 64 * 1024


def _ocel_sqlite(log: Log) -> Iterator[bytes]:
    # A database is written in all parts of its file, so that it can be sent only when it is complete.
    with TemporaryDirectory(prefix="placet-export-") as folder:
        file = Path(folder) / "log.sqlite"
        ocel_sqlite.write(log, file)
        with file.open("rb") as whole:
            while part := whole.read(_CHUNK):
                yield part


@dataclass(frozen=True, slots=True)
class Format:
    """One format of an export."""

    #: The name in requests.
    id: str
    title: str
    media_type: str
    #: The extension of its files.
    suffix: str
    written: Callable[[Log], Iterable[bytes]]
    #: How often it reads the log.
    passes: int = 1
    #: Whether it is not readable for people.
    binary: bool = False


FORMATS = {
    each.id: each
    for each in (
        Format("ocel2", "OCEL 2.0, JSON", "application/json", ".jsonocel", ocel_json.written, passes=2),
        Format("ocel2-sqlite", "OCEL 2.0, SQLite", "application/vnd.sqlite3", ".sqlite", _ocel_sqlite, passes=2,
               binary=True),
        Format("xes", "XES", "application/xml", ".xes", xes.written),
        Format("csv", "CSV", "text/csv", ".csv", tabular.written),
    )
}  # fmt: skip


def format_of(id: str) -> Format:
    """Raises `NotFoundError` with all formats."""
    if id not in FORMATS:
        raise NotFoundError("format", id[:50], FORMATS)
    return FORMATS[id]


def chunks(log: Log, form: Format) -> Iterator[bytes]:
    """A log in a format, in parts of some size, which are made one by one on demand."""
    parts: list[bytes] = []
    size = 0
    for part in form.written(log):
        parts.append(part)
        size += len(part)
        if size >= _CHUNK:
            yield b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


def export(log: Log, form: Format, sink: BinaryIO) -> None:
    """Write a log in a format."""
    sink.writelines(chunks(log, form))


def export_file(log: Log, form: Format, file: Path) -> None:
    """Write a log into a file, which gets its name when it is complete: an interrupted export leaves no file."""
    number, name = mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    kept = Path(name)
    try:
        with os.fdopen(number, "wb") as sink:
            export(log, form, sink)
        kept.replace(file)
    finally:
        kept.unlink(missing_ok=True)
