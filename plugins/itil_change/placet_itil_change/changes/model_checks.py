"""The checks of change models, of their use, and of configuration items.

Source throughout: ITIL 4, practice Change enablement: a standard change is low in risk, well known, and authorized
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from placet import (
    ApprovalStatus,
    CheckContext,
    ItemView,
    Verdict,
    approval_granted,
    blocked,
    check,
    fields_missing,
    is_empty,
    named,
    passed,
    strictest,
)
from placet_itil_change.changes.fields import ChangeFields, ChangeModelFields, ChangeOutcome, ChangeType
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.changes.windows import EVERYTHING, affected, standing_for
from placet_itil_change.ids import CHANGE, MODEL_APPROVAL
from placet_itil_change.roles import CHANGE_INITIATOR, CHANGE_MANAGER, CONFIGURATION_MANAGER

#: The fields of the recipe.
MODEL_FIELDS = ("steps", "backout_step", "risk_class", "cis_scope", "max_outage_min")
#: The parts of the recipe that its changes have proven.
_PROVEN = ("steps", "backout_step", "cis_scope")
#: Characters of a reason, at least.
REASON_LENGTH = 10
_SUCCESS = (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)

model_votes = approval_granted(
    "itil.model_votes", MODEL_APPROVAL, again="return the model and propose it again"
)


@check("itil")
def model_unchanged(ctx: CheckContext) -> Verdict:
    """A suspended model comes back as it was approved; with another recipe it is approved again.

    Reads: the approval `itil.model_approval`. The time to give it may be over since; that it was given counts.
    """
    asked = ctx.approval(MODEL_APPROVAL)
    lapsed = asked is not None and asked.status is ApprovalStatus.EXPIRED and asked.approvals >= asked.needed
    if asked is not None and (lapsed or asked.status is ApprovalStatus.GRANTED):
        return passed(votes=asked.summary)
    waiting = asked is not None and asked.status is ApprovalStatus.PENDING
    missing = asked.missing if asked is not None and waiting else (CHANGE_MANAGER.id,)
    return blocked(
        "the model is not approved as it is now: {state}" if asked else "the model was never approved",
        remedy="ask {missing:person and} to vote"
        if waiting
        else "ask for its approval again, where it stands",
        who=missing,
        params={"state": asked.summary, "missing": list(missing)} if asked else {"missing": list(missing)},
        message_id="itil.model_unchanged" if asked else "itil.model_unchanged.never",
    )


@check("itil")
def model_active(ctx: CheckContext) -> Verdict:
    """A standard change runs by a model that is active, still valid when it starts, and made for these items.

    Reads: the model's state, `valid_until`, `cis_scope` (an item, or a service for all below it), `max_outage_min`.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.STANDARD:
        # The check of its type says which way it goes.
        return passed(type=fields.type.value)
    model = ctx.get(fields.model) if fields.model else None
    if model is None:
        return blocked(
            "no change model is named",
            remedy="name the change model that it follows, or make it a normal change",
            who=[CHANGE_INITIATOR.id],
            message_id="itil.model_active.none",
            inputs=["model"],
        )
    misfits = list(_misfits(ctx, model))
    if misfits:
        return strictest(misfits)
    return passed(model=model.key, valid_until=model.fields.valid_until)


def _misfits(ctx: CheckContext, model: ItemView) -> Iterator[Verdict]:
    """Each reason why the change cannot run by the model."""
    fields: ChangeFields = ctx.item.fields
    recipe: ChangeModelFields = model.fields

    def misfit(message: str, kind: str, **params: Any) -> Verdict:
        return blocked(
            "change model {model} " + message,
            remedy="make it a normal change",
            who=[CHANGE_MANAGER.id],
            message_id=f"itil.model_active.{kind}",
            params={"model": named(model)} | params,
        )

    if model.state != "active":
        yield misfit("is in {state:state}", "state", state=f"{model.type}:{model.state}")
    first_day = None if fields.planned_start is None else ctx.workspace.calendar.day_of(fields.planned_start)
    if recipe.valid_until and first_day is not None and first_day > recipe.valid_until:
        yield misfit("is valid until {until:day}", "expired", until=recipe.valid_until)
    items = affected(ctx)
    names = standing_for(ctx, items)
    strangers = [named(item) for item in items if names[item.key].isdisjoint(recipe.cis_scope)]
    if strangers:
        yield misfit("is not made for {items:or}", "scope", items=strangers)
    if ctx.item.state == "scheduled" and (changed := _unlike(fields, recipe)):
        yield misfit(
            "has another {fields:field and}: this is not what it authorizes", "plans", fields=changed
        )
    outage, most = fields.planned_outage_min or 0, recipe.max_outage_min or 0
    if outage > most:
        yield misfit(
            "allows {most} min of outage, and {outage} min are planned", "outage", most=most, outage=outage
        )


