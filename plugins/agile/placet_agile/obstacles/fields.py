"""The fields of impediments and improvements."""

from __future__ import annotations

from typing import Annotated

from placet import AssigneeId, Fields, ItemKey, Ref, Text
from placet_agile.ids import SPRINT, TEAM


class ImpedimentFields(Fields):
    """An obstacle that is larger than the item that meets it."""

    team: Annotated[ItemKey, Ref(TEAM)]
    effect: Text
    owner: AssigneeId | None = None
    escalated_to: AssigneeId | None = None


class ImprovementFields(Fields):
    """A change of how a team works."""

    team: Annotated[ItemKey, Ref(TEAM)]
    #: The sprint whose retrospective it comes from.
    sprint: Annotated[ItemKey, Ref(SPRINT)] | None = None
    expected_effect: Text | None = None
    #: How success shows.
    measure: Text | None = None
