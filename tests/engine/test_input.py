"""Input made safe, before anything looks at it."""

from __future__ import annotations

from typing import Annotated, Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import model_validator

from placet import ActorId, Fields, ItemKey, ItemType, Line, Ref, State, Workflow
from placet.definitions.items import ActorRef
from placet.definitions.marks import marked_fields
from placet.engine.act.indexing import index_values
from placet.engine.act.input import (
    clean_text,
    demand_clean,
    demand_sendable,
    faults_within,
    merged,
    parse_key,
    stored,
    values_of,
)
from placet.errors import InvalidError, NotFoundError


class ThingFields(Fields):
    title_line: Line | None = None
    size: int | None = None
    owner: ActorId | None = None
    helpers: list[ActorId] | None = None
    parts: list[Annotated[ItemKey, Ref("toy.part")]] | None = None
    notes: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _fits_on_the_shelf(self) -> Self:
        if self.size is not None and self.size > 1000:
            raise ValueError(f"a thing of {self.size} does not fit on the shelf: give 1000 at most")
        return self


THING = ItemType(
    "toy.thing",
    "Thing",
    fields=ThingFields,
    workflow=Workflow("toy.thing", [State("new", "New", "done")], []),
    indexed=["size", "helpers", "notes"],
)

json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(st.text(max_size=2), json, max_size=4)


def kept(sent: dict[str, Any]) -> dict[str, Any]:
    """The fields of a new thing, as they are stored."""
    demand_sendable(THING, sent, {})
    return stored(THING.fields, sent)


def faults(sent: dict[str, Any]) -> list[tuple[str, str]]:
    """The faults of fields that were sent."""
    with pytest.raises(InvalidError) as caught:
        kept(sent)
    return [(fault.pointer, fault.message) for fault in caught.value.faults]


class TestKeys:
    @pytest.mark.parametrize("key", ["OPS-1", "A-999999999999999999", "A_B9-20"])
    def test_have_a_workspace_and_a_number(self, key: str) -> None:
        """A key that was read is written again the same."""
        assert parse_key(key).key == key

    @pytest.mark.parametrize(
        "key", ["", "OPS", "OPS-0", "OPS-01", "ops-1", "OPS-1\n", "OPS-1x", "OPS-" + "9" * 19]
    )
    def test_that_are_none_name_nothing(self, key: str) -> None:
        """A database is not asked for what cannot be there."""
        with pytest.raises(NotFoundError):
            parse_key(key)


class TestTexts:
    def test_are_stripped(self) -> None:
        """Blanks around a text say nothing."""
        assert clean_text("  a\nb\t", "/title", limit=10) == "a\nb"

    def test_of_one_line_have_no_other(self) -> None:
        """A title that goes on below looks like something that somebody else has said."""
        with pytest.raises(InvalidError, match="has a line break at position 1, and takes one line"):
            clean_text("a\u2028b", "/title", limit=10, lines=False)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("ab\x00", "/title: holds the control character U+0000 at position 2"),
            ("\x85", "/title: holds the control character U+0085 at position 0"),
            ("\ud800", "/title: holds the control character U+D800 at position 0"),
            ("ab\u202e", "/title: holds the control character U+202E at position 2"),
            ("x" * 11, "/title: has 11 characters, 10 at most are allowed"),
            (" \n ", "/title: is empty"),
        ],
    )
    def test_that_no_store_keeps_are_refused_with_the_place(self, text: str, message: str) -> None:
        """The message says what and where."""
        with pytest.raises(InvalidError) as caught:
            clean_text(text, "/title", limit=10, empty=False)
        assert str(caught.value) == message


