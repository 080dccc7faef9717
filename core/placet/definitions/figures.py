"""Figures: the computations of metrics, in a small closed vocabulary, which the store turns into queries.

A figure counts or measures a *population*: the items of a type that a *moment* places in a period, or those that are in
a state at its end. *Conditions* narrow it, and a *measure* is the value of each item that is averaged or summed.
Nothing here is a function, so that a figure can be shown, hashed, checked by the linter, and computed in the database.

Conditions and measures read fields as they are now; moments of transitions and states at the end of a period come from
the events.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from placet.definitions.arguments import at_least, written
from placet.definitions.timers import Holds

# Moments: they place an item in a period, and are the ends of a span


@written
@dataclass(frozen=True, slots=True)
class Made:
    """When the item was made."""


@written
@dataclass(frozen=True, slots=True)
class Did:
    """When one of these transitions was made, for the last or the first time; as a condition: that one was made."""

    transitions: tuple[str, ...]
    first: bool

    def __init__(self, *transitions: str, first: bool = False) -> None:
        object.__setattr__(self, "transitions", transitions)
        object.__setattr__(self, "first", first)


@written
@dataclass(frozen=True, slots=True)
class At:
    """The moment in a field."""

    field: str


@written
@dataclass(frozen=True, slots=True)
class Now:
    """The end of the period, or the present moment while the period lasts."""


#: Moments that can place an item in a period.
Event = Made | Did | At
#: Moments that can be an end of a span.
Instant = Event | Now

# Measures: the value of each item that is averaged or summed. Items without it are left out


@written
@dataclass(frozen=True, slots=True)
class Number:
    """The sum of these number fields; a field without a value counts as zero, unless all are without."""

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        object.__setattr__(self, "fields", fields)


@written
@dataclass(frozen=True, slots=True)
class Between:
    """Elapsed time from one moment to another, in the metric's unit; none where the end lies before the start."""

    start: Instant
    end: Instant


@written
@dataclass(frozen=True, slots=True)
class Spent:
    """Time that a stopped timer of the item had counted, in the metric's unit: on its calendar, pauses left out."""

    timer: str


#: The value of each item that is averaged or summed.
Measure = Number | Between | Spent

# Conditions, besides `Holds`, which for a list field means that it contains one of the values


@written
@dataclass(frozen=True, slots=True)
class Given:
    """A field has a value."""

    field: str


@written
@dataclass(frozen=True, slots=True)
class AtLeast:
    """A measure has at least a value."""

    measure: Measure
    bound: float | timedelta


@written
@dataclass(frozen=True, slots=True)
class AtMost:
    """A measure has at most a value."""

    measure: Measure
    bound: float | timedelta


@written
@dataclass(frozen=True, slots=True)
class By:
    """One moment is not later than another."""

    moment: Instant
    deadline: Instant


@written
@dataclass(frozen=True, slots=True)
class TimerIs:
    """A timer of the item is `running`, `paused`, `met` or `breached`; it is breached from its due moment on."""

    timer: str
    statuses: tuple[str, ...]

    def __init__(self, timer: str, *statuses: str) -> None:
        object.__setattr__(self, "timer", timer)
        object.__setattr__(self, "statuses", statuses)


@written
@dataclass(frozen=True, slots=True)
class Linked:
    """A link of a type leads to an item that meets these conditions; `inverse`: comes from one."""

    link_type: str
    conditions: tuple[Condition, ...]
    inverse: bool

    def __init__(self, link_type: str, *conditions: Condition, inverse: bool = False) -> None:
        object.__setattr__(self, "link_type", link_type)
        object.__setattr__(self, "conditions", conditions)
        object.__setattr__(self, "inverse", inverse)


@written
@dataclass(frozen=True, slots=True)
class Not:
    """A condition is not met."""

    condition: Condition


