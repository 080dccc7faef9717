"""A story, and a bug, which goes the same way: from the backlog over the board to done.

A developer with time pulls the next item in the order of the backlog, unless its column is full or the person has
enough in work already: what has begun is finished before more is begun.

Source: the Scrum Guide, 2020; the Kanban Guide. Our choices: an item that is done never opens again, as a defect of it
is a bug; moving back is never limited; removing an item from a running sprint is a change of its scope like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

# isort: off
# fmt: off
# One imported name on each line would push the table off the first page.
from placet import OPEN, SYSTEM, Duty, Gate, ItemType, State, Transition, Workflow
from placet_agile.delivery import effects
from placet_agile.delivery.blockers import BLOCKERS_END, DEFECTS_END
from placet_agile.delivery.computed import WORK_COMPUTED
from placet_agile.delivery.confirmations import confirmations_of
from placet_agile.delivery.criteria import CRITERIA_KEPT
from placet_agile.delivery.fields import BugFields, StoryFields, WorkFields
from placet_agile.delivery.gates import (
    CRITERIA_MET, DOD_MET, DOR_MET, ESTIMATE_FRESH, NOT_BLOCKED, ON_SCALE, PART_KNOWN, PO_ACCEPTED, TASKS_DONE,
)
from placet_agile.delivery.limits import COLUMN_LIMIT, EXPEDITE_LIMIT, PERSON_LIMIT, WORKER_KNOWN
from placet_agile.delivery.queue import PULL_ORDER
from placet_agile.delivery.ranking import PLACE_KNOWN, put_behind
from placet_agile.delivery.scope import AGREEMENT, SCOPE_AGREED, SPRINT_RUNNING, TARGET_SPRINT_OPEN
from placet_agile.delivery.timers import timers_of
from placet_agile.delivery.transfer import OFFER, TAKEN, give_away
from placet_agile.ids import BUG, FEATURE, STORY
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import DEVELOPER, FLOW_MANAGER, PRODUCT_OWNER, SCRUM_MASTER
from placet_agile.teams.belonging import TEAM_KEPT

WORKFLOW = Workflow(
    STORY,
    states=[
        #     id             title          category
        State("new",         "New",         "todo",      "Captured"),
        State("refining",    "Refining",    "todo",      "It is being clarified"),
        State("ready",       "Ready",       "todo",      "It meets the definition of ready"),
        State("selected",    "Selected",    "todo",      "The team has committed to it"),
        State("in_progress", "In progress", "active",    "Somebody works on it"),
        State("in_review",   "In review",   "active",    "Somebody else looks at it"),
        State("done",        "Done",        "done",      "It meets the definition of done"),
        State("removed",     "Removed",     "cancelled", "Not wanted"),
    ],
    transitions=[
        #          name               from                      to             who may

        # Backlog: refined until it is ready; its order is the product owner's
        Transition("refine",          ["new"],                  "refining",    [PRODUCT_OWNER, DEVELOPER]),
        Transition("mark_ready",      ["refining"],             "ready",       [DEVELOPER, PRODUCT_OWNER],
                   gates=[DOR_MET],
                   input=["dor_checks"]),
        Transition("unready",         ["ready"],                "refining",    [DEVELOPER, PRODUCT_OWNER],
                   title="Refine again"),
        Transition("reorder",         [OPEN],                   "same",        [PRODUCT_OWNER],
                   gates=[PLACE_KNOWN],
                   effects=[put_behind],
                   input=["after"],
                   title="Move in the backlog"),
        Transition("transfer",        ["new", "refining"],      "same",        [PRODUCT_OWNER, DEVELOPER],
                   gates=[TAKEN],
                   effects=[give_away],
                   input=OFFER,
                   title="Give to another team"),
        Transition("re_estimate",     ["ready", "selected", "in_progress", "in_review"], "same", [DEVELOPER],
                   gates=[ON_SCALE],
                   effects=[effects.count_estimate],
                   input=["estimate"],
                   title="Estimate again"),
        Transition("split",           ["new", "refining", "ready", "selected", "in_progress"], "same",
                                                                               [DEVELOPER, PRODUCT_OWNER],
                   gates=[PART_KNOWN, SCOPE_AGREED],
                   effects=[effects.split],
                   input=["split_off", *AGREEMENT],
                   title="Split"),

        # Commitment: for a sprint in Scrum, into the queue in Kanban
        Transition("select",          ["ready"],                "selected",    [DEVELOPER],
                   gates=[TARGET_SPRINT_OPEN, ESTIMATE_FRESH, SCOPE_AGREED, COLUMN_LIMIT],
                   effects=[effects.enter_sprint],
                   input=["sprint"]),
        Transition("unselect",        ["selected"],             "ready",       [DEVELOPER, PRODUCT_OWNER, SYSTEM],
                   gates=[SCOPE_AGREED],
                   effects=[effects.leave_sprint],
                   input=AGREEMENT,
                   title="Take back"),
        Transition("reclassify",      ["selected", "in_progress", "in_review"], "same", [PRODUCT_OWNER],
                   gates=[COLUMN_LIMIT, EXPEDITE_LIMIT],
                   input=["class_of_service", "due_date"],
                   title="Change class of service"),
        Transition("expedite",        [OPEN],                   "same",        [PRODUCT_OWNER, FLOW_MANAGER],
                   gates=[REASON_GIVEN, EXPEDITE_LIMIT],
                   effects=[effects.mark_expedite]),

        # Work: pulled within the limits, reviewed by a second person
        Transition("start",           ["selected"],             "in_progress", [DEVELOPER],
                   gates=[SPRINT_RUNNING, NOT_BLOCKED, WORKER_KNOWN, COLUMN_LIMIT, PERSON_LIMIT, EXPEDITE_LIMIT,
                          PULL_ORDER],
                   effects=[effects.begin],
                   input=["assignee", "pull_override_reason"]),
        Transition("assign",          ["in_progress", "in_review"], "same",    [DEVELOPER],
                   gates=[WORKER_KNOWN, PERSON_LIMIT],
                   effects=[effects.change_worker],
                   input=["assignee"]),
        Transition("request_review",  ["in_progress"],          "in_review",   [DEVELOPER],
                   gates=[NOT_BLOCKED, COLUMN_LIMIT, TASKS_DONE]),
        Transition("rework",          ["in_review"],            "in_progress", [DEVELOPER],
                   gates=[REASON_GIVEN],
                   effects=[effects.forget_acceptance]),
        Transition("finish",          ["in_review"],            "done",        [DEVELOPER, PRODUCT_OWNER],
                   gates=[NOT_BLOCKED, ESTIMATE_FRESH, DOD_MET, CRITERIA_MET, PO_ACCEPTED],
                   effects=[effects.finish]),

        # Back, or out
        Transition("return_ready",    ["selected", "in_progress", "in_review"], "ready", [SYSTEM, PRODUCT_OWNER],
                   gates=[SCOPE_AGREED],
                   effects=[effects.put_back],
                   input=AGREEMENT,
                   title="Return to the backlog"),
        Transition("return_refining", ["selected", "in_progress", "in_review"], "refining", [SYSTEM, PRODUCT_OWNER],
                   gates=[SCOPE_AGREED],
                   effects=[effects.put_back_unestimated],
                   input=AGREEMENT,
                   title="Return to be refined"),
        Transition("carry_over",      ["selected", "in_progress", "in_review"], "selected", [SYSTEM],
                   gates=[TARGET_SPRINT_OPEN, COLUMN_LIMIT],
                   effects=[effects.enter_sprint],
                   input=["sprint"],
                   title="Carry over into the next sprint"),
        Transition("remove",          [OPEN],                   "removed",     [PRODUCT_OWNER, SYSTEM],
                   gates=[REASON_GIVEN, SCOPE_AGREED],
                   effects=[effects.count_removal],
                   input=AGREEMENT),
    ],
)
# fmt: on
# isort: on


def workflow(id: str) -> Workflow:
    """The way of an item of the backlog, for one of its types."""
    return WORKFLOW if id == STORY else Workflow(id, WORKFLOW.states, WORKFLOW.transitions)


#: Nobody edits these: moves and what follows from them set them.
_RECORDED = (
    "estimate",
    "size_begun",
    "position",
    "after",
    "worked_by",
    "added_after_start",
    "selected_at",
    "started_at",
    "finished_at",
    "split_off",
    "split_since_estimate",
)
#: Fields that were checked when it became ready stay so; another size takes `re_estimate`.
_READY = (*_RECORDED, "team", "points")
#: Fields that sprint and board count are changed by moves, which have the limits in their gates.
_COMMITTED = (*_READY, "sprint", "class_of_service", "due_date")

#: By state, the fields that cannot be edited in it.
_FROZEN = {
    "new": (*_RECORDED, "disposition"),
    "refining": (*_RECORDED, "disposition"),
    "ready": (*_READY, "disposition"),
    "selected": _COMMITTED,
    "in_progress": (*_COMMITTED, "assignee"),
    "in_review": (*_COMMITTED, "assignee"),
}

#: Who writes what: the backlog is the product owner's, the estimate and the plan are the developers'.
_WRITERS = {
    "points": [DEVELOPER],
    "estimate": [DEVELOPER],
    "assignee": [DEVELOPER],
    "dod_checks": [DEVELOPER],
    "dor_checks": [DEVELOPER, PRODUCT_OWNER],
    "class_of_service": [PRODUCT_OWNER],
    "due_date": [PRODUCT_OWNER],
    "disposition": [PRODUCT_OWNER],
}


def _no_own_waiver(id: str) -> Duty:
    return Duty(
        id,
        "Who made an item or works on it does not waive its limits",
        acts=["create", "named:assignee"],
        bars=["waive", "review"],
        remedy="ask somebody else who manages the flow",
    )


def _work_type(
    id: str,
    title: str,
    fields: type[WorkFields],
    description: str,
    *,
    more_indexed: Sequence[str] = (),
    more_editing: Sequence[Gate] = (),
    **more: object,
) -> ItemType:
    computed = {each.field for each in WORK_COMPUTED}
    everything = tuple(name for name in fields.model_fields if name not in computed)
    return ItemType(
        id,
        title,
        description=description,
        fields=fields,
        workflow=workflow(id),
        indexed=[
            "team", "sprint", "rank", "class_of_service", "assignee", "points", "due_date", "blocked", "blocked_by",
            "selected_at", "started_at", "finished_at", *more_indexed,
        ],
        frozen_in=_FROZEN | {"done": everything, "removed": everything},
        computed=WORK_COMPUTED,
        confirmations=confirmations_of(id),
        duties=[_no_own_waiver(f"{id.replace('.', '.sod_')}_waiver")],
        timers=timers_of(id),
        editors=[PRODUCT_OWNER, DEVELOPER, SCRUM_MASTER, FLOW_MANAGER],
        writers=_WRITERS,
        editing=[TEAM_KEPT, CRITERIA_KEPT, BLOCKERS_END, *more_editing],
        **more,  # type: ignore[arg-type]  # parents and creators
    )  # fmt: skip


STORY_TYPE = _work_type(
    STORY,
    "Story",
    StoryFields,
    "The smallest thing that is of value to somebody",
    parents=[FEATURE],
    creators=[PRODUCT_OWNER, DEVELOPER],
)
BUG_TYPE = _work_type(
    BUG,
    "Bug",
    BugFields,
    "A defect of something that is done",
    more_indexed=["severity", "defect_of"],
    more_editing=[DEFECTS_END],
    parents=[FEATURE, STORY],
)


def _second_person(id: str) -> Duty:
    return Duty(
        id,
        "Who worked on an item, or handed it over for review, does not finish it",
        acts=["named:worked_by", "transition:request_review"],
        bars=["transition:finish"],
        remedy="ask somebody else of the team to look at it",
    )


#: By item type, for workspaces with `second_person_review`.
SECOND_PERSON = {STORY: _second_person("agile.sod_review"), BUG: _second_person("agile.sod_review_bug")}
