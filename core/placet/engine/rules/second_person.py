"""Acts that change the gates of a workspace where these are governed: nobody does that alone.

Their item carries the decision of the second person, as the approval that the effect names: it covers the item as it
would be.
"""

from __future__ import annotations

from collections.abc import Iterator

from placet.definitions.context import ApprovalStatus, Decision
from placet.definitions.roles import EDIT, SYSTEM
from placet.definitions.verdicts import Blocker, worded
from placet.definitions.workflow import Transition
from placet.engine.act.proposals import GATES, may_decide, needed
from placet.engine.rules.context import Context
from placet.engine.rules.views import doers


def second_person(ctx: Context, transition: Transition) -> Iterator[Blocker]:
    """The blockers of a transition that would change governed gates without a second person who agrees."""
    place = ctx.workspace
    if GATES not in place.governed:
        return
    for approval in dict.fromkeys(
        effect.changes_rules for effect in transition.effects if effect.changes_rules
    ):
        agreeing = sorted(_agreeing(ctx, approval) - _first(ctx))
        known = ctx.unit.session.people.actors(agreeing) if agreeing else {}
        if any(may_decide(place, actor) for actor in known.values()):
            continue
        yield worded(
            "{transition:transition} changes the gates of {workspace}, which nobody changes alone, and no second person"
            " has agreed to it in {approval:approval}",
            "have {approval:approval} granted with the vote of somebody else who decides on changes of rules there:"
            " {needed:role or}",
            {
                "transition": transition.name, "workspace": place.key, "approval": approval,
                "needed": list(needed(place)),
            },
            wording=ctx.titles,
            who=needed(place),
            message_id="proposal.second_person",
            gate="proposal",
            check="proposal.second_person",
            source="core",
        )  # fmt: skip


def _first(ctx: Context) -> set[str]:
    """Whose act it is: where a timer or an effect makes it, that of the people who wrote the item."""
    return {ctx.actor} if ctx.actor != SYSTEM else {ctx.record.created_by, *doers(ctx.record, EDIT)}


def _agreeing(ctx: Context, approval: str) -> set[str]:
    """The people who approved in the last round, if that is granted and covers the item as it would be."""
    round = ctx.record.round(approval)
    view = None if round is None else ctx.view_of(round)
    if view is None or view.status is not ApprovalStatus.GRANTED:
        return set()
    return {vote.actor for vote in view.votes if vote.decision is Decision.APPROVE}
