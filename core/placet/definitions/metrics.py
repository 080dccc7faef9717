"""Metrics, declared here as data; computing them from the log is the store's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that comes out of the log alone."""

    #: `itil.change_success_rate`.
    id: str
    title: str
    #: `%`, `hours`, `count`.
    unit: str
    #: The formula in words, as the method's own table has it.
    formula: str
    #: What it can be broken down by.
    dimensions: tuple[str, ...] = ()
