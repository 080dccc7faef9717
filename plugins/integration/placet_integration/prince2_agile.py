"""PRINCE2 and agile: a project directs, and teams deliver its work packages in sprints.

Source: PRINCE2 Agile: time and cost are fixed, scope and quality criteria flex; a sprint is a timebox of a stage, and
its items deliver work packages and products. No role replaces another: product owners decide inside the tolerance of
scope, and a change of an agreed baseline is the project's. A sprint keeps its team as parent, by which its people have
their roles on it: its stage is a link.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from placet import Consequence, Extension, ItemKey, Ref
from placet_integration.bridges import Bridge, Follow, Pair, of_another
from placet_integration.delivery import checks, effects
from placet_integration.ids import BUG, FEATURE, PRODUCT, SPRINT, STAGE, STORY, TEAM, WORK_PACKAGE

_MANAGER, _TEAM_MANAGER = "prince2.project_manager", "prince2.team_manager"
_SCRUM_MASTER, _PRODUCT_OWNER = "agile.scrum_master", "agile.product_owner"

# fmt: off
BRIDGES = (
    #      gate                    title
    #      added to
    #      check, passes when its sentence holds
    #      messages, each with its remedy
    #      who can clear it
    Bridge("fix_flex",             "Time and cost fixed, scope flexible",
           ((WORK_PACKAGE, "authorize_work_package"),),
           checks.time_cost_fixed,
           {"": ("an agile work package fixes time and cost: it has time +{time}, cost +{cost}, scope -{scope}",
                 "set the upper tolerances of time and cost to 0, and a lower one for scope")},
           (_MANAGER,)),
    Bridge("team_linked",          "Team ready",
           ((WORK_PACKAGE, "start"),),
           checks.team_ready,
           {"": ("no team is named to do it", "name the team that does it"),
            "vacant": ("nobody is {roles:role or} of {team}", "appoint somebody on the team")},
           (_TEAM_MANAGER,)),
    Bridge("sprint_in_stage",      "Inside its stage",
           ((SPRINT, "start_sprint"),),
           checks.stage_active,
           {"": ("{items:standing}, and a sprint of it starts while it is active",
                 "wait for its authorization, or make the sprint part of another stage"),
            "outside": ("it runs from {start:day} to {end:day}, {stage} from {first:day} to {last:day} at the latest",
                        "plan the sprint inside the stage, or have the stage changed"),
            **of_another("has to be active, and to last as long as the sprint", "agree with its project manager")},
           (_SCRUM_MASTER, _MANAGER)),
    Bridge("sprints_closed",       "Sprints of the stage closed",
           ((STAGE, "start_boundary"),),
           checks.no_open_sprint,
           {"": ("{open:count sprint} of the stage not closed: {items:standing}", "close or cancel each first"),
            **of_another("has to be closed or cancelled", "ask its scrum master to close it")},
           (_SCRUM_MASTER,)),
    Bridge("wp_stories_done",      "Stories of the package done",
           ((WORK_PACKAGE, "notify_completion"),),
           checks.musts_done,
           {"": ("{open:count item} of its backlog not finished: {items:standing}",
                 "finish each, or remove it by a change"),
            "must": ("a product that must be delivered needs it: {items:standing}", "have a change of it approved"),
            **of_another("has to be finished or removed", "ask its product owner")},
           (_PRODUCT_OWNER,)),
    Bridge("must_needs_rfc",       "Agreed baseline kept",
           ((STORY, "remove"), (BUG, "remove")),
           checks.baseline_kept,
           {"": ("it delivers {products:and}, which must be delivered, and no approved issue changes that baseline",
                 "raise a request for change that names the product"),
            **of_another("must be delivered, and no approved issue affects it", "raise a request for change there")},
           (_MANAGER,)),
)

FOLLOWS = (
    #      name              after                                     does
    Follow("sprint_forecast", ((SPRINT, "close"), (SPRINT, "cancel")), effects.forecast_packages),
)
# fmt: on

_BACKLOG = ("new", "refining", "ready", "selected", "in_progress", "in_review", "done", "removed")
_FUNNEL = ("funnel", "analysing", "backlog", "implementing", "validating", "done", "rejected")
_TIMEBOX = ("draft", "planned", "running", "closing", "closed", "cancelled")


_STAGE = (
    "planned",
    "awaiting_authorization",
    "active",
    "in_exception",
    "boundary",
    "completed",
    "terminated",
)
_PRODUCT = ("described", "baselined", "in_development", "in_review", "approved", "handed_over", "descoped")
#: A team sees the packages that it does, with their products and stages: its roles lead through these fields.
_SPREAD = Consequence("integration.package_team", ["team", "products"], [effects.spread_team], moves=True)


def _keys(catalog: Extension, *types: str) -> Any:
    """Keys of items of these types; of any where their method is off here, as they are in other workspaces."""
    there = all(type.partition(".")[0] in catalog.methods for type in types)
    return Annotated[ItemKey, Ref(*types) if there else Ref()]


def _extend(catalog: Extension) -> None:
    """The team of a package, whose people see it by that; and what links have promised, which links alone write."""
    team, stage = _keys(catalog, TEAM), _keys(catalog, STAGE)
    if "prince2" in catalog.methods:
        teams = Annotated[tuple[team, ...], Field(max_length=100)]  # type: ignore[valid-type]  # made above
        catalog.add_field(WORK_PACKAGE, "team", team, frozen_in=["delivered", "received", "cancelled"])
        catalog.add_field(PRODUCT, "team", team, frozen_in=_PRODUCT)
        catalog.add_field(STAGE, "teams", teams, (), frozen_in=_STAGE)
        catalog.add_consequence(WORK_PACKAGE, _SPREAD)
    if "agile" in catalog.methods:
        delivered = _keys(catalog, WORK_PACKAGE, PRODUCT)
        several = tuple[delivered, ...]  # type: ignore[valid-type]  # made above
        promised = Annotated[several, Field(max_length=500, title="Once to deliver")]
        for type, states in ((STORY, _BACKLOG), (BUG, _BACKLOG), (FEATURE, _FUNNEL)):
            catalog.add_field(type, "promised", promised, (), frozen_in=states)
        catalog.add_field(SPRINT, "stage", stage, indexed=True, frozen_in=_TIMEBOX)


PAIR = Pair(("agile", "prince2"), BRIDGES, FOLLOWS, _extend)
