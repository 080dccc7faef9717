"""Fields of several practices."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from placet import ItemKey, Ref
from placet_itil_change.ids import CONFIGURATION_ITEM


def without_doubles(members: tuple[str, ...]) -> tuple[str, ...]:
    """Each member once, in the given order."""
    return tuple(dict.fromkeys(members))


ConfigurationItemKeys = Annotated[
    tuple[Annotated[ItemKey, Ref(CONFIGURATION_ITEM, trace=True)], ...],
    Field(max_length=200),
    AfterValidator(without_doubles),
]


class CauseCategory(StrEnum):
    """The category of a cause."""

    CHANGE = "change"
    CONFIGURATION = "configuration"
    CAPACITY = "capacity"
    SOFTWARE_DEFECT = "software_defect"
    HARDWARE = "hardware"
    SUPPLIER = "supplier"
    HUMAN = "human"
    SECURITY = "security"
    UNKNOWN = "unknown"
