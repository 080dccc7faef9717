"""The people around a round of an approval: asked next, standing in, concerned by its end, or asking for it."""

from __future__ import annotations

from collections.abc import Iterator

from placet.definitions.context import ApprovalStatus
from placet.engine.act.records import ApprovalRound, EventRecord
from placet.engine.approvals.delegated_votes import stood_in_for
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.quorum import asked_of, count_votes
from placet.engine.rules.views import doers


def next_in_order(event: EventRecord, ctx: Context) -> tuple[str, ...]:
    """People who are asked next after a vote, in an ordered panel."""
    round = ctx.record.round(str(event.data["approval"]))
    if round is None or not round.ordered or round.round != event.data["round"]:
        return ()
    here = [n for n, vote in enumerate(round.votes) if (vote.actor, vote.at) == (event.actor, event.at)]
    if not here:
        return ()
    before, after = (_asked_after(round, here[-1] + later, ctx) for later in (0, 1))
    return tuple(person for person in after if person not in before)


def _asked_after(round: ApprovalRound, votes: int, ctx: Context) -> tuple[str, ...]:
    """People who are asked after the first votes of a round."""
    barred = barred_from(f"vote:{round.approval}", ctx.record, ctx)
    counted = ApprovalRound(
        approval=round.approval,
        round=round.round,
        status=ApprovalStatus.PENDING,
        asked_at=round.asked_at,
        state=round.state,
        ballots=round.ballots,
        ordered=round.ordered,
        combined=round.combined,
        votes=round.votes[:votes],
    )
    return count_votes(counted, ctx.holders, barred).asked


def substitutes(person: str, round: ApprovalRound, ctx: Context) -> Iterator[str]:
    """People who may vote in the place of a person."""
    for delegation in ctx.unit.delegations(person):
        if delegation.from_actor == person and person in stood_in_for(ctx, round, delegation.to_actor):
            yield delegation.to_actor


def concerned(round: ApprovalRound, ctx: Context) -> Iterator[str]:
    """People who were asked for a vote, or voted."""
    barred = barred_from(f"vote:{round.approval}", ctx.record, ctx)
    for ballot in round.ballots:
        yield from asked_of(ballot, ctx.holders, barred)
    yield from (vote.seat for vote in round.votes)


def requesters(approval: str, ctx: Context) -> Iterator[str]:
    """People who made a transition that asks for an approval."""
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    for transition in item_type.workflow.transitions if item_type is not None else ():
        if approval in transition.asks:
            yield from doers(ctx.record, f"transition:{transition.name}")
