"""Time of the processor that processes spent, with all that they started."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import psutil


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    # Those of children count once they have ended and were waited for; the living are asked themselves.
    return float(times.user + times.system + times.children_user + times.children_system)


def spent(pids: Iterable[int]) -> float:
    """Seconds, of these processes and all below them."""
    total = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        total += _spent(root)
        for child in root.children(recursive=True):
            try:
                total += _spent(child)
            except psutil.NoSuchProcess:
                continue  # it ended since, and counts for its parent
    return total


class Meter:
    """What each group of processes spent since the start; this process, which has the clients, by itself."""

    def __init__(self, groups: Mapping[str, Iterable[int]]) -> None:
        self._groups = {name: list(pids) for name, pids in groups.items()}
        self._began = self._now()

    def _now(self) -> dict[str, float]:
        own = os.times()
        return {name: spent(pids) for name, pids in self._groups.items()} | {"clients": own.user + own.system}

    def read(self) -> dict[str, float]:
        """Seconds by group."""
        return {name: now - self._began[name] for name, now in self._now().items()}
