"""Figures that cannot be right are refused, with the fault and its place."""

from __future__ import annotations

from typing import Any

import pytest

from placet import InvalidError

from .conftest import CASE, Organisation, percent, tolerance


class TestRefused:
    def test_are_figures_that_make_no_sense(self, organisation: Organisation) -> None:
        """A tolerance without target, in another unit or a share of nothing; a rate of -100 %; a year given twice."""
        project = organisation.begun()
        bad: list[tuple[dict[str, Any], str]] = [
            ({"tolerances": [{"aspect": "cost", "unit": "EUR", "upper": 1, "lower": 1}]}, "target"),
            (
                {"tolerances": [tolerance("time", "2026-03-31", 1, unit="weeks")]},
                "measured in days, not in weeks",
            ),
            (
                {"tolerances": [percent("risk", 0, 10, 0)]},
                "a percentage of a target of 0 EUR permits nothing",
            ),
            ({"costs": [{"period": 0, "amount": 1}], "discount_rate": -100}, "greater than -100"),
            ({"costs": [{"period": 0, "amount": 1}] * 2}, "two amounts for year 0: add them up"),
        ]
        for fields, message in bad:
            with pytest.raises(InvalidError, match=message):
                organisation.create(
                    "pia", "management_product", "-", parent=project, kind="business_case", **fields
                )

    def test_are_cash_flows_without_a_first_year(self, organisation: Organisation) -> None:
        """They have no value yet, and cannot be submitted."""
        project = organisation.begun()
        late = {**CASE, "costs": [{"period": 1, "amount": 400000}], "content": "-"}
        case = organisation.create(
            "pia", "management_product", "-", parent=project, kind="business_case", **late
        )

        refusal = organisation.refused("pia", case, "submit")

        assert organisation.fields(case).get("npv") is None
        assert refusal["doc_fields"].message == "the cash flows begin in year 1"
