"""Figures that two methods have together.

Source: COBIT 2019, MEA01 and APO05; DORA, lead time and change failure rate. Figures of one method alone (governance:
alignment, benefits, decisions, communications, training, loops that are closed, lessons, first attempts,
overrides) are metrics of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from placet import CheckContext, Computed, Extension, Holds, ItemView, Metric, Moment, metrics
from placet_integration import ids as types
from placet_integration.ids import (
    ALLOCATION,
    BENEFIT,
    BUG,
    CHANGE,
    DELIVERS,
    IMPLEMENTS,
    INITIATIVE,
    PRODUCT,
    PROJECT,
    STORY,
    WORK_PACKAGE,
)

_DONE = ("close_change",)
_BAD = ("failed", "backed_out")

METRICS = (
    Metric(
        "integration.project_change_failure",
        "Failed changes of projects",
        "%",
        "100 * closed changes that implement work of a project with the outcome failed or backed out / such changes",
        metrics.Share(
            metrics.Items(CHANGE, metrics.Did(*_DONE), Holds("for_project", (True,))), Holds("outcome", _BAD)
        ),
    ),
    Metric(
        "integration.release_lead_time",
        "Lead time of a release",
        "days",
        "median(end of the change - making of the oldest story that it delivers, be it by a feature or an increment)"
        " of changes that were closed",
        metrics.median(
            metrics.Items(CHANGE, metrics.Did(*_DONE)),
            metrics.Between(metrics.At("oldest_story_at"), metrics.At("actual_end")),
        ),
    ),
    Metric(
        "integration.run_project_improve_split",
        "Time for running, projects and improving",
        "%",
        "sum of the confirmed percents of people's time, by purpose; the split aimed at is in `capacity_split`",
        metrics.Sum(metrics.Standing(ALLOCATION, "confirmed"), metrics.Number("percent")),
        dimensions=["purpose"],
    ),
    Metric(
        "integration.aligned_projects",
        "Projects that serve the objectives well",
        "%",
        "100 * open projects with an alignment of 60 or more / open projects",
        metrics.Share(metrics.Standing(PROJECT), metrics.AtLeast(metrics.Number("alignment_score"), 60)),
    ),
    Metric(
        "integration.aligned_spending",
        "Spending on projects that serve the objectives well",
        "%",
        "100 * spent by open projects with an alignment of 60 or more / spent by open projects",
        metrics.Ratio(
            metrics.Sum(
                metrics.Standing(PROJECT, (), metrics.AtLeast(metrics.Number("alignment_score"), 60)),
                metrics.Number("spent"),
            ),
            metrics.Sum(metrics.Standing(PROJECT), metrics.Number("spent")),
            100,
        ),
    ),
    Metric(
        "integration.idea_to_benefit",
        "From mandate to benefit",
        "days",
        "median(benefit realized - project mandated)",
        metrics.median(
            metrics.Items(BENEFIT, metrics.Did("confirm_realised")),
            metrics.Between(metrics.At("mandated_at"), metrics.Did("confirm_realised")),
        ),
    ),
    Metric(
        "integration.demand",
        "New demand",
        "count",
        "improvements that were entered, by class of work",
        metrics.Count(metrics.Items(INITIATIVE, metrics.Made())),
        dimensions=["work_class"],
    ),
)


def for_project(ctx: CheckContext) -> bool:
    """Whether the change implements work of a project."""
    return any(each.type in (PRODUCT, WORK_PACKAGE) for each in ctx.linked(IMPLEMENTS))


def oldest_story_at(ctx: CheckContext) -> datetime | None:
    """When the oldest story was made that the change implements, or that is part of what it implements."""
    return min((each.created_at for each in _stories(ctx) if each.state != "removed"), default=None)


def _stories(ctx: CheckContext) -> list[ItemView]:
    """The stories and bugs that a change implements, those of features, increments and products among them."""
    found = {each.key: each for each in ctx.linked(IMPLEMENTS)}
    front = list(found.values())
    while front:
        parts = {part.key: part for each in front for part in _parts(ctx, each) if part.key not in found}
        found |= parts
        front = list(parts.values())
    return [each for each in found.values() if each.type in (STORY, BUG)]


def _parts(ctx: CheckContext, item: ItemView) -> Sequence[ItemView]:
    """The items of which one consists, or that deliver it, one level down."""
    match item.type:
        case types.INCREMENT:
            return ctx.get_all(item.fields.items)
        case types.EPIC | types.FEATURE:
            return ctx.children(of=item.key)
        case types.PRODUCT:
            return ctx.linking(DELIVERS, of=item.key)
        case types.WORK_PACKAGE:
            return [*ctx.get_all(item.fields.products), *ctx.linking(DELIVERS, of=item.key)]
        case _:
            return ()


def mandated_at(ctx: CheckContext) -> datetime | None:
    """When the project was mandated that promised the benefit."""
    key = getattr(ctx.item.fields, "project", None)
    project = ctx.get(key) if key else None
    return None if project is None else project.created_at


def extend(catalog: Extension) -> None:
    """The fields that metrics read, wherever their item types are."""
    if "itil" in catalog.methods:
        catalog.add_field(CHANGE, "for_project", bool, indexed=True)
        catalog.add_computed(CHANGE, Computed("for_project", for_project))
        catalog.add_field(CHANGE, "oldest_story_at", Moment)
        catalog.add_computed(CHANGE, Computed("oldest_story_at", oldest_story_at))
    if "governance" in catalog.methods:
        catalog.add_field(BENEFIT, "mandated_at", Moment)
        catalog.add_computed(BENEFIT, Computed("mandated_at", mandated_at))
