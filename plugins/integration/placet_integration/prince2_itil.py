"""PRINCE2 and ITIL: products of a project go live by changes, and operations take them over.

Source: ITIL 4, practice Change enablement; PRINCE2 7, process Closing a project; COBIT 2019, BAI07 Managed change
acceptance and transitioning. Our choices: that operations accept a product is a confirmation of its service owner in
person; a change that implements a product waits for the package of the product too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from placet import ActorId, Confirmation, Duty, Extension, Line, Text
from placet_integration.bridges import Bridge, Follow, Pair, of_another
from placet_integration.ids import CAUSED_BY_CHANGE, CHANGE, PRODUCT, PROJECT, SERVICE_ACCEPTANCE, STAGE
from placet_integration.release import checks, effects

_MANAGER, _TEAM_MANAGER = "prince2.project_manager", "prince2.team_manager"
_CHANGE_MANAGER, _SERVICE_OWNER = "itil.change_manager", "itil.service_owner"

# fmt: off
BRIDGES = (
    #      gate                    title
    #      added to
    #      check, passes when its sentence holds
    #      messages, each with its remedy
    #      who can clear it
    Bridge("deployment_excepted",  "Exception from deployment explained",
           ((PRODUCT, "baseline_description"),),
           checks.exception_explained,
           {"": ("it is marked as never deployed, with a reason of {said} of {least} characters",
                 "say why it does not go live by a change, or mark it as going live by one")},
           (_MANAGER,)),
    Bridge("handover_needs_change", "In operation by a change",
           ((PRODUCT, "hand_over"),),
           checks.change_closed,
           {"": ("no change has put it into operation", "have it implemented by a change"),
            "unfinished": ("{open:count change} of it not closed: {items:standing}", "finish it first"),
            "unfit": ("{change} has the outcome {outcome}", "have it implemented by another change"),
            "late": ("{changes:and} named it only after the work was done",
                     "implement it by a change that names it before"),
            "earlier": ("{changes:and} ended before the product was last approved on {approved:moment}",
                        "implement the product as it is now"),
            **of_another("has to be closed, and successful", "ask its change manager to finish it")},
           (_CHANGE_MANAGER,)),
    Bridge("operations_ready",     "Accepted by operations",
           ((PRODUCT, "hand_over"),),
           checks.service_accepts,
           {"": ("{person:person} has not accepted it for operations", "ask {person:person} to confirm it"),
            "missing": ("missing: {fields:field}", "agree with the service owner, and fill it in"),
            "other": ("{person:person} owns no service", "name a service owner who takes it over")},
           (_SERVICE_OWNER,)),
    Bridge("project_released",     "Released by the project",
           ((CHANGE, "authorize_change"), (CHANGE, "schedule_standard")),
           checks.wp_delivered,
           {"": ("{open:count work package} not delivered: {items:standing}", "have the work delivered first"),
            "exception": ("{items:standing}", "wait for the answer of the board"),
            **of_another("has to be delivered, in a stage without an exception", "ask its project manager")},
           (_TEAM_MANAGER,)),
    Bridge("no_broken_change",     "Changes of the stage finished",
           ((STAGE, "complete_stage"),),
           checks.changes_stable,
           {"": ("{open:count change} of the stage not finished: {items:standing}", "finish it first"),
            **of_another("has to be finished", "ask its change manager to finish it")},
           (_CHANGE_MANAGER,)),
    Bridge("early_life",           "Early life over",
           ((PROJECT, "prepare_closure"),),
           checks.no_p1p2,
           {"": ("{open:count urgent incident} of its changes still open: {items:standing}", "have each resolved"),
            "early": ("{days:count business day} of early life since the last handover end on {ends:moment}",
                      "wait until {ends:moment}"),
            **of_another("is an urgent incident of its changes, and has to be resolved", "have it resolved")},
           (_SERVICE_OWNER,)),
)

FOLLOWS = (
    #      name              after                                                 does
    Follow("rework",         ((CHANGE, "finish_backout"), (CHANGE, "declare_failed")), effects.rework_products),
)
# fmt: on

_TAKEN_OVER = Duty(
    "integration.taken_over_by_another",
    "who accepts a product for operations does not hand it over",
    acts=[f"confirm:{SERVICE_ACCEPTANCE}"],
    bars=["transition:hand_over"],
)
_BEFORE_HANDOVER = ("handed_over", "descoped")
_AGREED = ("baselined", "in_development", "in_review", "approved", "handed_over", "descoped")


def _extend(catalog: Extension) -> None:
    """The needs of operations to take a product over; and issues of incidents that a change of a project has caused."""
    if "prince2" in catalog.methods:
        named = Annotated[bool, Field(title="Goes live by a change")]
        catalog.add_field(PRODUCT, "deployable", named, default=True, frozen_in=_AGREED)
        why = Annotated[Text, Field(title="Never deployed because")]
        catalog.add_field(PRODUCT, "not_deployed_because", why, frozen_in=_AGREED)
        for name, hint in (("service_owner", ActorId), ("support_group", Line), ("known_errors", Text)):
            catalog.add_field(PRODUCT, name, hint, frozen_in=_BEFORE_HANDOVER)
        catalog.add_confirmation(
            PRODUCT,
            Confirmation(
                SERVICE_ACCEPTANCE,
                "Acceptance by operations",
                "service_owner",
                material_fields=["support_group", "known_errors"],
                reminds=timedelta(days=3),
            ),
        )
        catalog.add_duty(PRODUCT, _TAKEN_OVER)
    if "itil" in catalog.methods and catalog.settings.bridge_incident_issue:
        catalog.add_link_effect(CAUSED_BY_CHANGE, effects.raise_issue)


PAIR = Pair(("itil", "prince2"), BRIDGES, FOLLOWS, _extend)
