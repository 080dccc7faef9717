"""Controls as the scorecard reads them: by the design in force, whatever is drafted meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from placet.api import ItemRecord
from placet_cobit.controls.design import DRAFTED, operates
from placet_cobit.scorecard.history import Course


def design_recorded(control: ItemRecord) -> Mapping[str, Any]:
    """The design that was activated last, as it is stored; of a control that never was, its fields."""
    return control.fields.get("activated") or control.fields


def stands(control: ItemRecord) -> bool:
    """Whether it is to be operated and tested: in force, or suspended for a while."""
    suspensions = control.fields.get("suspensions") or []
    drafted = control.state in DRAFTED and bool(suspensions) and suspensions[-1].get("last") is None
    suspended = control.state == "suspended" or drafted
    return suspended or operates(control.state, control.fields.get("activated"), suspended=suspended)


def operated_at(control: Course, moment: datetime) -> bool:
    """Whether a control was in force at a moment; a redesign changes nothing of that."""
    return control.state_at(moment, passing=DRAFTED) == "operating"
