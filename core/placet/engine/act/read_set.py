"""The reads of one attempt of an act, which its commit compares with the current data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from placet.engine.act.guards import Family, Guard
from placet.engine.act.ports import MovedError
from placet.engine.act.records import ItemRef


class ReadSet:
    """Items, guards and workspaces as one attempt first read them.

    It belongs to the attempt as a whole: reads for a change that was dropped later (a refused move that an effect
    caught) still influenced the rest.
    """

    def __init__(self) -> None:
        #: The number of the last event of each item that was read.
        self.items: dict[ItemRef, int] = {}
        #: The version of each workspace whose rules or items were read.
        self.workspaces: dict[str, int] = {}
        #: Counters of searches.
        self.guards: dict[Guard, int] = {}
        #: Families of searches that no write counts yet, and their workspaces; their results cannot be relied on.
        self.unknown: set[tuple[str, Family]] = set()

    def saw_item(self, ref: ItemRef, seq: int) -> None:
        """Note an item. Raises `MovedError` if an earlier read differs."""
        if self.items.setdefault(ref, seq) != seq:
            raise MovedError([f"item:{ref.key}"], ["item"])

    def saw_workspace(self, key: str, version: int) -> None:
        """Note a workspace's configuration. Raises `MovedError` if an earlier read differs."""
        if self.workspaces.setdefault(key, version) != version:
            raise MovedError([f"workspace:{key}"], ["workspace"])

    def saw_guards(self, counts: Mapping[Guard, int]) -> None:
        """Note counters of searches. Raises `MovedError` if an earlier read differs."""
        moved = [guard for guard, count in counts.items() if self.guards.setdefault(guard, count) != count]
        if moved:
            raise moved_guards(moved)

    @property
    def of_one_look(self) -> bool:
        """Whether all reads belong to one moment, so that there is nothing to compare.

        That holds for one item with its workspace, whose version is part of the item's own row; for one workspace; and
        for a single search or failed look-up, as a search without results depends on no workspace.
        """
        if self.guards:
            return len(self.guards) == 1 and not self.items and not self.workspaces
        return len(self.items) <= 1 and len(self.workspaces) <= 1


def moved_guards(guards: Iterable[Guard]) -> MovedError:
    """The error for searches whose results have changed."""
    known = list(guards)
    return MovedError([guard.name for guard in known], [label(guard.family) for guard in known])


def label(family: Family) -> str:
    """The name of a family in metrics."""
    return " ".join((family.kind, family.type, *family.fields))
