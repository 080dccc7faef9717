"""The log while a command runs: one line for each record, and tracebacks with `--debug`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class _Brief(logging.Formatter):
    """A record as a sentence, without the place in the program."""

    def format(self, record: logging.LogRecord) -> str:
        from placet.catalog.composition import one_line

        error = record.exc_info[1] if record.exc_info else None
        return f"placet: {record.getMessage()}" + ("" if error is None else f": {one_line(error)}")


@contextmanager
def briefly() -> Iterator[None]:
    """Show warnings and errors in one line each, for as long as the context lasts or until `in_full`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Brief())
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


def in_full() -> None:
    """From now on show tracebacks: failures of a running server or worker are visible only in its log."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, _Brief):
            root.removeHandler(handler)


@contextmanager
def said_already() -> Iterator[None]:
    """Suppress records that an earlier step, or the process that started this one, has shown."""
    with without(logging.ERROR):
        yield


@contextmanager
def without(level: int) -> Iterator[None]:
    """Suppress records of this level and of lower ones while the context lasts."""
    logging.disable(level)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
