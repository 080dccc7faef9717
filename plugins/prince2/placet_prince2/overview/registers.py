"""The registers of a project: queries, not documents.

Source: PRINCE2 7, project log: issue, lessons, product, quality and risk register, and the daily log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from placet_governance.ids import BENEFIT, LESSON, RISK
from placet_prince2.ids import (
    EXCEPTION,
    ISSUE,
    MANAGEMENT_PRODUCT,
    PRODUCT,
    QUALITY_ACTIVITY,
    REPORT,
    WORK_PACKAGE,
)
from placet_prince2.numbers import change_budget
from placet_prince2.numbers.business_case import CashFlow, sensitivity
from placet_prince2.numbers.earned_value import WeightedProduct, earned_value
from placet_prince2.numbers.exact import ZERO, exact, money
from placet_prince2.overview.entries import Entry, Project
from placet_prince2.overview.lines import item_line, whole
from placet_prince2.overview.models import (
    CaseLine,
    ChangeBudget,
    EarnedValueLine,
    Exposure,
    QualityFigures,
    Register,
    ScenarioLine,
)

#: The registers by name, each with its item type.
REGISTERS: Mapping[str, str] = {
    "issues": ISSUE,
    "exceptions": EXCEPTION,
    "risks": RISK,
    "products": PRODUCT,
    "quality": QUALITY_ACTIVITY,
    "work_packages": WORK_PACKAGE,
    "management_products": MANAGEMENT_PRODUCT,
    "reports": REPORT,
    "lessons": LESSON,
    "benefits": BENEFIT,
}
#: States of products whose description is agreed, and those in which they are accepted.
BASELINED = frozenset({"baselined", "in_development", "in_review", "approved", "handed_over"})
APPROVED = frozenset({"approved", "handed_over"})


def register(project: Project, name: str) -> Register:
    """One register by number."""
    listed = project.all(REGISTERS[name])
    return Register(
        name=name,
        open=sum(each.open for each in listed),
        total=len(listed),
        states=dict(Counter(each.state for each in listed)),
    )


def open_threats(project: Project) -> list[Entry]:
    """Threats that can still happen, the most expensive first."""
    found = [each for each in project.all(RISK) if each.open and each.fields.get("kind") == "threat"]
    return sorted(found, key=lambda each: (-(each.amount("exposure") or ZERO), each.number))


@exact
def exposure(project: Project) -> Exposure:
    """The expected cost of the open threats."""
    threats = open_threats(project)
    return Exposure(
        open_threats=len(threats),
        exposure=sum((each.amount("exposure") or ZERO for each in threats), start=ZERO),
        risk_budget=project.entry.amount("risk_budget"),
    )


def changes(project: Project) -> ChangeBudget | None:
    """The change budget; `None` until the project has one."""
    budget = project.entry.amount("change_budget")
    if budget is None:
        return None
    used = project.entry.amount("change_budget_used") or ZERO
    return ChangeBudget(budget=budget, used=used, left=change_budget.left(budget, [used]))


def quality(activities: list[Entry]) -> QualityFigures:
    """Quality activities by their result."""
    results = Counter(each.fields.get("result") for each in activities if each.state == "performed")
    return QualityFigures(
        passed=results["pass"] + results["pass_with_concession"],
        failed=results["fail"],
        outstanding=sum(each.state == "scheduled" for each in activities),
    )


def value(project: Project, today: date) -> EarnedValueLine | None:
    """Earned value of the whole project; `None` without a budget or a baselined product."""
    budget = project.entry.amount("budget")
    if budget is None:
        return None
    products = [
        WeightedProduct(
            int(each.fields.get("weight") or 1), each.state in APPROVED, planned=_planned(project, each)
        )
        for each in project.all(PRODUCT)
        if each.state in BASELINED
    ]
    spent = whole(project).spent
    found = earned_value(budget, spent, products, today)
    if found is None:
        return None
    return EarnedValueLine(
        budget=budget,
        planned=money(found.planned),
        earned=money(found.earned),
        spent=spent,
        cost_performance=_ratio(found.cost_performance),
        schedule_performance=_ratio(found.schedule_performance),
    )


def _planned(project: Project, product: Entry) -> date | None:
    """The day by which a product is planned to be approved: the end of its work package, or else of its stage."""
    package = project.entries.get(product.text("work_package"))
    parts = [package] if package is not None else [*project.above(product)]
    days = (part.day("planned_end") for part in parts if part.key != project.key)
    return next((day for day in days if day is not None), None)


def _ratio(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else money(ratio)


def case(project: Project, least: Decimal) -> CaseLine | None:
    """The newest business case with its figures, and how much of its assumptions may fail; `None` without one.

    Args:
        project: the project.
        least: the net present value below which a case no longer stands.
    """
    kinds = [e for e in project.all(MANAGEMENT_PRODUCT) if e.fields.get("kind") == "business_case"]
    found = [e for e in kinds if e.state not in {"superseded", "withdrawn"}]
    if not found:
        return None
    entry = found[-1]
    margins = _margins(entry, least)
    return CaseLine(
        **dict(item_line(entry)),
        npv=entry.amount("npv"),
        roi_percent=entry.amount("roi_percent"),
        payback_years=entry.amount("payback_years"),
        **margins,
    )


def _margins(entry: Entry, least: Decimal) -> dict[str, Any]:
    costs, benefits = (
        tuple(CashFlow.model_validate(each) for each in entry.members(name)) for name in ("costs", "benefits")
    )
    try:
        found = sensitivity(costs, benefits, entry.amount("discount_rate") or ZERO, least=least)
    except ValueError:  # a draft that is not complete has no value yet
        return {"benefit_margin": None, "cost_margin": None, "scenarios": []}
    return {
        "benefit_margin": found.benefit_margin,
        "cost_margin": found.cost_margin,
        "scenarios": [ScenarioLine(name=each.name, npv=money(each.npv)) for each in found.scenarios],
    }
