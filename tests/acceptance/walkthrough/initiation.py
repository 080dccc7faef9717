"""Steps 1 to 10: from an objective of the organisation to a project that delivers."""

from __future__ import annotations

from typing import Any

from .cast import PROJECT_TEAM, Chapter, Story, blocks

APPROACHES = (
    "benefits", "sustainability", "change", "communication", "commercial", "digital_data", "issue", "quality", "risk",
)  # fmt: skip
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


def a_stage(story: Story, number: int, *, final: bool = False) -> str:
    """A stage that is not planned yet."""
    kind = "initiation" if number == 1 else "delivery"
    return story.by("petr").create(
        "prince2.stage", f"Stage {number}", parent=story.project, number=number, kind=kind, is_final=final
    )


def plan(story: Story, stage: str, times: tuple[str, str], budget: int, *products: str) -> str:
    """Let the project manager submit the plan of a stage to the board, which approves it."""
    start, end = times
    key = story.by("petr").create(
        "prince2.management_product", "Stage plan", parent=stage, kind="stage_plan", content="As agreed.",
        planned_start=start, planned_end=end, budget=budget, products=list(products),
        tolerances=[
            tolerance("time", end, 5, 5), tolerance("cost", budget, **TENTH), tolerance("scope", 100, 0, 20),
            tolerance("risk", 0, 40000, 0),
            tolerance("sustainability", 10000, 10, 100, basis="percent_of_target", indicator="carbon"),
        ],
    )  # fmt: skip
    story.by("petr").move(stage, "submit_plan", stage_plan=key)
    story.approved(key, "stage_plan")
    return key


def spent(story: Story, stage: str, cost: int) -> None:
    """Let the project manager record what a stage has cost, and the climate: as much as was planned."""
    now = story.cast.admin.get("/testing/clock")["now"]
    line = {"aspect": "sustainability", "indicator": "carbon", "value": 10000, "as_of": now}
    story.by("petr").move(
        stage, "update_forecasts", forecasts=[line], actual_cost=cost, estimate_to_complete=0
    )


def an_objective_is_pursued(story: Story) -> None:
    story.objective = story.by("bruno").create(
        "governance.objective", "30 % fewer phone contacts", level="enterprise",
        statement="30 % fewer phone contacts", measure="Calls in a year", unit="calls", baseline=100000,
        target=70000, target_date="2027-12-31", enterprise_goals=["EG05"], alignment_goals=["AG05"],
    )  # fmt: skip
    pursued = story.by("bruno").move(story.objective, "activate_objective")
    assert (pursued["state"], pursued["fields"]["priority"]) == ("pursued", 5)


def a_project_does_not_start_without_its_manager(story: Story) -> None:
    story.project = story.by("berta").create(
        "prince2.project", "Self-service portal", mandate="Users find answers themselves."
    )
    for role, person in PROJECT_TEAM.items():
        story.appoint("berta" if role == "executive" else "olga", story.project, f"prince2.{role}", person)
    found = blocks(story, "berta", story.project, "start_up", "prince2.team_core")
    assert set(found) == {"prince2.manager_appointed"}


def it_starts_with_the_lessons_of_others(story: Story) -> None:
    story.appoint("olga", story.project, "prince2.project_manager", "petr")
    assert story.by("berta").move(story.project, "start_up")["state"] == "starting_up"
    story.lessons = story.due("lessons", story.project)


def initiation_needs_its_papers_and_the_executive(story: Story) -> None:
    blocks(
        story, "petr", story.project, "authorize_initiation",
        "role", "prince2.brief_ready", "prince2.initiation_planned", "prince2.lessons_reviewed", "prince2.alignment",
    )  # fmt: skip


def the_papers_are_decided_by_the_board(story: Story) -> None:
    petr = story.by("petr")
    petr.move(story.lessons, "issue_report", lessons_reviewed=2)
    story.brief = story.document("project_brief")
    story.initiation = a_stage(story, 1)
    paper = petr.create(
        "prince2.management_product", "Initiation notes", parent=story.project, kind="team_plan", content="-"
    )
    plan(story, story.initiation, ("2026-03-02", "2026-04-03"), 50000, paper)
    petr.move(paper, "withdraw", "the notes have gone into the documentation of the project")
    petr.edit(story.project, objective_links=[story.objective])
    petr.send(
        "PUT", f"/items/{story.project}/links/governance.serves/{story.objective}", {"attributes": {"contribution": 2}}
    )  # fmt: skip
    assert story.fields(story.project)["alignment_score"] == 100


