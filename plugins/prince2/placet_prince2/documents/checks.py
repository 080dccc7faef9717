"""The checks of management products, and the figures of a business case.

Source: PRINCE2 7, practices Business case and Plans.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from placet import (
    ApprovalStatus,
    CheckContext,
    Computed,
    Verdict,
    approval_granted,
    blocked,
    check,
    plain_number,
)
from placet_prince2.checking import all_of, demand, lacking
from placet_prince2.document_kinds import Kind
from placet_prince2.documents.fields import CASE, DocumentFields
from placet_prince2.ids import BOARD_DECISION
from placet_prince2.numbers import business_case
from placet_prince2.roles import EXECUTIVE, PROJECT_MANAGER

_CENT, _SIX = Decimal("0.01"), Decimal("0.000001")
#: Figures from here on are not those of a project.
_BEYOND = Decimal(10) ** 18


def _figures(ctx: CheckContext) -> DocumentFields | None:
    fields: DocumentFields = ctx.item.fields
    return fields if fields.kind is Kind.BUSINESS_CASE and 0 in _years(fields) else None


def _years(fields: DocumentFields) -> set[int]:
    """The years with a cash flow."""
    return {each.period for each in (*fields.costs, *fields.benefits)}


def npv(ctx: CheckContext) -> Decimal | None:
    """The net present value of a business case, to the cent; `None` before it has a cash flow in year 0.

    A value beyond all amounts, which a long time at a rate near -100 % gives, is none either.
    """
    case = _figures(ctx)
    if case is None:
        return None
    return _rounded(business_case.npv(case.costs, case.benefits, case.discount_rate), _CENT)


def roi(ctx: CheckContext) -> Decimal | None:
    """The return on investment, in percent; `None` without costs."""
    case = _figures(ctx)
    return None if case is None else _rounded(business_case.roi_percent(case.costs, case.benefits))


def payback(ctx: CheckContext) -> Decimal | None:
    """Years until benefits have paid back the costs; `None` if they never do."""
    case = _figures(ctx)
    return None if case is None else _rounded(business_case.payback_years(case.costs, case.benefits))


def _rounded(figure: Decimal | None, to: Decimal = _SIX) -> Decimal | None:
    """A figure for display; `None` without one, and for one beyond all amounts."""
    return None if figure is None or abs(figure) >= _BEYOND else figure.quantize(to, ROUND_HALF_UP)


FIGURES = (Computed("npv", npv), Computed("roi_percent", roi), Computed("payback_years", payback))


@check("prince2")
def doc_fields(ctx: CheckContext) -> Verdict:
    """It has its content, and the numbers of its kind."""
    fields: DocumentFields = ctx.item.fields
    wanted = ["content"]
    if fields.kind is Kind.BUSINESS_CASE:
        wanted += CASE
    if fields.kind.is_plan and fields.kind is not Kind.TEAM_PLAN:
        wanted += ["planned_start", "planned_end", "budget", "tolerances"]
    valued = fields.kind is Kind.BUSINESS_CASE and 0 in _years(fields)
    ordered = not (fields.planned_start and fields.planned_end) or fields.planned_start <= fields.planned_end
    return all_of(
        lacking(ctx, wanted, "fill these in", [PROJECT_MANAGER]),
        demand(
            not _years(fields) or 0 in _years(fields),
            "the cash flows begin in year {first}",
            "give an amount for year 0, which may be 0",
            [PROJECT_MANAGER],
            first=min(_years(fields), default=0),
        ),
        demand(
            not valued or fields.npv is not None,
            "its net present value is beyond all amounts at {rate} % a year",
            "correct the amounts, or the discount rate",
            [PROJECT_MANAGER],
            rate=plain_number(fields.discount_rate),
        ),
        demand(ordered, "it ends before it starts", "give dates in order", [PROJECT_MANAGER]),
    )


doc_vote = approval_granted(
    "prince2.doc_vote", BOARD_DECISION, again="return it to be revised, or override the objection"
)


@check("prince2")
def objected(ctx: CheckContext) -> Verdict:
    """The decision was refused, so that the executive may override it."""
    asked = ctx.approval(BOARD_DECISION)
    refused = asked is not None and asked.status is ApprovalStatus.REFUSED
    executive = ctx.holders(EXECUTIVE.id)
    by_executive = asked is not None and any(
        vote.decision == "reject" and vote.actor in executive for vote in asked.votes
    )
    if by_executive:
        return blocked("the executive has rejected it", remedy="return it to be revised", who=[EXECUTIVE.id])
    return demand(refused, "nobody has objected", "wait for the votes", [EXECUTIVE])


@check("prince2")
def decision_over(ctx: CheckContext) -> Verdict:
    """The decision has expired or was voided, and can be asked for again."""
    asked = ctx.approval(BOARD_DECISION)
    over = asked is None or asked.status in (ApprovalStatus.EXPIRED, ApprovalStatus.VOIDED)
    return demand(over, "the decision is still asked for, or was taken", "wait for the votes", [EXECUTIVE])
