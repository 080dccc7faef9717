"""The usual tolerances of one project, plan or work package, with the figures that it has."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from placet_prince2.document_kinds import Kind
from placet_prince2.ids import MANAGEMENT_PRODUCT, PROJECT, WORK_PACKAGE
from placet_prince2.numbers.tolerances import Tolerance
from placet_prince2.numbers.usual import Known, Open, Part, offered
from placet_prince2.overview.entries import Entry
from placet_prince2.overview.models import OfferedTolerance, OpenTolerance, UsualTolerances
from placet_prince2.settings import Prince2Settings


def part_of(entry: Entry) -> Part | None:
    """The part of a project whose tolerances an item keeps; `None` where it keeps none."""
    if entry.type == PROJECT:
        return Part.PROJECT
    if entry.type == WORK_PACKAGE:
        return Part.WORK_PACKAGE
    if entry.type == MANAGEMENT_PRODUCT and Kind(entry.text("kind")).is_plan:
        plans = {Kind.PROJECT_PLAN: Part.PROJECT, Kind.TEAM_PLAN: Part.WORK_PACKAGE}
        return plans.get(Kind(entry.text("kind")), Part.STAGE)
    return None


def usual_tolerances(
    entry: Entry, part: Part, project: Entry | None, benefits: Iterable[Entry], settings: Prince2Settings
) -> UsualTolerances:
    """The usual tolerances of an item.

    Args:
        entry: the item, which has its end and its budget.
        part: its part of the project.
        project: its project, which has the risk budget.
        benefits: those of the project.
        settings: of its workspace.
    """
    targets = [each.amount("target_value") for each in benefits if each.state != "withdrawn"]
    expected = [value for value in targets if value is not None]
    known = Known(
        planned_end=entry.day("planned_end"),
        budget=entry.amount("budget"),
        risk_budget=None if project is None else project.amount("risk_budget"),
        benefits=sum(expected, Decimal(0)) if expected else None,
        currency=settings.currency,
        time_unit=settings.time_unit,
        indicators=tuple((each.id, each.unit) for each in settings.sustainability_kpis),
    )
    found = offered(part, settings.usual_tolerances, known)
    return UsualTolerances(
        key=entry.key,
        part=part.value,
        tolerances=[_offered(each) for each in found if isinstance(each, Tolerance)],
        open=[_open(each) for each in found if isinstance(each, Open)],
    )


def _offered(tolerance: Tolerance) -> OfferedTolerance:
    return OfferedTolerance(
        aspect=tolerance.aspect.value,
        target=tolerance.target,
        unit=tolerance.unit,
        upper=tolerance.upper,
        lower=tolerance.lower,
        basis=tolerance.basis.value,
    )


def _open(found: Open) -> OpenTolerance:
    return OpenTolerance(
        aspect=found.usual.aspect.value,
        indicator=found.indicator,
        unit=found.unit,
        upper=found.usual.upper,
        lower=found.usual.lower,
        basis=found.usual.basis.value,
        missing=found.missing,
    )
