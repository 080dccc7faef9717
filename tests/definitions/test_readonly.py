"""Values that are shown to plugins: they read like any, and cannot be written to."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, ConfigDict

from placet.definitions.readonly import read_only

PLAIN = {"tags": ["a", {"deep": [1]}], "who": {"name": "ann"}, "hours": 3}


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    names: list[str] = ["lamp"]


class Whole(BaseModel):
    model_config = ConfigDict(frozen=True)

    title: str = "x"
    tags: list[str] | None = ["a"]
    by_name: dict[str, list[int]] = {"a": [1]}
    part: Part = Part()
    kinds: set[str] = {"k"}


class TestReading:
    def test_is_as_of_any_dictionary_and_list(self) -> None:
        """They are equal to what they were made of, and are dictionaries and lists to who asks."""
        shown = read_only(PLAIN)

        assert shown == PLAIN
        assert isinstance(shown, dict)
        assert isinstance(shown["tags"], list)
        assert [*shown["tags"], "b"] == ["a", {"deep": [1]}, "b"]
        assert {**shown, "hours": 4} == {**PLAIN, "hours": 4}

    def test_gives_the_same_json(self) -> None:
        """Both serialisers of the product write them as they write plain ones."""
        shown = read_only(PLAIN)

        assert json.dumps(shown) == json.dumps(PLAIN)
        assert orjson.dumps(shown) == orjson.dumps(PLAIN)

    @pytest.mark.parametrize(
        "copied",
        [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))],  # noqa: S301  # made here
        ids=["copy", "deepcopy", "pickle"],
    )
    def test_gives_copies_that_can_be_changed(self, copied: Callable[[Any], Any]) -> None:
        """A copy belongs to its author."""
        mine = copied(read_only(PLAIN))

        mine["hours"] = 5

        assert mine == {**PLAIN, "hours": 5}


class TestWriting:
    @pytest.mark.parametrize(
        "write",
        [
            lambda shown: shown.update(hours=4),
            lambda shown: shown.__setitem__("hours", 4),
            lambda shown: shown.__delitem__("hours"),
            lambda shown: shown.pop("hours"),
            lambda shown: shown.setdefault("new", 1),
            lambda shown: shown.__ior__({"new": 1}),
            lambda shown: shown.clear(),
            lambda shown: shown["who"].popitem(),
            lambda shown: shown["tags"].append("b"),
            lambda shown: shown["tags"].__iadd__(["b"]),
            lambda shown: shown["tags"].sort(),
            lambda shown: shown["tags"][1]["deep"].insert(0, 7),
        ],
        ids=[
            "update",
            "set",
            "delete",
            "pop",
            "setdefault",
            "merge",
            "clear",
            "inner",
            "append",
            "add",
            "sort",
            "deep",
        ],
    )
    def test_is_refused_at_any_depth(self, write: Callable[[Any], object]) -> None:
        """Whatever would change it says that it is read-only, and what to do instead."""
        shown = read_only(PLAIN)

        with pytest.raises(TypeError, match=r"read-only.*change a copy"):
            write(shown)

        assert shown == PLAIN


class TestModels:
    def test_are_read_only_in_all_that_their_fields_hold(self) -> None:
        """A frozen model's lists, dictionaries, sets and parts cannot be changed either."""
        shown = read_only(Whole())

        assert shown == Whole()
        assert shown.model_dump(mode="json") == Whole().model_dump(mode="json")
        writes: list[Callable[[], object]] = [
            lambda: shown.tags.append("b"),
            lambda: shown.by_name["a"].append(2),
            lambda: shown.part.names.append("b"),
            lambda: shown.kinds.add("l"),
        ]
        for write in writes:
            with pytest.raises(TypeError, match="read-only"):
                write()
