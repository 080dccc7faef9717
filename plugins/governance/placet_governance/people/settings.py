"""The settings of communication, training and people's time, each with its default and unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from placet import Settings


class PeopleSettings(Settings):
    """Settings of communication, training and allocations."""

    #: Business days after which readers are reminded; after as many again they are noted as not having confirmed.
    acknowledgement_days: Annotated[int, Field(ge=1, le=60)] = 5
    #: Percent of the people required who have to have completed a training.
    training_min: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(90)
    #: Percent of a person's working time that may be promised in one week.
    capacity: Annotated[Decimal, Field(gt=0, le=100)] = Decimal(100)
