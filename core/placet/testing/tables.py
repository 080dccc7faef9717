"""Workflows as text, to be stored with a method's tests: a change of a rule then shows in a readable form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from placet.definitions.checks import Gate
from placet.definitions.document import method_of
from placet.definitions.items import ItemType


def workflow_table(item_type: ItemType) -> str:
    """The states of a type; its transitions with roles, gates and effects; its gates; and its frozen fields by state.

    Ids of the type's own method are written without its prefix.
    """
    return "\n".join(_Table(method_of(item_type.id)).of(item_type)) + "\n"


class _Table:
    def __init__(self, method: str) -> None:
        self._own = f"{method}."

    def _short(self, ids: Iterable[str]) -> str:
        return ", ".join(id.removeprefix(self._own) for id in ids)

    def of(self, item_type: ItemType) -> Iterator[str]:
        workflow = item_type.workflow
        for state in workflow.states:
            yield f"{state.id} [{state.category.value}]"
        yield "--"
        for move in workflow.transitions:
            yield f"{move.name}: {self._short(move.sources)} -> {move.target}"
            yield f"  by {self._short(move.roles)}"
            parts = {
                "if": [gate.id for gate in move.gates],
                "then": [effect.id for effect in move.effects],
                "asks": move.asks,
                "voids": move.voids,
            }
            yield from (f"  {word} {self._short(ids)}" for word, ids in parts.items() if ids)
        yield "--"
        gates = {gate.id: gate for move in workflow.transitions for gate in move.gates}
        yield from map(self._gate, gates.values())
        yield "--"
        yield from _frozen(item_type)

    def _gate(self, gate: Gate) -> str:
        waived = f" (waived by {self._short(gate.waived_by)})" if gate.waived_by else ""
        return f"{self._short([gate.id])}: {self._short(check.id for check in gate.checks)}{waived}"


def _frozen(item_type: ItemType) -> Iterator[str]:
    """Fields that cannot be edited: first those that only transitions set, then the others by state."""
    editable = [name for name in item_type.fields.model_fields if name not in item_type.computed_fields]
    by_state = {state.id: set(item_type.frozen(state.id)) for state in item_type.workflow.states}
    never = set(editable).intersection(*by_state.values())
    yield f"never edited: {', '.join(name for name in editable if name in never) or 'nothing'}"
    alike: dict[str, list[str]] = {}
    for state, names in by_state.items():
        rest = ", ".join(name for name in editable if name in names - never)
        alike.setdefault("everything" if names >= set(editable) else rest or "nothing", []).append(state)
    yield from (f"frozen in {', '.join(states)}: {names}" for names, states in alike.items())
