"""The gates that the effects of one act give to workspaces, before they are written with all its other changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from placet.definitions.added_gates import AddedGate
from placet.definitions.document import method_of, plain
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.records import EventRecord
from placet.engine.act.workspace_state import with_event
from placet.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class _Change:
    """A workspace with its new gates, the items from which they come, in order, and the actor of the change."""

    place: WorkspaceRecord
    items: tuple[str, ...]
    actor: str


Kept = Mapping[str, _Change]


class Regating:
    """The workspaces whose gates an act changes."""

    def __init__(self) -> None:
        self._changes: dict[str, _Change] = {}

    def set(
        self, place: WorkspaceRecord, item: str, method: str, gates: Sequence[AddedGate], actor: str
    ) -> None:
        """Let the gates that a method adds for an item be these, beside all others of the workspace.

        Raises:
            DefinitionError: two of them have the same id, or one has that of a gate of another item.
        """
        before = self._changes.get(place.key)
        place = place if before is None else before.place
        kept = [gate for gate in place.gates if (gate.item, method_of(gate.id)) != (item, method)]
        taken = {gate.id: gate.item for gate in kept}
        for gate in gates:
            if gate.id in taken:
                raise DefinitionError(
                    f'there is a gate "{gate.id}" already, from {taken[gate.id]}: give it another id'
                )
            taken[gate.id] = item
        # The choice of a mode ends with its gate.
        gone = {gate.id for gate in place.gates} - {gate.id for gate in (*kept, *gates)}
        modes = {gate: mode for gate, mode in place.gate_modes.items() if gate not in gone}
        added = tuple(sorted((*kept, *gates), key=lambda gate: gate.id))
        items = () if before is None else before.items
        self._changes[place.key] = _Change(
            replace(place, gates=added, gate_modes=modes), tuple(dict.fromkeys((*items, item))), actor
        )

    def kept(self) -> Kept:
        """The present state, for `back_to`."""
        return dict(self._changes)

    def back_to(self, kept: Kept) -> None:
        """Discard the changes since a state."""
        self._changes = dict(kept)

    def configured(
        self, read: Callable[[str], WorkspaceRecord], now: datetime, token_makers: Mapping[str, str]
    ) -> Iterator[tuple[WorkspaceRecord, WorkspaceRecord, EventRecord]]:
        """The workspaces that differ from what was read, as read and as written, each with the event of its history."""
        for key, change in self._changes.items():
            old, new = read(key), change.place
            parts = {"gates": (old.gates, new.gates), "gate_modes": (old.gate_modes, new.gate_modes)}
            changes = {name: plain(pair) for name, pair in parts.items() if pair[0] != pair[1]}
            if not changes:
                continue
            data: dict[str, Any] = {"changes": changes, "caused_by": change.items[0]}
            if len(change.items) > 1:
                data["items"] = list(change.items)
            if change.actor in token_makers:
                data["token_issued_by"] = token_makers[change.actor]
            yield old, *with_event(old, new, "workspace_changed", now, change.actor, data)
