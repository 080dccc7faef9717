"""The timer on a risk acceptance."""

from __future__ import annotations

from placet import Threshold, Timer, Until, elapsed
from placet_cobit.roles import CONTROL_OWNER, FINDING_OWNER, PROCESS_OWNER

_WHO = (FINDING_OWNER.id, CONTROL_OWNER.id, PROCESS_OWNER)

ACCEPTANCE_EXPIRY = Timer(
    "cobit.acceptance_expiry",
    "Acceptance of the risk ends",
    starts=("approve_acceptance",),
    stops=("revoke",),
    target=Until("valid_until"),
    thresholds=(
        Threshold(before=elapsed(days=30), notifies=_WHO),
        Threshold(before=elapsed(days=7), notifies=_WHO),
        Threshold(100, notifies=_WHO, fires="expire"),
    ),
)
