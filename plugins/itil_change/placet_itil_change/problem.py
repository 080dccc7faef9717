"""A problem, from its record to its end: a cause, or a potential cause, of incidents.

Source: ITIL 4, practice Problem management: problem identification, problem control, error control. A known error is a
problem that was analyzed and is not resolved: a state of it.
"""

from __future__ import annotations

# isort: off
# fmt: off
# One imported name on each line would push the table off the first page.
from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_itil_change.ids import CONFIGURATION_ITEM, PROBLEM
from placet_itil_change.problems import effects
from placet_itil_change.problems.computed import COMPUTED
from placet_itil_change.problems.fields import CAUSE, WORKAROUND, ProblemFields
from placet_itil_change.problems.gates import (
    CLASSIFIED, ERROR_ACCEPTANCE, FIX_CHANGE_LINKED, FIX_CHANGE_SUCCESSFUL, OBSERVATION_OVER, RCA_COMPLETE,
    WORKAROUND_KNOWN,
)
from placet_itil_change.problems.timers import ERROR_REVIEW, KNOWN_ERROR_REVIEW, OBSERVATION
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import PROBLEM_MANAGER, RESOLVER, SERVICE_OWNER

WORKFLOW = Workflow(
    PROBLEM,
    states=[
        #     id               title           category
        State("logged",        "Logged",        "todo",      "Recorded"),
        State("investigating", "Investigating", "active",    "Its cause is sought"),
        State("known_error",   "Known error",   "waiting",   "Cause and workaround are known"),
        State("fixing",        "Fixing",        "active",    "A change is under way"),
        State("observing",     "Observing",     "waiting",   "It is watched whether the fix holds"),
        State("closed",        "Closed",        "done",      "Resolved"),
        State("accepted",      "Accepted",      "done",      "A known error that is accepted"),
        State("cancelled",     "Cancelled",     "cancelled", "Raised in error"),
    ],
    transitions=[
        #          name                    from                           to
        #          who may

        # Problem control: the cause is sought, and a workaround
        Transition("start_investigation",  ["logged"],                    "investigating",
                   [PROBLEM_MANAGER, RESOLVER],
                   gates=[CLASSIFIED],
                   input=["impact", "urgency"]),
        Transition("identify_known_error", ["investigating"],             "known_error",
                   [PROBLEM_MANAGER],
                   gates=[RCA_COMPLETE, WORKAROUND_KNOWN],
                   input=[*CAUSE, *WORKAROUND],
                   title="Declare known error"),
        Transition("cancel_problem",       ["logged", "investigating"],   "cancelled",
                   [PROBLEM_MANAGER],
                   gates=[REASON_GIVEN]),

        # Error control: fixed by a change, whose end moves the problem; or without one; or accepted, with a reason and
        # a day for the review
        Transition("raise_fix",            ["known_error"],               "fixing",
                   [PROBLEM_MANAGER, RESOLVER],
                   gates=[FIX_CHANGE_LINKED],
                   effects=[effects.make_fix],
                   input=["create_change", "fix_plan"]),
        Transition("fix_done",             ["fixing"],                    "observing",
                   [PROBLEM_MANAGER, SYSTEM],
                   gates=[FIX_CHANGE_SUCCESSFUL],
                   effects=[effects.watch],
                   title="Report fix as done"),
        Transition("fix_failed",           ["fixing"],                    "known_error",
                   [PROBLEM_MANAGER, SYSTEM],
                   title="Report fix as failed"),
        Transition("fix_without_change",   ["investigating", "known_error"], "observing",
                   [PROBLEM_MANAGER],
                   gates=[RCA_COMPLETE, REASON_GIVEN],
                   effects=[effects.watch],
                   input=CAUSE),
        Transition("accept_known_error",   ["known_error"],               "accepted",
                   [SERVICE_OWNER],
                   gates=[ERROR_ACCEPTANCE, REASON_GIVEN],
                   input=["review_on"],
                   title="Accept known error",
                   decides=True),

        # Closing: the fix is observed. An incident that it caused after the fix reopens it
        Transition("recur",                ["observing"],                 "investigating",
                   [SYSTEM, PROBLEM_MANAGER],
                   title="Reopen investigation"),
        Transition("close_problem",        ["observing"],                 "closed",
                   [PROBLEM_MANAGER],
                   gates=[OBSERVATION_OVER],
                   effects=[effects.close_loops]),
    ],
)
# fmt: on
# isort: on

#: Set by transitions alone.
_RECORDED = ("observing_since", "create_change", "review_on")
_EVERYTHING = tuple(
    name for name in ProblemFields.model_fields if name not in {each.field for each in COMPUTED}
)

#: By state, the fields that cannot be edited in it.
FROZEN = {
    "logged": _RECORDED,
    "investigating": _RECORDED,
    "known_error": _RECORDED,
    "fixing": (*_RECORDED, *CAUSE),
    "observing": (*_RECORDED, *CAUSE),
    "closed": _EVERYTHING,
    "accepted": tuple(name for name in _EVERYTHING if name not in WORKAROUND),
    "cancelled": _EVERYTHING,
}

PROBLEM_TYPE = ItemType(
    PROBLEM,
    "Problem",
    description="A cause, or a potential cause, of incidents",
    fields=ProblemFields,
    workflow=WORKFLOW,
    indexed=["source", "category", "cis", "priority", "cause_category", "review_on"],
    frozen_in=FROZEN,
    computed=COMPUTED,
    timers=[KNOWN_ERROR_REVIEW, OBSERVATION, ERROR_REVIEW],
    parents=[CONFIGURATION_ITEM],
    creators=[PROBLEM_MANAGER, RESOLVER],
    editors=[PROBLEM_MANAGER, RESOLVER],
)
