"""The checks of risks and lessons.

Source: PRINCE2 7, practice risk; principle learn from experience.
"""

from __future__ import annotations

from placet import (
    Action,
    CheckContext,
    Verdict,
    blocked,
    check,
    empty_fields,
    fields_missing,
    fields_present,
    passed,
    strictest,
)
from placet_governance.learning.computed import level_to_accept
from placet_governance.learning.fields import ONLY_FOR, RiskFields, RiskKind
from placet_governance.roles import EXECUTIVE, LESSONS_OWNER, RISK_OWNER

risk_numbers = fields_present(
    "governance.risk_numbers",
    "probability_percent",
    "impact_level",
    "cost_impact",
    "proximity",
    remedy="score the risk",
    who=[RISK_OWNER],
)
lesson_readers = fields_present(
    "governance.lesson_readers",
    "applies_to",
    remedy="name the methods, item types or tags that it applies to",
    who=[LESSONS_OWNER],
)
lesson_action = fields_present(
    "governance.lesson_action",
    "action",
    remedy="name the item that puts the lesson into practice",
    who=[LESSONS_OWNER],
)


@check("governance")
def response_fields(ctx: CheckContext) -> Verdict:
    """A response fits the kind of risk, has an owner and somebody who acts, and says what is left after it."""
    fields: RiskFields = ctx.item.fields
    missing = empty_fields(
        fields,
        "response",
        "owner",
        "action_owner",
        "residual_probability_percent",
        "residual_cost_impact",
        "review_by",
    )
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="complete the response", who=[RISK_OWNER.id]))
    kind = None if fields.response is None else ONLY_FOR.get(fields.response)
    if kind is not None and kind is not fields.kind:
        verdicts.append(
            blocked(
                "{response:word} is a response to a threat, and this risk is an opportunity"
                if kind is RiskKind.THREAT
                else "{response:word} is a response to an opportunity, and this risk is a threat",
                remedy="choose a response that fits",
                who=[RISK_OWNER.id],
                message_id="governance.response_fields.misfit",
                params={"response": fields.response, "kind": fields.kind},
                inputs=["response"],
            )
        )
    verdicts += _review_ahead(ctx)
    if verdicts:
        return strictest(verdicts)
    return passed(response=str(fields.response), residual_score=fields.residual_score)


def _review_ahead(ctx: CheckContext) -> list[Verdict]:
    day = ctx.item.fields.review_by
    if day is None or day > ctx.today:
        return []
    return [
        blocked(
            "the day of its review, {date:day}, is not in the future",
            remedy="give a later day for the review",
            who=[RISK_OWNER.id],
            message_id="governance.response_fields.past",
            params={"date": day},
            actions=[Action("edit", "Change the day", f"/items/{ctx.item.key}", ("review_by",))],
            inputs=["review_by"],
        )
    ]


@check("governance")
def acceptance_fields(ctx: CheckContext) -> Verdict:
    """An accepted risk has an owner who watches it, and a day on which it is looked at again."""
    missing = empty_fields(ctx.item.fields, "owner", "review_by")
    verdicts = _review_ahead(ctx)
    if missing:
        remedy = "name who watches it, and the day of its review"
        verdicts.append(fields_missing(ctx, missing, remedy=remedy, who=[RISK_OWNER.id]))
    return strictest(verdicts) if verdicts else passed(review_by=ctx.item.fields.review_by)


@check("governance")
def accept_level(ctx: CheckContext) -> Verdict:
    """A risk is accepted by its owner; a high one, above the appetite of the organization, by the executive alone.

    Setting: `executive_accepts_from`. The score after the response counts once a response is in hand, else that before.
    """
    fields: RiskFields = ctx.item.fields
    score, limit = level_to_accept(ctx), ctx.settings.executive_accepts_from
    owner_may = score < limit and ctx.actor == fields.owner
    if owner_may or ctx.holds(ctx.actor, EXECUTIVE.id):
        return passed(score=score)
    executives = list(ctx.holders(EXECUTIVE.id)) or [EXECUTIVE.id]
    if score >= limit:
        return blocked(
            "its score is {score}, and from {limit} on only the executive accepts a risk",
            remedy="ask {executives:person or}",
            who=[EXECUTIVE.id],
            params={"score": score, "limit": limit, "executives": executives},
        )
    deciders = [fields.owner] if fields.owner else executives
    return blocked(
        "{actor:person} does not own this risk, and its owner or the executive accepts it",
        remedy="ask {deciders:person or}",
        who=deciders,
        message_id="governance.accept_level.owner",
        params={"actor": ctx.actor, "deciders": deciders},
    )
