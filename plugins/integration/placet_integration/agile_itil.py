"""Agile and ITIL: an increment that is released has gone live by a change.

Source: the Scrum Guide, 2020, increment; ITIL 4, practices Change enablement and Deployment management.
"""

from __future__ import annotations

from placet_integration.bridges import Bridge, Pair, of_another
from placet_integration.ids import INCREMENT
from placet_integration.release import checks

# fmt: off
BRIDGES = (
    #      gate                    title
    #      added to
    #      check, passes when its sentence holds
    #      messages, each with its remedy
    #      who can clear it
    Bridge("release_needs_change", "In operation by a change",
           ((INCREMENT, "release"),),
           checks.change_live,
           {"": ("no change implements it", "have it implemented by a change first"),
            "unfinished": ("{open:count change} of it not implemented: {items:standing}", "implement it first"),
            "unfit": ("{change} has the outcome {outcome}", "have it implemented by another change"),
            "late": ("{changes:and} named it only after the work was done",
                     "implement it by a change that names it before"),
            **of_another("has to be implemented, and successful", "ask its change manager")},
           ("itil.change_implementer",)),
)
# fmt: on

PAIR = Pair(("agile", "itil"), BRIDGES)
