"""A risk acceptance in force lets items pass a control that they do not meet: the log names it as the reason.

Source: COBIT 2019, APO12.06 Respond to risk.
"""

from __future__ import annotations

from placet import Check, CheckContext, CheckParams, ItemView, OfferedCheck, Verdict, blocked, check, passed
from placet_cobit.controls.executions import WAIVED_BY
from placet_cobit.ids import ACCEPTANCE
from placet_cobit.validity import covers

RISK_ACCEPTED = "cobit.risk_accepted"


class OfControl(CheckParams):
    """A control, by its key."""

    control: str


def accepted(ctx: CheckContext, control: str) -> ItemView | None:
    """The risk acceptance in force today under which a control is waived for the item; `None` if there is none.

    It covers the item itself, the item above it, everything that the item names in `cis`, or the whole workspace. Part
    of `cis` is not enough: who asks for a change would widen an acceptance by adding what it covers.
    """
    own = {ctx.item.key, ctx.item.parent}
    touched = set(getattr(ctx.item.fields, "cis", ()))
    # One search for all controls of a transition: few acceptances are in force at a time.
    for each in ctx.items(ACCEPTANCE, states=["approved"]):
        fields = each.fields
        if fields.control != control or not covers(fields.valid_from, fields.valid_until, ctx.today):
            continue
        scope = set(fields.scope)
        if fields.whole_workspace or own & scope or (touched and touched <= scope):
            return each
    return None


def _risk_accepted(id: str, given: OfControl) -> Check:
    control = given.control

    @check(id, control=control)
    def test(ctx: CheckContext) -> Verdict:
        """The risk of not meeting the control is accepted for this item, for a time."""
        found = accepted(ctx, control)
        if found is None:
            return blocked("no risk acceptance covers it", remedy="request one")
        return passed(**{WAIVED_BY: found.key, "until": found.fields.valid_until})

    return test


ACCEPTED_RISK = OfferedCheck(
    RISK_ACCEPTED, "A risk acceptance in force covers the item", _risk_accepted, params=OfControl
)
