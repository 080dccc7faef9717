"""A sprint: a timebox with a goal, to whose scope the team commits.

    planned     it has a goal, dates and items, and its planning was held
    running     what is selected at its start is the commitment; its scope changes where product owner and developers
                agree to it in person
    closing     the timebox is over: review and retrospective are held, and each unfinished item goes where the product
                owner says: back to the backlog, into the next sprint, or out

At every moment, the points committed + added - removed are those to do + in work + done. A new estimate counts as added
or removed, and so does an item that comes in, goes back or is removed. An unfinished item is not done at all, however
little is missing; a finished one counts for the velocity with its size when its work began, or a smaller one since.

Source: the Scrum Guide, 2020. Our choices: the next sprint is planned while one is running; a sprint that is over is
closed by people, as its review and its retrospective are theirs; the product owner alone cancels one.
"""

from __future__ import annotations

from placet import SYSTEM, CalendarEntry, ItemType, State, Transition, Workflow
from placet_agile.ids import SPRINT, TEAM
from placet_agile.lessons import draw_lesson
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import DEVELOPER, PRODUCT_OWNER, SCRUM_MASTER
from placet_agile.sprints import effects
from placet_agile.sprints.computed import SPRINT_COMPUTED
from placet_agile.sprints.fields import SprintFields
from placet_agile.sprints.gates import (
    BACKLOG_SELECTED,
    GOAL_OBSOLETE,
    GOAL_SET,
    ITEMS_READY,
    NEXT_NUMBER,
    ONE_RUNNING_SPRINT,
    PLANNING_HELD,
    RETRO_HELD,
    REVIEW_HELD,
    SPLIT_ESTIMATED,
    SPRINT_DATES,
    SPRINT_OVER,
    UNFINISHED_DISPOSED,
)
from placet_agile.sprints.timers import SPRINT_TIMERS
from placet_agile.teams.belonging import TEAM_KEPT, TEAM_OF_PARENT
from placet_agile.teams.checks import TEAM_VALID

_TEAM = [DEVELOPER, SCRUM_MASTER, PRODUCT_OWNER]
_PLAN = ("goal", "planned_start", "planned_end", "capacity_hours", "events")

# fmt: off
WORKFLOW = Workflow(
    SPRINT,
    states=[
        #     id           title        category
        State("draft",     "Draft",     "todo",      "It is being filled"),
        State("planned",   "Planned",   "todo",      "Its planning was held"),
        State("running",   "Running",   "active",    "Its timebox runs"),
        State("closing",   "Closing",   "active",    "Review and retrospective"),
        State("closed",    "Closed",    "done",      "Finished"),
        State("cancelled", "Cancelled", "cancelled", "Its goal became obsolete, or it never started"),
    ],
    transitions=[
        #          name            from                  to           who may
        Transition("plan",         ["draft"],            "planned",   _TEAM,
                   gates=[NEXT_NUMBER, GOAL_SET, SPRINT_DATES, BACKLOG_SELECTED, PLANNING_HELD],
                   effects=[effects.keep_capacity],
                   input=_PLAN),
        Transition("replan",       ["planned"],          "draft",     _TEAM,
                   title="Plan again"),
        Transition("start_sprint", ["planned"],          "running",   [*_TEAM, SYSTEM],
                   gates=[TEAM_VALID, ONE_RUNNING_SPRINT, SPRINT_DATES, GOAL_SET, ITEMS_READY],
                   effects=[effects.commit]),
        Transition("begin_close",  ["running"],          "closing",   [SYSTEM, SCRUM_MASTER, DEVELOPER],
                   gates=[SPRINT_OVER],
                   effects=[effects.propose_dispositions],
                   title="Begin to close"),
        Transition("close",        ["closing"],          "closed",    [SCRUM_MASTER, PRODUCT_OWNER],
                   gates=[REVIEW_HELD, RETRO_HELD, UNFINISHED_DISPOSED, SPLIT_ESTIMATED],
                   effects=[effects.settle],
                   input=["events", "goal_met"],
                   title="Close sprint"),
        Transition("cancel",       ["running"],          "cancelled", [PRODUCT_OWNER],
                   gates=[GOAL_OBSOLETE],
                   effects=[effects.release_items, draw_lesson],
                   input=["cancel_reason", "goal_obsolete"],
                   title="Cancel sprint"),
        Transition("discard",      ["draft", "planned"], "cancelled", [PRODUCT_OWNER, SCRUM_MASTER],
                   gates=[REASON_GIVEN],
                   effects=[effects.take_items_back]),
    ],
)
# fmt: on

#: Nobody edits these: moves and what follows from them set them.
_RECORDED = (
    "started_at",
    "ended_at",
    "committed_items",
    "committed_points",
    "committed_sizes",
    "added_points",
    "removed_points",
    "completed_points",
    "completed_committed_points",
    "items_at_end",
    "unfinished_at_end",
    "cancel_reason",
    "goal_obsolete",
)
#: A sprint stays the one that it was made as.
_WHOSE = (*_RECORDED, "team", "number")
#: Frozen with the start: the goal, and the timebox.
_COMMITTED = (*_WHOSE, "goal", "planned_start", "planned_end", "capacity_hours")
_EVERYTHING = tuple(name for name in SprintFields.model_fields if name != "overrun_minutes")

SPRINT_TYPE = ItemType(
    SPRINT,
    "Sprint",
    description="A timebox of a team, with a goal",
    fields=SprintFields,
    workflow=WORKFLOW,
    indexed=["team", "number", "planned_start", "planned_end", "ended_at"],
    frozen_in={
        "draft": _RECORDED,
        "planned": (*_WHOSE, "planned_start", "planned_end"),
        "running": _COMMITTED,
        "closing": _COMMITTED,
        "closed": _EVERYTHING,
        "cancelled": _EVERYTHING,
    },
    computed=SPRINT_COMPUTED,
    timers=SPRINT_TIMERS,
    calendar=CalendarEntry("planned_start", "planned_end", ("planned", "running", "closing")),
    parents=[TEAM],
    creators=_TEAM,
    editors=_TEAM,
    creation=[NEXT_NUMBER, TEAM_OF_PARENT],
    editing=[TEAM_KEPT],
)
