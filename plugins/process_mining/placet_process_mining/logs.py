"""Foreign logs in all formats, as rows of the columns of a map, in the order of the file.

The first bytes of a file show its format. Each reader holds one row at a time, and never resolves references.

Columns are those of a CSV's header. An event of XES has its attributes by their keys, and those of its trace with
`case:` in front. OCEL gives a row for each object that an event is related to: the event's attributes by name, and
`ocel:eid`, `ocel:activity`, `ocel:timestamp`, `ocel:oid`, `ocel:type` (the object's) and `ocel:qualifier`.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lxml import etree

from placet import MalformedError
from placet_process_mining.columns import Columns
from placet_process_mining.faults import LogError, Place
from placet_process_mining.ocel_logs import json_rows, sqlite_rows

#: A row: its place, and the values of the requested columns.
Row = tuple[Place, Sequence[str]]
_BYTE_ORDER_MARK = "\ufeff"
_GZIP, _SQLITE = b"\x1f\x8b", b"SQLite format 3\x00"
#: Longest value of a CSV, in characters.
_LONGEST = 16 * 1024 * 1024


class LogFile:
    """An open log."""

    def __init__(self, file: Path) -> None:
        """Raises `MalformedError` if it cannot be opened."""
        self.file = file
        self._opened = ExitStack()
        try:
            self._raw = self._opened.enter_context(file.open("rb"))
        except OSError as error:
            raise MalformedError(f"the log {file} cannot be read: {error.strerror}") from None
        self._size = max(file.stat().st_size, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._opened.close()

    def done(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._raw.tell() / self._size

    def rows(self, columns: Sequence[str], *, delimiter: str = ",", encoding: str = "utf-8") -> Iterator[Row]:
        """Its rows.

        Raises:
            LogError: a column is missing, or a part cannot be read; it has the place.
        """
        start = self._raw.read(len(_SQLITE))
        self._raw.seek(0)
        if start == _SQLITE:
            return sqlite_rows(self.file, columns)
        return self._text_rows(columns, delimiter, encoding, packed=start.startswith(_GZIP))

    def _text_rows(
        self, columns: Sequence[str], delimiter: str, encoding: str, *, packed: bool
    ) -> Iterator[Row]:
        stream: Any = self._raw
        if packed:
            stream = self._opened.enter_context(gzip.GzipFile(fileobj=self._raw))
        try:
            match stream.peek(512).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]:
                case b"<":
                    yield from _xes_rows(self.file, stream, columns)
                case b"{":
                    yield from json_rows(self.file, stream, columns)
                case _:
                    text = self._opened.enter_context(io.TextIOWrapper(stream, encoding, newline=""))
                    yield from _csv_rows(self.file, text, columns, delimiter)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise LogError(self.file, None, f"is not a complete gzip file: {error}") from None


def _csv_rows(file: Path, text: io.TextIOWrapper, columns: Sequence[str], delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST)
    try:
        # Whatever the encoding: editors and spreadsheets begin a file with a mark that is not part of its first column.
        first = text.readline().removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise _not_decoded(file, text, error) from None
    reader = csv.reader(chain([first], text), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        missing = Columns(columns)
        missing.there(header)
        missing.demand(file, 1)
        for column in columns:
            if header.count(column) > 1:
                raise LogError(file, 1, f'the column "{column}" is there {header.count(column)} times')
        chosen = itemgetter(*(header.index(column) for column in columns))
        width = len(header)
        for row in reader:
            if len(row) != width:
                if not row:
                    continue
                message = (
                    f"there are {len(row)} values for {width} columns: quote those that hold {delimiter!r}"
                )
                raise LogError(file, reader.line_num, message)
            yield reader.line_num, chosen(row)
    except csv.Error as error:
        raise LogError(file, reader.line_num, f"is not CSV: {error}") from None
    except UnicodeDecodeError as error:
        raise _not_decoded(file, text, error) from None


def _not_decoded(file: Path, text: io.TextIOWrapper, error: UnicodeDecodeError) -> LogError:
    message = f"is not in {text.encoding} ({error.reason}): name its `encoding` in the map"
    return LogError(file, _odd_line(text), message)


def _odd_line(text: io.TextIOWrapper) -> int | None:
    """The first line that is not in the encoding; text is decoded many lines at a time."""
    stream: Any = text.buffer
    stream.seek(0)
    for n, line in enumerate(stream, start=1):
        try:
            line.decode(text.encoding)
        except UnicodeDecodeError:
            return n
    return None


def _xes_rows(file: Path, stream: Any, columns: Sequence[str]) -> Iterator[Row]:
    met = Columns(columns)
    of_trace: dict[str, str] = {}
    trace: Any = None
    previous: Any = None
    parsed: Any = etree.iterparse(
        stream, events=("end",), tag=("{*}event", "{*}trace"), resolve_entities=False, no_network=True,
        load_dtd=False,
    )  # fmt: skip
    try:
        for _, element in parsed:
            if etree.QName(element).localname == "trace":
                # Read elements are released, or the whole log would grow in memory.
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
                trace = previous = None
                continue
            parent = element.getparent()
            if parent is not trace:
                trace = parent
                of_trace = {f"case:{name}": value for name, value in _attributes(parent).items()}
            elif previous is not None:
                parent.remove(previous)
            previous = element
            values = of_trace | _attributes(element)
            met.there(values)
            yield int(element.sourceline), [values.get(column, "") for column in columns]
    except etree.XMLSyntaxError as error:
        raise LogError(file, error.lineno, f"is not XML: {error.msg}") from None
    root = etree.QName(parsed.root).localname
    if root != "log":
        raise LogError(
            file, None, f"is not XES: its root is the element {root!r}, and that of a log is 'log'"
        )
    met.demand(file)


def _attributes(element: Any) -> dict[str, str]:
    return {child.get("key"): child.get("value", "") for child in element if child.get("key") is not None}
