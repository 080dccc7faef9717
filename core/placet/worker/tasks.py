"""Errands on DBOS: given once under their id, run by any worker, and run again where a worker died.

Nothing else of Placet knows DBOS. It keeps its state in our own database and speaks to nobody else.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A variable of its maker's platform would make it call there.
os.environ.pop("DBOS__CLOUD", None)

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer  # after the variable is gone

from placet.errors import SettingsError
from placet.store.errands import SCHEMA, ErrandStore

#: Errands of one worker at once, and of those one receiver's.
AT_ONCE = 16
_OF_ONE = 8
#: Seconds between two looks at a queue.
_LOOK = 0.05
#: Deaths of workers in the middle of a errand before it is given up.
_DEATHS = 3
_FORGET_AFTER = timedelta(minutes=10)
_BATCH = 500
_OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_VERSION = "1"
#: Seconds for which what is being done at the end is waited for, and in which the engine notes that something is done.
_LAST, _MOMENT = 5, 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to be done once."""

    #: Handed over twice under the same id, it is one errand.
    id: str
    #: What kind of work it is.
    work: str
    #: Errands of one lane never take all places of a worker.
    lane: str
    arguments: tuple[str, ...]


class Errands:
    """The engine behind them of this process. There is one at a time."""

    _running = False

    def __init__(
        self,
        store: ErrandStore,
        worker: str,
        work: Mapping[str, Callable[..., None]],
        *,
        one_by_one: Collection[str] = (),
    ) -> None:
        """Kinds of work in `one_by_one` are done one after the other in each lane, as they would only meet."""
        self._one_by_one = one_by_one
        self._store = store
        self._worker = worker
        self._work = work
        self._client: DBOSClient | None = None
        #: A place for each errand that is being done.
        self._under_way: set[object] = set()

    def start(self) -> None:
        """Begin to take errands. Raises `SettingsError` where this process does already."""
        if Errands._running:
            raise SettingsError("this process works already: start another process for another worker")
        Errands._running = True
        # It would otherwise print on its own, past the logging of the process.
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
        for name, function in self._work.items():
            DBOS.workflow(name=name, max_recovery_attempts=_DEATHS)(self._counted(function))
        DBOS.launch()
        for name in self._work:
            DBOS.register_queue(
                name,
                worker_concurrency=AT_ONCE,
                partition_worker_concurrency=1 if name in self._one_by_one else _OF_ONE,
                polling_interval_sec=_LOOK,
                on_conflict="always_update",
            )
        self._client = DBOSClient(
            system_database_engine=self._store.engine,
            dbos_system_schema=SCHEMA,
            serializer=serializer,
            application_name="placet",
        )

    def stop(self) -> None:
        """Take no more errands, and let those that run come to their end for a moment."""
        if self._client is not None:
            self._client.destroy()
            self._client = None
        # It waits by the second, so only where there is something to wait for; what is left is another worker's.
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=_LAST if self._busy() else 0)
        Errands._running = False

    def give(self, errands: Sequence[Errand]) -> None:
        """Hand errands over, all of them or none. Those that were handed over before stay as they are."""
        client = self._client
        if client is None:
            raise SettingsError("this process does not work: start its worker first")
        with self._store.engine.begin() as connection:
            for errand in errands:
                client.enqueue_in_transaction(
                    connection,
                    {
                        "workflow_name": errand.work,
                        "queue_name": errand.work,
                        "workflow_id": errand.id,
                        "queue_partition_key": errand.lane,
                        "app_version": _VERSION,
                    },
                    *errand.arguments,
                )

    def waiting(self, ids: Iterable[str]) -> set[str]:
        """Those of some errands that are still to be done, or are being done."""
        wanted = list(ids)
        if not wanted:
            return set()
        found = DBOS.list_workflows(workflow_ids=wanted, load_input=False, load_output=False)
        return {each.workflow_id for each in found if each.status not in _OVER}

    def take_over(self, workers: Sequence[str]) -> int:
        """Do again what workers left in the middle; answers how many errands."""
        # Resuming them one by one, which has a public name, would forget how often each has killed its worker.
        taken = DBOS._recover_pending_workflows(list(workers))  # noqa: SLF001
        if taken:
            _log.warning("%d errands of %d silent workers are done again", len(taken), len(workers))
        return len(taken)

    def forget(self) -> int:
        """Delete errands that are over; answers how many."""
        before = (datetime.now(UTC) - _FORGET_AFTER).isoformat()
        found = DBOS.list_workflows(
            status=_OVER, completed_before=before, limit=_BATCH, load_input=False, load_output=False
        )
        if found:
            DBOS.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def _busy(self) -> bool:
        """Whether an errand is being done, or has been until a moment ago."""
        deadline = time.monotonic() + _MOMENT
        while time.monotonic() < deadline:
            if self._under_way:
                return True
            time.sleep(_MOMENT / 10)
        return False

    def _counted(self, function: Callable[..., None]) -> Callable[..., None]:
        # A function of its own: DBOS writes on those that it is given.
        def run(*arguments: str) -> None:
            place = object()
            self._under_way.add(place)
            try:
                function(*arguments)
            finally:
                self._under_way.discard(place)

        return run
