"""Building blocks of the checks: verdicts in one line, and the registers of a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from placet import (
    CheckContext,
    ItemView,
    Role,
    Verdict,
    blocked,
    fields_missing,
    is_empty,
    named,
    passed,
    standing,
    strictest,
)
from placet_prince2.document_kinds import Kind
from placet_prince2.ids import MANAGEMENT_PRODUCT, STAGE
from placet_prince2.numbers.days import WRITTEN
from placet_prince2.numbers.tolerances import Aspect, Tolerance, missing


def demand(
    met: bool,  # noqa: FBT001  # read as a sentence: demand(this, "or else this")
    message: str,
    remedy: str,
    who: Iterable[Role],
    *,
    inputs: Sequence[str] = (),
    **params: Any,
) -> Verdict:
    """Met, or blocked with this message."""
    if met:
        return passed(**{name: value for name, value in params.items() if name != "items"})
    return blocked(message, remedy=remedy, who=[role.id for role in who], params=params, inputs=inputs)


def all_of(*verdicts: Verdict) -> Verdict:
    """All of them have to be met; every blocker is reported."""
    return strictest(verdicts)


def all_final(
    items: Sequence[ItemView], states: Iterable[str], what: str, remedy: str, who: Iterable[Role]
) -> Verdict:
    """Every item is in one of the states; those that are not are named with their state."""
    wanted = tuple(states)
    open_ones = [item for item in items if item.state not in wanted]
    return demand(
        not open_ones,
        f"{{open:count {what}}} not finished: {{items:standing}}",
        remedy,
        who,
        open=len(open_ones),
        items=[standing(item) for item in open_ones[:10]],
    )


def lacking(ctx: CheckContext, names: Iterable[str], remedy: str, who: Iterable[Role]) -> Verdict:
    """Fields are filled in."""
    empty = [name for name in names if is_empty(getattr(ctx.item.fields, name))]
    if not empty:
        return passed()
    return fields_missing(ctx, empty, remedy=remedy, who=[role.id for role in who])


def documents(ctx: CheckContext, project: str | None, kind: Kind, *states: str) -> list[ItemView]:
    """The management products of a kind in a project, the newest first, without those withdrawn or superseded."""
    if project is None:
        return []
    wanted = states or ("draft", "in_review", "approved")
    return list(reversed(ctx.items(MANAGEMENT_PRODUCT, states=wanted, project=project, kind=kind)))


def stages(ctx: CheckContext, project: str | None) -> list[ItemView]:
    """The stages of a project by number, without terminated ones."""
    found = ctx.items(STAGE, project=project) if project else []
    return sorted((each for each in found if each.state != "terminated"), key=lambda each: each.fields.number)


def own(items: Iterable[ItemView], project: str | None, who: Iterable[Role]) -> Verdict:
    """These items belong to the project: who decides in one project decides nothing in another."""
    foreign = [named(each) for each in items if each.fields.project != project]
    return demand(
        not foreign, "of another project: {items:and}", "name items of this project", who, items=foreign
    )


def units_fit(ctx: CheckContext, tolerances: Iterable[Tolerance], who: Iterable[Role]) -> Verdict:
    """Tolerances for time, cost and risk are in the units of the workspace. Settings: `time_unit`, `currency`."""
    days = WRITTEN[ctx.settings.time_unit]
    units = {Aspect.TIME: days, Aspect.COST: (ctx.settings.currency,), Aspect.RISK: (ctx.settings.currency,)}
    other = [
        f"{each.aspect} in {each.unit} and not in {units[each.aspect][0]}"
        for each in tolerances
        if each.unit not in units.get(each.aspect, (each.unit,))
    ]
    return demand(not other, "a tolerance is in another unit than that of the workspace: {other:and}",
                  "give it in the unit of the workspace", who, other=other)  # fmt: skip


def indicators_fit(ctx: CheckContext, tolerances: Iterable[Tolerance], who: Iterable[Role]) -> Verdict:
    """Every indicator of sustainability has a tolerance in its unit, and no other. Setting: `sustainability_kpis`."""
    known = {each.id: each.unit for each in ctx.settings.sustainability_kpis}
    given = {each.indicator: each.unit for each in tolerances if each.aspect is Aspect.SUSTAINABILITY}
    wrong = [f"{id} in {unit}" for id, unit in known.items() if given.get(id) != unit]
    strange = [id or "without an indicator" for id in given if id not in known]
    return all_of(
        demand(not wrong, "sustainability needs a tolerance for {wrong:and}", "set it in that unit", who, wrong=wrong),
        demand(not strange, "sustainability has tolerances that nobody measures: {strange:and}",
               "name an indicator of the workspace", who, strange=strange),
    )  # fmt: skip


def tolerances_missing(
    tolerances: Any, required: Iterable[Aspect], remedy: str, who: Iterable[Role]
) -> Verdict:
    """Every one of these aspects has a tolerance."""
    without = [aspect.value for aspect in missing(tolerances, required)]
    return demand(not without, "no tolerance is set for {aspects:and}", remedy, who, aspects=without)
