"""A definition as a document, which is stored for ever, shown to people, and hashed.

The document of an item type has everything that decides: states, transitions, gates with their checks and figures,
roles, duties, approvals, fields, and the settings in force. Functions appear by id, title, and name, so that the
record can be read years later with the plugin uninstalled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from types import NoneType
from typing import Any

from pydantic import BaseModel, TypeAdapter

from placet.definitions.approvals import Approval, Panel
from placet.definitions.checks import Check, Effect, Gate
from placet.definitions.confirmations import Confirmation
from placet.definitions.items import Consequence, ItemType, LinkType, json_schema
from placet.definitions.metrics import Metric
from placet.definitions.notification_rules import NotificationRule
from placet.definitions.roles import Duty
from placet.definitions.timers import Timer
from placet.definitions.workflow import Transition, Workflow

_DURATION: TypeAdapter[timedelta] = TypeAdapter(timedelta)


def canonical(document: Any) -> str:
    """The canonical form of a JSON document: keys sorted, no blanks, UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(document: Any) -> str:
    """SHA-256 of the canonical form, in hex."""
    return sha256(canonical(document).encode()).hexdigest()


#: The largest whole number that all readers of JSON take; larger ones are sent and kept as text.
READABLE = 2**53 - 1
#: Types that JSON has too, as most values have.
_PLAIN = frozenset({str, int, float, bool, NoneType})
_TEXT = frozenset({str})


