"""Firing: what is due is rung, each thing as an errand of its own."""

from __future__ import annotations

import time
from datetime import datetime

from placet.engine.due import Due
from placet.engine.engine import Engine
from placet.worker.errands import Errand, Errands

#: The kind of work that an errand of ours is.
RING = "ring"
#: Things rung at a time.
_BATCH = 200
#: Seconds after which it is asked what became of an errand.
_LEASE = 60.0


class Firing:
    """Everything about what happens without a person."""

    def __init__(self, engine: Engine, errands: Errands) -> None:
        self._engine = engine
        self._errands = errands
        #: By what is due: how often an errand for it was given, and until when nobody asks after it.
        self._given: dict[str, tuple[int, float]] = {}

    def fire(self) -> bool:
        """Give errands for what is due; answers whether there may be more."""
        due = self._engine.due(self._engine.clock.now(), _BATCH)
        now = time.monotonic()
        self._given = {each.id: self._given[each.id] for each in due if each.id in self._given}
        asked = [each for each in due if self._given.get(each.id, (0, 0.0))[1] <= now]
        known = {self._errand(each).id for each in asked if each.id in self._given}
        waiting = self._errands.waiting(known)
        for each in asked:
            # The engine looks for itself whether something is still due: one too many does no harm.
            ended = each.id in self._given and self._errand(each).id not in waiting
            run = self._given.get(each.id, (0, 0.0))[0] + ended
            self._given[each.id] = run, now + _LEASE
        self._errands.give([self._errand(each) for each in asked])
        return len(due) == _BATCH and bool(asked)

    def ring(self, at: str, workspace: str, number: str, subject: str) -> None:
        """Do one errand: what is due happens, if it still is."""
        self._engine.ring(Due(datetime.fromisoformat(at), workspace, int(number), subject))

    def _errand(self, due: Due) -> Errand:
        run = self._given.get(due.id, (0, 0.0))[0]
        arguments = (due.at.isoformat(), due.workspace, str(due.number), due.subject)
        return Errand(f"{due.id}.{run}", RING, due.workspace, arguments)