def _unlike(fields: ChangeFields, recipe: ChangeModelFields) -> list[str]:
    """The plans of a scheduled change that are no longer those that it took over from its model."""
    return [name for name, plan in plans_of(recipe).items() if getattr(fields, name) != plan]


def plans_of(recipe: ChangeModelFields) -> dict[str, Any]:
    """The plans of a change that runs by a model."""
    return {
        "implementation_plan": "\n".join(f"{n}. {step}" for n, step in enumerate(recipe.steps, 1)),
        "test_plan": recipe.test_plan,
        "backout_plan": recipe.backout_step,
        "backout_max_min": recipe.backout_max_min,
    }


@check("itil")
def model_fields(ctx: CheckContext) -> Verdict:
    """A model says how it is done, how it is taken back, on what, with how much outage; and its risk is low."""
    fields: ChangeModelFields = ctx.item.fields
    missing = [name for name in MODEL_FIELDS if is_empty(getattr(fields, name))]
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="complete the model", who=[CHANGE_INITIATOR.id]))
    if fields.risk_class not in (None, RiskClass.LOW):
        verdicts.append(
            blocked(
                "its risk class is {risk_class:word}, and only changes of low risk can be standard",
                remedy="run it as a normal change",
                who=[CHANGE_INITIATOR.id],
                message_id="itil.model_fields.risk",
                params={"risk_class": fields.risk_class},
            )
        )
    members = [key for key in fields.cis_scope if key != EVERYTHING]
    there = {item.key for item in ctx.get_all(members)}
    unknown = [key for key in members if key not in there]
    if unknown:
        verdicts.append(
            blocked(
                "its scope names {keys:and}, and there is no such item",
                remedy="name configuration items, or all",
                who=[CHANGE_INITIATOR.id],
                message_id="itil.model_fields.scope",
                params={"keys": unknown},
            )
        )
    return strictest(verdicts) if verdicts else passed(fields=list(MODEL_FIELDS))


@check("itil")
def model_validity(ctx: CheckContext) -> Verdict:
    """A model is valid from now for a year at most, or as long as the workspace allows: then it is looked at again.

    Setting: `model_validity_days`.
    """
    until = ctx.item.fields.valid_until
    days: int = ctx.settings.model_validity_days
    latest = ctx.today + timedelta(days=days)
    if until is None or ctx.today < until <= latest:
        return passed(valid_until=until or latest)
    return blocked(
        "it would be valid until {until:day}; a model is valid for {days:count day} at most, until {latest:day}",
        remedy="give a day after today, {latest:day} at the latest",
        who=[CHANGE_MANAGER.id],
        params={"until": until, "days": days, "latest": latest},
        inputs=["valid_until"],
    )


@check("itil")
def model_track_record(ctx: CheckContext) -> Verdict:
    """A change becomes standard after it was done as a normal one: often enough, always well, and lately.

    Only changes count that were done by the recipe as it stands, on items that it is made for: who changes the steps,
    how it is taken back or its scope proves it anew.

    Reads: normal changes that name the model. Settings: `model_min_success`, `model_evidence_days`.
    """
    needed: int = ctx.settings.model_min_success
    good, bad = _done_by(ctx)
    oldest = ctx.now - timedelta(days=ctx.settings.model_evidence_days)
    recent = needed == 0 or any(c.fields.actual_end and c.fields.actual_end >= oldest for c in good)
    if len(good) >= needed and not bad and recent:
        return passed(successful=[change.key for change in good])
    verdicts: list[Verdict] = []
    remedy, who = "run it as a normal change first", [CHANGE_INITIATOR.id]
    if len(good) < needed:
        verdicts.append(
            blocked(
                "{n:count successful normal change} of {needed} required",
                remedy=remedy,
                who=who,
                params={"n": len(good), "needed": needed},
            )
        )
    elif not recent:
        verdicts.append(
            blocked(
                "the last successful change ended more than {days:count day} ago",
                remedy=remedy,
                who=who,
                message_id="itil.model_track_record.old",
                params={"days": ctx.settings.model_evidence_days},
            )
        )
    if bad:
        verdicts.append(_failed(bad, who))
    return strictest(verdicts)


