"""A forecast outside its tolerance, and what changes a baseline."""

from __future__ import annotations

from typing import Any

from placet_integration.demo.delivery import a_package, tolerances
from placet_integration.demo.initiation import tolerance
from placet_integration.demo.tale import Tale

REPORT: dict[str, Any] = {
    "cause": "The stories that are left take longer than was planned.",
    "consequence": "The stage ends a week after its planned end.",
    "options": [{"text": "Take the week"}, {"text": "Leave the reports out"}],
    "recommendation": "Take the week.",
}
#: A week after the planned end of the stage.
FORECAST_END = "2026-08-07"
ASPECTS = ("benefits", "cost", "time", "quality", "scope", "sustainability", "risk")
STAGE_END = "2026-07-31"
REPORTING_END = "2026-07-17"


def forecast_late(tale: Tale) -> None:
    """The forecast end of the stage lies beyond its tolerance, which raises an exception."""
    tale.by("petr").move(tale.delivery, "update_forecasts", forecast_end=FORECAST_END)
    [tale.exception] = tale.all("prince2.exception", project=tale.project)


def describe_reporting(tale: Tale) -> None:
    """The second package of the stage."""
    tale.reporting = a_package(
        tale, "Reporting", tale.reports, REPORTING_END, budget=20000, delivery_method="linear",
        tolerances=tolerances(REPORTING_END, 20000, 5, 0),
    )  # fmt: skip


def wider(days: int) -> list[dict[str, Any]]:
    """The stage's tolerance for time, widened to so many days."""
    return [tolerance("time", STAGE_END, days, 5)]


def recommend(tale: Tale, issue: str, cost: int) -> None:
    """The project manager recommends what costs so much, and changes the baseline of the portal."""
    tale.by("petr").move(
        issue, "recommend", cost_impact=cost, time_impact=0, recommendation="Do it.",
        impact=dict.fromkeys(ASPECTS, 0), options=[{"text": "Do it"}, {"text": "Leave it"}],
        baselines_affected=[tale.portal],
    )  # fmt: skip


def rebaseline(tale: Tale, composition: str) -> None:
    """The description of the portal is agreed anew."""
    petr = tale.by("petr")
    petr.move(tale.portal, "change_description")
    petr.edit(tale.portal, composition=composition)
    petr.move(tale.portal, "baseline_description")


def ask_second_language(tale: Tale) -> None:
    """The senior user asks for more than was agreed, beyond what the change authority may decide."""
    tale.request = tale.by("hana").create(
        "prince2.issue", "Second language", parent=tale.project, kind="request_for_change",
        description="Half of the callers speak another language.",
    )  # fmt: skip
    tale.by("petr").move(tale.request, "assess", severity=3, priority="should")
    recommend(tale, tale.request, 5500)
