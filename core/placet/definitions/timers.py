"""Clocks on items, declared here as data; running them is the worker's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timer:
    """A clock on an item. It starts and stops with transitions, pauses in states, and fires when it is due."""

    #: `itil.pir_due`.
    id: str
    title: str
    #: Transitions that start it; `create` stands for the making of the item.
    starts: tuple[str, ...]
    #: Transitions that stop it.
    stops: tuple[str, ...]
    #: How long it runs: elapsed time, business time where `business`, or until the moment in a field.
    duration: timedelta | None = None
    until_field: str | None = None
    business: bool = False
    pauses_in: tuple[str, ...] = ()
    #: Transition fired by `system` when it is due; `None` only records that it was.
    fires: str | None = None
    #: Percent of the duration at which a warning is recorded, with who is told.
    warnings: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
