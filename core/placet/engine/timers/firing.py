"""What happens without a person: timers that come to a point, approvals and waivers that end, periodic jobs.

Each is an act like any other, as the actor `system`, and decides by itself whether there is anything to do: called
twice, or late, or after the item has moved on, it does nothing wrong. The moment that counts is the clock's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from placet.catalog.composition import one_line
from placet.definitions.context import ApprovalStatus
from placet.definitions.document import method_of, plain
from placet.definitions.jobs import Job
from placet.definitions.roles import SYSTEM
from placet.definitions.timers import Threshold, Timer
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.ports import MovableClock, Page, TimerQuery
from placet.engine.act.records import Actor, Clock, ItemRecord, ItemRef, JobRun, Mark, Owed, Postponement
from placet.engine.act.runner import Kernel, may_see, ref_of
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.rounds import with_round
from placet.engine.items.writer import Hand
from placet.engine.notifications.phrases import time_is_up
from placet.engine.rules.context import Context
from placet.engine.rules.grounds import blocker_data
from placet.engine.rules.previews import TimerLine
from placet.engine.timers import readings as clocks
from placet.engine.timers.marks import holds, mark_data
from placet.engine.timers.schedules import TIMER, lapses, points
from placet.engine.timers.views import timer_lines
from placet.errors import BlockedError, BusyError, ConflictError, PlacetError, UnavailableError

_log = logging.getLogger(__name__)

JOB, WAIVER = "job", "waiver"
#: What is refused or fails is tried again after so long, twice as long each time, up to a day.
_FIRST_RETRY = timedelta(minutes=15)
_LONGEST_RETRY = timedelta(days=1)
#: Points of one clock that are acted on in one transaction; after a long standstill there may be many.
_POINTS = 20
#: How far back the first occurrence of a job may lie that has never run.
_YOUNG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due: a subject of an item, or a periodic job of a workspace."""

    at: datetime
    workspace: str
    #: 0 for a job.
    number: int
    #: `timer:ID`, `approval:ID`, `waiver:ID`, `job:ID`.
    subject: str

    @property
    def id(self) -> str:
        """The same text for the same thing at the same moment, whoever finds it."""
        return f"{self.workspace}-{self.number}/{self.subject}@{self.at.isoformat()}"

    @property
    def method(self) -> str:
        """The method that it is of; empty for a waiver, which is the engine's own."""
        kind, _, name = self.subject.partition(":")
        return "" if kind == WAIVER else method_of(name)


