"""Consequences for boards, projects and the register of improvements.

Source: PRINCE2 7, practices Issues, Risk and Business case; COBIT 2019, EDM02 and APO11; ITIL 4, practice Continual
improvement.
"""

from __future__ import annotations

from placet import EffectContext, ItemView, effect
from placet_integration.ids import (
    BENEFIT,
    COMMUNICATION,
    INFORMS,
    INITIATIVE,
    ISSUE,
    LESSON,
    PROJECT,
    RAISED_FROM,
    REPORT,
)

_ENDED = ("closed", "closed_prematurely", "rejected")
#: The severity of an issue of which the board hears at once.
_THREATENS = 5
#: The interests on a project board.
BOARD = ("prince2.executive", "prince2.senior_user", "prince2.senior_supplier")
#: Lessons that one report names.
MOST_LESSONS = 100


def _project(ctx: EffectContext) -> ItemView | None:
    key = getattr(ctx.item.fields, "project", None)
    return ctx.get(key) if key else None


def _inform_board(ctx: EffectContext, title: str, message: str) -> None:
    """Plan a communication to the board of the project, with its people as readers."""
    readers = list(dict.fromkeys(person for role in BOARD for person in ctx.holders(role)))
    key = ctx.create(
        COMMUNICATION,
        f"{title}: {ctx.item.title}"[:200],
        audience=["project board"],
        message=message,
        channel="mail",
        due_at=ctx.now,
        automatic=True,
        needs_ack=bool(readers),
        readers=readers,
    )
    ctx.link(INFORMS, ctx.item.key, source=key)


def inform_of_risk(ctx: EffectContext) -> None:
    """The board hears of a risk of its project that has come true."""
    if _project(ctx) is not None:
        fields = ctx.item.fields
        _inform_board(ctx, "A risk has come true", f"{fields.event}\n{fields.effect}\n{ctx.comment}".strip())


def inform_of_answer(ctx: EffectContext) -> None:
    """The board hears of an exception that is resolved."""
    if ctx.item.state == "resolved":
        decision = ctx.item.fields.decision
        said = "answered" if decision is None else decision.replace("_", " ")
        _inform_board(ctx, "An exception is resolved", f"The answer: {said}.\n{ctx.comment}".strip())


@effect("integration")
def inform_of_issue(ctx: EffectContext) -> None:
    """The board hears of an issue that threatens its project, once."""
    if ctx.item.type != ISSUE or ctx.item.fields.severity != _THREATENS:
        return
    if not any(each.type == COMMUNICATION for each in ctx.linking(INFORMS)):
        _inform_board(ctx, "An issue threatens the project", ctx.item.fields.description)


def raise_missed_benefit(ctx: EffectContext) -> None:
    """A benefit that was missed is a concern of the project that promised it, while that is open."""
    project = _project(ctx)
    if ctx.item.type != BENEFIT or project is None or project.state in _ENDED:
        return
    here = project.workspace == ctx.workspace.key
    issue = ctx.create_in(
        project.workspace,
        ISSUE,
        f"Benefit missed: {ctx.item.title if here else ctx.item.key}"[:200],
        parent=project.key,
        kind="problem_concern",
        description=f"Benefit {ctx.item.key} is declared missed" + (f": {ctx.comment}" if here else "."),
        severity=4,
    )
    if issue is not None:
        ctx.link(RAISED_FROM, ctx.item.key, source=issue)


def offer_improvement(ctx: EffectContext) -> None:
    """A lesson for the whole organization is offered as an improvement, once."""
    fields = ctx.item.fields
    if ctx.item.type != LESSON or fields.scope != "organisation":
        return
    if any(each.type == INITIATIVE for each in ctx.linking(RAISED_FROM)):
        return
    key = ctx.create(
        INITIATIVE, f"Apply a lesson: {ctx.item.title}"[:200], idea=fields.recommendation,
        expected_value=f"Not again: {fields.effect}",
    )  # fmt: skip
    ctx.link(RAISED_FROM, ctx.item.key, source=key)


def show_lessons(ctx: EffectContext) -> None:
    """The lessons report of a new project lists the lessons of the organization that are worth applying."""
    lessons = ctx.items(LESSON, states=["validated", "applied"], scope="organisation")
    reports = ctx.items(REPORT, states=["due", "drafting"], project=ctx.item.key, kind="lessons")
    if ctx.item.type == PROJECT and lessons and reports:
        newest = sorted(lessons, key=lambda each: each.created_at, reverse=True)[:MOST_LESSONS]
        ctx.set_on(reports[-1].key, earlier_lessons=[each.key for each in newest])
