"""Figures that cannot be right are refused over HTTP, with the fault and its place."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import CASE, Organization, percent, tolerance
from .reading import Api
from .test_products_and_issues import IMPACT, PRODUCT, authorized

IN_EUR = "give upper and lower in EUR, with the basis absolute"
YEAR_0 = [{"period": 0, "amount": 1}]
BEYOND = "the forecast of cost follows from plans, products and risks: change these instead"


class Desk:
    """Requests of people of a project, and what is wrong with them."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self._api = Api(organization.desk)

    def unfit(self, parent: str, type: str, **fields: Any) -> dict[str, str]:
        """The faults of an item that cannot be made, by their place."""
        name = type if "." in type else f"prince2.{type}"
        body = {"workspace": self.organization.desk.key, "type": name, "title": "-", "parent": parent}
        problem = self._api.post("pia", "/items", {**body, "fields": fields})
        assert problem["status"] == 422, problem
        return {each["pointer"]: each["message"] for each in problem["errors"]}

    def blocked(self, parent: str, type: str, **fields: Any) -> list[str]:
        """The sentences with which the rules refuse a new item."""
        body = {"workspace": self.organization.desk.key, "type": f"prince2.{type}", "title": "-"}
        problem = self._api.post("pia", "/items", {**body, "parent": parent, "fields": fields})
        return [each["message"] for each in problem["blockers"]]

    def refused(self, who: str, key: str, transition: str, **fields: Any) -> list[str]:
        """The sentences with which the rules refuse a move; each has a remedy."""
        body = {"transition": transition, "fields": fields}
        problem = self._api.post(who, f"/items/{key}/transitions", body)
        assert problem["status"] == 409, problem
        assert all(each["remedy"] for each in problem["blockers"])
        return [each["message"] for each in problem["blockers"]]

    def misfits(self, who: str, key: str, transition: str, **fields: Any) -> dict[str, str]:
        """The faults of fields that were sent with a move."""
        body = {"transition": transition, "fields": fields}
        problem = self._api.post(who, f"/items/{key}/transitions", body)
        assert problem["status"] == 422, problem
        return {each["pointer"]: each["message"] for each in problem["errors"]}


class TestATolerance:
    @pytest.mark.parametrize(
        ("given", "place", "message"),
        [
            (
                {"aspect": "cost", "unit": "EUR", "upper": 1, "lower": 1},
                "/0/target",
                "it is required and missing",
            ),
            (
                tolerance("time", "2026-03-31", 1, unit="weeks"),
                "",
                "time is measured in days, not in weeks",
            ),
            (
                percent("risk", 0, 10, 0),
                "/0",
                f"a percentage of a target of 0 EUR permits nothing: {IN_EUR}",
            ),
            (
                percent("time", "2026-03-31", 10, 0),
                "/0",
                "a day has no percentage: give upper and lower in days, with the basis absolute",
            ),
            (tolerance("cost", 1, -1), "/0/upper", "it has to be 0 or more"),
            (
                tolerance("time", 5, 1),
                "/0",
                "the target of time is a day and not 5: give one such as 2026-03-31",
            ),
            (
                tolerance("cost", "2026-03-31", 1),
                "/0",
                "the target of cost is an amount and not 2026-03-31: give a number",
            ),
            (
                tolerance("cost", "soon", 1),
                "/0/target",
                "soon is neither an amount nor a day: give a number, or a day such as 2026-03-31 for time",
            ),
            (
                tolerance("cost", 1, 1, indicator="carbon"),
                "/0",
                "cost has no indicators: leave indicator out",
            ),
        ],
        ids=[
            "no target",
            "unit",
            "of 0",
            "of a day",
            "negative",
            "no day",
            "no amount",
            "neither",
            "indicator",
        ],
    )
    def test_that_permits_nothing_sensible_is_refused(
        self, organization: Organization, given: dict[str, Any], place: str, message: str
    ) -> None:
        project = organization.begun()

        found = Desk(organization).unfit(project, "management_product", kind="stage_plan", tolerances=[given])

        assert found == {f"/fields/tolerances{place}": message}

    def test_that_is_given_twice_is_refused(self, organization: Organization) -> None:
        project, twice = organization.begun(), [tolerance("cost", 1, 1)] * 2

        assert Desk(organization).unfit(
            project, "management_product", kind="stage_plan", tolerances=twice
        ) == {"/fields/tolerances": "cost has two tolerances: give one for each"}


class TestABusinessCase:
    @pytest.mark.parametrize(
        ("fields", "place", "message"),
        [
            ({"discount_rate": -100}, "discount_rate", "it has to be greater than -100"),
            ({"costs": YEAR_0 * 2}, "costs", "there are two amounts for year 0: add them up"),
            (
                {"costs": [{"period": 0, "amount": -5}]},
                "costs",
                "the cost of year 0 is -5: what is gained is a benefit",
            ),
            (
                {"benefits": [{"period": -1, "amount": 1}]},
                "benefits/0/period",
                "it has to be 0 or more",
            ),
            ({"budget": "NaN"}, "budget", "it has to be a finite number"),
            (
                {"planned_end": "9999-12-31"},
                "planned_end",
                "it has to be 2999-12-31 or less",
            ),
        ],
        ids=["rate", "a year twice", "a negative cost", "before the decision", "not a number", "never"],
    )
    def test_has_cash_flows_that_have_a_value(
        self, organization: Organization, fields: dict[str, Any], place: str, message: str
    ) -> None:
        project = organization.begun()

        found = Desk(organization).unfit(project, "management_product", kind="business_case", **fields)

        assert found == {f"/fields/{place}": message}

    def test_without_a_first_year_is_not_submitted(self, organization: Organization) -> None:
        """It has no value yet."""
        project = organization.begun()
        late = {**CASE, "costs": [{"period": 1, "amount": 400000}], "content": "-"}
        case = organization.create(
            "pia", "management_product", "-", parent=project, kind="business_case", **late
        )

        assert organization.fields(case).get("npv") is None
        assert Desk(organization).refused("pia", case, "submit") == ["the cash flows begin in year 1"]

    def test_of_a_value_beyond_all_amounts_is_not_submitted(self, organization: Organization) -> None:
        """A hundred years at nearly -100 %: the figure has hundreds of digits, and is none that anybody could check."""
        project = organization.begun()
        far = {"benefits": [{"period": 100, "amount": 1}], "discount_rate": "-99.9", "content": "-"}
        case = organization.create(
            "pia", "management_product", "-", parent=project, kind="business_case", **{**CASE, **far}
        )

        assert Desk(organization).refused("pia", case, "submit") == [
            "its net present value is beyond all amounts at -99.9 % a year"
        ]


