"""Who may act on a finding and its actions: owners of findings, and people who are named.

A role lets somebody in, and the name says for which finding: nobody is asked for what they may not do. Source:
COBIT 2019, MEA02.04 and APO01.05.
"""

from __future__ import annotations

from placet import SYSTEM, CheckContext, ItemView, Verdict, check, passed
from placet_cobit.checking import demand
from placet_cobit.roles import ANSWERING, FINDING_OWNER, INTERNAL_AUDITOR, PROCESS_OWNER


def _as_it_was(ctx: CheckContext) -> ItemView:
    """Nobody names themselves with the act for which they have to be named."""
    return ctx.before or ctx.item


def able(ctx: CheckContext, person: str | None) -> bool:
    """Whether somebody who is named can act."""
    return ctx.holds(person, *ANSWERING)


@check("cobit")
def finding_answered_for(ctx: CheckContext) -> Verdict:
    """Its owner acts, or an owner of findings; an auditor agrees to one where its owner does not."""
    owner = _as_it_was(ctx).fields.owner
    allowed = ctx.actor in (SYSTEM, owner) or ctx.holds(ctx.actor, FINDING_OWNER.id)
    insists = ctx.transition == "agree_finding" and ctx.holds(ctx.actor, INTERNAL_AUDITOR.id)
    return demand(
        allowed or insists, "{actor:person} is not its owner, and owns no findings",
        "ask its owner, or the {role:role}", [FINDING_OWNER], actor=ctx.actor, role=FINDING_OWNER.id, owner=owner,
    )  # fmt: skip


@check("cobit")
def owner_able(ctx: CheckContext) -> Verdict:
    """Who is named as its owner can act on it."""
    owner = ctx.item.fields.owner
    return demand(
        owner is None or able(ctx, owner), "{owner:person} holds none of the roles {roles:role or}",
        "name somebody who does", [INTERNAL_AUDITOR, FINDING_OWNER], inputs=["owner"], owner=owner,
        roles=list(ANSWERING),
    )  # fmt: skip


def _plans(ctx: CheckContext) -> bool:
    """Whether somebody owns findings, or this one."""
    above = ctx.parent()
    owner = above.fields.owner if above is not None else None
    return ctx.actor == owner or ctx.holds(ctx.actor, FINDING_OWNER.id)


@check("cobit")
def action_planned_by(ctx: CheckContext) -> Verdict:
    """Actions are planned, changed and dropped by the owner of their finding, or by an owner of findings."""
    return demand(
        _plans(ctx), "{actor:person} is not the owner of its finding, and owns no findings",
        "ask the owner of the finding", [FINDING_OWNER], actor=ctx.actor,
    )  # fmt: skip


@check("cobit")
def assignee_able(ctx: CheckContext) -> Verdict:
    """Who is to do it can say that it is done."""
    before, assignee = ctx.before, ctx.item.fields.assignee
    if before is not None and before.fields.assignee == assignee:
        return passed(assignee=assignee)
    return demand(
        able(ctx, assignee), "{assignee:person} holds none of the roles {roles:role or}", "name somebody who does",
        [FINDING_OWNER], inputs=["assignee"], assignee=assignee, roles=list(ANSWERING),
    )  # fmt: skip


@check("cobit")
def action_done_by(ctx: CheckContext) -> Verdict:
    """Its assignee does it, or somebody who answers for the finding or the process."""
    assignee = _as_it_was(ctx).fields.assignee
    return demand(
        ctx.actor == assignee or _plans(ctx) or ctx.holds(ctx.actor, PROCESS_OWNER),
        "{assignee:person} is to do it", "ask them, or the owner of the finding", [FINDING_OWNER],
        assignee=assignee,
    )  # fmt: skip
