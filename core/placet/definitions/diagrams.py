"""Pictures and exchange forms of a workflow, drawn from its stored document, so that old rules can be shown too.

Additions of other methods are marked with their names: `submit (acme)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

MERMAID = "text/vnd.mermaid"
SVG = "image/svg+xml"
SCXML = "application/scxml+xml"

#: As a target: the item stays where it is.
_SAME = "same"
_FINAL = ("done", "cancelled")
_FILL = {
    "todo": "#eceff4",
    "active": "#d8e9ff",
    "waiting": "#fff1cc",
    "done": "#d9f2e0",
    "cancelled": "#f3dcdc",
}

# Sizes in the picture's own units.
_BOX_WIDTH, _BOX_HEIGHT = 190, 46
_LAYER_GAP, _ROW_GAP, _MARGIN = 200, 92, 30
_LINE_HEIGHT, _LANE = 13, 20
#: Arrows side by side in one gap, before they share a track.
_TRACKS = 9


@dataclass(frozen=True, slots=True)
class _Edge:
    """All transitions from one state to another, drawn as one arrow."""

    source: str
    target: str
    names: tuple[str, ...]


def _edges(workflow: Mapping[str, Any]) -> list[_Edge]:
    names: dict[tuple[str, str], list[str]] = {}
    for transition in workflow["transitions"]:
        for source in transition["from"]:
            target = source if transition["to"] == _SAME else transition["to"]
            name = marked(transition["name"], workflow, transition)
            names.setdefault((source, target), []).append(name)
    return [_Edge(source, target, tuple(each)) for (source, target), each in names.items()]


def _methods(transition: Mapping[str, Any]) -> list[str]:
    """The methods that contribute to a transition, first its own."""
    parts = [*transition["gates"], *transition["effects"]]
    parts += [check for gate in transition["gates"] for check in gate["checks"]]
    said = [transition["source"], *(part["source"] for part in parts), *transition["added"].values()]
    return list(dict.fromkeys(said))


def _others(workflow: Mapping[str, Any], part: Mapping[str, Any]) -> list[str]:
    """The methods, other than the workflow's own, that define a state or a transition or contribute to it."""
    named = _methods(part) if "gates" in part else [part["source"]]
    return [method for method in named if method != workflow["id"].partition(".")[0]]


