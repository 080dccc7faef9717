"""An act under PRINCE2 and under Agile, against one under ITIL: no method costs much more than another.

Sixteen people on four projects, in four teams, and at one service desk; see `desk/crews.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.desk.crews import FLOWS, PLACES, Installation, Make, Wish, Work
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
            candidates = {each: _together(installation, each, clients) for each in (name, "ITIL")}
            title = f"an act under {name}, {kind}, {clients} client(s)"
            lines += compare(title, candidates, {"ITIL": AIM}, effort)
    installation.application.close()
    return lines


def _together(installation: Installation, name: str, clients: int) -> Candidate:
    """Clients of one method, each in a thread; the rate is that of acts.

    Each has made a turn before: the first acts of a process register searches and fill its caches.
    """
    turns = [turns_of(installation, FLOWS[name](installation.crews, n)) for n in range(clients)]
    (acts,) = {turn() for turn in turns}
    run = in_threads(turns)
    return lambda seconds: acts * run(seconds)


def turns_of(installation: Installation, work: Work) -> Callable[[], int]:
    """A client that makes a whole turn each time, up to the next making of the item with which it began.

    It answers the number of acts. Acts of one turn differ in their costs far more than the methods do: parts of turns,
    as short runs meet them, cannot be compared.
    """
    wishes = [next(work)]

    def turn() -> int:
        acts = 0
        while not acts or _form(wishes[0]) != begun:
            wishes[0] = work.send(installation.done(wishes[0]))
            acts += 1
        return acts

    begun = _form(wishes[0])
    return turn


def _form(wish: Wish) -> str:
    """The type of an item that is made; empty for other wishes."""
    return wish.type if isinstance(wish, Make) else ""


def next_of(installation: Installation, work: Work) -> Callable[[], object]:
    """A client that makes the next act each time."""
    answers = [""]

    def act() -> object:
        wish = work.send(answers[0]) if answers[0] else next(work)
        answers[0] = installation.done(wish)
        return wish

    return act
