"""Verification of a log that real methods wrote: its processor time for each event, and its memory.

The log is played: people of three methods make one act after the other, as in `methods.py`. What is measured is the
processor's time of this process, so that the machine's other work does not count.
"""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime
from itertools import cycle

from benchmarks.desk.crews import FLOWS, PLACES, Installation
from benchmarks.methods import next_of
from benchmarks.rounds import Effort, Line
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.reports.audit import Audit
from placet.settings import Settings

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
#: Events of the log, as a multiple of the effort's small number, and those that a minute of processor time verifies.
_EVENTS, _A_MINUTE = 10, 100_000 / 60
#: The memory of a log of half the length, as a share of that of the whole.
_CONSTANT = 0.8


def auditing(url: str, effort: Effort) -> list[Line]:
    """Events verified in a second of processor time, and the memory of half a log against that of the whole."""
    installation = Installation(Settings(database_url=url), NOW)
    engine, wanted = installation.application.engine, effort.small * _EVENTS
    play(installation, wanted // 2)
    half = memory_of(engine)
    play(installation, wanted)
    began = time.process_time()
    audit = verified(engine)
    rate = audit.events / (time.process_time() - began)
    whole = memory_of(engine)
    installation.application.close()
    title = f"verification of {audit.events:,} events, SQLite: "
    return [
        Line(f"{title}events a second", rate, "100,000 a minute", _A_MINUTE, rate / _A_MINUTE, 1.0),
        Line(f"{title}bytes at most", whole, "half the log", half, half / whole, _CONSTANT),
    ]


def play(installation: Installation, events: int) -> None:
    """Let people act until the log has so many events."""
    store = installation.application.store
    acts = cycle(
        [
            next_of(installation, FLOWS[name](installation.crews, n))
            for n in range(PLACES)
            for name in sorted(FLOWS)
        ]
    )
    while True:
        for _ in range(100):
            next(acts)()
        with store.reading() as session:
            if session.log.last_position() >= events:
                return


def verified(engine: Engine) -> Audit:
    """Everything, verified: a log that does not hold measures nothing."""
    audit = engine.reports.verify(SYSTEM_ACTOR)
    if not audit.ok:
        raise AssertionError(f"the log does not hold: {audit.first_bad}")
    return audit


def memory_of(engine: Engine) -> int:
    """Bytes that a verification holds at most, besides what was there before."""
    tracemalloc.start()
    try:
        verified(engine)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
