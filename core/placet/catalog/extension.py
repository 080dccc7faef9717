"""The verbs with which one method changes what others defined: add, tighten, or loosen with a reason.

A method extends only what is its own or comes from a method that it names in `requires` or `extends`, since those are
composed before it. Tightening and loosening take hold when every method has spoken, and the strictest wins: a role
that one method lets in and another keeps out stays out, and a gate taken away keeps the checks that a third method
added to it. So the order of methods that do not know each other decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import Field, create_model

from placet.catalog.catalog import Loosening
from placet.catalog.defaults import unfit_defaults
from placet.definitions.arguments import checked
from placet.definitions.checks import Check, Gate
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.method import Method
from placet.definitions.places import changed
from placet.definitions.roles import SYSTEM, Role, role_ids
from placet.definitions.states import State
from placet.definitions.workflow import SAME, Transition
from placet.errors import DefinitionError, nearest


@dataclass(frozen=True, slots=True)
class _Removal:
    """Checks to take out of a gate: those of certain methods, or one."""

    gate: str
    #: Item type and transition, or `None` for wherever the gate stands.
    at: tuple[str, str] | None
    drops: Callable[[Check], bool]


@dataclass(slots=True)
class Draft:
    """The item types of a method set while its methods extend them."""

    item_types: dict[str, ItemType]
    roles: Mapping[str, Role]
    loosenings: list[Loosening] = field(default_factory=list)
    #: Method that added a field, by item type and field.
    field_origins: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Roles let in and sets of roles kept, by item type and transition.
    let_in: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    kept: dict[tuple[str, str], list[frozenset[str]]] = field(default_factory=dict)
    removals: list[_Removal] = field(default_factory=list)

    def finished(self) -> dict[str, ItemType]:
        """The item types with everything tightened and loosened."""
        return {
            item_type.id: replace_transitions(item_type, partial(self._settled, item_type.id))
            for item_type in self.item_types.values()
        }

    def _settled(self, type: str, transition: Transition) -> Transition:
        at = (type, transition.name)
        roles = tuple(dict.fromkeys((*transition.roles, *self.let_in.get(at, ()))))
        for keep in self.kept.get(at, ()):
            roles = tuple(role for role in roles if role in keep)
        gates = tuple(
            gate for gate in (self._lightened(at, gate) for gate in transition.gates) if gate is not None
        )
        return changed(transition, roles=roles, gates=gates)

    def _lightened(self, at: tuple[str, str], gate: Gate) -> Gate | None:
        """The gate without what was taken away; `None` where nothing is left of it."""
        removals = [r for r in self.removals if r.gate == gate.id and r.at in {None, at}]
        if not removals:
            return gate
        for check in gate.checks:
            if any(removal.drops(check) for removal in removals):
                gate = gate.without(check.id)
        return gate if gate.checks else None


def replace_transitions(item_type: ItemType, change: Callable[[Transition], Transition]) -> ItemType:
    """The item type with every transition changed."""
    workflow = item_type.workflow
    transitions = tuple(change(transition) for transition in workflow.transitions)
    return changed(item_type, workflow=changed(workflow, transitions=transitions))


class Extension:
    """What `placet_extend` is given: the methods of a workspace as they are so far, and the verbs to change them."""

    def __init__(self, draft: Draft, method: Method, methods: Mapping[str, Method], settings: Any) -> None:
        self._draft = draft
        self._method = method.id
        self._known = frozenset(_declared(method, methods))
        #: Ids of the methods that are switched on; ask before extending one that may be off.
        self.methods = frozenset(methods)
        #: The extending method's settings in this workspace.
        self.settings = settings

    # Adding

    @checked
    def add_field(self, type: str, name: str, annotation: Any, default: Any = None) -> None:
        """Add a field to an item type. One without a default is `None` until somebody fills it in."""
        item_type = self._type(type)
        if name in item_type.fields.model_fields:
            owner = self._draft.field_origins.get((type, name), method_of(type))
            raise DefinitionError(
                f'{type} already has a field "{name}", from {owner}: give yours another name'
            )
        hint = annotation | None if default is None else annotation
        declared = Field(default, json_schema_extra={"source": self._method})
        base = item_type.fields
        made: dict[str, Any] = {name: (hint, declared)}
        fields = create_model(base.__name__, __base__=base, __module__=base.__module__, **made)
        wrong = unfit_defaults(fields).get(name)
        if wrong is not None:
            raise DefinitionError(f'the field "{name}" cannot be added to {type}: {wrong}')
        self._draft.field_origins[type, name] = self._method
        self._draft.item_types[type] = changed(item_type, fields=fields)

    @checked
    def add_state(self, type: str, state: State) -> None:
        """Add a state to the workflow of an item type; transitions have to lead to it and from it."""
        item_type = self._type(type)
        workflow = item_type.workflow
        if workflow.means_open(state.id) and any(state.id in each.sources for each in workflow.transitions):
            raise DefinitionError(
                f'"{state.id}" stands for every state of {type} that is not final, in its own table: give yours '
                "another id"
            )
        taken = item_type.workflow.state(state.id)
        if taken is not None:
            owner = taken.origin or method_of(type)
            raise DefinitionError(
                f'{type} already has a state "{state.id}", from {owner}: give yours another id'
            )
        states = (*item_type.workflow.states, changed(state, origin=self._method))
        self._draft.item_types[type] = changed(item_type, workflow=changed(item_type.workflow, states=states))

    @checked
    def add_transition(self, type: str, transition: Transition, *, loosens: str | None = None) -> None:
        """Add a transition between states of an item type that are there.

        Where it opens a way that the rules keep shut on purpose, `loosens` says why, and it is listed as a loosening.
        """
        item_type = self._type(type)
        workflow = item_type.workflow
        taken = workflow.transition(transition.name)
        if taken is not None:
            owner = taken.origin or method_of(type)
            raise DefinitionError(
                f'{type} already has a transition "{transition.name}", from {owner}: give yours another name'
            )
        ends = [*(s for s in transition.sources if not workflow.means_open(s)), transition.target]
        for end in ends:
            state = workflow.state(end)
            if end == SAME:
                continue
            if state is None:
                raise _absent(f"state of {type}", end, (state.id for state in workflow.states))
            self._demand_declared(state.origin or method_of(type), f'the state "{end}" of {type}')
        for gate in transition.gates:
            self._demand_own_gate(gate)
        if loosens is not None:
            way = f"opens a way from {_listed(transition.sources)} to {transition.target}"
            self._record(f"{type}.{transition.name}", way, loosens)
        added = changed(transition, origin=self._method)
        joined = changed(workflow, transitions=(*workflow.transitions, added))
        self._draft.item_types[type] = changed(item_type, workflow=joined)

    @checked
    def add_gate(self, type: str, transition: str, gate: Gate) -> None:
        """Put a gate of this method on a transition."""
        found = self._transition(type, transition)
        self._demand_own_gate(gate)
        if any(each.id == gate.id for each in found.gates):
            raise DefinitionError(
                f'{type}.{transition} already has the gate "{gate.id}": add checks to it instead'
            )
        self._change(type, transition, changed(found, gates=(*found.gates, gate)))

    @checked
    def add_check(self, gate_id: str, check: Check) -> None:
        """Add a check of this method to a gate, wherever the gate stands."""
        self._demand_own("check", check.id)
        for type, transition, gate in list(self._places(gate_id)):
            if any(each.id == check.id for each in gate.checks):
                raise DefinitionError(
                    f'the gate {gate_id} already has the check "{check.id}": give yours another id'
                )
            gates = tuple(each.plus(check) if each.id == gate_id else each for each in transition.gates)
            self._change(type, transition.name, changed(transition, gates=gates))

    # Tightening

    @checked
    def tighten_roles(self, type: str, transition: str, roles: Iterable[Role | str]) -> None:
        """Keep only these of the roles that may fire a transition."""
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
        """Let more roles fire a transition. Where another method tightens it, they stay out."""
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
        """Let a transition start from more states."""
        found = self._transition(type, transition)
        workflow = self._draft.item_types[type].workflow
        more = [source for source in sources if source not in workflow.sources_of(found)]
        for source in more:
            if workflow.state(source) is None:
                raise _absent(f"state of {type}", source, (state.id for state in workflow.states))
        if not more:
            raise DefinitionError(
                f"{type}.{transition} starts from {_listed(workflow.sources_of(found))} already: name another state"
            )
        self._record(f"{type}.{transition}: sources", f"lets it start from {_listed(more)}", reason)
        self._change(type, transition, changed(found, sources=(*found.sources, *more)))

    @checked
    def loosen_entries(
        self, type: str, states: Iterable[str], roles: Iterable[Role | str], *, reason: str
    ) -> None:
        """Let items of a type begin in later states than the first, made by these roles."""
        item_type = self._type(type)
        named, allowed = tuple(states), self._roles(roles)
        for state in named:
            if item_type.workflow.state(state) is None:
                raise _absent(f"state of {type}", state, (each.id for each in item_type.workflow.states))
        self._record(
            f"{type}: entries", f"lets {_listed(allowed)} make one that begins in {_listed(named)}", reason
        )
        entries = {state: (*item_type.entries.get(state, ()), *allowed) for state in named}
        self._draft.item_types[type] = changed(item_type, entries={**item_type.entries, **entries})

    @checked
    def loosen_gate(self, type: str, transition: str, gate_id: str, *, reason: str) -> None:
        """Take a gate off a transition. Checks that a method unknown to this one added to it stay."""
        found = self._transition(type, transition)
        gate = next((gate for gate in found.gates if gate.id == gate_id), None)
        if gate is None:
            raise _absent(f"gate on {type}.{transition}", gate_id, (gate.id for gate in found.gates))
        self._demand_declared(method_of(gate_id), f"the gate {gate_id}")
        self._record(f"{type}.{transition}: gate {gate_id}", "takes the gate away", reason)
        known = self._known
        drop = _Removal(gate_id, (type, transition), lambda check: method_of(check.id) in known)
        self._draft.removals.append(drop)

    @checked
    def loosen_check(self, gate_id: str, check_id: str, *, reason: str) -> None:
        """Take a check out of a gate, wherever the gate stands."""
        checks = {check.id for _, _, gate in self._places(gate_id) for check in gate.checks}
        if check_id not in checks:
            raise _absent(f"check in the gate {gate_id}", check_id, checks)
        self._demand_declared(method_of(check_id), f"the check {check_id}")
        self._record(f"gate {gate_id}: check {check_id}", "takes the check away", reason)
        self._draft.removals.append(_Removal(gate_id, None, lambda check: check.id == check_id))

    # What is there, and what this method may touch

    def _type(self, id: str) -> ItemType:
        found = self._draft.item_types.get(id)
        if found is None:
            raise _absent("item type", id, self._draft.item_types)
        self._demand_declared(method_of(id), f"the item type {id}")
        return found

    def _transition(self, type: str, name: str) -> Transition:
        workflow = self._type(type).workflow
        found = workflow.transition(name)
        if found is None:
            raise _absent(
                f"transition of {type}", name, (transition.name for transition in workflow.transitions)
            )
        self._demand_declared(found.origin or method_of(type), f'the transition "{name}" of {type}')
        return found

    def _change(self, type: str, name: str, instead: Transition) -> None:
        item_type = self._draft.item_types[type]
        self._draft.item_types[type] = replace_transitions(
            item_type, lambda t: instead if t.name == name else t
        )

    def _places(self, gate_id: str) -> Iterator[tuple[str, Transition, Gate]]:
        """Everywhere a gate stands: item type, transition, and the gate as it is there."""
        gates: set[str] = set()
        found = False
        for item_type in list(self._draft.item_types.values()):
            for transition in item_type.workflow.transitions:
                for gate in transition.gates:
                    gates.add(gate.id)
                    if gate.id == gate_id:
                        found = True
                        self._demand_declared(method_of(gate_id), f"the gate {gate_id}")
                        yield item_type.id, transition, gate
        if not found:
            raise _absent("gate", gate_id, gates)

    def _roles(self, roles: Iterable[Role | str]) -> tuple[str, ...]:
        ids = role_ids(roles)
        for role in ids:
            if role != SYSTEM and role not in self._draft.roles:
                raise _absent("role", role, self._draft.roles)
        return ids

    def _demand_declared(self, owner: str, what: str) -> None:
        if owner not in self._known:
            raise DefinitionError(
                f"{what} belongs to the method {owner}, which {self._method} neither requires nor extends: name it in "
                f"`extends`, so that it is composed first"
            )

    def _demand_own(self, kind: str, id: str) -> None:
        if method_of(id) != self._method:
            raise DefinitionError(
                f'the {kind} "{id}" is added by {self._method}: let its id start with "{self._method}."'
            )

    def _demand_own_gate(self, gate: Gate) -> None:
        self._demand_own("gate", gate.id)
        for check in gate.checks:
            self._demand_own("check", check.id)

    def _record(self, target: str, what: str, reason: str) -> None:
        if not reason.strip():
            raise DefinitionError(f"{self._method} loosens {target} without a reason: say why in `reason`")
        self._draft.loosenings.append(Loosening(self._method, target, what, reason.strip()))


def _declared(method: Method, methods: Mapping[str, Method]) -> set[str]:
    """The method, and all that are composed before it for its sake."""
    found: set[str] = set()
    waiting = [method.id]
    while waiting:
        name = waiting.pop()
        if name in methods and name not in found:
            found.add(name)
            waiting += [*methods[name].requires, *methods[name].extends]
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _absent(kind: str, name: str, known: Iterable[str]) -> DefinitionError:
    return DefinitionError(f'there is no {kind} "{name}"{nearest(name, known)}')
