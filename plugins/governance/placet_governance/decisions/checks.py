"""The checks of a decision: it is complete, and taken by somebody who may.

Source: COBIT 2019, EDM01 Ensured governance framework setting and maintenance.
"""

from __future__ import annotations

from placet import (
    SYSTEM,
    Action,
    CheckContext,
    ItemView,
    Verdict,
    blocked,
    check,
    empty_fields,
    fields_missing,
    named,
    passed,
    strictest,
)
from placet_governance.decisions.fields import DecisionFields
from placet_governance.decisions.rights import RIGHTS
from placet_governance.roles import CIO

#: Fields that make it somebody's decision: the row of the matrix, and what is compared with its limit.
MATTER = ("right", "amount", "beyond_limit")
#: Options without which there is nothing to decide.
OPTIONS = 2


@check("governance")
def right_held(ctx: CheckContext) -> Verdict:
    """The decider holds a role that decides such things, within its limit.

    A decision that follows from a transition of another item is recorded as system, with the people who took it there.

    Reads: `right`, `amount`, `beyond_limit`, `decided_by` (if empty, who makes the transition); the matrix. Setting:
    `decision_limits`, by right.
    """
    fields: DecisionFields = ctx.item.fields
    if fields.right is None:
        return fields_missing(
            ctx, ["right"], remedy="name the decision right that it is about", who=[ctx.actor]
        )
    if fields.deciders and ctx.actor == SYSTEM:
        return passed(right=RIGHTS[fields.right].title, decided_by=list(fields.deciders))
    right, roles = RIGHTS[fields.right], fields.deciding
    if fields.amount is None and right.id in ctx.settings.decision_limits:
        return fields_missing(ctx, ["amount"], remedy="enter the figure to be decided on", who=[ctx.actor])
    decider = fields.decided_by or ctx.actor
    if decider != ctx.actor:
        return blocked(
            "{actor:person} cannot decide in the place of {decider:person}",
            remedy="let {decider:person} decide",
            who=[decider],
            message_id="governance.right_held.other",
            params={"actor": ctx.actor, "decider": decider},
        )
    if ctx.holds(decider, *roles):
        return passed(right=right.title, decided_by=decider)
    deciders = list(dict.fromkeys(p for role in roles for p in ctx.holders(role))) or list(roles)
    return blocked(
        '{actor:person} may not decide "{right}": that belongs to the {roles:role or}',
        remedy="ask {deciders:person or}",
        who=deciders,
        params={"actor": decider, "right": right.title, "roles": list(roles), "deciders": deciders},
    )


@check("governance")
def matter_kept(ctx: CheckContext) -> Verdict:
    """The row, the figure, and that it is beyond a limit stay as they were asked: they make it somebody's decision.

    Reads: `right`, `amount` and `beyond_limit` before the transition, and whether they were edited since it was asked.
    Parts that were left open are filled in with the decision.
    """
    asked, now = ctx.before or ctx.item, ctx.item.fields
    changed = [
        name
        for name in MATTER
        if (was := getattr(asked.fields, name)) not in (None, False)
        and (was != getattr(now, name) or _edited(asked, name))
    ]
    if not changed:
        return passed(right=now.right)
    return blocked(
        "{fields:field and} is not as it was asked"
        if len(changed) == 1
        else "{fields:field and} are not as they were asked",
        remedy="decide what was asked, or withdraw it and ask anew",
        who=[ctx.actor],
        params={"fields": changed},
    )


def _edited(item: ItemView, field: str) -> bool:
    """Whether a field was edited after the item was made."""
    edited = item.edited_at(field)
    return edited is not None and edited > item.created_at


@check("governance", options=OPTIONS)
def decision_fields(ctx: CheckContext) -> Verdict:
    """A decision answers a question, on at least two options, one of which is chosen with a reason."""
    fields: DecisionFields = ctx.item.fields
    missing = empty_fields(fields, "question", "chosen", "rationale")
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="complete the decision", who=[ctx.actor]))
    if len(fields.options) < OPTIONS:
        verdicts.append(
            blocked(
                "it has {given:count option}, and at least {needed} are required",
                remedy="add the other options",
                who=[ctx.actor],
                message_id="governance.decision_fields.options",
                params={"given": len(fields.options), "needed": OPTIONS},
                actions=[Action("edit", "Add options", f"/items/{ctx.item.key}", ("options",))],
            )
        )
    if fields.chosen is not None and fields.options and fields.chosen not in fields.options:
        verdicts.append(
            blocked(
                "'{chosen}' is not one of the options",
                remedy="choose one of the options: {options:or}",
                who=[ctx.actor],
                message_id="governance.decision_fields.chosen",
                params={"chosen": fields.chosen, "options": list(fields.options)},
                inputs=["chosen"],
            )
        )
    return strictest(verdicts) if verdicts else passed(chosen=fields.chosen, options=len(fields.options))


@check("governance")
def replacement_named(ctx: CheckContext) -> Verdict:
    """A decision is replaced by one that was taken."""
    other = ctx.get(ctx.item.fields.replacement) if ctx.item.fields.replacement else None
    if other is not None and other.state == "decided" and other.key != ctx.item.key:
        return passed(replacement=other.key)
    return blocked(
        _no_replacement(ctx, other),
        remedy="name the decision that was taken in its place",
        who=[CIO.id],
        message_id="governance.replacement_named.none" if other is None else "governance.replacement_named",
        params={} if other is None else {"decision": named(other), "state": f"{other.type}:{other.state}"},
        inputs=["replacement"] if other is None else [],
    )


def _no_replacement(ctx: CheckContext, other: ItemView | None) -> str:
    if other is None:
        return "no decision is named that replaces it"
    return (
        "a decision cannot replace itself"
        if other.key == ctx.item.key
        else "{decision} is in {state:state}, and only a decision that was taken can replace it"
    )