def _failed(changes: list[ItemView], who: list[str]) -> Verdict:
    return blocked(
        "{changes:and} did not succeed",
        remedy="improve the model, and propose a new one",
        who=who,
        message_id="itil.model_track_record.failed",
        params={"changes": [named(change) for change in changes]},
    )


def _done_by(ctx: CheckContext) -> tuple[list[ItemView], list[ItemView]]:
    """The normal changes done by the model: those that prove it, and those that did not succeed."""
    done = [
        change
        for change in ctx.items(CHANGE, states=("closed", "review", "failed"), model=ctx.item.key)
        if change.fields.type is ChangeType.NORMAL
    ]
    good = [
        change
        for change in done
        if change.state == "closed" and change.fields.outcome in _SUCCESS and _proves(ctx, change)
    ]
    return good, [change for change in done if change.fields.outcome not in (*_SUCCESS, None)]


def _proves(ctx: CheckContext, change: ItemView) -> bool:
    """Whether a change was done by the recipe as it stands, on items in its scope."""
    recipe: ChangeModelFields = ctx.item.fields
    settled = max(filter(None, map(ctx.item.edited_at, _PROVEN)), default=None)
    begun = change.fields.actual_start
    items = ctx.get_all(change.fields.cis)
    names = standing_for(ctx, items)
    in_scope = not any(names[item.key].isdisjoint(recipe.cis_scope) for item in items)
    return in_scope and (settled is None or begun is None or settled <= begun)


@check("itil")
def model_pir(ctx: CheckContext) -> Verdict:
    """A suspended model comes back after its failed change was reviewed, changed or with a reason why not."""
    fields: ChangeModelFields = ctx.item.fields
    verdicts: list[Verdict] = []
    failed = ctx.get(fields.failed_change) if fields.failed_change else None
    if failed is not None and not _reviewed(failed.fields):
        verdicts.append(
            blocked(
                "the review of {change} is not done",
                remedy="complete the review",
                who=[CHANGE_MANAGER.id],
                params={"change": named(failed)},
            )
        )
    edits = (ctx.item.edited_at(name) for name in MODEL_FIELDS)
    edited = any(edit is not None and edit > ctx.item.state_since for edit in edits)
    if not edited and len(ctx.comment.strip()) < REASON_LENGTH:
        verdicts.append(
            blocked(
                "the model is as it was when it was suspended",
                remedy="edit it, or say in the comment why it stays",
                who=[CHANGE_MANAGER.id],
                message_id="itil.model_pir.unchanged",
                inputs=["comment"],
            )
        )
    if fields.valid_until is not None and fields.valid_until < ctx.today:
        verdicts.append(
            blocked(
                "it was valid until {until:day}",
                remedy="give a later day until which it is valid",
                who=[CHANGE_MANAGER.id],
                message_id="itil.model_pir.expired",
                params={"until": fields.valid_until},
                inputs=["valid_until"],
            )
        )
    return strictest(verdicts) if verdicts else passed(failed_change=fields.failed_change, edited=edited)


def _reviewed(fields: ChangeFields) -> bool:
    answered = not is_empty(fields.pir_reviewer) and not is_empty(fields.pir_findings)
    return answered and fields.pir_reviewer != fields.implementer


@check("itil")
def ci_change(ctx: CheckContext) -> Verdict:
    """A configuration item goes live, and is retired, by a change: closed and successful, since it stands as it does.

    Setting: `ci_requires_change`.
    """
    if not ctx.settings.ci_requires_change:
        return passed(ci_requires_change=False)
    closed = ctx.items(CHANGE, states=["closed"], cis__has=ctx.item.key, actual_end__ge=ctx.item.state_since)
    good = [change.key for change in closed if change.fields.outcome in _SUCCESS]
    if good:
        return passed(changes=good)
    return blocked(
        "no successful change covers this item",
        remedy="raise a change for it, and close that successfully",
        who=[CONFIGURATION_MANAGER.id],
    )
