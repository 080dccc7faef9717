"""The worker: one process's share of the background jobs, from its start to its end."""

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
from placet.worker.delivery import Deliveries
from placet.worker.firing import Firing
from placet.worker.notifications import Notifier, Sender
from placet.worker.plugins import Plugins
from placet.worker.subscribers import Subscriber
from placet.worker.tasks import Tasks
from placet.worker.webhooks import WebhookSubscriber

_log = logging.getLogger(__name__)

#: Seconds between two looks of one kind: at least, so that what comes together is done together; and at most, where
#: nothing was heard of meanwhile.
_BREATH, _IDLE = 0.1, 0.5
#: How many times as long as a look took the next one waits, half a second at most: on a busy machine more is then done
#: at once, and the worker leaves the processors to those who wait for an answer.
_REST, _LONGEST_REST = 4, 0.5
#: Seconds after something failed, and between two times that lost workers are looked for.
_AFTER_FAILURE = 1.0
_UPKEEP = 1.0
#: Seconds between two times that old rows are looked for, where the last time did not leave some.
_FORGETTING = 10.0
#: Answers under an idempotency key are good for a day at least.
_ANSWERS = timedelta(days=2)


class Worker:
    """Does the work of an application until it is stopped.

    Any number of them share a PostgreSQL database. One of them leads: it does what only writes the database, and looks
    for what is to be delivered, which all of them do. Each has a heartbeat; what a lost one has left in the middle, the
    others do again.
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
        # Each kind of work in a loop of its own: none of them waits for another.
        self._reading = [
            self._loop("delivery", self._deliveries.look),
            self._loop("notifications", Notifier(application, self._outbox).look),
        ]
        self._loops = [*self._reading, self._loop("firing", self._firing.look, due)]
        self._threads: list[threading.Thread] = []
        #: When old rows are looked for next.
        self._forget_at = 0.0
        self._opened = ExitStack()

    def _loop(self, name: str, look: Callable[[], bool], awake: threading.Event | None = None) -> Loop:
        return Loop(name, look, awake or threading.Event(), self._leading, self._stopping)

    def start(self) -> None:
        """Begin. Raises `SettingsError` where another process does the work of the same SQLite file."""
        if not self.try_to_start():
            raise SettingsError(
                "another process does the work of this database already: on SQLite there is one worker, and "
                "placet serve starts it unless it is started with --no-worker"
            )

    def try_to_start(self) -> bool:
        """Begin, unless another process does the work of the same SQLite file; answers whether it has begun."""
        file = self._application.settings.sqlite_file
        if file is not None and not self._lock(beside(file)):
            return False
        # From now on subscribers get what happens, whichever is quicker.
        self._outbox.subscribers([NOTIFICATIONS, *(each.name for each in self._subscribers())])
        self._outbox.heartbeat(self.id)
        # Without one in some process, events would get their positions only when somebody reads the log. On SQLite it
        # only says when another process has written.
        self._opened.enter_context(Sealer(self._application.store))
        for loop in self._reading:
            self._opened.enter_context(self._application.store.log_signal.listened(loop.wake))
        self._opened.enter_context(Sender(self._application))
        self._tasks.start(self._deliveries.work)
        self._threads = [
            self._thread("lead", self._lead),
            *(self._thread(e.name, e.run) for e in self._loops),
        ]
        return True

    def stop(self) -> None:
        """Take nothing more, and leave to others what is not done in a moment. Also one that never began."""
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
        """Everybody who gets events now. Who else is to get them belongs into this tuple."""
        application = self._application
        return (
            *self._plugins.subscribers,
            *(
                WebhookSubscriber(e, application.vault, application.settings)
                for e in application.engine.deliveries.subscribed()
            ),
        )

    def _lock(self, file: Path) -> bool:
        """Take the lock that one process at a time can have, until this one stops or dies."""
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
        """Say again and again that this worker lives, and lead as long as it is the one that does."""
        beaten = 0.0
        while not self._stopping.is_set():
            try:
                if time.monotonic() - beaten >= self._patience.total_seconds() / 5:
                    beaten = time.monotonic()
                    self._outbox.heartbeat(self.id)
                if not self._store.leads():
                    self._leading.clear()
                else:
                    self._leading.set()
                    self._care()
            except Exception:  # noqa: BLE001  # logged, and tried again
                _log.exception("the worker failed, and goes on in a moment")
            self._stopping.wait(min(_UPKEEP, self._patience.total_seconds() / 5))

    def _care(self) -> None:
        """Take over from workers that are lost, and forget what is over."""
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
    """One kind of work, looked for again and again in the worker that leads."""

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

    def wake(self) -> None:
        """Look again, there may be something to do."""
        self._awake.set()

    def run(self) -> None:
        """Look until it is stopped. Whatever fails is logged, and found again, since it stands in the database."""
        while not self._stopping.is_set():
            busy, began = False, time.monotonic()
            self._awake.clear()
            try:
                if self._leading.is_set():
                    busy = self._look()
            except Exception:  # noqa: BLE001  # the database is away, or whatever else
                _log.exception("the worker failed at %s, and goes on in a moment", self.name)
                self._stopping.wait(_AFTER_FAILURE)
            if not busy:
                took = time.monotonic() - began
                self._stopping.wait(max(_BREATH, min(_REST * took, _LONGEST_REST)))
                self._awake.wait(_IDLE)
