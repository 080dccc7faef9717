"""A progress bar for long commands, on standard error and only on a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds before the bar is shown.
_PATIENCE = 2.0


@contextmanager
def progress(title: str) -> Iterator[Callable[[float], None]]:
    """A function to be called with the progress, from 0 to 1."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title, markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=1.0)
    began = time.monotonic()

    def show(done: float) -> None:
        if not bar.live.is_started and time.monotonic() - began >= _PATIENCE and bar.console.is_terminal:
            bar.start()
        bar.update(task, completed=done)

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()
