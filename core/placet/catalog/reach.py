"""The reach of a method that extends others: existing parts of the methods that it names.

A method extends only its own parts and those of methods that it names in `requires` or `extends`, as these are composed
before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from placet.catalog.catalog import Loosening
from placet.catalog.draft import Draft, replace_transitions
from placet.definitions.checks import Gate
from placet.definitions.document import method_of
from placet.definitions.items import Fields, ItemType
from placet.definitions.method import Method
from placet.definitions.roles import SYSTEM, Role, role_ids
from placet.definitions.workflow import Transition
from placet.errors import DefinitionError, nearest


class Reach:
    """The rules composed so far, as one method sees them. Unknown names are refused, with the nearest ones."""

    def __init__(self, draft: Draft, method: Method, methods: Mapping[str, Method], settings: Any) -> None:
        self._draft = draft
        self._method = method.id
        self._title = method.title
        self._known = frozenset(_declared(method, methods))
        #: Ids of the methods that are switched on; check them before extending a method that may be off.
        self.methods = frozenset(methods)
        #: Ids of the roles of all these methods.
        self.roles = frozenset(draft.roles)
        #: The extending method's settings in this workspace.
        self.settings = settings

    def fields_of(self, type: str) -> type[Fields]:
        """The fields of an item type as composed so far, those that other methods added among them."""
        return self._type(type).fields

    def _type(self, id: str) -> ItemType:
        found = self._draft.item_types.get(id)
        if found is None:
            raise absent("item type", id, self._draft.item_types)
        self._demand_declared(method_of(id), f"the item type {id}")
        return found

    def _states(self, type: str, names: Iterable[str]) -> tuple[str, ...]:
        """States of an item type by name."""
        workflow, named = self._type(type).workflow, tuple(names)
        for name in named:
            if workflow.state(name) is None:
                raise absent(f"state of {type}", name, (each.id for each in workflow.states))
        return named

    def _field_owner(self, type: str, name: str) -> str:
        """The method of a field of an item type."""
        return self._draft.field_origins.get((type, name), method_of(type))

    def _transition(self, type: str, name: str) -> Transition:
        workflow = self._type(type).workflow
        found = workflow.transition(name)
        if found is None:
            raise absent(
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
        """All transitions with a gate: item type, transition, and the gate as it is there."""
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
            raise absent("gate", gate_id, gates)

    def _roles(self, roles: Iterable[Role | str]) -> tuple[str, ...]:
        ids = role_ids(roles)
        for role in ids:
            if role != SYSTEM and role not in self._draft.roles:
                raise absent("role", role, self._draft.roles)
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
        for check in gate.every_check:
            self._demand_own("check", check.id)

    def _record(self, target: str, what: str, reason: str) -> None:
        if not reason.strip():
            raise DefinitionError(f"{self._method} loosens {target} without a reason: say why in `reason`")
        self._draft.loosenings.append(Loosening(self._method, target, what, reason.strip()))


def _declared(method: Method, methods: Mapping[str, Method]) -> set[str]:
    """The method, and all methods that are composed before it because it names them."""
    found: set[str] = set()
    waiting = [method.id]
    while waiting:
        name = waiting.pop()
        if name in methods and name not in found:
            found.add(name)
            waiting += [*methods[name].requires, *methods[name].extends]
    return found


def listed(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(names)


def absent(kind: str, name: str, known: Iterable[str]) -> DefinitionError:
    """The refusal of an unknown name, with the nearest ones."""
    return DefinitionError(f'there is no {kind} "{name}"{nearest(name, known)}')