class DueVerbs(Kernel):
    """What the worker calls, and what shows the clocks."""

    # Looking

    def timers(self, asker: Actor, query: TimerQuery, *, explain: bool = False) -> Page[TimerLine]:
        """A page of timers that the asker may see, read now."""

        def see(work: UnitOfWork) -> Page[TimerLine]:
            page = work.session.list_timers(query, work.now)
            lines = [
                line
                for record, timer in page.rows
                if may_see(work, asker, record)
                for line in timer_lines(work, record, explain=explain, only=timer)
            ]
            return Page(lines, page.next_cursor)

        return self.look(see)

    def timer_query(
        self, asker: Actor, *, workspace: str | None = None, item: str | None = None, **asked: Any
    ) -> TimerQuery:
        """A query of timers, restricted to what the asker may see."""

        def see(work: UnitOfWork) -> TimerQuery:
            ref = None if item is None else ref_of(self.seen(work, asker, item))
            places = self.visible_workspaces(work, asker)
            if workspace is not None:
                places = (self.seen_workspace(work, asker, workspace).key,)
            if ref is not None and workspace is None:
                places = (ref.workspace,)
            return TimerQuery(places, ref, **asked)

        return self.look(see)

    def due(self, before: datetime, limit: int = 100, *, but: Collection[str] = ()) -> Sequence[Due]:
        """What is due at a moment, in the order of the moments, that of some methods left out."""

        def see(work: UnitOfWork) -> Sequence[Due]:
            found = [
                Due(at, ref.workspace, ref.number, subject)
                for ref, subject, at in work.session.due(before, limit, but)
            ]
            found += [due for due in self._jobs(work) if due.at <= before and due.method not in but]
            return sorted(found, key=lambda due: due.at)[:limit]

        return self.look(see, now=before)

    def next_due(self) -> datetime | None:
        """When the next thing is due; `None` if nothing is to come."""

        def see(work: UnitOfWork) -> datetime | None:
            moments = [due.at for due in self._jobs(work)]
            first = work.session.next_due()
            return min([*moments, first] if first is not None else moments, default=None)

        return self.look(see)

    def _jobs(self, work: UnitOfWork) -> list[Due]:
        """The next occurrence of every periodic job, in every workspace that has its method switched on."""
        found: list[Due] = []
        for key in work.session.workspace_keys():
            try:
                found += self._jobs_in(work, key)
            except Exception:  # noqa: BLE001  # logged: methods that do not work in one workspace stop no other
                work.raise_trouble()
                _log.exception("the periodic jobs of %s cannot be looked for", key)
        return found

    @staticmethod
    def _jobs_in(work: UnitOfWork, workspace: str) -> list[Due]:
        jobs, place = _jobs_of(work, workspace), work.workspace(workspace)
        if not jobs:
            return []
        last = work.session.last_runs(workspace)
        # Before a job was there, or its method switched on, it was not missed.
        new = max(place.created_at, work.now - _YOUNG)
        zone = place.calendar.zone
        return [
            Due(job.after(last.get(job.id, new), zone), workspace, 0, f"{JOB}:{job.id}")
            for job in jobs.values()
        ]

    # Acting

    def fire(self, due: Due) -> None:
        """Do what is due, if it still is. What is refused or fails is recorded, and tried again later.

        Raises:
            BusyError: it met other writers in every attempt, and is still due.
            UnavailableError: the database is away; it is still due, unless it is not known whether it was done.
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
        except Exception as error:  # noqa: BLE001  # in the log, and it must not stop what is due after it
            _log.exception("%s of the method %s failed", due.id, due.method)
            self.put_off(due, one_line(error))

    def carry_out(self, due: Due) -> None:
        """Do what is due, if it still is. Raises what stands in the way, or what a plugin's code raises."""
        kind, _, name = due.subject.partition(":")
        if kind == JOB:
            self.act("job", lambda work: self._run_job(work, due, name))
        else:
            self.act("fire", lambda work: self._fire(work, due))

    def pass_time(
        self, clock: MovableClock, until: datetime, *, fire: Callable[[Due], None] | None = None
    ) -> None:
        """Move the engine's clock forward, and do on the way what becomes due, each thing at its own moment.

        Args:
            clock: the engine's own.
            until: where it stands afterwards.
            fire: does what is due in place of `fire`.

        Raises:
            ConflictError: the moment lies in the clock's past.
        """
        now = clock.now()
        if until < now:
            raise ConflictError(
                f"the clock stands at {now.isoformat()} and never goes back to {until.isoformat()}"
            )
        last: Due | None = None
        while (first := self.next_due()) is not None and first <= until:
            clock.move_to(max(first, clock.now()))
            for due in self.due(clock.now(), 1):
                if due == last:
                    self.put_off(due, "it was done, and is due all the same")
                else:
                    (fire or self.fire)(due)
                last = due
        clock.move_to(until)

    def put_off(self, due: Due, trouble: str) -> None:
        """Whatever went wrong must not stand in the way of what is due after it: it is tried again later.

        Where it was done after all (one that took too long was left to itself, and came to its end), or put off by
        somebody else, it is due at another moment by now, and stays as it is.
        A job's occurrence is not repeated, and counts as one that failed; the next comes at its time.
        """

        def do(work: UnitOfWork) -> None:
            if due.number:
                ref = ItemRef(due.workspace, due.number)
                tries = work.session.tries(ref, due.subject)
                work.postpone(Postponement(ref, due.subject, tries, due.at, work.now + _pause(tries)))
            else:
                job = due.subject.partition(":")[2]
                last = work.session.last_runs(due.workspace).get(job)
                if last is not None and last >= due.at:
                    return
                work.job_run = JobRun(due.workspace, job, due.at, work.now, trouble)
            work.write()

        self.act("postpone", do)

    def _fire(self, work: UnitOfWork, due: Due) -> None:
        kind, _, name = due.subject.partition(":")
        record = work.own(ItemRef(due.workspace, due.number))
        match kind:
            case "timer":
                self._fire_timer(work, record, name, due.at)
                return
            case "approval":
                _end_approval(work, record, name)
            case _:
                _end_waiver(work, record, name)
        _write(work, record)

    def _fire_timer(self, work: UnitOfWork, record: ItemRecord, id: str, was: datetime) -> None:
        item_type, clock = work.item_type(record), record.timers.get(id)
        timer = None if item_type is None else next((t for t in item_type.timers if t.id == id), None)
        ref, subject = ref_of(record), f"{TIMER}:{id}"
        if timer is None or clock is None:
            # Its method is switched off, or knows the timer no more.
            tries = work.session.tries(ref, subject)
            work.postpone(Postponement(ref, subject, tries, was, work.now + _LONGEST_RETRY))
            work.write()
        elif clock.owed is not None and clock.owed.since <= work.now:
            self._pay(work, record, timer, clock.owed, was)
            work.write()
        else:
            self._act_on_points(work, record, timer, was)
            _write(work, record)

    def _act_on_points(self, work: UnitOfWork, record: ItemRecord, timer: Timer, was: datetime) -> None:
        """Act on the points that a clock has come to, in order, until one of them moves the item."""
        calendars = work.workspace(record.workspace).timetable
        for _ in range(_POINTS):
            clock = record.timers[timer.id]
            passed = [point for point in points(timer, clock, calendars, work.now) if point[0] <= work.now]
            if not passed:
                return
            moment, threshold = passed[0]
            if threshold is None:
                mark = Mark(moment, "repeat", timer.id, clock.target)
                marks = [mark_data(timer.id, mark)]
                told = {"timer": timer.id, "point": "repeat", "due_at": moment, "timers": marks}
                _keep(work, record, timer, clocks.marked(clock, mark), told)
            else:
                self._pass(work, record, timer, threshold, was)
                if threshold.fires is not None:
                    return
            record = work.own(ref_of(record))

    def _pass(
        self, work: UnitOfWork, record: ItemRecord, timer: Timer, threshold: Threshold, was: datetime
    ) -> None:
        """A clock has come to a point: record it, run its effects, make its transition."""
        clock = record.timers[timer.id]
        reading = clocks.read(clock, work.workspace(record.workspace).timetable, work.now)
        ctx = Context(work, record, SYSTEM)
        ctx.speaks_for(method_of(timer.id))
        acts = threshold.when is None or work.guard.call(timer.id, ctx, partial(holds, threshold.when))
        owed = None if threshold.fires is None or not acts else Owed(threshold.fires, work.now)
        told = {
            "timer": timer.id,
            "point": threshold.label,
            "due_at": reading.due_at,
            "elapsed": plain(reading.elapsed),
            "notifies": list(threshold.notifies) if acts else [],
        }
        clock = replace(clock, fired=(*clock.fired, threshold.label), owed=owed or clock.owed)
        record = _keep(work, record, timer, clock, told)
        if acts:
            Hand(work).run_effects(ref_of(record), threshold.effects, timer.id)
        if owed is not None:
            self._pay(work, work.own(ref_of(record)), timer, owed, was)

    def _pay(self, work: UnitOfWork, record: ItemRecord, timer: Timer, owed: Owed, was: datetime) -> None:
        """Make the transition that a clock demands, or keep in mind that it is still to be made."""
        ref, kept = ref_of(record), work.checkpoint()
        paid = replace(record.timers[timer.id], owed=None)
        work.put(replace(record, timers={**record.timers, timer.id: paid}))
        try:
            comment = time_is_up(timer.title)
            Hand(work).move(ref, owed.transition, {}, comment, SYSTEM, caused_by=timer.id, kept=False)
        except BlockedError as refusal:
            work.back_to(kept)
            self._refused(work, work.own(ref), timer, owed, refusal, was)

    def _refused(
        self,
        work: UnitOfWork,
        record: ItemRecord,
        timer: Timer,
        owed: Owed,
        refusal: BlockedError,
        was: datetime,
    ) -> None:
        subject = f"{TIMER}:{timer.id}"
        tries = work.session.tries(ref_of(record), subject)
        until = work.now + _pause(tries)
        by = tuple(sorted({f"{blocker.gate}/{blocker.check}" for blocker in refusal.blockers}))
        clock = replace(record.timers[timer.id], owed=replace(owed, refused_by=by, since=until))
        changed = replace(record, timers={**record.timers, timer.id: clock})
        # Only news is recorded: the same refusal again and again would fill the history.
        if by != owed.refused_by and work.workspace(record.workspace).record_refusals:
            told = {
                "transition": owed.transition,
                "from_state": record.state,
                "caused_by": timer.id,
                "blockers": [blocker_data(b) for b in (*refusal.blockers, *refusal.observed)],
            }
            Hand(work).append(changed, "refused", SYSTEM, told, content=False)
        elif work.events:
            work.put(changed)
        else:
            work.postpone(Postponement(ref_of(record), subject, tries, was, until))

    # Jobs

    def _run_job(self, work: UnitOfWork, due: Due, name: str) -> None:
        job = _jobs_of(work, due.workspace).get(name)
        last = work.session.last_runs(due.workspace).get(name)
        if job is None or (last is not None and last >= due.at):
            return
        work.job_run = JobRun(due.workspace, name, due.at, work.now)
        Hand(work).run_job(due.workspace, job)
        work.write()


