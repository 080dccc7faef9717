"""Checks of a sprint, in the order of its workflow.

Source: the Scrum Guide, 2020. The figures are settings; what people found out together (the goal, whether it was met)
is recorded and not computed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import (
    Action,
    CheckContext,
    ItemView,
    Verdict,
    blocked,
    check,
    named,
    passed,
    standing,
    strictest,
)
from placet_agile.delivery.fields import Disposition
from placet_agile.ids import IMPROVEMENT, SPRINT
from placet_agile.roles import DEVELOPER, PRODUCT_OWNER, SCRUM_MASTER, TEAM_ROLES
from placet_agile.sprints.board import unfinished
from placet_agile.sprints.fields import EventKind, SprintEvent, SprintFields
from placet_agile.teams.settings import Estimation

_SHORTEST_GOAL, _LONGEST_GOAL = 10, 500
_SHORTEST_REASON = 20
#: The outcome of a retrospective without an improvement says why, in so many characters.
_SHORTEST_OUTCOME = 10
#: States in which a sprint takes its time.
_BOOKED = ("planned", "running", "closing")
_TEAM = tuple(role.id for role in TEAM_ROLES)


def _edit(ctx: CheckContext, title: str, *fields: str) -> list[Action]:
    return [Action("edit", title, f"/items/{ctx.item.key}", fields)]


@check("agile")
def next_number(ctx: CheckContext) -> Verdict:
    """The sprints of a team are numbered without a gap, and each number is there once."""
    fields: SprintFields = ctx.item.fields
    number = fields.number
    there = {
        sprint.fields.number
        for sprint in ctx.items(SPRINT, team=fields.team, number__any=[number - 1, number])
        if sprint.key != ctx.item.key
    }
    if number in there:
        return blocked(
            "the team has a sprint {number} already",
            remedy="take the next number",
            who=[SCRUM_MASTER.id],
            message_id="agile.next_number.taken",
            params={"number": number},
            inputs=["number"],
        )
    if number > 1 and number - 1 not in there:
        return blocked(
            "the team has no sprint {before}, after which sprint {number} would come",
            remedy="number the sprints one after the other",
            who=[SCRUM_MASTER.id],
            params={"number": number, "before": number - 1},
            inputs=["number"],
        )
    return passed(number=number)


@check("agile")
def sprint_goal(ctx: CheckContext) -> Verdict:
    """A sprint has a goal of 10 to 500 characters: the one reason for which it is worth while."""
    length = len((ctx.item.fields.goal or "").strip())
    if _SHORTEST_GOAL <= length <= _LONGEST_GOAL:
        return passed(characters=length)
    return blocked(
        "the sprint goal has {length:count character}, 10 to 500 are needed"
        if length
        else "the sprint goal is missing",
        remedy="write it together",
        who=_TEAM,
        params={"length": length},
        actions=_edit(ctx, "Write", "goal"),
        inputs=["goal"],
    )


@check("agile")
def sprint_length(ctx: CheckContext) -> Verdict:
    """A sprint lasts a day at least, and a month at most, counted from its real start.

    Setting: `max_sprint_days`.
    """
    fields: SprintFields = ctx.item.fields
    if fields.planned_start is None or fields.planned_end is None:
        return blocked(
            "start and end are not planned",
            remedy="plan both",
            who=[SCRUM_MASTER.id],
            message_id="agile.sprint_length.missing",
            actions=_edit(ctx, "Plan", "planned_start", "planned_end"),
            inputs=["planned_start", "planned_end"],
        )
    early = ctx.transition == "start_sprint" and ctx.now < fields.planned_start
    starts = ctx.now if early else fields.planned_start
    days = round((fields.planned_end - starts) / timedelta(days=1), 1)
    most: int = ctx.settings.max_sprint_days
    if 1 <= days <= most:
        return passed(days=days)
    return blocked(
        "started now, the sprint would last {days:count day}, allowed are 1 to {most}"
        if early
        else "the sprint lasts {days:count day}, allowed are 1 to {most}",
        remedy="wait for its start {start:moment}, or plan it again with an earlier end"
        if early
        else "change the dates",
        who=[SCRUM_MASTER.id],
        params={"days": days, "most": most, "start": fields.planned_start},
        actions=() if early else _edit(ctx, "Change", "planned_start", "planned_end"),
    )


@check("agile")
def no_overlap(ctx: CheckContext) -> Verdict:
    """Two sprints of a team do not overlap; one may begin the moment the other ends."""
    fields: SprintFields = ctx.item.fields
    if fields.planned_start is None or fields.planned_end is None:
        return passed()
    meeting = [
        _overlap(sprint)
        for sprint in ctx.items(SPRINT, states=_BOOKED, team=fields.team)
        if sprint.key != ctx.item.key and _meets(fields, sprint)
    ]
    return strictest(meeting) if meeting else passed()


@check("agile")
def ends_later(ctx: CheckContext) -> Verdict:
    """A sprint is planned and started before it ends: one that is over from the start is not a timebox."""
    end: datetime | None = ctx.item.fields.planned_end
    if end is None or end > ctx.now:
        return passed(end=end)
    return blocked(
        "its end {end:moment} is over",
        remedy="plan a later end",
        who=[SCRUM_MASTER.id],
        params={"end": end},
        actions=_edit(ctx, "Change", "planned_end"),
        inputs=["planned_end"],
    )


def _meets(fields: SprintFields, other: ItemView) -> bool:
    start, end = other.fields.planned_start, other.fields.planned_end
    if None in {start, end, fields.planned_start, fields.planned_end}:
        return False
    return bool(fields.planned_start < end and start < fields.planned_end)


def _overlap(other: ItemView) -> Verdict:
    return blocked(
        "it overlaps sprint {number} ({span:span})",
        remedy="move it",
        who=[SCRUM_MASTER.id],
        params={
            "number": other.fields.number,
            "sprint": other.key,
            "span": [other.fields.planned_start, other.fields.planned_end],
        },
    )


@check("agile")
def items_selected(ctx: CheckContext) -> Verdict:
    """At least one item is selected for the sprint."""
    selected = [item for item in unfinished(ctx) if item.state == "selected"]
    if selected:
        return passed(items=len(selected))
    return blocked("the sprint backlog is empty", remedy="select items", who=[DEVELOPER.id])


def _held(ctx: CheckContext, kind: EventKind) -> list[SprintEvent]:
    """The events of a kind that lie in the past: nothing is recorded before it is held."""
    fields: SprintFields = ctx.item.fields
    return [event for event in fields.events if event.kind is kind and event.held_at <= ctx.now]


def _not_recorded(ctx: CheckContext, event: EventKind, message_id: str = "") -> Verdict:
    return blocked(
        "the {event:word} is not recorded",
        remedy="hold it, and record when and how long",
        who=_TEAM,
        message_id=message_id,
        params={"event": event.value},
        actions=_edit(ctx, "Record", "events"),
    )


@check("agile")
def planning_event(ctx: CheckContext) -> Verdict:
    """Sprint planning was held."""
    held = _held(ctx, EventKind.PLANNING)
    return passed(minutes=held[-1].minutes) if held else _not_recorded(ctx, EventKind.PLANNING)


@check("agile")
def single_running(ctx: CheckContext) -> Verdict:
    """No other sprint of the team is running or closing."""
    others = [
        sprint
        for sprint in ctx.items(SPRINT, states=["running", "closing"], team=ctx.item.fields.team)
        if sprint.key != ctx.item.key
    ]
    if not others:
        return passed()
    other = others[0]
    return blocked(
        "sprint {number} is {state:state}",
        remedy="close it first",
        who=[SCRUM_MASTER.id],
        params={
            "number": other.fields.number,
            "state": f"{other.type}:{other.state}",
            "sprint": other.key,
        },
    )


@check("agile")
def all_ready(ctx: CheckContext) -> Verdict:
    """Every selected item is estimated.

    Setting: `estimation`. That an item is ready is checked when it is selected.
    """
    if ctx.settings.estimation is Estimation.NONE:
        return passed()
    lacking = [named(item) for item in unfinished(ctx) if item.fields.points is None]
    if not lacking:
        return passed()
    return blocked(
        "not estimated: {items}",
        remedy="estimate each, or take it back",
        who=[DEVELOPER.id],
        params={"items": lacking},
    )


def _window(ctx: CheckContext) -> datetime | None:
    """The moment from which on a sprint can be closed. Setting: `close_window`, business days."""
    end: datetime | None = ctx.item.fields.planned_end
    return None if end is None else ctx.workspace.calendar.subtract_days(end, ctx.settings.close_window)


@check("agile")
def end_reached(ctx: CheckContext) -> Verdict:
    """A sprint is closed at its end, and not before: its timebox is fixed.

    Setting: `close_window`: review and retrospective lie inside the sprint.
    """
    opens = _window(ctx)
    if opens is None or ctx.now >= opens:
        return passed(opens=opens)
    return blocked(
        "the sprint ends {end:moment}",
        remedy="wait, or let the product owner cancel it",
        who=[PRODUCT_OWNER.id],
        earliest=opens,
        params={"end": ctx.item.fields.planned_end, "opens": opens},
    )


@check("agile")
def review_event(ctx: CheckContext) -> Verdict:
    """The review was held at the end of the sprint, with an outcome, and found whether the goal was met."""
    opens = _window(ctx)
    held = [event for event in _held(ctx, EventKind.REVIEW) if opens is None or event.held_at >= opens]
    verdicts: list[Verdict] = []
    if not any((event.outcome or "").strip() for event in held):
        verdicts.append(_not_recorded(ctx, EventKind.REVIEW))
    if ctx.item.fields.goal_met is None:
        verdicts.append(
            blocked(
                "nobody says whether the sprint goal was met",
                remedy="record what the review found",
                who=_TEAM,
                message_id="agile.review_event.goal",
                actions=_edit(ctx, "Record", "goal_met"),
                inputs=["goal_met"],
            )
        )
    return strictest(verdicts) if verdicts else passed(goal_met=ctx.item.fields.goal_met)


@check("agile")
def retro_event(ctx: CheckContext) -> Verdict:
    """The retrospective was held in the sprint, and led to an improvement, or says why to none."""
    start = ctx.item.fields.planned_start
    held = [event for event in _held(ctx, EventKind.RETROSPECTIVE) if start is None or event.held_at >= start]
    if not held:
        return _not_recorded(ctx, EventKind.RETROSPECTIVE)
    if any(len((event.outcome or "").strip()) >= _SHORTEST_OUTCOME for event in held):
        return passed(minutes=held[-1].minutes)
    improvements = ctx.items(IMPROVEMENT, sprint=ctx.item.key)
    if improvements:
        return passed(improvements=[item.key for item in improvements])
    return blocked(
        "the retrospective led to no improvement, and does not say why",
        remedy="propose one for this sprint, or write the outcome",
        who=[SCRUM_MASTER.id],
        message_id="agile.retro_event.improvement",
        actions=_edit(ctx, "Write", "events"),
    )


@check("agile")
def dispositions(ctx: CheckContext) -> Verdict:
    """For every item that is not done it is decided what becomes of it."""
    open_ = unfinished(ctx)
    undecided = [named(item) for item in open_ if item.fields.disposition is None]
    if undecided:
        return blocked(
            "nobody has decided on {items:and}",
            remedy="decide on each",
            who=[PRODUCT_OWNER.id],
            params={"items": undecided},
        )
    carried = [named(item) for item in open_ if item.fields.disposition is Disposition.TO_NEXT_SPRINT]
    if carried and following(ctx) is None:
        return blocked(
            "{items:and} would go to the next sprint, and the team has none",
            remedy="make the next sprint, or decide otherwise",
            who=[PRODUCT_OWNER.id, SCRUM_MASTER.id],
            message_id="agile.dispositions.next",
            params={"items": carried},
        )
    return passed(unfinished=len(open_))


@check("agile")
def split_estimated(ctx: CheckContext) -> Verdict:
    """Items that were split and are not done were estimated again: their points are those of what is left.

    Setting: `estimation`.
    """
    if ctx.settings.estimation is Estimation.NONE:
        return passed()
    stale = [item for item in unfinished(ctx) if item.fields.split_since_estimate]
    if not stale:
        return passed()
    return blocked(
        "split, and not estimated since: {items:standing}",
        remedy="estimate each again",
        who=[DEVELOPER.id],
        params={"items": [standing(item) for item in stale]},
    )


def following(ctx: CheckContext) -> ItemView | None:
    """The next sprint of the team that has not started."""
    waiting = ctx.items(SPRINT, states=["draft", "planned"], team=ctx.item.fields.team)
    later = [sprint for sprint in waiting if sprint.fields.number > ctx.item.fields.number]
    return min(later, key=lambda sprint: sprint.fields.number, default=None)


@check("agile")
def cancel_reason(ctx: CheckContext) -> Verdict:
    """A sprint is cancelled only when its goal is obsolete, and the product owner says why."""
    fields: SprintFields = ctx.item.fields
    given = len((fields.cancel_reason or "").strip())
    if given >= _SHORTEST_REASON and fields.goal_obsolete:
        return passed(characters=given)
    return blocked(
        "a sprint is cancelled only when its goal is obsolete",
        remedy="say why it is, in at least {at_least} characters",
        who=[PRODUCT_OWNER.id],
        params={"given": given, "at_least": _SHORTEST_REASON, "goal_obsolete": bool(fields.goal_obsolete)},
        inputs=["cancel_reason", "goal_obsolete"],
    )
