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
    EPIC,
    FEATURE,
    IMPLEMENTS,
    INCREMENT,
    PRODUCT,
    SPRINT,
    STORY,
    WORK_PACKAGE,
)
from placet_cobit.holding import is_on


def offered(check: Check, *item_types: str) -> OfferedCheck:
    """A check without parameters, for items of these types; for any, if none is named."""

    def make(id: str, given: CheckParams) -> Check:  # noqa: ARG001  # the signature of all of them
        return check

    return OfferedCheck(check.id, check.title, make, item_types=item_types)


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

    An increment and a sprint have their stories, an epic its features, a feature its stories and bugs; a work package
    its products; both a package and a product what is linked as delivering them.
    """
    found = {each.key: each for each in ctx.linked(IMPLEMENTS)}
    front = list(found.values())
    while front:
        parts = [part for each in front for part in _parts(ctx, each) if part.key not in found]
        front = list({part.key: part for part in parts}.values())
        found |= {part.key: part for part in front}
    return list(found.values())


def _parts(ctx: CheckContext, item: ItemView) -> Sequence[ItemView]:
    """The items of which one consists, one level down."""
    if item.type == INCREMENT:
        return ctx.get_all(item.fields.items)
    if item.type == SPRINT:
        return [each for type in (STORY, BUG) for each in ctx.items(type, sprint=item.key)]
    if item.type in (EPIC, FEATURE):
        return ctx.children(of=item.key)
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
