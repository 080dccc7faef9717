"""Timers: read them, list due work, and fire it.

Due work is done in ordinary acts of the actor `system`. Each act checks for itself whether the work is still due, so
that calling it twice, late, or after the item has moved does no harm. The time is that of the engine's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from placet.catalog.composition import one_line
from placet.definitions.wording import spoken_utc
from placet.engine.act.access import may_see, places, ref_of, shown_item
from placet.engine.act.people import Actor
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.ports import MovableClock
from placet.engine.act.queries import Page, TimerQuery
from placet.engine.act.records import ItemRef, JobRun, Postponement
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.timers.due import JOB, Due, latest_jobs, next_jobs, run_job
from placet.engine.timers.firing import fire_on_item, pause
from placet.engine.timers.views import TimerView, timer_views
from placet.errors import BusyError, ConflictError, PlacetError, UnavailableError

_log = logging.getLogger(__name__)

#: How much work of one moment is read at once.
_AT_ONCE = 100


class Timers:
    """Reading timers, and firing them for the worker."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def find(self, actor: Actor, query: TimerQuery, *, explain: bool = False) -> Page[TimerView]:
        """A page of the timers that the actor may see, read now."""

        def see(unit: UnitOfWork) -> Page[TimerView]:
            page = unit.session.timers.list_timers(query, unit.now)
            views = [
                view
                for record, timer in page.rows
                if may_see(unit, actor, record)
                for view in timer_views(unit, record, explain=explain, only=timer)
            ]
            return Page(views, page.next_cursor)

        return self._acts.look(see)

    def query(
        self, actor: Actor, *, workspace: str | None = None, item: str | None = None, **asked: Any
    ) -> TimerQuery:
        """A query of timers, restricted to those that the actor may see."""

        def see(unit: UnitOfWork) -> TimerQuery:
            ref = None if item is None else ref_of(shown_item(unit, actor, item))
            if ref is not None and workspace is None:
                return TimerQuery((ref.workspace,), ref, **asked)
            return TimerQuery(places(unit, actor, workspace), ref, **asked)

        return self._acts.look(see)

    def due(
        self, before: datetime, limit: int = 100, *, but: Collection[str] = (), jobs: bool = True
    ) -> Sequence[Due]:
        """Due work at a moment, in order of time, without that of some methods, and if wanted without periodic jobs."""

        def see(unit: UnitOfWork) -> Sequence[Due]:
            found = [
                Due(at, ref.workspace, ref.number, subject)
                for ref, subject, at in unit.session.timers.due(before, limit, but)
            ]
            if jobs:
                found += [due for due in next_jobs(unit) if due.at <= before and due.method not in but]
            return sorted(found, key=lambda due: due.at)[:limit]

        return self._acts.look(see, now=before, whole=True)

    def _next(self, until: datetime, *, jobs: bool) -> list[Due]:
        """All work that is due first, at one moment until then; nothing if nothing is due."""

        def see(unit: UnitOfWork) -> list[Due]:
            found = next_jobs(unit) if jobs else []
            waiting = unit.session.timers.due(until, _AT_ONCE, ())
            found += [Due(at, ref.workspace, ref.number, subject) for ref, subject, at in waiting]
            earliest = min((due.at for due in found), default=until)
            return [due for due in found if due.at == earliest <= until]

        return self._acts.look(see, whole=True)

    def fire(self, due: Due) -> None:
        """Do due work, if it is still due. A refusal or failure is recorded, and the work is tried again later.

        Raises:
            BusyError: every attempt met other writers; the work is still due.
            UnavailableError: the database is unavailable; the work is still due, or it is unknown whether it was done.
        """
        try:
            self.carry_out(due)
        except (BusyError, UnavailableError):
            raise
        except PlacetError as error:
            _log.warning("%s could not be done: %s", due.id, error)
            self.put_off(due, str(error))
        except PluginError as failure:
            _log.error("%s of the method %s failed: %s", due.id, due.method, failure, exc_info=failure.error)
            self.put_off(due, str(failure))
        except Exception as error:  # noqa: BLE001  # in the log, and it must not stop other due work
            _log.exception("%s of the method %s failed", due.id, due.method)
            self.put_off(due, one_line(error))

    def carry_out(self, due: Due) -> None:
        """Do due work, if it is still due. Raises `BlockedError`, or the error of a plugin's code."""
        kind, _, name = due.subject.partition(":")
        if kind == JOB:
            self._acts.act("job", lambda unit: run_job(unit, due, name))
        else:
            self._acts.act("fire", lambda unit: fire_on_item(unit, due))

    def pass_time(
        self,
        clock: MovableClock,
        until: datetime,
        *,
        fire: Callable[[Due], None] | None = None,
        jobs: bool = True,
    ) -> None:
        """Move the engine's clock forward, and do the work that becomes due on the way, each at its own moment.

        Args:
            clock: the engine's own.
            until: the clock's new moment.
            fire: does the due work, in place of the method `fire`.
            jobs: whether periodic jobs run on the way; those that were left out wait for `catch_up`.

        Raises:
            ConflictError: the moment is in the clock's past.
        """
        now = clock.now()
        if until < now:
            raise ConflictError(
                f"it is {spoken_utc(now)}, and the clock never goes back to {spoken_utc(until)}"
            )
        done: list[Due] = []
        while found := self._next(until, jobs=jobs):
            clock.move_to(max(found[0].at, clock.now()))
            for due in found:
                if due in done:
                    self.put_off(due, "it was done, and is due all the same")
                else:
                    (fire or self.fire)(due)
            done = found
        clock.move_to(until)

    def catch_up(self) -> None:
        """Run each periodic job that is due once, however many of its moments have passed."""
        for due in self._acts.look(latest_jobs):
            self.fire(due)

    def put_off(self, due: Due, failure: str) -> None:
        """Put off work that failed, so that it does not block the work after it; it is tried again later.

        Where it was done after all (a call that took too long may still have ended), or put off by another process, it
        is due at another moment by now, and nothing is changed. A job's occurrence counts as failed and is not
        repeated; the next one comes at its time.
        """

        def do(unit: UnitOfWork) -> None:
            if due.number:
                ref = ItemRef(due.workspace, due.number)
                tries = unit.session.timers.tries(ref, due.subject)
                unit.postpone(Postponement(ref, due.subject, tries, due.at, unit.now + pause(tries)))
            else:
                job = due.subject.partition(":")[2]
                last = unit.session.timers.last_run(due.workspace, job)
                if last is not None and last >= due.at:
                    return
                unit.job_run = JobRun(due.workspace, job, due.at, unit.now, failure)
            unit.write()

        self._acts.act("postpone", do)
