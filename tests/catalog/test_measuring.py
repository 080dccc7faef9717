"""Metrics in a catalog: part of the definition, and refused where they count or read what is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from linting import lint

from placet import OPEN, Holds, Metric, metrics
from placet.catalog.catalog import Catalog

Compose = Callable[..., Catalog]

LOAN = "library.loan"
LENT = metrics.Items(LOAN, metrics.Did("lend"))
LENGTH = metrics.Between(metrics.Did("lend"), metrics.Did("return"))
NOWHERE = Holds("boko", (1,))


def metric(figure: metrics.Figure, unit: str = "days", *dimensions: str) -> Metric:
    return Metric("library.figure", "Figure", unit, "as the test has it", figure, dimensions)


def found(composed: Compose, *measured: Metric) -> list[str]:
    catalog = composed(library_parts={"metrics": measured})
    return [
        f"{finding.code}: {finding.message}" for finding in lint(catalog) if finding.where == "library.figure"
    ]


class TestReferences:
    def test_every_word_can_be_used(self, composed: Compose) -> None:
        """A metric that names what is there has no finding."""
        everything = [
            metric(metrics.Mean(LENT, LENGTH), "days", "book", "state"),
            metric(
                metrics.Share(
                    metrics.Items(
                        LOAN,
                        metrics.Made(),
                        metrics.Given("courier"),
                        metrics.Not(Holds("book", ("Ulysses",))),
                    ),
                    metrics.AnyOf(
                        metrics.Did("return"),
                        metrics.By(metrics.Did("return"), metrics.Now()),
                        metrics.AtMost(LENGTH, timedelta(days=14)),
                    ),
                ),
                "%",
            ),
            metric(
                metrics.Percentile(
                    metrics.Standing(LOAN, (OPEN, "returned")),
                    metrics.Between(metrics.Made(), metrics.Now()),
                    85,
                )
            ),
            metric(
                metrics.Ratio(
                    metrics.Count(LENT), metrics.Count(metrics.Items(LOAN, metrics.Did("decline")))
                ),
                "ratio",
            ),
        ]

        assert all(found(composed, each) == [] for each in everything)

    @pytest.mark.parametrize(
        ("measured", "expected"),
        [
            (metric(metrics.Count(metrics.Items("library.lona", metrics.Made()))),
             'unknown-item-type: there is no item type "library.lona"'),
            (metric(metrics.Count(metrics.Items((), metrics.Made()))), "counts-nothing: it names no item type"),
            (metric(metrics.Count(metrics.Items(LOAN, metrics.Did("lned")))),
             'unknown-transition: there is no transition "lned"'),
            (metric(metrics.Count(metrics.Items(LOAN, metrics.Did("lend", "lned")))),
             'unknown-transition: there is no transition "lned"'),
            (metric(metrics.Count(metrics.Items(LOAN, metrics.At("book")))),
             "unlike-field: library.loan.book holds no moment"),
            (metric(metrics.Count(metrics.Items(LOAN, metrics.Made(), metrics.Given("boko")))),
             'unknown-field: there is no field "boko"'),
            (metric(metrics.Count(metrics.Items(LOAN, metrics.Made(), metrics.AnyOf(metrics.Not(NOWHERE))))),
             "unknown-field: there is no field"),
            (metric(metrics.Share(LENT, metrics.By(metrics.At("boko"), metrics.Now()))),
             'unknown-field: there is no field "boko"'),
            (metric(metrics.Share(LENT, metrics.Did("lned"))), 'unknown-transition: there is no transition "lned"'),
            (metric(metrics.Count(metrics.Standing(LOAN, "lost"))),
             'unknown-state: there is no state "lost" in library.loan'),
            (metric(metrics.Sum(LENT, metrics.Number("book"))), "unlike-field: library.loan.book holds no number"),
            (metric(metrics.Distinct(LENT, "boko")), 'unknown-field: there is no field "boko"'),
            (metric(metrics.Mean(LENT, LENGTH), "%"),
             'no-unit-of-time: it measures time, and "%" is not a unit of time'),
            (metric(metrics.Percentile(LENT, LENGTH, 101)), "no-percentile: there is no percentile 101"),
            (metric(metrics.Share(LENT, metrics.AtLeast(LENGTH, 3))),
             "unlike-bound: 3 cannot be compared with Between("),
            (metric(metrics.Share(LENT, metrics.AtMost(metrics.Number("book"), timedelta(1)))),
             "unlike-bound: datetime.timedelta("),
            (metric(metrics.Share(LENT, metrics.Linked("library.lnik"))),
             'unknown-link-type: there is no link type "library.lnik"'),
            (metric(metrics.Share(LENT, metrics.TimerIs("library.due", "met"))),
             'unknown-timer: there is no timer "library.due"'),
            (metric(metrics.Share(LENT, metrics.TimerIs("library.due", "late"))),
             'unknown-status: there is no status "late"'),
            (metric(metrics.Count(LENT), "count", "boko"), 'unknown-field: there is no field "boko" in library.loan'),
        ],
    )  # fmt: skip
    def test_what_is_not_there_is_refused_by_name(
        self, composed: Compose, measured: Metric, expected: str
    ) -> None:
        """The plugin does not load, and says why."""
        assert any(expected in finding for finding in found(composed, measured))


class TestTheDefinition:
    def test_what_is_computed_is_part_of_it(self, composed: Compose) -> None:
        """Words and declaration: who changes either changes the hash."""
        plain, narrowed = (
            composed(library_parts={"metrics": [metric(metrics.Count(figure), "count")]}).definition(LOAN)
            for figure in (LENT, metrics.Items(LOAN, metrics.Did("lend"), metrics.Given("book")))
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