class TestWork:
    def test_is_planned_and_described_so_that_it_can_be_judged(self, organization: Organization) -> None:
        """Dates in order, tolerances of its own figures, intervals of a day at least, criteria with an end."""
        product, _, stage = authorized(organization)
        desk = Desk(organization)

        def refused(start: str, end: str, aim: int) -> list[str]:
            package = organization.create(
                "pia", "work_package", "Texts", parent=stage, products=[product], planned_start=start,
                planned_end=end, budget=100, tolerances=[tolerance("time", end, 5, 5), percent("cost", aim, 10, 10)],
            )  # fmt: skip
            return desk.refused("pia", package, "authorize_work_package")

        assert refused("2026-03-15", "2026-02-01", 100) == ["it ends before it starts"]
        assert refused("2026-02-01", "2026-03-01", 200) == [
            "the tolerance for cost does not aim at the budget or the planned end"
        ]
        assert desk.unfit(stage, "work_package", checkpoint_interval="PT1S") == {
            "/fields/checkpoint_interval": "it has to be 1 day or more"
        }
        assert desk.unfit(stage, "work_package", products=[stage]) == {
            "/fields/products/0": f"{stage} is a stage, not a product"
        }
        upside_down = [{"id": "errors", "text": "t", "lower": 5, "upper": 1}]
        assert desk.unfit(stage, "product", kind="specialist", quality_criteria=upside_down) == {
            "/fields/quality_criteria/0": "criterion errors: lower 5 is above upper 1"
        }
        endless = {**PRODUCT, "quality_criteria": [{"id": "nice", "text": "It is nice"}]}
        vague = organization.create("pia", "product", "Vague", parent=stage, **endless)
        assert desk.refused("pia", vague, "baseline_description") == [
            "every value would meet the criterion nice, which has neither a lower nor an upper end"
        ]

    def test_is_in_stages_that_are_numbered(self, organization: Organization) -> None:
        organization.delivering()
        desk, project = Desk(organization), organization.project

        assert desk.blocked(project, "stage", number=9, kind="delivery") == [
            "the stages would have the numbers 1, 2, 3 and 9, with a gap"
        ]
        [taken] = desk.blocked(project, "stage", number=2, kind="delivery")
        assert taken.startswith("'Stage 2'")
        assert taken.endswith("and has the number 2 already")


class TestAForecast:
    def test_is_of_a_tolerance_and_made_by_now(self, organization: Organization) -> None:
        stage = organization.delivering()
        desk = Desk(organization)
        line = {
            "aspect": "sustainability",
            "indicator": "carbon",
            "value": 1,
            "as_of": "2026-01-05T09:00:00Z",
        }

        for other, message in (
            (
                {"unit": "t"},
                "forecast in another unit than the tolerance: sustainability (carbon) in t and not in kgCO2e",
            ),
            (
                {"as_of": "2099-01-01T00:00:00Z"},
                "the forecast of sustainability (carbon) is dated after now",
            ),
            ({"indicator": "water"}, "no tolerance is set for sustainability (water)"),
        ):
            assert desk.refused("pia", stage, "update_forecasts", forecasts=[{**line, **other}]) == [message]
        own = [{"aspect": "cost", "value": 1, "as_of": line["as_of"]}]
        assert desk.misfits("pia", stage, "update_forecasts", forecasts=own) == {"/fields/forecasts": BEYOND}


class TestAnIssueAndARisk:
    def test_have_an_impact_that_can_be_weighed(self, organization: Organization) -> None:
        """No threat of a negative cost makes up for another one, and a decision is put off to a day in the stage."""
        organization.delivering()
        desk, project = Desk(organization), organization.project
        risk = organization.create(
            "pia", "governance.risk", parent=project, kind="threat", cause="c", event="e", effect="f"
        )
        issue = organization.create(
            "pia", "issue", parent=project, kind="problem_concern", description="Late."
        )

        assert desk.misfits("pia", risk, "assess_risk", cost_impact=-100000, probability_percent=101) == {
            "/fields/cost_impact": "it has to be 0 or more",
            "/fields/probability_percent": "it has to be 100 or less",
        }
        assert list(desk.misfits("pia", issue, "assess", severity=9, priority="must")) == ["/fields/severity"]
        organization.move("pia", issue, "assess", severity=3, priority="must")
        assert list(desk.misfits("pia", issue, "recommend", cost_impact=-1)) == ["/fields/cost_impact"]
        organization.move("pia", issue, "recommend", **{**IMPACT, "cost_impact": 300})
        for day, message in (
            ("2025-01-01", "Wednesday 1 January 2025 is not a day ahead"),
            ("2027-01-01", "Friday 1 January 2027 is after the end of the stage, Tuesday 31 March"),
            (None, "missing: defer until"),
        ):
            assert desk.refused("carl", issue, "defer", defer_until=day) == [message]
