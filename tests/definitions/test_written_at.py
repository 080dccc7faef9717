"""Definitions that are read from a file stand at their line of it."""

from __future__ import annotations

import pytest

from placet import Role, written_at
from placet.definitions.places import place_of
from placet.errors import DefinitionError


class TestAPlaceThatIsGiven:
    def test_is_that_of_what_is_made_meanwhile(self) -> None:
        with written_at("rules.yaml:7"):
            role = Role("acme.owner", "Owner")

        assert place_of(role) == "rules.yaml:7"
        assert place_of(Role("acme.owner", "Owner")).startswith(__file__)

    def test_is_the_innermost(self) -> None:
        with written_at("rules.yaml:7"):
            with written_at("rules.yaml:9"):
                inner = Role("acme.owner", "Owner")
            outer = Role("acme.owner", "Owner")

        assert (place_of(inner), place_of(outer)) == ("rules.yaml:9", "rules.yaml:7")

    def test_is_in_the_refusal_of_a_definition(self) -> None:
        with pytest.raises(DefinitionError, match=r"the role acme\.owner \(rules\.yaml:7\): ") as refused, written_at(
            "rules.yaml:7"
        ):  # fmt: skip
            Role("acme.owner", 7)  # type: ignore[arg-type]

        assert refused.value.place == "rules.yaml:7"

    def test_is_added_to_a_refusal_without_one(self) -> None:
        with pytest.raises(DefinitionError) as refused, written_at("rules.yaml:7"):
            raise DefinitionError("it does not fit")

        assert (str(refused.value), refused.value.place) == ("it does not fit (rules.yaml:7)", "rules.yaml:7")

    def test_leaves_a_nearer_one(self) -> None:
        with pytest.raises(DefinitionError) as refused, written_at("rules.yaml:7"):
            raise DefinitionError("it does not fit (other.yaml:3)", "other.yaml:3")

        assert refused.value.place == "other.yaml:3"
