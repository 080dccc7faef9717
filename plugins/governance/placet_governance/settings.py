"""The settings of the method, by subject."""

from __future__ import annotations

from placet_governance.decisions.settings import DecisionSettings
from placet_governance.goals.settings import GoalSettings
from placet_governance.learning.reviews import ReviewSettings
from placet_governance.learning.settings import RiskSettings
from placet_governance.people.settings import PeopleSettings


class GovernanceSettings(GoalSettings, DecisionSettings, RiskSettings, PeopleSettings, ReviewSettings):
    """The settings of the method `governance`."""
