"""The default controls: a table in a file, of which a workspace makes drafts.

Whether a control names a check that exists is proven when it is proposed, in the workspace that uses it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from placet import InvalidError, MalformedError, faults_in
from placet_cobit.controls.bindings import Binding
from placet_cobit.controls.fields import Execution, Frequency, Nature
from placet_cobit.practices import PRACTICE_ID

_Text = Annotated[str, Field(min_length=1, max_length=2000)]


class DefaultControl(BaseModel):
    """One control of the table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,99}$")]
    practice: Annotated[str, Field(pattern=f"^{PRACTICE_ID}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    statement: _Text
    nature: Nature
    execution: Execution
    frequency: Frequency
    key_control: bool = False
    high_risk: bool = False
    legal_basis: bool = False
    bindings: Annotated[tuple[Binding, ...], Field(max_length=20)] = ()
    #: Kinds of evidence that every operation leaves.
    evidence: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    test_procedure: _Text

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of the draft, as JSON."""
        kept = self.model_dump(mode="json", exclude={"id", "practice", "title", "evidence"})
        return {
            **kept,
            "practice_id": self.practice,
            "template": self.id,
            "evidence_requirements": [{"kind": kind} for kind in self.evidence],
        }


class ControlTable(BaseModel):
    """All default controls."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    controls: Annotated[tuple[DefaultControl, ...], Field(min_length=1, max_length=500)]


def read_controls(text: str) -> tuple[DefaultControl, ...]:
    """A table from TOML.

    Raises:
        InvalidError: an entry does not fit; with a pointer to each.
        MalformedError: it is not TOML.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"the table of controls is not TOML: {error}") from error
    try:
        return ControlTable.model_validate(document).controls
    except ValidationError as error:
        raise InvalidError(faults_in(error, ControlTable)) from error


@cache
def shipped_controls() -> tuple[DefaultControl, ...]:
    """The table that comes with the method."""
    return read_controls((files("placet_cobit.data") / "controls.toml").read_text(encoding="utf-8"))
