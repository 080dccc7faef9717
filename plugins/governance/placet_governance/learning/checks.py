"""The demands on risks and lessons.

Source: PRINCE2 7, practice risk; principle learn from experience.
"""

from __future__ import annotations

from placet import CheckContext, Verdict, blocked, check, empty_fields, fields_missing, fields_present, passed
from placet_governance.learning.fields import ONLY_FOR, RiskFields
from placet_governance.roles import EXECUTIVE, LESSONS_OWNER, RISK_OWNER

risk_numbers = fields_present(
    "governance.risk_numbers",
    "probability_percent",
    "impact_level",
    "cost_impact",
    "proximity",
    remedy="score the risk: {fields}",
    who=[RISK_OWNER],
)
lesson_readers = fields_present(
    "governance.lesson_readers",
    "applies_to",
    remedy="say in {fields} for which methods, item types or tags it is good",
    who=[LESSONS_OWNER],
)
lesson_action = fields_present(
    "governance.lesson_action",
    "action",
    remedy="name in {fields} the item that puts the lesson into practice",
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
    kind = None if fields.response is None else ONLY_FOR.get(fields.response)
    if kind is not None and kind is not fields.kind and fields.response is not None:
        missing.append(
            f"a response that fits ({fields.response} is for {kind} only, and it is {fields.kind})"
        )
    if fields.review_by is not None and fields.review_by <= ctx.now.date():
        missing.append(f"review_by in the future (it is {fields.review_by})")
    if missing:
        return fields_missing(ctx, missing, remedy="complete the response", who=[RISK_OWNER.id])
    return passed(response=str(fields.response), residual_score=fields.residual_score)


@check("governance")
def accept_level(ctx: CheckContext) -> Verdict:
    """A high residual score is accepted by the executive, and by nobody else.

    Setting: `executive_accepts_from`. The score before a response counts where there is none after it.
    """
    fields: RiskFields = ctx.item.fields
    score = fields.residual_score or fields.score or 0
    limit = ctx.settings.executive_accepts_from
    if score < limit or ctx.holds(ctx.actor, EXECUTIVE.id):
        return passed(score=score)
    return blocked(
        "a score of {score} needs the executive, from {limit} on",
        remedy="ask {who}",
        who=[EXECUTIVE.id],
        params={
            "score": score,
            "limit": limit,
            "who": ", ".join(ctx.holders(EXECUTIVE.id)) or "whoever gives roles: nobody is executive",
        },
    )
