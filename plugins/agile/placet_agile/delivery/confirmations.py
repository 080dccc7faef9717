"""Agreements about stories and bugs: each by the person who is named, and by nobody in their place.

Our choice: who has not answered by the next day, when the team meets again, is reminded once.
"""

from __future__ import annotations

from datetime import timedelta

from placet import Confirmation
from placet_agile.ids import ACCEPTANCE, SCOPE_AGREEMENT, TRANSFER

#: The time after which somebody who is named is reminded to confirm.
REMINDER = timedelta(days=1)


def confirmations_of(type: str) -> tuple[Confirmation, ...]:
    """The confirmations of an item type.

    One of scope is bound to the sprint and the size: one for this is none for the next, nor for more. One of acceptance
    is bound to the work: one for the plan is none for the result. One of a transfer is bound to the team and to what is
    offered.
    """
    return (
        Confirmation(
            SCOPE_AGREEMENT[type],
            "Change of scope",
            "scope_agreed_by",
            material_fields=["sprint", "goal_endangered", "points"],
            reminds=REMINDER,
        ),
        Confirmation(
            ACCEPTANCE[type],
            "Acceptance",
            "accepted_by",
            material_fields=["description", "acceptance_criteria", "dod_checks", "started_at"],
            reminds=REMINDER,
        ),
        Confirmation(
            TRANSFER[type],
            "Taken into the backlog",
            "taken_by",
            material_fields=["offered_to", "description", "acceptance_criteria"],
            reminds=REMINDER,
        ),
    )
