"""The design by which a control operates, whatever is drafted meanwhile.

Source: COBIT 2019, MEA02. Our choice: a redesign changes nothing of a control in force, neither its gates nor the
severity, samples and duties that follow from its design, until two others have approved it and it is activated.
"""

from __future__ import annotations

from typing import Any

from placet import ItemView
from placet_cobit.controls.fields import DESIGN, PEOPLE, ControlFields, Design

#: The states of a redesign, in which the former design goes on, and of a new control, which has none.
DRAFTED = ("draft", "proposed")


def design_of(fields: ControlFields) -> Design:
    """The design as it is written now."""
    return Design(**{name: getattr(fields, name) for name in (*DESIGN, *PEOPLE)})


def design_in_force(control: ItemView) -> Any:
    """The design that was activated last, a `Design`; of a control that never was, its fields as they are now."""
    fields: ControlFields = control.fields
    return fields.activated or fields


def in_force(control: ItemView) -> bool:
    """Whether a control operates: it is activated, and neither suspended nor retired; during a redesign too."""
    return operates(control.state, control.fields.activated)


def stands(control: ItemView) -> bool:
    """Whether it is to be operated and tested: in force, or suspended for a while."""
    return in_force(control) or control.state == "suspended"


def operates(state: str, activated: object) -> bool:
    """The same by its state, and by whether it was activated."""
    return state == "operating" or (state in DRAFTED and activated is not None)
