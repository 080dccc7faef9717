"""Due work at a moment: timers, what people are asked for on items, and periodic jobs of workspaces."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from placet.definitions.document import method_of
from placet.definitions.jobs import Job
from placet.engine.act.records import JobRun
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import ItemWriter

_log = logging.getLogger(__name__)

JOB, WAIVER = "job", "waiver"
#: How far back the first occurrence of a job that has never run may lie.
_YOUNG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due: a subject of an item, or a periodic job of a workspace."""

    at: datetime
    workspace: str
    #: 0 for a job.
    number: int
    #: `timer:ID`, `approval:ID`, `waiver:ID`, `confirmation:ID:PERSON`, `ask:CHECK:PERSON`, `job:ID`.
    subject: str

    @property
    def id(self) -> str:
        """An id: the same text for the same work at the same moment, in every process."""
        return f"{self.workspace}-{self.number}/{self.subject}@{self.at.isoformat()}"

    @property
    def method(self) -> str:
        """The method that it belongs to; empty for a waiver, which is the engine's own."""
        kind, _, name = self.subject.partition(":")
        return "" if kind == WAIVER else method_of(name)


def next_jobs(unit: UnitOfWork) -> list[Due]:
    """The next occurrence of every periodic job, in every workspace where its method is switched on."""
    found: list[Due] = []
    runs = unit.session.timers.last_runs()
    for key in unit.session.workspace_keys():
        try:
            found += _jobs_in(unit, key, runs.get(key, {}))
        except Exception:  # noqa: BLE001  # logged: a broken method set in one workspace stops no other
            unit.raise_failure()
            _log.exception("the periodic jobs of %s cannot be looked for", key)
    return found


def _jobs_in(unit: UnitOfWork, workspace: str, last: Mapping[str, datetime]) -> list[Due]:
    jobs, place = _jobs_of(unit, workspace), unit.workspace(workspace)
    if not jobs:
        return []
    # Occurrences before the job existed, or before its method was switched on, were not missed.
    new = max(place.created_at, unit.now - _YOUNG)
    zone = place.calendar.zone
    return [
        Due(job.after(last.get(job.id, new), zone), workspace, 0, f"{JOB}:{job.id}") for job in jobs.values()
    ]


def latest_jobs(unit: UnitOfWork) -> list[Due]:
    """The last occurrence until now of every periodic job that is due; earlier ones that were missed are left out."""
    found: list[Due] = []
    for due in next_jobs(unit):
        job, zone = (
            _jobs_of(unit, due.workspace)[due.subject.partition(":")[2]],
            unit.workspace(due.workspace).calendar.zone,
        )
        at = due.at
        while (following := job.after(at, zone)) <= unit.now:
            at = following
        if at <= unit.now:
            found.append(replace(due, at=at))
    return sorted(found, key=lambda due: due.at)


def run_job(unit: UnitOfWork, due: Due, name: str) -> None:
    """Do one occurrence of a job, if it has not been done."""
    job = _jobs_of(unit, due.workspace).get(name)
    last = unit.session.timers.last_run(due.workspace, name)
    if job is None or (last is not None and last >= due.at):
        return
    unit.job_run = JobRun(due.workspace, name, due.at, unit.now)
    ItemWriter(unit).run_job(due.workspace, job)
    unit.write()


def _jobs_of(unit: UnitOfWork, workspace: str) -> dict[str, Job]:
    return dict(unit.catalog(workspace).jobs)
