"""A method as its own tables: item types with their workflows, approvals, timers, and its roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from typing import Any

from generate.approvals import decides, ends
from generate.markdown import code, listed, sentence, table
from generate.spans import length
from generate.timers import runs_for, runs_from, then
from generate.titles import Titles, first_line, plain
from placet import Confirmation, Gate, ItemType, Method, Role, Transition
from placet.testing import Registry


@lru_cache(maxsize=1)
def _installed() -> dict[str, Method]:
    return dict(Registry.discover().methods)


def method_named(id: str) -> Method:
    """An installed method. Raises `LookupError` if it is not installed."""
    if id not in _installed():
        raise LookupError(f'the method "{id}" is not installed: run make install')
    return _installed()[id]


def roles(id: str) -> str:
    """The roles of a method."""
    known = method_named(id).roles
    if not any(role.on_item for role in known):
        return table(["role", "decides", "id"], [(role.title, role.decides, code(role.id)) for role in known])
    return table(
        ["role", "decides", "held", "id"],
        [(role.title, role.decides, _held(role), code(role.id)) for role in known],
    )


def _held(role: Role) -> str:
    """Where a role is held, and who appoints its holders for one item."""
    where = ", ".join(code(each) for each in role.held_on)
    held = f"on {where} and below" if where else "in the workspace"
    if role.through:
        held += f", through {', '.join(code(each) for each in role.through)}"
    if role.on_item is None:
        return held
    held += f"; {'' if where else 'for one item '}appointed by {', '.join(code(each) for each in role.on_item.by)}"
    of = f" from {', '.join(code(each) for each in role.on_item.to)}" if role.on_item.to else ""
    return held + of


def item_types(id: str) -> str:
    """A section for each item type of a method."""
    return "\n".join(item_type(each.id) for each in method_named(id).item_types)


def item_type(id: str) -> str:
    """All tables of one item type."""
    method = method_named(id.partition(".")[0])
    found = next(each for each in method.item_types if each.id == id)
    titles = Titles(_installed().values(), found)
    parts = [
        f"{code(found.id)}: {sentence(found.description or found.title)}\n",
        _states(found),
        _transitions(found, titles),
        _gates(found, titles),
        _approvals(found, titles),
        _confirmations(found),
        _duties(found, titles),
        _writers(found, titles),
        _timers(found, titles),
    ]
    return "\n".join(part for part in parts if part)


def notifications(id: str) -> str:
    """The notification rules, besides those of timers."""
    method = method_named(id)
    types = {each.id: each for each in method.item_types}
    lines = []
    for rule in method.notification_rules:
        titles = Titles(_installed().values(), types[rule.item_type])
        lines.append(
            (
                f"{rule.title}\n{code(rule.id)}",
                types[rule.item_type].title,
                ", ".join(titles.happening(each) for each in rule.on),
                ", ".join(titles.role(each) for each in rule.to),
            )
        )
    return table(["notification", "about", "when", "goes to"], lines)


def rows(values: Iterable[Any]) -> str:
    """A table of a method, such as its authorities: a column for each member of its rows."""
    lines = list(values)
    heads = [each.name for each in fields(lines[0])]
    cells = [[plain(getattr(line, head)) for head in heads] for line in lines]
    return table([head.replace("_", " ") for head in heads], cells)


def _states(found: ItemType) -> str:
    lines = [(each.title, each.category.value, each.meaning, code(each.id)) for each in found.workflow.states]
    return table(["state", "category", "meaning", "id"], lines)


def _transitions(found: ItemType, titles: Titles) -> str:
    lines = [
        (
            f"{each.title}\n{code(each.name)}",
            titles.sources(each),
            titles.target(each),
            ", ".join(titles.role(role) for role in each.roles),
            "\n".join(gate.title for gate in each.gates),
            "\n".join(_happens(each, titles)),
        )
        for each in found.workflow.transitions
    ]
    return table(["transition", "from", "to", "who may", "gates", "what happens with it"], lines)


def _happens(transition: Transition, titles: Titles) -> list[str]:
    return [
        *(f"asks for: {titles.asked(each)}" for each in transition.asks),
        *(f"takes back: {titles.approval(each)}" for each in transition.voids),
        *(sentence(effect.title) for effect in transition.effects),
    ]


def _gates(found: ItemType, titles: Titles) -> str:
    gates = {gate.id: gate for each in found.workflow.transitions for gate in each.gates}
    lines = [
        (
            f"{gate.title}\n{code(gate.id)}",
            "\n".join([*(sentence(check.says(titles)) for check in gate.checks), *_lasting(found, gate)]),
            _waivable(gate, titles),
        )
        for gate in gates.values()
    ]
    return table(["gate", "what has to hold", "may be waived by"], lines)


def _waivable(gate: Gate, titles: Titles) -> str:
    roles = ", ".join(titles.role(role) for role in gate.waived_by)
    return f"{roles}, for {length(gate.waived_for)} at most" if roles else ""


def _lasting(found: ItemType, gate: Gate) -> list[str]:
    titles = [state.title for state in found.workflow.states if state.id in gate.lasting]
    return [f"Checked again on the way out of: {', '.join(titles)}"] if titles else []


def _approvals(found: ItemType, titles: Titles) -> str:
    lines = [
        (
            f"{each.title}\n{code(each.id)}",
            decides(each, titles),
            ends(each),
            listed(code(name) for name in (*each.material_fields, *each.material_evidence)),
        )
        for each in found.approvals
    ]
    return table(["approval", "who decides", "until", "void when these change"], lines)


def _confirmations(found: ItemType) -> str:
    lines = [
        (
            f"{each.title}\n{code(each.id)}",
            code(".".join(filter(None, (each.field, each.member)))),
            listed(code(name) for name in each.material_fields),
            _answered(each),
        )
        for each in found.confirmations
    ]
    return table(
        ["confirmation", "by the one who is named in", "asked again when these change", "time"], lines
    )


def _answered(confirmation: Confirmation) -> str:
    """The time to answer, the reminder, and how long an answer counts."""
    ends = confirmation.expires
    lines = [] if ends is None else [f"to answer: {first_line(ends) if callable(ends) else length(ends)}"]
    lines += [] if confirmation.reminds is None else [f"reminded after {length(confirmation.reminds)}"]
    lines += [] if confirmation.lasts is None else [f"counts for {length(confirmation.lasts)}"]
    return "\n".join(lines)


def _duties(found: ItemType, titles: Titles) -> str:
    lines = [
        (
            f"{each.title}\n{code(each.id)}",
            "\n".join(titles.done(each.acts)),
            "\n".join(titles.done(each.bars)),
        )
        for each in found.duties
    ]
    return table(["segregation of duties", "who did one of these", "does none of these"], lines)


def _writers(found: ItemType, titles: Titles) -> str:
    lines = [
        (code(name), ", ".join(titles.role(role) for role in roles)) for name, roles in found.writers.items()
    ]
    return table(["field", "who alone writes it"], lines)


def _timers(found: ItemType, titles: Titles) -> str:
    lines = [
        (f"{each.title}\n{code(each.id)}", runs_from(each, titles), runs_for(each), then(each, titles))
        for each in found.timers
    ]
    return table(["timer", "runs", "for", "then"], lines)


def default_controls() -> str:
    """The default controls of COBIT, with the transitions that they gate."""
    from placet_cobit.controls.defaults import shipped_controls  # noqa: PLC0415  # installed with its plugin alone

    return table(
        ["practice", "control", "gates", "check", "nature"],
        [
            (
                control.practice,
                f"{control.title}<br>{code(control.id)}",
                "<br>".join(code(f"{each.item_type}.{each.transition}") for each in control.bindings),
                "<br>".join(dict.fromkeys(code(each.check_id) for each in control.bindings)),
                control.nature.value,
            )
            for control in shipped_controls()
        ],
    )
