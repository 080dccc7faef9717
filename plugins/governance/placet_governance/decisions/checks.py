"""The demands on a decision: it is complete, and taken by somebody who may.

Source: COBIT 2019, EDM01 Ensured governance framework setting and maintenance.
"""

from __future__ import annotations

from placet import SYSTEM, CheckContext, Verdict, blocked, check, empty_fields, fields_missing, passed
from placet_governance.decisions.fields import DecisionFields
from placet_governance.decisions.rights import RIGHTS
from placet_governance.roles import CIO

#: Options without which there is nothing to decide.
OPTIONS = 2


def deciding_roles(fields: DecisionFields) -> tuple[str, ...]:
    """Roles that may decide it: of its row, or of those beyond the limit; of both once it is escalated."""
    if fields.right is None:
        return ()
    right = RIGHTS[fields.right]
    if fields.beyond_limit and right.beyond:
        return right.beyond
    return (*right.decided_by, *right.beyond) if fields.escalated else right.decided_by


@check("governance")
def right_held(ctx: CheckContext) -> Verdict:
    """Whoever decides holds a role that decides such things, within its limit.

    Reads: `right`, `beyond_limit`, `decided_by` (if empty, whoever makes the transition); the matrix.
    """
    fields: DecisionFields = ctx.item.fields
    if fields.right is None:
        return fields_missing(ctx, ["right"], remedy="name the row of the matrix", who=[ctx.actor])
    right, roles = RIGHTS[fields.right], deciding_roles(fields)
    decider = fields.decided_by or ctx.actor
    if decider not in {ctx.actor, SYSTEM} and ctx.actor != SYSTEM:
        return blocked(
            "{actor} cannot decide in the place of {decider}",
            remedy="let {decider} decide",
            who=[decider],
            message_id="governance.right_held.other",
            params={"actor": ctx.actor, "decider": decider},
        )
    if decider == SYSTEM or ctx.holds(decider, *roles):
        return passed(right=right.title, decided_by=decider)
    return blocked(
        '{actor} may not decide "{right}": that belongs to the {roles}',
        remedy="ask {who}",
        who=[person for role in roles for person in ctx.holders(role)] or list(roles),
        params={
            "actor": decider,
            "right": right.title,
            "roles": " or the ".join(role.partition(".")[2].replace("_", " ") for role in roles),
            "who": ", ".join(dict.fromkeys(p for role in roles for p in ctx.holders(role)))
            or "whoever gives roles",
        },
    )


@check("governance", options=OPTIONS)
def decision_fields(ctx: CheckContext) -> Verdict:
    """A decision answers a question, on at least two options, one of which is chosen with a reason."""
    fields: DecisionFields = ctx.item.fields
    missing = empty_fields(fields, "question", "chosen", "rationale")
    if len(fields.options) < OPTIONS:
        missing.append(f"options ({len(fields.options)} of at least {OPTIONS})")
    if fields.chosen is not None and fields.options and fields.chosen not in fields.options:
        missing.append("chosen that is one of the options")
    if missing:
        return fields_missing(ctx, missing, remedy="complete the decision", who=[ctx.actor])
    return passed(chosen=fields.chosen, options=len(fields.options))


@check("governance")
def replacement_named(ctx: CheckContext) -> Verdict:
    """What takes the place of a decision is a decision that was taken."""
    other = ctx.get(ctx.item.fields.replacement) if ctx.item.fields.replacement else None
    if other is not None and other.state == "decided" and other.key != ctx.item.key:
        return passed(replacement=other.key)
    return blocked(
        "{what}",
        remedy="name the decision that takes its place in replacement",
        who=[CIO.id],
        params={"what": "no decision takes its place" if other is None else f"{other.key} is {other.state}"},
    )
