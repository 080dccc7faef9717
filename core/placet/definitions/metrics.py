"""Metrics, declared as data; the store computes them from items and events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from placet.definitions.arguments import Title, written
from placet.definitions.figures import Figure, parts
from placet.definitions.places import Written

#: Units of time for spans.
TIME_UNITS = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}


@written
@dataclass(frozen=True, slots=True)
class Metric(Written):
    """A figure that is computed from items and their events alone."""

    #: `itil.change_success_rate`.
    id: str
    title: Title
    #: `%`, `count`, `per day`; for spans of time one of `TIME_UNITS`.
    unit: str
    #: The formula in words, as in the method's own table.
    formula: str
    #: The computation.
    figure: Figure
    #: Dimensions by which it can be broken down: fields of its items, or `state`.
    dimensions: tuple[str, ...]

    def __init__(
        self, id: str, title: Title, unit: str, formula: str, figure: Figure, dimensions: Iterable[str] = ()
    ) -> None:
        for name, value in {
            "id": id,
            "title": title,
            "unit": unit,
            "formula": formula,
            "figure": figure,
            "dimensions": tuple(dimensions),
        }.items():
            object.__setattr__(self, name, value)

    @property
    def item_types(self) -> tuple[str, ...]:
        """The item types that it counts, each once."""
        return tuple(dict.fromkeys(type for part in parts(self.figure) for type in part.of.types))
