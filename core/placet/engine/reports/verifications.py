"""Verifications of the whole log on a schedule: each is an event of the installation, so that methods can act on it.

An event names histories and tables, and no values: what somebody typed is erased where it is, and nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from placet.engine.act.installation import note
from placet.engine.act.latest_verification import FAILED, INTACT, KINDS
from placet.engine.act.people import INSTALLATION
from placet.engine.act.records import EventRecord
from placet.engine.act.runner import SYSTEM_ACTOR, ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.audit import Audit, Auditor
from placet.engine.reports.verification.findings import KEPT


class Verifications:
    """Verifies the log part by part, and keeps the result. For the worker, as `system`."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts
        self._auditor = Auditor(acts)
        #: The verification under way; `None` between two of them.
        self._under_way: Audit | None = None

    def is_due(self, every: timedelta) -> bool:
        """Whether so much time has passed since the latest verification, or since the log began."""
        if self._under_way is not None:
            return True
        now = self._acts.clock.now()
        return self._acts.look(lambda unit: _since(unit, now)) + every <= now

    def go_on(self, limit: int) -> Audit:
        """Verify about so many events and positions more; at the end, the result is kept in the log."""
        before = self._under_way
        after = None if before is None else before.next_cursor
        part = self._auditor.verify(SYSTEM_ACTOR, after=after, limit=limit)
        whole = part if before is None else _joined(before, part)
        self._under_way = whole if whole.next_cursor is not None else None
        if whole.next_cursor is None:
            self._acts.administer("note_verification", lambda unit: _note(unit, whole))
        return whole


def _since(unit: UnitOfWork, now: datetime) -> datetime:
    latest = unit.session.log.latest(INSTALLATION, KINDS)
    if latest is not None:
        return latest.at
    first = unit.session.log.events_after(0, 1)
    return first[0].event.at if first else now


def _joined(before: Audit, part: Audit) -> Audit:
    """A verification with one more part."""
    findings = (*before.findings, *part.findings)[:KEPT]
    return replace(
        part,
        ok=before.ok and part.ok,
        events=before.events + part.events,
        first_bad=findings[0] if findings else None,
        findings=findings,
        found=before.found + part.found,
        subjects=before.subjects | part.subjects,
    )


def _note(unit: UnitOfWork, audit: Audit) -> EventRecord:
    data: dict[str, Any] = {"events": audit.events}
    if not audit.ok:
        findings = [{"key": each.key, "seq": each.seq, "place": each.place} for each in audit.findings]
        data |= {"found": audit.found, "subjects": sorted(audit.subjects), "findings": findings}
    return note(unit, INTACT if audit.ok else FAILED, SYSTEM_ACTOR, data)
