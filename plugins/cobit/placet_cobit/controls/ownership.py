"""The checks of who acts for a control, and of its handover to others.

Source: COBIT 2019, APO01.05 Establish roles and responsibilities: one is accountable for a control, its owner.
Our choice: the CIO acts in the place of an owner; nobody takes the office, or gives it away, alone.
"""

from __future__ import annotations

from placet import SYSTEM, CheckContext, Role, Verdict, approval_granted, check, passed
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.checks import holds_role
from placet_cobit.controls.fields import ControlFields
from placet_cobit.ids import CONTROL_HANDOVER
from placet_cobit.roles import CIO, COMPLIANCE_OFFICER, CONTROL_OWNER, CONTROL_PERFORMER

handover_votes = approval_granted(
    "cobit.handover_votes", CONTROL_HANDOVER, again="ask for the handover again"
)


@check("cobit")
def owner_acts(ctx: CheckContext) -> Verdict:
    """Who acts for a control is the owner that it names, or the CIO."""
    return _acts_for(ctx, CIO)


@check("cobit")
def owner_designs(ctx: CheckContext) -> Verdict:
    """Who designs a control is the owner that it names, the CIO or the compliance officer."""
    return _acts_for(ctx, CIO, COMPLIANCE_OFFICER)


def _acts_for(ctx: CheckContext, *others: Role | str) -> Verdict:
    owner = ctx.before.fields.control_owner if ctx.before is not None else None
    roles = [str(role) for role in others]
    if owner is None or ctx.actor in (owner, SYSTEM) or ctx.holds(ctx.actor, *roles):
        return passed(owner=owner)
    return demand(
        met=False,
        message="{owner:person} owns it, and {actor:person} does not",
        remedy="ask {owner:person}, or somebody of the role {roles:role or}",
        who=[owner],
        owner=owner,
        actor=ctx.actor,
        roles=roles,
    )


@check("cobit")
def handover_people(ctx: CheckContext) -> Verdict:
    """A handover names another owner or another performer, each of whom holds the role for it."""
    fields: ControlFields = ctx.item.fields
    named = fields.next_owner or fields.next_performer
    return all_of(
        demand(bool(named), "nobody is named to own or to operate it from now on", "name the one or the other",
               [CONTROL_OWNER], inputs=["next_owner"]),
        holds_role(ctx, fields.next_owner, CONTROL_OWNER),
        holds_role(ctx, fields.next_performer, CONTROL_PERFORMER),
    )  # fmt: skip
