"""The fields of a capability assessment.

Source: COBIT 2019 Framework, performance management.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from placet import Fields, ItemKey, Pattern, Ref, Text
from placet_cobit.capability.levels import FIRST, LAST, Rating
from placet_cobit.ids import OBJECTIVE

Level = Annotated[int, Field(ge=0, le=5)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=18)]
ActivityId = Annotated[str, Field(min_length=1, max_length=100)]
_Digest = Annotated[
    str, Pattern("[0-9a-f]{64}", "the SHA-256 of a document that is attached, 64 digits of 0-9 and a-f")
]


class Activity(BaseModel):
    """An activity of the objective, as it is rated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ActivityId
    level: Annotated[int, Field(ge=FIRST, le=LAST)]
    text: Text = ""


class Score(BaseModel):
    """How far an activity is done: in percent or as a letter, with what shows it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    percent: Percent | None = None
    letter: Rating | None = None
    note: Text | None = None
    #: SHA-256 of a document that is attached.
    evidence: _Digest | None = None


class Achievement(BaseModel):
    """How far one level is achieved."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Annotated[int, Field(ge=FIRST, le=LAST)]
    #: For reading; the rating is that of the unrounded value.
    percent: Decimal
    rating: Rating


class RatingFields(Fields):
    """The capability of one objective, rated once."""

    #: Loaded from the objective when the rating starts, so that later texts do not change what was rated.
    activities: Annotated[tuple[Activity, ...], Field(max_length=500)] = ()
    scores: Annotated[Mapping[ActivityId, Score], Field(max_length=500)] = Field(default_factory=dict)
    #: Computed when the rating is submitted.
    achievements: Annotated[tuple[Achievement, ...], Field(max_length=4)] = ()
    level: Level | None = None
    target_level: Level | None = None
    gap: Level | None = None
    #: The level of the last rating that was approved.
    former_level: Level | None = None
    #: Computed: the objective.
    objective: Annotated[ItemKey, Ref(OBJECTIVE)] | None = None


#: Nobody types them.
RECORDED = ("activities", "achievements", "level", "target_level", "gap", "former_level")


def score_of(score: Score, letters: Mapping[Rating, Decimal]) -> Fraction | None:
    """A score in percent; `None` where it is neither given in percent nor as a letter."""
    if score.percent is not None:
        return Fraction(score.percent)
    return Fraction(letters[score.letter]) if score.letter is not None else None
