"""The acceptance of a product by its approver, and its duties.

Source: PRINCE2 7, practice Quality: who makes a product does not accept it.
"""

from __future__ import annotations

from datetime import datetime

from placet import Approval, Ballot, CheckContext, Duty, Panel, Quorum
from placet_prince2.ids import PRODUCT_ACCEPTANCE
from placet_prince2.roles import SENIOR_USER


def approvers(ctx: CheckContext) -> Panel:
    """The product's approver, or else the senior users."""
    approver = ctx.item.fields.approver
    if approver is None:
        return Panel(Ballot([SENIOR_USER], Quorum.any()))
    return Panel(Ballot([], Quorum.any(), actors=[approver]))


def decision_ends(ctx: CheckContext) -> datetime:
    """Setting: `board_decision_days`, business days from now."""
    days: int = ctx.settings.board_decision_days
    return ctx.workspace.calendar.add_days(ctx.now, days)


#: The content that is accepted.
_ACCEPTED = ("quality_criteria", "baseline_version", "measured")

ACCEPTANCE = Approval(
    PRODUCT_ACCEPTANCE,
    "Acceptance of the product",
    approvers,
    material_fields=_ACCEPTED,
    expires=decision_ends,
    # Another approver is asked for their own acceptance.
    follows_facts=True,
    asked=[SENIOR_USER],
)
DUTIES = (
    Duty(
        "prince2.sod_producer",
        "who makes a product does not accept it",
        acts=["named:producer"],
        bars=[f"vote:{PRODUCT_ACCEPTANCE}", "named:approver"],
        remedy="name somebody else",
    ),
    Duty(
        "prince2.sod_criteria",
        "who writes the criteria of a product does not accept it",
        acts=[f"edit:{name}" for name in _ACCEPTED],
        bars=[f"vote:{PRODUCT_ACCEPTANCE}"],
        remedy="name another approver",
    ),
)
