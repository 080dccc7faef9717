"""From an objective of the organization to a project that delivers: its case, its plans and its stages."""

from __future__ import annotations

from typing import Any

from placet_integration.demo.tale import PROJECT_TEAM, Tale

APPROACHES = (
    "benefits", "sustainability", "change", "communication", "commercial", "digital_data", "issue", "quality", "risk",
)  # fmt: skip
OBJECTIVE: dict[str, Any] = {
    "level": "enterprise", "statement": "30 % fewer phone contacts", "measure": "Calls in a year", "unit": "calls",
    "baseline": 100000, "target": 70000, "target_date": "2027-12-31", "enterprise_goals": ["EG05"],
    "alignment_goals": ["AG05"],
}  # fmt: skip
#: 400 000 now, 200 000 in each of three years, at 8 %.
CASE: dict[str, Any] = {
    "costs": [{"period": 0, "amount": 400000}],
    "benefits": [{"period": year, "amount": 200000} for year in (1, 2, 3)],
    "discount_rate": 8,
    "desirable": True,
    "viable": True,
    "achievable": True,
}
WHOLE = {"planned_start": "2026-03-02", "planned_end": "2026-10-30", "budget": 400000}
BUDGETS = {"change_budget": 20000, "risk_budget": 40000, "ca_limit": 5000}
CRITERION = {"id": "calls", "text": "Users find their answer in the portal", "moscow": "must"}
BENEFIT = {"description": "Users do not have to call", "category": "cost_saving"}
MEASURED: dict[str, Any] = {
    "owner": "hana", "unit": "calls", "baseline": 100000, "target_value": 70000,
    "measure_method": "The count of the telephone exchange", "measure_dates": ["2027-10-30"],
}  # fmt: skip
_PRODUCT: dict[str, Any] = {
    "kind": "specialist", "purpose": "Users help themselves", "composition": "Pages", "producer": "emil",
    "approver": "hana", "reviewers": ["ute"],
    "quality_criteria": [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}],
}  # fmt: skip


def tolerance(aspect: str, target: Any, upper: Any, lower: Any, **more: Any) -> dict[str, Any]:
    """One tolerance, in the usual unit of its aspect."""
    units = {"time": "days", "scope": "percentage points", "quality": "products", "sustainability": "kgCO2e"}
    unit = units.get(aspect, "EUR")
    return {"aspect": aspect, "target": target, "unit": unit, "upper": upper, "lower": lower, **more}


#: The share of the target that may be missed, above and below.
TENTH = {"upper": 10, "lower": 10, "basis": "percent_of_target"}
PROJECT_TOLERANCES = [
    tolerance("time", "2026-10-30", 30, 60),
    tolerance("cost", 400000, **TENTH),
    tolerance("scope", 100, 0, 20),
    tolerance("quality", 0, 0, 0),
    tolerance("risk", 0, 40000, 0),
    tolerance("benefits", 200000, 50, 10, basis="percent_of_target"),
    tolerance("sustainability", 30000, 10, 100, basis="percent_of_target", indicator="carbon"),
]


def pursue(tale: Tale) -> Any:
    """An objective of the organization is made and activated."""
    bruno = tale.by("bruno")
    tale.objective = bruno.create("governance.objective", OBJECTIVE["statement"], **OBJECTIVE)
    return bruno.move(tale.objective, "activate_objective")


def mandate(tale: Tale) -> None:
    """The business layer mandates the project, and everybody is appointed except its manager."""
    tale.project = tale.by("berta").create(
        "prince2.project", "Self-service portal", mandate="Users find answers themselves."
    )
    for role, person in PROJECT_TEAM.items():
        tale.appoint("berta" if role == "executive" else "olga", tale.project, f"prince2.{role}", person)


def start_up(tale: Tale) -> Any:
    """The executive appoints the project manager, and the project starts."""
    tale.appoint("olga", tale.project, "prince2.project_manager", "petr")
    started = tale.by("berta").move(tale.project, "start_up")
    tale.lessons = tale.due("lessons", tale.project)
    return started


def a_stage(tale: Tale, number: int, *, final: bool = False) -> str:
    """A stage that is not planned yet."""
    kind = "initiation" if number == 1 else "delivery"
    return tale.by("petr").create(
        "prince2.stage", f"Stage {number}", parent=tale.project, number=number, kind=kind, is_final=final
    )


