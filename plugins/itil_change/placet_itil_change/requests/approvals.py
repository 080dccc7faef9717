"""The approvers of a request: by its cost and the access that it gives, and never its beneficiary.

Source: ITIL 4, practice Service request management; common schemes of financial approval.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """An approver of a request."""

    #: `line manager`, `budget owner`, `IT director`, `resource owner`.
    part: str
    #: The person; `None` if unknown, and for the director, who is asked by role.
    actor: str | None
    #: The field in which they can be named.
    field: str = ""

    @property
    def known(self) -> bool:
        return self.actor is not None or not self.field

    def __str__(self) -> str:
        return f"{self.part} ({self.actor})" if self.actor else self.part


def model_of(ctx: CheckContext) -> RequestModelFields | None:
    """Its entry in the catalog."""
    model = ctx.parent()
    return None if model is None else model.fields


def _is_not_free(ctx: CheckContext) -> bool:
    """Whether it needs an approval: it has a cost, or its model requires approvals."""
    model = model_of(ctx)
    return ctx.item.fields.cost > 0 or model is None or not model.auto_approve


def _reaches_first_limit(ctx: CheckContext) -> bool:
    """Setting: `request_limits`."""
    return bool(ctx.item.fields.cost >= ctx.settings.request_limits[0])


def _reaches_second_limit(ctx: CheckContext) -> bool:
    """Setting: `request_limits`."""
    return bool(ctx.item.fields.cost >= ctx.settings.request_limits[1])


def _opens_sensitive_data(ctx: CheckContext) -> bool:
    """Whether it gives access to restricted or regulated data."""
    model = model_of(ctx)
    return model is not None and model.data_class in _SENSITIVE


@dataclass(frozen=True, slots=True)
class Authority:
    """A line of the table of approvers."""

    #: As in `Approver`.
    part: str
    when: Callable[[CheckContext], bool]
    #: Whether a model with the rule `everybody` requires it at any cost.
    of_everybody: bool = True
    #: The field in which they can be named; empty for the director, who is asked by role.
    field: str = ""


# fmt: off
#: The approvers of a request: all whose line applies.
REQUEST_AUTHORITY = (
    #         who               when
    Authority("line manager",   _is_not_free,          field="line_manager"),
    Authority("budget owner",   _reaches_first_limit,  field="budget_owner"),
    Authority("IT director",    _reaches_second_limit),
    Authority("resource owner", _opens_sensitive_data, field="resource_owner", of_everybody=False),
)
# fmt: on


def approvers(ctx: CheckContext) -> list[Approver]:
    """The approvers that it needs, in order of their authority; empty if it needs none."""
    model = model_of(ctx)
    everybody = model is not None and model.approval_rule is ApprovalRule.EVERYBODY
    return [
        Approver(line.part, _person(ctx, line.field), line.field)
        for line in REQUEST_AUTHORITY
        if line.when(ctx) or (everybody and line.of_everybody)
    ]


def _person(ctx: CheckContext, field: str) -> str | None:
    """The known person for an approver. Setting: `line_managers`."""
    fields: ServiceRequestFields = ctx.item.fields
    model = model_of(ctx)
    match field:
        case "line_manager":
            return ctx.settings.line_managers.get(fields.beneficiary) or fields.line_manager
        case "budget_owner":
            return (model.budget_owner if model is not None else None) or fields.budget_owner
        case "resource_owner":
            return model.resource_owner if model is not None else None
        case _:
            return None


def panel(ctx: CheckContext) -> Panel:
    """A vote of each approver; once it is escalated, of those who have not approved yet, or of their managers."""
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
    # A person who is asked in two capacities, say as line manager and for the budget, agrees in both by one vote.
    return Panel(*ballots.values(), combined=True)


def _agreed(ctx: CheckContext) -> set[str]:
    """Approvers who have approved it already, and are not asked again because it was escalated.

    This only applies to the round of the escalation: a later round is opened because something material has changed.
    """
    before = ctx.approval(REQUEST_APPROVAL)
    if before is None or ctx.item.fields.escalated_round != before.round + 1:
        return set()
    return {vote.actor for vote in before.votes if vote.decision is Decision.APPROVE}


def approval_ends(ctx: CheckContext) -> datetime:
    """Twice the days of the approvers, as their managers have as many again."""
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
    # Those who are named as line manager or for the budget by now are asked.
    follows_facts=True,
    asked=[REQUEST_APPROVER, IT_DIRECTOR],
)

#: Writing what is approved; the beneficiary is named by who writes it.
_WRITING = ("edit:form", "edit:cost", "edit:beneficiary")
DUTIES = (
    Duty(
        "itil.sod_request",
        "nobody approves what they asked for or wrote, or what is for them",
        acts=("create", "named:beneficiary", *_WRITING),
        bars=(f"vote:{REQUEST_APPROVAL}",),
    ),
)
