"""The checks of communications, trainings and allocations.

Source: PRINCE2 7, practice organizing; COBIT 2019, APO07 Managed human resources, BAI05 Managed organizational change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from placet import (
    CheckContext,
    Verdict,
    blocked,
    check,
    empty_fields,
    fields_missing,
    fields_present,
    passed,
    plain_number,
    strictest,
    week_of,
)
from placet_governance.ids import ALLOCATION
from placet_governance.people.fields import AllocationFields, CommunicationFields, TrainingFields
from placet_governance.people.weeks import monday
from placet_governance.roles import COMMUNICATION_OWNER, RESOURCE_MANAGER, TRAINING_LEAD

#: Weeks that one sentence names.
_SHOWN = 5

communication_fields = fields_present(
    "governance.communication_fields",
    "audience",
    "message",
    "channel",
    remedy="complete the communication",
    who=[COMMUNICATION_OWNER],
)


def waiting_readers(fields: CommunicationFields) -> list[str]:
    """Readers who have not confirmed it yet, if they are asked to."""
    return [each for each in fields.readers if each not in fields.acknowledged_by] if fields.needs_ack else []


@check("governance")
def reader(ctx: CheckContext) -> Verdict:
    """Everybody confirms for themselves, if they are asked to."""
    readers = ctx.item.fields.readers
    if ctx.actor in readers:
        return passed(reader=ctx.actor)
    return blocked(
        "{actor:person} is not one of its readers" if readers else "it has no readers who confirm it",
        remedy="let {readers:person or} confirm it" if readers else "close it as acknowledged",
        who=list(readers),
        message_id="governance.reader" if readers else "governance.reader.none",
        params={"actor": ctx.actor, "readers": list(readers)},
    )


@check("governance")
def ack_count(ctx: CheckContext) -> Verdict:
    """Everybody named has confirmed it, or the time for that is up.

    Setting: `acknowledgement_days`, business days; twice as many after it was sent, it is noted who has not.
    """
    fields: CommunicationFields = ctx.item.fields
    waiting = waiting_readers(fields)
    sent: datetime = fields.sent_at or ctx.item.state_since
    ends = ctx.workspace.calendar.add_days(sent, 2 * ctx.settings.acknowledgement_days)
    if not waiting or ctx.now >= ends:
        return passed(unacknowledged=waiting)
    return blocked(
        "{n} of {m:count reader} confirmed it; still to confirm: {waiting:person}",
        remedy="remind {waiting:person and}",
        who=waiting,
        earliest=ends,
        params={
            "n": len(fields.readers) - len(waiting),
            "m": len(fields.readers),
            "waiting": waiting,
        },
    )


@check("governance")
def training_fields(ctx: CheckContext) -> Verdict:
    """A training has an audience, and a number of people who need it."""
    fields: TrainingFields = ctx.item.fields
    missing = empty_fields(fields, "audience")
    if not fields.required_count:
        missing.append("required_count")
    if missing:
        return fields_missing(ctx, missing, remedy="say who needs it, and how many", who=[TRAINING_LEAD.id])
    return passed(required=fields.required_count)


def _percent(part: int, whole: int) -> Decimal:
    return Decimal(100) * part / whole if whole else Decimal(0)


def _shown(percent: Decimal) -> Decimal:
    return percent.quantize(Decimal("0.1"), ROUND_HALF_UP)


@check("governance")
def training_counts(ctx: CheckContext) -> Verdict:
    """Enough of those who need it have completed it, and enough of these have passed.

    Setting: `training_min`, percent of `required_count`. Reads: `pass_mark`, percent of `completed_count`.
    """
    fields: TrainingFields = ctx.item.fields
    if missing := empty_fields(fields, "completed_count", "passed_count", "pass_mark"):
        return fields_missing(ctx, missing, remedy="enter the result of the training", who=[TRAINING_LEAD.id])
    required, completed = fields.required_count or 0, fields.completed_count or 0
    reach, good = _percent(completed, required), _percent(fields.passed_count or 0, completed)
    mark = fields.pass_mark or Decimal(0)
    if reach >= ctx.settings.training_min and good >= mark:
        return passed(reach=_shown(reach), passed=_shown(good))
    verdicts: list[Verdict] = []
    if reach < ctx.settings.training_min:
        verdicts.append(
            blocked(
                "{completed} of {required} people have completed it ({reach} %), and at least {least} % are required",
                remedy="train the others",
                who=[TRAINING_LEAD.id],
                params={
                    "completed": completed,
                    "required": required,
                    "reach": _shown(reach),
                    "least": plain_number(ctx.settings.training_min),
                },
            )
        )
    if good < mark:
        verdicts.append(
            blocked(
                "{passed} of {completed} people have passed ({good} %), and at least {mark} % are required",
                remedy="train those again who have not passed",
                who=[TRAINING_LEAD.id],
                message_id="governance.training_counts.passed",
                params={
                    "passed": fields.passed_count,
                    "completed": completed,
                    "good": _shown(good),
                    "mark": plain_number(mark),
                },
            )
        )
    return strictest(verdicts)


def promised(ctx: CheckContext) -> Iterator[tuple[str, Decimal]]:
    """Each week of an allocation, with the percent of the person's time that is promised to others in it."""
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
    """Nobody is allocated beyond their working time in any week; a week that is over, or without work, offers none.

    Setting: `capacity`, percent. Reads: the confirmed allocations of the person in this workspace, its calendar.
    """
    fields: AllocationFields = ctx.item.fields
    capacity: Decimal = ctx.settings.capacity
    needed = [(week, others + fields.percent, _works(ctx, week)) for week, others in promised(ctx)]
    idle = [week for week, _, works in needed if not works]
    over = [(week, total) for week, total, works in needed if works and total > capacity]
    this_week = week_of(ctx.today)
    verdicts: list[Verdict] = []
    if fields.week_to < this_week:
        verdicts.append(_over(fields.week_to, this_week))
    if over:
        verdicts.append(
            blocked(
                "{person:person} would be allocated more than {capacity} %: {weeks:and}",
                remedy="reduce it, or shift it to other weeks",
                who=[RESOURCE_MANAGER.id],
                params={
                    "person": fields.person,
                    "capacity": plain_number(capacity),
                    "weeks": _first([f"{plain_number(total)} % in week {week}" for week, total in over]),
                },
            )
        )
    if idle:
        verdicts.append(
            blocked(
                "nobody works in {weeks:and}",
                remedy="shift it to other weeks",
                who=[RESOURCE_MANAGER.id],
                message_id="governance.person_week.idle",
                params={"weeks": _first([f"week {week}" for week in idle])},
            )
        )
    return strictest(verdicts) if verdicts else passed(person=fields.person, weeks=len(fields.weeks))


def _over(last: str, now: str) -> Verdict:
    return blocked(
        "week {last} is over: it is week {now}",
        remedy="allocate weeks that are ahead",
        who=[RESOURCE_MANAGER.id],
        message_id="governance.person_week.past",
        params={"last": last, "now": now},
    )


def _first(weeks: list[str]) -> list[str]:
    """The first weeks, and the number of further ones."""
    more = len(weeks) - _SHOWN
    return weeks if more <= 0 else [*weeks[:_SHOWN], f"{more} more"]
