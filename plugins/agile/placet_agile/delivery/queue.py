"""The check of the pull order: what was selected first by class of service is started first."""

from __future__ import annotations

from datetime import timedelta

from placet import CheckContext, Gate, ItemView, Verdict, blocked, check, passed
from placet_agile.delivery.board import ACTIVE, on_board, work
from placet_agile.delivery.fields import ServiceClass, WorkFields
from placet_agile.delivery.pull_order import RECENT, Queued, in_pull_order
from placet_agile.roles import DEVELOPER
from placet_agile.teams.fields import Mode, TeamFields
from placet_agile.teams.limits import mode_of, team_of

#: So far back the last pulls are searched.
_LOOK_BACK = timedelta(days=90)


def queued(item: ItemView) -> Queued:
    """An item as the pull order sees it."""
    fields: WorkFields = item.fields
    return Queued(
        item.key,
        fields.class_of_service,
        fields.rank or "",
        fields.selected_at or item.created_at,
        fields.due_date,
        fields.blocked,
    )


def intangible_among_recent(pulled: list[ItemView]) -> int:
    """How many of the last ten pulls were intangible."""
    started = sorted((item for item in pulled if item.fields.started_at), key=lambda i: i.fields.started_at)
    return sum(item.fields.class_of_service is ServiceClass.INTANGIBLE for item in started[-RECENT:])


@check("agile")
def next_in_queue(ctx: CheckContext) -> Verdict:
    """Outside Scrum, the item that comes first by class of service is started first, or there is a reason.

    Source: classes of service; the order is in `pull_order.py`.
    """
    fields: WorkFields = ctx.item.fields
    team = team_of(ctx)
    if mode_of(ctx, team) is Mode.SCRUM or (fields.pull_override_reason or "").strip():
        return passed()
    queue = [item for item in on_board(ctx, fields.team) if item.state == "selected"]
    about: TeamFields = team.fields
    slots = about.intangible_min_slots if _has_intangible([*queue, ctx.item]) else 0
    order = in_pull_order(
        map(queued, [*queue, ctx.item]),
        today=ctx.today,
        sle_days=about.sle_days or 0,
        intangible_pulled=_pulled(ctx) if slots else 0,
        intangible_slots=slots,
    )
    if not order or order[0][0].key == ctx.item.key:
        return passed(queue=len(order))
    first, why = order[0]
    return blocked(
        "{first} comes first: {why}",
        remedy="pull {first}, or say in {field:field} why this one goes before it",
        who=[DEVELOPER.id],
        params={"first": first.key, "why": why.value, "field": "pull_override_reason"},
        inputs=["pull_override_reason"],
    )


def _has_intangible(queue: list[ItemView]) -> bool:
    return any(item.fields.class_of_service is ServiceClass.INTANGIBLE for item in queue)


def _pulled(ctx: CheckContext) -> int:
    since = ctx.now - _LOOK_BACK
    return intangible_among_recent(
        work(ctx, (*ACTIVE, "done"), team=ctx.item.fields.team, started_at__ge=since)
    )


PULL_ORDER = Gate("agile.pull_order", "First in the pull order", next_in_queue)
