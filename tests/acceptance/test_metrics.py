"""A month of fifty changes (ITIL 4, scenario I14), through HTTP, with its figures."""

from __future__ import annotations

from typing import Any

from .conftest import Organisation
from .test_itil_change import VERIFIED, emergency, failed_change, item, scheduled

MONTH = {"from": "2026-11-16", "to": "2026-12-16"}
#: Three evenings on which fifteen changes each are done.
EVENINGS = ("2026-11-18", "2026-11-25", "2026-12-02")


def successful_emergency(organisation: Organisation, ci: str) -> None:
    key = emergency(organisation, ci)
    organisation.ravi.move(key, "implement_on_verbal")
    organisation.ravi.move(key, "complete_implementation", **VERIFIED)


def month(organisation: Organisation) -> None:
    """Five emergencies, of which two fail, and 45 normal changes: 38 go well, 4 with issues, 3 are backed out.

    One of those with issues breaks something.
    """
    for n in range(5):
        ci = item(organisation, f"endpoint-{n}")
        if n < 2:
            failed_change(organisation, ci)
        else:
            successful_emergency(organisation, ci)
    planned = [
        (evening, scheduled(organisation, item(organisation, f"db-{evening}-{n}"), f"{evening}T17:00:00Z",
                            f"{evening}T18:00:00Z"))
        for evening in EVENINGS
        for n in range(15)
    ]  # fmt: skip
    for n, (evening, key) in enumerate(planned):
        if n % 15 == 0:
            organisation.clock(f"{evening}T17:00:00Z")
        organisation.ravi.move(key, "start_implementation")
        if n < 3:
            organisation.ravi.move(key, "start_backout")
            organisation.ravi.move(key, "finish_backout", **VERIFIED)
        else:
            outcome = "successful_with_issues" if n < 7 else "successful"
            organisation.ravi.move(key, "complete_implementation", outcome=outcome, **VERIFIED)
        if n == 5:
            broken = organisation.sam.create(
                "itil.incident", "Reports are late", summary="Reports are late", symptoms="None since noon.",
                channel="mail",
            )  # fmt: skip
            organisation.sam.link(broken, "itil.caused_by_change", key)


def read(organisation: Organisation, metric: str, **said: Any) -> Any:
    return organisation.carl.get(f"/workspaces/OPS/metrics/itil.{metric}", **MONTH, **said)


def parts(found: Any) -> tuple[Any, Any, Any]:
    return found["value"], found["numerator"], found["denominator"]


class TestI14TheMonth:
    def test_of_fifty_changes_41_were_successful_and_five_emergencies(
        self, organisation: Organisation
    ) -> None:
        """Success 82.0 %, failures 12.0 % (3 backed out, 2 failed, 1 that caused an incident), emergencies 10.0 %."""
        month(organisation)

        assert parts(read(organisation, "change_success_rate")) == (82.0, 41, 50)
        assert parts(read(organisation, "emergency_ratio")) == (10.0, 5, 50)
        assert parts(read(organisation, "change_failure_share")) == (12.0, 6, 50)

        weeks = read(organisation, "change_success_rate", by="week", dimension="type")
        assert [(week["numerator"], week["denominator"]) for week in weeks["series"]] == [
            (3 + 8, 20), (15, 15), (15, 15), (0, 0), (0, 0),
        ]  # fmt: skip
        assert {group["group"]: parts(group) for group in weeks["groups"]} == {
            "emergency": (60.0, 3, 5),
            "normal": (100 * 38 / 45, 38, 45),
        }
        lead = read(organisation, "change_lead_time", dimension="type")
        assert lead["value"] == 9 + 8 / 24, (
            "the median of those ended: Monday 9:00 to Wednesday 17:00 a week later"
        )
