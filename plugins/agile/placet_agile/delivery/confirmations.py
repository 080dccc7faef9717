"""Agreements about stories and bugs: each by the person who is named, and by nobody in their place."""

from __future__ import annotations

from placet import Confirmation
from placet_agile.ids import ACCEPTANCE, SCOPE_AGREEMENT


def confirmations_of(type: str) -> tuple[Confirmation, ...]:
    """The confirmations of an item type. Those of scope are bound to the sprint: one for this is none for the next."""
    return (
        Confirmation(
            SCOPE_AGREEMENT[type],
            "Change of scope",
            "scope_agreed_by",
            material_fields=["sprint", "goal_endangered"],
        ),
        Confirmation(
            ACCEPTANCE[type],
            "Acceptance",
            "accepted_by",
            material_fields=["description", "acceptance_criteria"],
        ),
    )
