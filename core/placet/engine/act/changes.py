"""All changes of one act."""

from __future__ import annotations

from dataclasses import dataclass, field

from placet.catalog.catalog import Definition
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.queries import ItemSpan, Scalar
from placet.engine.act.records import (
    EventRecord,
    IdempotencyRecord,
    ItemRecord,
    JobRun,
    Postponement,
    Schedule,
)


@dataclass(slots=True)
class Changes:
    """All changes of one act; the store writes them in one transaction."""

    created: list[ItemRecord] = field(default_factory=list)
    #: (as it was read, as it will be written); compared-and-set on `seq`.
    updated: list[tuple[ItemRecord, ItemRecord]] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    #: Workspaces whose rules the act changes, as they were read and as they will be written; their events are above.
    workspaces: list[tuple[WorkspaceRecord, WorkspaceRecord]] = field(default_factory=list)
    #: Definitions in force for the items, each with the workspace that uses it.
    definitions: list[tuple[str, Definition]] = field(default_factory=list)
    #: New values of indexed fields that changed, by item key and field.
    indexed: dict[str, dict[str, tuple[Scalar, ...]]] = field(default_factory=dict)
    #: Changed spans of items, by key; `None` for an item that no longer has one.
    spans: dict[str, ItemSpan | None] = field(default_factory=dict)
    #: Changed schedules of items, by key.
    schedules: dict[str, Schedule] = field(default_factory=dict)
    #: Due subjects that are postponed.
    postponed: list[Postponement] = field(default_factory=list)
    #: The occurrence of a periodic job that this act carries out.
    job_run: JobRun | None = None
    #: The idempotency key of the request.
    idempotency: IdempotencyRecord | None = None

    def __bool__(self) -> bool:
        return bool(
            self.created or self.updated or self.events or self.schedules or self.postponed or self.job_run
        )
