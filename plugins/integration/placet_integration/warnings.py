"""Warnings: what somebody should know before they begin, or promise somebody's time. They stop nobody.

A workspace can choose to enforce them, as any gate. Source: PRINCE2 7, practice Plans, for dependencies; COBIT 2019,
APO07.05 Plan and track the usage of human resources, for the order of requests.
"""

from __future__ import annotations

from placet import Extension, Gate, GateMode
from placet_integration.bridges import Bridge, of_another
from placet_integration.ids import (
    ALLOCATION,
    BUG,
    CHANGE,
    EPIC,
    FEATURE,
    INITIATIVE,
    PRODUCT,
    PROJECT,
    SPRINT,
    STAGE,
    STORY,
    TRAINING,
    WORK_PACKAGE,
)
from placet_integration.steering import order

#: Transitions by which work on an item begins.
BEGINNINGS = (
    (PROJECT, "start_up"), (STAGE, "authorize_stage"), (WORK_PACKAGE, "start"), (PRODUCT, "develop"),
    (SPRINT, "start_sprint"), (EPIC, "implement_epic"), (FEATURE, "implement_feature"), (STORY, "start"),
    (BUG, "start"), (CHANGE, "start_implementation"), (INITIATIVE, "begin_initiative"), (TRAINING, "start_training"),
)  # fmt: skip

# fmt: off
WARNINGS = (
    #      gate                    title
    #      added to
    #      check, passes when its sentence holds
    #      messages, each with its remedy
    #      who can clear it
    Bridge("dependencies_done",    "Nothing open that it depends on",
           BEGINNINGS,
           order.predecessors_done,
           {"": ("it depends on {open:count open item}: {items:standing}", "finish that first, if it can wait"),
            **of_another("has to be finished first", "ask those who work on it when it will be")},
           ()),
    Bridge("requests_in_order",    "Requests in order",
           ((ALLOCATION, "confirm"),),
           order.first_in_order,
           {"": ("{other} serves the objectives better, with {theirs} of 100 to {own}, and {week} has no room for both",
                 "decide on that request first"),
            "earlier": ("{other} is needed earlier, from {first} on, and {week} has no room for both",
                        "decide on that request first")},
           ("governance.resource_manager",)),
)
# fmt: on


def extend(catalog: Extension) -> None:
    """Add the warnings that are switched on."""
    for each in WARNINGS:
        if getattr(catalog.settings, each.setting):
            gate = each.gate()
            warning = Gate(gate.id, gate.title, *gate.checks, mode=GateMode.WARN)
            for type, transition in each.at:
                if type.partition(".")[0] in catalog.methods:
                    catalog.add_gate(type, transition, warning)
