"""Checks that a method offers to gates which a workspace adds as data, made to measure of parameters in JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from placet.definitions.arguments import Title, written
from placet.definitions.checks import Check
from placet.definitions.misfits import sentence
from placet.definitions.places import Written


class CheckParams(BaseModel):
    """Base of the parameters of an offered check."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@written
@dataclass(frozen=True, slots=True)
class OfferedCheck(Written):
    """A check that can be put on a transition without writing Python: by its id and its parameters."""

    #: `acme.cleared`.
    id: str
    #: The requirement, with the names of its parameters in it: for people who choose among them.
    title: Title
    #: Makes the check, of the id that it is to have and of its parameters.
    make: Callable[[str, Any], Check]
    params: type[CheckParams] = CheckParams
    #: The item types that it can judge; empty: any.
    item_types: tuple[str, ...] = ()

    def __init__(
        self,
        id: str,
        title: Title,
        make: Callable[[str, Any], Check],
        *,
        params: type[CheckParams] = CheckParams,
        item_types: Iterable[str] = (),
    ) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "make", make)
        object.__setattr__(self, "params", params)
        object.__setattr__(self, "item_types", tuple(item_types))

    def of(self, id: str, params: Mapping[str, Any]) -> Check:
        """The check with these parameters. Raises `ValueError`, with the parameters that do not fit."""
        try:
            given = self.params.model_validate(dict(params))
        except ValidationError as error:
            raise ValueError("; ".join(_fault(self, each) for each in error.errors())) from None
        return self.make(id, given)


def _fault(offered: OfferedCheck, error: Any) -> str:
    name = ".".join(map(str, error["loc"])) or "its parameters"
    if error["type"] == "extra_forbidden":
        known = ", ".join(offered.params.model_fields) or "none"
        return f'{offered.id} has no parameter "{name}": it takes {known}'
    if error["type"] == "missing":
        return f'{offered.id} needs the parameter "{name}"'
    return f'the parameter "{name}" of {offered.id} does not fit: {sentence(error)}'