def marked(name: str, workflow: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    """The name of a state or a transition, with the other methods that define it or contribute to it."""
    others = _others(workflow, part)
    return f"{name} ({', '.join(others)})" if others else name


def _ends(workflow: Mapping[str, Any]) -> frozenset[str]:
    """The states in which everything is over: a state that can be left is not final, whatever its category."""
    left = {source for transition in workflow["transitions"] for source in transition["from"]}
    return frozenset(
        state["id"] for state in workflow["states"] if state["category"] in _FINAL and state["id"] not in left
    )


def mermaid(workflow: Mapping[str, Any]) -> str:
    """A state diagram in Mermaid's notation, a line for each transition."""
    lines = ["stateDiagram-v2"]
    for n, state in enumerate(workflow["states"]):
        title = marked(state["title"], workflow, state).replace('"', "'")
        lines.append(f'    state "{title}" as s{n}')
    number = {state["id"]: f"s{n}" for n, state in enumerate(workflow["states"])}
    lines.append(f"    [*] --> {number[workflow['initial']]}")
    for edge in _edges(workflow):
        lines += [f"    {number[edge.source]} --> {number[edge.target]}: {name}" for name in edge.names]
    ends = _ends(workflow)
    lines += [f"    {number[state['id']]} --> [*]" for state in workflow["states"] if state["id"] in ends]
    return "\n".join(lines) + "\n"


def scxml(workflow: Mapping[str, Any]) -> str:
    """State Chart XML (W3C SCXML 1.0); roles and gates are attributes in Placet's own namespace."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        (
            '<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:placet="urn:placet:workflow:1" version="1.0"'
            f' name="{escape(workflow["id"])}" initial="{escape(workflow["initial"])}">'
        ),
    ]
    ends = _ends(workflow)
    for state in workflow["states"]:
        # A final state ends the interpreter, so that whatever leads on from it would be lost.
        element = "final" if state["id"] in ends else "state"
        head = (
            f'  <{element} id="{escape(state["id"])}" placet:title="{escape(state["title"])}"'
            f' placet:category="{state["category"]}" placet:source="{escape(state["source"])}"'
        )
        moves = _scxml_moves(workflow, state["id"])
        lines += [f"{head}>", *moves, f"  </{element}>"] if moves else [f"{head}/>"]
    return "\n".join([*lines, "</scxml>"]) + "\n"


def _scxml_moves(workflow: Mapping[str, Any], state: str) -> list[str]:
    lines = []
    for transition in workflow["transitions"]:
        if state not in transition["from"]:
            continue
        # A transition without a target stays in its state, as with `same`.
        target = "" if transition["to"] == _SAME else f' target="{escape(transition["to"])}"'
        gates = " ".join(gate["id"] for gate in transition["gates"])
        lines.append(
            f'    <transition event="{escape(transition["name"])}"{target}'
            f' placet:roles="{escape(" ".join(transition["roles"]))}" placet:gates="{escape(gates)}"'
            f' placet:methods="{escape(" ".join(_methods(transition)))}"/>'
        )
    return lines


def svg(workflow: Mapping[str, Any]) -> str:
    """A drawing in layers from left to right, in the order of the table.

    Arrows to the next layer are curves. Arrows that skip a layer run in lanes at the top, arrows that lead back in
    lanes at the bottom, and both turn in the gaps between layers, so that no arrow crosses a state.
    """
    edges = _edges(workflow)
    layers = _layers(workflow, edges)
    column = {state: n for n, layer in enumerate(layers) for state in layer}
    moves = [edge for edge in edges if edge.source != edge.target]
    above = [edge for edge in moves if column[edge.target] - column[edge.source] > 1]
    below = [edge for edge in moves if column[edge.target] <= column[edge.source]]
    top = _MARGIN + (len(above) + 1) * _LANE
    place = _places(layers, top)
    floor = top + max(len(layer) for layer in layers) * (_BOX_HEIGHT + _ROW_GAP)
    width = 2 * _MARGIN + len(layers) * (_BOX_WIDTH + _LAYER_GAP)
    height = floor + (len(below) + 1) * _LANE + _MARGIN
    parts = _frame(workflow["id"], width, height)
    for n, edge in enumerate(above):
        parts.append(_lane(place[edge.source], place[edge.target], top - (n + 1) * _LANE, n, edge.names))
    for n, edge in enumerate(below):
        parts.append(_lane(place[edge.source], place[edge.target], floor + n * _LANE, n, edge.names))
    for edge in edges:
        if edge.source == edge.target:
            parts.append(_loop(place[edge.source], edge.names))
        elif edge not in above and edge not in below:
            parts.append(_forward(place[edge.source], place[edge.target], edge.names))
    parts += [
        _box(
            place[state["id"]],
            state,
            marked(state["id"], workflow, state),
            initial=state["id"] == workflow["initial"],
        )
        for state in workflow["states"]
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _layers(workflow: Mapping[str, Any], edges: Sequence[_Edge]) -> list[list[str]]:
    """States by the longest way to them that only leads down the table; states without one come first."""
    order = [state["id"] for state in workflow["states"]]
    layer: dict[str, int] = {}
    for state in order:
        before = [layer[edge.source] for edge in edges if edge.target == state and edge.source in layer]
        layer[state] = max(before, default=-1) + 1
    return [[state for state in order if layer[state] == n] for n in range(max(layer.values()) + 1)]


def _places(layers: Sequence[Sequence[str]], top: int) -> dict[str, tuple[int, int]]:
    """The upper left corner of each state's box."""
    return {
        state: (
            _MARGIN + _LAYER_GAP // 2 + n * (_BOX_WIDTH + _LAYER_GAP),
            top + row * (_BOX_HEIGHT + _ROW_GAP),
        )
        for n, layer in enumerate(layers)
        for row, state in enumerate(layer)
    }


def _frame(title: str, width: int, height: int) -> list[str]:
    """The beginning of the picture, with the heads of arrows."""
    return [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
            f' height="{height}" font-family="sans-serif" font-size="11" role="img">'
            f"<title>{escape(title)}</title>"
        ),
        (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
            ' orient="auto"><path d="M0 0L8 4L0 8z" fill="#556"/></marker></defs>'
        ),
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]


