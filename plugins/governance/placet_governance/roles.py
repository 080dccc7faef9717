"""The roles of governance, and the decisions of each.

Source: COBIT 2019, roles of the governance and management objectives; PRINCE2 7, organizing. A workspace without
projects has business and IT people for them all the same.
"""

from __future__ import annotations

from placet import Role

GOVERNANCE_BOARD = Role(
    "governance.governance_board", "Governance board", "objectives, and what others may not decide"
)
BUSINESS_LAYER = Role(
    "governance.business_layer", "Business layer", "projects, and benefits that were not reached"
)
EXECUTIVE = Role("governance.executive", "Executive", "a project, its budget and its benefits")
CIO = Role("governance.cio", "Chief information officer", "methods and rules, improvements, objectives of IT")
PORTFOLIO_MANAGER = Role(
    "governance.portfolio_manager", "Portfolio manager", "class of work, order of projects"
)
OBJECTIVE_OWNER = Role("governance.objective_owner", "Objective owner", "progress of an objective")
BENEFIT_OWNER = Role("governance.benefit_owner", "Benefit owner", "measurement of a benefit")
SENIOR_USER = Role("governance.senior_user", "Senior user", "what users need, and whether benefits came")
PROJECT_MANAGER = Role("governance.project_manager", "Project manager", "daily work of a project")
RISK_OWNER = Role("governance.risk_owner", "Risk owner", "response to a risk")
LESSONS_OWNER = Role("governance.lessons_owner", "Lessons owner", "what becomes of lessons")
COMMUNICATION_OWNER = Role("governance.communication_owner", "Communication owner", "the communication plan")
TRAINING_LEAD = Role("governance.training_lead", "Training lead", "training")
RESOURCE_MANAGER = Role("governance.resource_manager", "Resource manager", "who works on what, and how much")
PROCESS_OWNER = Role("governance.process_owner", "Process owner", "how a process works, and its improvement")

ROLES = (
    GOVERNANCE_BOARD,
    BUSINESS_LAYER,
    EXECUTIVE,
    CIO,
    PORTFOLIO_MANAGER,
    OBJECTIVE_OWNER,
    BENEFIT_OWNER,
    SENIOR_USER,
    PROJECT_MANAGER,
    RISK_OWNER,
    LESSONS_OWNER,
    COMMUNICATION_OWNER,
    TRAINING_LEAD,
    RESOURCE_MANAGER,
    PROCESS_OWNER,
)
