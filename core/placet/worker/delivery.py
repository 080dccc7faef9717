"""Delivery: for each event and subscriber a delivery is made, attempted, tried again, and at last given up.

Deliveries are rows of a table, so that another worker can continue when one dies: an event may be delivered twice, but
is never lost. A subscriber that is down costs nothing while it rests: its deliveries stay in the table, and further
events wait in the log.

No subscriber waits for another. Each has its own tasks; a task sends some deliveries one after the other over one
connection. A subscriber has a single task until it has answered, and then several at a time. A subscriber that cannot
be reached occupies one place of a worker until the request times out, and rests after some failures.
"""

from __future__ import annotations

import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

from placet.catalog.composition import one_line
from placet.engine.act.deliveries import NOTIFICATIONS, WEBHOOK, Attempt, Delivery, delivery_of
from placet.engine.act.journal import new_id
from placet.engine.act.ports import Tracer
from placet.engine.act.records import SealedEvent
from placet.settings import Settings
from placet.store.outbox import LOST_EVENT, Case, Load, Outbox, Outcome, Rest
from placet.store.outbox import Subscriber as State
from placet.worker.subscribers import AwayError, FinalError, GoneError, Line, Subscriber, UndeliveredError
from placet.worker.tasks import Fate, Task, Tasks

_log = logging.getLogger(__name__)

#: Events or deliveries that are read at a time.
_BATCH = 200
#: So many deliveries of one subscriber may wait for their first attempt; further events wait in the log.
_WINDOW = 400
#: Deliveries in one task.
_IN_A_ROW = 100
#: Simultaneous tasks of one subscriber, once it has answered.
_BESIDE = 4
#: The state of a task is checked after so long.
_LEASE = timedelta(minutes=1)
#: Seconds of attempts before their results are recorded.
_UNNOTED = 1.0
#: Failures in a row before a subscriber rests, and its longest rest.
_TIRED = 5
_LONGEST_REST = timedelta(minutes=5)
#: Random share by which a delay varies, so that deliveries that failed together are not tried again together.
_JITTER = 0.2
_ERROR_LIMIT = 500
#: Seconds for which the list of subscribers is cached.
_MEMORY = 1.0


