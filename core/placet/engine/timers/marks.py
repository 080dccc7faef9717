"""Marks: the changes that an act makes to the timers of an item.

Every change of content passes through `advanced`. It compares the timers with their definitions, evaluated on the item
after the act, and returns the marks. The event keeps them, so that a timer can be read from the log alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from placet.definitions.copies import changed
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.definitions.timers import ByField, Condition, Holds, Span, Timer, Until
from placet.definitions.verdicts import BlockedError
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import DuePoint, ItemRecord, Mark, TimerRecord
from placet.engine.act.targets import target_data
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.engine.rules.refusals import plugin_failed
from placet.engine.timers import readings
from placet.errors import NotFoundError, UnfitFieldError


def advanced(
    unit: UnitOfWork, record: ItemRecord, item_type: ItemType, act: str, actor: str
) -> tuple[ItemRecord, list[dict[str, Any]]]:
    """The item with its timers as they are after an act, and the marks as its event keeps them.

    The act is `create`, a transition's name, or nothing for an edit.

    Raises:
        BlockedError: a function of a timer's definition failed.
    """
    if not item_type.timers:
        return record, []
    try:
        return _advanced(unit, record, item_type, act, actor)
    except PluginError as failure:
        raise _refusal(unit, record, act or "edit", failure) from failure


def _advanced(
    unit: UnitOfWork, record: ItemRecord, item_type: ItemType, act: str, actor: str
) -> tuple[ItemRecord, list[dict[str, Any]]]:
    ctx = Context(unit, record, actor)
    found: dict[str, TimerRecord] = {}
    made: list[dict[str, Any]] = []
    for timer in item_type.timers:
        timer_record = record.timers.get(timer.id)
        if _stands_still(timer, timer_record, act, record.state):
            continue
        ctx.speaks_for(method_of(timer.id))
        for mark in unit.plugins.call(
            timer.id, ctx, partial(_all_marks, timer, timer_record, act, item_type)
        ):
            timer_record = readings.marked(timer_record, mark)
            found[timer.id] = timer_record
            made.append(mark_data(timer.id, mark))
        if timer_record is not None and timer_record.due_points:
            # The blockers of an earlier attempt may be gone now.
            still = unit.plugins.call(timer.id, ctx, partial(_still_due, timer, timer_record, item_type))
            found[timer.id] = replace(timer_record, due_points=still)
    if not found:
        return record, []
    return changed(record, timers={**record.timers, **found}), made


def _stands_still(timer: Timer, timer_record: TimerRecord | None, act: str, state: str) -> bool:
    """Whether an act cannot concern a timer: it does not run, and nothing starts it. So it is with most of them."""
    if timer_record is not None and (timer_record.running or timer_record.due_points or act in timer.resumes):
        return False
    if act in timer.starts or act in timer.resets:
        return False
    return bool(timer.states and state not in timer.states) or not timer.follows_item


def _refusal(unit: UnitOfWork, record: ItemRecord, act: str, failure: PluginError) -> BlockedError:
    titles, what = unit.titles(record.workspace, record.type), f"setting the timers of {record.key}"
    refusal = plugin_failed(record.key, act, "timer", what, failure, titles)
    if not isinstance(failure.error, NotFoundError):
        return refusal
    blocker = replace(
        refusal.blockers[0],
        message=str(failure.error),
        remedy="give the workspace a calendar of this name, or report it to the plugin's maintainer",
        message_id="timer.calendar",
    )
    return BlockedError(record.key, act, [blocker], wording=titles)


def _still_due(
    timer: Timer, timer_record: TimerRecord, item_type: ItemType, ctx: Context
) -> tuple[DuePoint, ...]:
    """The refused consequences of a timer that the item, as it is now, still waits for: they are tried at once."""
    if not timer_record.running:
        return ()
    leaving = {None, *(transition.name for transition in item_type.workflow.leaving(ctx.record.state))}
    return tuple(
        replace(due, since=ctx.now, tries=0)
        for due in timer_record.due_points
        if (threshold := timer.threshold(due.point)) is not None
        and threshold.fires in leaving
        and (threshold.when is None or holds(threshold.when, ctx))
    )


def _all_marks(
    timer: Timer, timer_record: TimerRecord | None, act: str, item_type: ItemType, ctx: Context
) -> tuple[Mark, ...]:
    return tuple(_marks(timer, timer_record, act, ctx, item_type))


def _marks(
    timer: Timer, timer_record: TimerRecord | None, act: str, ctx: Context, item_type: ItemType
) -> Iterator[Mark]:
    """The marks of one timer, in order."""
    for mark in _course(timer, timer_record, act, ctx, item_type):
        timer_record = readings.marked(timer_record, mark)
        yield mark
    if timer_record is None or not timer_record.running:
        return
    reason = _pause(timer, ctx, paused=timer_record.paused)
    if reason and not timer_record.paused:
        yield Mark(ctx.now, "pause", reason)
    elif timer_record.paused and not reason:
        yield Mark(ctx.now, "continue", act or "edit")


def _course(
    timer: Timer, timer_record: TimerRecord | None, act: str, ctx: Context, item_type: ItemType
) -> Iterator[Mark]:
    """Its starts, stops and changes of target, without pauses."""
    now, because = ctx.now, act or "edit"
    runs = timer_record is not None and timer_record.running
    wanted = timer.follows_item and _wanted(timer, ctx, before=runs)
    if timer_record is None or not timer_record.running:
        if timer_record is not None and act in timer.resumes:
            grace = timer.grace if isinstance(timer.grace, int) else _computed(timer.grace, ctx) or 0
            yield Mark(now, "resume", because, grace=grace)
        elif wanted or act in (*timer.starts, *timer.resets):
            yield Mark(now, "start", because, aimed(timer, ctx))
            return
        else:
            return
    elif act in timer.resets:
        yield Mark(now, "start", because, aimed(timer, ctx))
        return
    elif _stops(timer, act, ctx, item_type, wanted=wanted):
        yield Mark(now, "stop", because)
        return
    target = aimed(timer, ctx)
    if target != timer_record.target and not _begins_again(timer, timer_record, now):
        yield Mark(now, "target", because, target)


def _begins_again(timer: Timer, timer_record: TimerRecord, now: datetime) -> bool:
    """Whether it is due and begins again: it gets its next moment by that, and not by what its effects change now.

    Otherwise it would leave that moment behind, and be due at every second one.
    """
    more = timer.repeats == 0 or timer.repeats > timer_record.turns + 1
    target = timer_record.target
    return timer.repeats != 1 and more and isinstance(target, datetime) and target <= now


def _wanted(timer: Timer, ctx: Context, *, before: bool) -> bool:
    """Whether the item is in a state of the timer, and its condition holds."""
    if timer.states and ctx.record.state not in timer.states:
        return False
    return timer.runs_while is None or _held(timer.runs_while, ctx, before=before)


def _stops(timer: Timer, act: str, ctx: Context, item_type: ItemType, *, wanted: bool) -> bool:
    if act in timer.stops or (timer.follows_item and not wanted):
        return True
    state = item_type.workflow.state(ctx.record.state)
    begins = act in (*timer.starts, *timer.resumes)
    return bool(act) and not begins and state is not None and state.category.final


def _pause(timer: Timer, ctx: Context, *, paused: bool) -> str:
    """The reason for which the timer is paused; empty where it runs. `paused` says whether it is so far."""
    for pause in timer.pauses:
        if ctx.record.state in pause.states and (pause.when is None or _held(pause.when, ctx, before=paused)):
            if isinstance(pause.when, Holds):
                return f"{ctx.record.state}, {pause.when.field} is {ctx.record.fields.get(pause.when.field)}"
            return ctx.record.state
    return ""


def holds(condition: Condition, ctx: Context) -> bool:
    """Whether a condition on the item of a context is met."""
    if isinstance(condition, Holds):
        return ctx.record.fields.get(condition.field) in condition.values
    return condition(ctx)


def _held(condition: Condition, ctx: Context, *, before: bool) -> bool:
    """The same; as before where the condition reads a stored field that does not fit its type any more."""
    try:
        return holds(condition, ctx)
    except UnfitFieldError:
        return before


def repeated(unit: UnitOfWork, record: ItemRecord, timer: Timer, at: datetime) -> Mark:
    """The mark of a timer that begins again: with the same span, or towards the next moment of its target.

    It has no target where no moment is later.

    Raises:
        BlockedError: the function of its target failed.
    """
    target = record.timers[timer.id].target
    if isinstance(target, datetime):
        ctx = Context(unit, record, SYSTEM)
        ctx.speaks_for(method_of(timer.id))
        try:
            following = unit.plugins.call(timer.id, ctx, partial(aimed, timer))
        except PluginError as failure:
            raise _refusal(unit, record, "edit", failure) from failure
        later = isinstance(following, Span) or (following is not None and following > at)
        target = following if later else None
    return Mark(at, "repeat", timer.id, target)


def aimed(timer: Timer, ctx: Context) -> Span | datetime | None:
    """The timer's target for the item as it is: a span, a moment, or `None` where none is known.

    Raises:
        NotFoundError: the workspace has no calendar of the timer's name.
    """
    match timer.target:
        case Span():
            found: Span | datetime | date | None = timer.target
        case ByField(field, spans):
            found = spans.get(str(ctx.record.fields.get(field)))
        case Until(field, lead):
            end = moment(_read(ctx, field), ctx.workspace)
            found = None if end is None else readings.earlier(lead, ctx.workspace.timetable, end)
        case function:
            found = _computed(function, ctx)
    if not isinstance(found, Span):
        return moment(found, ctx.workspace)
    if found.calendar is not None:
        ctx.workspace.timetable(found.calendar)
    return found


def _read(ctx: Context, field: str) -> Any:
    """A field's value; `None` where the stored one does not fit its type any more."""
    try:
        return getattr(ctx.item.fields, field)
    except UnfitFieldError:
        return None


def _computed(function: Callable[[Any], Any], ctx: Context) -> Any:
    """A function's value; `None` where it depends on a stored field that does not fit its type any more."""
    try:
        return function(ctx)
    except UnfitFieldError:
        return None


def moment(value: datetime | date | None, workspace: WorkspaceRecord) -> datetime | None:
    """A moment as it is; a date as the end of that day in the workspace's zone."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value + timedelta(days=1), time(), ZoneInfo(workspace.calendar.zone)).astimezone(
        UTC
    )


# In events


def mark_data(timer: str, mark: Mark) -> dict[str, Any]:
    """A mark as its event keeps it."""
    data: dict[str, Any] = {"timer": timer, "mark": mark.what, "reason": mark.reason}
    if mark.what in {"start", "target", "repeat"}:
        data["target"] = target_data(mark.target)
    if mark.what == "repeat":
        data["at"] = mark.at
    if mark.what == "resume":
        data["grace"] = mark.grace
    return data
