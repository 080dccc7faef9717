"""The approvals of an item, counted, and its clocks, read: what people are shown of them."""

from __future__ import annotations

from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.previews import ApprovalLine, TimerLine
from placet.engine.rules.views import RoundView
from placet.engine.timers import readings as clocks


def approval_lines(work: UnitOfWork, record: ItemRecord) -> tuple[ApprovalLine, ...]:
    """The latest round of every approval of an item, counted at the act's moment."""
    if not record.approvals:
        return ()
    ctx = Context(work, record, "")
    item_type = work.item_type(record)
    titles = {a.id: a.title for a in item_type.approvals} if item_type is not None else {}
    latest = {round.approval: round for round in record.approvals}
    lines = []
    for approval, round in latest.items():
        view = RoundView(round, work.now, ctx.holders, barred_from(f"vote:{approval}", record, ctx))
        lines.append(
            ApprovalLine(
                item=record,
                approval=approval,
                title=titles.get(approval, approval),
                round=round.round,
                status=view.status,
                asked_at=round.asked_at,
                expires_at=round.expires_at,
                asked=view.asked,
                missing=view.missing,
                summary=view.summary,
                votes=tuple(round.votes),
            )
        )
    return tuple(lines)


def timer_lines(
    work: UnitOfWork, record: ItemRecord, *, explain: bool = False, only: str | None = None
) -> tuple[TimerLine, ...]:
    """The clocks of an item, read at the act's moment; `explain` adds the sum line by line."""
    if not record.timers:
        return ()
    item_type = work.item_type(record)
    titles = {} if item_type is None else {timer.id: timer.title for timer in item_type.timers}
    calendars = work.workspace(record.workspace).timetable
    return tuple(
        TimerLine(
            item=record,
            timer=id,
            title=titles.get(id, id),
            reading=clocks.read(clock, calendars, work.now),
            explanation=tuple(clocks.explained(clock, calendars, work.now)) if explain else (),
        )
        for id, clock in sorted(record.timers.items())
        if only in {None, id}
    )
