"""An act under PRINCE2 and under Agile, against one under ITIL: no method costs much more than another.

Sixteen people on four projects, in four teams, and at one service desk; see `desk/crews.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.desk.crews import FLOWS, PLACES, Installation, Work
from benchmarks.rounds import Candidate, Effort, Line, compare, in_threads
from placet.settings import Settings

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
#: Ratio of an act's rate to that of ITIL.
AIM = 0.5


def methods(kind: str, url: str, effort: Effort) -> list[Line]:
    """The methods against each other on one database: one person, and as many threads as there are places."""
    installation = Installation(Settings(database_url=url), NOW)
    lines = []
    for clients in (1, PLACES):
        for name in ("PRINCE2", "Agile"):
            candidates: dict[str, Candidate] = {
                each: in_threads(
                    [next_of(installation, FLOWS[each](installation.crews, n)) for n in range(clients)]
                )
                for each in (name, "ITIL")
            }
            title = f"an act under {name}, {kind}, {clients} client(s)"
            lines += compare(title, candidates, {"ITIL": AIM}, effort)
    installation.application.close()
    return lines


def next_of(installation: Installation, work: Work) -> Callable[[], object]:
    """A client that makes the next act each time."""
    answers = [""]

    def act() -> object:
        wish = work.send(answers[0]) if answers[0] else next(work)
        answers[0] = installation.done(wish)
        return wish

    return act
