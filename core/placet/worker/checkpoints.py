"""Checkpoints on a schedule, and each as a file in a folder: best on another machine, where nobody changes both."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.reports.kept_checkpoints import Checkpoint
from placet.errors import PlacetError
from placet.settings import Settings

_log = logging.getLogger(__name__)

#: Seconds between two looks.
_EVERY = 5.0
#: Checkpoints that are read at a time.
_BATCH = 100


class CheckpointWriter:
    """Makes checkpoints when they are due, and puts each into the folder once at least, those of others too."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._every = timedelta(hours=settings.audit_hours)
        self._folder = None if settings.audit_folder is None else Path(settings.audit_folder)
        #: The cursor behind the checkpoints that have a file.
        self._after: str | None = None
        self._look_at = 0.0
        #: The last failure of each part, which is logged once.
        self._failed: dict[str, str] = {}

    def look(self) -> bool:
        """Make a checkpoint if one is due, and put new ones into the folder; never more at once (`False`)."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + _EVERY
        if self._every:
            self._try("no checkpoint of the log", self._make_due)
        self._try("no file of a checkpoint", self._put_new)
        return False

    def _try(self, what: str, do: Callable[[], None]) -> None:
        """Do one part, so that the other is done whatever becomes of it."""
        try:
            do()
        except (PlacetError, OSError) as failure:
            if str(failure) != self._failed.get(what):
                _log.error("%s: %s", what, failure)
            self._failed[what] = str(failure)
        else:
            self._failed.pop(what, None)

    def _make_due(self) -> None:
        self._engine.checkpoints.make_due(SYSTEM_ACTOR, self._every)

    def _put_new(self) -> None:
        while self._folder is not None:
            page = self._engine.checkpoints.find(SYSTEM_ACTOR, after=self._after, limit=_BATCH)
            for checkpoint in page.rows:
                _put(self._folder, checkpoint)
            self._after = page.next_cursor
            if len(page.rows) < _BATCH:
                return


def _put(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint into a file of its own, whole or not at all."""
    moment = checkpoint.time.replace(":", "").replace("-", "")
    path = folder / f"{checkpoint.size:012}-{moment}.checkpoint"
    if path.exists():
        return
    with NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
        draft = Path(file.name)
        try:
            file.write(checkpoint.note)
            file.flush()
            os.fsync(file.fileno())
            draft.chmod(0o644)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