class TestFields:
    def test_that_do_not_exist_are_refused_with_the_nearest_that_do(self) -> None:
        """A slip of the pen costs one look."""
        ((pointer, message),) = faults({"siez": 3})

        assert pointer == "/fields/siez"
        assert "size" in message

    def test_that_break_a_rule_of_the_method_are_refused_in_its_own_words(self) -> None:
        """No word of the library that checks them stands before the sentence."""
        assert faults({"size": 1001}) == [
            ("/fields", "a thing of 1001 does not fit on the shelf: give 1000 at most")
        ]

    def test_report_everything_at_once(self) -> None:
        """One request, one list of faults."""
        assert [pointer for pointer, _ in faults({"size": "many", "title_line": ""})] == [
            "/fields/title_line",
            "/fields/size",
        ]

    @pytest.mark.parametrize(
        ("sent", "pointer"),
        [
            ({"notes": {"a/b": ["fine", "bad\x00"]}}, "/fields/notes/a~1b/1"),
            ({"notes": {"bad\x01": 1}}, "/fields/notes/bad\x01"),
            ({"size": 2**63}, "/fields/size"),
            ({"size": -(2**70)}, "/fields/size"),
        ],
    )
    def test_hold_nothing_that_no_store_keeps(self, sent: dict[str, Any], pointer: str) -> None:
        """However deep it lies, the pointer leads there."""
        assert pointer in [found for found, _ in faults(sent)]

    def test_are_not_nested_without_end(self) -> None:
        """Twenty levels are more than any form needs."""
        bomb: Any = 1
        for _ in range(1000):
            bomb = [bomb]

        (fault,) = faults_within(bomb, "", 0)

        assert fault.message == "is nested deeper than 20 levels"

    @pytest.mark.parametrize(
        "made", [{"dark\x00": "a"}, {"a": "dark\x00"}, ["dark\x00"], float("nan"), 2**63]
    )
    def test_that_a_plugin_makes_are_looked_at_whole(self, made: Any) -> None:
        """Names in dictionaries included."""
        with pytest.raises(InvalidError):
            demand_clean(made, "/fields/notes")

    def test_that_are_empty_are_not_kept(self) -> None:
        """No value and `None` are one thing."""
        assert kept({"size": None, "title_line": "a"}) == {"title_line": "a"}


class TestPatches:
    @pytest.mark.parametrize(
        ("fields", "patch", "result"),
        [
            ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
            ({"a": 1}, {"a": None}, {}),
            ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
            ({"a": [1]}, {"a": {"b": 1}}, {"a": {"b": 1}}),
            ({"a": {"b": 1}}, {"a": [2]}, {"a": [2]}),
        ],
    )
    def test_are_merged_as_the_standard_says(
        self, fields: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """JSON Merge Patch, RFC 7396."""
        assert merged(fields, patch) == result

    @given(documents, documents)
    def test_sent_twice_change_nothing_more(self, fields: dict[str, Any], patch: dict[str, Any]) -> None:
        """A client may repeat itself."""
        once = merged(fields, patch)

        assert merged(once, patch) == once


class TestReferences:
    def test_are_found_in_single_fields_and_in_lists(self) -> None:
        """Whatever names a person or an item is resolved when it is written."""
        assert [(name, type(mark)) for name, mark in marked_fields(ThingFields)] == [
            ("owner", ActorRef),
            ("helpers", ActorRef),
            ("parts", Ref),
        ]

    def test_have_pointers_of_their_own(self) -> None:
        """Each name in a list is pointed at by its place."""
        fields = {"owner": "ann", "helpers": ["bob", "cid"]}

        assert values_of(fields, "owner") == [("/fields/owner", "ann")]
        assert values_of(fields, "helpers") == [("/fields/helpers/0", "bob"), ("/fields/helpers/1", "cid")]
        assert values_of(fields, "parts") == []


class TestTheIndex:
    def test_holds_single_values_and_each_value_of_a_list(self) -> None:
        """A value that cannot be compared is not indexed; an empty one is, so that sorted lists are whole."""
        assert index_values(THING, {"helpers": ["bob", "cid"], "notes": {"a": 1}}) == {
            "size": (),
            "helpers": ("bob", "cid"),
        }
