"""A service request, from its submission to its closing: an agreed action that a user asks for.

Source: ITIL 4, practice Service request management. Our choices:

- Who approves is known from the settings (`line_managers`), the catalogue, or the request itself; where it is not, the
  service desk names them before it routes.
- `system` routes, approves and rejects by itself as soon as it is clear; people can do the same by hand.
- `complete_task` keeps the state: it has to show who did which task.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_itil_change.ids import REQUEST_APPROVAL, REQUEST_MODEL, SERVICE_REQUEST
from placet_itil_change.ownership import OWN_ITEM
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.requests import effects
from placet_itil_change.requests.approvals import APPROVAL, DUTIES
from placet_itil_change.requests.fields import ServiceRequestFields
from placet_itil_change.requests.gates import (
    APPROVAL_NEEDED,
    FORM_FITS,
    NO_APPROVAL_NEEDED,
    REQUEST_APPROVED,
    REQUEST_CHANGE_DONE,
    TASK_OPEN,
    TASKS_DONE,
)
from placet_itil_change.requests.timers import (
    APPROVAL_DUE,
    APPROVED,
    AUTO_APPROVAL,
    AUTOCLOSE,
    REFUSED,
    REMINDER,
    REQUEST_TARGET,
    ROUTING,
    SILENT,
)
from placet_itil_change.roles import FULFILLER, REQUEST_APPROVER, REQUESTER, SERVICE_DESK_ANALYST
from placet_itil_change.waiting import PENDING_REASON

_WAITING = ("pending_reason", "pending_until", "vendor_reference")

# fmt: off
WORKFLOW = Workflow(
    SERVICE_REQUEST,
    states=[
        #     id                   title                category
        State("submitted",         "Submitted",         "todo",      "Received"),
        State("awaiting_approval", "Awaiting approval", "waiting",   "With its approvers"),
        State("in_fulfilment",     "In fulfilment",     "active",    "It is being done"),
        State("pending",           "Pending",           "waiting",   "It waits for somebody else"),
        State("fulfilled",         "Fulfilled",         "waiting",   "Delivered, the user may object"),
        State("closed",            "Closed",            "done",      "Finished"),
        State("rejected",          "Rejected",          "done",      "Not approved"),
        State("cancelled",         "Cancelled",         "cancelled", "Withdrawn"),
    ],
    transitions=[
        #          name               from                   to
        #          who may
        #          gates
        #          effects
        Transition("route",           ["submitted"],         "awaiting_approval",
                   [SYSTEM, SERVICE_DESK_ANALYST],
                   [FORM_FITS, APPROVAL_NEEDED],
                   input=["line_manager", "budget_owner"],
                   asks=[REQUEST_APPROVAL]),
        Transition("auto_approve",    ["submitted"],         "in_fulfilment",
                   [SYSTEM, SERVICE_DESK_ANALYST],
                   [FORM_FITS, NO_APPROVAL_NEEDED],
                   [effects.make_tasks]),
        Transition("approve_request", ["awaiting_approval"], "in_fulfilment",
                   [SYSTEM, REQUEST_APPROVER],
                   [REQUEST_APPROVED],
                   [effects.make_tasks]),
        Transition("reject_request",  ["awaiting_approval"], "rejected",
                   [SYSTEM, REQUEST_APPROVER],
                   [REASON_GIVEN]),
        Transition("pend_request",    ["in_fulfilment"],     "pending",
                   [FULFILLER],
                   [PENDING_REASON],
                   input=_WAITING,
                   title="Wait"),
        Transition("resume_request",  ["pending"],           "in_fulfilment",
                   [FULFILLER, REQUESTER, SYSTEM],
                   [OWN_ITEM],
                   [effects.go_on],
                   title="Go on"),
        Transition("fulfil",          ["in_fulfilment"],     "fulfilled",
                   [FULFILLER],
                   [TASKS_DONE, REQUEST_CHANGE_DONE],
                   [effects.deliver]),
        Transition("reject_delivery", ["fulfilled"],         "in_fulfilment",
                   [REQUESTER],
                   [OWN_ITEM, REASON_GIVEN],
                   [effects.take_back]),
        Transition("close_request",   ["fulfilled"],         "closed",
                   [REQUESTER, SYSTEM],
                   [OWN_ITEM],
                   [effects.close],
                   input=["satisfaction"]),
        Transition("cancel_request",  ["submitted", "awaiting_approval", "in_fulfilment", "pending"], "cancelled",
                   [REQUESTER, SERVICE_DESK_ANALYST],
                   [OWN_ITEM, REASON_GIVEN]),

        # It leaves it where it is
        Transition("complete_task",   ["in_fulfilment"],     "same",
                   [FULFILLER],
                   [TASK_OPEN],
                   [effects.tick_off],
                   input=["task"]),
    ],
)
# fmt: on

#: Set by transitions alone.
_RECORDED = ("escalated_round", "tasks", "task", "approved_at", "fulfilled_at", "closed_at")
#: What was approved.
_DECIDED = ("form", "beneficiary", "cost", "line_manager", "budget_owner")
_EVERYTHING = tuple(ServiceRequestFields.model_fields)

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
        ROUTING, AUTO_APPROVAL, APPROVED, REFUSED, APPROVAL_DUE, REQUEST_TARGET, REMINDER, SILENT, AUTOCLOSE,
    ],
    parents=[REQUEST_MODEL],
    creators=[REQUESTER, SERVICE_DESK_ANALYST],
    editors=[SERVICE_DESK_ANALYST, FULFILLER],
)  # fmt: skip
