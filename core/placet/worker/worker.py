"""The worker: the background jobs of one process, from its start to its end."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from placet.app import Application
from placet.engine.act.deliveries import NOTIFICATIONS
from placet.engine.act.journal import new_id
from placet.errors import SettingsError
from placet.store.outbox import FORGOTTEN_AT_ONCE, Outbox
from placet.store.sealing import Sealer
from placet.store.tasks import TaskStore, beside
from placet.worker.checkpoints import CheckpointWriter
from placet.worker.delivery import Deliveries
from placet.worker.firing import Firing
from placet.worker.notifications import Notifier, Sender
from placet.worker.plugins import Plugins
from placet.worker.subscribers import Subscriber
from placet.worker.tasks import Tasks
from placet.worker.verification import LogVerifier
from placet.worker.webhooks import WebhookSubscriber

_log = logging.getLogger(__name__)

#: Least and most seconds between two looks of one kind: the least lets simultaneous events be handled together, and
#: the most applies when there was no signal. While events come one after the other, the least is longer: a look costs
#: nearly as much for one event as for fifty, and people who act wait for its commits.
_BREATH, _IN_A_ROW, _IDLE = 0.1, 0.2, 0.5
#: The pause after a look, as a multiple of its duration, and at most in seconds: on a busy machine each look then
#: handles more, and the worker leaves the processors to requests.
_REST, _LONGEST_REST = 4, 0.5
#: Seconds of pause after a failure, and between two searches for lost workers.
_AFTER_FAILURE = 1.0
_UPKEEP = 1.0
#: Seconds between two searches for old rows, unless the last one left some.
_FORGETTING = 10.0
#: Answers under an idempotency key are kept for a day at least.
_ANSWERS = timedelta(days=2)


class Worker:
    """Does the background jobs of an application until it is stopped.

    Any number of workers share a PostgreSQL database. One of them leads: it does the jobs that only write to the
    database, and makes the deliveries, which all workers send. Each worker has a heartbeat; the others repeat the
    unfinished tasks of a lost worker.
    """

    def __init__(self, application: Application) -> None:
        self.id = new_id()
        self._application = application
        self._patience = timedelta(seconds=application.settings.worker_patience)
        self._outbox = Outbox(application.store)
        self._store = TaskStore(application.settings.database_url)
        self._plugins = Plugins(application)
        self._tasks = Tasks(self._store, self.id)
        self._deliveries = Deliveries(
            self._outbox, self._tasks, self._subscribers, application.settings, application.tracing
        )
        self._leading, self._stopping = threading.Event(), threading.Event()
        due = threading.Event()
        self._firing = Firing(application.engine, self._plugins, due.set)
        # Each kind of job has a loop of its own, so that none waits for another.
        self._delivering = self._loop("delivery", self._deliveries.look)
        self._reading = [
            self._delivering,
            self._loop("notifications", Notifier(application, self._outbox).look),
        ]
        self._loops = [
            *self._reading,
            self._loop("firing", self._firing.look, due),
            self._loop("upkeep", self._keep_up),
            self._loop("checkpoints", CheckpointWriter(application.engine, application.settings).look),
            self._loop(
                "verification", LogVerifier(application.engine, application.settings, self._stopping).look
            ),
        ]
        self._threads: list[threading.Thread] = []
        #: The time of the next search for old rows.
        self._forget_at = 0.0
        self._opened = ExitStack()

    def _loop(self, name: str, look: Callable[[], bool], awake: threading.Event | None = None) -> Loop:
        return Loop(name, look, awake or threading.Event(), self._leading, self._stopping)

    def _keep_up(self) -> bool:
        """Bring some values up to date after a change of rules, for half of the time: acts wait meanwhile."""
        began = time.monotonic()
        busy = self._application.engine.upkeep.catch_up()
        if busy:
            self._stopping.wait(min(time.monotonic() - began, _LONGEST_REST))
        return busy

    def start(self, prepare: Callable[[], None] | None = None) -> None:
        """Start. Raises `SettingsError` if another process does the background jobs of the same SQLite file.

        `prepare` changes this process once it is sure to work, and before there is a thread that works.
        """
        if not self.try_to_start(prepare):
            raise SettingsError(
                "another process does the work of this database already: on SQLite there is one worker, and "
                "placet serve starts it unless it is started with --no-worker"
            )

    def try_to_start(self, prepare: Callable[[], None] | None = None) -> bool:
        """Start, unless another process does the jobs of the same SQLite file; returns whether it has started."""
        file = self._application.settings.sqlite_file
        if file is not None and not self._lock(beside(file)):
            return False
        if prepare is not None:
            prepare()
        # From now on subscribers get all events, even those that come before the first look.
        self._outbox.subscribers([NOTIFICATIONS, *(each.name for each in self._subscribers())])
        self._outbox.heartbeat(self.id)
        # Without a sealer in some process, events would get their positions only when somebody reads the log. On SQLite
        # it only signals that another process has written.
        self._opened.enter_context(Sealer(self._application.store))
        for loop in self._reading:
            self._opened.enter_context(self._application.store.log_signal.listened(loop.wake))
        self._opened.enter_context(Sender(self._application))
        self._tasks.start(self._work)
        self._threads = [
            self._thread("lead", self._lead),
            *(self._thread(e.name, e.run) for e in self._loops),
        ]
        return True

    def _work(self, task: str, subscriber: str) -> None:
        """Run a task; the next one of its subscriber may have waited for its end."""
        self._deliveries.work(task, subscriber)
        self._delivering.look_again()

    def stop(self) -> None:
        """Take no more tasks, and leave unfinished ones to other workers. A worker may be stopped before its start."""
        self._stopping.set()
        for loop in self._loops:
            loop.wake()
        threads, self._threads = self._threads, []
        for thread in threads:
            thread.join()
        self._firing.stop()
        if threads:
            self._tasks.stop()
            self._outbox.sign_off(self.id)
        self._plugins.close()
        self._store.close()
        self._opened.close()

    def _subscribers(self) -> tuple[Subscriber, ...]:
        """All subscribers now; new kinds of subscribers belong in this tuple."""
        application = self._application
        return (
            *self._plugins.subscribers,
            *(
                WebhookSubscriber(e, application.vault, application.settings, clock=application.clock.now)
                for e in application.engine.deliveries.subscribed()
            ),
        )

    def _lock(self, file: Path) -> bool:
        """Take the lock, which one process at a time can hold, until this process stops or dies."""
        lock = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._opened.callback(os.close, lock)
        return True

    @staticmethod
    def _thread(name: str, run: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=run, name=f"placet-{name}", daemon=True)
        thread.start()
        return thread

    def _lead(self) -> None:
        """Send this worker's heartbeat regularly, and lead while it is the one that leads."""
        last_heartbeat = 0.0
        while not self._stopping.is_set():
            try:
                if time.monotonic() - last_heartbeat >= self._patience.total_seconds() / 5:
                    last_heartbeat = time.monotonic()
                    self._outbox.heartbeat(self.id)
                if not self._store.leads():
                    self._leading.clear()
                else:
                    self._leading.set()
                    self._care()
            except Exception:  # noqa: BLE001  # logged, and tried again
                _log.exception("the worker failed, and continues in a moment")
            self._stopping.wait(min(_UPKEEP, self._patience.total_seconds() / 5))

    def _care(self) -> None:
        """Take over from lost workers, and delete old rows."""
        alone = self._store.sqlite
        lost = self._outbox.lost_workers(self._patience, but=self.id, alone=alone)
        if lost:
            self._tasks.take_over(lost)
            self._outbox.forget_workers(lost, self._patience, but=self.id, alone=alone)
        if time.monotonic() >= self._forget_at:
            now = datetime.now(UTC)
            left = self._outbox.forget(now, now - _ANSWERS) + self._tasks.forget() >= FORGOTTEN_AT_ONCE
            self._forget_at = 0.0 if left else time.monotonic() + _FORGETTING


