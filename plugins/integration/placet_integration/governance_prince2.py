"""Governance and PRINCE2: projects serve objectives, use people's time, and their boards and registers hear of it.

Source: COBIT 2019, goals cascade, EDM02, APO07 and APO11; PRINCE2 7, practices Business case, Risk and Issues.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet import Computed, Consequence, Extension, ItemKey, Ref
from placet_integration.bridges import Bridge, Follow, Pair
from placet_integration.ids import (
    BENEFIT,
    EXCEPTION,
    ISSUE,
    LESSON,
    PROJECT,
    REPORT,
    RISK,
    STAGE,
    WORK_PACKAGE,
)
from placet_integration.steering import checks, effects, spending

_RESOURCE_MANAGER = "governance.resource_manager"

# fmt: off
BRIDGES = (
    #      gate             title
    #      added to
    #      check, passes when its sentence holds
    #      messages, each with its remedy
    #      who can clear it
    Bridge("alignment",     "Serves the objectives",
           ((PROJECT, "authorize_project"),),
           checks.alignment_min,
           {"": ("its alignment with the objectives is {score} of 100, and {least} is required",
                 "link the objectives that it serves, or stop it")},
           ("prince2.executive",)),
    Bridge("capacity",      "Nobody overloaded",
           ((STAGE, "authorize_stage"), (WORK_PACKAGE, "authorize_work_package")),
           checks.no_overload,
           checks.OVERLOAD,
           (_RESOURCE_MANAGER,)),
)

FOLLOWS = (
    #      name               after                                                     does
    Follow("board_informed",  ((RISK, "materialise"),),                                 effects.inform_of_risk),
    Follow("board_informed",  tuple((EXCEPTION, each) for each in ("increase_tolerance", "no_action", "approve_plan",
                                                                   "order_closure")),  effects.inform_of_answer),
    Follow("missed_benefit",  ((BENEFIT, "declare_missed"),),                           effects.raise_missed_benefit),
    Follow("lesson_offered",  ((LESSON, "validate"),),                                  effects.offer_improvement),
    Follow("lesson_shown",    ((PROJECT, "start_up"),),                                 effects.show_lessons),
)
# fmt: on
_Lessons = Annotated[tuple[Annotated[ItemKey, Ref(LESSON)], ...], Field(max_length=effects.MOST_LESSONS)]
_REPORT = ("due", "drafting", "issued", "accepted", "dropped")
_SEVERE = Consequence("integration.severe_issue", ["severity"], [effects.inform_of_issue])


def _extend(catalog: Extension) -> None:
    """The alignment of a project as its own figure, earlier lessons in its report, and the message about an issue."""
    if "prince2" not in catalog.methods:
        return
    catalog.add_field(PROJECT, "alignment_score", float, indexed=True)
    catalog.add_computed(PROJECT, Computed("alignment_score", checks.alignment_score))
    spending.extend(catalog)
    catalog.add_field(REPORT, "earlier_lessons", _Lessons, (), frozen_in=_REPORT)
    if catalog.settings.bridge_board_informed:
        catalog.add_consequence(ISSUE, _SEVERE)


PAIR = Pair(("governance", "prince2"), BRIDGES, FOLLOWS, _extend)
