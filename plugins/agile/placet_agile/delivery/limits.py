"""Checks of the limits of a board: by column, by person, and for what is expedited.

A limit is checked where the item moves, so that board, list, bulk and API obey alike; what it counts is part of what
the move read, so that two people who pull into the last slot at one moment do not both get it. Moving back is never
limited. Source: the Kanban Guide, controlling work in progress.
"""

from __future__ import annotations

from placet import CheckContext, Gate, ItemView, Verdict, blocked, check, passed
from placet_agile.delivery.board import ACTIVE, column_entered, on_board, work
from placet_agile.delivery.fields import ServiceClass, WorkFields
from placet_agile.roles import DEVELOPER, FLOW_MANAGER, PRODUCT_OWNER
from placet_agile.teams.limits import Limits, limits_of, mode_of, team_of


def _limits(ctx: CheckContext) -> Limits:
    team = team_of(ctx)
    return limits_of(team.fields, mode_of(ctx, team))


def _expedited(item: ItemView) -> bool:
    return item.fields.class_of_service is ServiceClass.EXPEDITE


@check("agile")
def wip_column(ctx: CheckContext) -> Verdict:
    """A column holds as many items as its limit at most; an expedited item may go beyond it.

    Setting: `blocked_counts`, whether blocked items count: they do, so that they are seen and solved.
    """
    column = column_entered(ctx)
    limit = _limits(ctx).columns.get(column)  # type: ignore[call-overload]  # a state that is not a column has none
    if limit is None or _expedited(ctx.item):
        return passed(column=column)
    counted = ctx.settings.blocked_counts
    held = [
        item
        for item in on_board(ctx, ctx.item.fields.team)
        if item.state == column and (counted or not item.fields.blocked)
    ]
    if len(held) < limit:
        return passed(column=column, held=len(held), limit=limit)
    return blocked(
        "{column:state} holds {held} of {limit}",
        remedy="finish or help something there first",
        who=[DEVELOPER.id],
        params={
            "column": f"{ctx.item.type}:{column}",
            "held": len(held),
            "limit": limit,
            "keys": [item.key for item in held],
        },
    )


@check("agile")
def wip_person(ctx: CheckContext) -> Verdict:
    """A person has as many items in work as the limit of the team at most, in whatever team these are."""
    fields: WorkFields = ctx.item.fields
    limit = _limits(ctx).person
    person = fields.assignee or ctx.actor
    if limit is None or _expedited(ctx.item):
        return passed(person=person)
    held = work(ctx, ACTIVE, assignee=person)
    if len(held) < limit:
        return passed(person=person, held=len(held), limit=limit)
    return blocked(
        "{person:person} has {held} of {limit} items in work",
        remedy="finish one first",
        who=[DEVELOPER.id],
        params={"person": person, "held": len(held), "limit": limit, "keys": [item.key for item in held]},
    )


@check("agile")
def worker_known(ctx: CheckContext) -> Verdict:
    """Who works on an item is a developer of its team: work of nobody, or of a stranger, would count for no limit."""
    person: str | None = ctx.item.fields.assignee
    if person is None and ctx.transition == "assign":
        return blocked(
            "nobody is named who works on it",
            remedy="name a developer of the team, or return it to the backlog",
            who=[DEVELOPER.id],
            message_id="agile.worker_known.nobody",
            inputs=["assignee"],
        )
    if person is None or ctx.holds(person, DEVELOPER.id):
        return passed(person=person or ctx.actor)
    return blocked(
        "{person:person} is not a developer of the team",
        remedy="name one of its developers",
        who=[DEVELOPER.id],
        params={"person": person},
        inputs=["assignee"],
    )


@check("agile")
def one_expedite(ctx: CheckContext) -> Verdict:
    """A team expedites as many items at once as it has agreed at most: where all is urgent, nothing is."""
    limit = _limits(ctx).expedite
    expedited = ctx.transition == "expedite" or _expedited(ctx.item)
    if not expedited or column_entered(ctx) not in ACTIVE:
        return passed()
    others = [
        item
        for item in on_board(ctx, ctx.item.fields.team)
        if item.state in ACTIVE and item.fields.class_of_service is ServiceClass.EXPEDITE
    ]
    if len(others) < limit:
        return passed(held=len(others), limit=limit)
    return blocked(
        "{held:count expedited item} in work, {limit} at most",
        remedy="finish {keys} first",
        who=[PRODUCT_OWNER.id],
        params={"held": len(others), "limit": limit, "keys": [item.key for item in others]},
    )


COLUMN_LIMIT = Gate(
    "agile.column_limit", "Room in the column", wip_column, waived_by=[FLOW_MANAGER], waived_content=["team"]
)
WORKER_KNOWN = Gate("agile.worker_known", "A developer of the team works on it", worker_known)
PERSON_LIMIT = Gate("agile.person_limit", "Room for the person", wip_person)
EXPEDITE_LIMIT = Gate("agile.expedite_limit", "Few items expedited", one_expedite)
