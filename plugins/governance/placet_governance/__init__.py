"""What all methods share, as a method for Placet: what this plugin contributes."""

from __future__ import annotations

from placet import Method, hookimpl
from placet_governance.roles import ROLES
from placet_governance.settings import GovernanceSettings


@hookimpl
def placet_method() -> Method:
    """Risks, decisions, lessons, objectives, benefits, communication, training and people's time."""
    return Method(
        "governance",
        "Governance",
        roles=ROLES,
        settings=GovernanceSettings,
        description="What all methods share: goals and benefits, decisions, risks and lessons, people",
    )
