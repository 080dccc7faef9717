"""The ids of the item types and link types of other methods that are joined, and of the links that join them.

A bridge names what it joins by its id: the distribution of a method that nobody uses need not be installed.
"""

PROJECT = "prince2.project"
STAGE = "prince2.stage"
WORK_PACKAGE = "prince2.work_package"
PRODUCT = "prince2.product"
ISSUE = "prince2.issue"
EXCEPTION = "prince2.exception"
REPORT = "prince2.report"
AFFECTS = "prince2.affects"

TEAM = "agile.team"
SPRINT = "agile.sprint"
EPIC = "agile.epic"
FEATURE = "agile.feature"
STORY = "agile.story"
BUG = "agile.bug"
INCREMENT = "agile.increment"

CHANGE = "itil.change"
CHANGE_MODEL = "itil.change_model"
INCIDENT = "itil.incident"
PROBLEM = "itil.problem"
SERVICE_REQUEST = "itil.service_request"
REQUEST_MODEL = "itil.request_model"
IMPLEMENTS = "itil.implements"
CAUSED_BY_CHANGE = "itil.caused_by_change"

CONTROL = "cobit.control"
FINDING = "cobit.finding"
ACCEPTANCE = "cobit.risk_acceptance"

OBJECTIVE = "governance.objective"
BENEFIT = "governance.benefit"
DECISION = "governance.decision"
RISK = "governance.risk"
LESSON = "governance.lesson"
COMMUNICATION = "governance.communication"
TRAINING = "governance.training"
ALLOCATION = "governance.resource_allocation"
INITIATIVE = "governance.improvement_initiative"
SERVES = "governance.serves"
INFORMS = "governance.informs"
ALLOCATED_TO = "governance.allocated_to"

DELIVERS = "integration.delivers"
TIMEBOX_OF = "integration.timebox_of"
RAISED_FROM = "integration.raised_from"
DEPENDS_ON = "integration.depends_on_item"

SERVICE_ACCEPTANCE = "integration.service_acceptance"
