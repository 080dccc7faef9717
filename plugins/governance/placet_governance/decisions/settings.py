"""The settings of decisions, each with its default and unit."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet import Settings


class DecisionSettings(Settings):
    """Of decisions."""

    #: Business days until a proposed decision goes to those who decide beyond the limit.
    decision_due: Annotated[int, Field(ge=1, le=60)] = 5
