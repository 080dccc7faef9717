"""Asking for an approval again: who may, and when."""

from __future__ import annotations

from collections.abc import Sequence

from placet.definitions.context import ApprovalStatus
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError, worded
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import people_of
from placet.engine.rules.material import material
from placet.engine.rules.refusals import refused, type_of

_IN_FORCE = (ApprovalStatus.PENDING, ApprovalStatus.GRANTED)


def demand_asking_again(ctx: Context, approval: str) -> None:
    """Raises `BlockedError` unless the last round of the approval has ended, on an item that still needs it.

    A refusal stands for what was refused: it is asked for again when that has changed.
    """
    item_type = type_of(ctx.unit, ctx.record)
    asking = [each for each in item_type.workflow.transitions if approval in each.asks]
    roles = list(dict.fromkeys(role for each in asking for role in each.roles if role != SYSTEM))
    view = ctx.approval(approval)
    state = item_type.workflow.state(ctx.record.state)
    if view is None:
        asked_by = ctx.asked_by(approval)
        raise refused(
            ctx, approval, "approval", "{approval:approval} was not asked for",
            "use {asked_by:transition or}" if asked_by else "bring it to a state in which it is asked for",
            approval=approval, asked_by=asked_by,
        )  # fmt: skip
    if state is None or state.category.final:
        raise refused(
            ctx, approval, "approval", "it is in {state:state}, where nothing is decided any more",
            "leave it as it is", state=ctx.record.state,
        )  # fmt: skip
    if view.status in _IN_FORCE:
        raise refused(
            ctx, approval, "approval", "{approval:approval} is {status:word}: {summary}",
            "ask those who have not voted" if view.missing else "go on with it",
            approval=approval, status=view.status.value, summary=view.summary,
        )  # fmt: skip
    definition, round = item_type.approval(approval), ctx.record.round(approval)
    stands = round is not None and round.status is ApprovalStatus.REFUSED and round.material
    if stands and definition is not None and stands == material(ctx.record, definition):
        raise refused(
            ctx, approval, "approval", "{approval:approval} is {summary}; since then nothing has changed",
            "change what was refused, or leave it", approval=approval, summary=view.summary,
        )  # fmt: skip
    if not ctx.holds(ctx.actor, *roles):
        raise _not_asking(ctx, approval, roles)


def _not_asking(ctx: Context, approval: str, roles: Sequence[str]) -> BlockedError:
    """The refusal of somebody who holds none of the roles that ask for the approval."""
    people = list(people_of(roles, ctx))
    blocker = worded(
        "asking for {approval:approval} again is for the {roles:role or}, and {actor:person} is not one",
        "ask {people:person or}" if people else "ask an administrator to give somebody this role",
        {"approval": approval, "roles": roles, "actor": ctx.actor, "people": people},
        wording=ctx.titles,
        who=(*roles, *people),
        message_id="role.missing",
        gate="role",
        check="role",
        source=approval.partition(".")[0],
    )
    return BlockedError(ctx.record.key, approval, [blocker], wording=ctx.titles)
