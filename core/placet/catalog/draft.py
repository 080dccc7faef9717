"""Item types while methods extend them; all changes are applied together at the end.

Tightening and loosening take effect at the end, and the strictest wins: a role that one method admits and another
excludes stays out, and a gate that was removed keeps the checks that a third method added to it. The order of methods
that do not know each other therefore decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from placet.catalog.catalog import Loosening
from placet.definitions.checks import Check, Gate
from placet.definitions.items import ItemType, LinkType
from placet.definitions.notification_rules import NotificationRule
from placet.definitions.places import changed
from placet.definitions.roles import CREATE, EDIT, Role
from placet.definitions.workflow import Transition


@dataclass(frozen=True, slots=True)
class Removal:
    """Checks to be removed from a gate: those of certain methods, or a single one."""

    gate: str
    #: Item type and transition, or `None` for all transitions with the gate.
    at: tuple[str, str] | None
    drops: Callable[[Check], bool]


@dataclass(slots=True)
class Draft:
    """The item types of a method set, with links and notification rules, while methods extend them."""

    item_types: dict[str, ItemType]
    roles: Mapping[str, Role]
    notification_rules: dict[str, NotificationRule]
    link_types: dict[str, LinkType]
    loosenings: list[Loosening] = field(default_factory=list)
    #: The method that added a field, by item type and field.
    field_origins: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Admitted roles, and sets of roles to keep, by item type and transition.
    let_in: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    kept: dict[tuple[str, str], list[frozenset[str]]] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)

    def finished(self) -> dict[str, ItemType]:
        """The item types with all tightening and loosening applied."""
        return {item_type.id: self._of_type(item_type) for item_type in self.item_types.values()}

    def _of_type(self, item_type: ItemType) -> ItemType:
        settled = replace_transitions(item_type, partial(self._settled, item_type.id))
        if not item_type.creation and not item_type.editing:
            return settled
        return changed(
            settled,
            creation=self._left((item_type.id, CREATE), item_type.creation),
            editing=self._left((item_type.id, EDIT), item_type.editing),
        )

    def _settled(self, type: str, transition: Transition) -> Transition:
        at = (type, transition.name)
        roles = tuple(dict.fromkeys((*transition.roles, *self.let_in.get(at, ()))))
        for keep in self.kept.get(at, ()):
            roles = tuple(role for role in roles if role in keep)
        return changed(transition, roles=roles, gates=self._left(at, transition.gates))

    def _left(self, at: tuple[str, str], gates: Sequence[Gate]) -> tuple[Gate, ...]:
        """The gates of a place without the removed checks."""
        return tuple(gate for gate in (self._lightened(at, gate) for gate in gates) if gate is not None)

    def _lightened(self, at: tuple[str, str], gate: Gate) -> Gate | None:
        """The gate without the removed checks; `None` where none is left."""
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
