"""The settings of stories and bugs, each with its default, unit and source."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet import Settings


class DeliverySettings(Settings):
    """Of stories and bugs."""

    #: Whether another person than the one who worked on an item finishes it.
    second_person_review: bool = True
    #: Whether the product owner accepts each item. The Scrum Guide leaves that to the definition of done.
    po_acceptance: bool = False
    #: Whether blocked items count towards the limit of their column (Kanban: they do, so that they are seen).
    blocked_counts: bool = True
    #: Business days after which what blocks an item becomes an impediment.
    blocked_escalation: Annotated[float, Field(gt=0, le=60)] = 2
