"""A task: a step of the plan for a story or a bug.

Source: the Scrum Guide, 2020, sprint backlog: the plan of the developers.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_agile.delivery.effects import nothing_remains
from placet_agile.delivery.fields import TaskFields
from placet_agile.ids import BUG, STORY, TASK
from placet_agile.roles import DEVELOPER

# fmt: off
WORKFLOW = Workflow(
    TASK,
    states=[
        #     id         title      category
        State("todo",    "To do",   "todo",      "Planned"),
        State("doing",   "Doing",   "active",    "In work"),
        State("done",    "Done",    "done",      "Finished"),
        State("removed", "Removed", "cancelled", "Not needed"),
    ],
    transitions=[
        #          name           from               to         who may
        Transition("begin_task",  ["todo"],          "doing",   [DEVELOPER], input=["assignee"]),
        Transition("end_task",    ["todo", "doing"], "done",    [DEVELOPER], effects=[nothing_remains]),
        Transition("remove_task", ["todo", "doing"], "removed", [DEVELOPER]),
    ],
)
# fmt: on

_EVERYTHING = tuple(TaskFields.model_fields)

TASK_TYPE = ItemType(
    TASK,
    "Task",
    description="A step of the plan for a story or a bug",
    fields=TaskFields,
    workflow=WORKFLOW,
    frozen_in={"done": _EVERYTHING, "removed": _EVERYTHING},
    parents=[STORY, BUG],
    creators=[DEVELOPER],
    editors=[DEVELOPER],
)
