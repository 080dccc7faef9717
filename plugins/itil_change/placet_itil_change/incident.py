"""An incident, from its record to its closing: an unplanned interruption of a service, or a loss of its quality.

Source: ITIL 4, practice Incident management: normal service is restored as quickly as possible. These are the strict
ways; further ways of real desks are in `practical.py`, and a setting opens them. A user (`requester`) acts on
incidents of their own: those that they recorded, or that were recorded for them.
"""

from __future__ import annotations

# isort: off
# fmt: off
# One imported name on each line would push the table off the first page.
from placet import SYSTEM, Duty, ItemType, State, Transition, Workflow
from placet_itil_change.ids import CONFIGURATION_ITEM, INCIDENT
from placet_itil_change.incidents import effects
from placet_itil_change.incidents.computed import COMPUTED
from placet_itil_change.incidents.fields import CLASSIFICATION, RESOLUTION_FIELDS, IncidentFields
from placet_itil_change.incidents.gates import (
    ASSIGNED, CHANGE_FIX_DONE, CLASSIFIED, CONFIRMED_OR_ELAPSED, IS_DECLARED, MAJOR_CRITERIA, MAJOR_UPDATES_KEPT,
    NEXT_LEVEL, NOT_MAJOR, PRIORITY_KEPT, REOPEN_WINDOW, RESOLUTION_RECORDED,
)
from placet_itil_change.incidents.timers import (
    AUTOCLOSE, MAJOR_UPDATE, PENDING_OVER, PENDING_REVIEW, RESOLUTION, RESPONSE, TRIAGE, USER_REMINDER, USER_SILENT,
)
from placet_itil_change.ownership import OWN_ITEM
from placet_itil_change.problems import effects as problems
from placet_itil_change.problems.gates import PROBLEM_FOR_MAJOR
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import (
    INCIDENT_MANAGER, MAJOR_INCIDENT_MANAGER, PROBLEM_MANAGER, REQUESTER, RESOLVER, SERVICE_DESK_ANALYST,
)
from placet_itil_change.waiting import PENDING_REASON, WAITING

WORKFLOW = Workflow(
    INCIDENT,
    states=[
        #     id             title          category
        State("new",         "New",         "todo",      "Recorded"),
        State("triaged",     "Triaged",     "todo",      "Classified, in a queue"),
        State("in_progress", "In progress", "active",    "Somebody works on it"),
        State("pending",     "Pending",     "waiting",   "It waits for somebody else"),
        State("resolved",    "Resolved",    "waiting",   "The service is back, the user may object"),
        State("closed",      "Closed",      "done",      "Finished"),
        State("cancelled",   "Cancelled",   "cancelled", "Raised in error"),
    ],
    transitions=[
        #          name                     from                    to
        #          who may

        # Recorded and classified
        Transition("triage",                ["new"],                "triaged",
                   [SERVICE_DESK_ANALYST, INCIDENT_MANAGER, SYSTEM],
                   gates=[CLASSIFIED],
                   effects=[effects.classify, problems.show_known_errors, problems.look_for_pattern],
                   input=CLASSIFICATION),
        Transition("override_priority",     ["new", "triaged", "in_progress", "pending"], "same",
                   [INCIDENT_MANAGER],
                   gates=[NOT_MAJOR, REASON_GIVEN],
                   effects=[effects.rate],
                   input=["priority_override", "impact", "urgency"],
                   title="Set the priority"),
        Transition("cancel_incident",       ["new", "triaged"],     "cancelled",
                   [SERVICE_DESK_ANALYST, REQUESTER],
                   gates=[OWN_ITEM, REASON_GIVEN]),

        # Worked on, handed up, on hold
        Transition("start_work",            ["triaged"],            "in_progress",
                   [RESOLVER, SERVICE_DESK_ANALYST],
                   gates=[ASSIGNED],
                   effects=[effects.respond],
                   input=["assignee"]),
        Transition("escalate_functional",   ["in_progress", "pending"], "triaged",
                   [RESOLVER, SERVICE_DESK_ANALYST, SYSTEM],
                   gates=[NEXT_LEVEL],
                   effects=[effects.hand_up, effects.go_on],
                   input=["next_group"],
                   title="Hand to the next level"),
        Transition("escalate_hierarchical", ["triaged", "in_progress", "pending"], "same",
                   [INCIDENT_MANAGER, SYSTEM],
                   title="Escalate to management"),
        Transition("pend",                  ["in_progress"],        "pending",
                   [RESOLVER, SERVICE_DESK_ANALYST],
                   gates=[PENDING_REASON],
                   input=WAITING,
                   title="Put on hold"),
        Transition("resume",                ["pending"],            "in_progress",
                   [RESOLVER, SERVICE_DESK_ANALYST, REQUESTER, SYSTEM],
                   gates=[OWN_ITEM],
                   effects=[effects.go_on]),

        # Major: declared, with updates, stood down; it leaves a problem behind
        Transition("declare_major",         ["triaged", "in_progress", "pending"], "in_progress",
                   [MAJOR_INCIDENT_MANAGER, INCIDENT_MANAGER],
                   gates=[NOT_MAJOR, MAJOR_CRITERIA],
                   effects=[effects.declare, effects.respond],
                   title="Declare a major incident"),
        Transition("post_update",           ["in_progress", "pending"], "same",
                   [MAJOR_INCIDENT_MANAGER],
                   gates=[IS_DECLARED, REASON_GIVEN],
                   effects=[effects.keep_update],
                   input=["update_audience"],
                   title="Send an update"),
        Transition("stand_down_major",      ["in_progress"],        "same",
                   [MAJOR_INCIDENT_MANAGER],
                   gates=[IS_DECLARED, MAJOR_UPDATES_KEPT],
                   effects=[effects.stand_down, problems.problem_of_major],
                   title="Stand the major incident down"),

        # Resolved, confirmed or objected to by the user, and closed. Resolving is a response too, if nobody had
        # responded before
        Transition("resolve",               ["in_progress"],        "resolved",
                   [RESOLVER, SERVICE_DESK_ANALYST],
                   gates=[RESOLUTION_RECORDED, NOT_MAJOR],
                   effects=[effects.resolve, effects.respond, effects.restore],
                   input=RESOLUTION_FIELDS),
        Transition("confirm_resolution",    ["resolved"],           "same",
                   [REQUESTER, SERVICE_DESK_ANALYST],
                   gates=[OWN_ITEM],
                   effects=[effects.confirm],
                   input=["satisfaction"]),
        Transition("reopen",                ["resolved"],           "in_progress",
                   [REQUESTER, SERVICE_DESK_ANALYST],
                   gates=[OWN_ITEM, REOPEN_WINDOW, REASON_GIVEN],
                   effects=[effects.open_again]),
        Transition("close",                 ["resolved"],           "closed",
                   [REQUESTER, SERVICE_DESK_ANALYST, SYSTEM],
                   gates=[OWN_ITEM, CONFIRMED_OR_ELAPSED, PROBLEM_FOR_MAJOR, CHANGE_FIX_DONE],
                   effects=[effects.close],
                   input=["satisfaction"]),
    ],
)
# fmt: on
# isort: on

