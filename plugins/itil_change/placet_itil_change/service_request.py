"""A service request, from its submission to its closing: an agreed action that a user asks for.

Source: ITIL 4, practice Service request management. The approvers are in the table `REQUEST_AUTHORITY` in
`requests/approvals.py`; a request whose form, model or approvers are not in order is refused when it is made. `system`
routes, approves and rejects as soon as the result is clear; people can do the same by hand.
"""

from __future__ import annotations

# isort: off
# fmt: off
# One imported name on each line would push the table off the first page.
from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_itil_change.ids import REQUEST_APPROVAL, REQUEST_MODEL, SERVICE_REQUEST
from placet_itil_change.ownership import OWN_ITEM
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.requests import effects
from placet_itil_change.requests.approvals import APPROVAL, DUTIES
from placet_itil_change.requests.fields import ServiceRequestFields
from placet_itil_change.requests.gates import (
    APPROVAL_NEEDED, FORM_FITS, NO_APPROVAL_NEEDED, REQUEST_APPROVED, REQUEST_CHANGE_DONE, REQUEST_COMPLETE, TASK_OPEN,
    TASKS_DONE,
)
from placet_itil_change.requests.timers import (
    APPROVAL_DUE, APPROVED, AUTO_APPROVAL, AUTOCLOSE, PENDING_OVER, PENDING_REVIEW, REFUSED, REMINDER, REQUEST_TARGET,
    ROUTING, SILENT, STUCK,
)
from placet_itil_change.roles import FULFILLER, REQUEST_APPROVER, REQUESTER, SERVICE_DESK_ANALYST
from placet_itil_change.waiting import PENDING_REASON, WAITING

WORKFLOW = Workflow(
    SERVICE_REQUEST,
    states=[
        #     id                   title                category
        State("submitted",         "Submitted",         "todo",      "Received"),
        State("awaiting_approval", "Awaiting approval", "waiting",   "With its approvers"),
        State("in_fulfilment",     "In fulfillment",    "active",    "It is being done"),
        State("pending",           "Pending",           "waiting",   "It waits for somebody else"),
        State("fulfilled",         "Fulfilled",         "waiting",   "Delivered, the user may object"),
        State("closed",            "Closed",            "done",      "Finished"),
        State("rejected",          "Rejected",          "cancelled", "Not approved, and so not done"),
        State("cancelled",         "Cancelled",         "cancelled", "Withdrawn"),
    ],
    transitions=[
        #          name               from                   to
        #          who may

        # Approved, or without an approval if the catalog says so
        Transition("route",           ["submitted"],         "awaiting_approval",
                   [SYSTEM, SERVICE_DESK_ANALYST],
                   gates=[FORM_FITS, APPROVAL_NEEDED],
                   input=["line_manager", "budget_owner"],
                   asks=[REQUEST_APPROVAL],
                   title="Send to approvers"),
        Transition("auto_approve",    ["submitted"],         "in_fulfilment",
                   [SYSTEM, SERVICE_DESK_ANALYST],
                   gates=[FORM_FITS, NO_APPROVAL_NEEDED],
                   effects=[effects.make_tasks],
                   title="Approve automatically"),
        Transition("approve_request", ["awaiting_approval"], "in_fulfilment",
                   [SYSTEM, REQUEST_APPROVER],
                   gates=[REQUEST_APPROVED],
                   effects=[effects.make_tasks]),
        Transition("reject_request",  ["awaiting_approval"], "rejected",
                   [SYSTEM, REQUEST_APPROVER],
                   gates=[REASON_GIVEN]),
        Transition("cancel_request",  ["submitted", "awaiting_approval", "in_fulfilment", "pending"], "cancelled",
                   [REQUESTER, SERVICE_DESK_ANALYST],
                   gates=[OWN_ITEM, REASON_GIVEN]),

        # Fulfilled task by task, each with who did it; on hold
        Transition("complete_task",   ["in_fulfilment"],     "same",
                   [FULFILLER],
                   gates=[TASK_OPEN],
                   effects=[effects.tick_off],
                   input=["task"]),
        Transition("pend_request",    ["in_fulfilment"],     "pending",
                   [FULFILLER],
                   gates=[PENDING_REASON],
                   input=WAITING,
                   title="Put on hold"),
        Transition("resume_request",  ["pending"],           "in_fulfilment",
                   [FULFILLER, REQUESTER, SYSTEM],
                   gates=[OWN_ITEM],
                   effects=[effects.request_goes_on],
                   title="Resume"),
        Transition("fulfil",          ["in_fulfilment"],     "fulfilled",
                   [FULFILLER],
                   gates=[TASKS_DONE, REQUEST_CHANGE_DONE],
                   effects=[effects.deliver],
                   title="Fulfill"),

        # Delivered, and accepted or objected to by the user
        Transition("reject_delivery", ["fulfilled"],         "in_fulfilment",
                   [REQUESTER],
                   gates=[OWN_ITEM, REASON_GIVEN],
                   effects=[effects.take_back]),
        Transition("close_request",   ["fulfilled"],         "closed",
                   [REQUESTER, SYSTEM],
                   gates=[OWN_ITEM],
                   effects=[effects.close_request],
                   input=["satisfaction"]),
    ],
)
# fmt: on
# isort: on

#: Set by transitions alone.
_RECORDED = ("escalated_round", "tasks", "task", "approved_at", "fulfilled_at", "closed_at")
#: The approved content.
_DECIDED = ("form", "beneficiary", "cost", "line_manager", "budget_owner")
_EVERYTHING = tuple(ServiceRequestFields.model_fields)

#: By state, the fields that cannot be edited in it.
FROZEN = {
    "submitted": _RECORDED,
    "awaiting_approval": (*_RECORDED, "line_manager", "budget_owner"),
    "in_fulfilment": (*_RECORDED, *_DECIDED),
    "pending": (*_RECORDED, *_DECIDED, "pending_reason"),
    "fulfilled": (*_RECORDED, *_DECIDED),
    "closed": _EVERYTHING,
    "rejected": _EVERYTHING,
    "cancelled": _EVERYTHING,
}

SERVICE_REQUEST_TYPE = ItemType(
    SERVICE_REQUEST,
    "Service request",
    description="An agreed action that a user asks for",
    fields=ServiceRequestFields,
    workflow=WORKFLOW,
    indexed=["beneficiary", "cost", "pending_reason", "fulfilled_at"],
    frozen_in=FROZEN,
    approvals=[APPROVAL],
    duties=DUTIES,
    timers=[
        ROUTING, AUTO_APPROVAL, STUCK, APPROVED, REFUSED, APPROVAL_DUE, REQUEST_TARGET, REMINDER, SILENT, PENDING_OVER,
        PENDING_REVIEW, AUTOCLOSE,
    ],
    parents=[REQUEST_MODEL],
    creation=[REQUEST_COMPLETE],
    creators=[REQUESTER, SERVICE_DESK_ANALYST],
    editors=[SERVICE_DESK_ANALYST, FULFILLER],
)  # fmt: skip
