"""Who has to decide on an issue, and what approved issues have cost.

Source: PRINCE2 7, practice Issues: delegated limits of authority. The order of the rules is in
`numbers/change_budget.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from placet import CheckContext, Computed, ItemView, Role
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.control.measures import RUNNING
from placet_prince2.control.status import found_statuses
from placet_prince2.document_kinds import OF_THE_PROJECT
from placet_prince2.ids import ISSUE, MANAGEMENT_PRODUCT, PRODUCT, STAGE
from placet_prince2.issues.fields import IssueDecision, IssueFields
from placet_prince2.numbers import change_budget
from placet_prince2.numbers.change_budget import Authority, Effect, Reason
from placet_prince2.place import project_of
from placet_prince2.roles import CHANGE_AUTHORITY, EXECUTIVE, PROJECT_MANAGER

_ZERO = Decimal(0)
#: The role of each authority, the highest last.
AUTHORITIES: Mapping[Authority, Role] = {
    Authority.PROJECT_MANAGER: PROJECT_MANAGER,
    Authority.CHANGE_AUTHORITY: CHANGE_AUTHORITY,
    Authority.EXECUTIVE: EXECUTIVE,
    Authority.BUSINESS_LAYER: BUSINESS_LAYER,
}


def budget_used(ctx: CheckContext) -> Decimal:
    """The cost of approved issues of the project."""
    found = ctx.items(ISSUE, states=["implementing", "closed"], project=ctx.item.key)
    return change_budget.used(
        each.fields.cost_impact or _ZERO for each in found if each.fields.decision is IssueDecision.APPROVE
    )


BUDGET_USED = Computed("change_budget_used", budget_used)


def change_budget_left(ctx: CheckContext, project: ItemView) -> Decimal:
    """The rest of the change budget of a project, with the decisions of this very act."""
    found = ctx.items(ISSUE, states=["implementing", "closed"], project=project.key)
    spent = [
        each.fields.cost_impact or _ZERO
        for each in found
        if each.fields.decision is IssueDecision.APPROVE and each.key != ctx.item.key
    ]
    return change_budget.left(project.fields.change_budget or _ZERO, spent)


def breaks(ctx: CheckContext, subject: ItemView) -> bool:
    """Whether the impact of the issue takes a stage or a project out of a tolerance that it is inside now."""
    fields: IssueFields = ctx.item.fields
    for each in found_statuses(ctx, subject):
        change = (fields.impact or {}).get(each.aspect, _ZERO)
        after = each.deviation + change
        if change and not -each.limit_lower <= after <= each.limit_upper:
            return True
    return False


def running_stages(ctx: CheckContext, project: ItemView) -> list[ItemView]:
    """The stages of a project that run."""
    return list(ctx.items(STAGE, states=RUNNING[STAGE], project=project.key))


def reasons(ctx: CheckContext) -> tuple[Reason, ...]:
    """The rules by which somebody has to decide on the issue; none before its impact is known."""
    fields: IssueFields = ctx.item.fields
    project = project_of(ctx)
    if project is None or fields.cost_impact is None or fields.impact is None:
        return ()
    affected = ctx.get_all(fields.baselines_affected)
    whole = [
        each
        for each in affected
        if (each.type == MANAGEMENT_PRODUCT and each.fields.kind in OF_THE_PROJECT)
        or (each.type == PRODUCT and each.fields.kind == "project_product")
    ]
    effect = Effect(
        cost=fields.cost_impact,
        baselines=len(affected),
        project_baseline=bool(whole),
        breaks_stage=any(breaks(ctx, stage) for stage in running_stages(ctx, project)),
        breaks_project=breaks(ctx, project),
    )
    limit = project.fields.ca_limit
    return change_budget.reasons(
        effect,
        limit=ctx.settings.ca_limit if limit is None else limit,
        budget_left=change_budget_left(ctx, project),
        delegated=bool(ctx.holders(CHANGE_AUTHORITY.id)),
    )


def authority_because(ctx: CheckContext) -> tuple[Reason, ...]:
    """The rules by which somebody has to decide; once decided, they stay as they were."""
    fields: IssueFields = ctx.item.fields
    if fields.decided_at is not None and ctx.item.state in {"implementing", "closed", "rejected"}:
        return fields.authority_because
    return reasons(ctx)


def required_authority(ctx: CheckContext) -> Authority | None:
    """Who has to decide, by those rules."""
    return change_budget.authority_of(ctx.item.fields.authority_because)


def deciding(ctx: CheckContext) -> tuple[str, ...]:
    """The role of those who have to decide; nobody before the impact is known."""
    needed = ctx.item.fields.required_authority
    return () if needed is None else (AUTHORITIES[needed].id,)


#: The rules first: who decides follows from them, and from nothing else.
AUTHORITY = (
    Computed("authority_because", authority_because),
    Computed("required_authority", required_authority),
    Computed("deciding", deciding),
)
