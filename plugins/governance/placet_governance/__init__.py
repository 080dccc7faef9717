"""Governance as a method for Placet: the parts that all methods share."""

from __future__ import annotations

from placet import Extension, Method, hookimpl
from placet_governance.adoption import METRICS as ADOPTION_METRICS
from placet_governance.benefit import BENEFIT_TYPE
from placet_governance.communication import COMMUNICATION_TYPE
from placet_governance.decision import DECISION_TYPE
from placet_governance.decisions import rights
from placet_governance.decisions.metrics import METRICS as DECISION_METRICS
from placet_governance.decisions.notification_rules import NOTIFICATION_RULES as DECISION_NOTIFICATION_RULES
from placet_governance.goals.metrics import METRICS as GOAL_METRICS
from placet_governance.goals.notification_rules import NOTIFICATION_RULES as GOAL_NOTIFICATION_RULES
from placet_governance.improvement_initiative import INITIATIVE_TYPE
from placet_governance.learning.metrics import METRICS as LEARNING_METRICS
from placet_governance.learning.notification_rules import NOTIFICATION_RULES as LEARNING_NOTIFICATION_RULES
from placet_governance.learning.reviews import JOBS, REVIEW_CALLED
from placet_governance.lesson import LESSON_TYPE
from placet_governance.links import LINK_TYPES
from placet_governance.objective import OBJECTIVE_TYPE
from placet_governance.people.metrics import METRICS as PEOPLE_METRICS
from placet_governance.people.notification_rules import NOTIFICATION_RULES as PEOPLE_NOTIFICATION_RULES
from placet_governance.resource_allocation import ALLOCATION_TYPE
from placet_governance.review import REVIEW_TYPE
from placet_governance.risk import RISK_TYPE
from placet_governance.roles import ROLES
from placet_governance.settings import GovernanceSettings
from placet_governance.stakeholder import STAKEHOLDER_TYPE
from placet_governance.training import TRAINING_TYPE


@hookimpl
def placet_method() -> Method:
    """Risks, decisions, lessons, objectives, benefits, communication, training and people's time."""
    return Method(
        "governance",
        "Governance",
        item_types=[
            OBJECTIVE_TYPE,
            BENEFIT_TYPE,
            DECISION_TYPE,
            INITIATIVE_TYPE,
            RISK_TYPE,
            LESSON_TYPE,
            COMMUNICATION_TYPE,
            TRAINING_TYPE,
            ALLOCATION_TYPE,
            STAKEHOLDER_TYPE,
            REVIEW_TYPE,
        ],
        roles=ROLES,
        link_types=LINK_TYPES,
        metrics=[*GOAL_METRICS, *DECISION_METRICS, *LEARNING_METRICS, *PEOPLE_METRICS, *ADOPTION_METRICS],
        notification_rules=[
            *DECISION_NOTIFICATION_RULES,
            *GOAL_NOTIFICATION_RULES,
            *LEARNING_NOTIFICATION_RULES,
            *PEOPLE_NOTIFICATION_RULES,
            REVIEW_CALLED,
        ],
        jobs=JOBS,
        settings=GovernanceSettings,
        description="Shared by all methods: goals and benefits, decisions, risks and lessons, people",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Let the deciders of other methods decide what the matrix of decision rights gives to them."""
    rights.extend(catalog)
