"""The bindings of a control: on which transition of which item type it puts which check, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from placet import GateMode, Line
from placet_cobit.ids import CONTROL


class ControlMode(StrEnum):
    """Whether a control stops a transition that does not meet it, or records that only."""

    BLOCK = "block"
    RECORD = "record"


#: The mode of the gates of a control.
GATE_MODES = {ControlMode.BLOCK: GateMode.ENFORCE, ControlMode.RECORD: GateMode.OBSERVE}


class Binding(BaseModel):
    """One transition that a control gates, with the check and its parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: `itil.change`.
    item_type: Line
    #: `authorize_change`.
    transition: Line
    #: A stock check, such as `core.evidence_present`, or one that a method offers, such as `cobit.change_independent`.
    check_id: Line
    #: The parameters of the check, by name.
    params: Annotated[Mapping[str, Any], Field(max_length=30)] = {}


def gate_id(control: str, n: int) -> str:
    """The id of the gate of a control's binding, by the control's key and the number of the binding, from 1."""
    return f"{gates_of(control)}{n}"


def gates_of(control: str) -> str:
    """The beginning of the ids of all gates of a control."""
    return f"{CONTROL}.{control.replace('-', '.')}."
