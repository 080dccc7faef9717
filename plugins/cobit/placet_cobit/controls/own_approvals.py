"""Segregation of duties in the approvals of COBIT itself: no control has to be in force for them.

Source: COBIT 2019, DSS06.03. Our choice: controls and accepted risks are what every other control rests on, so that the
rules of `everywhere.py` about votes always hold for them.
"""

from __future__ import annotations

from placet import CheckContext, Verdict
from placet_cobit.checking import all_of
from placet_cobit.controls.everywhere import administrators, role_pairs
from placet_cobit.ids import (
    ACCEPTANCE,
    ACCEPTANCE_APPROVAL,
    CONTROL,
    CONTROL_APPROVAL,
    CONTROL_HANDOVER,
    CONTROL_RELEASE,
    CONTROL_RETIREMENT,
)

#: The approval on which a decision rests, by item type and transition.
_RESTS_ON = {
    CONTROL: {
        "activate": CONTROL_APPROVAL,
        "suspend_control": CONTROL_RELEASE,
        "retire_control": CONTROL_RETIREMENT,
        "hand_over": CONTROL_HANDOVER,
    },
    ACCEPTANCE: {"approve_acceptance": ACCEPTANCE_APPROVAL},
}


def independently_approved(ctx: CheckContext) -> Verdict | None:
    """Nobody who voted administers the installation, or holds two roles that exclude each other."""
    decisions = _RESTS_ON.get(ctx.item.type)
    # The transition is not read on other items, so that one opinion holds for all of theirs.
    approval = None if decisions is None else decisions.get(ctx.transition)
    if approval is None:
        return None
    found = [*role_pairs(ctx, [approval]), *administrators(ctx, [approval])]
    return all_of(*found) if found else None
