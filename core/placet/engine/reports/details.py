"""Items of a list, each with the evaluated details that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.views import ApprovalView, approval_views
from placet.engine.rules.former import FormerField, FormerFields
from placet.engine.rules.previews import TransitionPreview, previews_now, primary
from placet.engine.timers.views import TimerView, timer_views


@dataclass(frozen=True, slots=True)
class ItemDetails:
    """An item with its approvals counted and its timers read; `None` where that was not asked for."""

    item: ItemRecord
    approvals: tuple[ApprovalView, ...] | None = None
    timers: tuple[TimerView, ...] | None = None
    #: Values that no rule knows any more, by name.
    former: Mapping[str, FormerField] = field(default_factory=dict)
    #: The first transition that is allowed, or else the first of the table; `None` where there is none.
    next: TransitionPreview | None = None


def to_evaluate(records: Sequence[ItemRecord], include: Collection[str]) -> bool:
    """Whether any of the items has such details, so that the store has to be read."""
    if "next" in include:
        return bool(records)
    return any(
        ("approvals" in include and record.approvals) or ("timers" in include and record.timers)
        for record in records
    )


def empty(record: ItemRecord, include: Collection[str]) -> ItemDetails:
    """An item that has neither approvals nor timers."""
    return ItemDetails(record, () if "approvals" in include else None, () if "timers" in include else None)


def details(
    unit: UnitOfWork,
    actor: Actor,
    records: Sequence[ItemRecord],
    include: Collection[str],
    judged: ItemRecord | None = None,
) -> list[ItemDetails]:
    """Items, as of the act's moment; for `judged` see `approval_views`."""
    former = FormerFields(unit)
    return [_details(unit, actor, record, include, former.of(record), judged) for record in records]


def _details(
    unit: UnitOfWork,
    actor: Actor,
    record: ItemRecord,
    include: Collection[str],
    former: Mapping[str, FormerField],
    judged: ItemRecord | None,
) -> ItemDetails:
    return ItemDetails(
        record,
        approval_views(unit, record, judged=judged) if "approvals" in include else None,
        timer_views(unit, record) if "timers" in include else None,
        former,
        primary(previews_now(unit, record, actor)) if "next" in include else None,
    )
