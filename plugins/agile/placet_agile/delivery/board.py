"""The board of a team: its columns, and the items in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from placet import CheckContext, ItemView
from placet_agile.ids import WORK
from placet_agile.teams.fields import Column

#: In work: started, and not done.
ACTIVE = ("in_progress", "in_review")
#: On the board.
ON_BOARD = ("selected", *ACTIVE)
#: In the backlog, in its order.
BACKLOG = ("new", "refining", "ready")
OPEN = (*BACKLOG, *ON_BOARD)
FINAL = ("done", "removed")
#: The column that an item enters with each transition that has a limit; others stay in theirs.
ENTERS: Mapping[str, Column] = {
    "select": Column.SELECTED,
    "carry_over": Column.SELECTED,
    "start": Column.IN_PROGRESS,
    "request_review": Column.IN_REVIEW,
}


def work(ctx: CheckContext, states: Iterable[str], **where: Any) -> list[ItemView]:
    """Stories and bugs of the workspace in some states, without the item itself."""
    wanted = tuple(states)
    return [
        item for type in WORK for item in ctx.items(type, states=wanted, **where) if item.key != ctx.item.key
    ]


def on_board(ctx: CheckContext, team: str) -> list[ItemView]:
    """All other items on the board of a team.

    Every limit counts in these, so that an act reads the board once.
    """
    return work(ctx, ON_BOARD, team=team)


def column_entered(ctx: CheckContext) -> str:
    """The state in which the item is after the transition."""
    return ENTERS.get(ctx.transition, ctx.item.state)
