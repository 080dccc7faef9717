"""A month of fifty changes (ITIL 4, scenario I14), through HTTP, with its figures."""

from __future__ import annotations

from typing import Any

from .conftest import Organization
from .test_itil_change import VERIFIED, emergency, failed_change, item, scheduled

MONTH = {"from": "2026-11-16", "to": "2026-12-16"}
#: Three evenings on which fifteen changes each are done.
EVENINGS = ("2026-11-18", "2026-11-25", "2026-12-02")


def successful_emergency(organization: Organization, ci: str) -> None:
    key = emergency(organization, ci)
    organization.ravi.move(key, "implement_on_verbal")
    organization.ravi.move(key, "complete_implementation", **VERIFIED)


def month(organization: Organization) -> None:
    """Five emergencies, of which two fail, and 45 normal changes: 38 go well, 4 with issues, 3 are backed out.

    One of those with issues breaks something.
    """
    for n in range(5):
        ci = item(organization, f"endpoint-{n}")
        if n < 2:
            failed_change(organization, ci)
        else:
            successful_emergency(organization, ci)
    planned = [
        (evening, scheduled(organization, item(organization, f"db-{evening}-{n}"), f"{evening}T17:00:00Z",
                            f"{evening}T18:00:00Z"))
        for evening in EVENINGS
        for n in range(15)
    ]  # fmt: skip
    for n, (evening, key) in enumerate(planned):
        if n % 15 == 0:
            organization.clock(f"{evening}T17:00:00Z")
        organization.ravi.move(key, "start_implementation")
        if n < 3:
            organization.ravi.move(key, "start_backout")
            organization.ravi.move(key, "finish_backout", **VERIFIED)
        else:
            outcome = "successful_with_issues" if n < 7 else "successful"
            organization.ravi.move(key, "complete_implementation", outcome=outcome, **VERIFIED)
        if n == 5:
            broken = organization.sam.create(
                "itil.incident", "Reports are late", summary="Reports are late", symptoms="None since noon.",
                channel="mail",
            )  # fmt: skip
            organization.sam.link(broken, "itil.caused_by_change", key)


def read(organization: Organization, metric: str, **said: Any) -> Any:
    return organization.carl.get(f"/workspaces/OPS/metrics/itil.{metric}", **MONTH, **said)


def parts(found: Any) -> tuple[Any, Any, Any]:
    return found["value"], found["numerator"], found["denominator"]


class TestI14TheMonth:
    def test_of_fifty_changes_41_were_successful_and_five_emergencies(
        self, organization: Organization
    ) -> None:
        """Success 82.0 %, failures 12.0 % (3 backed out, 2 failed, 1 that caused an incident), emergencies 10.0 %."""
        month(organization)

        assert parts(read(organization, "change_success_rate")) == (82.0, 41, 50)
        assert parts(read(organization, "emergency_ratio")) == (10.0, 5, 50)
        assert parts(read(organization, "change_failure_share")) == (12.0, 6, 50)

        weeks = read(organization, "change_success_rate", by="week", dimension="type")
        assert [(week["numerator"], week["denominator"]) for week in weeks["series"]] == [
            (3 + 8, 20), (15, 15), (15, 15), (0, 0), (0, 0),
        ]  # fmt: skip
        assert {group["group"]: parts(group) for group in weeks["groups"]} == {
            "emergency": (60.0, 3, 5),
            "normal": (100 * 38 / 45, 38, 45),
        }
        lead = read(organization, "change_lead_time", dimension="type")
        assert lead["value"] == 9 + 8 / 24, (
            "the median of those ended: Monday 9:00 to Wednesday 17:00 a week later"
        )
