"""The design by which a control operates, whatever is drafted meanwhile.

Source: COBIT 2019, MEA02. Our choice: a redesign changes nothing of a control in force, neither its gates nor the
severity, samples and duties that follow from its design, until two others have approved it and it is activated. One
that is suspended stays so until then.
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
    return operates(control.state, control.fields.activated, suspended=is_suspended(control))


def is_suspended(control: ItemView) -> bool:
    """Whether it is suspended; that ends with its resumption, and with the activation of a new design."""
    suspensions = control.fields.suspensions
    drafted = control.state in DRAFTED and bool(suspensions) and suspensions[-1].last is None
    return control.state == "suspended" or drafted


def stands(control: ItemView) -> bool:
    """Whether it is to be operated and tested: in force, or suspended for a while."""
    return in_force(control) or is_suspended(control)


def operates(state: str, activated: object, *, suspended: bool) -> bool:
    """Whether a control is in force, by its state, whether it was activated, and whether it is suspended."""
    return not suspended and (state == "operating" or (state in DRAFTED and activated is not None))
