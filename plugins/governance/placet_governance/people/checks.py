"""The demands on communications, trainings and allocations.

Source: PRINCE2 7, practice organizing; COBIT 2019, APO07 Managed human resources, BAI05 Managed organizational change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from placet import CheckContext, Verdict, blocked, check, empty_fields, fields_missing, fields_present, passed
from placet_governance.ids import ALLOCATION
from placet_governance.people.fields import AllocationFields, CommunicationFields, TrainingFields
from placet_governance.people.weeks import monday
from placet_governance.roles import COMMUNICATION_OWNER, RESOURCE_MANAGER, TRAINING_LEAD

communication_fields = fields_present(
    "governance.communication_fields",
    "audience",
    "message",
    "channel",
    remedy="complete it: {fields}",
    who=[COMMUNICATION_OWNER],
)


def waiting_readers(fields: CommunicationFields) -> list[str]:
    """Who has not confirmed it yet, where that is asked for."""
    return [each for each in fields.readers if each not in fields.acknowledged_by] if fields.needs_ack else []


@check("governance")
def reader(ctx: CheckContext) -> Verdict:
    """Everybody confirms for themselves, if they are asked to."""
    readers = ctx.item.fields.readers
    if ctx.actor in readers:
        return passed(reader=ctx.actor)
    return blocked(
        "{actor} is none of its readers",
        remedy="let its readers confirm it: {readers}",
        who=list(readers),
        params={"actor": ctx.actor, "readers": ", ".join(readers) or "there are none"},
    )


@check("governance")
def ack_count(ctx: CheckContext) -> Verdict:
    """Everybody named has confirmed it, or the time for that is up.

    Setting: `acknowledgement_days`, business days; twice as many after it was sent, whoever has not is noted.
    """
    fields: CommunicationFields = ctx.item.fields
    waiting = waiting_readers(fields)
    sent: datetime = fields.sent_at or ctx.item.state_since
    ends = ctx.workspace.calendar.add_days(sent, 2 * ctx.settings.acknowledgement_days)
    if not waiting or ctx.now >= ends:
        return passed(unacknowledged=waiting)
    return blocked(
        "{n} of {m} acknowledged, missing {who}",
        remedy="remind them",
        who=waiting,
        earliest=ends,
        params={
            "n": len(fields.readers) - len(waiting),
            "m": len(fields.readers),
            "who": ", ".join(waiting),
        },
    )


@check("governance")
def training_fields(ctx: CheckContext) -> Verdict:
    """It is known for whom a training is, and how many have to have it."""
    fields: TrainingFields = ctx.item.fields
    missing = empty_fields(fields, "audience")
    if not fields.required_count:
        missing.append("required_count of at least 1")
    if missing:
        return fields_missing(ctx, missing, remedy="complete it", who=[TRAINING_LEAD.id])
    return passed(required=fields.required_count)


def _percent(part: int, whole: int) -> Decimal:
    return Decimal(100) * part / whole if whole else Decimal(0)


def _shown(percent: Decimal) -> str:
    return str(percent.quantize(Decimal("0.1"), ROUND_HALF_UP))


@check("governance")
def training_counts(ctx: CheckContext) -> Verdict:
    """Enough of those who need it have completed it, and enough of these have passed.

    Setting: `training_min`, percent of `required_count`. Reads: `pass_mark`, percent of `completed_count`.
    """
    fields: TrainingFields = ctx.item.fields
    if missing := empty_fields(fields, "completed_count", "passed_count", "pass_mark"):
        return fields_missing(ctx, missing, remedy="say how it went", who=[TRAINING_LEAD.id])
    required, completed = fields.required_count or 0, fields.completed_count or 0
    reach, good = _percent(completed, required), _percent(fields.passed_count or 0, completed)
    mark = fields.pass_mark or Decimal(0)
    if reach >= ctx.settings.training_min and good >= mark:
        return passed(reach=_shown(reach), passed=_shown(good))
    return blocked(
        "{completed} of {required} trained ({reach} %), {passed} passed ({good} %); at least {least} % and {mark} % are"
        " wanted",
        remedy="go on",
        who=[TRAINING_LEAD.id],
        params={
            "completed": completed,
            "required": required,
            "reach": _shown(reach),
            "passed": fields.passed_count,
            "good": _shown(good),
            "least": _shown(ctx.settings.training_min),
            "mark": _shown(mark),
        },
    )


def promised(ctx: CheckContext) -> Iterator[tuple[str, Decimal]]:
    """Each week of an allocation, with the percent of the person's time that others were promised in it."""
    fields: AllocationFields = ctx.item.fields
    others = [
        each.fields
        for each in ctx.items(
            ALLOCATION,
            states=["confirmed"],
            person=fields.person,
            week_to__ge=fields.week_from,
            week_from__le=fields.week_to,
        )
        if each.key != ctx.item.key
    ]
    for week in fields.weeks:
        yield week, sum((o.percent for o in others if o.week_from <= week <= o.week_to), Decimal(0))


def _works(ctx: CheckContext, week: str) -> bool:
    """Whether anybody works in a week, by the workspace's calendar."""
    calendar = ctx.workspace.calendar
    start = datetime.combine(monday(week), time(), ZoneInfo(calendar.zone))
    return calendar.between(start, start + timedelta(weeks=1)) > timedelta()


@check("governance")
def person_week(ctx: CheckContext) -> Verdict:
    """Nobody is promised for more than their working time in any week; a week in which nobody works offers nothing.

    Setting: `capacity`, percent. Reads: the confirmed allocations of the person in this workspace, its calendar.
    """
    fields: AllocationFields = ctx.item.fields
    capacity: Decimal = ctx.settings.capacity
    over = [
        (week, total, _works(ctx, week))
        for week, others in promised(ctx)
        if (total := others + fields.percent) > capacity or not _works(ctx, week)
    ]
    if not over:
        return passed(person=fields.person, weeks=len(fields.weeks))
    told = [
        f"{_plain(total)} % in week {week}" if works else f"no working time in week {week}"
        for week, total, works in over[:5]
    ]
    more = f" and {len(over) - len(told)} more weeks" if len(over) > len(told) else ""
    return blocked(
        "{person}: {weeks}, and {capacity} % is the most",
        remedy="reduce it, or shift it to other weeks",
        who=[RESOURCE_MANAGER.id],
        params={
            "person": fields.person,
            "weeks": ", ".join(told) + more,
            "capacity": _plain(capacity),
        },
    )


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
