"""Models of windows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from placet.api import (
    AgendaEntry,
    Answer,
    Body,
    Item,
    ItemKey,
    Moment,
    Name,
    Parameters,
    RuleText,
    Time,
    Title,
    Values,
    WindowWish,
    Words,
)


class WindowsQuery(Parameters):
    """Which windows."""

    since: Annotated[Time | None, Field(alias="from", description="The beginning; now by default.")] = None
    until: Annotated[
        Time | None, Field(alias="to", description="The end; 92 days after the beginning by default.")
    ] = None
    kind: Annotated[Words | None, Field(description="The kind of the windows, such as `freeze`.")] = None


class WindowForm(Body):
    """A window to be declared."""

    title: Title
    start: Time
    end: Time
    kind: Words | None = None
    rrule: RuleText | None = None
    fields: Values = Field(default_factory=dict)
    type: Name | None = None

    @property
    def wish(self) -> WindowWish:
        """The wish for the engine."""
        return WindowWish(self.title, self.start, self.end, self.kind, self.rrule, self.fields)


class Occurrence(Answer):
    """One occurrence of a window."""

    item: ItemKey
    type: str
    title: str
    kind: str
    state: str
    start: Moment
    end: Moment
    rrule: str | None

    @classmethod
    def of(cls, line: AgendaEntry, start: datetime, end: datetime) -> Occurrence:
        """One occurrence of an entry of the agenda."""
        item = line.item
        return cls(
            item=item.key, type=item.type, title=item.title, kind=line.kind, state=item.state, start=start, end=end,
            rrule=line.rrule,
        )  # fmt: skip


class Windows(Answer):
    """Windows in order of time."""

    windows: list[Occurrence]


class HeldUp(Answer):
    """A planned item that a window would hold up."""

    window: Annotated[str, Field(description="The title of the window.")]
    item: ItemKey
    type: str
    title: str
    state: str

    @classmethod
    def of(cls, wish: WindowWish, line: AgendaEntry) -> HeldUp:
        """An entry of the agenda that a window would hold up."""
        item = line.item
        return cls(window=wish.title, item=item.key, type=item.type, title=item.title, state=item.state)


class ItemsMade(Answer):
    """Items that were made together."""

    items: list[Item]
    held_up: Annotated[
        list[HeldUp], Field(description="In a dry run, the planned items that the windows would hold up.")
    ] = Field(default_factory=list)
