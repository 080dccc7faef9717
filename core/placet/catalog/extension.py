"""The verbs with which one method changes what others defined: add, tighten, or loosen with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from placet.catalog.adding_rules import AddingRules
from placet.catalog.draft import Removal
from placet.catalog.reach import absent, listed
from placet.definitions.arguments import checked
from placet.definitions.document import method_of
from placet.definitions.places import changed
from placet.definitions.roles import Role
from placet.errors import DefinitionError


class Extension(AddingRules):
    """The argument of `placet_extend`: the methods of a workspace as composed so far, and the verbs to change them."""

    # Tightening

    @checked
    def tighten_roles(self, type: str, transition: str, roles: Iterable[Role | str]) -> None:
        """Restrict a transition to these of its roles."""
        found = self._transition(type, transition)
        keep = self._roles(roles)
        kept = [role for role in found.roles if role in keep]
        if len(kept) == len(found.roles):
            raise DefinitionError(
                f"tightening the roles of {type}.{transition} to {', '.join(keep)} would keep out nobody, as "
                f"{', '.join(found.roles)} may fire it: leave one of them out"
            )
        if not kept:
            raise DefinitionError(
                f"tightening the roles of {type}.{transition} to {', '.join(keep)} would let in nobody, as only "
                f"{', '.join(found.roles)} may fire it: keep one of them"
            )
        self._draft.kept.setdefault((type, transition), []).append(frozenset(keep))

    # Loosening

    @checked
    def loosen_roles(self, type: str, transition: str, roles: Iterable[Role | str], *, reason: str) -> None:
        """Let further roles fire a transition. Where another method restricts it, they stay out."""
        found = self._transition(type, transition)
        more = [role for role in self._roles(roles) if role not in found.roles]
        if not more:
            raise DefinitionError(
                f"loosening the roles of {type}.{transition} would let in nobody new: name another"
            )
        self._record(f"{type}.{transition}: roles", f"lets in {', '.join(more)}", reason)
        self._draft.let_in.setdefault((type, transition), []).extend(more)

    @checked
    def loosen_sources(self, type: str, transition: str, sources: Iterable[str], *, reason: str) -> None:
        """Let a transition start from further states."""
        found = self._transition(type, transition)
        workflow = self._draft.item_types[type].workflow
        more = [source for source in sources if source not in workflow.sources_of(found)]
        self._states(type, more)
        if not more:
            raise DefinitionError(
                f"{type}.{transition} starts from {listed(workflow.sources_of(found))} already: name another state"
            )
        self._record(f"{type}.{transition}: sources", f"lets it start from {listed(more)}", reason)
        self._change(type, transition, changed(found, sources=(*found.sources, *more)))

    @checked
    def loosen_entries(
        self, type: str, states: Iterable[str], roles: Iterable[Role | str], *, reason: str
    ) -> None:
        """Let items of a type begin in later states than the first, if made by these roles."""
        item_type = self._type(type)
        named, allowed = self._states(type, states), self._roles(roles)
        self._record(
            f"{type}: entries", f"lets {listed(allowed)} make one that begins in {listed(named)}", reason
        )
        entries = {state: (*item_type.entries.get(state, ()), *allowed) for state in named}
        self._draft.item_types[type] = changed(item_type, entries={**item_type.entries, **entries})

    @checked
    def loosen_gate(self, type: str, transition: str, gate_id: str, *, reason: str) -> None:
        """Remove a gate from a transition. Checks that were added to it by methods that this one does not name stay."""
        found = self._transition(type, transition)
        gate = next((gate for gate in found.gates if gate.id == gate_id), None)
        if gate is None:
            raise absent(f"gate on {type}.{transition}", gate_id, (gate.id for gate in found.gates))
        self._demand_declared(method_of(gate_id), f"the gate {gate_id}")
        self._record(f"{type}.{transition}: gate {gate_id}", "takes the gate away", reason)
        known = self._known
        drop = Removal(gate_id, (type, transition), lambda check: method_of(check.id) in known)
        self._draft.removals.append(drop)

    @checked
    def loosen_check(self, gate_id: str, check_id: str, *, reason: str) -> None:
        """Remove a check from a gate, on all transitions that have the gate."""
        checks = {check.id for _, _, gate in self._places(gate_id) for check in gate.checks}
        if check_id not in checks:
            raise absent(f"check in the gate {gate_id}", check_id, checks)
        self._demand_declared(method_of(check_id), f"the check {check_id}")
        self._record(f"gate {gate_id}: check {check_id}", "takes the check away", reason)
        self._draft.removals.append(Removal(gate_id, None, lambda check: check.id == check_id))
