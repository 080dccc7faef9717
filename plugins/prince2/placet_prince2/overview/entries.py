"""An item as the views of a project see it: as it is now, or as its events left it at some moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from placet import Category
from placet_governance.benefit import BENEFIT_TYPE
from placet_governance.lesson import LESSON_TYPE
from placet_governance.risk import RISK_TYPE
from placet_prince2.exception import EXCEPTION_TYPE
from placet_prince2.ids import STAGE
from placet_prince2.issue import ISSUE_TYPE
from placet_prince2.management_product import MANAGEMENT_PRODUCT_TYPE
from placet_prince2.product import PRODUCT_TYPE
from placet_prince2.project import PROJECT_TYPE
from placet_prince2.quality_activity import QUALITY_ACTIVITY_TYPE
from placet_prince2.report import REPORT_TYPE
from placet_prince2.stage import STAGE_TYPE
from placet_prince2.work_package import WORK_PACKAGE_TYPE

_TYPES = (
    PROJECT_TYPE, STAGE_TYPE, WORK_PACKAGE_TYPE, PRODUCT_TYPE, QUALITY_ACTIVITY_TYPE, MANAGEMENT_PRODUCT_TYPE,
    REPORT_TYPE, ISSUE_TYPE, EXCEPTION_TYPE, RISK_TYPE, LESSON_TYPE, BENEFIT_TYPE,
)  # fmt: skip
#: Final states by item type.
FINAL: Mapping[str, frozenset[str]] = {
    type.id: frozenset(
        s.id for s in type.workflow.states if s.category in {Category.DONE, Category.CANCELLED}
    )
    for type in _TYPES
}


class Move(NamedTuple):
    """One transition of an item."""

    at: datetime
    transition: str
    state: str
    actor: str


class Record(Protocol):
    """The parts of an item's record that the views read."""

    @property
    def key(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def state_since(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """An item, with its fields as JSON."""

    key: str
    type: str
    title: str
    state: str
    parent: str | None
    fields: Mapping[str, Any]
    created_at: datetime
    since: datetime
    #: Its transitions, the oldest first; empty where it was not read from its events.
    moves: tuple[Move, ...] = field(default=())

    @classmethod
    def of(cls, record: Record) -> Entry:
        return cls(
            record.key, record.type, record.title, record.state, record.parent, record.fields,
            record.created_at, record.state_since,
        )  # fmt: skip

    @property
    def open(self) -> bool:
        """Whether it is not in a final state."""
        return self.state not in FINAL.get(self.type, frozenset())

    @property
    def number(self) -> int:
        """The number in its key, by which lists are in the order in which the items were made."""
        return int(self.key.rpartition("-")[2])

    def text(self, name: str) -> str:
        """A field as text; empty without a value."""
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def amount(self, name: str) -> Decimal | None:
        """A field as an amount."""
        value = self.fields.get(name)
        return None if value is None else Decimal(str(value))

    def day(self, name: str) -> date | None:
        """A field as a day."""
        value = self.fields.get(name)
        return None if value is None else date.fromisoformat(str(value)[:10])

    def members(self, name: str) -> list[Any]:
        """A list field; empty without a value."""
        return list(self.fields.get(name) or ())

    def entered(self, states: Iterable[str], after: datetime | None, until: datetime) -> Move | None:
        """The last transition into one of some states in the time (after, until]."""
        wanted = set(states)
        found = [m for m in self.moves if m.state in wanted and within(m.at, after, until)]
        return found[-1] if found else None


def within(at: datetime, after: datetime | None, until: datetime) -> bool:
    """Whether a moment is in the time (after, until]; without a beginning, from the first."""
    return (after is None or at > after) and at <= until


@dataclass(frozen=True, slots=True)
class Project:
    """A project and everything below it."""

    key: str
    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, key: str, entries: Iterable[Entry]) -> Project:
        return cls(key, {entry.key: entry for entry in sorted(entries, key=lambda each: each.number)})

    @property
    def entry(self) -> Entry:
        return self.entries[self.key]

    def all(self, type: str, within: str | None = None) -> list[Entry]:
        """The items of a type, in the order in which they were made; of a part of the project if one is named."""
        return [
            e for e in self.entries.values() if e.type == type and (within is None or self._in(e, within))
        ]

    def _in(self, entry: Entry, part: str) -> bool:
        return part == entry.key or any(above.key == part for above in self.above(entry))

    def above(self, entry: Entry) -> Iterator[Entry]:
        """The items above an item, the nearest first."""
        seen = {entry.key}
        parent = entry.parent
        while parent is not None and parent in self.entries and parent not in seen:
            seen.add(parent)
            yield self.entries[parent]
            parent = self.entries[parent].parent

    @property
    def stages(self) -> list[Entry]:
        """The stages by their number."""
        return sorted(self.all(STAGE), key=lambda stage: (stage.fields.get("number") or 0, stage.number))
