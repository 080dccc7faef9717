"""A work package that fixes time and cost, the team that does it, and its sprints."""

from __future__ import annotations

from typing import Any

from placet_integration.demo.initiation import tolerance
from placet_integration.demo.tale import Tale

SCRUM_TEAM = {"product_owner": ["ana"], "scrum_master": ["ivan"], "developer": ["dana", "emil"]}
DOD = ("code_reviewed", "tests_green", "docs")
ALL_DONE = dict.fromkeys(DOD, True)
READY = dict.fromkeys(
    ("value", "acceptance_criteria", "estimate", "no_open_dependency", "small_enough"), True
)
#: The sprints of the story, by their number: start and end.
SPRINTS = {
    1: ("2026-04-06T10:00:00Z", "2026-04-20T10:00:00Z"),
    2: ("2026-04-20T10:00:00Z", "2026-05-04T10:00:00Z"),
    3: ("2026-05-04T10:00:00Z", "2026-05-18T10:00:00Z"),
    4: ("2026-05-18T10:00:00Z", "2026-06-01T10:00:00Z"),
    5: ("2026-06-01T10:00:00Z", "2026-06-15T10:00:00Z"),
    6: ("2026-06-29T10:00:00Z", "2026-07-13T10:00:00Z"),
    7: ("2026-07-13T10:00:00Z", "2026-07-27T10:00:00Z"),
}
GOAL = "Users find the answer to what they ask most"
#: Points of the stories of the first sprint.
SIZES = (8, 8, 8, 3, 3)
MVP_END = "2026-07-24"
WEEK = {"week_from": "2026-W16", "week_to": "2026-W16"}


def a_package(tale: Tale, title: str, product: str, end: str, **fields: Any) -> str:
    """A work package that is described, and not authorized."""
    said = {"planned_start": "2026-04-06", "planned_end": end, "products": [product]}
    key = tale.by("petr").create("prince2.work_package", title, parent=tale.delivery, **said, **fields)
    tale.appoint("petr", key, "prince2.team_manager", "maya")
    return key


def tolerances(end: str, budget: int, late: int, scope: int) -> list[dict[str, Any]]:
    """Of a package: days that it may be late, and percentage points of scope that it may leave out."""
    return [
        tolerance("time", end, late, 0),
        tolerance("cost", budget, 0, 0),
        tolerance("scope", 100, 0, scope),
    ]


def offer_mvp(tale: Tale) -> None:
    """The package of the portal, with a tolerance for time that a team of sprints does not have."""
    tale.mvp = a_package(
        tale, "Portal MVP", tale.portal, MVP_END, budget=100000, delivery_method="scrum",
        tolerances=tolerances(MVP_END, 100000, 5, 20),
    )  # fmt: skip


def fix_and_flex(tale: Tale) -> Any:
    """Time and cost are fixed, and scope flexes: the package is authorized."""
    petr = tale.by("petr")
    petr.edit(tale.mvp, tolerances=tolerances(MVP_END, 100000, 0, 20))
    return petr.move(tale.mvp, "authorize_work_package")


def form_team(tale: Tale) -> None:
    """The team of the portal, and its package accepted."""
    dod = [{"id": each, "text": each} for each in DOD]
    tale.team = tale.by("tomas").create("agile.team", "Portal team", mode="scrum", members=[], dod=dod)
    for role, people in SCRUM_TEAM.items():
        tale.appoint("tomas", tale.team, f"agile.{role}", *people)
    tale.by("maya").move(tale.mvp, "accept")


def begin_mvp(tale: Tale) -> Any:
    """The team is linked, and the package begins with its product."""
    maya = tale.by("maya")
    maya.edit(tale.mvp, team=tale.team)
    begun = maya.move(tale.mvp, "start")
    maya.move(tale.portal, "develop")
    return begun


def fill_first_sprint(tale: Tale) -> None:
    """The first sprint with its stories, without a goal yet."""
    tale.sprint = a_sprint(tale, 1)
    tale.increment = tale.by("emil").create("agile.increment", "Portal 1", team=tale.team)
    tale.stories = [a_story(tale, f"Question {n}", size, tale.sprint) for n, size in enumerate(SIZES, 1)]


