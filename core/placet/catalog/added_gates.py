"""Gates that a workspace adds to its composed rules as data, each proven by itself.

A faulty one closes its own gate and nothing else: its check is `unknown`, which blocks, and names the fault. A gate
whose method or item type is switched off stops nobody, and is there again with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import wraps

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.composition import one_line, with_place
from placet.catalog.findings import Finding, warning
from placet.catalog.references import check_findings
from placet.definitions.added_gates import AddedGate
from placet.definitions.checks import Check, Gate
from placet.definitions.context import CheckContext
from placet.definitions.document import gate_document, method_of
from placet.definitions.items import ItemType
from placet.definitions.offered_checks import OfferedCheck
from placet.definitions.places import changed
from placet.definitions.scopes import scope_faults
from placet.definitions.verdicts import Blocker, Verdict, unknown
from placet.definitions.wording import literal
from placet.errors import DefinitionError, nearest


def with_added_gates(base: Catalog, rules: Rules) -> Catalog:
    """The rules of a workspace with the gates that it has added, over the same rules without them."""
    item_types = dict(base.item_types)
    for gate in rules.gates:
        item_type = item_types.get(gate.item_type)
        if _in_use(base, gate) and item_type is not None:
            item_types[item_type.id] = _gated(base, item_type, gate)
    return replace(base, rules=rules, item_types=item_types, without_added=base, _documents={})


def _in_use(catalog: Catalog, gate: AddedGate) -> bool:
    """Whether the method that a gate belongs to is switched on and can be used."""
    method = method_of(gate.id)
    return method in catalog.methods and method not in catalog.missing


def _gated(catalog: Catalog, item_type: ItemType, gate: AddedGate) -> ItemType:
    made = _made(catalog, gate)
    transitions = tuple(
        changed(each, gates=(*each.gates, made)) if each.name == gate.transition else each
        for each in item_type.workflow.transitions
    )
    return changed(item_type, workflow=changed(item_type.workflow, transitions=transitions))


def _made(catalog: Catalog, gate: AddedGate) -> Gate:
    checks, faults = _proven(catalog, gate)
    if faults:
        return Gate(gate.id, gate.title, _unusable(f"{method_of(gate.id)}.usable", faults))
    check, *others = checks
    exception = others[0] if others else None
    return Gate(gate.id, gate.title, _labeled(check, gate.label), unless=exception, only=gate.only)


def _unusable(id: str, faults: Sequence[str]) -> Check:
    said = f"this gate cannot be evaluated: {'; '.join(faults)}"

    def test(ctx: CheckContext) -> Verdict:  # noqa: ARG001  # the signature of a check
        return unknown(said, remedy="correct it where it was added")

    return Check(id, test)


def _id(gate: AddedGate, offered: OfferedCheck) -> str:
    """The id of the check in a gate: a method's own stays, and a stock check belongs to the gate's method."""
    known = method_of(offered.id) != "core"
    return offered.id if known else f"{method_of(gate.id)}.{offered.id.partition('.')[2]}"


def _labeled(check: Check, label: str) -> Check:
    if not label:
        return check

    # The definition names the function of the check itself.
    @wraps(check.test)
    def test(ctx: CheckContext) -> Verdict:
        verdict = check.test(ctx)
        # A check that returns something else is reported by the engine.
        if not getattr(verdict, "blockers", ()):
            return verdict
        return replace(verdict, blockers=tuple(_begun(blocker, label) for blocker in verdict.blockers))

    return changed(check, test=test)


def _begun(blocker: Blocker, label: str) -> Blocker:
    """A blocker whose message begins with a label."""
    template = blocker.template
    return replace(
        blocker,
        message=f"{label} {blocker.message}",
        template=None if template is None else (f"{literal(label)} {template[0]}", template[1]),
    )


def gate_faults(catalog: Catalog, gate: AddedGate) -> tuple[str, ...]:
    """Why a gate would not work under these rules: unknown names, and parameters that do not fit; empty if it would.

    Names of methods that are switched off are unknown too.
    """
    return _proven(catalog, gate)[1]


def _proven(catalog: Catalog, gate: AddedGate) -> tuple[tuple[Check, ...], tuple[str, ...]]:
    """The checks of a gate, with the one of `unless` at the end, and why it would not work; one of the two is empty."""
    faults = list(_place_faults(catalog, gate))
    wanted = [(gate.check, gate.params)]
    if gate.unless is not None:
        wanted.append((gate.unless, gate.unless_params))
    checks = []
    for check, params in wanted:
        offered = catalog.offered_checks.get(check)
        if offered is None:
            faults.append(f'there is no check "{check}" to choose{nearest(check, catalog.offered_checks)}')
            continue
        item_type = catalog.item_types.get(gate.item_type)
        if offered.item_types and item_type is not None and item_type.id not in offered.item_types:
            faults.append(
                f"the check {check} judges {' or '.join(offered.item_types)}, and not {gate.item_type}"
            )
        try:
            made = _made_check(offered, gate, params)
            if item_type is not None:
                faults += [
                    f"{each.message}; {each.remedy}" for each in check_findings(catalog, item_type, made)
                ]
        except (ValueError, DefinitionError) as error:
            faults.append(str(error) or one_line(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001  # foreign code, which closes no other gate
            said = with_place(one_line(error), error)
            faults.append(f"the check {check} cannot be made of its parameters: {said}")
        else:
            checks.append(made)
    return (() if faults else tuple(checks)), tuple(dict.fromkeys(faults))


def _made_check(offered: OfferedCheck, gate: AddedGate, params: Mapping[str, object]) -> Check:
    """The check of a gate, which can be recorded too."""
    made: object = offered.of(_id(gate, offered), params)
    if not isinstance(made, Check):
        raise DefinitionError(f"{offered.id} makes no check of its parameters, but {type(made).__name__}")
    gate_document(Gate(gate.id, gate.title, made))
    return made


def _place_faults(catalog: Catalog, gate: AddedGate) -> Iterator[str]:
    if gate.id in catalog.composed_gates:
        yield f'the gate "{gate.id}" is one of the methods: give it another id'
    item_type = catalog.item_types.get(gate.item_type)
    if item_type is None:
        yield f'there is no item type "{gate.item_type}"{nearest(gate.item_type, catalog.item_types)}'
    elif item_type.workflow.transition(gate.transition) is None:
        known = [each.name for each in item_type.workflow.transitions]
        yield f'{gate.item_type} has no transition "{gate.transition}"{nearest(gate.transition, known)}'
    if item_type is not None:
        yield from scope_faults(gate.only, item_type.fields, gate.item_type)


def added_gate_findings(catalog: Catalog) -> Iterator[Finding]:
    """Gates that a workspace has added and that cannot work under its rules as they are now."""
    for gate in catalog.rules.gates:
        where = f"{gate.item_type}.{gate.transition}: gate {gate.id}"
        if not _in_use(catalog, gate):
            yield warning(
                "idle-gate",
                where,
                f"it is not evaluated, as the method {method_of(gate.id)} is not in use",
                "switch the method on, or end what the gate comes from",
            )
        elif method_of(gate.item_type) in catalog.methods and (faults := gate_faults(catalog, gate)):
            yield warning(
                "unusable-gate", where, "; ".join(faults), f"correct it in {gate.item}, where it comes from"
            )
