"""COBIT and PRINCE2: no stage is authorized while controls of projects are known to be broken.

Source: COBIT 2019, BAI01, BAI11 and EDM02 for projects, MEA02 for findings; PRINCE2 7, process Directing a project.
"""

from __future__ import annotations

from placet_integration.assurance import checks
from placet_integration.bridges import Bridge, Pair
from placet_integration.ids import STAGE

# fmt: off
BRIDGES = (
    #      gate               title
    #      added to
    #      check, passes when its sentence holds
    #      messages, each with its remedy
    #      who can clear it
    Bridge("findings_clear",  "No severe finding overdue",
           ((STAGE, "authorize_stage"),),
           checks.no_overdue_finding,
           {"": ("{finding} has been overdue since {due:day}", "remedy it, or have its risk accepted")},
           ("cobit.finding_owner",)),
)
# fmt: on

PAIR = Pair(("cobit", "prince2"), BRIDGES)
