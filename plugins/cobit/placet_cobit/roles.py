"""The roles of COBIT, and the decisions of each; the governing body and management have theirs in governance.

Source: COBIT 2019, organizational structures, and the practices MEA02 and MEA04 for those who test.
"""

from __future__ import annotations

from placet import Role

CONTROL_OWNER = Role("cobit.control_owner", "Control owner", "the design of a control, and its suspension")
CONTROL_PERFORMER = Role("cobit.control_performer", "Control performer", "the operation of a control")
CONTROL_TESTER = Role("cobit.control_tester", "Control tester", "whether a control worked in a sample")
CONTROL_REVIEWER = Role("cobit.control_reviewer", "Control reviewer", "the conclusion of an assessment")
COMPLIANCE_OFFICER = Role(
    "cobit.compliance_officer", "Compliance officer", "what law demands, and controls that answer it"
)
INTERNAL_AUDITOR = Role(
    "cobit.internal_auditor", "Internal auditor", "findings, and the closing of critical ones"
)
FINDING_OWNER = Role("cobit.finding_owner", "Finding owner", "how a deficiency is remedied")

#: Who can answer for a finding, or do an action for it, when named: the owners of findings do so in any case.
_NAMED = (FINDING_OWNER, CONTROL_OWNER, CONTROL_PERFORMER)

#: Held in governance, whose roles are the same people.
GOVERNANCE_BOARD, CIO = "governance.governance_board", "governance.cio"
PROCESS_OWNER, RISK_OWNER = "governance.process_owner", "governance.risk_owner"

ANSWERING = (*(role.id for role in _NAMED), PROCESS_OWNER)

ROLES = (
    CONTROL_OWNER,
    CONTROL_PERFORMER,
    CONTROL_TESTER,
    CONTROL_REVIEWER,
    COMPLIANCE_OFFICER,
    INTERNAL_AUDITOR,
    FINDING_OWNER,
)
