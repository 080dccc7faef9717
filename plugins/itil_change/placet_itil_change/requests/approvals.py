"""Who approves a request: by what it costs and what it gives access to, and never whom it is for.

Source: ITIL 4, practice Service request management; common schemes of financial approval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from placet import Approval, Ballot, CheckContext, Decision, Duty, Panel, Quorum
from placet_itil_change.changes.risk import DataClass
from placet_itil_change.ids import REQUEST_APPROVAL
from placet_itil_change.requests.fields import ApprovalRule, RequestModelFields, ServiceRequestFields
from placet_itil_change.roles import IT_DIRECTOR, REQUEST_APPROVER

_SENSITIVE = (DataClass.RESTRICTED, DataClass.REGULATED)


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody whose approval a request needs."""

    #: `line manager`, `budget owner`, `IT director`, `resource owner`.
    part: str
    #: The person; `None` where nobody is known, and for the director, who is asked by role.
    actor: str | None
    #: The field in which they can be named.
    field: str = ""

    @property
    def known(self) -> bool:
        return self.actor is not None or not self.field

    def __str__(self) -> str:
        return f"{self.part} ({self.actor})" if self.actor else self.part


def model_of(ctx: CheckContext) -> RequestModelFields | None:
    """What the catalogue says of it."""
    model = ctx.parent()
    return None if model is None else model.fields


def approvers(ctx: CheckContext) -> list[Approver]:
    """Whose approval it needs, in the order of their reach; empty where nobody's.

    Settings: `request_limits`, `line_managers`.
    """
    fields: ServiceRequestFields = ctx.item.fields
    model = model_of(ctx)
    low, high = ctx.settings.request_limits
    everybody = model is not None and model.approval_rule is ApprovalRule.EVERYBODY
    found: list[Approver] = []
    if everybody or fields.cost > 0 or model is None or not model.auto_approve:
        manager = ctx.settings.line_managers.get(fields.beneficiary) or fields.line_manager
        found.append(Approver("line manager", manager, "line_manager"))
    if everybody or fields.cost >= low:
        payer = (model.budget_owner if model is not None else None) or fields.budget_owner
        found.append(Approver("budget owner", payer, "budget_owner"))
    if everybody or fields.cost >= high:
        found.append(Approver("IT director", None))
    if model is not None and model.data_class in _SENSITIVE:
        found.append(Approver("resource owner", model.resource_owner, "resource_owner"))
    return found


def panel(ctx: CheckContext) -> Panel:
    """A vote of each; once it is escalated, of whoever has not approved yet, or of their manager in their place."""
    escalated = ctx.item.fields.escalated_round is not None
    agreed = _agreed(ctx)
    ballots: dict[str, Ballot] = {}
    for approver in approvers(ctx):
        if approver.actor is None:
            if not any(ctx.holds(person, IT_DIRECTOR.id) for person in agreed):
                ballots.setdefault(IT_DIRECTOR.id, Ballot([IT_DIRECTOR], Quorum.any()))
        elif approver.actor not in agreed:
            people = [approver.actor]
            manager = ctx.settings.line_managers.get(approver.actor) if escalated else None
            roles = [IT_DIRECTOR] if escalated and manager is None else []
            people += [manager] if manager is not None else []
            ballots.setdefault(approver.actor, Ballot(roles, Quorum.any(), actors=people))
    return Panel(*ballots.values())


def _agreed(ctx: CheckContext) -> set[str]:
    """Who has approved it as it is, and is not asked again because it was escalated.

    That is so in the round of the escalation alone: a later one is asked because something material has changed.
    """
    before = ctx.approval(REQUEST_APPROVAL)
    if before is None or ctx.item.fields.escalated_round != before.round + 1:
        return set()
    return {vote.actor for vote in before.votes if vote.decision is Decision.APPROVE}


def approval_ends(ctx: CheckContext) -> datetime:
    """Twice the days that approvers have: the second time is for their managers."""
    days: int = ctx.settings.request_approval_days
    return ctx.workspace.calendar.add_days(
        ctx.now, days if ctx.item.fields.escalated_round is not None else 2 * days
    )


APPROVAL = Approval(
    REQUEST_APPROVAL,
    "Approval of a request",
    panel,
    material_fields=["form", "cost", "beneficiary"],
    expires=approval_ends,
    asked=[REQUEST_APPROVER, IT_DIRECTOR],
)

DUTIES = (
    Duty(
        "itil.sod_request",
        "nobody approves what they asked for, or what is for them",
        acts=("create", "named:beneficiary"),
        bars=(f"vote:{REQUEST_APPROVAL}",),
    ),
)
