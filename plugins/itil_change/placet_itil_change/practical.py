"""Ways of real service desks besides the practice's own path, opened by `incident_strictness = practical`.

Source: logs of three service desks. At one, a fifth of all steps lead back to the queue after work had begun; at
another, one step in ten resolves an incident that nobody had been assigned to, one in thirteen resolves one that
waits, and a few reopen a closed one, often for another group than the one that had resolved it. All of this is recorded
with the actor, and the timers run on. Closing an incident that was never resolved stays impossible.
"""

from __future__ import annotations

from placet import Extension, NotificationRule, Transition
from placet_itil_change.ids import INCIDENT
from placet_itil_change.incidents import effects
from placet_itil_change.incidents.fields import CLASSIFICATION, RESOLUTION_FIELDS
from placet_itil_change.incidents.gates import (
    CHANGE_FIX_DONE,
    CLASSIFIED,
    NOT_MAJOR,
    OTHER_GROUP,
    REOPEN_WINDOW,
    RESOLUTION_RECORDED,
)
from placet_itil_change.incidents.timers import AUTOCLOSE, RESOLUTION
from placet_itil_change.problems.gates import PROBLEM_FOR_MAJOR
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import INCIDENT_MANAGER, RESOLVER, SERVICE_DESK_ANALYST

# fmt: off
#: A transition, further states from which it may start, and the reason.
SOURCES = (
    ("start_work", ["new"],                       "analysts often begin during the call and classify later"),
    ("pend",       ["new", "triaged"],            "missing information is requested before anybody takes it"),
    ("resolve",    ["new", "triaged", "pending"], "many are resolved on the phone, or when the awaited event happens"),
    ("reopen",     ["closed"],                    "a user may come back just after it was closed"),
)
# fmt: on

#: Return to the queue after work has begun.
RETURN_TO_QUEUE = Transition(
    "return_to_queue",
    ["in_progress", "pending"],
    "triaged",
    [RESOLVER, SERVICE_DESK_ANALYST, INCIDENT_MANAGER],
    gates=[REASON_GIVEN],
    effects=[effects.back_in_queue, effects.go_on],
    input=["group"],
)
#: A call that is over when the phone is put down: at one desk more than a quarter of all steps. It is classified, so
#: that a P1 does not pass without its problem; the user who comes back reopens it.
RESOLVE_AND_CLOSE = Transition(
    "resolve_and_close",
    ["new", "triaged", "in_progress", "pending"],
    "closed",
    [RESOLVER, SERVICE_DESK_ANALYST],
    gates=[CLASSIFIED, RESOLUTION_RECORDED, NOT_MAJOR, PROBLEM_FOR_MAJOR, CHANGE_FIX_DONE],
    effects=[effects.resolve, effects.respond, effects.restore, effects.close],
    input=[*CLASSIFICATION, *RESOLUTION_FIELDS],
)
#: The user comes back, and the desk knows that another group has to look at it: one act, in the queue of that group.
REOPEN_ELSEWHERE = Transition(
    "reopen_elsewhere",
    ["resolved", "closed"],
    "triaged",
    [SERVICE_DESK_ANALYST, RESOLVER, INCIDENT_MANAGER],
    gates=[REOPEN_WINDOW, REASON_GIVEN, OTHER_GROUP],
    effects=[effects.open_again, effects.back_in_queue],
    input=["group"],
    title="Reopen for another group",
)
REOPENED_ELSEWHERE = NotificationRule(
    "itil.incident_reopened_elsewhere",
    "An incident is open again, for another group",
    INCIDENT,
    ["transition:reopen_elsewhere"],
    [RESOLVER, INCIDENT_MANAGER],
    "you resolve incidents, or are responsible for their resolution",
)
#: States in which an incident from elsewhere may begin.
ENTRIES = ("triaged", "in_progress", "pending", "resolved")


def loosen(catalog: Extension) -> None:
    """Open these ways, each with its reason, so that the linter lists them and every definition has them."""
    for transition, states, reason in SOURCES:
        catalog.loosen_sources(INCIDENT, transition, states, reason=reason)
    catalog.add_transition(
        INCIDENT, RETURN_TO_QUEUE, loosens="the wrong group took it, or another matter came first"
    )
    catalog.add_transition(
        INCIDENT, RESOLVE_AND_CLOSE, loosens="a call may be over when the phone is put down"
    )
    catalog.add_transition(
        INCIDENT, REOPEN_ELSEWHERE, loosens="who resolved it may have been the wrong group"
    )
    catalog.extend_timer(INCIDENT, RESOLUTION.id, resumes=[REOPEN_ELSEWHERE.name])
    catalog.extend_timer(INCIDENT, AUTOCLOSE.id, stops=[REOPEN_ELSEWHERE.name])
    catalog.add_notification(REOPENED_ELSEWHERE)
    catalog.loosen_entries(
        INCIDENT,
        ENTRIES,
        [INCIDENT_MANAGER],
        reason="a desk that migrates brings its open incidents along",
    )
