"""The states of work items, and their categories."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from placet.definitions.arguments import Title, written
from placet.definitions.places import Written


class Category(StrEnum):
    """The meaning of a state for people who do not know the workflow."""

    TODO = "todo"
    ACTIVE = "active"
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether work has ended in such a state, one way or the other."""
        return self in (Category.DONE, Category.CANCELLED)


@written
@dataclass(frozen=True, slots=True)
class State(Written):
    """One state of a workflow; the first of a workflow is its initial one."""

    #: Bare and local to the item type: `authorize`.
    id: str
    title: Title
    category: Category
    #: The meaning of the state, in one sentence.
    meaning: str = ""
    #: The method that added it; empty for the item type's own.
    origin: str = ""
    #: For a state of waiting: the reason for which no timer and no notification rule is about the items in it.
    unwatched: str = ""

    def __init__(
        self,
        id: str,
        title: Title,
        category: Category | str,
        meaning: str = "",
        origin: str = "",
        *,
        unwatched: str = "",
    ) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "title", title)
        # Tables have "todo"; the value is a member of the enumeration.
        object.__setattr__(self, "category", Category(category))
        object.__setattr__(self, "meaning", meaning)
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "unwatched", unwatched)
