"""Errors of Pydantic are shown in sentences of our own, whatever they are."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from string import Formatter
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from placet.definitions.misfits import SENTENCES, members_beside, sentence, sentences


class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")

    quorum: int = 1
    veto: bool = False


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = ""


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=2, max_length=4)] = "abc"
    kind: Literal["day", "week"] = "day"
    size: Annotated[Decimal, Field(ge=0)] = Decimal()
    span: Annotated[timedelta, Field(le=timedelta(days=1))] = timedelta()
    few: Annotated[list[int], Field(max_length=1)] = []
    steps: list[Step] = []
    by_name: dict[str, Step | None] = {}
    either: Step | Note | None = None
    begin: int = Field(1, alias="from")


def said(**values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Form(**values)
    return sentence(caught.value.errors()[0])


class TestTheTable:
    def test_has_a_sentence_for_every_kind_of_error(self) -> None:
        """But for the errors that rules raise, which have one."""
        assert {each["type"] for each in list_all_errors()} - SENTENCES.keys() == {
            "value_error",
            "assertion_error",
        }
        assert SENTENCES.keys() <= {each["type"] for each in list_all_errors()}

    def test_takes_the_figures_that_the_error_has(self) -> None:
        for each in list_all_errors():
            template = SENTENCES.get(each["type"], "")
            wanted = {name for _, name, _, _ in Formatter().parse(template) if name}

            assert wanted <= (each["example_context"] or {}).keys(), each["type"]

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"title": "a"}, "it is too short: write at least 2 characters"),
            ({"title": "abcde"}, "it is too long: write at most 4 characters"),
            ({"title": 7}, "it has to be a text"),
            ({"kind": "hour"}, "it has to be 'day' or 'week'"),
            ({"size": "-1"}, "it has to be 0 or more"),
            ({"size": "many"}, "it has to be a number"),
            ({"span": timedelta(days=2)}, "it has to be 1 day or less"),
            ({"few": [1, 2]}, "it has 2 values: give at most 1"),
            ({"from": "x"}, "it has to be a whole number"),
        ],
    )
    def test_is_what_people_read(self, values: dict[str, Any], message: str) -> None:
        assert said(**values) == message


class TestAnUnknownMember:
    @pytest.mark.parametrize(
        ("values", "nearest"),
        [
            ({"siez": 1}, 'there is no member "siez"; did you mean "size"?'),
            ({"form": 1}, 'there is no member "form"; did you mean "from"?'),
            ({"steps": [{}, {"qorum": 1}]}, 'there is no member "qorum"; did you mean "quorum"?'),
            ({"by_name": {"a": {"vto": 1}}}, 'there is no member "vto"; did you mean "veto"?'),
            ({"either": {"txt": ""}}, 'there is no member "txt"; did you mean "text"?'),
        ],
    )
    def test_is_shown_with_the_nearest_name_wherever_it_is(
        self, values: dict[str, Any], nearest: str
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            Form(**values)

        errors = caught.value.errors()

        assert nearest in [sentence(each, members_beside(Form, each["loc"])) for each in errors]


def test_a_value_of_a_plugin_that_does_not_fit_is_described_in_one_line_without_a_link() -> None:
    """As where a check tries to write."""
    note = Note()

    with pytest.raises(ValidationError) as caught:
        note.text = "changed"  # type: ignore[misc]  # which is what is tried

    assert sentences(caught.value) == "Note.text: it is read-only"
