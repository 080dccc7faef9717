"""The fields of a decision.

Source: COBIT 2019, EDM01 and APO01: decisions are recorded with who took them, on which options, and why.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from placet import ActorId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_governance.decisions.rights import RIGHTS
from placet_governance.ids import DECISION


def _known(right: str) -> str:
    if right not in RIGHTS:
        raise ValueError(f'"{right[:50]}" is not a row of the matrix: take one of {", ".join(RIGHTS)}')
    return right


#: A row of the matrix of decision rights.
RightId = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*RIGHTS]})]


class DecisionFields(Fields):
    """A decision: who decided what, why, and on which options."""

    question: Text | None = None
    options: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    chosen: Line | None = None
    rationale: Text | None = None
    #: The row of the matrix of decision rights.
    right: RightId | None = None
    #: It lies beyond the limit of those who decide first.
    beyond_limit: bool = False
    #: The figure that the limit of the right is compared with, if the workspace sets one (`decision_limits`).
    amount: Annotated[Decimal | None, Field(ge=0, max_digits=18, decimal_places=2)] = None
    #: It was not decided in time, so that those who decide beyond the limit may decide it too.
    escalated: bool | None = None
    #: The one person who decided it.
    decided_by: ActorId | None = None
    #: Everybody whose decision it was: that person, or those of a board who voted for it.
    deciders: Annotated[tuple[ActorId, ...], Field(max_length=500)] = ()
    decided_at: Moment | None = None
    #: Computed from the matrix: roles that may decide it, those after them, and those who are asked or informed.
    deciding: tuple[Line, ...] = ()
    next_up: tuple[Line, ...] = ()
    consulted: tuple[Line, ...] = ()
    informed: tuple[Line, ...] = ()
    #: The decision that takes its place.
    replacement: Annotated[ItemKey, Ref(DECISION)] | None = None
