"""Who operates a control, and is not independent of it.

Handing a control over makes nobody independent of what they did before. Our choice: people count by what was in force,
to which a second person agreed each time, and by the evidence that they left, and not by being named in a draft: else
an owner could bar testers, and those who decide on the control's risks, by writing down their names. Source: COBIT
2019, DSS06.03 and MEA02.03.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import CheckContext, ItemView
from placet_cobit.controls.design import design_in_force
from placet_cobit.controls.fields import PEOPLE
from placet_cobit.ids import CONTROL

#: So that what happened at this moment counts.
_MOMENT = timedelta(microseconds=1)


def operators(ctx: CheckContext, control: ItemView, since: datetime) -> set[str]:
    """Everybody who has owned or operated a control at any time since a moment, or has ever left evidence on it."""
    people = {getattr(design_in_force(control), field) for field in PEOPLE}
    people |= {each.actor for each in control.evidence}
    for event in ctx.events(CONTROL, since=since, until=ctx.now + _MOMENT, of=[control.key]):
        designs = event.data.get("changes", {}).get("activated", ())
        people |= {design.get(field) for design in designs if design for field in PEOPLE}
    return {person for person in people if person}