def a_story(tale: Tale, title: str, points: int, sprint: str | None = None, **fields: Any) -> str:
    """A story that is ready, or selected for a sprint."""
    emil = tale.by("emil")
    key = tale.by("ana").create("agile.story", title, team=tale.team, **fields)
    for target in (tale.mvp, tale.portal):
        emil.link(key, "integration.delivers", target)
    emil.move(key, "refine")
    emil.edit(key, points=points)
    emil.move(key, "mark_ready", dor_checks=READY)
    if sprint is not None:
        emil.move(key, "select", sprint=sprint)
    return key


def a_sprint(tale: Tale, number: int, times: tuple[str, str] | None = None, **fields: Any) -> str:
    """A sprint of the team in the stage, without a goal yet; at the times of the story for its number, or at others."""
    start, end = tale.timebox = times or SPRINTS[number]
    planning = {"kind": "planning", "held_at": tale.now, "minutes": 120}
    key = tale.by("ivan").create(
        "agile.sprint", f"Sprint {number}", team=tale.team, number=number, planned_start=start, planned_end=end,
        events=[planning], **fields,
    )  # fmt: skip
    tale.by("ivan").link(key, "integration.timebox_of", tale.delivery)
    return key


def work(tale: Tale, key: str, done: dict[str, bool]) -> None:
    """Let dana do the work on a story, and hand it over for review."""
    dana = tale.by("dana")
    dana.move(key, "start")
    dana.edit(key, dod_checks=done)
    dana.move(key, "request_review")


def finish(tale: Tale, key: str) -> None:
    """Dana does the work on a story, and emil finds it done."""
    work(tale, key, ALL_DONE)
    tale.by("emil").move(key, "finish")


def end(tale: Tale) -> Any:
    """The sprint is over: review, retrospective, closed."""
    _, at = tale.timebox
    tale.clock(at)
    held = [
        {"kind": "review", "held_at": at, "minutes": 60, "outcome": "Shown to everybody"},
        {"kind": "retrospective", "held_at": at, "minutes": 45, "outcome": "Nothing to change this time"},
    ]
    events = [*tale.fields(tale.sprint)["events"], *held]
    return tale.by("ivan").move(tale.sprint, "close", events=events, goal_met=True)


def begun(tale: Tale, number: int, key: str, times: tuple[str, str] | None = None) -> None:
    """A sprint of the team with one item, which runs."""
    tale.sprint = a_sprint(tale, number, times, goal=GOAL)
    tale.by("emil").move(key, "select", sprint=tale.sprint)
    tale.by("ivan").move(tale.sprint, "plan")
    tale.by("ivan").move(tale.sprint, "start_sprint")


def a_whole_sprint(tale: Tale, number: int, key: str, times: tuple[str, str] | None = None) -> None:
    """A sprint of the team in which one item is selected, done and finished."""
    begun(tale, number, key, times)
    finish(tale, key)
    end(tale)


def accept(tale: Tale, product: str, maker: str = "maya") -> Any:
    """The product goes into its review, assurance has it measured, and the senior user accepts and approves it."""
    today = tale.now[:10]
    team, ute, hana = tale.by(maker), tale.by("ute"), tale.by("hana")
    activity = team.create(
        "prince2.quality_activity", "Test by users", parent=product, method="test", planned_date=today,
        reviewers=["ute"],
    )  # fmt: skip
    team.move(product, "submit_for_review")
    ute.attach(activity, "test_result")
    results = [{"criterion_id": "errors", "measured": 2, "ok": True}]
    ute.move(activity, "record_result", result="pass", actual_date=today, criteria_results=results)
    team.move(product, "ask_acceptance")
    hana.vote(product, "prince2.product_acceptance")
    return hana.move(product, "approve_product")


def receive_mvp(tale: Tale) -> Any:
    """The package is completed by its team, and received."""
    tale.by("maya").move(tale.mvp, "notify_completion")
    return tale.by("petr").move(tale.mvp, "receive")