def _write(work: UnitOfWork, record: ItemRecord) -> None:
    """Write what was done; where nothing was to be done, what is stored was from other calendars or rules."""
    if not work.events:
        work.reschedule(record)
    work.write()


def _pause(tries: int) -> timedelta:
    return min(timedelta(minutes=15 * 2 ** min(tries, 10)), _LONGEST_RETRY)


def _jobs_of(work: UnitOfWork, workspace: str) -> dict[str, Job]:
    return dict(work.catalog(workspace).jobs)


def _keep(
    work: UnitOfWork, record: ItemRecord, timer: Timer, clock: Clock, told: dict[str, Any]
) -> ItemRecord:
    """Keep a clock with the event that tells of it. It changes no field, so the item's version stays."""
    changed = replace(record, timers={**record.timers, timer.id: clock})
    return Hand(work).append(changed, "timer", SYSTEM, told, content=False)[0]


def _end_approval(work: UnitOfWork, record: ItemRecord, name: str) -> None:
    """An approval whose time is up counts no more; nobody decided in time, or what was decided came too late to use."""
    round = record.round(name)
    if round is None or round.expires_at is None or round.expires_at > work.now:
        return
    if not lapses(round, record):
        return
    after = with_round(record, replace(round, status=ApprovalStatus.EXPIRED))
    told = {
        "approval": name,
        "round": round.round,
        "from_status": round.status.value,
        "expires_at": round.expires_at,
    }
    Hand(work).append(after, "approval_expired", SYSTEM, told)


def _end_waiver(work: UnitOfWork, record: ItemRecord, id: str) -> None:
    """A waiver whose time is up opens its gate no more, and asks for its review."""
    waiver = next((w for w in record.waivers if w.id == id), None)
    if waiver is None or waiver.ended or waiver.expires_at > work.now or waiver.granted is False:
        return
    ended = replace(waiver, ended=True)
    after = replace(record, waivers=tuple(ended if w.id == id else w for w in record.waivers))
    told = {"id": id, "gate": waiver.gate, "granted": waiver.granted, "expires_at": waiver.expires_at}
    Hand(work).append(after, "waiver_expired", SYSTEM, {"waiver": told})
