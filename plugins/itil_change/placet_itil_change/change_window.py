"""A maintenance window, a freeze or a blackout, once or recurring.

Source: ITIL 4, practice Change enablement, the change schedule. Our choice: a window is an entry in a calendar and has
no workflow of its own, but nothing here is ever deleted, so one that was declared in error is withdrawn, with a reason.
"""

from __future__ import annotations

from datetime import datetime

from placet import CalendarEntry, CheckContext, Computed, ItemType, State, Transition, Workflow, last_end
from placet_itil_change.changes.fields import ChangeWindowFields
from placet_itil_change.changes.timers import WINDOW_DECLARED
from placet_itil_change.changes.windows import held_up
from placet_itil_change.ids import CHANGE_WINDOW
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import CHANGE_MANAGER

# fmt: off
WORKFLOW = Workflow(
    CHANGE_WINDOW,
    states=[
        #     id           title        category
        State("in_force",  "In force",  "active",    "It applies to changes"),
        State("withdrawn", "Withdrawn", "cancelled", "It does not apply"),
    ],
    transitions=[
        #          name               from          to           who may
        Transition("withdraw_window", ["in_force"], "withdrawn", [CHANGE_MANAGER], gates=[REASON_GIVEN]),
    ],
)
# fmt: on


def until(ctx: CheckContext) -> datetime:
    """When the last occurrence ends, in the workspace's zone."""
    fields: ChangeWindowFields = ctx.item.fields
    return last_end(fields.start, fields.end, fields.rrule, ctx.workspace.calendar.zone)


CHANGE_WINDOW_TYPE = ItemType(
    CHANGE_WINDOW,
    "Change window",
    description="A time in which changes are expected, or forbidden",
    fields=ChangeWindowFields,
    workflow=WORKFLOW,
    indexed=["kind", "start", "end", "until", "scope"],
    frozen_in={"withdrawn": ("kind", "start", "end", "rrule", "scope")},
    computed=[Computed("until", until)],
    timers=[WINDOW_DECLARED],
    calendar=CalendarEntry(
        "start",
        "end",
        ("in_force",),
        rrule="rrule",
        kind="kind",
        window=True,
        defaults={"scope": ("all",)},
        holds_up=held_up,
    ),
    parents=None,
    creators=[CHANGE_MANAGER],
    editors=[CHANGE_MANAGER],
)
