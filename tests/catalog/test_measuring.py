"""Metrics in a catalog: part of the definition, and refused where they count or read what is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from placet import (
    OPEN,
    AnyOf,
    At,
    AtLeast,
    AtMost,
    Between,
    By,
    Clock,
    Count,
    Did,
    Given,
    Holds,
    Items,
    Linked,
    Made,
    Mean,
    Metric,
    Not,
    Now,
    Number,
    Percentile,
    Ratio,
    Share,
    Standing,
    Sum,
)
from placet.catalog.catalog import Catalog
from placet.catalog.linter import lint
from placet.definitions.figures import Figure

Compose = Callable[..., Catalog]

LOAN = "library.loan"
LENT = Items(LOAN, Did("lend"))
LENGTH = Between(Did("lend"), Did("return"))


def metric(figure: Figure, unit: str = "days", *dimensions: str) -> Metric:
    return Metric("library.figure", "Figure", unit, "as the test has it", figure, dimensions)


def found(composed: Compose, *metrics: Metric) -> list[str]:
    catalog = composed(library_parts={"metrics": metrics})
    return [
        f"{finding.code}: {finding.message}" for finding in lint(catalog) if finding.where == "library.figure"
    ]


class TestReferences:
    def test_every_word_can_be_used(self, composed: Compose) -> None:
        """A metric that names what is there has no finding."""
        everything = [
            metric(Mean(LENT, LENGTH), "days", "book", "state"),
            metric(
                Share(
                    Items(LOAN, Made(), Given("courier"), Not(Holds("book", ("Ulysses",)))),
                    AnyOf(Did("return"), By(Did("return"), Now()), AtMost(LENGTH, timedelta(days=14))),
                ),
                "%",
            ),
            metric(Percentile(Standing(LOAN, (OPEN, "returned")), Between(Made(), Now()), 85)),
            metric(Ratio(Count(LENT), Count(Items(LOAN, Did("decline")))), "ratio"),
        ]

        assert all(found(composed, each) == [] for each in everything)

    @pytest.mark.parametrize(
        ("measured", "expected"),
        [
            (metric(Count(Items("library.lona", Made()))), 'unknown-item-type: there is no item type "library.lona"'),
            (metric(Count(Items((), Made()))), "counts-nothing: it names no item type"),
            (metric(Count(Items(LOAN, Did("lned")))), 'unknown-transition: there is no transition "lned"'),
            (metric(Count(Items(LOAN, Did("lend", "lned")))), 'unknown-transition: there is no transition "lned"'),
            (metric(Count(Items(LOAN, At("book")))), "unlike-field: library.loan.book holds no moment"),
            (metric(Count(Items(LOAN, Made(), Given("boko")))), 'unknown-field: there is no field "boko"'),
            (metric(Count(Items(LOAN, Made(), AnyOf(Not(Holds("boko", (1,))))))), "unknown-field: there is no field"),
            (metric(Share(LENT, By(At("boko"), Now()))), 'unknown-field: there is no field "boko"'),
            (metric(Share(LENT, Did("lned"))), 'unknown-transition: there is no transition "lned"'),
            (metric(Count(Standing(LOAN, "lost"))), 'unknown-state: there is no state "lost" in library.loan'),
            (metric(Sum(LENT, Number("book"))), "unlike-field: library.loan.book holds no number"),
            (metric(Mean(LENT, LENGTH), "%"), 'no-unit-of-time: it measures time, and "%" is no unit of it'),
            (metric(Percentile(LENT, LENGTH, 101)), "no-percentile: there is no percentile 101"),
            (metric(Share(LENT, AtLeast(LENGTH, 3))), "unlike-bound: 3 cannot be compared with Between("),
            (metric(Share(LENT, AtMost(Number("book"), timedelta(1)))), "unlike-bound: datetime.timedelta("),
            (metric(Share(LENT, Linked("library.lnik"))), 'unknown-link-type: there is no link type "library.lnik"'),
            (metric(Share(LENT, Clock("library.due", "met"))), 'unknown-timer: there is no timer "library.due"'),
            (metric(Share(LENT, Clock("library.due", "late"))), 'unknown-status: there is no status "late"'),
            (metric(Count(LENT), "count", "boko"), 'unknown-field: there is no field "boko" in library.loan'),
        ],
    )  # fmt: skip
    def test_what_is_not_there_is_refused_by_name(
        self, composed: Compose, measured: Metric, expected: str
    ) -> None:
        """The plugin does not load, and says why."""
        assert any(expected in finding for finding in found(composed, measured))


class TestTheDefinition:
    def test_what_is_computed_is_part_of_it(self, composed: Compose) -> None:
        """Words and declaration: whoever changes either changes the hash."""
        plain, narrowed = (
            composed(library_parts={"metrics": [metric(Count(figure), "count")]}).definition(LOAN)
            for figure in (LENT, Items(LOAN, Did("lend"), Given("book")))
        )

        assert plain.hash != narrowed.hash
        assert plain.document["metrics"] == [
            {
                "id": "library.figure",
                "title": "Figure",
                "source": "library",
                "unit": "count",
                "formula": "as the test has it",
                "figure": {
                    "kind": "Count",
                    "of": {
                        "kind": "Items",
                        "types": [LOAN],
                        "when": {"kind": "Did", "transitions": ["lend"], "first": False},
                        "conditions": [],
                    },
                },
                "dimensions": [],
            }
        ]
