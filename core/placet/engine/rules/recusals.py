"""Votes that somebody would lose by being named on an item: who is asked gives them up in person, or keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from placet.definitions.context import ApprovalStatus
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Blocker, worded
from placet.engine.act.records import ApprovalRound, ItemRecord
from placet.engine.rules.context import Context
from placet.engine.rules.quorum import deciding
from placet.engine.rules.views import barred_on, doers


def votes_lost(ctx: Context, before: ItemRecord, named: Mapping[str, Iterable[str]]) -> Iterator[Blocker]:
    """Blockers where an actor names others who could decide in an open round, and whom a duty would bar from it.

    Args:
        ctx: the item as it would be.
        before: the item without the new names.
        named: the people whom fields would name, by field.
    """
    item_type = ctx.catalog.item_types.get(before.type)
    rounds = [round for name in _asked(before) if (round := before.round(name)) is not None and round.open]
    if item_type is None or not rounds:
        return
    for field, people in named.items():
        act = f"named:{field}"
        for person in dict.fromkeys(people):
            if person == ctx.actor or person in doers(before, act):
                continue
            for round in rounds:
                if _bars(item_type, act, round) and _decides(ctx, item_type, before, round, person):
                    yield _lost(ctx, field, person, round)


def _asked(record: ItemRecord) -> Iterable[str]:
    return dict.fromkeys(round.approval for round in record.approvals)


def _bars(item_type: ItemType, act: str, round: ApprovalRound) -> bool:
    return any(f"vote:{round.approval}" in duty.conflicting(act) for duty in item_type.duties)


def _decides(
    ctx: Context, item_type: ItemType, before: ItemRecord, round: ApprovalRound, person: str
) -> bool:
    """Whether somebody can still decide in a round: with a vote while it is pending, with a veto while it is open."""
    if person in barred_on(item_type, before, f"vote:{round.approval}"):
        return False
    if round.status is ApprovalStatus.PENDING:
        return any(person in deciding(ballot, ctx.holders) for ballot in round.ballots)
    return any(
        person in ballot.veto_actors or any(person in ctx.holders(role) for role in ballot.veto)
        for ballot in round.ballots
    )


def _lost(ctx: Context, field: str, person: str, round: ApprovalRound) -> Blocker:
    return worded(
        "{person:person} decides on {approval:approval}, and could not any more when named as {field:field}",
        "name somebody else, or leave it to {person:person}",
        {"person": person, "approval": round.approval, "field": field},
        wording=ctx.titles,
        who=(person,),
        message_id="segregation.vote_lost",
        gate="segregation",
        check="segregation.vote_lost",
        source=method_of(round.approval),
    )
