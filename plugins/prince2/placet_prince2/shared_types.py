"""Additions to risks, lessons and benefits: their place in a project, its people, and the watch on tolerances.

A risk of a project that comes true is an issue of it from that moment on.

Source: PRINCE2 7, practices Risk and Business case.
"""

from __future__ import annotations

from placet import Extension, Transition
from placet_governance.ids import BENEFIT, LESSON, RISK
from placet_prince2.control.watch import watched
from placet_prince2.issues.effects import become_issue
from placet_prince2.place import PLACE, ProjectKey, StageKey
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.roles import EXECUTIVE, PROJECT_ASSURANCE, PROJECT_MANAGER, SENIOR_USER, TEAM_MANAGER

_WHY = "the people of a project act on what belongs to their project"

# fmt: off
#: An item type of governance, a transition, and the roles of a project that may take it too.
LET_IN = (
    (RISK,    "assess_risk",      [PROJECT_MANAGER, TEAM_MANAGER]),
    (RISK,    "plan_response",    [PROJECT_MANAGER]),
    (RISK,    "reassess",         [PROJECT_MANAGER]),
    (RISK,    "materialise",      [PROJECT_MANAGER]),
    (RISK,    "close_risk",       [PROJECT_MANAGER]),
    (LESSON,  "validate",         [PROJECT_MANAGER, PROJECT_ASSURANCE]),
    (LESSON,  "apply",            [PROJECT_MANAGER]),
    (LESSON,  "dismiss",          [PROJECT_MANAGER]),
    (BENEFIT, "plan_benefit",     [EXECUTIVE, SENIOR_USER]),
    (BENEFIT, "confirm_realised", [EXECUTIVE, SENIOR_USER]),
    (BENEFIT, "declare_missed",   [EXECUTIVE]),
    (BENEFIT, "withdraw_benefit", [EXECUTIVE]),
)
# fmt: on
#: The board accepts a risk of its project, whatever its score.
ACCEPT_FOR_PROJECT = Transition(
    "accept_for_project",
    ["assessed", "responding"],
    "accepted",
    [EXECUTIVE],
    gates=[REASON_GIVEN],
    input=["owner", "review_by"],
    title="Accept for the project",
)


def extend(catalog: Extension) -> None:
    """Add these parts to the types of governance."""
    for type in (RISK, LESSON, BENEFIT):
        catalog.add_field(type, "project", ProjectKey | None, indexed=True)
        catalog.add_field(type, "stage", StageKey | None, indexed=True)
        for computed in PLACE:
            catalog.add_computed(type, computed)
    catalog.add_effect(RISK, "materialise", become_issue)
    for type, transition, roles in LET_IN:
        catalog.loosen_roles(type, transition, roles, reason=_WHY)
    catalog.add_transition(RISK, ACCEPT_FOR_PROJECT, loosens="the board answers for the risks of its project")
    catalog.add_consequence(RISK, watched("risk_watched", "exposure", "score", "residual_score", moves=True))
    catalog.add_consequence(BENEFIT, watched("benefit_watched", "forecast_value", moves=True))