def initiation_and_its_stage_are_authorized(story: Story) -> None:
    olga = story.by("olga")
    assert olga.move(story.project, "authorize_initiation")["state"] == "initiating"
    assert olga.move(story.initiation, "authorize_stage")["state"] == "active"
    timers = olga.get("/timers", workspace="OPS", item=story.project, status="running")["timers"]
    due = [each["due_at"] for each in timers if each["timer"] == "prince2.highlight_due"]
    assert due == ["2026-03-16T09:00:00Z"]


def the_business_case_is_worth_115_419_40(story: Story) -> None:
    story.case = story.document("business_case", **CASE)
    assert story.fields(story.case)["npv"] == "115419.40"
    story.document("pid")
    story.document("project_plan", **WHOLE, tolerances=PROJECT_TOLERANCES)
    for approach in APPROACHES:
        story.document(f"{approach}_approach")
    story.by("petr").edit(story.project, **WHOLE, **BUDGETS, acceptance_criteria=[CRITERION])


def a_project_needs_two_stages_tolerances_and_owned_benefits(story: Story) -> None:
    story.benefit = story.by("hana").create(
        "governance.benefit", "Fewer phone contacts", parent=story.project, **BENEFIT
    )
    blocks(
        story, "olga", story.project, "authorize_project",
        "prince2.two_stages", "prince2.tolerances_set", "prince2.initiation_finished", "cobit.value_owned",
    )  # fmt: skip


def initiation_ends_with_a_plan_for_delivery(story: Story) -> None:
    petr, hana = story.by("petr"), story.by("hana")
    story.delivery, story.rollout = a_stage(story, 2), a_stage(story, 3, final=True)
    story.by("berta").move(story.project, "set_tolerances", tolerances=PROJECT_TOLERANCES)
    hana.edit(
        story.benefit, owner="hana", unit="calls", baseline=100000, target_value=70000,
        measure_method="The count of the telephone exchange", measure_dates=["2027-10-30"],
    )  # fmt: skip
    hana.move(story.benefit, "plan_benefit")
    story.portal = a_product(story, story.delivery, "Portal", moscow="must", weight=8)
    story.reports = a_product(story, story.delivery, "Reports", moscow="should", weight=2, kind="external")
    plan(story, story.delivery, ("2026-04-06", "2026-07-31"), 150000, story.portal, story.reports)
    spent(story, story.initiation, 50000)
    petr.move(story.initiation, "start_boundary")
    story.accepted(str(story.fields(story.initiation)["end_stage_report"]))
    assert story.by("olga").move(story.initiation, "complete_stage")["state"] == "completed"


def a_product(story: Story, stage: str, title: str, **fields: Any) -> str:
    """A product whose description is agreed."""
    said = {
        "kind": "specialist", "purpose": "Users help themselves", "composition": "Pages", "producer": "emil",
        "approver": "hana", "reviewers": ["ute"],
        "quality_criteria": [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}],
    }  # fmt: skip
    key = story.by("petr").create("prince2.product", title, parent=stage, **said | fields)
    story.by("petr").move(key, "baseline_description")
    return key


def the_project_and_its_second_stage_are_authorized(story: Story) -> None:
    olga = story.by("olga")
    assert olga.move(story.project, "authorize_project")["state"] == "delivering"
    assert story.decided_on(story.project) == [
        ("start_project", "berta"), ("authorize_project", "olga"), ("authorize_project", "olga"),
    ]  # fmt: skip
    story.cast.clock("2026-04-06T09:00:00Z")
    active = olga.move(story.delivery, "authorize_stage")
    assert (active["state"], active["fields"]["planned_start"], active["fields"]["planned_end"]) == (
        "active", "2026-04-06", "2026-07-31",
    )  # fmt: skip


STEPS: Chapter = {
    1: an_objective_is_pursued,
    2: a_project_does_not_start_without_its_manager,
    3: it_starts_with_the_lessons_of_others,
    4: initiation_needs_its_papers_and_the_executive,
    5: the_papers_are_decided_by_the_board,
    6: initiation_and_its_stage_are_authorized,
    7: the_business_case_is_worth_115_419_40,
    8: a_project_needs_two_stages_tolerances_and_owned_benefits,
    9: initiation_ends_with_a_plan_for_delivery,
    10: the_project_and_its_second_stage_are_authorized,
}
