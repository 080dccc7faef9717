"""Verification of the whole log on a schedule, in parts between which acts go on."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from placet.engine.engine import Engine
from placet.engine.reports.audit import Audit
from placet.settings import Settings

_log = logging.getLogger(__name__)

#: Seconds between two looks whether one is due.
_EVERY = 5.0
#: Events and positions of one part, and the longest pause after one, in seconds: acts have half of the time at least.
_PART, _LONGEST_REST = 1000, 1.0


class LogVerifier:
    """Verifies the log when that is due; one that was stopped begins again."""

    def __init__(self, engine: Engine, settings: Settings, stopping: threading.Event) -> None:
        self._engine = engine
        self._every = timedelta(hours=settings.audit_verify_hours)
        self._stopping = stopping
        self._look_at = 0.0

    def look(self) -> bool:
        """Verify a part of the log if that is due; returns whether there may be more."""
        if not self._every or time.monotonic() < self._look_at:
            return False
        if not self._engine.verifications.is_due(self._every):
            self._look_at = time.monotonic() + _EVERY
            return False
        began = time.monotonic()
        audit = self._engine.verifications.go_on(_PART)
        if audit.next_cursor is None:
            _report(audit)
        self._stopping.wait(min(time.monotonic() - began, _LONGEST_REST))
        return True


def _report(audit: Audit) -> None:
    if audit.first_bad is None:
        _log.info("the log is verified: %d events, all intact", audit.events)
        return
    first = audit.first_bad
    _log.error(
        "what is stored is not what the log says: %d findings, the first in %s, event %d (%s): run placet audit verify",
        audit.found, first.key, first.seq, first.place,
    )  # fmt: skip
