"""The ids of item types, link types, approvals and confirmations, which checks, effects and tables refer to."""

PROJECT = "prince2.project"
STAGE = "prince2.stage"
WORK_PACKAGE = "prince2.work_package"
PRODUCT = "prince2.product"
QUALITY_ACTIVITY = "prince2.quality_activity"
MANAGEMENT_PRODUCT = "prince2.management_product"
REPORT = "prince2.report"
ISSUE = "prince2.issue"
EXCEPTION = "prince2.exception"

AFFECTS = "prince2.affects"
CAUSED_BY = "prince2.caused_by"

BOARD_DECISION = "prince2.board_decision"
REPORT_ACCEPTANCE = "prince2.report_acceptance"
PRODUCT_ACCEPTANCE = "prince2.product_acceptance"
ACCEPTANCE_CRITERION = "prince2.acceptance_criterion"
