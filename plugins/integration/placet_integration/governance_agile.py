"""Governance and agile: sprints use people's time, and epics serve objectives.

Source: COBIT 2019, APO07 Managed human resources, goals cascade; SAFe, strategic themes.
"""

from __future__ import annotations

from placet import Computed, Extension
from placet_integration.bridges import Bridge, Pair
from placet_integration.ids import EPIC, SPRINT
from placet_integration.steering import checks

# fmt: off
BRIDGES = (
    #      gate               title
    #      added to
    #      check, passes when its sentence holds
    #      messages, each with its remedy
    #      who can clear it
    Bridge("capacity",        "Nobody overloaded",
           ((SPRINT, "start_sprint"),),
           checks.no_overload,
           checks.OVERLOAD,
           ("governance.resource_manager",)),
)
# fmt: on


def _extend(catalog: Extension) -> None:
    """The alignment of an epic as a figure of its own."""
    if "agile" in catalog.methods:
        catalog.add_field(EPIC, "alignment_score", float, indexed=True)
        catalog.add_computed(EPIC, Computed("alignment_score", checks.alignment_score))


PAIR = Pair(("agile", "governance"), BRIDGES, adds=_extend)