def plain(value: Any) -> Any:
    """A value of a definition as JSON."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    # Figures of blockers and members of events, of which an answer has dozens.
    if kind is dict and _PLAIN.issuperset(map(type, value.values())) and _TEXT.issuperset(map(type, value)):
        return dict(value)
    if (kind is list or kind is tuple) and _PLAIN.issuperset(map(type, value)):
        return list(value)
    return _plain(value)


def _plain(value: Any) -> Any:  # noqa: C901, PLR0911  # one arm for each kind of value, read as a table
    match value:
        case bool() | int() | float() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case timedelta():
            return _DURATION.dump_python(value, mode="json")
        case datetime() | date() | time():
            return value.isoformat()
        case BaseModel():
            return value.model_dump(mode="json")
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=canonical)
        case list() | tuple():
            return [plain(item) for item in value]
        case _ if callable(value):
            return _name_of(value)
        case _ if hasattr(value, "__dataclass_fields__"):
            return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
        case _:
            return str(value)


def _name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _check(check: Check) -> dict[str, Any]:
    return {"id": check.id, "title": check.title, "test": _name_of(check.test), "params": plain(check.params)}


def gate_document(gate: Gate) -> dict[str, Any]:
    """A gate with its checks, each with its method."""
    other = (
        {} if gate.unless is None else {"unless": _check(gate.unless) | {"source": method_of(gate.unless.id)}}
    )
    return (
        other
        | ({"only": plain(gate.only)} if gate.only else {})
        | {
            "id": gate.id,
            "title": gate.title,
            "source": method_of(gate.id),
            "waived_by": list(gate.waived_by),
            "waived_for": plain(gate.waived_for),
            "waived_content": list(gate.waived_content),
            "lasting": list(gate.lasting),
            "checks": [_check(check) | {"source": method_of(check.id)} for check in gate.checks],
        }
    )


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "id": effect.id,
        "title": effect.title,
        "run": _name_of(effect.run),
        "params": plain(effect.params),
        "source": method_of(effect.id),
    } | ({"changes_rules": effect.changes_rules} if effect.changes_rules else {})


@lru_cache(maxsize=8192)
def method_of(id: str) -> str:
    """The method of an id: the part before the first dot."""
    return id.partition(".")[0]


def _transition(workflow: Workflow, transition: Transition) -> dict[str, Any]:
    return {
        "name": transition.name,
        "title": transition.title,
        "from": list(workflow.sources_of(transition)),
        "to": transition.target,
        "roles": list(transition.roles),
        "gates": [gate_document(gate) for gate in transition.gates],
        "effects": [_effect(effect) for effect in transition.effects],
        "input": list(transition.input),
        "asks": list(transition.asks),
        "voids": list(transition.voids),
        "decides": transition.decides,
        "added": dict(transition.added),
        "source": transition.origin or method_of(workflow.id),
    }


def _approval(approval: Approval) -> dict[str, Any]:
    return {
        "id": approval.id,
        "title": approval.title,
        "asked": list(approval.asked),
        "panel": plain(approval.panel) if isinstance(approval.panel, Panel) else _name_of(approval.panel),
        "material_fields": plain(approval.material_fields),
        "material_evidence": list(approval.material_evidence),
        "expires": plain(approval.expires),
        "reminds": plain(approval.reminds),
        "reopens": approval.reopens,
        "follows_facts": approval.follows_facts,
        "source": method_of(approval.id),
    }


def _confirmation(confirmation: Confirmation) -> dict[str, Any]:
    table = {name: plain(getattr(confirmation, name)) for name in Confirmation.__dataclass_fields__}
    return table | {"source": method_of(confirmation.id)}


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.id,
        "title": duty.title,
        "acts": list(duty.acts),
        "bars": list(duty.bars),
        "source": method_of(duty.id),
    }


def _consequence(consequence: Consequence) -> dict[str, Any]:
    return {
        "id": consequence.id,
        "fields": list(consequence.fields),
        "moves": consequence.moves,
        "effects": [_effect(effect) for effect in consequence.effects],
        "source": method_of(consequence.id),
    }


def _timer(timer: Timer) -> dict[str, Any]:
    table = {name: plain(getattr(timer, name)) for name in Timer.__dataclass_fields__}
    return table | {"source": method_of(timer.id)}


def notification_rule_document(rule: NotificationRule) -> dict[str, Any]:
    """Who is notified of what."""
    return {
        "id": rule.id,
        "title": rule.title,
        "source": method_of(rule.id),
        "on": list(rule.on),
        "to": list(rule.to),
        "because": rule.because,
    }


def link_type_document(link_type: LinkType) -> dict[str, Any]:
    """The allowed links of a type, their attributes, and their effects."""
    return {
        "id": link_type.id,
        "title": link_type.title,
        "source": method_of(link_type.id),
        "sources": list(link_type.sources),
        "targets": list(link_type.targets),
        "cardinality": link_type.cardinality.value,
        "effects": [_effect(effect) for effect in link_type.effects],
        "attributes": None if link_type.attributes is None else json_schema(link_type.attributes),
        "removal_reason": link_type.removal_reason,
        "acyclic": link_type.acyclic,
        "trace": None if link_type.trace is None else link_type.trace.value,
    }


def metric_document(metric: Metric) -> dict[str, Any]:
    """A metric: the formula in words, and the computation."""
    return {
        "id": metric.id,
        "title": metric.title,
        "source": method_of(metric.id),
        "unit": metric.unit,
        "formula": metric.formula,
        "figure": _spelled(metric.figure),
        "dimensions": list(metric.dimensions),
    }


def _spelled(part: Any) -> Any:
    """A part of a figure with the name of its kind, as `Made()` and `Now()` have no other content."""
    if isinstance(part, tuple):
        return [_spelled(each) for each in part]
    if hasattr(part, "__dataclass_fields__"):
        members = {name: _spelled(getattr(part, name)) for name in part.__dataclass_fields__}
        return {"kind": type(part).__name__, **members}
    return plain(part)


def workflow_document(workflow: Workflow) -> dict[str, Any]:
    """States, and transitions with all their parts."""
    return {
        "id": workflow.id,
        "initial": workflow.initial.id,
        "states": [
            {
                "id": state.id,
                "title": state.title,
                "category": state.category.value,
                "meaning": state.meaning,
                "source": state.origin or method_of(workflow.id),
            }
            for state in workflow.states
        ],
        "transitions": [_transition(workflow, transition) for transition in workflow.transitions],
    }


def item_type_document(item_type: ItemType) -> dict[str, Any]:
    """All rules about items of this type, as one JSON document."""
    return {
        "id": item_type.id,
        "title": item_type.title,
        "fields": json_schema(item_type.fields),
        "indexed": list(item_type.indexed),
        "computed": {
            each.field: {"compute": _name_of(each.compute), "source": each.origin or method_of(item_type.id)}
            for each in item_type.computed
        },
        "frozen_in": plain(item_type.frozen_in),
        "parents": plain(item_type.parents),
        "creators": list(item_type.creators),
        "editors": list(item_type.editors),
        "writers": plain(item_type.writers),
        "entries": plain(item_type.entries),
        "creation": [gate_document(gate) for gate in item_type.creation],
        "consequences": [_consequence(each) for each in item_type.consequences],
        "editing": [gate_document(gate) for gate in item_type.editing],
        "approvals": [_approval(approval) for approval in item_type.approvals],
        "confirmations": [_confirmation(each) for each in item_type.confirmations],
        "duties": [_duty(duty) for duty in item_type.duties],
        "timers": [_timer(timer) for timer in item_type.timers],
        "calendar": plain(item_type.calendar),
        "workflow": workflow_document(item_type.workflow),
    }
