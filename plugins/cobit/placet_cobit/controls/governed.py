"""The ids of other methods to which controls are bound. A check of a method that is switched off is never asked."""

CHANGE, CHANGE_MODEL = "itil.change", "itil.change_model"
INCIDENT, PROBLEM, SERVICE_REQUEST = "itil.incident", "itil.problem", "itil.service_request"
CHANGE_APPROVAL, ECAB_APPROVAL, CHANGE_REVIEW = (
    "itil.change_approval",
    "itil.ecab_approval",
    "itil.change_review",
)
REQUEST_APPROVAL = "itil.request_approval"
IMPLEMENTS, FIXED_BY_CHANGE = "itil.implements", "itil.fixed_by_change"
CHANGE_MANAGER, CHANGE_INITIATOR = "itil.change_manager", "itil.change_initiator"
CHANGE_IMPLEMENTER, SERVICE_OWNER = "itil.change_implementer", "itil.service_owner"
CONFIGURATION_MANAGER, INCIDENT_MANAGER = "itil.configuration_manager", "itil.incident_manager"
RESOLVER, PROBLEM_MANAGER, REQUEST_APPROVER = "itil.resolver", "itil.problem_manager", "itil.request_approver"

PROJECT, STAGE, WORK_PACKAGE = "prince2.project", "prince2.stage", "prince2.work_package"
PRODUCT, QUALITY_ACTIVITY = "prince2.product", "prince2.quality_activity"
MANAGEMENT_PRODUCT, REPORT = "prince2.management_product", "prince2.report"
EXECUTIVE, PROJECT_MANAGER = "prince2.executive", "prince2.project_manager"
SENIOR_USER, TEAM_MANAGER = "prince2.senior_user", "prince2.team_manager"

STORY, BUG, INCREMENT, SPRINT = "agile.story", "agile.bug", "agile.increment", "agile.sprint"
EPIC, FEATURE = "agile.epic", "agile.feature"
PRODUCT_OWNER = "agile.product_owner"

DELIVERS = "integration.delivers"

#: Outcomes of a change with which it counts as done.
SUCCESSFUL = ("successful", "successful_with_issues")
#: States in which a change is authorized, or more.
AUTHORIZED = ("scheduled", "implement", "review", "closed")
#: Classes of risk on which the business decides with IT.
HIGH = ("high", "very_high")
