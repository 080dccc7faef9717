"""Delivery: events become deliveries to subscribers, which are attempted, tried again, and given up.

What is to be done stands in the table of deliveries, so that when a worker dies in the middle, another goes on from
there: an event may be delivered twice, and is never left out. A subscriber that is down costs nothing while it rests:
its deliveries stay where they are, and further events wait in the log.

No subscriber waits for another. Each has its own tasks, some deliveries in a row over one connection: a single one as
long as it has not shown that it answers, and some beside each other once it has. One that cannot be reached keeps that
one place of a worker's many until it has been waited for long enough, and then rests.
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
from placet.store.outbox import Case, Load, Outbox, Outcome, Rest
from placet.store.outbox import Subscriber as State
from placet.worker.subscribers import AwayError, FinalError, GoneError, Line, Subscriber, UndeliveredError
from placet.worker.tasks import Fate, Task, Tasks

_log = logging.getLogger(__name__)

#: Events read, and deliveries looked at, at a time.
_BATCH = 200
#: Deliveries of one subscriber that wait for their first attempt, before further events wait in the log.
_WINDOW = 400
#: Deliveries in one task.
_IN_A_ROW = 100
#: Tasks of one subscriber beside each other, once it has shown that it answers.
_BESIDE = 4
#: After how long it is asked what became of a task.
_LEASE = timedelta(minutes=1)
#: Seconds for which attempts are made before it is noted what became of them.
_UNNOTED = 1.0
#: Failures in a row before a subscriber rests, and for how long it does at most.
_TIRED = 5
_LONGEST_REST = timedelta(minutes=5)
#: How far a moment is moved at random, so that what failed together is not tried again together.
_JITTER = 0.2
_ERROR_LIMIT = 500
#: Seconds for which it is remembered who subscribes.
_MEMORY = 1.0


class Deliveries:
    """Everything about delivering events to subscribers."""

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
        #: By subscriber, the position until which nothing is wanted, where that is not worth a write yet.
        self._passed: dict[str, int] = {}
        #: By subscriber, the tasks that it had when it was last looked at; and those that have shown that they answer.
        self._had: dict[str, int] = {}
        self._answering: set[str] = set()

    # In the worker that leads

    def look(self) -> bool:
        """Make deliveries of what is new, and give tasks for what is due; answers whether there may be more."""
        now = datetime.now(UTC)
        states = self._outbox.subscribers(list(self._subscribers()))
        awake = {name: state for name, state in states.items() if not state.resting(now)}
        loads = self._outbox.loads()
        self._learn(states, loads)
        more = self._make(awake, loads, now)
        resting = [name for name in states if name not in awake]
        self._dispatch(resting, now)
        return self._inquire(now) or more

    def _learn(self, states: Mapping[str, State], loads: Mapping[str, Load]) -> None:
        """Find out who answers: whose tasks come to their end without a failure."""
        for name, state in states.items():
            tasks = loads.get(name, Load()).tasks
            if state.failures:
                self._answering.discard(name)
            elif tasks < self._had.get(name, 0):
                self._answering.add(name)
            self._had[name] = tasks

    def _make(self, awake: Mapping[str, State], loads: Mapping[str, Load], now: datetime) -> bool:
        """Make deliveries of the next events, for each subscriber from where it is; one far behind keeps no other."""
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
            # Subscribers are mostly as far as each other: what was read for one serves the next.
            page: Sequence[SealedEvent] = [each for each in read if each.position > position]
            if not page:
                page = read = self._outbox.events_after(position, _BATCH)
            if not page:
                break  # and so for the one who is further on
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
                del self._passed[name]  # another worker has led meanwhile, and knows better
        return more

    def _dispatch(self, resting: Sequence[str], now: datetime) -> None:
        """Give tasks for what is due, to each subscriber as many as it may have."""
        loads = self._outbox.loads()
        # The worker that leads notifies people itself.
        passed_over = {NOTIFICATIONS, *resting}
        free = {name: self._free(name, load) for name, load in loads.items()}
        given: list[Task] = []
        while page := self._outbox.due(
            now, [*passed_over, *(name for name, left in free.items() if left <= 0)], _BATCH
        ):
            for name, due in _by_subscriber(page).items():
                for row in _rows(due)[: free.get(name, 0)]:
                    task = Task(new_id(), name)
                    free[name] -= 1
                    if self._outbox.claim(task.id, row, now + _LEASE):
                        given.append(task)
            if len(page) < _BATCH:
                break
        # In this order: a task that is not given is asked after, and its deliveries are put back.
        if given:
            self._tasks.give(given)

    def _free(self, name: str, load: Load) -> int:
        """How many further tasks a subscriber may have."""
        return (_BESIDE if name in self._answering else 1) - load.tasks

    def _inquire(self, now: datetime) -> bool:
        """Ask after tasks that should be over; answers whether there may be more."""
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
                # Not the subscriber's fault for certain: but what kills workers must not do so for ever.
                self._note(
                    [self._outcome(each, Attempt(now, 0.0, error="the worker ended in the middle of it"))]
                )
            else:
                self._outbox.put_back(each.subscriber, each.task, now)
        return len(page) == _BATCH

    # In the worker that takes the task

    def work(self, task: str, name: str) -> None:
        """Do one task: deliver its events one after the other, and note what became of them."""
        state, cases = self._outbox.cases(name, task)
        if state is None or not cases:
            return  # it was done before its worker died, or its webhook is gone
        now = datetime.now(UTC)
        until = _woken(now, state) if state.resting(now) else self._deliver(name, cases)
        if until is not None:
            self._outbox.put_back(name, task, until)

    def _deliver(self, name: str, cases: Sequence[Case]) -> datetime | None:
        """Attempt one after the other; answers when to go on, where there is no use in it now."""
        outcomes: list[Outcome] = []
        noted = time.monotonic()
        with self._line(name) as line:
            for case in cases:
                outcome, fault = self._attempt(name, line, case)
                if isinstance(fault, GoneError):
                    self._note(outcomes)
                    self._outbox.switch_off(name.removeprefix(WEBHOOK), outcome)
                    _log.warning("%s answered 410 Gone, and is switched off", name)
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
                raise FinalError("the log has another event in its place")  # noqa: TRY301  # a restored backup
            with self._traced(case):
                status = line().deliver(case.event)
        except UndeliveredError as failure:
            fault, status = failure, failure.status
        except Exception as failure:  # noqa: BLE001  # logged, noted with the delivery, and tried again
            # Foreign code, or anything else: the event is kept and tried again, and its subscriber alone waits.
            _log.exception("%s failed at event %s of %s", name, case.delivery.event, case.delivery.item)
            fault = UndeliveredError(one_line(failure))
        seconds = round(time.monotonic() - clock, 3)
        error = "" if fault is None else str(fault)[:_ERROR_LIMIT]
        attempt = Attempt(started, seconds, status, error)
        return self._outcome(case.delivery, attempt, final=isinstance(fault, FinalError)), fault

    @contextmanager
    def _line(self, name: str) -> Iterator[Callable[[], Line]]:
        """Connects when it is first asked to, so that what fails then fails an attempt."""
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
        """What becomes of a delivery after an attempt."""
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
        """Note what became of attempts to one subscriber; answers how it is then."""
        if not outcomes:
            return None
        forget_at = datetime.now(UTC) + timedelta(days=self._settings.delivery_days)
        return self._outbox.note(outcomes[0].delivery.subscriber, outcomes, forget_at, self._rest)

    # Who subscribes

    def _subscribers(self, *, fresh: bool = False) -> dict[str, Subscriber]:
        """Subscribers by name, asked for now and then."""
        until, known = self._known
        now = time.monotonic()
        if fresh or now >= until:
            known = {each.name: each for each in self._ask()}
            self._known = now + _MEMORY, known
        return known

    def _subscriber(self, name: str) -> Subscriber:
        found = self._subscribers().get(name) or self._subscribers(fresh=True).get(name)
        if found is None:
            raise AwayError("it is not here: its plugin is not installed, or failed to load")
        return found


def _woken(now: datetime, state: State) -> datetime:
    """When something that meets a resting subscriber is tried again: a little after it has rested."""
    until = state.rests_until or now
    return until + (until - now) * (_jitter() - 1 + _JITTER)


def _by_subscriber(due: Sequence[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for each in due:
        found.setdefault(each.subscriber, []).append(each)
    return found


def _rows(due: Sequence[Delivery]) -> list[Sequence[Delivery]]:
    """What goes out in a row: what has failed before goes alone, so that poison takes nothing else with it."""
    fresh = [each for each in due if not each.tries]
    rows: list[Sequence[Delivery]] = [fresh[n : n + _IN_A_ROW] for n in range(0, len(fresh), _IN_A_ROW)]
    return [*rows, *([each] for each in due if each.tries)]


def _wants(subscriber: Subscriber, event: SealedEvent) -> bool:
    try:
        return subscriber.wants(event)
    except Exception:  # noqa: BLE001  # logged
        # One that cannot even say so gets it, so that its failure is seen, and holds up nobody else.
        _log.exception("%s cannot say whether it wants event %s", subscriber.name, event.event.id)
        return True


def _jitter() -> float:
    return random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  # spreads load, no secret
