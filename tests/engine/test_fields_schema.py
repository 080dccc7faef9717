"""The input of a transition, as the JSON Schema from which a client draws its form."""

from __future__ import annotations

from placet import Fields, Text, reason_given
from placet.engine.rules.previews import fields_schema


class Order(Fields):
    text: Text | None = None
    copies: int | None = None


class TestAComment:
    def test_is_asked_for_where_a_gate_requires_a_reason(self) -> None:
        """With its least length, beside the fields, so that nobody is refused for what no form asked them."""
        demanded = reason_given("shop.reason", at_least=12).comment

        schema = fields_schema(Order, ("text",), demanded, ("comment",))

        assert sorted(schema["properties"]) == ["comment", "text"]
        assert schema["properties"]["comment"]["minLength"] == 12
        assert schema["required"] == ["comment"]

    def test_is_not_asked_for_elsewhere(self) -> None:
        """It may be sent with every transition all the same."""
        schema = fields_schema(Order, ("text",), 0)

        assert sorted(schema["properties"]) == ["text"]
        assert "required" not in schema
