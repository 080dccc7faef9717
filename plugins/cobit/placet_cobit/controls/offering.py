"""How the checks of default controls are offered, and the facts that several of them read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from placet import (
    ApprovalStatus,
    Check,
    CheckContext,
    CheckParams,
    Decision,
    ItemView,
    OfferedCheck,
    VoteView,
)
from placet_cobit.controls.governed import (
    BUG,
    DELIVERS,
    IMPLEMENTS,
    INCREMENT,
    PRODUCT,
    PROJECT,
    SPRINT,
    STORY,
    WORK_PACKAGE,
    place_of,
)


def offered(check: Check, *item_types: str) -> OfferedCheck:
    """A check without parameters, for items of these types; for any, if none is named."""

    def make(id: str, given: CheckParams) -> Check:  # noqa: ARG001  # the signature of all of them
        return check

    return OfferedCheck(check.id, check.title, make, item_types=item_types)


def is_on(ctx: CheckContext, method: str) -> bool:
    """Whether another method is switched on here: its roles, links and items are known then."""
    return method in ctx.workspace.methods


def holders(ctx: CheckContext, *roles: str) -> set[str]:
    """The holders of roles, those of methods that are switched off left out."""
    return {person for role in roles if is_on(ctx, role.partition(".")[0]) for person in ctx.holders(role)}


def is_vacant(ctx: CheckContext, role: str) -> bool:
    """Whether a role that could be held has no holder.

    A role that is held on items is looked up on those that run: on the item and what is around it, then on all others.
    As long as there is none of them, nobody could be appointed, and it is not vacant.
    """
    if not is_on(ctx, role.partition(".")[0]) or ctx.holders(role):
        return False
    place = place_of(role)
    if place is None:
        return True
    type, states = place
    own = {"project": ctx.item.key} if ctx.item.type == PROJECT and type == WORK_PACKAGE else {}
    places = [ctx.item] if ctx.item.type == type else ctx.items(type, states=states, **own)
    return bool(places) and not any(ctx.holders(role, of=each.key) for each in places)


def holders_anywhere(ctx: CheckContext, role: str) -> set[str]:
    """The holders of a role here, and on every running item on which it is held."""
    found = holders(ctx, role)
    place = place_of(role) if is_on(ctx, role.partition(".")[0]) else None
    if place is not None:
        type, states = place
        for each in ctx.items(type, states=states):
            found |= set(ctx.holders(role, of=each.key))
    return found


def approving(ctx: CheckContext, *approvals: str) -> list[VoteView]:
    """The votes to approve in rounds of approvals that are open or granted."""
    found = (ctx.approval(each) for each in approvals)
    counting = (ApprovalStatus.PENDING, ApprovalStatus.GRANTED)
    return [
        vote
        for round in found
        if round is not None and round.status in counting
        for vote in round.votes
        if vote.decision is Decision.APPROVE
    ]


def people(votes: Iterable[VoteView]) -> set[str]:
    """Everybody whose act these votes are, those who delegated them too."""
    return {person for vote in votes for person in (vote.actor, vote.on_behalf_of) if person is not None}


def delivered(ctx: CheckContext) -> list[ItemView]:
    """The items that a change delivers, with the parts of those that consist of others.

    An increment and a sprint have their stories; a work package its products; both a package and a product what is
    linked as delivering them.
    """
    found = {each.key: each for each in ctx.linked(IMPLEMENTS)}
    front = list(found.values())
    while front:
        parts = [part for each in front for part in _parts(ctx, each) if part.key not in found]
        front = list({part.key: part for part in parts}.values())
        found |= {part.key: part for part in front}
    return list(found.values())


def _parts(ctx: CheckContext, item: ItemView) -> Sequence[ItemView]:
    """What an item consists of, one level down."""
    if item.type == INCREMENT:
        return ctx.get_all(item.fields.items)
    if item.type == SPRINT:
        return [each for type in (STORY, BUG) for each in ctx.items(type, sprint=item.key)]
    if item.type not in (WORK_PACKAGE, PRODUCT):
        return ()
    delivering = ctx.linking(DELIVERS, of=item.key) if is_on(ctx, "integration") else ()
    if item.type == PRODUCT:
        return delivering
    return [*ctx.get_all(item.fields.products), *ctx.items(PRODUCT, work_package=item.key), *delivering]


def authors(items: Iterable[ItemView]) -> set[str]:
    """The people who built items: who worked on a story, and who produced a product."""
    return {person for item in items for person in _authors(item)}


def _authors(item: ItemView) -> Iterator[str]:
    fields = item.fields
    if item.type in (STORY, BUG):
        yield from fields.worked_by
        if fields.assignee is not None:
            yield fields.assignee
    elif item.type == PRODUCT and fields.producer is not None:
        yield fields.producer


def latest(*moments: datetime | None) -> datetime | None:
    """The latest of some moments; `None` if there is none."""
    return max((each for each in moments if each is not None), default=None)