class Deliveries:
    """Delivers events to subscribers."""

    def __init__(
        self,
        outbox: Outbox,
        tasks: Tasks,
        subscribers: Callable[[], Sequence[Subscriber]],
        settings: Settings,
        tracer: Tracer | None = None,
    ) -> None:
        self._tracer = tracer
        self._outbox = outbox
        self._tasks = tasks
        self._ask = subscribers
        self._known: tuple[float, dict[str, Subscriber]] = (0.0, {})
        self._settings = settings
        self._delays = [timedelta(seconds=each) for each in settings.delivery_delays]
        first = self._delays[0] if self._delays else _LONGEST_REST
        self._rest = Rest(_TIRED, first, _LONGEST_REST)
        #: By subscriber, the position up to which it wanted no event, where that is not worth a write yet.
        self._passed: dict[str, int] = {}
        #: By subscriber, the number of its tasks at the last look; and the subscribers that have answered.
        self._had: dict[str, int] = {}
        self._answering: set[str] = set()

    # In the leading worker

    def look(self) -> bool:
        """Make deliveries for new events and tasks for due deliveries; returns whether there may be more."""
        now = datetime.now(UTC)
        states = self._outbox.subscribers(list(self._subscribers()))
        awake = {name: state for name, state in states.items() if not state.resting(now)}
        loads = self._outbox.loads()
        self._learn(states, loads)
        more = self._make(awake, loads, now)
        loads = self._outbox.loads()
        if not loads:
            return more  # nothing is to be delivered, so that neither a task is due nor one is over
        resting = [name for name in states if name not in awake]
        self._dispatch(loads, resting, now)
        return self._inquire(now) or more

    def _learn(self, states: Mapping[str, State], loads: Mapping[str, Load]) -> None:
        """Note which subscribers answer: their tasks end without a failure."""
        for name, state in states.items():
            tasks = loads.get(name, Load()).tasks
            if state.failures:
                self._answering.discard(name)
            elif tasks < self._had.get(name, 0):
                self._answering.add(name)
            self._had[name] = tasks

    def _make(self, awake: Mapping[str, State], loads: Mapping[str, Load], now: datetime) -> bool:
        """Make deliveries of the next events, for each subscriber from its own position; none waits for another."""
        behind: dict[int, list[str]] = defaultdict(list)
        for name, state in awake.items():
            if loads.get(name, Load()).fresh < _WINDOW:
                behind[max(state.position, self._passed.get(name, 0))].append(name)
        subscribers = self._subscribers()
        more = False
        wanted: list[Delivery] = []
        reached: dict[str, tuple[int, int]] = {}
        read: Sequence[SealedEvent] = ()
        for position, names in sorted(behind.items()):
            # Most subscribers are at the same position: events that were read for one serve the next.
            page: Sequence[SealedEvent] = [each for each in read if each.position > position]
            if not page:
                page = read = self._outbox.events_after(position, _BATCH)
            if not page:
                break  # nor are there any for subscribers that are further on
            end = page[-1].position
            more = more or len(read) == _BATCH
            for name in names:
                own = [delivery_of(each, name, now) for each in page if _wants(subscribers[name], each)]
                wanted += own
                self._passed[name] = end
                if own or end - awake[name].position >= _BATCH:
                    reached[name] = awake[name].position, end
        if reached:
            moved = self._outbox.make(reached, wanted)
            for name in reached.keys() - moved:
                del self._passed[name]  # another worker has led meanwhile, and its position counts
        return more

    def _dispatch(self, loads: Mapping[str, Load], resting: Sequence[str], now: datetime) -> None:
        """Enqueue tasks for due deliveries, for each subscriber as many as it may have."""
        # The leading worker notifies people itself.
        passed_over = {NOTIFICATIONS, *resting}
        free = {name: self._free(name, load) for name, load in loads.items()}
        given: list[Task] = []
        while page := self._outbox.due(
            now, [*passed_over, *(name for name, left in free.items() if left <= 0)], _BATCH
        ):
            chosen: dict[Task, Sequence[Delivery]] = {}
            for name, due in _by_subscriber(page).items():
                for row in _rows(due)[: free.get(name, 0)]:
                    chosen[Task(new_id(), name)] = row
                    free[name] -= 1
            claimed = self._outbox.claim({task.id: row for task, row in chosen.items()}, now + _LEASE)
            given += [task for task in chosen if task.id in claimed]
            if len(page) < _BATCH:
                break
        # In this order: if a task is never enqueued, the later check finds that, and puts its deliveries back.
        if given:
            self._tasks.give(given)

    def _free(self, name: str, load: Load) -> int:
        """The number of further tasks that a subscriber may have."""
        return (_BESIDE if name in self._answering else 1) - load.tasks

    def _inquire(self, now: datetime) -> bool:
        """Check tasks that should be over; returns whether there may be more."""
        page = self._outbox.lapsed(now, _BATCH)
        if not page:
            return False
        fates = self._tasks.fates({each.task for each in page if each.task is not None})
        under_way = {task for task, fate in fates.items() if fate is Fate.OPEN}
        if under_way:
            self._outbox.extend(under_way, now + _LEASE)
        for each in page:
            if each.task is None or each.task in under_way:
                continue
            if each.task in fates:
                # Perhaps it is not the subscriber's fault, but a task that kills workers must not run forever.
                self._note(
                    [self._outcome(each, Attempt(now, 0.0, error="the worker ended in the middle of it"))]
                )
            else:
                self._outbox.put_back(each.subscriber, each.task, now)
        return len(page) == _BATCH

    # In the worker that runs the task

    def work(self, task: str, name: str) -> None:
        """Run one task: deliver its events one after the other, and record the results."""
        state, cases = self._outbox.cases(name, task)
        if state is None or not cases:
            return  # it was done before its worker died, or its webhook was deleted
        now = datetime.now(UTC)
        until = _woken(now, state) if state.resting(now) else self._deliver(name, cases)
        if until is not None:
            self._outbox.put_back(name, task, until)

    def _deliver(self, name: str, cases: Sequence[Case]) -> datetime | None:
        """Attempt one after the other; returns when to continue, if the subscriber cannot be reached now."""
        outcomes: list[Outcome] = []
        noted = time.monotonic()
        with self._line(name) as line:
            for case in cases:
                outcome, fault = self._attempt(name, line, case)
                if isinstance(fault, GoneError):
                    self._note(outcomes)
                    self._outbox.switch_off(name.removeprefix(WEBHOOK), outcome)
                    _log.warning("%s answered 410 Gone: it is switched off", name)
                    return None
                outcomes.append(outcome)
                if fault is None and time.monotonic() - noted < _UNNOTED:
                    continue
                state = self._note(outcomes)
                outcomes, noted = [], time.monotonic()
                now = datetime.now(UTC)
                if state is None or state.resting(now):
                    return now if state is None else _woken(now, state)
                if isinstance(fault, AwayError):
                    return now
        self._note(outcomes)
        return None

    def _attempt(
        self, name: str, line: Callable[[], Line], case: Case
    ) -> tuple[Outcome, UndeliveredError | None]:
        started, clock = datetime.now(UTC), time.monotonic()
        status: int | None = None
        fault: UndeliveredError | None = None
        try:
            if case.event is None:
                raise FinalError(LOST_EVENT)  # noqa: TRY301  # a restored backup
            with self._traced(case):
                status = line().deliver(case.event)
        except UndeliveredError as failure:
            fault, status = failure, failure.status
        except Exception as failure:  # noqa: BLE001  # logged, noted with the delivery, and tried again
            # A plugin's code, or anything else: the event is kept and tried again, and only its subscriber waits.
            _log.exception("%s failed at event %s of %s", name, case.delivery.event, case.delivery.item)
            fault = UndeliveredError(one_line(failure))
        seconds = round(time.monotonic() - clock, 3)
        error = "" if fault is None else str(fault)[:_ERROR_LIMIT]
        attempt = Attempt(started, seconds, status, error)
        return self._outcome(case.delivery, attempt, final=isinstance(fault, FinalError)), fault

    @contextmanager
    def _line(self, name: str) -> Iterator[Callable[[], Line]]:
        """Connects with the first attempt, so that a failed connection is a failed attempt."""
        opened: list[Line] = []
        with ExitStack() as closing:

            def line() -> Line:
                if not opened:
                    opened.append(closing.enter_context(self._subscriber(name).open()))
                return opened[0]

            yield line

    def _traced(self, case: Case) -> AbstractContextManager[object]:
        if self._tracer is None:
            return nullcontext()
        attributes = {"placet.subscriber": case.delivery.subscriber, "placet.event": case.delivery.event}
        return self._tracer.span("delivery", attributes)

    def _outcome(self, old: Delivery, attempt: Attempt, *, final: bool = False) -> Outcome:
        """The outcome of a delivery after an attempt."""
        if not attempt.error:
            return Outcome(old, attempt)
        if final or old.tries >= len(self._delays):
            _log.error(
                "%s did not get event %s of %s in %d attempts, the last because %s",
                old.subscriber, old.event, old.item, old.tries + 1, attempt.error,
            )  # fmt: skip
            return Outcome(old, attempt)
        return Outcome(old, attempt, datetime.now(UTC) + self._delays[old.tries] * _jitter())

    def _note(self, outcomes: Sequence[Outcome]) -> State | None:
        """Record the outcomes of attempts to one subscriber; returns its new state."""
        if not outcomes:
            return None
        forget_at = datetime.now(UTC) + timedelta(days=self._settings.delivery_days)
        return self._outbox.note(outcomes[0].delivery.subscriber, outcomes, forget_at, self._rest)

    # Subscribers

    def _subscribers(self, *, fresh: bool = False) -> dict[str, Subscriber]:
        """Subscribers by name, cached for a moment."""
        until, known = self._known
        now = time.monotonic()
        if fresh or now >= until:
            known = {each.name: each for each in self._ask()}
            self._known = now + _MEMORY, known
        return known

    def _subscriber(self, name: str) -> Subscriber:
        # Read again for every connection: a secret that was just rotated signs the very next delivery.
        found = self._subscribers(fresh=True).get(name)
        if found is None:
            raise AwayError("it is not here: its plugin is not installed, or failed to load")
        return found


def _woken(now: datetime, state: State) -> datetime:
    """When a delivery to a resting subscriber is tried again: a little after the end of the rest."""
    until = state.rests_until or now
    return until + (until - now) * (_jitter() - 1 + _JITTER)


def _by_subscriber(due: Sequence[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for each in due:
        found.setdefault(each.subscriber, []).append(each)
    return found


def _rows(due: Sequence[Delivery]) -> list[Sequence[Delivery]]:
    """The deliveries of each task. One that failed before has its own task, so that it cannot harm the others."""
    fresh = [each for each in due if not each.tries]
    rows: list[Sequence[Delivery]] = [fresh[n : n + _IN_A_ROW] for n in range(0, len(fresh), _IN_A_ROW)]
    return [*rows, *([each] for each in due if each.tries)]


def _wants(subscriber: Subscriber, event: SealedEvent) -> bool:
    try:
        return subscriber.wants(event)
    except Exception:  # noqa: BLE001  # logged
        # If the check fails, the event is delivered: the failure is then visible, and nobody else waits.
        _log.exception("%s cannot say whether it wants event %s", subscriber.name, event.event.id)
        return True


def _jitter() -> float:
    return random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  # spreads load; not a secret
