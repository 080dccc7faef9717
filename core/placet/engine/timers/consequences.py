"""The consequence of a threshold: its effects and its transition, made by `system` under the rules as by anybody.

A refused consequence holds nothing else back: it is recorded with its blockers and with the people who can clear them,
it is tried again when the item changes and on a schedule, and the other thresholds of the timer go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from placet.definitions.document import method_of
from placet.definitions.notification_rules import ASKED
from placet.definitions.roles import SYSTEM
from placet.definitions.timers import Threshold, Timer
from placet.definitions.verdicts import BlockedError, Blocker, Outcome
from placet.engine.act.messages import time_is_up
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.recorder import append
from placet.engine.act.records import DuePoint, ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import people_of
from placet.engine.rules.grounds import blocker_data
from placet.engine.rules.refusals import plugin_failed, report_it
from placet.engine.timers.marks import holds
from placet.errors import ConflictError, DefinitionError, InvalidError, NotFoundError

#: Errors of a definition, which no person can clear by changing the item.
_FAULTS = (ConflictError, InvalidError, NotFoundError, DefinitionError)
#: People whom a refusal names; more of them are named by their roles.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of trying a consequence."""

    #: `None` where all of it is done.
    refusal: BlockedError | None
    #: Whether its effects have run.
    effects_ran: bool


def applies(unit: UnitOfWork, record: ItemRecord, timer: Timer, threshold: Threshold) -> bool:
    """Whether the condition of a threshold holds. Raises `BlockedError` where its function failed."""
    if threshold.when is None:
        return True
    ctx = Context(unit, record, SYSTEM)
    ctx.speaks_for(method_of(timer.id))
    try:
        return unit.plugins.call(timer.id, ctx, partial(holds, threshold.when))
    except PluginError as failure:
        what = f"the condition of {timer.title} at {threshold.label}"
        raise plugin_failed(
            record.key, threshold.fires or "", "timer", what, failure, ctx.titles
        ) from failure


def attempt(
    unit: UnitOfWork, ref: ItemRef, timer: Timer, threshold: Threshold, *, effects_ran: bool = False
) -> Attempt:
    """Run the effects of a threshold, and make its transition; nothing remains of a part that is refused."""
    writer = ItemWriter(unit)
    if not effects_ran:
        refusal = _tried(
            unit, ref, timer, threshold, lambda: writer.run_effects(ref, threshold.effects, timer.id)
        )
        if refusal is not None:
            return Attempt(refusal, effects_ran=False)
    name = threshold.fires
    if name is None:
        return Attempt(None, effects_ran=True)
    comment = time_is_up(timer.title)
    return Attempt(
        _tried(
            unit, ref, timer, threshold,
            lambda: writer.move(ref, name, {}, comment, SYSTEM, caused_by=timer.id, kept=False),
        ),
        effects_ran=True,
    )  # fmt: skip


def _tried(
    unit: UnitOfWork, ref: ItemRef, timer: Timer, threshold: Threshold, do: Callable[[], object]
) -> BlockedError | None:
    kept = unit.savepoint()
    try:
        do()
    except BlockedError as refusal:
        unit.back_to(kept)
        return refusal
    except _FAULTS as error:
        unit.back_to(kept)
        blocker = Blocker(
            str(error), report_it(timer.id), verdict=Outcome.UNKNOWN, message_id="timer.failed", gate="timer",
            check=timer.id, source=method_of(timer.id),
        )  # fmt: skip
        titles = unit.titles(ref.workspace, unit.own(ref).type)
        return BlockedError(ref.key, threshold.fires or "", [blocker], wording=titles)
    return None


def blocked_by(refusal: BlockedError) -> tuple[str, ...]:
    """The gates and checks of a refusal."""
    return tuple(sorted({f"{blocker.gate}/{blocker.check}" for blocker in refusal.blockers}))


def record_refusal(
    unit: UnitOfWork, record: ItemRecord, timer: Timer, threshold: Threshold, refusal: BlockedError
) -> ItemRecord:
    """Record that a consequence was refused, which notifies the people who can do something about it.

    Where the workspace records no refusals, they are notified that the time is up, without the blockers.
    """
    notifies = {"point": threshold.label, "notifies": list(_able(unit, record, threshold, refusal))}
    if not unit.workspace(record.workspace).record_refusals:
        return append(unit, record, "timer", SYSTEM, {"timer": timer.id, **notifies}, content=False)[0]
    data = {
        "transition": threshold.fires,
        "from_state": record.state,
        "caused_by": timer.id,
        "blockers": [blocker_data(b) for b in (*refusal.blockers, *refusal.observed)],
        **notifies,
    }
    return append(unit, record, "refused", SYSTEM, data, content=False)[0]


def _able(unit: UnitOfWork, record: ItemRecord, threshold: Threshold, refusal: BlockedError) -> Sequence[str]:
    """The people who can act on a refusal, by role where they are many: the first group in which there is anybody.

    The groups are those whom the blockers name, those who can make the transition, those whom the threshold notifies,
    and the creator of the item.
    """
    item_type = unit.item_type(record)
    name = threshold.fires
    transition = None if item_type is None or name is None else item_type.workflow.transition(name)
    groups: tuple[Sequence[str], ...] = (
        [who for blocker in refusal.blockers for who in blocker.who],
        () if transition is None else transition.roles,
        [name for name in threshold.notifies if not name.startswith(ASKED)],
    )
    ctx = Context(unit, record, SYSTEM)
    found = next((group for group in groups if people_of(group, ctx)), [record.created_by])
    people = people_of(found, ctx)
    return people if len(people) <= _NAMED else [who for who in dict.fromkeys(found) if who != SYSTEM]


def with_point(record: ItemRecord, timer: Timer, point: str, due: DuePoint | None) -> ItemRecord:
    """The item with what one threshold still has to do; `None` where that is nothing."""
    timer_record = record.timers[timer.id]
    others = tuple(each for each in timer_record.due_points if each.point != point)
    points = others if due is None else (*others, due)
    if points == timer_record.due_points:
        return record
    return replace(record, timers={**record.timers, timer.id: replace(timer_record, due_points=points)})


def drop_point(unit: UnitOfWork, ref: ItemRef, timer: Timer, point: str) -> None:
    """Take away what a threshold still has to do, before it is done."""
    unit.put(with_point(unit.own(ref), timer, point, None))