class Loop:
    """One kind of job, looked for repeatedly in the leading worker."""

    def __init__(
        self,
        name: str,
        look: Callable[[], bool],
        awake: threading.Event,
        leading: threading.Event,
        stopping: threading.Event,
    ) -> None:
        self.name = name
        self._look = look
        self._leading = leading
        self._stopping = stopping
        self._awake = awake
        #: Whether there were new events since the last look began.
        self._woken = False

    def wake(self) -> None:
        """Look again: there are new events."""
        self._woken = True
        self._awake.set()

    def look_again(self) -> None:
        """Look again: something that a look has begun is over."""
        self._awake.set()

    def run(self) -> None:
        """Look until it is stopped. Failures are logged, and the work is found again in the database."""
        rest = _BREATH
        while not self._stopping.is_set():
            busy, began = False, time.monotonic()
            self._awake.clear()
            self._woken = False
            try:
                if self._leading.is_set():
                    busy = self._look()
            except Exception:  # noqa: BLE001  # the database is unavailable, or anything else
                _log.exception("the worker failed at %s, and continues in a moment", self.name)
                self._stopping.wait(_AFTER_FAILURE)
            if not busy:
                took = time.monotonic() - began
                self._stopping.wait(max(rest, min(_REST * took, _LONGEST_REST)))
                rest = _IN_A_ROW if self._woken else _BREATH
                self._awake.wait(_IDLE)
