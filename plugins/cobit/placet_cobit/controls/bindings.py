"""The bindings of a control: on which transition of which item type it puts which check, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, model_validator

from placet import GateMode, Line
from placet_cobit.ids import CONTROL


class ControlMode(StrEnum):
    """Whether a control stops a transition that does not meet it, or records that only."""

    BLOCK = "block"
    RECORD = "record"


#: The mode of the gates of a control.
GATE_MODES = {ControlMode.BLOCK: GateMode.ENFORCE, ControlMode.RECORD: GateMode.OBSERVE}


_Number = StrictInt | StrictFloat
_Values = Annotated[tuple[StrictBool | _Number | Line, ...], Field(min_length=1, max_length=100)]


class Range(BaseModel):
    """The values of a number for which a control applies: from a least one on, up to a greatest one, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_least: _Number | None = None
    at_most: _Number | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a range has a bound: give at_least, at_most or both")
        return self


class Binding(BaseModel):
    """One transition that a control gates, with the check, its parameters and the items to which it applies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: `itil.change`.
    item_type: Line
    #: `authorize_change`.
    transition: Line
    #: A stock check, such as `core.evidence_present`, or one that a method offers, such as `cobit.change_independent`.
    check_id: Line
    #: The parameters of the check, by name.
    params: Annotated[Mapping[str, Any], Field(max_length=30)] = {}
    #: The items to which it applies, by their fields: `{"type": ["normal"], "cis": ["OPS-3"], "users_affected":
    #: {"at_least": 100}}`. All conditions have to hold, and an empty field is in scope. Without any, all items.
    scope: Annotated[Mapping[Line, Range | _Values], Field(max_length=20)] = {}

    @property
    def only(self) -> dict[str, Any]:
        """The scope, as a gate keeps it."""
        kept: dict[str, Any] = self.model_dump(mode="json", include={"scope"}, exclude_none=True)["scope"]
        return kept


def gate_id(control: str, n: int) -> str:
    """The id of the gate of a control's binding, by the control's key and the number of the binding, from 1."""
    return f"{gates_of(control)}{n}"


def gates_of(control: str) -> str:
    """The beginning of the ids of all gates of a control."""
    return f"{CONTROL}.{control.replace('-', '.')}."