def _box(at: tuple[int, int], state: Mapping[str, Any], name: str, *, initial: bool) -> str:
    x, y = at
    fill = _FILL.get(state["category"], "#fff")
    line = 2.5 if initial else 1.2
    return (
        f'<g><rect x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="8" fill="{fill}" stroke="#445"'
        f' stroke-width="{line}"/><text x="{x + _BOX_WIDTH // 2}" y="{y + 20}" text-anchor="middle" font-weight="bold">'
        f'{escape(state["title"][:30])}</text><text x="{x + _BOX_WIDTH // 2}" y="{y + 36}" text-anchor="middle"'
        f' fill="#667">{escape(name[:32])}</text></g>'
    )


def _label(x: float, y: float, names: Sequence[str]) -> str:
    """Names above a point, one below the other, with a white outline, so that they are readable on lines."""
    return "".join(
        f'<text x="{x:.0f}" y="{y - (len(names) - 1 - n) * _LINE_HEIGHT:.0f}" text-anchor="middle" fill="#223"'
        f' stroke="#fff" stroke-width="3" paint-order="stroke">{escape(name)}</text>'
        for n, name in enumerate(names)
    )


def _arrow(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="#556" stroke-width="1.2" marker-end="url(#tip)"/>'


def _forward(start: tuple[int, int], end: tuple[int, int], names: Sequence[str]) -> str:
    x1, y1 = start[0] + _BOX_WIDTH, start[1] + _BOX_HEIGHT // 2
    x2, y2 = end[0], end[1] + _BOX_HEIGHT // 2
    bend = (x2 - x1) // 2
    curve = _arrow(f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}")
    # Nearer to the target, where arrows from one state have separated.
    x, y = x1 + 0.6 * (x2 - x1), y1 + 0.65 * (y2 - y1)
    return curve + _label(x, y - 4, names)


def _lane(start: tuple[int, int], end: tuple[int, int], lane: int, n: int, names: Sequence[str]) -> str:
    """An arrow that leaves to the right, runs along a lane, and arrives from the left."""
    # Neighbors turn side by side, not on top of each other.
    aside = 12 + n % _TRACKS * 9
    x1, x2 = start[0] + _BOX_WIDTH, end[0]
    y1, y2 = start[1] + _BOX_HEIGHT // 2 + 8, end[1] + _BOX_HEIGHT // 2 + 8
    path = f"M{x1} {y1}H{x1 + aside}V{lane}H{x2 - aside}V{y2}H{x2}"
    return _arrow(path) + _label((x1 + x2) / 2, lane - 3, [", ".join(names)])


def _loop(at: tuple[int, int], names: Sequence[str]) -> str:
    x, y = at[0] + 30, at[1] + _BOX_HEIGHT
    curve = _arrow(f"M{x - 12} {y}C{x - 16} {y + 26} {x + 16} {y + 26} {x + 12} {y}")
    return curve + _label(x + 70, y + 12 + len(names) * _LINE_HEIGHT, names)


#: Every form by its name.
DRAWINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {"mermaid": mermaid, "svg": svg, "scxml": scxml}
