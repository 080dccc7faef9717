"""The verbs that add parts of items and links: fields, attributes, states, transitions, gates, checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field, create_model

from placet.catalog.defaults import unfit_default
from placet.catalog.reach import Reach, absent, listed
from placet.definitions.arguments import checked
from placet.definitions.checks import Check, Effect, Gate
from placet.definitions.document import method_of
from placet.definitions.items import Computed, Fields
from placet.definitions.places import changed, instead_of
from placet.definitions.roles import CREATE
from placet.definitions.states import State
from placet.definitions.wording import with_article
from placet.definitions.workflow import SAME, Transition
from placet.errors import DefinitionError


class Adding(Reach):
    """Adds to item types and their workflows; each part keeps the name of its method."""

    @checked
    def add_field(
        self,
        type: str,
        name: str,
        annotation: Any,
        default: Any = None,
        *,
        indexed: bool = False,
        frozen_in: Iterable[str] = (),
    ) -> None:
        """Add a field to an item type. A field without a default is `None` until somebody fills it in.

        With `indexed`, lists can be sorted and filtered, and checks can search, by it. In the states of `frozen_in` it
        cannot be edited.
        """
        item_type = self._type(type)
        if name in item_type.fields.model_fields:
            raise DefinitionError(
                f'{type} already has a field "{name}", from {self._field_owner(type, name)}: give yours another name'
            )
        made = _made(name, annotation, default, self._method)
        fields = _with_field(item_type.fields, name, made)
        wrong = unfit_default(item_type.fields, name, made)
        if wrong is not None:
            raise DefinitionError(f'the field "{name}" cannot be added to {type}: {wrong}')
        frozen = {
            state: (*item_type.frozen_in.get(state, ()), name) for state in self._states(type, frozen_in)
        }
        self._draft.field_origins[type, name] = self._method
        self._draft.item_types[type] = changed(
            item_type,
            fields=fields,
            indexed=(*item_type.indexed, name) if indexed else item_type.indexed,
            frozen_in={**item_type.frozen_in, **frozen},
        )

    @checked
    def add_computed(self, type: str, computed: Computed) -> None:
        """Compute a field that this method has added to an item type, after existing ones, with its own settings."""
        item_type, name = self._type(type), computed.field
        if name not in item_type.fields.model_fields:
            raise absent(f"field of {type}", name, item_type.fields.model_fields)
        owner = self._field_owner(type, name)
        if owner != self._method:
            raise DefinitionError(
                f'the field "{name}" of {type} is from {owner}, which determines its value: compute one that '
                f"{self._method} adds"
            )
        if name in item_type.computed_fields:
            raise DefinitionError(
                f'the field "{name}" of {type} is computed already: compute it in one function'
            )
        asking = [each.name for each in item_type.workflow.transitions if name in each.input]
        if asking:
            raise DefinitionError(
                f'{type}.{asking[0]} asks people for the field "{name}", and computed fields cannot be given: leave '
                "one of the two out"
            )
        made = instead_of(computed, Computed(name, computed.compute, self._method))
        self._draft.item_types[type] = changed(item_type, computed=(*item_type.computed, made))

    @checked
    def add_attribute(self, link_type: str, name: str, annotation: Any, default: Any = None) -> None:
        """Add an attribute to the links of a type. An attribute without a default is `None` until somebody gives it."""
        found = self._draft.link_types.get(link_type)
        if found is None:
            raise absent("link type", link_type, self._draft.link_types)
        self._demand_declared(method_of(link_type), f"the link type {link_type}")
        base = found.attributes or Fields
        if name in base.model_fields:
            raise DefinitionError(
                f'the link type {link_type} already has an attribute "{name}": give yours another name'
            )
        made = _made(name, annotation, default, self._method)
        attributes = _with_field(base, name, made)
        wrong = unfit_default(base, name, made)
        if wrong is not None:
            raise DefinitionError(f'the attribute "{name}" cannot be added to {link_type}: {wrong}')
        self._draft.link_types[link_type] = changed(found, attributes=attributes)

    @checked
    def add_link_effect(self, link_type: str, effect: Effect) -> None:
        """Add an effect of making a link, on the item at its start, after the link type's own effects.

        `sent` has `link`, `target` and `attributes`.
        """
        self._demand_own("effect", effect.id)
        found = self._draft.link_types.get(link_type)
        if found is None:
            raise absent("link type", link_type, self._draft.link_types)
        self._demand_declared(method_of(link_type), f"the link type {link_type}")
        if any(each.id == effect.id for each in found.effects):
            raise DefinitionError(f'{link_type} already has the effect "{effect.id}": give yours another id')
        self._draft.link_types[link_type] = changed(found, effects=(*found.effects, effect))

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
        """Add a transition between existing states of an item type.

        If it opens a way that the rules close on purpose, `loosens` says why, and it is listed as a loosening.
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
                raise absent(f"state of {type}", end, (state.id for state in workflow.states))
            self._demand_declared(state.origin or method_of(type), f'the state "{end}" of {type}')
        for gate in transition.gates:
            self._demand_own_gate(gate)
        if loosens is not None:
            way = f"opens a way from {listed(transition.sources)} to {transition.target}"
            self._record(f"{type}.{transition.name}", way, loosens)
        added = changed(transition, origin=self._method)
        joined = changed(workflow, transitions=(*workflow.transitions, added))
        self._draft.item_types[type] = changed(item_type, workflow=joined)

    @checked
    def add_gate(self, type: str, transition: str, gate: Gate) -> None:
        """Put a gate of this method on a transition, or on the making of an item: `create`."""
        if transition == CREATE:
            self._add_creation_gate(type, gate)
            return
        found = self._transition(type, transition)
        self._demand_own_gate(gate)
        if any(each.id == gate.id for each in found.gates):
            raise DefinitionError(
                f'{type}.{transition} already has the gate "{gate.id}": add checks to it instead'
            )
        self._change(type, transition, changed(found, gates=(*found.gates, gate)))

    def _add_creation_gate(self, type: str, gate: Gate) -> None:
        item_type = self._type(type)
        self._demand_own_gate(gate)
        if any(each.id == gate.id for each in item_type.creation):
            raise DefinitionError(
                f'the making of {with_article(type)} already has the gate "{gate.id}": add checks to it instead'
            )
        self._draft.item_types[type] = changed(item_type, creation=(*item_type.creation, gate))

    @checked
    def add_check(self, gate_id: str, check: Check) -> None:
        """Add a check of this method to a gate, on all transitions that have the gate."""
        self._demand_own("check", check.id)
        for type, transition, gate in list(self._places(gate_id)):
            if any(each.id == check.id for each in gate.checks):
                raise DefinitionError(
                    f'the gate {gate_id} already has the check "{check.id}": give yours another id'
                )
            gates = tuple(each.plus(check) if each.id == gate_id else each for each in transition.gates)
            self._change(type, transition.name, changed(transition, gates=gates))


def _made(name: str, annotation: Any, default: Any, method: str) -> tuple[Any, Any]:
    """The type and the description of a field whose schema names its method.

    Raises:
        DefinitionError: the name cannot stand in an address, or the annotation is a text.
    """
    if not name.isidentifier() or name.startswith("_"):
        raise DefinitionError(
            f'"{name}" is not a name of a field: write letters, digits and underscores, a letter first, as it '
            "stands in addresses and conditions"
        )
    if isinstance(annotation, str):
        raise DefinitionError(
            f'the annotation of "{name}" is the text "{annotation}": write the type itself, without quotes'
        )
    hint = annotation | None if default is None else annotation
    return hint, Field(default, json_schema_extra={"source": method})


def _with_field(base: type[Fields], name: str, made: tuple[Any, Any]) -> type[Fields]:
    """A model with one more field."""
    member: dict[str, Any] = {name: made}
    return create_model(base.__name__, __base__=base, __module__=base.__module__, **member)
