"""A plugin of pytest: the processor seconds of each file of tests, in which the clock on the wall has no part.

    PYTHONPATH=tests PYTEST_ADDOPTS="-p costs" make test

A busy machine makes every test longer and few of them dearer. Counted is what the process of a test takes, and all
processes that it has started and those have; on Linux, which shows them. A server that several tests share costs the
one that runs meanwhile.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

#: The name under which a report carries its seconds from the process of the test.
_SECONDS = "cpu"
#: Files that are shown, the dearest first.
_SHOWN = 40
#: Times of a process and of its children that have ended, in what Linux shows after its name.
_TIMES = slice(11, 15)


class Costs:
    """The seconds of this process, each counted once."""

    def __init__(self) -> None:
        self._tick = os.sysconf("SC_CLK_TCK")
        self._before = self._spent()
        self._by_file: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what was spent since the report before."""
        report = yield
        spent = self._spent()
        own = [pair for pair in report.user_properties if pair[0] != _SECONDS]
        report.user_properties = [*own, (_SECONDS, spent - self._before)]
        self._before = spent
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a report to its file; where tests run side by side, in the process that began them."""
        seconds = dict(report.user_properties).get(_SECONDS)
        if isinstance(seconds, float):
            self._by_file[report.nodeid.partition("::")[0]] += seconds

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the dearest files."""
        terminalreporter.section("processor seconds")
        dearest = sorted(self._by_file.items(), key=lambda each: each[1], reverse=True)
        for file, seconds in dearest[:_SHOWN]:
            terminalreporter.write_line(f"{seconds:8.1f} {file}")
        terminalreporter.write_line(f"{sum(self._by_file.values()):8.1f} in all")

    def _spent(self) -> float:
        own = os.times()
        others = own.children_user + own.children_system + sum(_ticks(os.getpid())) / self._tick
        return own.user + own.system + others


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.pluginmanager.register(Costs())


def _ticks(pid: int) -> Iterator[int]:
    """Of all processes below one that have not ended."""
    try:
        children = [
            int(child)
            for each in Path(f"/proc/{pid}/task").iterdir()
            for child in (each / "children").read_text().split()
        ]
    except OSError:  # it has ended meanwhile
        return
    for child in children:
        try:
            shown = Path(f"/proc/{child}/stat").read_text()
        except OSError:
            continue
        yield sum(map(int, shown.rpartition(")")[2].split()[_TIMES]))
        yield from _ticks(child)
