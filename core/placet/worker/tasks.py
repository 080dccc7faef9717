"""Tasks on DBOS: enqueued once under their id, run by any worker, and run again if a worker died.

No other module of Placet uses DBOS. It keeps its state in our own database, and connects to nothing else.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

# This variable would make DBOS connect to its maker's platform.
os.environ.pop("DBOS__CLOUD", None)

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer  # after the variable is gone

from placet.errors import SettingsError
from placet.store.tasks import SCHEMA, TaskStore

#: Simultaneous tasks of one worker. Most of them wait for an answer from outside.
AT_ONCE = 128
#: The name of both the DBOS workflow and its queue.
_NAME = "deliver"
#: Seconds between two looks at the queue.
_LOOK = 0.5
#: Deaths of workers during a task before it is given up.
_DEATHS = 3
_FORGET_AFTER = timedelta(minutes=10)
_BATCH = 500
_OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_VERSION = "1"
#: Seconds to wait for running tasks at the end, and for DBOS to record that a task is done.
_LAST, _MOMENT = 5, 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Some deliveries to one subscriber."""

    #: Tasks with the same id are one task.
    id: str
    subscriber: str


class Fate(Enum):
    """The state of a task."""

    #: It waits for a worker, or is running.
    OPEN = "open"
    #: It ran to its end, or was given up after too many workers died during it.
    OVER = "over"


class Tasks:
    """The DBOS engine of this process. A process has one at a time."""

    _running = False

    def __init__(self, store: TaskStore, worker: str) -> None:
        self._store = store
        self._worker = worker
        self._client: DBOSClient | None = None
        #: A marker for each running task.
        self._under_way: set[object] = set()

    def start(self, do: Callable[[str, str], None]) -> None:
        """Start to take tasks; each is run by `do`, which is called with its id and its subscriber.

        Raises:
            SettingsError: this process already takes tasks.
        """
        if Tasks._running:
            raise SettingsError("this process already has a worker: start another process for another worker")
        Tasks._running = True
        # Otherwise DBOS would print by itself, without the logging of the process.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        serializer = DBOSPortableJSONSerializer()
        config = DBOSConfig(
            name="placet",
            application_version=_VERSION,
            executor_id=self._worker,
            system_database_engine=self._store.engine,
            dbos_system_schema=SCHEMA,
            serializer=serializer,
            use_listen_notify=False,
            enable_otlp=False,
            log_level="WARNING",
            scheduler_polling_interval_sec=3600,
            max_executor_threads=2 * AT_ONCE,
        )
        DBOS(config=config)
        DBOS.workflow(name=_NAME, max_recovery_attempts=_DEATHS)(self._counted(do))
        DBOS.launch()
        DBOS.register_queue(
            _NAME, worker_concurrency=AT_ONCE, polling_interval_sec=_LOOK, on_conflict="always_update"
        )
        self._client = DBOSClient(
            system_database_engine=self._store.engine,
            dbos_system_schema=SCHEMA,
            serializer=serializer,
            application_name="placet",
        )

    def stop(self) -> None:
        """Take no more tasks, and wait a moment for the running ones to end."""
        if self._client is not None:
            self._client.destroy()
            self._client = None
        # DBOS waits for whole seconds, so only if a task is running; other workers take over the rest.
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=_LAST if self._busy() else 0)
        Tasks._running = False

    def give(self, tasks: Sequence[Task]) -> None:
        """Enqueue tasks for any worker, all of them or none. Tasks that were enqueued before stay as they are."""
        client = self._client
        if client is None:
            raise SettingsError("this process has no worker: start it first")
        with self._store.engine.begin() as connection:
            for task in tasks:
                client.enqueue_in_transaction(
                    connection,
                    {
                        "workflow_name": _NAME,
                        "queue_name": _NAME,
                        "workflow_id": task.id,
                        "app_version": _VERSION,
                    },
                    task.id,
                    task.subscriber,
                )

    def fates(self, ids: Iterable[str]) -> dict[str, Fate]:
        """The states of tasks; those that were never enqueued, or are forgotten, are left out."""
        wanted = list(ids)
        if not wanted:
            return {}
        found = DBOS.list_workflows(workflow_ids=wanted, load_input=False, load_output=False)
        return {each.workflow_id: Fate.OVER if each.status in _OVER else Fate.OPEN for each in found}

    def take_over(self, workers: Sequence[str]) -> int:
        """Repeat the unfinished tasks of lost workers; returns how many there are."""
        # The public way, to resume them one by one, would forget how often each has killed its worker.
        taken = DBOS._recover_pending_workflows(list(workers))  # noqa: SLF001  # see above
        if taken:
            _log.warning("%d tasks of %d lost workers are repeated", len(taken), len(workers))
        return len(taken)

    def forget(self) -> int:
        """Delete tasks that are over; returns how many were deleted."""
        before = (datetime.now(UTC) - _FORGET_AFTER).isoformat()
        found = DBOS.list_workflows(
            status=_OVER, completed_before=before, limit=_BATCH, load_input=False, load_output=False
        )
        if found:
            DBOS.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def _busy(self) -> bool:
        """Whether a task is running, or was running a moment ago."""
        deadline = time.monotonic() + _MOMENT
        while time.monotonic() < deadline:
            if self._under_way:
                return True
            time.sleep(_MOMENT / 10)
        return False

    def _counted(self, do: Callable[[str, str], None]) -> Callable[[str, str], None]:
        # A function of its own, because DBOS sets attributes on the functions that it decorates.
        def run(task: str, subscriber: str) -> None:
            place = object()
            self._under_way.add(place)
            try:
                do(task, subscriber)
            finally:
                self._under_way.discard(place)

        return run
