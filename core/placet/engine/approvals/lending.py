"""Votes that somebody may cast for others: which delegations reach which round, and for which roles."""

from __future__ import annotations

from collections.abc import Iterable

from placet.engine.act.access import delegated
from placet.engine.act.holders import holders_of
from placet.engine.act.records import ApprovalRound
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.quorum import asked_of


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


def counts_for(ctx: Context, round: ApprovalRound, delegate: str, giver: str) -> bool:
    """Whether a vote by a delegate would count for the giver.

    One person has one vote: it does not where the delegate is asked too and has voted, unless the giver can veto.
    """
    if not any(vote.actor == vote.seat == delegate for vote in round.votes):
        return True
    barred = barred_from(f"vote:{round.approval}", ctx.record, ctx)
    asking = [each for each in round.ballots if giver in asked_of(each, ctx.holders, barred)]
    vetoes = any(
        giver in each.veto_actors or any(giver in ctx.holders(role) for role in each.veto)
        for each in round.ballots
    )
    return vetoes or any(delegate not in asked_of(each, ctx.holders, barred) for each in asking)


def lent_roles(ctx: Context, giver: str, delegate: str, held: Iterable[str]) -> tuple[str, ...]:
    """Those of a giver's roles for which the delegate votes."""
    lent = [each for each in delegated(ctx.unit, delegate, ctx.workspace.key) if each.from_actor == giver]
    return tuple(role for role in held if any(each.covers([role]) for each in lent))


def _asked_of(ctx: Context, round: ApprovalRound, person: str) -> tuple[str, ...]:
    roles = dict.fromkeys(r for b in round.ballots for r in (*b.roles, *b.veto, *b.including))
    return tuple(role for role in roles if person in holders_of(role, ctx.record, ctx.unit))
