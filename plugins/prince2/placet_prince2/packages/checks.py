"""The checks of a work package.

Source: PRINCE2 7, processes Controlling a stage and Managing product delivery.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from placet import CheckContext, ItemView, Verdict, blocked, check, plain_number, standing
from placet_prince2.checking import all_final, all_of, demand, lacking, own, tolerances_missing
from placet_prince2.control.measures import BASELINED, PAID
from placet_prince2.ids import QUALITY_ACTIVITY, WORK_PACKAGE
from placet_prince2.numbers.days import unit_of
from placet_prince2.numbers.limits import end_fit, package_cost_fit
from placet_prince2.numbers.tolerances import Aspect
from placet_prince2.packages.fields import PackageFields
from placet_prince2.place import stage_of
from placet_prince2.roles import EXECUTIVE, PROJECT_ASSURANCE, PROJECT_MANAGER, TEAM_MANAGER
from placet_prince2.stages.checks import same_units, tolerance_for

_DESCRIBED = ("products", "planned_start", "planned_end", "budget", "checkpoint_interval")


@check("prince2")
def stage_is_active(ctx: CheckContext) -> Verdict:
    """The stage is active."""
    stage = stage_of(ctx)
    if stage is None:
        return blocked("it belongs to no stage", remedy="make it below a stage", who=[PROJECT_MANAGER.id])
    return demand(stage.state == "active", "{stage:standing}", "wait for its authorization, or resolve its exception",
                  [EXECUTIVE], stage=standing(stage))  # fmt: skip


@check("prince2")
def wp_complete(ctx: CheckContext) -> Verdict:
    """The package has agreed products, dates, a budget, tolerances for time and cost, and an interval."""
    fields: PackageFields = ctx.item.fields
    early = [each for each in ctx.get_all(fields.products) if each.state not in BASELINED]
    cost, time = (tolerance_for(fields.tolerances, each) for each in (Aspect.COST, Aspect.TIME))
    ordered = (
        fields.planned_start is None
        or fields.planned_end is None
        or fields.planned_start <= fields.planned_end
    )
    aims = {"cost": (cost, fields.budget), "time": (time, fields.planned_end)}
    missed = [name for name, (line, aim) in aims.items() if line is not None and line.target != aim]
    return all_of(
        lacking(ctx, _DESCRIBED, "complete the description", [PROJECT_MANAGER]),
        tolerances_missing(fields.tolerances, (Aspect.TIME, Aspect.COST), "add them", [PROJECT_MANAGER]),
        demand(not early, "{items:standing}, and its description is not agreed", "baseline it first",
               [PROJECT_MANAGER], items=[standing(each) for each in early]),
        own(ctx.get_all(fields.products), fields.project, [PROJECT_MANAGER]),
        demand(ordered, "it ends before it starts", "give dates in order", [PROJECT_MANAGER]),
        demand(not missed, "the tolerance for {aspects:and} does not aim at the budget or the planned end",
               "let it aim at the budget and the planned end of the package", [PROJECT_MANAGER], aspects=missed),
    )  # fmt: skip


@check("prince2")
def wp_limits(ctx: CheckContext) -> Verdict:
    """The package ends inside the tolerance of its stage, and costs no more than the stage has left.

    Other packages take their budgets, and cancelled ones what they have spent.
    """
    fields: PackageFields = ctx.item.fields
    stage = stage_of(ctx)
    if stage is None or fields.budget is None or fields.planned_end is None:
        return blocked(
            "the package has no stage, budget or end", remedy="complete it", who=[PROJECT_MANAGER.id]
        )
    verdicts = [same_units(fields.tolerances, stage.fields.tolerances, "the stage")]
    cost, time = (tolerance_for(stage.fields.tolerances, each) for each in (Aspect.COST, Aspect.TIME))
    if cost is not None:
        packages = ctx.items(WORK_PACKAGE, states=PAID, stage=stage.key)
        others = [_taken(each) for each in packages if each.key != ctx.item.key]
        fit = package_cost_fit(fields.budget, others, cost)
        verdicts.append(
            demand(fit.fits, "the budget of {needed} exceeds the {left} left in the stage", "reduce it",
                   [PROJECT_MANAGER], needed=plain_number(fit.needed), left=plain_number(fit.left))
        )  # fmt: skip
    if time is not None and isinstance(time.target, date):
        fit = end_fit(fields.planned_end, Decimal(0), time, works=ctx.workspace.calendar.open_on)
        day = unit_of(time.unit).noun
        verdicts.append(
            demand(fit.fits, f"it ends {{needed:count {day}}} after the planned end of the stage, and the tolerance of"
                   f" that is {{left:count {day}}}", "plan an earlier end", [PROJECT_MANAGER], needed=int(fit.needed),
                   left=int(fit.left))
        )  # fmt: skip
    return all_of(*verdicts)


def _taken(package: ItemView) -> Decimal:
    """The budget that a package takes from its stage; of a cancelled one, what it has spent."""
    fields: PackageFields = package.fields
    return (fields.actual_cost if package.state == "cancelled" else fields.budget) or Decimal(0)


@check("prince2")
def team_manager_set(ctx: CheckContext) -> Verdict:
    """Exactly one person manages the team, who does not assure the project."""
    held = ctx.holders(TEAM_MANAGER.id)
    both = [person for person in held if ctx.holds(person, PROJECT_ASSURANCE.id)]
    return demand(len(held) == 1 and not both, "{held:count person|people} manage the team, and one is needed who does"
                  " not assure the project", "appoint one team manager", [PROJECT_MANAGER], held=len(held))  # fmt: skip


@check("prince2")
def wp_products(ctx: CheckContext) -> Verdict:
    """Every product of the package is approved, handed over or descoped."""
    return all_final(ctx.get_all(ctx.item.fields.products), ["approved", "handed_over", "descoped"], "product",
                     "finish quality and approval", [TEAM_MANAGER])  # fmt: skip


@check("prince2")
def quality_done(ctx: CheckContext) -> Verdict:
    """No quality activity of its products is outstanding."""
    keys = ctx.item.fields.products
    found = ctx.items(QUALITY_ACTIVITY, states=["scheduled"], product__any=keys) if keys else []
    return all_final(
        found, ["performed"], "quality activity|quality activities", "perform or drop each", [TEAM_MANAGER]
    )
