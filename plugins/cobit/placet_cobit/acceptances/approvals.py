"""The approval of a risk acceptance, by those whom the table of severities names.

Our choices: of a role that several people hold one is enough, and a board decides by a majority of its members,
of whom one that is barred has not agreed.
"""

from __future__ import annotations

from datetime import datetime

from placet import Approval, Ballot, CheckContext, Duty, Panel, Quorum
from placet_cobit.acceptances.checks import severity_of
from placet_cobit.acceptances.limits import BY_SEVERITY
from placet_cobit.ids import ACCEPTANCE_APPROVAL
from placet_cobit.roles import GOVERNANCE_BOARD


def _quorum(ctx: CheckContext, role: str) -> Quorum:
    return Quorum.n(len(ctx.holders(role)) // 2 + 1) if role == GOVERNANCE_BOARD else Quorum.any()


def panel(ctx: CheckContext) -> Panel:
    """The approvers by severity, each of whom has to agree."""
    return Panel(*(Ballot([role], _quorum(ctx, role)) for role in BY_SEVERITY[severity_of(ctx)].approvers))


def decided_by(ctx: CheckContext) -> datetime | None:
    """Setting: `acceptance_decision_days`, business days."""
    return ctx.workspace.calendar.add_days(ctx.now, ctx.settings.acceptance_decision_days)


#: The content of an acceptance that people write.
_WRITTEN = ("scope", "whole_workspace", "valid_from", "valid_until", "rationale", "compensating_controls")
APPROVAL = Approval(
    ACCEPTANCE_APPROVAL,
    "Acceptance of the risk",
    panel,
    material_fields=[*_WRITTEN, "severity"],
    expires=decided_by,
    asked=list(dict.fromkeys(role for line in BY_SEVERITY.values() for role in line.approvers)),
)  # fmt: skip
SOD_ACCEPT_OWN = Duty(
    "cobit.sod_accept_own",
    "who asked for an acceptance, or owns or operates what it is about, does not approve it",
    acts=[
        "create",
        *(f"edit:{name}" for name in _WRITTEN),
        "transition:request_acceptance",
        "named:owned_by",
        "named:operated_by",
    ],
    bars=[f"vote:{ACCEPTANCE_APPROVAL}", "transition:approve_acceptance"],
)
