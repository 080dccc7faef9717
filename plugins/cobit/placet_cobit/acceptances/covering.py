"""The acceptance in force of a finding; for that of a control see `controls/waiving.py`."""

from __future__ import annotations

from placet import CheckContext, ItemView
from placet_cobit.acceptances.fields import AcceptanceFields
from placet_cobit.ids import ACCEPTANCE
from placet_cobit.validity import covers


def _holds(ctx: CheckContext, acceptance: ItemView) -> bool:
    fields: AcceptanceFields = acceptance.fields
    return covers(fields.valid_from, fields.valid_until, ctx.today)


def covering(ctx: CheckContext, finding: str) -> ItemView | None:
    """The acceptance of a finding's risk that is in force today; `None` if there is none."""
    found = ctx.items(ACCEPTANCE, states=["approved"], finding=finding)
    return next((each for each in found if _holds(ctx, each)), None)
