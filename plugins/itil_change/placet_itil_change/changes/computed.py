"""The fields of a change that follow from others: its risk, and whether it is reviewed afterwards.

They are computed on every write. Once the implementation has started, they read the past as of that moment, so that the
recorded risk stays the one that was authorized.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from placet import ApprovalStatus, CheckContext, Computed, ConfirmationStatus, ItemView
from placet_itil_change.changes import risk
from placet_itil_change.changes.fields import ChangeFields, ChangeOutcome, ChangeType, Environment
from placet_itil_change.changes.windows import affected
from placet_itil_change.ids import CHANGE, ECAB_APPROVAL, IMPLEMENTS, RAISED_FROM, SPOKEN_AUTHORIZATION

#: Questions about impact and likelihood that people answer.
RISK_QUESTIONS = (
    "planned_outage_min",
    "users_affected",
    "data_class",
    "novelty",
    "complexity",
    "testing",
    "backout",
)  # fmt: skip
#: The answer that authorizes, and the one that is still awaited.
_NOT_REFUSED = {ConfirmationStatus.CONFIRMED, ConfirmationStatus.PENDING}
#: The owners of items of this criticality have a veto.
VETO_CRITICALITY = 5
_FAILED = (ChangeOutcome.FAILED, ChangeOutcome.BACKED_OUT)
#: States in which a change has ended and its outcome is known.
_ENDED = ("review", "closed")


def failures(ctx: CheckContext) -> list[ItemView]:
    """Other changes on the same items that failed or were backed out within the period."""
    until: datetime = ctx.item.fields.actual_start or ctx.now
    since = until - ctx.settings.history_period
    keys = ctx.item.fields.cis
    ended = ctx.items(CHANGE, states=_ENDED, cis__any=keys, actual_end__ge=since, actual_end__le=until)
    found = {change.key: change for change in ended if change.fields.outcome in _FAILED}
    # A failed change that is not restored has not ended.
    broken = ctx.items(CHANGE, states=["failed"], cis__any=keys)
    found |= {change.key: change for change in broken if change.state_since <= until}
    found.pop(ctx.item.key, None)
    return list(found.values())


def history(ctx: CheckContext) -> int | None:
    """1-5, from the failures on the same items."""
    return risk.history_score(len(failures(ctx))) if ctx.item.fields.cis else None


def impact(ctx: CheckContext) -> int | None:
    """1-5, or `None` while a question is open."""
    fields: ChangeFields = ctx.item.fields
    items = affected(ctx)
    if (
        not items
        or fields.users_affected is None
        or fields.planned_outage_min is None
        or fields.data_class is None
    ):
        return None
    criticality = max(item.fields.criticality for item in items)
    return risk.impact_score(criticality, fields.users_affected, fields.planned_outage_min, fields.data_class)


def likelihood(ctx: CheckContext) -> int | None:
    """1-5, or `None` while a question is open."""
    fields: ChangeFields = ctx.item.fields
    answers = (fields.novelty, fields.complexity, fields.testing, fields.backout, fields.history)
    known = [answer for answer in answers if answer is not None]
    return risk.likelihood_score(known) if len(known) == len(answers) else None


def score(ctx: CheckContext) -> int | None:
    """1-25: impact times likelihood."""
    fields: ChangeFields = ctx.item.fields
    if fields.impact_score is None or fields.likelihood_score is None:
        return None
    return fields.impact_score * fields.likelihood_score


def risk_class(ctx: CheckContext) -> risk.RiskClass | None:
    """The class of the score; a standard change has that of its model."""
    fields: ChangeFields = ctx.item.fields
    if fields.type is ChangeType.STANDARD:
        model = ctx.get(fields.model) if fields.model else None
        return (
            None
            if model is None
            else risk.RiskClass(model.fields.risk_class)
            if model.fields.risk_class
            else None
        )
    return None if fields.risk_score is None else risk.risk_class(fields.risk_score, ctx.settings.risk_bands)


def vetoing_owners(ctx: CheckContext) -> list[str]:
    """The owners of the affected items of criticality 5, each of whom can refuse it alone."""
    return sorted(
        {item.fields.owner for item in affected(ctx) if item.fields.criticality >= VETO_CRITICALITY}
    )


def delivers(ctx: CheckContext) -> list[str]:
    """The items that it delivers: once authorized, it delivers no others without being authorized again."""
    return sorted(ctx.item.links.get(IMPLEMENTS, ()))


def incident(ctx: CheckContext) -> str | None:
    """The incident that it is raised from: who decides on an emergency decides for that one."""
    return next(iter(ctx.item.links.get(RAISED_FROM, ())), None)


def point_of_no_return(ctx: CheckContext) -> datetime | None:
    """The last moment at which a back-out still ends in time."""
    fields: ChangeFields = ctx.item.fields
    if fields.planned_end is None or fields.backout_max_min is None:
        return None
    return fields.planned_end - timedelta(minutes=fields.backout_max_min)


def environment(ctx: CheckContext) -> Environment:
    """The environment of its items that counts most; production if none is named."""
    found = {item.fields.environment for item in affected(ctx)}
    return next((each for each in Environment if each in found), Environment.PRODUCTION)


def retroactive(ctx: CheckContext) -> bool:
    """Whether it was begun on a spoken authorization."""
    return bool(ctx.item.doers("transition:implement_on_verbal"))


def unauthorized(ctx: CheckContext) -> bool:
    """Whether it was begun on a spoken authorization that its giver declined, or did not confirm in time.

    The time ends with the change: one that is closed before the answer stays unauthorized. So does one that the
    emergency board refuses afterwards.
    """
    if not retroactive(ctx):
        return False
    asked, board = ctx.confirmation(SPOKEN_AUTHORIZATION), ctx.approval(ECAB_APPROVAL)
    refused = board is not None and board.status is ApprovalStatus.REFUSED
    return refused or not {asked.status(each) for each in asked.named} <= _NOT_REFUSED


def sampled(key: str, ended: datetime | None, percent: int) -> bool:
    """Whether a change is in the sample that is reviewed: by a hash of its key and the microsecond at which it ended.

    Nobody can know before the end whether a change will be in it: until then none is.
    """
    if ended is None:
        return False
    return int(sha256(f"{key} {ended.isoformat()}".encode()).hexdigest()[:8], 16) % 100 < percent


def review_reasons(ctx: CheckContext) -> list[str]:
    """The reasons for a post-implementation review; empty if none is required.

    Source: ITIL 4, practice Change enablement. A change that was never implemented has nothing to review.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.outcome is ChangeOutcome.NOT_IMPLEMENTED:
        return []
    reasons: list[str] = []
    if fields.outcome not in (None, ChangeOutcome.SUCCESSFUL):
        reasons.append(f"the outcome is {fields.outcome.replace('_', ' ')}")
    if fields.type is ChangeType.EMERGENCY:
        reasons.append("it is an emergency")
    if fields.risk_class in (risk.RiskClass.HIGH, risk.RiskClass.VERY_HIGH):
        reasons.append(f"its risk is {fields.risk_class.replace('_', ' ')}")
    if fields.first_after_reinstatement:
        reasons.append("its model was reinstated just before")
    if not reasons and sampled(ctx.item.key, fields.actual_end, ctx.settings.pir_sample_percent):
        reasons.append("it is in the sample")
    return reasons


def pir_required(ctx: CheckContext) -> bool:
    """Whether a post-implementation review is required."""
    return bool(review_reasons(ctx))


#: In this order: each may read the ones before it.
COMPUTED = (
    Computed("history", history),
    Computed("impact_score", impact),
    Computed("likelihood_score", likelihood),
    Computed("risk_score", score),
    Computed("risk_class", risk_class),
    Computed("vetoing_owners", vetoing_owners),
    Computed("delivers", delivers),
    Computed("incident", incident),
    Computed("point_of_no_return", point_of_no_return),
    Computed("environment", environment),
    Computed("retroactive", retroactive),
    Computed("unauthorized", unauthorized),
    Computed("pir_required", pir_required),
)
