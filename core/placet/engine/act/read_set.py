"""What one attempt of an act has read: kept to be compared with what is there when it commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from placet.engine.act.guards import Family, Guard
from placet.engine.act.ports import MovedError
from placet.engine.act.records import ItemRef


class ReadSet:
    """Items, guards and workspaces as one attempt saw them first.

    It belongs to the attempt: what was read for something that was then dropped (a refused move that an effect
    caught) still decided what came after.
    """

    def __init__(self) -> None:
        #: Number of the last event of each item that was read.
        self.items: dict[ItemRef, int] = {}
        #: Version of each workspace whose rules or items were read.
        self.workspaces: dict[str, int] = {}
        #: Counters of searches.
        self.guards: dict[Guard, int] = {}
        #: Families of searches that no writer counts yet, and where; nothing that they found can be relied on.
        self.unknown: set[tuple[str, Family]] = set()

    def saw_item(self, ref: ItemRef, seq: int) -> None:
        """Note an item. Raises `MovedError` if it was seen otherwise before."""
        if self.items.setdefault(ref, seq) != seq:
            raise MovedError([f"item:{ref.key}"], ["item"])

    def saw_workspace(self, key: str, version: int) -> None:
        """Note a workspace's configuration. Raises `MovedError` if it was seen otherwise before."""
        if self.workspaces.setdefault(key, version) != version:
            raise MovedError([f"workspace:{key}"], ["workspace"])

    def saw_guards(self, counts: Mapping[Guard, int]) -> None:
        """Note counters of searches. Raises `MovedError` if one was seen otherwise before."""
        moved = [guard for guard, count in counts.items() if self.guards.setdefault(guard, count) != count]
        if moved:
            raise moved_guards(moved)

    @property
    def of_one_look(self) -> bool:
        """Whether there is a moment at which all of it was so: then there is nothing to compare.

        That is one item with its workspace, whose version comes in the item's own row; or one workspace; or one search
        (or look for what is not there) alone, as what finds nothing says nothing of a workspace.
        """
        if self.guards:
            return len(self.guards) == 1 and not self.items and not self.workspaces
        return len(self.items) <= 1 and len(self.workspaces) <= 1


def moved_guards(guards: Iterable[Guard]) -> MovedError:
    """The error for searches that would find something else now."""
    known = list(guards)
    return MovedError([guard.name for guard in known], [label(guard.family) for guard in known])


def label(family: Family) -> str:
    """A family as metrics name it."""
    return " ".join((family.kind, family.type, *family.fields))
