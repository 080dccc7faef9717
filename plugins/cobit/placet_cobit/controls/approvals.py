"""The approval of a control, its release, and the duties of those who take part.

Source: COBIT 2019, DSS06.03 and APO01.05. Our choices: a control that law demands needs the compliance officer; a
control in force is suspended, retired or handed over with the agreement of a second person; who writes any part of the
design, or operates the control, does not decide on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import Approval, Ballot, CheckContext, Duty, Panel, Quorum
from placet_cobit.controls.fields import DESIGN, HANDOVER, SUSPENSION, ControlFields
from placet_cobit.ids import CONTROL_APPROVAL, CONTROL_HANDOVER, CONTROL_RELEASE, CONTROL_RETIREMENT
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
    material_fields=list(DESIGN),
    expires=decided_by,
    asked=[CONTROL_REVIEWER, PROCESS_OWNER, COMPLIANCE_OFFICER],
)
#: One of those who approve controls agrees.
_SECOND = Panel(Ballot([CONTROL_REVIEWER, PROCESS_OWNER, COMPLIANCE_OFFICER], Quorum.any()))
#: How long such an agreement can be used.
_USABLE = timedelta(days=30)
RELEASE = Approval(
    CONTROL_RELEASE,
    "Release of the control",
    _SECOND,
    material_fields=list(SUSPENSION),
    expires=_USABLE,
    reopens=False,
)
RETIREMENT = Approval(
    CONTROL_RETIREMENT, "Retirement of the control", _SECOND, expires=_USABLE, reopens=False
)
HANDED_OVER = Approval(
    CONTROL_HANDOVER,
    "Handover of the control",
    _SECOND,
    material_fields=list(HANDOVER),
    expires=_USABLE,
    reopens=False,
)
APPROVALS_OF_CONTROLS = (APPROVAL, RELEASE, RETIREMENT, HANDED_OVER)
_NAMED = ("named:control_owner", "named:control_performer")
_NAMED_NEXT = tuple(f"named:{name}" for name in HANDOVER)
DUTIES = (
    Duty(
        "cobit.sod_request_approve",
        "who designs, owns, operates or proposes a control does not approve it",
        acts=["create", *_NAMED, *_NAMED_NEXT, *(f"edit:{name}" for name in DESIGN),
              "transition:propose_control"],
        bars=[f"vote:{CONTROL_APPROVAL}", "transition:activate"],
    ),
    Duty(
        "cobit.sod_release",
        "who asks for the release of a control, or owns or operates it, does not agree to it",
        acts=["transition:ask_release", "transition:ask_retirement", *(f"edit:{name}" for name in SUSPENSION), *_NAMED],
        bars=[f"vote:{CONTROL_RELEASE}", f"vote:{CONTROL_RETIREMENT}"],
    ),
    Duty(
        "cobit.sod_handover",
        "who asks for the handover of a control, gives it away or gets it, does not agree to it",
        acts=["transition:ask_handover", *(f"edit:{name}" for name in HANDOVER), *_NAMED, *_NAMED_NEXT],
        bars=[f"vote:{CONTROL_HANDOVER}"],
    ),
)  # fmt: skip
