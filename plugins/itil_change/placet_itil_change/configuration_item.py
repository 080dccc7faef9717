"""A configuration item: a component or a service that changes are made to.

Source: ITIL 4, practice Service configuration management, as far as change enablement needs it. A service is the parent
of its items; `itil.depends_on` leads to the items whose failure affects an item.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, LinkType, State, Transition, Workflow
from placet_itil_change.changes.fields import ConfigurationItemFields
from placet_itil_change.changes.gates import CI_BY_CHANGE
from placet_itil_change.ids import CONFIGURATION_ITEM, DEPENDS_ON
from placet_itil_change.roles import CONFIGURATION_MANAGER

# fmt: off
WORKFLOW = Workflow(
    CONFIGURATION_ITEM,
    states=[
        #     id         title      category
        State("planned", "Planned", "todo",   "Not live yet"),
        State("live",    "Live",    "active", "In use"),
        State("retired", "Retired", "done",   "No longer in use"),
    ],
    transitions=[
        #          name         from         to         who may
        Transition("go_live",   ["planned"], "live",    [CONFIGURATION_MANAGER, SYSTEM], gates=[CI_BY_CHANGE]),
        Transition("retire_ci", ["live"],    "retired", [CONFIGURATION_MANAGER, SYSTEM], gates=[CI_BY_CHANGE],
                   title="Retire"),
    ],
)
# fmt: on

CONFIGURATION_ITEM_TYPE = ItemType(
    CONFIGURATION_ITEM,
    "Configuration item",
    description="A component or service with its criticality, its owner and what it depends on",
    fields=ConfigurationItemFields,
    workflow=WORKFLOW,
    indexed=["kind", "criticality", "owner", "maintenance_only"],
    frozen_in={
        "planned": ("in_change",),
        "live": ("in_change",),
        "retired": tuple(ConfigurationItemFields.model_fields),
    },
    parents=[CONFIGURATION_ITEM],
    creators=[CONFIGURATION_MANAGER],
    editors=[CONFIGURATION_MANAGER],
)

DEPENDENCY = LinkType(
    DEPENDS_ON,
    "depends on",
    sources=(CONFIGURATION_ITEM,),
    targets=(CONFIGURATION_ITEM,),
    inverse="is needed by",
)
