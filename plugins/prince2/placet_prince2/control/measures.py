"""The forecasts of a package, a stage or a project, taken from items for the pure arithmetic of `numbers`.

Source: PRINCE2 7, practice Progress. Our choice: what still runs cannot end before today, so that a forecast that has
passed is outside as soon as its tolerance has passed too; stages that are not planned yet cost what the project plan
leaves for them, and end with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from placet import CheckContext, ItemView
from placet_governance.ids import BENEFIT, RISK
from placet_prince2.ids import PRODUCT, PROJECT, STAGE, WORK_PACKAGE
from placet_prince2.numbers import measures, roll_up
from placet_prince2.numbers.roll_up import Figures
from placet_prince2.numbers.tolerances import Aspect, Tolerance

#: Work that still goes on, so that it cannot have ended before today.
RUNNING = {
    STAGE: ("active", "in_exception", "boundary"),
    WORK_PACKAGE: ("accepted", "in_progress"),
    PROJECT: ("delivering", "in_exception"),
}
#: States of products whose description is agreed.
BASELINED = ("baselined", "in_development", "in_review", "approved", "handed_over")
OPEN_RISKS = ("identified", "assessed", "responding", "accepted")
#: Packages that a team has been offered, and that count for their stage.
COMMITTED = ("offered", "accepted", "in_progress", "delivered", "received")
#: Packages whose money counts for their stage: that of a cancelled one is spent all the same.
PAID = (*COMMITTED, "cancelled")
_GIVEN_UP = ("cancelled", "terminated")
_ENDED = ("received", "completed", *_GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Expected:
    """The value that is expected of one aspect at the end."""

    value: Decimal | date
    #: Items for which it is outside, whatever the figure is.
    because: tuple[str, ...] = ()


def figures(item: ItemView) -> Figures:
    """Cost and time of a stage or a work package."""
    fields = item.fields
    return Figures(
        budget=fields.budget,
        actual_cost=fields.actual_cost,
        estimate_to_complete=fields.estimate_to_complete,
        planned_end=fields.planned_end,
        forecast_end=fields.forecast_end,
        ended=item.state in _ENDED,
        given_up=item.state in _GIVEN_UP,
    )


def with_packages(
    ctx: CheckContext, stages: Iterable[ItemView], **where: Any
) -> list[tuple[Figures, list[Figures]]]:
    """Stages, each with its packages, which are found by their stage or by their project."""
    paid = [(each.fields.stage, figures(each)) for each in ctx.items(WORK_PACKAGE, states=PAID, **where)]
    return [(figures(stage), [own for key, own in paid if key == stage.key]) for stage in stages]


class Measuring:
    """Measures one item; what several aspects need is read once."""

    def __init__(self, ctx: CheckContext, subject: ItemView) -> None:
        self._ctx = ctx
        self._subject = subject

    def expected(self, tolerance: Tolerance) -> Expected | None:
        """The forecast that a tolerance is about; `None` while it is not known."""
        match tolerance.aspect:
            case Aspect.TIME:
                return self._time()
            case Aspect.COST:
                return self._cost()
            case Aspect.SCOPE:
                return self._scope()
            case Aspect.QUALITY:
                return Expected(Decimal(sum(bool(product.fields.failing) for product in self._products)))
            case Aspect.RISK:
                return self._risk()
            case _:
                return self._indicator(tolerance)

    @cached_property
    def _stages(self) -> list[tuple[Figures, list[Figures]]]:
        """The stages, each with its packages; a stage alone is a list of one."""
        own = self._subject
        if own.type == WORK_PACKAGE:
            return [(figures(own), [])]
        stages = self._ctx.items(STAGE, project=own.key) if own.type == PROJECT else [own]
        return with_packages(self._ctx, stages, **self._where)

    @property
    def _whole(self) -> roll_up.Whole:
        fields = self._subject.fields
        return roll_up.Whole(self._stages, fields.budget, fields.planned_end)

    def _time(self) -> Expected | None:
        end = self._end()
        if end is None:
            return None
        running = self._subject.state in RUNNING[self._subject.type]
        return Expected(max(end, self._ctx.today) if running else end)

    def _end(self) -> date | None:
        if self._subject.type != PROJECT:
            [(own, packages)] = self._stages
            return own.end if own.ended else roll_up.stage_end(own, packages)
        return self._whole.end

    def _cost(self) -> Expected | None:
        if not self._stages:
            return None
        # Until its team forecasts something else, a package costs its budget.
        known = self._subject.type == WORK_PACKAGE and self._subject.fields.budget is not None
        known |= any((own.actual_cost, own.estimate_to_complete) != (None, None) for own, _ in self._stages)
        if not known:
            return None
        if self._subject.type == PROJECT:
            return Expected(self._whole.cost)
        [(own, packages)] = self._stages
        return Expected(roll_up.stage_cost(own, packages))

    @cached_property
    def _products(self) -> Sequence[ItemView]:
        if self._subject.type == WORK_PACKAGE:
            found = self._ctx.get_all(self._subject.fields.products)
            return [product for product in found if product.state in BASELINED]
        return self._ctx.items(PRODUCT, states=BASELINED, **self._where)

    @property
    def _where(self) -> dict[str, Any]:
        return {"project" if self._subject.type == PROJECT else "stage": self._subject.key}

    def _scope(self) -> Expected | None:
        products = [
            measures.ProductForecast(
                each.key, each.fields.weight or 1, each.fields.moscow == "must", not each.fields.undelivered
            )
            for each in self._products
        ]
        if not products:
            return None
        return Expected(measures.scope_percent(products), measures.undelivered_musts(products))

    def _risk(self) -> Expected:
        found = self._ctx.items(RISK, states=OPEN_RISKS, **self._where)
        threats = [threat(each) for each in found if each.fields.kind == "threat"]
        return Expected(
            measures.exposure(threats),
            measures.single_threats(threats, red=self._ctx.settings.single_risk_red),
        )

    def _indicator(self, tolerance: Tolerance) -> Expected | None:
        # After a tolerance in another unit, older forecasts say nothing about it.
        given = [
            each
            for each in self._subject.fields.forecasts
            if each.measure == tolerance.measure and each.unit in {None, tolerance.unit}
        ]
        if given:
            return Expected(max(given, key=lambda each: each.as_of).value)
        if tolerance.aspect is not Aspect.BENEFITS:
            return None
        benefits = self._ctx.items(BENEFIT, project=self._subject.key)
        values = [each.fields.forecast_value for each in benefits if each.state != "withdrawn"]
        known = [value for value in values if value is not None]
        return Expected(sum(known, Decimal(0))) if known else None


def threat(risk: ItemView) -> measures.Threat:
    """An open threat as it counts: after the response once one is in hand."""
    fields = risk.fields
    responded = risk.state in {"responding", "accepted"}
    percent = fields.residual_probability_percent if responded else None
    cost = fields.residual_cost_impact if responded else None
    score = fields.residual_score if responded else None
    return measures.Threat(
        risk.key,
        (fields.probability_percent or Decimal(0)) if percent is None else percent,
        (fields.cost_impact or Decimal(0)) if cost is None else cost,
        fields.score if score is None else score,
        accepted=risk.state == "accepted",
    )
