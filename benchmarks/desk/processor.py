"""Processor time of processes and all their children."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import psutil


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    # The times of children count once they have ended and were waited for; living ones are read themselves.
    return float(times.user + times.system + times.children_user + times.children_system)


def spent(pids: Iterable[int]) -> float:
    """Seconds of these processes and all their descendants."""
    total = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        total += _spent(root)
        for child in root.children(recursive=True):
            try:
                total += _spent(child)
            except psutil.NoSuchProcess:
                continue  # it has ended since, and counts for its parent
    return total


class Meter:
    """Processor time of each group since the start; this process, which has the clients, is a group of its own."""

    def __init__(self, groups: Mapping[str, Iterable[int]]) -> None:
        self._groups = {name: list(pids) for name, pids in groups.items()}
        self._began = self._now()

    def _now(self) -> dict[str, float]:
        own = os.times()
        return {name: spent(pids) for name, pids in self._groups.items()} | {"clients": own.user + own.system}

    def read(self) -> dict[str, float]:
        """Seconds by group."""
        return {name: now - self._began[name] for name, now in self._now().items()}
