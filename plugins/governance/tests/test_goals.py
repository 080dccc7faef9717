"""Objectives, benefits and improvements."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet import BlockedError
from placet.errors import InvalidError
from placet_governance.goals.cascade import (
    ALIGNMENT_GOALS,
    ENTERPRISE_GOALS,
    alignment_score,
)

if TYPE_CHECKING:
    from .conftest import Organisation

from .conftest import REASON

MEASURE: dict[str, Any] = {"actual_value": "90000", "measured_on": "2026-06-15", "measure_source": "a count"}
SCORED: dict[str, Any] = {
    "idea": "Reset passwords without the desk",
    "expected_value": "200 calls a month",
    "effort": "s",
    "measure": "calls about passwords",
    "value_score": 4,
    "effort_score": 2,
}


class TestTheCascade:
    def test_has_thirteen_goals_of_each_kind(self) -> None:
        assert [*ENTERPRISE_GOALS] == [f"EG{n:02}" for n in range(1, 14)]
        assert [*ALIGNMENT_GOALS] == [f"AG{n:02}" for n in range(1, 14)]

    @pytest.mark.parametrize(
        ("served", "score"),
        [
            ([], 0),
            ([(1, 2), (1, 1)], 30),
            ([(2, 5)], 100),
            ([(2, 5), (1, 0)], Fraction(200, 3)),
            ([(1, 0)], 0),
        ],
    )
    def test_scores_what_serves_objectives(self, served: list[tuple[int, int]], score: float) -> None:
        """Contribution times priority, of what it could be."""
        assert alignment_score(served) == pytest.approx(float(score))

    @settings(deadline=None)
    @given(st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(0, 5)), min_size=1))
    def test_lies_between_its_worst_and_its_best_objective(self, served: list[tuple[int, int]]) -> None:
        priorities = [priority for _, priority in served]

        assert 20 * min(priorities) - 1e-9 <= alignment_score(served) <= 20 * max(priorities) + 1e-9


class TestPursuingAnObjective:
    def test_gives_it_the_priority_of_its_most_important_goal(self, organisation: Organisation) -> None:
        organisation.configure(eg_importance={"EG05": 5, "EG01": 2})

        key = organisation.pursued(enterprise_goals=["EG01", "EG05"])

        assert (organisation.state(key), organisation.fields(key)["priority"]) == ("pursued", 5)

    def test_needs_everything_that_makes_it_measurable(self, organisation: Organisation) -> None:
        key = organisation.create("omar", "objective", level="enterprise", target_date="2026-06-15")

        assert organisation.messages("bruno", key, "activate_objective") == [
            "missing: statement, measure, baseline, target, enterprise goals, alignment goals",
            "the target date, Monday 15 June, is not in the future",
        ]

    def test_of_it_stands_under_one_that_is_pursued(self, organisation: Organisation) -> None:
        draft = organisation.objective()
        key = organisation.objective(level="it")
        below = organisation.create("omar", "objective", parent=draft, **_aim(organisation, key))

        alone = organisation.refused("bruno", key, "activate_objective")["objective_fields"]
        early = organisation.refused("bruno", below, "activate_objective")["objective_fields"]
        organisation.move("bruno", draft, "activate_objective")

        assert alone.message == "it stands under no objective"
        assert early.message == (
            f"the objective above it, 'Fewer phone contacts' ({draft}), is in 'Draft', and not pursued"
        )
        assert organisation.move("bruno", below, "activate_objective") == "pursued"

    def test_names_goals_that_there_are(self, organisation: Organisation) -> None:
        with pytest.raises(InvalidError, match='"EG14" is not a goal'):
            organisation.objective(enterprise_goals=["EG14"])

    def test_is_reviewed_every_ninety_days(self, organisation: Organisation) -> None:
        key = organisation.pursued()

        organisation.desk.pass_time("2026-12-31T00:00:00Z")

        reviews = [point for point in organisation.points(key, "objective_review") if point[2]]
        assert reviews == [
            ("09-13 09:00", "100 %", ["governance.objective_owner"]),
            ("12-12 09:00", "100 %", ["governance.objective_owner"]),
        ]


def _aim(organisation: Organisation, key: str) -> dict[str, Any]:
    return {name: value for name, value in organisation.fields(key).items() if name != "priority"}


class TestAchievingAnObjective:
    @pytest.mark.parametrize(
        ("target", "short", "enough"), [("70000", "70001", "70000"), ("120000", "119999", "120001")]
    )
    def test_is_read_from_the_direction_of_the_target(
        self, organisation: Organisation, target: str, short: str, enough: str
    ) -> None:
        """Less is better where the target lies below the baseline."""
        key = organisation.pursued(target=target)

        blocker = organisation.refused("omar", key, "achieve", actual=short)["objective_target"]

        assert blocker.message == f"{short} is reached, and the target is {target}"
        assert blocker.remedy == "go on, or retire the objective"
        assert organisation.move("omar", key, "achieve", actual=enough) == "achieved"

    def test_draws_a_lesson(self, organisation: Organisation) -> None:
        key = organisation.pursued()
        organisation.move("omar", key, "achieve", actual="60000")

        links = organisation.desk.links(key)

        assert [(end.link_type, end.type) for end in links] == [
            ("governance.raised_from", "governance.lesson")
        ]


class TestRetiringAnObjective:
    def test_waits_until_nothing_hangs_on_it_alone(self, organisation: Organisation) -> None:
        key, other = organisation.pursued(), organisation.pursued()
        idea = organisation.create("pola", "improvement_initiative", "Passwords")
        organisation.desk.link(idea, "governance.serves", key, actor="pola")

        blocker = organisation.refused("bruno", key, "retire_objective", REASON)["objective_links"]
        organisation.desk.link(idea, "governance.serves", other, actor="pola")

        assert blocker.message == f"1 item would not serve an objective any more: 'Passwords' ({idea})"
        assert organisation.move("bruno", key, "retire_objective", REASON) == "retired"

    def test_needs_a_reason(self, organisation: Organisation) -> None:
        blocker = organisation.refused("bruno", organisation.pursued(), "retire_objective", "no more")

        assert blocker["reason_text"].message == "the reason has 7 characters"


class TestABenefit:
    def test_is_planned_when_it_can_be_measured(self, organisation: Organisation) -> None:
        key = organisation.create("hana", "benefit", description="Less", category="quality")

        blocker = organisation.refused("hana", key, "plan_benefit")["benefit_fields"]

        assert (
            blocker.message == "missing: baseline, target value, unit, owner, measure method, measure dates"
        )
        assert organisation.move("hana", organisation.benefit(), "plan_benefit") == "planned"

    def test_is_measured_with_a_value_a_date_and_a_source(self, organisation: Organisation) -> None:
        key = organisation.tracked()

        nothing = organisation.messages("hana", key, "record_measure")
        ahead = organisation.refused(
            "hana",
            key,
            "record_measure",
            actual_value="1",
            measured_on="2026-06-16",
            measure_source="a count",
        )["measure_value"]
        organisation.move(
            "hana",
            key,
            "record_measure",
            actual_value="1",
            measured_on="2026-06-15",
            measure_source="a count",
        )

        assert nothing == [
            "missing: actual value, measured on",
            "the source of the figure is not given",
        ]
        assert ahead.message == "the day of the measurement, Tuesday 16 June, is in the future"

    def test_has_reached_nothing_before_it_is_measured(self, organisation: Organisation) -> None:
        """No figure is written into it on the way."""
        with pytest.raises(InvalidError, match="actual_value: is set by what happens to the item"):
            organisation.benefit(actual_value="1", measured_on="2026-06-15")
        key = organisation.benefit()
        organisation.move("hana", key, "plan_benefit")

        with pytest.raises(BlockedError, match="actual value cannot be changed in 'Planned'"):
            organisation.desk.edit(key, actor="hana", actual_value="1")

    @pytest.mark.parametrize(
        ("actual", "percent", "realised"),
        [("74000", "86.7", False), ("72000", "93.3", True), ("73000", "90.0", True)],
    )
    def test_has_come_about_within_its_tolerance(
        self, organisation: Organisation, actual: str, percent: str, realised: bool
    ) -> None:
        """Of 30,000 fewer contacts, 10 % may be missing."""
        key = organisation.tracked()
        organisation.move(
            "hana",
            key,
            "record_measure",
            actual_value=actual,
            measured_on="2026-06-15",
            measure_source="a count",
        )

        if realised:
            assert organisation.move("olga", key, "confirm_realised") == "realised"
        else:
            blocker = organisation.refused("olga", key, "confirm_realised")["benefit_within"]
            assert blocker.message == f"{percent} % of the target is reached, and at least 90.0 % is required"
            assert blocker.remedy == "measure again later, or declare the benefit missed"

    def test_is_confirmed_by_another_than_who_measured_it(self, organisation: Organisation) -> None:
        """Hana holds both roles, and measured it."""
        key = organisation.tracked()
        organisation.move("hana", key, "record_measure", **MEASURE | {"actual_value": "70000"})

        refused = organisation.desk.refused(key, "confirm_realised", actor="hana")

        assert [blocker.gate for blocker in refused.blockers] == ["segregation"]
        assert organisation.move("olga", key, "confirm_realised") == "realised"

    def test_has_a_target_that_improves_something_on_a_day_ahead(self, organisation: Organisation) -> None:
        key = organisation.benefit(
            target_value="100000", tolerance_percent="100", measure_dates=["2020-01-01"]
        )

        assert organisation.messages("hana", key, "plan_benefit") == [
            "the target, 100000, is the baseline: nothing would improve",
            "100 % of the target may be missing, and 25 % at most are allowed",
            "the last day of measurement, Wednesday 1 January 2020, is over",
        ]

    def test_reminds_its_owner_on_each_date(self, organisation: Organisation) -> None:
        """And the business layer ten business days later; a measurement moves it to the next date."""
        key = organisation.tracked()
        organisation.desk.pass_time("2027-02-01T00:00:00Z")
        organisation.move(
            "hana",
            key,
            "record_measure",
            actual_value="90000",
            measured_on="2027-01-31",
            measure_source="a count",
        )
        organisation.desk.pass_time("2027-07-02T00:00:00Z")

        points = organisation.points(key, "benefit_review")
        assert [(moment, roles) for moment, _, roles in points] == [
            ("01-01 00:00", ["governance.benefit_owner"]),
            ("01-14 17:00", ["governance.business_layer"]),
            ("07-01 00:00", ["governance.benefit_owner"]),
        ]

    def test_counts_in_what_was_realised(self, organisation: Organisation) -> None:
        """Improvement over improvement aimed at, whichever way is better."""
        for actual, target in (("80000", "70000"), ("115000", "130000")):
            key = organisation.tracked(target_value=target)
            organisation.move(
                "hana",
                key,
                "record_measure",
                actual_value=actual,
                measured_on="2026-06-15",
                measure_source="a count",
            )

        value = organisation.metric("benefits_realised")

        assert value == (pytest.approx(100 * 35_000 / 60_000), 35_000, 60_000)


class TestAnImprovement:
    def test_is_weighed_before_it_is_approved(self, organisation: Organisation) -> None:
        key = organisation.create("pola", "improvement_initiative", "Passwords")

        blocker = organisation.refused("pola", key, "assess_initiative", idea="Passwords")[
            "initiative_fields"
        ]
        organisation.move("pola", key, "assess_initiative", **SCORED)

        assert blocker.message == "missing: expected value, effort, measure, value score, effort score"
        assert organisation.fields(key)["rank"] == 2

    def test_shows_how_well_it_serves(self, organisation: Organisation) -> None:
        """An objective of priority 2 and one of priority 1, each served as well: 30.0."""
        organisation.configure(eg_importance={"EG01": 2, "EG02": 1})
        key = organisation.create("pola", "improvement_initiative", "Passwords")
        for goal in ("EG01", "EG02"):
            objective = organisation.pursued(enterprise_goals=[goal])
            organisation.desk.link(key, "governance.serves", objective, actor="pola")

        assert organisation.fields(key)["alignment_score"] == 30.0

    def test_serves_what_it_contributes_more_to_more(self, organisation: Organisation) -> None:
        """Contribution 2 to priority 2 and 1 to priority 1: 100 * 5 / 15; each 1 again: 30.0."""
        organisation.configure(eg_importance={"EG01": 2, "EG02": 1})
        key = organisation.create("pola", "improvement_initiative", "Passwords")
        first, second = (organisation.pursued(enterprise_goals=[goal]) for goal in ("EG01", "EG02"))
        organisation.desk.link(key, "governance.serves", first, actor="pola", contribution=2)
        organisation.desk.link(key, "governance.serves", second, actor="pola")
        before = organisation.fields(key)["alignment_score"]

        organisation.desk.link(key, "governance.serves", first, actor="pola", contribution=1)

        assert before == pytest.approx(100 / 3)
        assert organisation.fields(key)["alignment_score"] == 30.0

    def test_contributes_1_or_2(self, organisation: Organisation) -> None:
        key, objective = organisation.create("pola", "improvement_initiative"), organisation.pursued()

        with pytest.raises(InvalidError, match="/attributes/contribution: Input should be 1 or 2"):
            organisation.desk.link(key, "governance.serves", objective, actor="pola", contribution=3)

    def test_shows_its_effect_thirty_days_after(self, organisation: Organisation) -> None:
        """Too early, then unmeasured, then embedded with a lesson."""
        key = organisation.create("pola", "improvement_initiative", "Passwords", **SCORED)
        for step in ("assess_initiative", "approve_initiative", "begin_initiative"):
            organisation.move("pola", key, step)
        organisation.move("pola", key, "finish_initiative", REASON)
        organisation.desk.at("2026-06-20T09:00:00Z")
        early = organisation.refused("pola", key, "embed", measured_value="190 calls fewer")[
            "initiative_effect"
        ]
        organisation.desk.at("2026-07-15T09:00:00Z")
        unmeasured = organisation.refused("pola", key, "embed")["initiative_effect"]

        organisation.move("pola", key, "embed", measured_value="190 calls fewer")

        assert early.message == "it was finished 5 days ago, and its effect is measured after 30"
        assert early.remedy == "wait until Wednesday 15 July 09:00, and measure then"
        assert early.earliest is not None
        assert unmeasured.message == "missing: measured value"
        assert organisation.metric("idea_to_effect") == (30, None, 1)

    def test_does_not_foretell_its_effect(self, organisation: Organisation) -> None:
        with pytest.raises(InvalidError, match="measured_value: is set by what happens to the item"):
            organisation.create("pola", "improvement_initiative", measured_value="200 calls fewer")

    def test_can_be_done_again(self, organisation: Organisation) -> None:
        key = organisation.create("pola", "improvement_initiative", "Passwords", **SCORED)
        for step in ("assess_initiative", "approve_initiative", "begin_initiative"):
            organisation.move("pola", key, step)
        organisation.move("pola", key, "finish_initiative", REASON)

        assert organisation.move("pola", key, "repeat", REASON) == "in_progress"
        assert organisation.move("cora", key, "drop_initiative", REASON) == "dropped"


class TestCoverage:
    def test_counts_objectives_that_something_serves(self, organisation: Organisation) -> None:
        served, _ = organisation.pursued(), organisation.pursued()
        idea = organisation.create("pola", "improvement_initiative", "Passwords")
        organisation.desk.link(idea, "governance.serves", served, actor="pola", contribution=2)

        assert organisation.metric("alignment_coverage") == (50, 1, 2)
        assert organisation.metric("open_ideas", until=date(2026, 7, 1)) == (1, 1, None)
