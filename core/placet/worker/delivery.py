"""Delivery: events are handed over to receivers, attempted, tried again, and given up.

What is to be done stands in the table of deliveries, so that whoever dies in the middle, somebody else goes on from
there: an event may be told twice, and is never left out. A receiver that is down costs nothing while it rests: its
deliveries stay where they are, and further events wait in the log.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta

from placet.catalog.composition import one_line
from placet.engine.journal import new_id
from placet.engine.ports import SealedEvent, Tracer
from placet.engine.telling import Attempt, Delivery
from placet.settings import Settings
from placet.store.outbox import Case, Outbox, Reach, Rest
from placet.worker.errands import Errand, Errands
from placet.worker.receivers import Receiver, UndeliveredError

_log = logging.getLogger(__name__)

#: The kind of work that an errand of ours is.
DELIVER = "deliver"
#: Events handed over, and errands given, at a time.
_BATCH = 200
#: Deliveries of one receiver that wait for their first attempt, before further events wait in the log.
_WINDOW = 1000
#: After how long it is asked what became of an errand.
_LEASE = timedelta(minutes=1)
#: Failures in a row before a receiver rests, and for how long it does at most.
_TIRED = 5
_LONGEST_REST = timedelta(minutes=5)
#: How far a moment is moved at random, so that what failed together is not tried again together.
_JITTER = 0.2
_ERROR_LIMIT = 500
#: Seconds for which it is remembered who is told of events.
_MEMORY = 1.0


class Deliveries:
    """Everything about telling receivers of events."""

    def __init__(
        self,
        outbox: Outbox,
        errands: Errands,
        audience: Callable[[], Sequence[Receiver]],
        settings: Settings,
        tracer: Tracer | None = None,
    ) -> None:
        self._tracer = tracer
        self._outbox = outbox
        self._errands = errands
        self._ask = audience
        self._known: tuple[float, dict[str, Receiver]] = (0.0, {})
        self._settings = settings
        self._delays = [timedelta(seconds=each) for each in settings.delivery_delays]
        #: By receiver, the position until which nothing is wanted, where that is not worth a write yet.
        self._passed: dict[str, int] = {}

    # In the worker that leads

    def hand_over(self) -> bool:
        """Make deliveries of the next events; answers whether there may be more."""
        now = datetime.now(UTC)
        receivers = self._audience()
        reaches = self._outbox.reaches(list(receivers))
        awake = {
            name: max(reach.position, self._passed.get(name, 0))
            for name, reach in reaches.items()
            if not reach.resting(now)
        }
        if not awake:
            return False
        page = self._outbox.events_after(min(awake.values()), _BATCH)
        if not page:
            return False
        wanted: list[Delivery] = []
        reached: dict[str, tuple[int, int]] = {}
        end = page[-1].position
        for name, position in awake.items():
            if position >= end or self._outbox.fresh(name, _WINDOW) >= _WINDOW:
                continue
            behind = [each for each in page if each.position > position]
            own = [_delivery(each, name, now) for each in behind if _wants(receivers[name], each)]
            wanted += own
            self._passed[name] = end
            if own or end - reaches[name].position >= _BATCH:
                reached[name] = reaches[name].position, end
        if reached:
            self._outbox.hand_over(reached, wanted)
        return len(page) == _BATCH

    def dispatch(self) -> bool:
        """Give errands for what is due; answers whether there may be more."""
        now = datetime.now(UTC)
        reaches = self._outbox.reaches(list(self._audience()))
        resting = [name for name, reach in reaches.items() if reach.resting(now)]
        due = self._outbox.due(now, resting, _BATCH)
        if not due:
            return False
        waiting = self._errands.waiting([_errand(each).id for each in due if each.handed])
        for each in due:
            if each.handed and _errand(each).id not in waiting:
                # Not the receiver's fault for certain: but what kills workers must not do so for ever.
                self._conclude(each, Attempt(now, 0.0, error="the worker ended before it could tell"))
        going_on = [each for each in due if not each.handed or _errand(each).id in waiting]
        self._errands.give([_errand(each) for each in going_on if not each.handed])
        self._outbox.handed(going_on, now + _LEASE)
        return len(due) == _BATCH

    # In whichever worker takes the errand

    def attempt(self, workspace: str, event: str, receiver: str, run: str) -> None:
        """Do one errand: tell the receiver of the event, and note what became of it."""
        case = self._outbox.look_up(workspace, event, receiver)
        if case is None or case.delivery.status != "pending" or case.delivery.run != int(run):
            return  # it was done before its worker died, or its webhook is gone
        found = case.delivery
        started = datetime.now(UTC)
        if case.reach.resting(started):
            self._outbox.put_off(found, self._moment(started, case.reach))
            return
        clock = time.monotonic()
        status: int | None = None
        final = False
        try:
            with self._traced(case):
                status = self._receiver(receiver).receive(_checked(case))
            error = ""
        except UndeliveredError as failure:
            error, status, final = str(failure), failure.status, failure.final
        except Exception as failure:  # noqa: BLE001  # logged, noted with the delivery, and tried again
            # Foreign code, or anything else: the event is kept and tried again, and its receiver alone waits.
            _log.exception("%s failed at event %s of %s", receiver, event, found.item)
            error = one_line(failure)
        seconds = round(time.monotonic() - clock, 3)
        self._conclude(found, Attempt(started, seconds, status, error[:_ERROR_LIMIT]), final=final)

    def _traced(self, case: Case) -> AbstractContextManager[object]:
        if self._tracer is None:
            return nullcontext()
        told = {"placet.receiver": case.delivery.receiver, "placet.event": case.delivery.event}
        return self._tracer.span("delivery", told)

    def _conclude(self, found: Delivery, attempt: Attempt, *, final: bool = False) -> None:
        now = datetime.now(UTC)
        if not attempt.error:
            self._outbox.delivered(found, attempt, now + timedelta(days=self._settings.delivery_days))
            return
        over = final or found.tries >= len(self._delays)
        next_at = None if over else now + self._delays[found.tries] * _jitter()
        first = self._delays[0] if self._delays else _LONGEST_REST
        self._outbox.failed(found, attempt, next_at, Rest(_TIRED, first, _LONGEST_REST))
        if over:
            _log.error(
                "%s was not told of event %s of %s after %d attempts, the last because %s",
                found.receiver, found.event, found.item, found.tries + 1, attempt.error,
            )  # fmt: skip

    @staticmethod
    def _moment(now: datetime, reach: Reach) -> datetime:
        """When something that meets a resting receiver is tried again: a little after it has rested."""
        until = reach.rests_until or now
        return until + (until - now) * (_jitter() - 1 + _JITTER)

    def _audience(self, *, fresh: bool = False) -> dict[str, Receiver]:
        """Receivers by name, asked after now and then."""
        until, known = self._known
        now = time.monotonic()
        if fresh or now >= until:
            known = {each.name: each for each in self._ask()}
            self._known = now + _MEMORY, known
        return known

    def _receiver(self, name: str) -> Receiver:
        found = self._audience().get(name) or self._audience(fresh=True).get(name)
        if found is None:
            raise UndeliveredError("it is not here: its plugin is not installed, or failed to load")
        return found


def _checked(case: Case) -> SealedEvent:
    if case.event.event.id != case.delivery.event:
        # A restored backup: what had the position is gone.
        raise UndeliveredError("the log has another event in its place", final=True)
    return case.event


def _wants(receiver: Receiver, event: SealedEvent) -> bool:
    try:
        return receiver.wants(event)
    except Exception:  # noqa: BLE001  # logged
        # One that cannot even say so is told, so that its failure is seen, and holds up nobody else.
        _log.exception("%s cannot say whether it wants event %s", receiver.name, event.event.id)
        return True


def _delivery(event: SealedEvent, receiver: str, now: datetime) -> Delivery:
    record = event.event
    return Delivery(
        id=new_id(),
        receiver=receiver,
        workspace=record.workspace,
        event=record.id,
        item=record.key,
        kind=record.kind,
        position=event.position,
        status="pending",
        tries=0,
        run=1,
        handed=False,
        next_at=now,
        attempts=(),
        created_at=now,
    )


def _errand(delivery: Delivery) -> Errand:
    """The errand of the next attempt: the same for whoever hands it over."""
    arguments = (delivery.workspace, delivery.event, delivery.receiver, str(delivery.run))
    return Errand(
        f"{delivery.event}.{delivery.receiver}.{delivery.run}", DELIVER, delivery.receiver, arguments
    )


def _jitter() -> float:
    return random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  # spreads load, no secret
