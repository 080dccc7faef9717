"""The units of a workspace: business days and another currency, from the settings to an exception."""

from __future__ import annotations

from .conftest import Organization, stage_tolerances

#: A Friday.
END = "2026-01-30"


def stage_in_business_days(organization: Organization, **settings: object) -> str:
    """A running stage, planned until that Friday, that may be ten business days late and five early."""
    organization.desk.configure("prince2", time_unit="business_days", **settings)
    organization.days = "business days"
    organization.initiated()
    return organization.all("stage")[0]


class TestAPlan:
    def test_is_in_the_units_of_the_workspace(self, organization: Organization) -> None:
        """Business days and francs, where a plan comes in days and euros: the refusal names both."""
        organization.desk.configure("prince2", time_unit="business_days", currency="CHF")
        organization.begun()
        stage = organization.create(
            "pia", "stage", "Stage 1", parent=organization.project, number=1, kind="initiation"
        )
        plan = organization.create(
            "pia", "management_product", "Plan", parent=stage, kind="stage_plan", content="As agreed.",
            planned_start="2026-01-05", planned_end=END, budget=20000, tolerances=stage_tolerances(END, 20000),
        )  # fmt: skip

        found = organization.refused("pia", stage, "submit_plan", stage_plan=plan)

        assert found["plan_numbers"].message.endswith(
            "time in days and not in business days, cost in EUR and not in CHF and risk in EUR and not in CHF"
        )

    def test_keeps_the_units_of_its_project(self, organization: Organization) -> None:
        """A setting changes nothing for a project whose tolerances are set."""
        organization.delivering()
        organization.desk.configure("prince2", time_unit="business_days", currency="CHF")
        third = organization.all("stage", "planned")[0]

        assert organization.state(organization.with_plan(third, "2026-06-30")) == "awaiting_authorization"


class TestTime:
    def test_leaves_out_the_days_on_which_nobody_works(self, organization: Organization) -> None:
        """Ten business days after a Friday last until the Sunday two weeks later: the Monday is outside."""
        stage = stage_in_business_days(organization)

        organization.move("pia", stage, "update_forecasts", forecast_end="2026-02-15")
        inside = organization.status(stage, "time")
        organization.move("pia", stage, "update_forecasts", forecast_end="2026-02-16")

        assert (inside["deviation"], inside["used_percent"], inside["light"]) == ("10", "100.0", "amber")
        assert organization.fields(stage)["latest_end"] == "2026-02-15"
        [exception] = organization.all("exception")
        assert organization.desk.item(exception).title == (
            "Forecast outside tolerance: time 11 business days late"
        )

    def test_passes_by_the_clock_in_the_same_days(self, organization: Organization) -> None:
        stage_in_business_days(organization)

        organization.desk.pass_time("2026-02-15T12:00:00Z")
        before = organization.all("exception")
        organization.desk.pass_time("2026-02-16T12:00:00Z")

        assert (before, len(organization.all("exception"))) == ([], 1)


class TestTheLead:
    def test_of_the_next_plan_is_a_setting(self, organization: Organization) -> None:
        """Three business days before the end of a Friday, Wednesday begins."""
        stage = stage_in_business_days(organization, boundary_lead_days=3)

        reading = organization.desk.timer(stage, "prince2.boundary_lead").reading

        assert reading.due_at is not None
        assert reading.due_at.isoformat() == "2026-01-28T09:00:00+00:00"
