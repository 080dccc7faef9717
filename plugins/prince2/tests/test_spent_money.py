"""Money that is spent stays spent, whatever becomes of the work that it was spent on."""

from __future__ import annotations

from .conftest import REASON, Organisation, percent, tolerance
from .test_products_and_issues import PRODUCT, under_way


def cost(organisation: Organisation, key: str) -> int:
    """The expected cost of a stage or a project, as its tolerance sees it."""
    return int(float(organisation.status(key, "cost")["forecast"]))


class TestACancelledPackage:
    def test_has_cost_what_it_has_cost(self, organisation: Organisation) -> None:
        """A project manager who cancels it does not bring the stage back inside its tolerance."""
        _, package = under_way(organisation)
        stage = organisation.all("stage")[1]
        organisation.move("pia", stage, "update_forecasts", actual_cost=0, estimate_to_complete=100000)
        organisation.move("tara", package, "update_forecasts", actual_cost=90000, estimate_to_complete=30000)
        [exception] = organisation.all("exception", "raised")

        organisation.move("pia", package, "cancel", REASON)
        product = organisation.create("pia", "product", "Again", parent=stage, **PRODUCT)
        organisation.move("pia", product, "baseline_description")
        other = organisation.create(
            "pia", "work_package", "Build again", parent=stage, products=[product], planned_start="2026-02-01",
            planned_end="2026-03-15", budget=30000,
            tolerances=[tolerance("time", "2026-03-15", 5, 5), percent("cost", 30000, 10, 10)],
        )  # fmt: skip
        organisation.move("pia", exception, "withdraw", REASON)
        refusal = organisation.refused("pia", other, "authorize_work_package")

        assert cost(organisation, stage) == 100000
        assert "the budget of 30000 exceeds the 20000 left in the stage" in refusal["wp_limits"].message
        organisation.edit("pia", other, budget=20000, tolerances=[
            tolerance("time", "2026-03-15", 5, 5), percent("cost", 20000, 10, 10)])  # fmt: skip
        organisation.move("pia", other, "authorize_work_package")
        organisation.appoint(other, "team_manager", "tara", by="pia")
        organisation.move("tara", other, "accept")
        organisation.move("tara", other, "update_forecasts", estimate_to_complete=21000)
        assert cost(organisation, stage) == 111000
        assert len(organisation.all("exception", "raised")) == 1


class TestATerminatedStage:
    def test_has_cost_what_it_and_its_packages_have_cost(self, organisation: Organisation) -> None:
        """The project pays for it, and the next stage fits into what is left; it delays nobody any more."""
        _, package = under_way(organisation)
        stage = organisation.all("stage")[1]
        organisation.move("tara", package, "update_forecasts", actual_cost=95000, forecast_end="2026-12-31")

        organisation.move("eva", stage, "terminate", REASON)

        # 0 of the first stage, 95 000 of this one, and as much as the project plan leaves for the third.
        assert cost(organisation, organisation.project) == 500000
        third = organisation.all("stage")[2]
        organisation.edit("pia", third, number=2)
        organisation.with_plan(third, "2026-12-31", 480000)
        refusal = organisation.refused("eva", third, "authorize_stage")
        assert "may cost 528000, and the project has 505000 left" in refusal["stage_tolerance_fit"].message
        assert cost(organisation, organisation.project) == 575000
        assert organisation.status(organisation.project, "time")["forecast"] == "2026-12-31"
