"""Controls on incidents, problems and service requests.

Source: COBIT 2019, DSS02 Managed service requests and incidents, DSS03 Managed problems, and DSS05 Managed
security services.
"""

from __future__ import annotations

from placet import ApprovalStatus, CheckContext, Verdict, check, passed
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.governed import (
    CHANGE,
    FIXED_BY_CHANGE,
    INCIDENT,
    INCIDENT_MANAGER,
    PROBLEM,
    PROBLEM_MANAGER,
    REQUEST_APPROVAL,
    REQUEST_APPROVER,
    RESOLVER,
    SERVICE_REQUEST,
    SUCCESSFUL,
)
from placet_cobit.controls.offering import approving, offered, people

_GRAVE = ("P1", "P2")
_SENSITIVE = ("restricted", "regulated")


@check("cobit")
def priority_by_matrix(ctx: CheckContext) -> Verdict:
    """A priority other than that of the matrix was given by an incident manager, who said why.

    Reads: `priority_override`, and who made the transition that sets it.
    """
    override = ctx.item.fields.priority_override
    if override is None:
        return passed(priority=ctx.item.fields.priority)
    by = set(ctx.item.doers("transition:override_priority")) & set(ctx.holders(INCIDENT_MANAGER))
    return demand(
        bool(by), "its priority differs from the matrix, and no incident manager has justified it",
        "have an incident manager override the priority with a reason, or take it back", [INCIDENT_MANAGER],
        override=override, by=sorted(by),
    )  # fmt: skip


@check("cobit")
def recovery_tested(ctx: CheckContext) -> Verdict:
    """After a grave incident it is verified that the service is back. Reads: evidence of kind `verification`."""
    priority = ctx.item.fields.priority
    if priority not in _GRAVE:
        return passed(priority=priority)
    found = [each.name for each in ctx.evidence("verification")]
    return demand(
        bool(found), "its priority is {priority}, and no verification shows that the service is back",
        "attach the verification", [RESOLVER], priority=priority, evidence=found,
    )  # fmt: skip


@check("cobit")
def request_authorized(ctx: CheckContext) -> Verdict:
    """A request has its approvals, and none by the one whom it is for."""
    asked = ctx.approval(REQUEST_APPROVAL)
    votes = approving(ctx, REQUEST_APPROVAL)
    beneficiary = ctx.item.fields.beneficiary
    granted = asked is None or asked.status is ApprovalStatus.GRANTED
    return all_of(
        demand(granted, "its approvals are not all granted", "obtain them", [REQUEST_APPROVER],
               status=None if asked is None else asked.status),
        demand(beneficiary not in people(votes), "{person:person} approved what is for themselves",
               "have somebody else approve it", [REQUEST_APPROVER], person=beneficiary),
    )  # fmt: skip


@check("cobit")
def access_owner_ok(ctx: CheckContext) -> Verdict:
    """Access to restricted or regulated data is approved by the owner of the resource."""
    model = ctx.parent()
    if model is None or model.fields.data_class not in _SENSITIVE:
        return passed(data_class=None if model is None else model.fields.data_class)
    owner = model.fields.resource_owner
    agreed = owner is not None and owner in people(approving(ctx, REQUEST_APPROVAL))
    return demand(
        agreed, "it gives access to {data:word} data, and the owner of the resource has not approved it",
        "ask the owner of the resource" if owner is None else "ask {owner:person}",
        [owner or REQUEST_APPROVER], data=model.fields.data_class, owner=owner,
    )  # fmt: skip


@check("cobit")
def fix_by_change(ctx: CheckContext) -> Verdict:
    """A problem is closed with the change that fixed it, unless people were its cause."""
    category = ctx.item.fields.cause_category
    if category == "human":
        return passed(cause=category)
    changes = [each for each in ctx.linked(FIXED_BY_CHANGE) if each.type == CHANGE]
    done = [each.key for each in changes if each.state == "closed" and each.fields.outcome in SUCCESSFUL]
    return demand(
        bool(done), "no closed and successful change has fixed it", "link the change that did",
        [PROBLEM_MANAGER], changes=[each.key for each in changes], done=done,
    )  # fmt: skip


OFFERED = (
    offered(priority_by_matrix, INCIDENT),
    offered(recovery_tested, INCIDENT),
    offered(request_authorized, SERVICE_REQUEST),
    offered(access_owner_ok, SERVICE_REQUEST),
    offered(fix_by_change, PROBLEM),
)
