"""The ids of item types, which checks, effects and tables refer to."""

OBJECTIVE = "cobit.governance_objective"
CONTROL = "cobit.control"
ASSESSMENT = "cobit.control_assessment"
TEST = "cobit.control_test"
FINDING = "cobit.finding"
REMEDIATION = "cobit.remediation_action"
ACCEPTANCE = "cobit.risk_acceptance"
RATING = "cobit.capability_assessment"
MONITOR = "cobit.monitor"

#: From an improvement to the governance objective whose gap in capability it closes.
CLOSES_GAP = "cobit.closes_gap"

# Approvals and confirmations
ACCEPTANCE_APPROVAL = "cobit.acceptance_approval"
FINDING_OWNED = "cobit.finding_ownership"
OVERRIDE_AGREED = "cobit.override_agreement"
CONTROL_APPROVAL = "cobit.control_approval"
CONTROL_RELEASE = "cobit.control_release"
TEST_ACCEPTANCE = "cobit.test_acceptance"
CONTROL_RETIREMENT = "cobit.control_retirement"
CONTROL_HANDOVER = "cobit.control_handover"
