"""The usual tolerances over HTTP: offered with the figures of the item, and taken by those who set them."""

from __future__ import annotations

from typing import Any

from .conftest import Organization
from .reading import Api

CARBON = {
    "aspect": "sustainability", "indicator": "carbon", "unit": "kgCO2e", "target": 40000, "upper": 5, "lower": 100,
    "basis": "percent_of_target",
}  # fmt: skip
BUDGETS = {"planned_start": "2026-01-05", "planned_end": "2026-12-31", "budget": 500000, "risk_budget": 40000}


def usual(api: Api, who: str, key: str) -> dict[str, Any]:
    """The offer for an item."""
    found: dict[str, Any] = api.read(who, f"/x/prince2/items/{key}/usual-tolerances")
    return found


class TestUsualTolerances:
    def test_are_offered_to_the_business_layer_and_taken_as_they_are(
        self, organization: Organization
    ) -> None:
        """The target of carbon is given by people; everything else follows from the figures of the project."""
        project = organization.begun()
        organization.edit("pia", project, **BUDGETS)
        benefit: dict[str, Any] = {
            "parent": project, "unit": "EUR", "baseline": 0, "target_value": 200000, "description": "d",
            "category": "cost_saving",
        }  # fmt: skip
        organization.desk.hold("governance.benefit_owner", "eva")
        organization.create("eva", "governance.benefit", "Less post", **benefit)
        api = Api(organization.desk)

        offer = usual(api, "business_layer", project)
        tolerances = [*offer["tolerances"], CARBON]
        organization.move("business_layer", project, "set_tolerances", tolerances=tolerances)

        assert [each["missing"] for each in offer["open"]] == ["the target for carbon"]
        kept = {each["aspect"]: each for each in organization.fields(project)["tolerances"]}
        assert set(kept) == {"time", "cost", "scope", "quality", "risk", "benefits", "sustainability"}
        assert (kept["time"]["target"], kept["time"]["upper"]) == ("2026-12-31", "10")
        assert (kept["cost"]["target"], kept["cost"]["basis"]) == ("500000", "percent_of_target")
        assert kept["risk"]["upper"] == "40000"

    def test_are_offered_for_a_plan_and_a_package_too(self, organization: Organization) -> None:
        """A stage takes its tolerances from its plan, and is offered none itself."""
        stage = organization.delivering()
        plan = organization.create(
            "pia", "management_product", "Plan", parent=stage, kind="exception_plan", planned_end="2026-03-31",
            budget=120000,
        )  # fmt: skip
        package = organization.create("pia", "work_package", "Build", parent=stage, planned_end="2026-03-15")
        api = Api(organization.desk)

        of_plan, of_package = usual(api, "pia", plan), usual(api, "pia", package)

        assert (of_plan["part"], of_package["part"]) == ("stage", "work_package")
        assert {each["aspect"] for each in of_plan["tolerances"]} == {"time", "cost", "scope", "risk"}
        assert [each["missing"] for each in of_package["open"]] == ["the budget"]
        assert api.get("pia", f"/x/prince2/items/{stage}/usual-tolerances").status_code == 404
        assert api.get("pia", "/x/prince2/items/DESK-999/usual-tolerances").status_code == 404