def plan(tale: Tale, stage: str, times: tuple[str, str], budget: int, *products: str) -> str:
    """Let the project manager submit the plan of a stage to the board, which approves it."""
    start, end = times
    key = tale.by("petr").create(
        "prince2.management_product", "Stage plan", parent=stage, kind="stage_plan", content="As agreed.",
        planned_start=start, planned_end=end, budget=budget, products=list(products),
        tolerances=[
            tolerance("time", end, 5, 5), tolerance("cost", budget, **TENTH), tolerance("scope", 100, 0, 20),
            tolerance("risk", 0, 40000, 0),
            tolerance("sustainability", 10000, 10, 100, basis="percent_of_target", indicator="carbon"),
        ],
    )  # fmt: skip
    tale.by("petr").move(stage, "submit_plan", stage_plan=key)
    tale.approved(key, "stage_plan")
    return key


def papers(tale: Tale) -> None:
    """The needs of initiation: lessons, the brief, a plan, and the objective that the project serves."""
    petr = tale.by("petr")
    petr.move(tale.lessons, "issue_report", lessons_reviewed=2)
    tale.brief = tale.document("project_brief")
    tale.initiation = a_stage(tale, 1)
    paper = petr.create(
        "prince2.management_product", "Initiation notes", parent=tale.project, kind="team_plan", content="-"
    )
    plan(tale, tale.initiation, ("2026-03-02", "2026-04-03"), 50000, paper)
    petr.move(paper, "withdraw", "the notes have gone into the documentation of the project")
    petr.edit(tale.project, objective_links=[tale.objective])
    petr.link(tale.project, "governance.serves", tale.objective, contribution=2)


def initiate(tale: Tale) -> None:
    """The documentation of the project: its case, its plan and its approaches."""
    tale.case = tale.document("business_case", **CASE)
    tale.document("pid")
    tale.document("project_plan", **WHOLE, tolerances=PROJECT_TOLERANCES)
    for approach in APPROACHES:
        tale.document(f"{approach}_approach")
    tale.by("petr").edit(tale.project, **WHOLE, **BUDGETS, acceptance_criteria=[CRITERION])


def promise(tale: Tale) -> None:
    """A benefit that nobody measures yet."""
    tale.benefit = tale.by("hana").create(
        "governance.benefit", "Fewer phone contacts", parent=tale.project, **BENEFIT
    )


def a_product(tale: Tale, stage: str, title: str, **fields: Any) -> str:
    """A product whose description is agreed."""
    key = tale.by("petr").create("prince2.product", title, parent=stage, **_PRODUCT | fields)
    tale.by("petr").move(key, "baseline_description")
    return key


def spent(tale: Tale, stage: str, cost: int) -> None:
    """Let the project manager record what a stage has cost, and the climate: as much as was planned; its end stays."""
    line = {"aspect": "sustainability", "indicator": "carbon", "value": 10000, "as_of": tale.now}
    tale.by("petr").move(
        stage, "update_forecasts", forecasts=[line], actual_cost=cost, estimate_to_complete=0
    )
    tale.by("petr").move(stage, "update_forecasts")


def plan_delivery(tale: Tale) -> Any:
    """The benefit is owned, the stages are planned, and initiation ends with its report."""
    petr, hana = tale.by("petr"), tale.by("hana")
    tale.delivery, tale.rollout = a_stage(tale, 2), a_stage(tale, 3, final=True)
    tale.by("berta").move(tale.project, "set_tolerances", tolerances=PROJECT_TOLERANCES)
    hana.edit(tale.benefit, **MEASURED)
    hana.move(tale.benefit, "plan_benefit")
    tale.portal = a_product(tale, tale.delivery, "Portal", moscow="must", weight=8)
    tale.reports = a_product(tale, tale.delivery, "Reports", moscow="should", weight=2, kind="external")
    plan(tale, tale.delivery, ("2026-04-06", "2026-07-31"), 150000, tale.portal, tale.reports)
    spent(tale, tale.initiation, 50000)
    petr.move(tale.initiation, "start_boundary")
    tale.accepted(str(tale.fields(tale.initiation)["end_stage_report"]))
    return tale.by("olga").move(tale.initiation, "complete_stage")
