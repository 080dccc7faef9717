"""The effort log: hours that people worked on an item, each entered by themselves, where a workspace switches it on.

An hour costs the rate of a role that the person holds on the item (`hourly_rates`). The cost of a work package grows
with what is logged on it, and on stories, bugs and tasks that deliver it; PRINCE2 watches its tolerance from there.

Source: COBIT 2019, APO06 Managed budget and costs; PRINCE2 7, practice Progress.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from placet import (
    OPEN,
    SAME,
    ActorId,
    CheckContext,
    EffectContext,
    Extension,
    Gate,
    ItemView,
    Transition,
    Verdict,
    blocked,
    check,
    effect,
    fields_missing,
    passed,
)
from placet_integration.ids import (
    BUG,
    CHANGE,
    DELIVERS,
    INCIDENT,
    INITIATIVE,
    PROBLEM,
    PRODUCT,
    SERVICE_REQUEST,
    STORY,
    WORK_PACKAGE,
)


class Entry(BaseModel):
    """The hours of one person on one day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    actor: ActorId
    day: date
    hours: Decimal
    #: In the workspace's currency; 0 for a role without a rate.
    cost: Decimal


_Hours = Annotated[Decimal, Field(gt=0, le=24, decimal_places=2)]
_Log = Annotated[tuple[Entry, ...], Field(max_length=1000, title="Effort log")]
_BACKLOG = ("new", "refining", "ready", "selected", "in_progress", "in_review", "done", "removed")
#: Item types with a log: who works on them, and all of their states, in which nobody rewrites it.
LOGGED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    WORK_PACKAGE: (
        ("prince2.team_manager", "prince2.project_manager"),
        ("draft", "offered", "accepted", "in_progress", "delivered", "received", "cancelled"),
    ),
    STORY: (("agile.developer",), _BACKLOG),
    BUG: (("agile.developer",), _BACKLOG),
    CHANGE: (
        ("itil.change_implementer", "itil.change_initiator", "itil.resolver"),
        (
            "new", "assess", "authorize", "scheduled", "implement", "backing_out", "failed", "review", "closed",
            "rejected", "cancelled",
        ),
    ),
    INCIDENT: (
        ("itil.resolver", "itil.service_desk_analyst"),
        ("new", "triaged", "in_progress", "pending", "resolved", "closed", "cancelled"),
    ),
    PROBLEM: (
        ("itil.problem_manager", "itil.resolver"),
        ("logged", "investigating", "known_error", "fixing", "observing", "closed", "accepted", "cancelled"),
    ),
    SERVICE_REQUEST: (
        ("itil.fulfiller",),
        (
            "submitted", "awaiting_approval", "in_fulfilment", "pending", "fulfilled", "closed", "rejected",
            "cancelled",
        ),
    ),
    INITIATIVE: (
        ("governance.process_owner",),
        ("logged", "assessed", "approved", "in_progress", "measuring", "embedded", "dropped"),
    ),
}  # fmt: skip


@check("integration")
def effort_given(ctx: CheckContext) -> Verdict:
    """The hours are given, for today or a day before."""
    fields = ctx.item.fields
    if fields.hours_worked is None:
        return fields_missing(ctx, ["hours_worked"], remedy="give the hours", who=[ctx.actor])
    if fields.worked_on is not None and fields.worked_on > ctx.today:
        return blocked(
            "{day:day} has not come yet", remedy="log it when it is done", who=[ctx.actor],
            params={"day": fields.worked_on},
            inputs=["worked_on"],
        )  # fmt: skip
    return passed(hours=fields.hours_worked)


@effect("integration")
def keep_effort(ctx: EffectContext) -> None:
    """Add the hours of the actor to the log, with their cost, by which the package costs more that they are for."""
    fields = ctx.item.fields
    hours: Decimal = fields.hours_worked
    cost = (hours * _rate(ctx)).quantize(Decimal("0.01"))
    entry = Entry(actor=ctx.actor, day=fields.worked_on or ctx.today, hours=hours, cost=cost)
    ctx.set(effort_log=[*fields.effort_log, entry], hours_worked=None, worked_on=None)
    package = _package_of(ctx)
    if package is not None and cost:
        ctx.set_on(package.key, actual_cost=(package.fields.actual_cost or Decimal(0)) + cost)


def _rate(ctx: EffectContext) -> Decimal:
    """The rate of the first role with one that the actor holds on the item."""
    rates: dict[str, Decimal] = ctx.settings.hourly_rates
    return next((rate for role, rate in rates.items() if ctx.holds(ctx.actor, role)), Decimal(0))


def _package_of(ctx: EffectContext) -> ItemView | None:
    """The package that the work is for: the item itself, or the one that it delivers, directly or by a product."""
    if ctx.item.type == WORK_PACKAGE:
        return ctx.item
    for target in ctx.linked(DELIVERS):
        key = target.fields.work_package if target.type == PRODUCT else target.key
        package = ctx.get(key) if key else None
        if package is not None and package.state in ("accepted", "in_progress", "delivered"):
            return package
    return None


_GIVEN = Gate("integration.effort_given", "Hours given", effort_given)


def extend(catalog: Extension) -> None:
    """Add the log to everything that people of the methods work on. Setting: `effort_log`."""
    if not catalog.settings.effort_log:
        return
    for type, (roles, states) in LOGGED.items():
        if type.partition(".")[0] not in catalog.methods:
            continue
        catalog.add_field(type, "effort_log", _Log, (), frozen_in=states)
        catalog.add_field(type, "hours_worked", _Hours)
        catalog.add_field(type, "worked_on", date)
        catalog.add_transition(
            type,
            Transition(
                "log_effort", [OPEN], SAME, roles, gates=[_GIVEN], effects=[keep_effort],
                input=["hours_worked", "worked_on"], title="Log effort",
            ),
        )  # fmt: skip
