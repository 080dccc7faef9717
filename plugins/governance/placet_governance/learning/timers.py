"""The timer on a risk that is watched."""

from __future__ import annotations

from placet import Threshold, Timer, Until
from placet_governance.roles import RISK_OWNER

RISK_REVIEW = Timer(
    "governance.risk_review",
    "Review of the risk",
    starts=("plan_response", "accept_risk"),
    stops=("close_risk", "materialise"),
    target=Until("review_by"),
    thresholds=(Threshold(100, notifies=(RISK_OWNER.id,)),),
)
