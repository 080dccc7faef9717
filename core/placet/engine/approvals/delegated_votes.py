"""Votes that somebody may cast for others: which delegations reach which round, and for which roles."""

from __future__ import annotations

from collections.abc import Iterable

from placet.engine.act.access import delegated
from placet.engine.act.holders import holders_of
from placet.engine.act.records import ApprovalRound
from placet.engine.rules.context import Context
from placet.engine.rules.quorum import vote_cast


def stood_in_for(ctx: Context, round: ApprovalRound, delegate: str) -> tuple[str, ...]:
    """The people for whom a delegate may vote in a round.

    A delegation of some roles reaches a round that asks its giver for one of these; a person who is asked by name can
    lend that vote by a delegation of all roles.
    """
    return tuple(
        dict.fromkeys(
            each.from_actor
            for each in delegated(ctx.unit, delegate, ctx.workspace.key)
            if each.covers(_asked_of(ctx, round, each.from_actor))
        )
    )


def spent_on(ctx: Context, round: ApprovalRound, delegate: str, giver: str) -> str | None:
    """The person for whom a delegate has cast the vote that one for the giver would need; `None` while it would count.

    One person has one vote in a ballot: their own, or else one for somebody. A vote of somebody who can veto counts
    beside it.
    """
    roles = set(lent_roles(ctx, giver, delegate, _asked_of(ctx, round, giver)))
    if any(roles & set(ballot.veto) or giver in ballot.veto_actors for ballot in round.ballots):
        return None
    asking = [ballot for ballot in round.ballots if roles & set(ballot.roles) or giver in ballot.actors]
    cast = [vote_cast(ballot, round.votes, delegate) for ballot in asking]
    spent = [vote.seat for vote in cast if vote is not None and vote.seat != giver]
    return spent[0] if spent and len(spent) == len(asking) else None


def lent_roles(ctx: Context, giver: str, delegate: str, held: Iterable[str]) -> tuple[str, ...]:
    """Those of a giver's roles for which the delegate votes."""
    lent = [each for each in delegated(ctx.unit, delegate, ctx.workspace.key) if each.from_actor == giver]
    return tuple(role for role in held if any(each.covers([role]) for each in lent))


def _asked_of(ctx: Context, round: ApprovalRound, person: str) -> tuple[str, ...]:
    roles = dict.fromkeys(r for b in round.ballots for r in (*b.roles, *b.veto, *b.including))
    return tuple(role for role in roles if person in holders_of(role, ctx.record, ctx.unit))
