"""Patches: applied to a document, they give the document that they were made for, whatever JSON the two are."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet.engine.act.patches import differences, patched

#: Names that a pointer writes with signs of its own are among them.
NAMES = st.sampled_from(["a", "b", "0", "", "/", "~", "~1", "a/b", "ä"])
LEAVES = st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2) | st.sampled_from(["", "a", "~0"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
#: A patch changes parts of its subject, so that even a whole list has a name there.
SUBJECTS = st.dictionaries(NAMES, JSON, max_size=4)


@dataclass(frozen=True)
class Record:
    name: str
    notes: tuple[str, ...]
    more: Any


def written(value: Any) -> bytes:
    """The JSON of a value, in which 1, 1.0 and true differ."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def read(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


class TestAPatch:
    @given(SUBJECTS, SUBJECTS)
    def test_leads_from_one_document_to_the_other(self, before: Any, after: Any) -> None:
        """The operations are JSON too, as an event keeps them."""
        operations = read(list(differences(before, after)))

        assert written(patched(deepcopy(before), operations)) == written(after)

    @given(SUBJECTS)
    def test_of_a_document_to_itself_is_empty(self, document: Any) -> None:
        """Two equal documents have no operation between them."""
        assert list(differences(document, deepcopy(document))) == []

    @given(SUBJECTS, SUBJECTS)
    def test_changes_neither_of_the_documents_that_it_is_made_of(self, before: Any, after: Any) -> None:
        """Both are values of records, which others read."""
        was = written(before), written(after)

        list(differences(before, after))

        assert (written(before), written(after)) == was

    @given(
        st.builds(Record, NAMES, st.tuples(NAMES), JSON),
        st.builds(Record, NAMES, st.tuples(NAMES, NAMES), JSON),
    )
    def test_of_records_is_one_of_their_fields(self, before: Record, after: Record) -> None:
        """A record is written as an object of its fields, and only those that differ are in the patch."""
        operations = read(list(differences({"one": before}, {"one": after})))

        assert written(patched(read({"one": before}), operations)) == written(read({"one": after}))

    def test_of_a_longer_list_adds_at_its_end(self) -> None:
        """Histories grow at their ends, and what was there stays as it is."""
        assert list(differences({"votes": ["ann"]}, {"votes": ["ann", "ben"]})) == [
            {"op": "add", "path": "/votes/1", "value": "ben"}
        ]


class TestACopy:
    @given(NAMES, JSON)
    def test_is_a_value_of_its_own(self, name: str, value: Any) -> None:
        """A later operation on the copy leaves the original alone."""
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        document = patched(
            {"from": {name: value}, "to": {}},
            [
                {"op": "copy", "from": f"/from{pointer}", "path": "/to/copy"},
                {"op": "replace", "path": "/to/copy", "value": "another"},
            ],
        )

        assert document == {"from": {name: value}, "to": {"copy": "another"}}


class TestAPatchThatDoesNotFit:
    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "remove", "path": "/gone"},
            {"op": "replace", "path": "/list/7", "value": 1},
            {"op": "replace", "path": "/list/first", "value": 1},
            {"op": "add", "path": "/text/1", "value": 1},
            {"op": "copy", "from": "/gone", "path": "/text"},
            {"op": "add", "value": 1},
        ],
        ids=lambda operation: f"{operation['op']}-{operation.get('path')}",
    )
    def test_is_refused(self, operation: dict[str, Any]) -> None:
        """Somebody tampered with the event or with what came before it, and verification says so."""
        with pytest.raises((LookupError, TypeError, ValueError)):
            patched({"list": [1], "text": "a"}, [operation])
