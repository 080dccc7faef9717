"""The findings of a check of a bridge: figures for one of the messages in the bridge's own table.

An item of another workspace is named by its key alone: its title and its state are for those who may see it there, and
a message is read by others too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import placet
from placet import CheckContext, ItemView, standing

#: The message for items of another workspace.
ELSEWHERE = "elsewhere"
#: Items that one sentence names.
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Found:
    """One reason to stop: the message by its name, empty for the first, and the figures that it has."""

    says: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    #: The earliest moment at which the check can pass, if that does not depend on people.
    earliest: datetime | None = None
    #: People or roles who can clear it; empty for those of the table.
    who: Sequence[str] = ()


#: A check of a bridge: everything that stands against it.
Test = Callable[[CheckContext], Iterable[Found]]


def standings(ctx: CheckContext, items: Iterable[ItemView], says: str = "", **figures: Any) -> list[Found]:
    """Items that block: those of this workspace with their states, others by their keys."""
    found = list(items)
    here = [each for each in found if each.workspace == ctx.workspace.key]
    there = sorted(each.key for each in found if each.workspace != ctx.workspace.key)
    answer: list[Found] = []
    if here:
        shown = [standing(each) for each in here[:_SHOWN]]
        answer.append(Found(says, {"items": shown, "open": len(here), **figures}))
    # One sentence each: it says what the item has to be.
    answer += (Found(ELSEWHERE, {"keys": [key], "open": 1}) for key in there[:_SHOWN])
    return answer


def named(ctx: CheckContext, item: ItemView) -> str:
    """An item with its title beside its key; one of another workspace by its key alone."""
    return placet.named(item) if item.workspace == ctx.workspace.key else item.key
