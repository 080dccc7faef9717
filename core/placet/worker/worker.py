"""The worker: one process's share of the work in the background, from its start to its end."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from placet.app import House
from placet.engine.journal import new_id
from placet.errors import SettingsError
from placet.store.errands import ErrandStore, beside
from placet.store.outbox import Outbox
from placet.store.sealing import Sealer
from placet.worker.audience import audience
from placet.worker.delivery import DELIVER, Deliveries
from placet.worker.errands import Errands
from placet.worker.firing import RING, Firing
from placet.worker.notifications import Sender

_log = logging.getLogger(__name__)

#: Seconds between two looks for work, where nothing was told of meanwhile.
_IDLE = 0.2
#: Seconds between two looks for what is due.
_FIRING = 0.5
#: Seconds after something failed, and between two times that others' ends and old rows are looked for.
_AFTER_FAILURE = 1.0
_UPKEEP = 1.0
#: Answers under an idempotency key are good for a day at least.
_ANSWERS = timedelta(days=2)
#: Seconds between two tries to be the one that works.
_STAND_BY = 2.0


class Worker:
    """Does the work of a house until it is stopped.

    Any number of them share a PostgreSQL database. One of them leads: it looks for what is to be done, and all do it.
    Each says every now and then that it lives; of one that does not, the others do again what it left in the middle.
    """

    def __init__(self, house: House) -> None:
        self.id = new_id()
        self._house = house
        self._outbox = Outbox(house.store)
        self._store = ErrandStore(house.settings.database_url)
        # What is due in one workspace lies on the same pages of the indexes: at once, they would only meet.
        work = {DELIVER: self._deliver, RING: self._ring}
        self._errands = Errands(self._store, self.id, work, one_by_one={RING})
        self._deliveries = Deliveries(
            self._outbox, self._errands, lambda: audience(house), house.settings, house.tracing
        )
        self._firing = Firing(house.engine, self._errands)
        self._patience = timedelta(seconds=house.settings.worker_patience)
        #: When it was last looked for what is due.
        self._fired = 0.0
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._threads: list[threading.Thread] = []
        self._opened = ExitStack()

    def start(self) -> None:
        """Begin. Raises `SettingsError` where another process does the work of the same SQLite file."""
        if not self.try_to_start():
            raise SettingsError(
                "another process does the work of this database already: on SQLite there is one worker, and "
                "placet serve has it inside unless it is started with --no-worker"
            )

    def try_to_start(self) -> bool:
        """Begin, unless another process does the work of the same SQLite file; answers whether it has begun."""
        file = self._house.settings.sqlite_file
        if file is not None and not self._lock(beside(file)):
            return False
        # From now on receivers are told of what happens, whoever is quicker.
        self._outbox.reaches([each.name for each in audience(self._house)])
        self._outbox.beat(self.id)
        if not self._store.sqlite:
            # Without one in some process, events would get their positions only when somebody reads the log.
            self._opened.enter_context(Sealer(self._house.store))
        self._opened.enter_context(self._house.store.news.told(self._wake.set))
        self._opened.enter_context(Sender(self._house))
        self._errands.start()
        self._threads = [self._thread("worker", self._lead), self._thread("worker-beat", self._live)]
        return True

    def stop(self) -> None:
        """Take nothing more, and leave to others what is not done in a moment. Also one that never began."""
        self._stopping.set()
        self._wake.set()
        threads, self._threads = self._threads, []
        for thread in threads:
            thread.join()
        if threads:
            self._errands.stop()
            self._outbox.quiet(self.id)
        self._store.close()
        self._opened.close()

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

    def _deliver(self, workspace: str, event: str, receiver: str, run: str) -> None:
        self._deliveries.attempt(workspace, event, receiver, run)

    def _ring(self, at: str, workspace: str, number: str, subject: str) -> None:
        self._firing.ring(at, workspace, number, subject)

    @staticmethod
    def _thread(name: str, run: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=run, name=f"placet-{name}", daemon=True)
        thread.start()
        return thread

    def _live(self) -> None:
        """Say again and again that this worker lives."""
        while not self._stopping.wait(self._patience.total_seconds() / 5):
            try:
                self._outbox.beat(self.id)
            except Exception:  # noqa: BLE001  # logged, and tried again
                _log.exception("the worker cannot say that it lives")

    def _lead(self) -> None:
        """Look for work, as long as this worker is the one that leads."""
        cared = 0.0
        while not self._stopping.is_set():
            try:
                busy = False
                self._wake.clear()
                if self._store.leads():
                    if time.monotonic() - cared >= _UPKEEP:
                        cared = time.monotonic()
                        self._care()
                    busy = self._look()
                if not busy:
                    self._wake.wait(_IDLE)
            except Exception:  # noqa: BLE001  # logged, and tried again
                # The database is away, or whatever else: what is to be done stands in it, and is found again.
                _log.exception("the worker failed, and goes on in a moment")
                self._stopping.wait(_AFTER_FAILURE)

    def _look(self) -> bool:
        """One look for work of each kind; answers whether there may be more."""
        busy = False
        if time.monotonic() - self._fired >= _FIRING:
            self._fired = time.monotonic()
            busy = self._firing.fire()
        return any([busy, self._deliveries.hand_over(), self._deliveries.dispatch()])

    def _care(self) -> None:
        """Take over from workers that are gone, and forget what is over."""
        gone = self._outbox.silent(self._patience, but=self.id, alone=self._store.sqlite)
        if gone:
            self._errands.take_over(gone)
            self._outbox.bury(gone)
        now = datetime.now(UTC)
        self._outbox.forget(now, now - _ANSWERS)
        self._errands.forget()


@contextmanager
def working(house: House) -> Iterator[None]:
    """Work beside a server, as soon as no other process does: of several on one SQLite file one has the worker."""
    worker, over = Worker(house), threading.Event()

    def stand_by() -> None:
        while not over.wait(_STAND_BY):
            if worker.try_to_start():
                return

    standing_by = threading.Thread(target=stand_by, name="placet-stand-by", daemon=True)
    if not worker.try_to_start():
        standing_by.start()
    try:
        yield
    finally:
        over.set()
        if standing_by.is_alive():
            standing_by.join()
        worker.stop()
