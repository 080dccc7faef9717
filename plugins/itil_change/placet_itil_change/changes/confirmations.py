"""The confirmations of a change: a person who is named as having agreed or reviewed says so in person.

Source: ITIL 4, practice Change enablement: who authorizes a change, agrees to a collision or reviews the result is
accountable for it. Our choices: a spoken authorization is confirmed before the work begins or within
`spoken_confirmation_max` of it, and the other two are reminded of after two days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import CheckContext, Confirmation
from placet_itil_change.changes.fields import TIMES
from placet_itil_change.ids import CHANGE_REVIEW, COLLISION_AGREEMENT, SPOKEN_AUTHORIZATION

_REMINDER = timedelta(days=2)


def spoken_confirmation_ends(ctx: CheckContext) -> datetime:
    """The setting `spoken_confirmation_max` from now."""
    ends: datetime = ctx.now + ctx.settings.spoken_confirmation_max
    return ends


SPOKEN = Confirmation(
    SPOKEN_AUTHORIZATION,
    "Spoken authorization",
    field="verbal_authorizer",
    material_fields=["cis", "incident", "emergency_justification"],
    expires=spoken_confirmation_ends,
)
COLLISION = Confirmation(
    COLLISION_AGREEMENT,
    "Agreement to a collision",
    field="collision_ack",
    member="agreed_by",
    material_fields=["cis", *TIMES],
    reminds=_REMINDER,
)
REVIEWED = Confirmation(
    CHANGE_REVIEW,
    "Review of the change",
    field="pir_reviewer",
    material_fields=["pir_findings", "pir_actions"],
    reminds=_REMINDER,
)

CHANGE_CONFIRMATIONS = (SPOKEN, COLLISION, REVIEWED)
