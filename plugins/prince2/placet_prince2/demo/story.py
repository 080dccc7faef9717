"""The story: a project is started, initiated and authorized, and its second stage leaves its tolerance."""

from __future__ import annotations

from typing import Any

from placet_prince2.demo.office import BOARD, TEAM, Office
from placet_prince2.document_kinds import REQUIRED_APPROACHES

_REASON = "it was made for the plan alone, and is in it"
_CASE: dict[str, Any] = {
    "costs": [{"period": 0, "amount": 400000}],
    "benefits": [{"period": year, "amount": 200000} for year in (1, 2, 3)],
    "desirable": True,
    "viable": True,
    "achievable": True,
}
_PRODUCT: dict[str, Any] = {
    "kind": "specialist", "producer": "tilda", "approver": "ulla", "reviewers": ["anton"],
    "quality_criteria": [{"id": "errors", "text": "Errors in 1000 claims", "lower": 0, "upper": 5}],
}  # fmt: skip


def _tolerance(
    aspect: str, target: Any, unit: str, upper: int, lower: int = 0, **more: Any
) -> dict[str, Any]:
    return {"aspect": aspect, "target": target, "unit": unit, "upper": upper, "lower": lower, **more}


def _stage_tolerances(end: str, budget: int) -> list[dict[str, Any]]:
    return [
        _tolerance("time", end, "days", 5, 20),
        _tolerance("cost", budget, "EUR", 10, 50, basis="percent_of_target"),
        _tolerance("scope", 100, "percentage points", 0, 10),
        _tolerance("risk", 0, "EUR", 40000),
        _tolerance("sustainability", 12000, "kgCO2e", 5, 100, basis="percent_of_target", indicator="carbon"),
    ]


def play(office: Office) -> str:
    """Play the project up to today; returns the key of the exception that waits for its answer."""
    project = _started(office)
    first = _initiated(office, project)
    second = _authorized(office, project, first)
    return _outside(office, project, second)


def _started(office: Office) -> str:
    project = office.create(
        "berta",
        "project",
        "Claims are filed online",
        mandate="Half of all claims are to be filed without a call.",
    )
    office.appoint("berta", project, "executive", TEAM["executive"])
    for role, person in TEAM.items():
        if role != "executive":
            office.appoint("edgar", project, role, person)
    office.move("berta", project, "start_up")
    office.document("project_brief", "Project brief", project)
    (lessons,) = office.found("report")
    office.move(
        "paula", lessons, "issue_report", lessons_reviewed=4, lessons_summary="Ask users before the design."
    )
    return project


def _planned(office: Office, stage: str, days: tuple[int, int], budget: int) -> None:
    start, end = map(office.day, days)
    notes = office.create(
        "paula", "management_product", "Notes for the plan", stage, kind="team_plan", content="-"
    )
    plan = office.create(
        "paula", "management_product", "Stage plan", stage, kind="stage_plan", content="As agreed.",
        planned_start=start, planned_end=end, budget=budget, tolerances=_stage_tolerances(end, budget),
        products=[notes],
    )  # fmt: skip
    office.move("paula", notes, "withdraw", _REASON)
    office.move("paula", stage, "submit_plan", stage_plan=plan)
    office.decided(plan)


def _initiated(office: Office, project: str) -> str:
    stage = office.create("paula", "stage", "Initiation", project, number=1, kind="initiation")
    _planned(office, stage, (-55, -42), 20000)
    objective = office.create(
        "edgar", "governance.objective", "Claims are settled in five days", level="enterprise",
        statement="Claims are settled in five days", measure="median days", unit="days", baseline=10, target=5,
        target_date=office.day(200), enterprise_goals=["EG01"], alignment_goals=["AG05"],
    )  # fmt: skip
    office.move("berta", objective, "activate_objective")
    office.move(
        "edgar", project, "authorize_initiation", objective_links=[objective], project_approach="hybrid"
    )
    office.move("edgar", stage, "authorize_stage")
    return stage


