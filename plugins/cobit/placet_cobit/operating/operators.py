"""Who operates a control, and is not independent of it.

Naming another owner or performer makes nobody independent of what they did before. Source: COBIT 2019, DSS06.03 and
MEA02.03.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import CheckContext, ItemView
from placet_cobit.controls.design import design_in_force
from placet_cobit.controls.fields import PEOPLE
from placet_cobit.ids import CONTROL

#: So that what happened at this moment counts.
_MOMENT = timedelta(microseconds=1)
#: Events with which people name others.
_NAMING = ("edited", "transition")


def operators(ctx: CheckContext, control: ItemView, since: datetime) -> set[str]:
    """Everybody who has owned or operated a control at any time since a moment, or has ever left evidence on it."""
    designs = (control.fields, design_in_force(control))
    people = {getattr(each, field) for each in designs for field in PEOPLE}
    people |= {each.actor for each in control.evidence}
    for event in ctx.events(CONTROL, kinds=_NAMING, since=since, until=ctx.now + _MOMENT):
        if event.key == control.key:
            changes = event.data.get("changes", {})
            people |= {person for field in PEOPLE if field in changes for person in changes[field]}
    return {person for person in people if person}
