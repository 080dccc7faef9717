"""The checks of products and increments that go live by changes.

Source: ITIL 4, practices Change enablement and Release management; PRINCE2 7, practice Quality and process Managing
product delivery; COBIT 2019, BAI07.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from placet import CheckContext, ConfirmationStatus, ItemView
from placet_integration.findings import Found, named, standings
from placet_integration.ids import (
    CAUSED_BY_CHANGE,
    CHANGE,
    IMPLEMENTS,
    INCIDENT,
    PRODUCT,
    SERVICE_ACCEPTANCE,
    WORK_PACKAGE,
)

_SERVICE_OWNER = "itil.service_owner"
#: Characters of the reason for which a product is never deployed, at least.
REASON = 20
_GOOD = ("successful", "successful_with_issues")
#: States of a change in which it is neither done nor given up.
_UNSTABLE = ("implement", "backing_out", "failed", "review")
_OPEN_INCIDENT = ("new", "triaged", "in_progress", "pending")
_URGENT = ("P1", "P2")


def changes_for(ctx: CheckContext, *keys: str) -> list[ItemView]:
    """The changes that put any of these items into operation, each once."""
    sources = ctx.reachable(IMPLEMENTS, of=keys or [ctx.item.key], inwards=True, steps=1)
    return [each for each in ctx.get_all(sources) if each.type == CHANGE]


def _unfit(ctx: CheckContext, changes: list[ItemView]) -> Iterable[Found]:
    """The changes that did not do it, or that there is none."""
    live = [each for each in changes if each.state not in ("cancelled", "rejected")]
    ended = [each for each in live if each.state in ("review", "closed") and each.fields.outcome is not None]
    if not live:
        yield Found()
        return
    yield from standings(ctx, [each for each in live if each not in ended], "unfinished")
    for each in ended:
        if each.workspace != ctx.workspace.key:
            yield Found("elsewhere", {"keys": [each.key], "open": 1})
        else:
            yield Found(
                "unfit", {"change": named(ctx, each), "outcome": each.fields.outcome.replace("_", " ")}
            )


def change_live(ctx: CheckContext) -> Iterable[Found]:
    """A change that implements the increment has put it into operation: it is done, successfully or with issues."""
    changes = changes_for(ctx)
    good = [each for each in changes if _went_well(each, ("review", "closed"))]
    if any(_put_live(each, ctx.item.key) for each in good):
        return
    if good:
        yield Found("late", {"changes": [named(ctx, each) for each in good]})
        return
    yield from _unfit(ctx, changes)


def _put_live(change: ItemView, key: str) -> bool:
    """Whether the item was one of those that the change implemented when its work was done.

    A change of a workspace without these bridges keeps no such list: there the link counts.
    """
    kept = getattr(change.fields, "put_live", None)
    return kept is None or key in kept


def _went_well(change: ItemView, states: tuple[str, ...]) -> bool:
    return change.state in states and change.fields.outcome in _GOOD


def is_deployed(product: ItemView) -> bool:
    """Whether it goes live by a change: it is not an external one, and nobody has said why it is never deployed."""
    return product.fields.kind != "external" and not _is_excepted(product)


def _is_excepted(product: ItemView) -> bool:
    return getattr(product.fields, "deployable", True) is False and _explained(product) >= REASON


def _explained(product: ItemView) -> int:
    """Characters of the reason."""
    return len((product.fields.not_deployed_because or "").strip())


def exception_explained(ctx: CheckContext) -> Iterable[Found]:
    """A product that is marked as never deployed says why.

    Reads: `deployable`, `not_deployed_because`.
    """
    fields = ctx.item.fields
    if fields.deployable is not False or fields.kind == "external":
        return
    if not _is_excepted(ctx.item):
        yield Found(figures={"said": _explained(ctx.item), "least": REASON})


def change_closed(ctx: CheckContext) -> Iterable[Found]:
    """A product that is deployed is handed over once a change has put it into operation as it was last approved.

    Reads: `kind`, `deployable` and the reason of that; the changes that implement the product: one is closed,
    successful or successful with issues, and ended after the product was approved.
    """
    if not is_deployed(ctx.item):
        return
    changes, approved = changes_for(ctx), ctx.item.state_since
    closed = [each for each in changes if _went_well(each, ("closed",))]
    live = [each for each in closed if _put_live(each, ctx.item.key)]
    if any(_ended(each) >= approved for each in live):
        return
    if closed and not live:
        yield Found("late", {"changes": [named(ctx, each) for each in closed]})
        return
    if closed:
        yield Found("earlier", {"changes": [named(ctx, each) for each in closed], "approved": approved})
        return
    yield from _unfit(
        ctx, [each for each in changes if each.state != "review" or not _went_well(each, ("review",))]
    )
    yield from standings(ctx, [each for each in changes if _went_well(each, ("review",))], "unfinished")


def _ended(change: ItemView) -> datetime:
    moment: datetime = change.fields.actual_end or change.state_since
    return moment


def service_accepts(ctx: CheckContext) -> Iterable[Found]:
    """Operations accept the product: known errors and a support group are named, and its service owner confirms it.

    Reads: `support_group`, `known_errors`, `service_owner`, and that person's confirmation.
    """
    fields = ctx.item.fields
    missing = [
        name for name in ("service_owner", "support_group", "known_errors") if not getattr(fields, name)
    ]
    if missing:
        yield Found("missing", {"fields": missing})
    owner = fields.service_owner
    if owner is None:
        return
    if "itil" in ctx.workspace.methods and not ctx.holds(owner, _SERVICE_OWNER):
        yield Found("other", {"person": owner}, who=ctx.holders(_SERVICE_OWNER))
    elif ctx.confirmation(SERVICE_ACCEPTANCE).status(owner) is not ConfirmationStatus.CONFIRMED:
        yield Found(figures={"person": owner}, who=(owner,))


def wp_delivered(ctx: CheckContext) -> Iterable[Found]:
    """A change that implements work of a project is authorized once the package is delivered, in no exception.

    Reads: the work packages that the change implements, those of products that it implements, and their stages.
    """
    found = ctx.linked(IMPLEMENTS)
    packages = {each.key: each for each in found if each.type == WORK_PACKAGE}
    of_products = [each.fields.work_package for each in found if each.type == PRODUCT]
    packages |= {each.key: each for each in ctx.get_all(key for key in of_products if key)}
    yield from standings(
        ctx, [each for each in packages.values() if each.state not in ("delivered", "received")]
    )
    stages = dict.fromkeys(each.fields.stage for each in packages.values() if each.fields.stage)
    halted = [each for each in ctx.get_all(stages) if each.state == "in_exception"]
    yield from standings(ctx, halted, "exception")


def changes_stable(ctx: CheckContext) -> Iterable[Found]:
    """No change that implements a product or a package of the stage is being done, or has failed, or is in review."""
    keys = [each.key for type in (PRODUCT, WORK_PACKAGE) for each in ctx.items(type, stage=ctx.item.key)]
    changes = changes_for(ctx, *keys) if keys else []
    yield from standings(ctx, [each for each in changes if each.state in _UNSTABLE])


def no_p1p2(ctx: CheckContext) -> Iterable[Found]:
    """Early life is over: some business days have passed since the last handover, and no urgent incident is open.

    Reads: products of the project that are handed over; incidents of priority P1 or P2 that a change of the project has
    caused. Setting: `early_life`, business days.
    """
    products = ctx.items(PRODUCT, project=ctx.item.key)
    keys = [each.key for each in (*products, *ctx.items(WORK_PACKAGE, project=ctx.item.key))]
    changes = changes_for(ctx, *keys) if keys else []
    incidents = [
        each
        for each in ctx.get_all(
            ctx.reachable(CAUSED_BY_CHANGE, of=[each.key for each in changes], inwards=True, steps=1)
            if changes
            else ()
        )
        if each.type == INCIDENT and each.state in _OPEN_INCIDENT and each.fields.priority in _URGENT
    ]
    yield from standings(ctx, incidents)
    handed = [each.state_since for each in products if each.state == "handed_over"]
    if handed:
        days: int = ctx.settings.early_life
        ends = ctx.workspace.calendar.add_days(max(handed), days)
        if ctx.now < ends:
            yield Found("early", {"days": days, "ends": ends}, earliest=ends)
