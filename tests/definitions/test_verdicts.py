"""The form of verdicts: what a check answers is text, figures, moments and actions, or fails where it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from placet import Action, Blocker, Outcome, Verdict, blocked, passed, unknown
from placet.errors import DefinitionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Color(StrEnum):
    RED = "red"


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
        ],
        ids=["without_why", "outcome", "blockers", "read"],
    )
    def test_of_another_form_are_refused(self, make: Callable[[], Verdict], wrong: str) -> None:
        """Above all one that fails and does not say why: nothing would block."""
        with pytest.raises(DefinitionError, match=wrong):
            make()