def _authorized(office: Office, project: str, first: str) -> str:
    office.at(-45)
    end = office.day(120)
    tolerances = [
        _tolerance("time", end, "days", 30, 300),
        _tolerance("cost", 400000, "EUR", 20, 95, basis="percent_of_target"),
        _tolerance("scope", 100, "percentage points", 0, 10),
        _tolerance("quality", 0, "products", 0),
        _tolerance("risk", 0, "EUR", 40000),
        _tolerance("benefits", 200000, "EUR", 100, 10, basis="percent_of_target"),
        _tolerance("sustainability", 40000, "kgCO2e", 5, 100, basis="percent_of_target", indicator="carbon"),
    ]
    dates = {"planned_start": office.day(-55), "planned_end": end, "budget": 400000}
    office.document("business_case", "Business case", project, **_CASE)
    office.document("pid", "Project initiation documentation", project)
    office.document("project_plan", "Project plan", project, **dates, tolerances=tolerances)
    for approach in REQUIRED_APPROACHES:
        office.document(approach.value, approach.value.replace("_", " ").capitalize(), project)
    office.edit("paula", project, **dates, change_budget=20000, risk_budget=40000, acceptance_criteria=[
        {"id": "minute", "text": "A claim is filed in a minute"},
        {"id": "half", "text": "Half of all claims are filed online", "moscow": "should"},
    ])  # fmt: skip
    office.move("berta", project, "set_tolerances", tolerances=tolerances)
    second = office.create("paula", "stage", "Claims by web", project, number=2, kind="delivery")
    _planned(office, second, (-42, 14), 100000)
    office.create("paula", "stage", "Claims by telephone", project, number=3, kind="delivery", is_final=True)
    office.move("paula", first, "update_forecasts", actual_cost=19000, estimate_to_complete=0, forecast_end=office.day(-42),
                forecasts=[office.forecast("sustainability", 11800, -45, indicator="carbon")])  # fmt: skip
    office.move("paula", first, "start_boundary")
    (report,) = office.found("report", "due")
    office.move(
        "paula",
        report,
        "issue_report",
        issues_risks_summary="None so far.",
        outlook="Claims by web are next.",
    )
    office.vote(report, "report_acceptance", BOARD)
    office.move("edgar", report, "accept_report")
    office.move("edgar", first, "complete_stage")
    office.move("edgar", project, "authorize_project")
    office.move("edgar", second, "authorize_stage")
    return second


def _outside(office: Office, project: str, stage: str) -> str:
    office.at(-40)
    form = office.create(
        "paula", "product", "Claim form", stage, purpose="People file a claim", composition="Form and checks",
        moscow="must", weight=30, **_PRODUCT,
    )  # fmt: skip
    office.move("paula", form, "baseline_description")
    end = office.day(7)
    package = office.create(
        "paula", "work_package", "Build the claim form", stage, products=[form], planned_start=office.day(-39),
        planned_end=end, budget=60000,
        tolerances=[
            _tolerance("time", end, "days", 5, 20), _tolerance("cost", 60000, "EUR", 20, 50, basis="percent_of_target"),
        ],
    )  # fmt: skip
    office.move("paula", package, "authorize_work_package")
    office.appoint("paula", package, "team_manager", "tilda")
    office.move("tilda", package, "accept")
    office.move("tilda", package, "start")
    office.move("tilda", form, "develop")
    office.at(-14)
    office.move("paula", stage, "update_forecasts", actual_cost=38000, estimate_to_complete=65000)
    office.at(-3)
    office.move("paula", stage, "update_forecasts", actual_cost=62000, estimate_to_complete=51500, forecast_end=office.day(14),
                forecasts=[office.forecast("sustainability", 12100, -3, indicator="carbon")])  # fmt: skip
    office.move("paula", project, "update_forecasts", forecasts=[
        office.forecast("sustainability", 40500, -3, indicator="carbon"), office.forecast("benefits", 210000, -3),
    ])  # fmt: skip
    (exception,) = office.found("exception")
    office.at(-2)
    office.move(
        "paula", exception, "submit_report", cause="The checks of the form need an interface that nobody has planned.",
        consequence="The stage costs 13500 EUR more than planned; its end stays.",
        options=[
            {"text": "Pay for the interface", "cost": 13500},
            {"text": "Leave the checks to the staff", "cost": 0, "note": "4 people for a year"},
        ],
        recommendation="Pay for the interface.",
    )  # fmt: skip
    office.at(0)
    return exception
