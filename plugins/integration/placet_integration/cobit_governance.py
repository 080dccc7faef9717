"""COBIT and governance: owners of findings and performers of controls hear of them, and confirm that.

That a finding is a risk in the register of governance is part of COBIT itself, which requires governance; so are its
acceptances, as decisions of those who bear the risk.

Source: COBIT 2019, MEA02.04 Identify and report control deficiencies, and BAI05 Managed organizational change.
"""

from __future__ import annotations

from placet import Consequence, Extension
from placet_integration.assurance import effects
from placet_integration.bridges import Follow, Pair
from placet_integration.ids import CONTROL, FINDING

# fmt: off
FOLLOWS = (
    #      name                after                             does
    Follow("control_announced", ((CONTROL, "propose_control"),), effects.announce_control),
)
# fmt: on
_ANNOUNCED = Consequence("integration.finding_announced", ["source"], [effects.announce_finding])


def _extend(catalog: Extension) -> None:
    """A new finding is announced as it is made: COBIT has given it its severity by then."""
    if "cobit" in catalog.methods and catalog.settings.bridge_finding_announced:
        catalog.add_consequence(FINDING, _ANNOUNCED)


PAIR = Pair(("cobit", "governance"), follows=FOLLOWS, adds=_extend)
