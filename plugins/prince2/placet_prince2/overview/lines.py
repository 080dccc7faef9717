"""One line of a view for each kind of item."""

from __future__ import annotations

from typing import Any

from placet_prince2.ids import WORK_PACKAGE
from placet_prince2.numbers import roll_up
from placet_prince2.numbers.roll_up import Figures, Whole
from placet_prince2.numbers.tolerances import Light, worst
from placet_prince2.overview.entries import Entry, Project
from placet_prince2.overview.models import (
    BenefitLine,
    BreachLine,
    ExceptionLine,
    IssueLine,
    ItemLine,
    LessonLine,
    PartLine,
    RiskLine,
    StageLine,
    ToleranceLine,
)

#: Packages whose money counts for their stage: those that a team was offered, and cancelled ones.
PAID = frozenset({"offered", "accepted", "in_progress", "delivered", "received", "cancelled"})
#: Stages that spend.
RUNNING = frozenset({"active", "in_exception", "boundary"})
_GIVEN_UP = frozenset({"cancelled", "terminated"})
_OVER = frozenset({"received", "completed", *_GIVEN_UP})


def item_line(entry: Entry) -> ItemLine:
    """Any item."""
    return ItemLine(key=entry.key, title=entry.title, state=entry.state)


def tolerance_lines(entry: Entry) -> list[ToleranceLine]:
    """Every tolerance of an item with its status, and at the end those that have no forecast yet."""
    known = [ToleranceLine.model_validate(line) for line in entry.members("statuses")]
    there = {(line.aspect, line.indicator) for line in known}
    return known + [
        ToleranceLine.model_validate(
            {
                "aspect": each["aspect"],
                "indicator": each.get("indicator"),
                "unit": each["unit"],
                "target": each["target"],
            }
        )
        for each in entry.members("tolerances")
        if (each["aspect"], each.get("indicator")) not in there
    ]


def light_of(entry: Entry) -> Light | None:
    """The worst light of an item; `None` where nothing is forecast."""
    lights = [Light(line["light"]) for line in entry.members("statuses")]
    return worst(lights) if lights else None


def figures(entry: Entry) -> Figures:
    """Cost and time of a stage or a work package."""
    return Figures(
        budget=entry.amount("budget"),
        actual_cost=entry.amount("actual_cost"),
        estimate_to_complete=entry.amount("estimate_to_complete"),
        planned_end=entry.day("planned_end"),
        forecast_end=entry.day("forecast_end"),
        ended=entry.state in _OVER,
        given_up=entry.state in _GIVEN_UP,
    )


def packages_of(project: Project, stage: Entry) -> list[Figures]:
    """The packages that count for a stage."""
    return [figures(each) for each in project.all(WORK_PACKAGE, stage.key) if each.state in PAID]


def whole(project: Project) -> Whole:
    """The project as all its stages, each with its packages."""
    return Whole(
        [(figures(stage), packages_of(project, stage)) for stage in project.stages],
        project.entry.amount("budget"),
        project.entry.day("planned_end"),
    )


def stage_line(project: Project, stage: Entry) -> StageLine:
    """A stage."""
    own, packages = figures(stage), packages_of(project, stage)
    listed = project.all(WORK_PACKAGE, stage.key)
    begun = own.actual_cost is not None or bool(packages)
    spent = {"actual_cost": roll_up.stage_spent(own, packages)} if begun else {}
    return StageLine(
        **_planned(stage) | spent,
        number=stage.fields.get("number"),
        kind=stage.text("kind"),
        forecast_end=own.end if own.ended else roll_up.stage_end(own, packages),
        forecast_cost=roll_up.stage_cost(own, packages),
        work_packages=len(listed),
        open_work_packages=sum(each.open for each in listed),
    )


def package_line(package: Entry) -> PartLine:
    """A work package."""
    own = figures(package)
    return PartLine(**_planned(package), forecast_end=own.end, forecast_cost=own.cost)


def project_line(project: Project) -> PartLine:
    """The project as a whole: its own plan, and the forecast of all its stages."""
    parts = whole(project)
    planned = _planned(project.entry) | {"actual_cost": parts.spent}
    return PartLine(**planned, forecast_end=parts.end, forecast_cost=parts.cost)


def _planned(entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "title": entry.title,
        "state": entry.state,
        "planned_start": entry.day("planned_start"),
        "planned_end": entry.day("planned_end"),
        "budget": entry.amount("budget"),
        "actual_cost": entry.amount("actual_cost"),
        "light": light_of(entry),
        "tolerances": tolerance_lines(entry),
    }


def exception_line(entry: Entry) -> ExceptionLine:
    """An exception."""
    return ExceptionLine(
        key=entry.key,
        title=entry.title,
        state=entry.state,
        level=entry.text("level"),
        subject=entry.fields.get("subject") or entry.parent,
        breaches=[BreachLine.model_validate(each) for each in entry.members("breaches")],
        raised_at=entry.created_at,
        decision=entry.fields.get("decision"),
    )


def issue_line(entry: Entry) -> IssueLine:
    """An issue."""
    return IssueLine(
        key=entry.key,
        title=entry.title,
        state=entry.state,
        kind=entry.text("kind"),
        severity=entry.fields.get("severity"),
        priority=entry.fields.get("priority"),
        cost_impact=entry.amount("cost_impact"),
        decision=entry.fields.get("decision"),
        decided_by=entry.fields.get("decided_by"),
    )


def risk_line(entry: Entry) -> RiskLine:
    """A risk."""
    residual = entry.fields.get("residual_score") if entry.state in {"responding", "accepted"} else None
    return RiskLine(
        key=entry.key,
        title=entry.title,
        state=entry.state,
        kind=entry.text("kind"),
        score=entry.fields.get("score") if residual is None else residual,
        exposure=entry.amount("exposure"),
        owner=entry.fields.get("owner"),
    )


def lesson_line(entry: Entry) -> LessonLine:
    """A lesson."""
    return LessonLine(
        key=entry.key,
        title=entry.title,
        state=entry.state,
        event=entry.text("event"),
        recommendation=entry.text("recommendation"),
    )


def benefit_line(entry: Entry) -> BenefitLine:
    """A benefit."""
    return BenefitLine(
        key=entry.key,
        title=entry.title,
        state=entry.state,
        unit=entry.fields.get("unit"),
        target_value=entry.amount("target_value"),
        forecast_value=entry.amount("forecast_value"),
        actual_value=entry.amount("actual_value"),
    )
