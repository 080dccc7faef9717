"""The approval of a control, its release, and the duties of those who take part.

Source: COBIT 2019, DSS06.03 and APO01.05. Our choices: a control that law demands needs the compliance officer; a
control in force is released by a second person where law demands it, or where nobody changes gates alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import Approval, Ballot, CheckContext, Duty, Panel, Quorum
from placet_cobit.controls.fields import ControlFields
from placet_cobit.ids import CONTROL_APPROVAL, CONTROL_RELEASE
from placet_cobit.roles import COMPLIANCE_OFFICER, CONTROL_REVIEWER, PROCESS_OWNER

#: Different people who approve a control.
APPROVALS = 2


def panel(ctx: CheckContext) -> Panel:
    """Two of those who answer for the process and for assurance; where law demands it, the compliance officer too."""
    fields: ControlFields = ctx.item.fields
    both = Ballot([CONTROL_REVIEWER, PROCESS_OWNER], Quorum.n(APPROVALS))
    return Panel(both, Ballot([COMPLIANCE_OFFICER], Quorum.any())) if fields.legal_basis else Panel(both)


def decided_by(ctx: CheckContext) -> datetime | None:
    """Setting: `control_approval_days`, business days."""
    return ctx.workspace.calendar.add_days(ctx.now, ctx.settings.control_approval_days)


APPROVAL = Approval(
    CONTROL_APPROVAL,
    "Approval of the control",
    panel,
    material_fields=[
        "practice_id", "statement", "nature", "execution", "frequency", "bindings", "mode", "evidence_requirements",
    ],
    expires=decided_by,
    asked=[CONTROL_REVIEWER, PROCESS_OWNER, COMPLIANCE_OFFICER],
)  # fmt: skip
RELEASE = Approval(
    CONTROL_RELEASE,
    "Release of the control",
    Panel(Ballot([CONTROL_REVIEWER, PROCESS_OWNER, COMPLIANCE_OFFICER], Quorum.any())),
    material_fields=["suspended_until", "compensating_controls", "accepted_risk"],
    expires=timedelta(days=30),
    reopens=False,
)
DUTIES = (
    Duty(
        "cobit.sod_request_approve",
        "who designs, owns or proposes a control does not approve it",
        acts=["create", "named:control_owner", "transition:propose_control"],
        bars=[f"vote:{CONTROL_APPROVAL}", "transition:activate"],
    ),
    Duty(
        "cobit.sod_release",
        "who asks for the release of a control does not agree to it",
        acts=["transition:ask_release", "named:control_owner"],
        bars=[f"vote:{CONTROL_RELEASE}"],
    ),
)