#: Set by transitions alone.
_RECORDED = (
    "priority_override", "declared_by", "major_declared_at", "major_stood_down_at", "update_audience", "major_updates",
    "confirmed_at", "rated_by", "rated_at", "first_response_at", "resolved_at", "closed_at", "reopen_count",
    "reassign_count", "support_level", "known_errors", "learnt_at",
)  # fmt: skip
_EVERYTHING = tuple(
    name for name in IncidentFields.model_fields if name not in {each.field for each in COMPUTED}
)

#: By state, the fields that cannot be edited in it.
FROZEN = {
    "new": _RECORDED,
    "triaged": _RECORDED,
    "in_progress": _RECORDED,
    "pending": (*_RECORDED, "pending_reason"),
    "resolved": (*_RECORDED, "impact", "urgency"),
    "closed": _EVERYTHING,
    "cancelled": _EVERYTHING,
}

INCIDENT_TYPE = ItemType(
    INCIDENT,
    "Incident",
    description="An unplanned interruption of a service, or a loss of its quality",
    fields=IncidentFields,
    workflow=WORKFLOW,
    indexed=[
        "priority", "category", "cis", "group", "assignee", "requester", "support_level", "major", "pending_reason",
        "first_response_at", "resolved_at",
    ],
    frozen_in=FROZEN,
    computed=COMPUTED,
    duties=[
        Duty(
            "itil.sod_fix_waiver",
            "who records or resolves an incident does not waive its gates",
            acts=("create", "named:assignee", "transition:resolve"),
            bars=("waive", "review"),
        ),
    ],
    timers=[
        TRIAGE, RESPONSE, RESOLUTION, MAJOR_UPDATE, USER_REMINDER, USER_SILENT, PENDING_OVER, PENDING_REVIEW, AUTOCLOSE,
    ],
    parents=[CONFIGURATION_ITEM],
    creators=[REQUESTER, SERVICE_DESK_ANALYST, RESOLVER, INCIDENT_MANAGER],
    editors=[SERVICE_DESK_ANALYST, RESOLVER, INCIDENT_MANAGER, MAJOR_INCIDENT_MANAGER, PROBLEM_MANAGER],
    editing=[PRIORITY_KEPT],
)  # fmt: skip
