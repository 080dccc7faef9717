"""Patterns of text fields: programs get the expression, people get words."""

from __future__ import annotations

from typing import Annotated

import pytest

from placet import Fields, InvalidError, Pattern
from placet.engine.act.input import validated


class Contract(Fields):
    number: Annotated[str, Pattern("[A-Z]{2}-[0-9]{4}", "a contract number, such as AB-1234")]


class TestATextField:
    def test_takes_a_text_that_fits(self) -> None:
        assert Contract(number="AB-1234").number == "AB-1234"

    @pytest.mark.parametrize("given", ["AB", "AB-1234 ", "AB-1234\n", "{wanted}"])
    def test_says_what_to_write_where_a_text_does_not_fit(self, given: str) -> None:
        """The whole text has to fit, and the expression is not shown."""
        with pytest.raises(InvalidError) as refused:
            validated(Contract, {"number": given})

        [fault] = refused.value.faults
        assert fault.pointer == "/fields/number"
        assert fault.message == f"'{given}' does not fit: write a contract number, such as AB-1234"

    def test_shows_so_much_of_a_long_text(self) -> None:
        with pytest.raises(InvalidError, match=f"'{'A' * 100}' does not fit"):
            validated(Contract, {"number": "A" * 5000})

    def test_has_its_expression_in_the_json_schema(self) -> None:
        """Forms and clients check by it."""
        assert Contract.model_json_schema()["properties"]["number"] == {
            "pattern": "^([A-Z]{2}-[0-9]{4})$",
            "title": "Number",
            "type": "string",
        }
