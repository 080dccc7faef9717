"""Changes of what an item has to meet, once it is agreed.

Source: the Scrum Guide, 2020: the product owner is accountable for what the backlog asks for, and clarifies it with
the developers. Our choice: from ready on the product owner alone changes acceptance criteria; developers tick them.
"""

from __future__ import annotations

from placet import CheckContext, Gate, Verdict, blocked, check, passed
from placet_agile.delivery.board import ON_BOARD
from placet_agile.delivery.fields import WorkFields
from placet_agile.roles import PRODUCT_OWNER

_AGREED = ("ready", *ON_BOARD)


def _asked(fields: WorkFields) -> list[tuple[str, str]]:
    return [(each.id, each.text) for each in fields.acceptance_criteria]


@check("agile")
def criteria_kept(ctx: CheckContext) -> Verdict:
    """The acceptance criteria of an item that is ready or on the board are changed by the product owner alone."""
    before = ctx.before
    if before is None or before.state not in _AGREED or ctx.holds(ctx.actor, PRODUCT_OWNER.id):
        return passed()
    was, would_be = _asked(before.fields), _asked(ctx.item.fields)
    if would_be == was:
        return passed()
    changed = {id for id, _ in {*was} ^ {*would_be}} or {id for id, _ in was}
    return blocked(
        "acceptance criteria would change that were agreed: {criteria:word and}",
        remedy="ask the product owner to change them",
        who=[PRODUCT_OWNER.id],
        params={"criteria": sorted(changed)},
    )


CRITERIA_KEPT = Gate("agile.criteria_kept", "Acceptance criteria as agreed", criteria_kept)
