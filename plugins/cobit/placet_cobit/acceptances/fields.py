"""The fields of a risk acceptance.

Source: COBIT 2019, APO12.06 Respond to risk.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from placet import AssigneeId, Fields, ItemKey, Ref, Text
from placet_cobit.ids import ACCEPTANCE, CONTROL, FINDING
from placet_cobit.severity import Severity


class AcceptanceFields(Fields):
    """A waiver for a limited time."""

    #: The items that it covers; none for the whole workspace.
    scope: Annotated[tuple[Annotated[ItemKey, Ref()], ...], Field(max_length=100)] = ()
    #: It is for the whole workspace, and not for single items.
    whole_workspace: bool = False
    rationale: Text | None = None
    #: Controls that work in the place of the one that does not.
    compensating_controls: Annotated[tuple[Annotated[ItemKey, Ref(CONTROL)], ...], Field(max_length=50)] = ()
    #: Its first and last day.
    valid_from: date | None = None
    valid_until: date | None = None
    #: The acceptance that it continues.
    renewal_of: Annotated[ItemKey, Ref(ACCEPTANCE)] | None = None
    #: Computed: the control that it is about, and the finding, where it is about one.
    control: Annotated[ItemKey, Ref(CONTROL)] | None = None
    finding: Annotated[ItemKey, Ref(FINDING)] | None = None
    #: Computed, the highest of the control's open findings: it says who approves, and for how long at most.
    severity: Severity | None = None
    #: Computed: who owns the finding, or else the control, and does not approve.
    owned_by: AssigneeId | None = None
    #: Computed: who owns and who operates the control, by the design in force and by its draft, and does not approve.
    operated_by: Annotated[tuple[AssigneeId, ...], Field(max_length=4)] = ()
    #: Computed: how many other acceptances of the same control are or were in force.
    renewals: int = 0
