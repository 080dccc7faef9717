"""The units of a workspace: business days and another currency, from the settings to an exception."""

from __future__ import annotations

from .conftest import Organisation, stage_tolerances

#: A Friday.
END = "2026-01-30"


def stage_in_business_days(organisation: Organisation, **settings: object) -> str:
    """A running stage, planned until that Friday, that may be ten business days late and five early."""
    organisation.desk.configure("prince2", time_unit="business_days", **settings)
    organisation.days = "business days"
    organisation.initiated()
    return organisation.all("stage")[0]


class TestAPlan:
    def test_is_in_the_units_of_the_workspace(self, organisation: Organisation) -> None:
        """Business days and francs, where a plan comes in days and euros: the refusal names both."""
        organisation.desk.configure("prince2", time_unit="business_days", currency="CHF")
        organisation.begun()
        stage = organisation.create(
            "pia", "stage", "Stage 1", parent=organisation.project, number=1, kind="initiation"
        )
        plan = organisation.create(
            "pia", "management_product", "Plan", parent=stage, kind="stage_plan", content="As agreed.",
            planned_start="2026-01-05", planned_end=END, budget=20000, tolerances=stage_tolerances(END, 20000),
        )  # fmt: skip

        found = organisation.refused("pia", stage, "submit_plan", stage_plan=plan)

        assert found["plan_numbers"].message.endswith(
            "time in days and not in business days, cost in EUR and not in CHF and risk in EUR and not in CHF"
        )

    def test_keeps_the_units_of_its_project(self, organisation: Organisation) -> None:
        """A setting changes nothing for a project whose tolerances are set."""
        organisation.delivering()
        organisation.desk.configure("prince2", time_unit="business_days", currency="CHF")
        third = organisation.all("stage", "planned")[0]

        assert organisation.state(organisation.with_plan(third, "2026-06-30")) == "awaiting_authorization"


class TestTime:
    def test_leaves_out_the_days_on_which_nobody_works(self, organisation: Organisation) -> None:
        """Ten business days after a Friday last until the Sunday two weeks later: the Monday is outside."""
        stage = stage_in_business_days(organisation)

        organisation.move("pia", stage, "update_forecasts", forecast_end="2026-02-15")
        inside = organisation.status(stage, "time")
        organisation.move("pia", stage, "update_forecasts", forecast_end="2026-02-16")

        assert (inside["deviation"], inside["used_percent"], inside["light"]) == ("10", "100.0", "amber")
        assert organisation.fields(stage)["latest_end"] == "2026-02-15"
        [exception] = organisation.all("exception")
        assert organisation.desk.item(exception).title == (
            "Forecast outside tolerance: time 11 business days late"
        )

    def test_passes_by_the_clock_in_the_same_days(self, organisation: Organisation) -> None:
        stage_in_business_days(organisation)

        organisation.desk.pass_time("2026-02-15T12:00:00Z")
        before = organisation.all("exception")
        organisation.desk.pass_time("2026-02-16T12:00:00Z")

        assert (before, len(organisation.all("exception"))) == ([], 1)


class TestTheLead:
    def test_of_the_next_plan_is_a_setting(self, organisation: Organisation) -> None:
        """Three business days before the end of a Friday, Wednesday begins."""
        stage = stage_in_business_days(organisation, boundary_lead_days=3)

        reading = organisation.desk.timer(stage, "prince2.boundary_lead").reading

        assert reading.due_at is not None
        assert reading.due_at.isoformat() == "2026-01-28T09:00:00+00:00"
