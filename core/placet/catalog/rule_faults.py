"""Faults in the rules that a request chooses for a workspace, each with a pointer into the request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from placet.catalog.catalog import Catalog, Rules
from placet.definitions.method import Method
from placet.definitions.misfits import members_beside, sentence
from placet.definitions.pointers import pointer_of
from placet.definitions.verdicts import GateMode
from placet.errors import Fault, nearest


def method_faults(
    rules: Rules, methods: Mapping[str, Method], plugins: Collection[str], absent: Callable[[str], str]
) -> Iterator[Fault]:
    """Methods that cannot be switched on.

    Args:
        rules: the requested rules.
        methods: the existing methods, by id.
        plugins: names of all plugins, those that failed to load among them.
        absent: returns why a method cannot be used.
    """
    for index, name in enumerate(rules.methods):
        pointer = f"/methods/{index}"
        if name in rules.methods[:index]:
            yield Fault(pointer, f'the method "{name}" is listed twice: leave one out')
        elif name not in methods:
            # Other names help against a misspelling, and not against a broken plugin.
            hint = "" if name in plugins else nearest(name, methods)
            yield Fault(pointer, f'the method "{name}" cannot be switched on: {absent(name)}{hint}')
        else:
            for required in methods[name].requires:
                if required not in rules.methods:
                    yield Fault(pointer, f'the method "{name}" requires "{required}": switch that on too')


def settings_faults(rules: Rules, methods: Mapping[str, Method]) -> Iterator[Fault]:
    """Settings of methods that are switched off, and settings that do not fit."""
    for name, values in rules.settings.items():
        if name not in rules.methods:
            message = f'the method "{name}" is not switched on{nearest(name, rules.methods)}'
            yield Fault(pointer_of(("settings", name)), message)
        elif name in methods:
            try:
                methods[name].settings.model_validate(values)
            except ValidationError as error:
                for each in error.errors(include_url=False):
                    yield _settings_fault(methods[name], each)


def _settings_fault(method: Method, found: Mapping[str, Any]) -> Fault:
    where, model = found["loc"], method.settings
    pointer = pointer_of(("settings", method.id, *where))
    if found["type"] == "extra_forbidden" and len(where) == 1:
        name = str(where[0])
        return Fault(pointer, f'{method.id} has no setting "{name}"{nearest(name, model.model_fields)}')
    return Fault(pointer, sentence(found, members_beside(model, where)))


def gate_mode_faults(catalog: Catalog) -> Iterator[Fault]:
    """Unknown gates, and unknown modes."""
    gates = catalog.gates
    for gate, mode in catalog.rules.gate_modes.items():
        pointer = pointer_of(("gate_modes", gate))
        if gate not in gates:
            yield Fault(pointer, f'there is no gate "{gate}"{nearest(gate, gates)}')
        if mode not in set(GateMode):
            yield Fault(pointer, f'"{mode}" is not a mode of a gate: take {", ".join(GateMode)}')
