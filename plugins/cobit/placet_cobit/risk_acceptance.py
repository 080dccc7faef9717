"""A risk acceptance: a waiver for a limited time, of a finding or of a control.

The approvers, the longest time, and whether another control has to work in the place of this one follow from the
severity, in `acceptances/limits.py` and the settings. While it is in force, the control is waived for what it covers.
It ends before its last day where its ground has gone: a graver finding on the control, its own finding back in work or
closed, no compensating control that operates.

Source: COBIT 2019, APO12.06 Respond to risk. Our choices: every earlier acceptance of the same control counts as the
one that is renewed, whether it is named or not; the risk of a finding that nobody has agreed to is not accepted; since
the control is waived with it, the severity is the highest of the control's open findings.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_cobit.acceptances import effects
from placet_cobit.acceptances.approvals import APPROVAL, SOD_ACCEPT_OWN
from placet_cobit.acceptances.computed import COMPUTED
from placet_cobit.acceptances.fields import AcceptanceFields
from placet_cobit.acceptances.gates import (
    ACCEPTANCE_APPROVED,
    ACCEPTANCE_AUTHORITY,
    ACCEPTANCE_COMPLETE,
    ACCEPTANCE_INDEPENDENT,
    ACCEPTANCE_LIMITS,
)
from placet_cobit.acceptances.timers import ACCEPTANCE_EXPIRY
from placet_cobit.findings.uncovered import look_at_cover
from placet_cobit.ids import ACCEPTANCE, ACCEPTANCE_APPROVAL, CONTROL, FINDING
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import CIO, CONTROL_OWNER, FINDING_OWNER, GOVERNANCE_BOARD, PROCESS_OWNER

_AUTHORITIES = [PROCESS_OWNER, CIO, GOVERNANCE_BOARD]
_ASKED = (
    "scope", "whole_workspace", "rationale", "compensating_controls", "valid_from", "valid_until", "renewal_of",
)  # fmt: skip

# fmt: off
WORKFLOW = Workflow(
    ACCEPTANCE,
    states=[
        #     id           title        category
        State("drafted",   "Drafted",   "todo",      "It is prepared"),
        State("requested", "Requested", "waiting",   "With those who bear the risk"),
        State("approved",  "In force",  "active",    "The risk is accepted"),
        State("expired",   "Expired",   "done",      "Its last day has passed"),
        State("revoked",   "Revoked",   "done",      "It was withdrawn early"),
        State("refused",   "Refused",   "cancelled", "The risk is not accepted"),
    ],
    transitions=[
        #          name                  from                       to           who may
        Transition("request_acceptance", ["drafted"],               "requested", [FINDING_OWNER, CONTROL_OWNER],
                   gates=[ACCEPTANCE_COMPLETE, ACCEPTANCE_LIMITS],
                   input=_ASKED,
                   asks=[ACCEPTANCE_APPROVAL],
                   title="Request"),
        Transition("approve_acceptance", ["requested"],             "approved",  _AUTHORITIES,
                   gates=[ACCEPTANCE_AUTHORITY, ACCEPTANCE_INDEPENDENT, ACCEPTANCE_APPROVED, ACCEPTANCE_COMPLETE,
                          ACCEPTANCE_LIMITS],
                   effects=[effects.accept_finding],
                   title="Approve",
                   decides=True),
        Transition("refuse",             ["requested"],             "refused",   _AUTHORITIES,
                   gates=[REASON_GIVEN, ACCEPTANCE_AUTHORITY],
                   voids=[ACCEPTANCE_APPROVAL],
                   decides=True),
        Transition("expire",             ["approved"],              "expired",   [SYSTEM],
                   effects=[effects.return_finding, look_at_cover]),
        Transition("revoke",             ["approved"],              "revoked",   [*_AUTHORITIES, SYSTEM],
                   gates=[REASON_GIVEN],
                   effects=[effects.return_finding, look_at_cover]),
        Transition("discard_acceptance", ["drafted", "requested"],  "refused",   [FINDING_OWNER, CONTROL_OWNER],
                   gates=[REASON_GIVEN],
                   voids=[ACCEPTANCE_APPROVAL],
                   title="Discard"),
    ],
)
# fmt: on

ACCEPTANCE_TYPE = ItemType(
    ACCEPTANCE,
    "Risk acceptance",
    description="A waiver for a limited time",
    fields=AcceptanceFields,
    workflow=WORKFLOW,
    indexed=["control", "finding", "severity", "valid_from", "valid_until", "scope", "whole_workspace"],
    frozen_in=dict.fromkeys(("approved", "expired", "revoked", "refused"), _ASKED),
    computed=COMPUTED,
    approvals=[APPROVAL],
    duties=[SOD_ACCEPT_OWN],
    timers=[ACCEPTANCE_EXPIRY],
    parents=[FINDING, CONTROL],
    creators=[FINDING_OWNER, CONTROL_OWNER],
    editors=[FINDING_OWNER, CONTROL_OWNER],
)
