"""Workflows as text, to be stored with a method's tests: a change of a rule then shows in a readable form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from placet.definitions.checks import Gate
from placet.definitions.confirmations import Confirmation
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.roles import CREATE, EDIT, Duty
from placet.definitions.workflow import SAME


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
        if item_type.creation:
            yield f"{CREATE}: -> {workflow.initial.id}"
            yield f"  if {self._short(gate.id for gate in item_type.creation)}"
        if item_type.editing:
            yield f"{EDIT}: -> {SAME}"
            yield f"  if {self._short(gate.id for gate in item_type.editing)}"
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
        gates = {gate.id: gate for gate in item_type.gates}
        yield from map(self._gate, gates.values())
        yield "--"
        yield from map(self._duty, item_type.duties)
        yield from map(self._confirmation, item_type.confirmations)
        if item_type.duties or item_type.confirmations:
            yield "--"
        for name, roles in item_type.writers.items():
            yield f"{name}: written by {self._short(roles)}"
        yield from _frozen(item_type)

    def _duty(self, duty: Duty) -> str:
        acts, bars = (self._short_acts(each) for each in (duty.acts, duty.bars))
        return f"{self._short([duty.id])}: not both {acts} / and {bars}"

    def _short_acts(self, acts: Iterable[str]) -> str:
        """Acts with the names of each verb together: `edit plan, scope; vote consent`."""
        verbs: dict[str, list[str]] = {}
        for act in acts:
            verb, _, name = act.partition(":")
            verbs.setdefault(verb, []).extend([name] if name else [])
        return "; ".join(f"{verb} {self._short(names)}".strip() for verb, names in verbs.items())

    def _confirmation(self, confirmation: Confirmation) -> str:
        named = ".".join(filter(None, (confirmation.field, confirmation.member)))
        material = ", ".join(confirmation.material_fields)
        return f"{self._short([confirmation.id])}: by {named}{f' of {material}' if material else ''}"

    def _gate(self, gate: Gate) -> str:
        waived = ""
        if gate.waived_by:
            waived = f" (waived by {self._short(gate.waived_by)}, for {_days(gate.waived_for)} at most)"
        lasting = f" (lasting in {', '.join(gate.lasting)})" if gate.lasting else ""
        return f"{self._short([gate.id])}: {self._short(check.id for check in gate.checks)}{waived}{lasting}"


def _days(span: timedelta) -> str:
    days = span / timedelta(days=1)
    return f"{days:g} {'day' if days == 1 else 'days'}"


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
