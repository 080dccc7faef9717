"""Verification of a log that real methods wrote: its processor time for each event, and its memory.

The log is played: people of three methods make one act after the other, as in `methods.py`; then its workspaces are
copied with all that they have, until it is long enough. The measure is the processor's time of this process, so
that the machine's other work does not count.
"""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime
from itertools import cycle

from benchmarks.copies import copied
from benchmarks.desk.crews import FLOWS, PLACES, Installation
from benchmarks.methods import next_of
from benchmarks.rounds import Effort, Line
from placet.app import build
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.reports.audit import Audit
from placet.settings import Settings

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
#: Events that are played, and those of the whole log, as multiples of the effort's small number.
_PLAYED, _WHOLE = 0.1, 10
#: Events that a minute of processor time verifies, a second.
_A_MINUTE = 100_000 / 60
#: The memory of half the log, as a share of that of the whole: with memory that grows with the log it would be 0.5.
_CONSTANT = 0.6


def auditing(file: str, effort: Effort) -> list[Line]:
    """Events verified in a second of processor time, and the memory of half a log against that of the whole."""
    settings = Settings(database_url=f"sqlite:///{file}", check_deadline=60)
    installation = Installation(settings, NOW)
    play(installation, int(effort.small * _PLAYED))
    with installation.application.store.reading() as session:
        keys, played = session.workspace_keys(), session.log.last_position()
    installation.application.close()
    times = effort.small * _WHOLE // played
    copied(file, keys, range(times // 2))
    _, half, _ = _measured(settings)
    copied(file, keys, range(times // 2, times))
    events, whole, seconds = _measured(settings)
    rate, title = events / seconds, f"verification of {events:,} events, SQLite: "
    return [
        Line(f"{title}events a second", rate, "100,000 a minute", _A_MINUTE, rate / _A_MINUTE, 1.0),
        Line(f"{title}bytes at most", whole, "half the log", half, half / whole, _CONSTANT),
    ]


def _measured(settings: Settings) -> tuple[int, int, float]:
    """The events of a log, the bytes that their verification holds at most, and its processor time in seconds."""
    application = build(settings)
    began = time.process_time()
    events = verified(application.engine).events
    seconds = time.process_time() - began
    held = memory_of(application.engine)
    application.close()
    return events, held, seconds


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
