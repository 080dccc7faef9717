"""Acts that change the gates of a workspace where these are governed: nobody does that alone.

Their item carries the decision of the second person, as an approval that covers it as it would be.
"""

from __future__ import annotations

from collections.abc import Iterator

from placet.definitions.context import ApprovalStatus, Decision
from placet.definitions.verdicts import Blocker, worded
from placet.definitions.workflow import Transition
from placet.engine.act.proposals import GATES, may_decide, needed
from placet.engine.rules.context import Context


def second_person(ctx: Context, transition: Transition) -> Iterator[Blocker]:
    """The blocker of a transition that would change governed gates without a second person who agrees."""
    place = ctx.workspace
    if GATES not in place.governed or not any(effect.changes_rules for effect in transition.effects):
        return
    agreeing = sorted(_agreeing(ctx) - {ctx.actor})
    known = ctx.work.session.people.actors(agreeing) if agreeing else {}
    if any(may_decide(place, actor) for actor in known.values()):
        return
    yield worded(
        "{transition:transition} changes the gates of {workspace}, which nobody changes alone, and no second person has"
        " agreed",
        "have one of its approvals granted with the vote of somebody else who decides on changes of rules there:"
        " {needed:role or}",
        {"transition": transition.name, "workspace": place.key, "needed": list(needed(place))},
        wording=ctx.titles,
        who=needed(place),
        message_id="proposal.second_person",
        gate="proposal",
        check="proposal.second_person",
        source="core",
    )


def _agreeing(ctx: Context) -> set[str]:
    """The people who approved in rounds of the item that are granted, and cover the item as it would be."""
    latest = {round.approval: round for round in ctx.record.approvals}
    granted = [view for view in map(ctx.view_of, latest.values()) if view.status is ApprovalStatus.GRANTED]
    return {vote.actor for view in granted for vote in view.votes if vote.decision is Decision.APPROVE}
