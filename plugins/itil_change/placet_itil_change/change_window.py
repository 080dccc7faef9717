"""A maintenance window, a freeze or a blackout, once or recurring.

Source: ITIL 4, practice Change enablement, the change schedule. Our choice: a window is in force once it is declared,
and nobody edits one that others go by. It is amended or withdrawn by transitions, with the agreement of those who could
exempt from it.
"""

from __future__ import annotations

from datetime import datetime

from placet import (
    SAME,
    CalendarEntry,
    CheckContext,
    Computed,
    ItemType,
    State,
    Transition,
    Workflow,
    last_end,
)
from placet_itil_change.changes.fields import ChangeWindowFields
from placet_itil_change.changes.timers import WINDOW_DECLARED
from placet_itil_change.changes.window_changes import (
    AMENDMENT,
    AMENDMENT_AGREED,
    AMENDMENT_STATED,
    WINDOW_DUTIES,
    WITHDRAWAL,
    WITHDRAWAL_AGREED,
    amend,
)
from placet_itil_change.changes.windows import held_up
from placet_itil_change.ids import CHANGE_WINDOW, WINDOW_AMENDMENT, WINDOW_WITHDRAWAL
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
        #          name                  from          to           who may
        Transition("request_amendment",  ["in_force"], SAME,        [CHANGE_MANAGER],
                   gates=[REASON_GIVEN, AMENDMENT_STATED],
                   asks=[WINDOW_AMENDMENT],
                   input=["new_start", "new_end", "new_rrule", "new_scope"]),
        Transition("amend_window",       ["in_force"], SAME,        [CHANGE_MANAGER],
                   gates=[AMENDMENT_STATED, AMENDMENT_AGREED],
                   effects=[amend],
                   voids=[WINDOW_AMENDMENT, WINDOW_WITHDRAWAL]),
        Transition("request_withdrawal", ["in_force"], SAME,        [CHANGE_MANAGER],
                   gates=[REASON_GIVEN],
                   asks=[WINDOW_WITHDRAWAL]),
        Transition("withdraw_window",    ["in_force"], "withdrawn", [CHANGE_MANAGER],
                   gates=[REASON_GIVEN, WITHDRAWAL_AGREED]),
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
    frozen_in={
        "withdrawn": (
            "kind",
            "start",
            "end",
            "rrule",
            "scope",
            "new_start",
            "new_end",
            "new_rrule",
            "new_scope",
        )
    },
    computed=[Computed("until", until)],
    approvals=[AMENDMENT, WITHDRAWAL],
    duties=WINDOW_DUTIES,
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
