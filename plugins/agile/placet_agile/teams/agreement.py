"""The working agreement of a team: its definitions and limits, which are loosened by the team and by nobody alone.

    tightened    a lower limit, another entry of a definition: who may write the field
    loosened     a higher limit, an entry less: somebody proposes it, and a developer of the team approves it; where the
                 only developer has proposed it, another role of the team does

Source: the Scrum Guide, 2020: the developers are accountable for the definition of done; the Kanban Guide: the limits
are part of the definition of workflow, which the team agrees on. Our choice: a stricter rule needs no vote, as it can
only stop work; and while nobody is developer yet, who forms the team writes the first agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from placet import (
    Action,
    Approval,
    Ballot,
    CheckContext,
    EffectContext,
    Gate,
    Panel,
    Quorum,
    Verdict,
    approval_granted,
    blocked,
    check,
    effect,
    passed,
)
from placet_agile.ids import WORKING_AGREEMENT
from placet_agile.roles import (
    COACH,
    DEVELOPER,
    FLOW_MANAGER,
    PRODUCT_OWNER,
    RELEASE_TRAIN_ENGINEER,
    SCRUM_MASTER,
)
from placet_agile.teams.fields import Column, DoneItem, Mode, ReadyItem, TeamFields
from placet_agile.teams.limits import limits_of

#: Business days for which a vote is asked.
_ASKED_FOR = 10
_OTHERS = (PRODUCT_OWNER, SCRUM_MASTER, FLOW_MANAGER)


def loosened(before: TeamFields, after: TeamFields, usual: Mode) -> list[str]:
    """The parts of an agreement that are less strict than they were, in words; `usual` is the mode of the workspace."""
    was, would_be = (limits_of(each, each.mode or usual) for each in (before, after))
    limits = [
        (
            f"the limit of {column.value.replace('_', ' ')}",
            was.columns.get(column),
            would_be.columns.get(column),
        )
        for column in Column
    ]
    limits += [
        ("the limit of each person", was.person, would_be.person),
        ("the limit of expedited items", was.expedite, would_be.expedite),
    ]
    found = [name for name, old, new in limits if old is not None and (new is None or new > old)]
    if after.max_ready_points > before.max_ready_points:
        found.append("the largest size of an item that is ready")
    if after.intangible_min_slots < before.intangible_min_slots:
        found.append("the slots of intangible items")
    found += [f"{id} of the definition of done" for id in _weaker(before.dod, after.dod)]
    return found + [f"{id} of the definition of ready" for id in _weaker(before.dor, after.dor)]


def _weaker(before: Iterable[ReadyItem], after: Iterable[ReadyItem]) -> Iterator[str]:
    """The entries that are gone, say something else, or need no evidence any more."""
    now = {each.id: each for each in after}
    for was in before:
        entry = now.get(was.id)
        if entry is None or entry.text != was.text or (_evidence(was) and _evidence(entry) != _evidence(was)):
            yield was.id


def _evidence(entry: ReadyItem) -> str | None:
    return entry.evidence_kind if isinstance(entry, DoneItem) else None


@check("agile")
def agreement_kept(ctx: CheckContext) -> Verdict:
    """Limits and definitions are loosened by a proposal that the team approves; a stricter one needs no vote."""
    before = ctx.before
    forming = not ctx.holders(DEVELOPER.id) and ctx.holds(ctx.actor, COACH.id, RELEASE_TRAIN_ENGINEER.id)
    if before is None or forming:
        return passed()
    parts = loosened(before.fields, ctx.item.fields, ctx.settings.mode)
    if not parts:
        return passed()
    return blocked(
        "the team decides together on {parts:and}, which would be less strict",
        remedy="propose it, so that a developer of the team approves it",
        who=[DEVELOPER.id],
        params={"parts": parts},
        actions=[Action("transition", "Propose", f"/items/{ctx.item.key}/transitions", ("proposal",))],
    )


@check("agile")
def proposal_given(ctx: CheckContext) -> Verdict:
    """A change of the agreement is proposed, and changes something."""
    fields: TeamFields = ctx.item.fields
    changes = {} if fields.proposal is None else fields.proposal.changes
    if any(getattr(fields, name) != value for name, value in changes.items()):
        return passed(changes=sorted(changes))
    return blocked(
        "nothing is proposed that would change the agreement",
        remedy="give the limits and definitions that change",
        who=[DEVELOPER.id, FLOW_MANAGER.id, SCRUM_MASTER.id],
        inputs=["proposal"],
    )


agreement_vote = approval_granted("agile.agreement_vote", WORKING_AGREEMENT, again="propose it again")


def deciders(ctx: CheckContext) -> Panel:
    """A developer who has not proposed it; where there is none, another role of the team."""
    proposer = ctx.item.fields.proposed_by
    developers = [each for each in ctx.holders(DEVELOPER.id) if each != proposer]
    others = [person for role in _OTHERS for person in ctx.holders(role.id) if person != proposer]
    voters = developers or list(dict.fromkeys(others))
    return Panel(Ballot([], Quorum.any(), actors=voters) if voters else Ballot([DEVELOPER], Quorum.any()))


def asked_until(ctx: CheckContext) -> datetime:
    """Ten business days from now."""
    return ctx.workspace.calendar.add_days(ctx.now, _ASKED_FOR)


AGREEMENT = Approval(
    WORKING_AGREEMENT,
    "Working agreement of the team",
    deciders,
    material_fields=["proposal"],
    expires=asked_until,
    asked=[DEVELOPER, *_OTHERS],
)


@effect("agile")
def keep_proposer(ctx: EffectContext) -> None:
    """Keep who has proposed it: somebody else votes on it."""
    ctx.set(proposed_by=ctx.actor)


@effect("agile")
def adopt_proposal(ctx: EffectContext) -> None:
    """The proposal becomes the agreement."""
    proposal = ctx.item.fields.proposal
    if proposal is not None:
        ctx.set(**proposal.changes, proposal=None, proposed_by=None)


@effect("agile")
def drop_proposal(ctx: EffectContext) -> None:
    """The agreement stays as it is."""
    ctx.set(proposal=None, proposed_by=None)


AGREEMENT_KEPT = Gate("agile.agreement_kept", "Agreement as the team made it", agreement_kept)
PROPOSAL_GIVEN = Gate("agile.proposal_given", "Change proposed", proposal_given)
AGREEMENT_VOTED = Gate("agile.agreement_voted", "Approved by the team", agreement_vote)
