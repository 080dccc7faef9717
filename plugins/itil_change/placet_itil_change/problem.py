"""A problem, from its record to its end: a cause, or a potential cause, of incidents.

Source: ITIL 4, practice Problem management: identification, problem control, error control. A known error is a state
of it. Our choices:

- `fix_done` and `fix_failed` follow the change by themselves when it ends; a problem manager can make them as well.
- `recur` follows an incident that is linked as caused by it and is younger than the fix.
- Who lives with a known error (`accept_known_error`) says why and when it is looked at again.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_itil_change.ids import CONFIGURATION_ITEM, PROBLEM
from placet_itil_change.problems import effects
from placet_itil_change.problems.computed import COMPUTED
from placet_itil_change.problems.fields import ProblemFields
from placet_itil_change.problems.gates import (
    CLASSIFIED,
    ERROR_ACCEPTANCE,
    FIX_CHANGE_LINKED,
    FIX_CHANGE_SUCCESSFUL,
    OBSERVATION_OVER,
    RCA_COMPLETE,
    WORKAROUND_KNOWN,
)
from placet_itil_change.problems.timers import ERROR_REVIEW, OBSERVATION
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import PROBLEM_MANAGER, RESOLVER, SERVICE_OWNER

_CAUSE = ("root_cause", "rca_method", "cause_category")
_WORKAROUND = ("workaround", "workaround_tested_at", "no_workaround_reason", "known_error_article")

# fmt: off
WORKFLOW = Workflow(
    PROBLEM,
    states=[
        #     id               title           category
        State("logged",        "Logged",        "todo",      "Recorded"),
        State("investigating", "Investigating", "active",    "Its cause is sought"),
        State("known_error",   "Known error",   "waiting",   "Cause and workaround are known"),
        State("fixing",        "Fixing",        "active",    "A change is under way"),
        State("observing",     "Observing",     "waiting",   "It is watched whether the fix holds"),
        State("closed",        "Closed",        "done",      "Gone"),
        State("accepted",      "Accepted",      "done",      "A known error that is lived with"),
        State("cancelled",     "Cancelled",     "cancelled", "No problem"),
    ],
    transitions=[
        #          name                   from                            to
        #          who may
        #          gates
        #          effects
        Transition("start_investigation", ["logged"],                     "investigating",
                   [PROBLEM_MANAGER, RESOLVER],
                   [CLASSIFIED],
                   input=["impact", "urgency"]),
        Transition("identify_known_error", ["investigating"],             "known_error",
                   [PROBLEM_MANAGER],
                   [RCA_COMPLETE, WORKAROUND_KNOWN],
                   input=[*_CAUSE, *_WORKAROUND]),
        Transition("raise_fix",           ["known_error"],                "fixing",
                   [PROBLEM_MANAGER, RESOLVER],
                   [FIX_CHANGE_LINKED],
                   [effects.make_fix],
                   input=["create_change", "fix_plan"]),
        Transition("fix_done",            ["fixing"],                     "observing",
                   [PROBLEM_MANAGER, SYSTEM],
                   [FIX_CHANGE_SUCCESSFUL],
                   [effects.watch]),
        Transition("fix_failed",          ["fixing"],                     "known_error",
                   [PROBLEM_MANAGER, SYSTEM]),
        Transition("fix_without_change",  ["investigating", "known_error"], "observing",
                   [PROBLEM_MANAGER],
                   [RCA_COMPLETE, REASON_GIVEN],
                   [effects.watch],
                   input=_CAUSE),
        Transition("recur",               ["observing"],                  "investigating",
                   [SYSTEM, PROBLEM_MANAGER]),
        Transition("close_problem",       ["observing"],                  "closed",
                   [PROBLEM_MANAGER],
                   [OBSERVATION_OVER]),
        Transition("accept_known_error",  ["known_error"],                "accepted",
                   [SERVICE_OWNER],
                   [ERROR_ACCEPTANCE, REASON_GIVEN],
                   input=["review_on"],
                   title="Live with it"),
        Transition("cancel_problem",      ["logged", "investigating"],    "cancelled",
                   [PROBLEM_MANAGER],
                   [REASON_GIVEN]),
    ],
)
# fmt: on

#: Set by transitions alone.
_RECORDED = ("observing_since", "create_change", "review_on")
_EVERYTHING = tuple(
    name for name in ProblemFields.model_fields if name not in {each.field for each in COMPUTED}
)

FROZEN = {
    "logged": _RECORDED,
    "investigating": _RECORDED,
    "known_error": _RECORDED,
    "fixing": (*_RECORDED, *_CAUSE),
    "observing": (*_RECORDED, *_CAUSE),
    "closed": _EVERYTHING,
    "accepted": tuple(name for name in _EVERYTHING if name not in _WORKAROUND),
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
    timers=[OBSERVATION, ERROR_REVIEW],
    parents=[CONFIGURATION_ITEM],
    creators=[PROBLEM_MANAGER, RESOLVER],
    editors=[PROBLEM_MANAGER, RESOLVER],
)
