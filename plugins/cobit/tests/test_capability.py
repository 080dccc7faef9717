"""Capability: scores with what shows them, the level that follows, and its approval by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .assurance import REASON, Assurance, opened

LEVEL_2 = {
    "BAI06.01a": 100,
    "BAI06.01b": 100,
    "BAI06.01c": 67,
    "BAI06.02a": 100,
    "BAI06.03a": 100,
    "BAI06.04a": 67,
}
LEVEL_3 = {"BAI06.01d": 100, "BAI06.01e": 67, "BAI06.02b": 67, "BAI06.03b": 33, "BAI06.04b": 67}
LEVEL_4 = {"BAI06.03c": 33, "BAI06.04c": 33}
LEVELS = {2: LEVEL_2, 3: LEVEL_3, 4: LEVEL_4}


def practices() -> list[dict[str, Any]]:
    """The practices of the objective with their activities, by level."""
    found: dict[str, list[dict[str, Any]]] = {}
    for level, scores in LEVELS.items():
        for id in scores:
            found.setdefault(id[:-1], []).append({"id": id, "level": level, "text": "is it done?"})
    return [{"id": id, "label": id, "activities": activities} for id, activities in found.items()]


def noted(scores: dict[str, int]) -> dict[str, Any]:
    """Scores, each with a note."""
    return {id: {"percent": score, "note": "seen in March"} for id, score in scores.items()}


ALL = noted(LEVEL_2 | LEVEL_3 | LEVEL_4)


class Rated:
    """A rating of an objective whose target is level 4."""

    def __init__(self, office: Assurance) -> None:
        self.office = office
        self.objective = office.objective(objective_id="BAI06", practices=practices())
        self.key = office.create("pola", "capability_assessment", "BAI06", parent=self.objective)
        office.move("pola", self.key, "start_rating")

    def submitted(self, scores: dict[str, Any] | None = None) -> dict[str, Any]:
        """Its fields, once it is submitted."""
        self.office.move("pola", self.key, "submit_rating", scores=scores or ALL)
        return self.office.fields(self.key)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Assurance]:
    with opened(tmp_path) as office:
        yield office


class TestARating:
    def test_has_the_level_of_the_example(self, office: Assurance) -> None:
        """C01: 89.0 F, 66.8 L, 33.0 P: level 3, and a gap of 1."""
        fields = Rated(office).submitted()

        assert [(each["level"], each["percent"], each["rating"]) for each in fields["achievements"]] == [
            (2, "89", "F"),
            (3, "66.8", "L"),
            (4, "33", "P"),
        ]
        assert (fields["level"], fields["target_level"], fields["gap"]) == (3, 4, 1)

    def test_asks_for_the_scores_in_its_form(self, office: Assurance) -> None:
        preview = office.desk.preview(Rated(office).key, "submit_rating", actor="pola")

        assert (preview.allowed, preview.blockers) == (True, ())
        assert preview.fields_schema["required"] == ["scores"]

    def test_needs_every_score_with_what_shows_it(self, office: Assurance) -> None:
        rated = Rated(office)
        scores = ALL | {"BAI06.01a": {"percent": 100}}
        del scores["BAI06.01b"]

        found = office.desk.refused(rated.key, "submit_rating", actor="pola", scores=scores).messages

        assert found == [
            "1 activity unscored: BAI06.01b",
            "1 score without a note or an attached document: BAI06.01a",
        ]

    def test_takes_letters_and_documents(self, office: Assurance) -> None:
        rated = Rated(office)
        document = office.desk.attach(rated.key, "other", actor="pola", content=b"the list of changes")
        scores = ALL | {"BAI06.01a": {"letter": "F", "evidence": document.sha256}}

        assert rated.submitted(scores)["level"] == 3
        other = Rated(office)
        office.address("pola", other.key, "other", sha256="0" * 64)
        wrong = ALL | {"BAI06.01a": {"letter": "F", "evidence": "0" * 64}}
        assert list(office.refused("pola", other.key, "submit_rating", scores=wrong)) == ["scores_complete"]

    def test_is_of_an_objective_in_scope(self, office: Assurance) -> None:
        key = office.create("pola", "capability_assessment", "DSS05", parent=office.objective())

        assert list(office.refused("pola", key, "start_rating")) == ["in_scope"]

    def test_is_not_approved_by_who_scored(self, office: Assurance) -> None:
        office.desk.hold("governance.cio", "cio", "pola")
        rated = Rated(office)
        rated.submitted()

        assert "sod_rate_approve" in office.refused("pola", rated.key, "approve_rating")

    def test_that_is_approved_is_the_level_of_the_objective_and_its_gap_an_improvement(
        self, office: Assurance
    ) -> None:
        rated = Rated(office)
        rated.submitted()
        office.move("cio", rated.key, "approve_rating")

        assert office.fields(rated.objective)["current_level"] == 3
        (initiative,) = office.all("governance.improvement_initiative")
        assert office.desk.item(initiative).links == {"cobit.closes_gap": (rated.objective,)}

    def test_that_jumps_needs_a_reason(self, office: Assurance) -> None:
        rated = Rated(office)
        rated.submitted()
        office.move("cio", rated.key, "approve_rating")
        again = office.create("pola", "capability_assessment", "BAI06", parent=rated.objective)
        office.move("pola", again, "start_rating")
        office.move(
            "pola", again, "submit_rating", scores=noted(dict.fromkeys(LEVEL_2 | LEVEL_3 | LEVEL_4, 0))
        )

        found = office.refused("cio", again, "approve_rating")
        assert "from 3 to 0" in found["rating_second"].message
        office.move("cio", again, "approve_rating", REASON)

        assert len(office.all("governance.improvement_initiative")) == 1

    def test_is_neither_scored_before_nor_after_the_rating(self, office: Assurance) -> None:
        rated = Rated(office)
        rated.submitted()

        with pytest.raises(Exception, match="scores"):
            office.desk.edit(rated.key, actor="pola", scores={})
        with pytest.raises(Exception, match="level"):
            office.desk.edit(rated.key, actor="pola", level=5)
        office.move("ada", rated.key, "recalibrate", REASON)
        office.desk.edit(rated.key, actor="pola", scores=ALL)
