"""The order in which a team pulls what it has selected.

1. Expedited items, the longest selected first. 2. A fixed date that is missed unless work begins today, the earliest
first. 3. The oldest intangible item, where too few of the last ten pulls were intangible. 4. Standard items in the
order of the backlog. 5. Other fixed dates, the earliest first. 6. Intangible items in the order of the backlog. Blocked
items are skipped. Source: classes of service, as Kanban teams use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from placet_agile.delivery.fields import ServiceClass

#: The pulls among which intangible items are counted.
RECENT = 10


class Reason(StrEnum):
    """Why an item comes where it does."""

    EXPEDITE = "it is expedited"
    DUE = "it misses its date unless work begins today"
    SLOT = "too few of the last 10 pulls were intangible"
    STANDARD = "it is first in the backlog"
    FIXED_DATE = "it has a fixed date"
    INTANGIBLE = "it is intangible"


@dataclass(frozen=True, slots=True)
class Queued:
    """An item that waits to be pulled."""

    key: str
    service: ServiceClass
    rank: str
    selected_at: datetime
    due: date | None = None
    blocked: bool = False


def in_pull_order(
    queue: Iterable[Queued], *, today: date, sle_days: int, intangible_pulled: int, intangible_slots: int
) -> list[tuple[Queued, Reason]]:
    """The items that can be pulled, the next one first, each with the reason for its place.

    Args:
        queue: what is selected.
        today: in the zone of the workspace.
        sle_days: days that an item is expected to take; the latest start is so long before the due date.
        intangible_pulled: how many of the last ten pulls were intangible.
        intangible_slots: how many should be.
    """
    waiting = [item for item in queue if not item.blocked]
    of = {service: [i for i in waiting if i.service is service] for service in ServiceClass}
    dated = sorted(of[ServiceClass.FIXED_DATE], key=lambda item: (item.due or date.max, item.rank))
    late = [item for item in dated if item.due is not None and (item.due - today).days <= sle_days]
    intangible = _by(of[ServiceClass.INTANGIBLE], lambda item: (item.selected_at, item.rank))
    slot = intangible[:1] if intangible_pulled < intangible_slots else []
    return [
        *_with(Reason.EXPEDITE, _by(of[ServiceClass.EXPEDITE], lambda item: (item.selected_at, item.rank))),
        *_with(Reason.DUE, late),
        *_with(Reason.SLOT, slot),
        *_with(Reason.STANDARD, _by(of[ServiceClass.STANDARD], lambda item: (item.rank, item.key))),
        *_with(Reason.FIXED_DATE, [item for item in dated if item not in late]),
        *_with(
            Reason.INTANGIBLE,
            [i for i in _by(intangible, lambda item: (item.rank, item.key)) if i not in slot],
        ),
    ]


def _by(items: Sequence[Queued], key: Callable[[Queued], tuple[object, ...]]) -> list[Queued]:
    return sorted(items, key=key)


def _with(reason: Reason, items: Sequence[Queued]) -> list[tuple[Queued, Reason]]:
    return [(item, reason) for item in items]
