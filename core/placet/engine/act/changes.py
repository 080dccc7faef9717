"""Everything that one act writes."""

from __future__ import annotations

from dataclasses import dataclass, field

from placet.catalog.catalog import Definition
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
    """Everything that one act writes; the store makes it one transaction."""

    created: list[ItemRecord] = field(default_factory=list)
    #: (as read, as it shall be); compared-and-set on `seq`.
    updated: list[tuple[ItemRecord, ItemRecord]] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    #: New values of indexed fields that changed, by item key and field.
    indexed: dict[str, dict[str, tuple[Scalar, ...]]] = field(default_factory=dict)
    #: When items take place of which that has changed, by key; `None` for those that do so no more.
    spans: dict[str, ItemSpan | None] = field(default_factory=dict)
    #: What the clock demands of items of which that has changed, by key.
    schedules: dict[str, Schedule] = field(default_factory=dict)
    #: What is due, and is looked at later.
    postponed: list[Postponement] = field(default_factory=list)
    #: A periodic job that this act is one occurrence of.
    job_run: JobRun | None = None
    #: The idempotency key under which the act was asked for.
    idempotency: IdempotencyRecord | None = None

    def __bool__(self) -> bool:
        return bool(
            self.created or self.updated or self.events or self.schedules or self.postponed or self.job_run
        )
