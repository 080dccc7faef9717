"""The form of verdicts: what a check answers is text, figures, moments and actions, or fails where it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import Any

import pytest

from placet import Action, Blocker, Outcome, Verdict, blocked, passed, unknown
from placet.errors import DefinitionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


#: Text as one gets it by cutting another one in bytes, or from a reader that replaces what it cannot decode.
HALF = "Zoë\ud800"
NESTED: list[Any] = []
NESTED.append(NESTED)


class Color(StrEnum):
    RED = "red"


class Shape(Enum):
    NONE = object()


class TestBlockers:
    def test_take_what_people_and_clients_need(self) -> None:
        """A message with its figures, a remedy, who, the earliest moment, and actions to offer."""
        verdict = blocked(
            "{hours} hours are more than {largest}",
            remedy="ask {who}",
            who=["mia"],
            earliest=NOON,
            params={
                "hours": 50,
                "largest": 40.5,
                "who": "mia",
                "since": NOON,
                "color": Color.RED,
                "keys": ["A-1"],
            },
            actions=[Action("edit", "Edit", "/items/A-1", ("hours",))],
        )

        blocker = verdict.blockers[0]
        assert (blocker.message, blocker.remedy) == ("50 hours are more than 40.5", "ask mia")
        assert (blocker.who, blocker.earliest, blocker.actions[0].kind) == (("mia",), NOON, "edit")

    @pytest.mark.parametrize(
        ("parts", "wrong"),
        [
            ({"message": 7}, r"message takes text, and was given 7"),
            ({"remedy": None}, r"remedy takes text, and was given None"),
            ({"who": "shop.master"}, r"who takes a list of texts, such as \['shop.master'\]"),
            ({"who": [None]}, r"who takes texts, and was given None"),
            ({"earliest": datetime(2026, 3, 2)}, r"earliest takes a datetime with a time zone"),  # noqa: DTZ001
            ({"earliest": "noon"}, r"earliest takes a datetime with a time zone, and was given 'noon'"),
            ({"actions": ["go"]}, r"actions takes an Action\(kind, title, href\), and was given 'go'"),
            ({"params": {"item": object()}}, r"params\['item'\] takes texts, numbers, moments"),
            ({"params": {"items": [{"of": object()}]}}, r"params\['items'\] takes texts, numbers, moments"),
            ({"message": "{due}", "params": {"do": 1}}, r'"\{due\}" cannot be filled in from params with do'),
            (
                {"message": HALF},
                r"message takes text, and was given half of a character, U\+D800, at position 3",
            ),
            ({"message": "x" * 1_000_001}, r"given 1000001 characters, where 1000000 are the most"),
            ({"message_id": HALF}, r"message_id takes text, and was given half of a character"),
            ({"who": [HALF]}, r"who takes text, and was given half of a character"),
            ({"inputs": [HALF]}, r"inputs takes text, and was given half of a character"),
            ({"params": {HALF: 1}}, r"params takes text, and was given half of a character"),
            ({"params": {"name": HALF}}, r"params\['name'\] takes .*, and was given half of a character"),
            ({"params": {"cost": 2**3000}}, r"params\['cost'\] takes .* a whole number of 3001 bits"),
            ({"params": {"costs": [1, [-(2**3000)]]}}, r"params\['costs'\] takes .* 3001 bits"),
            ({"params": {"odd": Shape.NONE}}, r"params\['odd'\] takes .*, and was given <object"),
            ({"params": {"deep": NESTED}}, r"given more than 20 lists and dictionaries in each other"),
        ],
        ids=[
            "message",
            "remedy",
            "who",
            "nobody",
            "naive",
            "earliest",
            "actions",
            "params",
            "nested",
            "placeholder",
            "half a message",
            "huge",
            "half an id",
            "half a person",
            "half an input",
            "half a name",
            "half a figure",
            "large",
            "small",
            "enumeration",
            "deep",
        ],
    )
    def test_of_another_form_are_refused_where_they_are_made(self, parts: dict[str, Any], wrong: str) -> None:
        """The part is named with what it takes and what it was given."""
        with pytest.raises(DefinitionError, match=wrong):
            blocked(**{"message": "no", "remedy": "wait", **parts})

    def test_made_by_hand_are_held_to_the_same(self) -> None:
        """`Blocker` and `unknown` leave no way around."""
        who: Any = "mia"
        for make in (lambda: Blocker("no", "wait", who=who), lambda: unknown("no", remedy="wait", who=who)):
            with pytest.raises(DefinitionError, match=r"who takes a list of texts, such as \['mia'\]"):
                make()


class TestVerdicts:
    def test_take_texts_of_any_script_and_large_numbers(self) -> None:
        """Readers of JSON take them; larger numbers are sent as text."""
        read = {"name": "Žofie 🦉", "largest": 2**3000 - 1, "all": ["ё", {"a": ("ß", -(10**30))}]}
        assert passed(**read).read == read

    def test_name_what_was_read(self) -> None:
        """Figures of any kind that JSON or the product's own spelling knows."""
        assert passed(hours=3, span=timedelta(hours=1), keys=("A-1",), by={"A-1": 2}).read["by"] == {"A-1": 2}

    @pytest.mark.parametrize(
        ("make", "wrong"),
        [
            (lambda: Verdict(Outcome.UNMET), r"a verdict unmet needs a blocker that says why"),
            (lambda: Verdict("met"), r"outcome takes one of Outcome, and was given 'met'"),  # type: ignore[arg-type]
            (lambda: Verdict(Outcome.UNMET, ("no",)), r"blockers takes a Blocker, and was given 'no'"),  # type: ignore[arg-type]
            (lambda: passed(item=object()), r"read\['item'\] takes texts, numbers, moments"),
            (lambda: passed(name=HALF), r"read\['name'\] takes .*, and was given half of a character"),
            (lambda: Blocker("no", "wait", verdict="unmet"), r"verdict takes one of Outcome, and was given"),  # type: ignore[arg-type]
            (
                lambda: Action("edit", HALF, "/x"),
                r"an action is malformed: title takes text, .* half of a character",
            ),
        ],
        ids=["without_why", "outcome", "blockers", "read", "half", "blocker", "action"],
    )
    def test_of_another_form_are_refused(self, make: Callable[[], Verdict], wrong: str) -> None:
        """Above all one that fails and does not say why: nothing would block."""
        with pytest.raises(DefinitionError, match=wrong):
            make()
