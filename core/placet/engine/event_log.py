"""The log of a workspace, read event by event: its items' events, item by item, out of one view of the store.

It may be read more than once, and no more of it is held than the reader wants: a log of a million events takes as
much memory as one of a thousand. The workspace's own history (who holds which role) is not part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.ports import ItemQuery, Session
from placet.engine.records import Actor, EventRecord

if TYPE_CHECKING:
    from placet.engine.engine import Engine

#: Events read at a time.
_BATCH = 500


class WorkspaceLog:
    """The log of one workspace, as one view of the store shows it."""

    def __init__(
        self, session: Session, workspace: str, progress: Callable[[float], None] | None = None
    ) -> None:
        """`progress` is told now and then how often the log was read: 1.5 is once, and half of it again."""
        self._session = session
        self.workspace = workspace
        self._progress = progress
        self._readings = 0
        self._definitions: dict[str, Mapping[str, Any] | None] = {}

    def events(self) -> Iterator[EventRecord]:
        """Read batch by batch."""
        newest = self._session.list_items(ItemQuery((self.workspace,), sort="-key", limit=1)).rows
        after = (1, 0)
        while batch := self._session.histories(self.workspace, after, _BATCH):
            yield from batch
            after = (batch[-1].number, batch[-1].seq)
            if self._progress is not None:
                self._progress(self._readings + after[0] / newest[0].number)
        self._readings += 1

    def definition(self, hash: str) -> Mapping[str, Any] | None:
        """As it was stored when it was first used, so that it is there though its plugin is not."""
        if hash not in self._definitions:
            found = self._session.definition(hash)
            self._definitions[hash] = None if found is None else found.document
        return self._definitions[hash]


@contextmanager
def workspace_log(
    engine: Engine, asker: Actor, workspace: str, progress: Callable[[float], None] | None = None
) -> Iterator[WorkspaceLog]:
    """The log of a workspace that the asker may see. What happens while it is read is not in it.

    Raises:
        NotFoundError: there is no such workspace, or the asker may not see it.
    """
    with engine.store.reading() as session:
        place = engine.seen_workspace(
            UnitOfWork(
                session,
                engine.clock.now(),
                engine.catalog_of,
                engine.guard,
                engine.typed,
                engine.names,
                engine.evidence_store,
            ),
            asker,
            workspace,
        )
        yield WorkspaceLog(session, place.key, progress)
