"""The one commit of an act: its reads are compared with the present state, and all its changes are written.

On PostgreSQL that is one call of `placet.store.commit_function`; on SQLite the same steps inside `BEGIN IMMEDIATE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from placet.engine.act.changes import Changes
from placet.engine.act.guards import Family, Guard, counted
from placet.engine.act.input import parse_key
from placet.engine.act.ports import MovedError
from placet.engine.act.read_set import ReadSet, label
from placet.engine.act.records import ItemRef
from placet.store.guards import bucket, buckets


@dataclass(frozen=True, slots=True)
class Registered:
    """The families of searches registered in a workspace, as of its counter of them."""

    counter: int
    families: frozenset[Family]


@dataclass(slots=True)
class Locks:
    """The locks of an act: counters by id, items by key, workspaces. Each attempt adds to those of the earlier ones."""

    places: set[str] = field(default_factory=set)
    #: Those of them whose rules it changes: nobody else commits there meanwhile.
    configured: set[str] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
    seen: set[ItemRef] = field(default_factory=set)
    written: set[ItemRef] = field(default_factory=set)

    def add(self, other: Locks) -> None:
        """Lock that, too."""
        self.places |= other.places
        self.configured |= other.configured
        self.read |= other.read
        self.counted |= other.counted
        self.seen |= other.seen
        self.written |= other.written


class Commit:
    """The comparisons and writes of one attempt."""

    def __init__(self, reads: ReadSet, changes: Changes, registered: Mapping[str, Registered]) -> None:
        self.changes = changes
        self.registered = registered
        self.reads = reads
        self.items = dict(reads.items)
        for old, _ in changes.updated:
            # Items found by a search are not noted one by one, but those that are written are compared.
            self.items.setdefault(ItemRef(old.workspace, old.number), old.seq)
        self.guards: dict[int, int] = {}
        self.named: dict[int, Guard] = {}
        for guard, count in reads.guards.items():
            id = bucket(guard.name)
            if self.guards.setdefault(id, count) != count:
                raise MovedError([guard.name], [label(guard.family)])
            self.named[id] = guard
        names: set[str] = set()
        for before, after in [*((None, record) for record in changes.created), *changes.updated]:
            names |= counted(registered[after.workspace].families, before, after)
        self.counted = buckets(names)
        #: Workspaces whose rules it changes.
        self.configured = sorted(place.key for place, _ in changes.workspaces)
        for place, _ in changes.workspaces:
            reads.workspaces.setdefault(place.key, place.version)
        made = {record.key for record in changes.created}
        self.written = sorted(
            {ItemRef(old.workspace, old.number) for old, _ in changes.updated}
            | {parse_key(key) for key in changes.schedules if key not in made}
        )

    @property
    def locks(self) -> Locks:
        """The locks that it needs."""
        return Locks(
            set(self.reads.workspaces),
            set(self.configured),
            set(self.guards),
            set(self.counted),
            set(self.items),
            set(self.written),
        )

    def moved(self, found: Mapping[tuple[str, str, int], int]) -> MovedError | None:
        """The reads that have changed since; `found` comes from `Comparison.current`."""
        names, labels = [], []
        for key, version in self.reads.workspaces.items():
            if found.get(("workspace", key, 0)) != version:
                names.append(f"workspace:{key}")
                labels.append("workspace")
        for key, registered in self.registered.items():
            if self.changes and found.get(("families", key, 0)) != registered.counter:
                names.append(f"families:{key}")
                labels.append("families")
        for id, count in self.guards.items():
            if found.get(("guard", "", id), 0) != count:
                names.append(self.named[id].name)
                labels.append(label(self.named[id].family))
        for ref, seq in self.items.items():
            if found.get(("item", *ref)) != seq:
                names.append(f"item:{ref.key}")
                labels.append("item")
        return MovedError(names, labels) if names else None

    def gone_by(self, found: Mapping[str, Any]) -> MovedError:
        """The reads that PostgreSQL found changed."""
        names = [f"{kind}:{key}" for kind in ("workspaces", "families") for key in found.get(kind) or ()]
        labels = [kind.removesuffix("s") if kind == "workspaces" else kind
                  for kind in ("workspaces", "families") for _ in found.get(kind) or ()]  # fmt: skip
        for id in found.get("guards") or ():
            names.append(self.named[id].name)
            labels.append(label(self.named[id].family))
        for key in found.get("items") or ():
            names.append(f"item:{key}")
            labels.append("item")
        return MovedError(names or ["locked"], labels or ["locked"])