@written
@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several conditions is met."""

    conditions: tuple[Condition, ...]

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)


@written
@dataclass(frozen=True, slots=True)
class AllOf:
    """Several conditions are met together, as one condition."""

    conditions: tuple[Condition, ...]

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)


# Conditions on transitions, for `Moves` alone


@written
@dataclass(frozen=True, slots=True)
class FirstTry:
    """The first attempt succeeded: since the item had moved before, the actor was not refused this transition."""


@written
@dataclass(frozen=True, slots=True)
class SetAside:
    """A gate that was not met did not stop it: it was waived, or only warns or observes."""


#: Conditions on items, and on transitions.
ItemCondition = Holds | Given | AtLeast | AtMost | By | Did | TimerIs | Linked | Not | AnyOf | AllOf
MoveCondition = FirstTry | SetAside
#: Conditions, which narrow a population.
Condition = ItemCondition | MoveCondition

# Populations


@written
@dataclass(frozen=True, slots=True)
class Items:
    """Items of a type (or of several) that a moment places in the period, where they meet all conditions."""

    types: tuple[str, ...]
    when: Event
    conditions: tuple[Condition, ...]

    def __init__(self, types: Iterable[str] | str, when: Event, *conditions: Condition) -> None:
        object.__setattr__(self, "types", (types,) if isinstance(types, str) else tuple(types))
        object.__setattr__(self, "when", when)
        object.__setattr__(self, "conditions", conditions)


@written
@dataclass(frozen=True, slots=True)
class Standing:
    """Items of a type (or of several) that are in one of these states at the end of the period.

    Without states: in any state that is not final.
    """

    types: tuple[str, ...]
    states: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def __init__(
        self, types: Iterable[str] | str, states: Iterable[str] | str = (), *conditions: Condition
    ) -> None:
        object.__setattr__(self, "types", (types,) if isinstance(types, str) else tuple(types))
        object.__setattr__(self, "states", (states,) if isinstance(states, str) else tuple(states))
        object.__setattr__(self, "conditions", conditions)


@written
@dataclass(frozen=True, slots=True)
class Moves:
    """Transitions that people made in the period, of items of these types; without types, of all.

    They are counted alone, by conditions on transitions; what `system` did is none of them. Dimensions are `type` and
    `transition`.
    """

    types: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def __init__(self, types: Iterable[str] | str = (), *conditions: Condition) -> None:
        object.__setattr__(self, "types", (types,) if isinstance(types, str) else tuple(types))
        object.__setattr__(self, "conditions", conditions)


#: Dimensions of `Moves`.
MOVE_DIMENSIONS = ("type", "transition")
#: The items or transitions that a figure is about.
Population = Items | Standing | Moves

# Figures


@written
@dataclass(frozen=True, slots=True)
class Count:
    """The number of items."""

    of: Population


@written
@dataclass(frozen=True, slots=True)
class Rate:
    """The number of items for each day of the period, or for so many days of it: 7 for a figure a week."""

    of: Population
    days: Annotated[int, at_least(1)] = 1


@written
@dataclass(frozen=True, slots=True)
class Share:
    """100 times the items that meet all these conditions, over all items of the population."""

    of: Population
    met: tuple[Condition, ...]

    def __init__(self, of: Population, *met: Condition) -> None:
        object.__setattr__(self, "of", of)
        object.__setattr__(self, "met", met)


@written
@dataclass(frozen=True, slots=True)
class Distinct:
    """The number of different values of a field: people, and not their items. Items without a value are left out."""

    of: Items | Standing
    field: str


@written
@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a measure."""

    of: Population
    measure: Measure


@written
@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a measure."""

    of: Population
    measure: Measure


@written
@dataclass(frozen=True, slots=True)
class Percentile:
    """The percentile of a measure, interpolated between neighbors."""

    of: Population
    measure: Measure
    percent: int = 50


def median(of: Population, measure: Measure) -> Percentile:
    """The median of a measure."""
    return Percentile(of, measure, 50)


@written
@dataclass(frozen=True, slots=True)
class Ratio:
    """One count or sum over another, times a factor (100 for percent)."""

    over: Count | Distinct | Sum
    under: Count | Distinct | Sum
    factor: int = 1


#: Figures that one query computes.
Simple = Count | Rate | Share | Distinct | Sum | Mean | Percentile
#: All figures.
Figure = Simple | Ratio


def among(part: Simple, of: Population) -> Simple:
    """The same figure for another population."""
    made = copy(part)
    object.__setattr__(made, "of", of)
    return made


def parts(figure: Figure) -> tuple[Simple, ...]:
    """The parts of a figure: itself, or its numerator and denominator."""
    return (figure.over, figure.under) if isinstance(figure, Ratio) else (figure,)
