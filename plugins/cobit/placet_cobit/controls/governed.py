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
PRODUCT_OWNER = "agile.product_owner"

DELIVERS = "integration.delivers"

TEAM = "agile.team"
#: Where roles are held that belong to items, and the states in which such an item runs.
_ON_PROJECT = (PROJECT, ("mandated", "starting_up", "initiating", "delivering", "in_exception", "closing"))
_ON_PACKAGE = (WORK_PACKAGE, ("draft", "offered", "accepted", "in_progress", "delivered"))
_ON_TEAM = (TEAM, ("working",))
_HELD_ON = {
    **dict.fromkeys(
        (
            EXECUTIVE, PROJECT_MANAGER, SENIOR_USER, "prince2.senior_supplier", "prince2.project_assurance",
            "prince2.change_authority", "prince2.project_support",
        ),
        _ON_PROJECT,
    ),
    TEAM_MANAGER: _ON_PACKAGE,
    **dict.fromkeys(
        (PRODUCT_OWNER, "agile.scrum_master", "agile.flow_manager", "agile.developer"), _ON_TEAM
    ),
}  # fmt: skip


def place_of(role: str) -> tuple[str, tuple[str, ...]] | None:
    """The item type on whose items a role is held, with the states in which they run; `None` for the workspace."""
    return _HELD_ON.get(role)


#: Outcomes of a change with which it counts as done.
SUCCESSFUL = ("successful", "successful_with_issues")
#: States in which a change is authorized, or more.
AUTHORIZED = ("scheduled", "implement", "review", "closed")
#: Classes of risk on which the business decides with IT.
HIGH = ("high", "very_high")
