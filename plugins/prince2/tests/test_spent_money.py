"""Money that is spent stays spent, whatever becomes of the work that it was spent on."""

from __future__ import annotations

from .conftest import REASON, Organization, percent, tolerance
from .test_products_and_issues import PRODUCT, under_way


def cost(organization: Organization, key: str) -> int:
    """The expected cost of a stage or a project, as its tolerance sees it."""
    return int(float(organization.status(key, "cost")["forecast"]))


class TestACancelledPackage:
    def test_has_cost_what_it_has_cost(self, organization: Organization) -> None:
        """A project manager who cancels it does not bring the stage back inside its tolerance."""
        _, package = under_way(organization)
        stage = organization.all("stage")[1]
        organization.move("pia", stage, "update_forecasts", actual_cost=0, estimate_to_complete=100000)
        organization.move("tara", package, "update_forecasts", actual_cost=90000, estimate_to_complete=30000)
        [exception] = organization.all("exception", "raised")

        organization.move("pia", package, "cancel", REASON)
        product = organization.create("pia", "product", "Again", parent=stage, **PRODUCT)
        organization.move("pia", product, "baseline_description")
        other = organization.create(
            "pia", "work_package", "Build again", parent=stage, products=[product], planned_start="2026-02-01",
            planned_end="2026-03-15", budget=30000,
            tolerances=[tolerance("time", "2026-03-15", 5, 5), percent("cost", 30000, 10, 10)],
        )  # fmt: skip
        organization.move("pia", exception, "withdraw", REASON)
        refusal = organization.refused("pia", other, "authorize_work_package")

        assert cost(organization, stage) == 100000
        assert "the budget of 30000 exceeds the 20000 left in the stage" in refusal["wp_limits"].message
        organization.edit("pia", other, budget=20000, tolerances=[
            tolerance("time", "2026-03-15", 5, 5), percent("cost", 20000, 10, 10)])  # fmt: skip
        organization.move("pia", other, "authorize_work_package")
        organization.appoint(other, "team_manager", "tara", by="pia")
        organization.move("tara", other, "accept")
        organization.move("tara", other, "update_forecasts", estimate_to_complete=21000)
        assert cost(organization, stage) == 111000
        assert len(organization.all("exception", "raised")) == 1


class TestATerminatedStage:
    def test_has_cost_what_it_and_its_packages_have_cost(self, organization: Organization) -> None:
        """The project pays for it, and the next stage fits into what is left; it delays nobody any more."""
        _, package = under_way(organization)
        stage = organization.all("stage")[1]
        organization.move("tara", package, "update_forecasts", actual_cost=95000, forecast_end="2026-12-31")

        organization.move("eva", stage, "terminate", REASON)

        # 0 of the first stage, 95 000 of this one, and as much as the project plan leaves for the third.
        assert cost(organization, organization.project) == 500000
        third = organization.all("stage")[2]
        organization.edit("pia", third, number=2)
        organization.with_plan(third, "2026-12-31", 480000)
        refusal = organization.refused("eva", third, "authorize_stage")
        assert "may cost 528000, and the project has 505000 left" in refusal["stage_tolerance_fit"].message
        assert cost(organization, organization.project) == 575000
        assert organization.status(organization.project, "time")["forecast"] == "2026-12-31"
