"""Consequences in a project and its teams of a change that went wrong.

Source: PRINCE2 7, practice Issues: an off-specification; ITIL 4, practices Change enablement and Incident management.
"""

from __future__ import annotations

from contextlib import suppress

from placet import BlockedError, EffectContext, ItemView, effect
from placet_integration.delivery.checks import delivering
from placet_integration.ids import (
    BUG,
    CAUSED_BY_CHANGE,
    CHANGE,
    FEATURE,
    IMPLEMENTS,
    INCIDENT,
    ISSUE,
    PRODUCT,
    RAISED_FROM,
)

_URGENT = ("P1", "P2")
_ENDED = ("closed", "closed_prematurely", "rejected")


def rework_products(ctx: EffectContext) -> None:
    """Send the approved products of the change back to be reworked, each with a bug in the backlog of its team.

    A product whose own rules do not allow that stays as it is, and the change goes on. The bug is of class expedite
    where the change has caused an incident P1.
    """
    first = any(
        each.fields.priority == "P1" for each in ctx.linking(CAUSED_BY_CHANGE) if each.type == INCIDENT
    )
    for product in ctx.linked(IMPLEMENTS):
        if product.type != PRODUCT:
            continue
        if product.state == "approved":
            with suppress(BlockedError):
                ctx.fire(
                    product.key, "rework", comment=f"change {ctx.item.key} did not put it into operation"
                )
        team = _team_of(ctx, product)
        if team is not None:
            _report_bug(ctx, product, team, expedite=first)


def _team_of(ctx: EffectContext, product: ItemView) -> ItemView | None:
    """The working team that made the product: that of its package, or of what delivers it; first one of here."""
    package = ctx.get(product.fields.work_package) if product.fields.work_package else None
    teams = [getattr(package.fields, "team", None)] if package is not None else []
    teams += [each.fields.team for each in delivering(ctx, [product.key]) if each.type != FEATURE]
    found = [each for each in ctx.get_all(team for team in teams if team) if each.state == "working"]
    return min(found, key=lambda each: each.workspace != ctx.workspace.key, default=None)


def _report_bug(ctx: EffectContext, product: ItemView, team: ItemView, *, expedite: bool) -> None:
    """A bug in the team's own workspace: a title and words of another workspace are not for its people."""
    named = product.title if product.workspace == team.workspace else product.key
    said = ctx.comment if team.workspace == ctx.workspace.key else ""
    ctx.create_in(
        team.workspace,
        BUG,
        f"Change {ctx.item.key} failed: {named}"[:200],
        team=team.key,
        severity="critical" if expedite else "high",
        class_of_service="expedite" if expedite else "standard",
        description=said or f"Change {ctx.item.key} was backed out or failed.",
        found_in=ctx.item.key,
    )


@effect("integration")
def raise_issue(ctx: EffectContext) -> None:
    """Raise an off-specification in each open project of which the change that caused the incident delivers a product.

    One for each incident and project; in a project of another workspace where both have agreed to such effects.
    """
    change = ctx.get(ctx.sent["target"])
    if change is None or change.type != CHANGE:
        return
    products = [each for each in ctx.linked(IMPLEMENTS, of=change.key) if each.type == PRODUCT]
    for key in dict.fromkeys(each.fields.project for each in products if each.fields.project):
        project = ctx.get(key)
        if project is None or project.state in _ENDED:
            continue
        if not _known(ctx, project.key):
            _raise(ctx, change, project, [each.key for each in products if each.fields.project == key])


def _known(ctx: EffectContext, project: str) -> bool:
    return any(each.type == ISSUE and each.fields.project == project for each in ctx.linking(RAISED_FROM))


def _raise(ctx: EffectContext, change: ItemView, project: ItemView, products: list[str]) -> None:
    """An issue of the project; of an incident in another workspace its people learn the key alone."""
    named = ctx.item.title if project.workspace == ctx.workspace.key else f"Incident {ctx.item.key}"
    issue = ctx.create_in(
        project.workspace,
        ISSUE,
        f"{named}: caused by change {change.key}"[:200],
        parent=project.key,
        kind="off_specification",
        description=f"Incident {ctx.item.key} comes from change {change.key}, which implements {', '.join(products)}.",
        severity=4 if ctx.item.fields.priority in _URGENT else 3,
        baselines_affected=products,
    )
    if issue is None:
        return
    ctx.link(RAISED_FROM, ctx.item.key, source=issue)
    for product in products:
        ctx.link("prince2.affects", product, source=issue)
