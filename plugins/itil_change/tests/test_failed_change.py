"""Changes that failed, deployments that broke something, and the incidents that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import LOW_RISK, PLANS, RESOLVED

REASON = "as was agreed in the weekly meeting"
FROM, TO = "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"


class TestAFailedChange:
    @pytest.mark.parametrize(
        ("criticality", "answers", "impact"),
        [
            (5, {}, 1),
            (4, {}, 2),
            (3, {}, 3),
            (2, {}, 4),
        ],
    )
    def test_is_an_incident_as_grave_as_was_feared(
        self, organization: Organization, criticality: int, answers: dict[str, Any], impact: int
    ) -> None:
        """By the impact that was expected at worst; urgent in any case."""
        item = organization.item("gateway", criticality)
        key = organization.emergency(item, **PLANS, **LOW_RISK, **answers)
        organization.about_p1(key)
        organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")

        organization.move("ravi", key, "declare_failed", "The index build locks the table.")

        fields = organization.fields(organization.caused(key))
        assert (fields["impact"], fields["urgency"], fields["cis"]) == (impact, 1, [item])
        assert fields["symptoms"] == "The index build locks the table."

    def test_is_over_when_that_is_resolved(self, organization: Organization) -> None:
        key = organization.failed(organization.item())
        organization.at("2026-11-16T11:00:00Z")
        organization.contain(key)

        organization.move("carl", key, "recover")

        fields = organization.fields(key)
        assert (fields["failed_at"], fields["recovered_at"]) == (
            "2026-11-16T09:00:00Z",
            "2026-11-16T11:00:00Z",
        )

    def test_needs_an_incident_that_says_what_it_broke(self, organization: Organization) -> None:
        """A cancelled one says nothing."""
        key = organization.failed(organization.item())
        organization.move("sam", organization.caused(key), "cancel_incident", REASON)

        blocker = organization.refused("carl", key, "recover")["itil.failure_incident"]

        assert blocker.message == "no incident says what it broke"
        assert blocker.remedy == "record the incident that it caused, and link it"


class TestADeploymentThatBrokeSomething:
    def deployed(self, organization: Organization) -> str:
        """A deployment that was successful, Monday 10:00 to 11:00."""
        key = organization.scheduled(organization.item(), FROM, TO)
        organization.at(FROM)
        organization.move("ravi", key, "start_implementation")
        organization.at("2026-11-23T11:00:00Z")
        organization.move(
            "ravi", key, "complete_implementation", is_deployment=True, first_commit_at="2026-11-22T11:00:00Z",
            verification_note="All probes are green, a test payment went through.",
        )  # fmt: skip
        return key

    def rate(self, organization: Organization, name: str) -> Any:
        return organization.desk.metric(f"itil.{name}").value.value

    @pytest.mark.parametrize(("hours", "impact", "rate"), [(23, 1, 100), (25, 1, 0), (1, 3, 0)])
    def test_needed_attention_within_a_day(
        self, organization: Organization, hours: int, impact: int, rate: int
    ) -> None:
        """A P1 or P2 within 24 hours of it; later, or less grave, does not count."""
        key = self.deployed(organization)
        day, hour = divmod(11 + hours, 24)
        organization.at(f"2026-11-{23 + day}T{hour:02}:00:00Z")
        incident = organization.started(impact=impact, urgency=2)

        organization.link("rosa", incident, "itil.caused_by_change", key)

        assert self.rate(organization, "dora_change_fail_rate") == rate

    def test_is_restored_with_the_incident(self, organization: Organization) -> None:
        """From the end of the deployment to the resolution: three hours."""
        key = self.deployed(organization)
        incident = organization.started(impact=2, urgency=2)
        organization.link("rosa", incident, "itil.caused_by_change", key)
        organization.at("2026-11-23T14:00:00Z")

        organization.move("rosa", incident, "resolve", **RESOLVED)

        assert self.rate(organization, "dora_recovery_time") == 3
