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
    from .conftest import Organization

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
    def test_gives_it_the_priority_of_its_most_important_goal(self, organization: Organization) -> None:
        organization.configure(eg_importance={"EG05": 5, "EG01": 2})

        key = organization.pursued(enterprise_goals=["EG01", "EG05"])

        assert (organization.state(key), organization.fields(key)["priority"]) == ("pursued", 5)

    def test_needs_everything_that_makes_it_measurable(self, organization: Organization) -> None:
        key = organization.create("omar", "objective", level="enterprise", target_date="2026-06-15")

        assert organization.messages("bruno", key, "activate_objective") == [
            "missing: statement, measure, baseline, target, enterprise goals, alignment goals",
            "the target date, Monday 15 June, is not in the future",
        ]

    def test_of_it_stands_under_one_that_is_pursued(self, organization: Organization) -> None:
        draft = organization.objective()
        key = organization.objective(level="it")
        below = organization.create("omar", "objective", parent=draft, **_aim(organization, key))

        alone = organization.refused("bruno", key, "activate_objective")["objective_fields"]
        early = organization.refused("bruno", below, "activate_objective")["objective_fields"]
        organization.move("bruno", draft, "activate_objective")

        assert alone.message == "it stands under no objective"
        assert early.message == (
            f"the objective above it, 'Fewer phone contacts' ({draft}), is in 'Draft', and not pursued"
        )
        assert organization.move("bruno", below, "activate_objective") == "pursued"

    def test_names_goals_that_there_are(self, organization: Organization) -> None:
        with pytest.raises(InvalidError, match='"EG14" is not a goal'):
            organization.objective(enterprise_goals=["EG14"])

    def test_is_reviewed_every_ninety_days(self, organization: Organization) -> None:
        key = organization.pursued()

        organization.desk.pass_time("2026-12-31T00:00:00Z")

        reviews = [point for point in organization.points(key, "objective_review") if point[2]]
        assert reviews == [
            ("09-13 09:00", "100 %", ["governance.objective_owner"]),
            ("12-12 09:00", "100 %", ["governance.objective_owner"]),
        ]


def _aim(organization: Organization, key: str) -> dict[str, Any]:
    return {name: value for name, value in organization.fields(key).items() if name != "priority"}


class TestAchievingAnObjective:
    @pytest.mark.parametrize(
        ("target", "short", "enough"), [("70000", "70001", "70000"), ("120000", "119999", "120001")]
    )
    def test_is_read_from_the_direction_of_the_target(
        self, organization: Organization, target: str, short: str, enough: str
    ) -> None:
        """Less is better where the target lies below the baseline."""
        key = organization.pursued(target=target)

        blocker = organization.refused("omar", key, "achieve", actual=short)["objective_target"]

        assert blocker.message == f"{short} is reached, and the target is {target}"
        assert blocker.remedy == "go on, or retire the objective"
        assert organization.move("omar", key, "achieve", actual=enough) == "achieved"

    def test_draws_a_lesson(self, organization: Organization) -> None:
        key = organization.pursued()
        organization.move("omar", key, "achieve", actual="60000")

        links = organization.desk.links(key)

        assert [(end.link_type, end.type) for end in links] == [
            ("governance.raised_from", "governance.lesson")
        ]


class TestRetiringAnObjective:
    def test_waits_until_nothing_hangs_on_it_alone(self, organization: Organization) -> None:
        key, other = organization.pursued(), organization.pursued()
        idea = organization.create("pola", "improvement_initiative", "Passwords")
        organization.desk.link(idea, "governance.serves", key, actor="pola")

        blocker = organization.refused("bruno", key, "retire_objective", REASON)["objective_links"]
        organization.desk.link(idea, "governance.serves", other, actor="pola")

        assert blocker.message == f"1 item would not serve an objective any more: 'Passwords' ({idea})"
        assert organization.move("bruno", key, "retire_objective", REASON) == "retired"

    def test_needs_a_reason(self, organization: Organization) -> None:
        blocker = organization.refused("bruno", organization.pursued(), "retire_objective", "no more")

        assert blocker["reason_text"].message == "the reason has 7 characters"


class TestABenefit:
    def test_is_planned_when_it_can_be_measured(self, organization: Organization) -> None:
        key = organization.create("hana", "benefit", description="Less", category="quality")

        blocker = organization.refused("hana", key, "plan_benefit")["benefit_fields"]

        assert (
            blocker.message == "missing: baseline, target value, unit, owner, measure method, measure dates"
        )
        assert organization.move("hana", organization.benefit(), "plan_benefit") == "planned"

    def test_is_measured_with_a_value_a_date_and_a_source(self, organization: Organization) -> None:
        key = organization.tracked()

        nothing = organization.messages("hana", key, "record_measure")
        ahead = organization.refused(
            "hana",
            key,
            "record_measure",
            actual_value="1",
            measured_on="2026-06-16",
            measure_source="a count",
        )["measure_value"]
        organization.move(
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

    def test_has_reached_nothing_before_it_is_measured(self, organization: Organization) -> None:
        """No figure is written into it on the way."""
        with pytest.raises(InvalidError, match="actual_value: is set by what happens to the item"):
            organization.benefit(actual_value="1", measured_on="2026-06-15")
        key = organization.benefit()
        organization.move("hana", key, "plan_benefit")

        with pytest.raises(BlockedError, match="actual value cannot be changed in 'Planned'"):
            organization.desk.edit(key, actor="hana", actual_value="1")

    @pytest.mark.parametrize(
        ("actual", "percent", "realised"),
        [("74000", "86.7", False), ("72000", "93.3", True), ("73000", "90.0", True)],
    )
    def test_has_come_about_within_its_tolerance(
        self, organization: Organization, actual: str, percent: str, realised: bool
    ) -> None:
        """Of 30,000 fewer contacts, 10 % may be missing."""
        key = organization.tracked()
        organization.move(
            "hana",
            key,
            "record_measure",
            actual_value=actual,
            measured_on="2026-06-15",
            measure_source="a count",
        )

        if realised:
            assert organization.move("olga", key, "confirm_realised") == "realised"
        else:
            blocker = organization.refused("olga", key, "confirm_realised")["benefit_within"]
            assert blocker.message == f"{percent} % of the target is reached, and at least 90.0 % is required"
            assert blocker.remedy == "measure again later, or declare the benefit missed"

    def test_is_confirmed_by_another_than_who_measured_it(self, organization: Organization) -> None:
        """Hana holds both roles, and measured it."""
        key = organization.tracked()
        organization.move("hana", key, "record_measure", **MEASURE | {"actual_value": "70000"})

        refused = organization.desk.refused(key, "confirm_realised", actor="hana")

        assert [blocker.gate for blocker in refused.blockers] == ["segregation"]
        assert organization.move("olga", key, "confirm_realised") == "realised"

    def test_has_a_target_that_improves_something_on_a_day_ahead(self, organization: Organization) -> None:
        key = organization.benefit(
            target_value="100000", tolerance_percent="100", measure_dates=["2020-01-01"]
        )

        assert organization.messages("hana", key, "plan_benefit") == [
            "the target, 100000, is the baseline: nothing would improve",
            "100 % of the target may be missing, and 25 % at most are allowed",
            "the last day of measurement, Wednesday 1 January 2020, is over",
        ]

    def test_reminds_its_owner_on_each_date(self, organization: Organization) -> None:
        """And the business layer ten business days later; a measurement moves it to the next date."""
        key = organization.tracked()
        organization.desk.pass_time("2027-02-01T00:00:00Z")
        organization.move(
            "hana",
            key,
            "record_measure",
            actual_value="90000",
            measured_on="2027-01-31",
            measure_source="a count",
        )
        organization.desk.pass_time("2027-07-02T00:00:00Z")

        points = organization.points(key, "benefit_review")
        assert [(moment, roles) for moment, _, roles in points] == [
            ("01-01 00:00", ["governance.benefit_owner"]),
            ("01-14 17:00", ["governance.business_layer"]),
            ("07-01 00:00", ["governance.benefit_owner"]),
        ]

    def test_counts_in_what_was_realized(self, organization: Organization) -> None:
        """Improvement over improvement aimed at, whichever way is better."""
        for actual, target in (("80000", "70000"), ("115000", "130000")):
            key = organization.tracked(target_value=target)
            organization.move(
                "hana",
                key,
                "record_measure",
                actual_value=actual,
                measured_on="2026-06-15",
                measure_source="a count",
            )

        value = organization.metric("benefits_realised")

        assert value == (pytest.approx(100 * 35_000 / 60_000), 35_000, 60_000)


class TestAnImprovement:
    def test_is_weighed_before_it_is_approved(self, organization: Organization) -> None:
        key = organization.create("pola", "improvement_initiative", "Passwords")

        blocker = organization.refused("pola", key, "assess_initiative", idea="Passwords")[
            "initiative_fields"
        ]
        organization.move("pola", key, "assess_initiative", **SCORED)

        assert blocker.message == "missing: expected value, effort, measure, value score, effort score"
        assert organization.fields(key)["rank"] == 2

    def test_shows_how_well_it_serves(self, organization: Organization) -> None:
        """An objective of priority 2 and one of priority 1, each served as well: 30.0."""
        organization.configure(eg_importance={"EG01": 2, "EG02": 1})
        key = organization.create("pola", "improvement_initiative", "Passwords")
        for goal in ("EG01", "EG02"):
            objective = organization.pursued(enterprise_goals=[goal])
            organization.desk.link(key, "governance.serves", objective, actor="pola")

        assert organization.fields(key)["alignment_score"] == 30.0

    def test_serves_what_it_contributes_more_to_more(self, organization: Organization) -> None:
        """Contribution 2 to priority 2 and 1 to priority 1: 100 * 5 / 15; each 1 again: 30.0."""
        organization.configure(eg_importance={"EG01": 2, "EG02": 1})
        key = organization.create("pola", "improvement_initiative", "Passwords")
        first, second = (organization.pursued(enterprise_goals=[goal]) for goal in ("EG01", "EG02"))
        organization.desk.link(key, "governance.serves", first, actor="pola", contribution=2)
        organization.desk.link(key, "governance.serves", second, actor="pola")
        before = organization.fields(key)["alignment_score"]

        organization.desk.link(key, "governance.serves", first, actor="pola", contribution=1)

        assert before == pytest.approx(100 / 3)
        assert organization.fields(key)["alignment_score"] == 30.0

    def test_contributes_1_or_2(self, organization: Organization) -> None:
        key, objective = organization.create("pola", "improvement_initiative"), organization.pursued()

        with pytest.raises(InvalidError, match="/attributes/contribution: it has to be 1 or 2"):
            organization.desk.link(key, "governance.serves", objective, actor="pola", contribution=3)

    def test_shows_its_effect_thirty_days_after(self, organization: Organization) -> None:
        """Too early, then unmeasured, then embedded with a lesson."""
        key = organization.create("pola", "improvement_initiative", "Passwords", **SCORED)
        for step in ("assess_initiative", "approve_initiative", "begin_initiative"):
            organization.move("pola", key, step)
        organization.move("pola", key, "finish_initiative", REASON)
        organization.desk.at("2026-06-20T09:00:00Z")
        early = organization.refused("pola", key, "embed", measured_value="190 calls fewer")[
            "initiative_effect"
        ]
        organization.desk.at("2026-07-15T09:00:00Z")
        unmeasured = organization.refused("pola", key, "embed")["initiative_effect"]

        organization.move("pola", key, "embed", measured_value="190 calls fewer")

        assert early.message == "it was finished 5 days ago, and its effect is measured after 30"
        assert early.remedy == "wait until Wednesday 15 July 09:00, and measure then"
        assert early.earliest is not None
        assert unmeasured.message == "missing: measured value"
        assert organization.metric("idea_to_effect") == (30, None, 1)

    def test_does_not_foretell_its_effect(self, organization: Organization) -> None:
        with pytest.raises(InvalidError, match="measured_value: is set by what happens to the item"):
            organization.create("pola", "improvement_initiative", measured_value="200 calls fewer")

    def test_can_be_done_again(self, organization: Organization) -> None:
        key = organization.create("pola", "improvement_initiative", "Passwords", **SCORED)
        for step in ("assess_initiative", "approve_initiative", "begin_initiative"):
            organization.move("pola", key, step)
        organization.move("pola", key, "finish_initiative", REASON)

        assert organization.move("pola", key, "repeat", REASON) == "in_progress"
        assert organization.move("cora", key, "drop_initiative", REASON) == "dropped"


class TestCoverage:
    def test_counts_objectives_that_something_serves(self, organization: Organization) -> None:
        served, _ = organization.pursued(), organization.pursued()
        idea = organization.create("pola", "improvement_initiative", "Passwords")
        organization.desk.link(idea, "governance.serves", served, actor="pola", contribution=2)

        assert organization.metric("alignment_coverage") == (50, 1, 2)
        assert organization.metric("open_ideas", until=date(2026, 7, 1)) == (1, 1, None)
