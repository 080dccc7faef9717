"""The bridges between two methods, from their own tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generate.markdown import code, sentence, table
from generate.methods import method_named
from placet_integration import PAIRS
from placet_integration.bridges import Bridge, Follow, Pair
from placet_integration.governance_itil import GATES
from placet_integration.warnings import WARNINGS


def gates() -> str:
    """Every gate, by its two methods."""
    heads = ["between", "gate", "added to", "passes when", "message, remedy", "who", "setting"]
    return table(heads, [_gate(pair, bridge) for pair in PAIRS for bridge in pair.bridges])


def others() -> str:
    """The gates between governance and ITIL, whose message follows from what is missing."""
    heads = ["between", "gate", "added to", "passes when", "setting"]
    between = " and ".join(method_named(name).title for name in ("governance", "itil"))
    rows = [
        (between, f"{gate.title} ({code(gate.id)})", _places([at]), gate.checks[0].title, code(setting))
        for gate, at, setting in GATES
    ]
    return table(heads, rows)


def warnings() -> str:
    """Gates that warn, and stop nobody."""
    heads = ["gate", "added to", "passes when", "message, remedy", "setting"]
    return table(heads, [(*_gate_of(each), code(each.setting)) for each in WARNINGS])


def follows() -> str:
    """Consequences in one method of a transition of another."""
    rows = [(pair, each) for pair in PAIRS for each in pair.follows]
    heads = ["between", "after", "what follows", "setting"]
    return table(heads, [_follow(pair, each) for pair, each in rows])


def _between(pair: Pair) -> str:
    return " and ".join(method_named(name).title for name in pair.methods)


def _gate(pair: Pair, bridge: Bridge) -> tuple[str, ...]:
    title, places, passes, said = _gate_of(bridge)
    who = ", ".join(map(code, bridge.who))
    return _between(pair), title, places, passes, said, who, code(bridge.setting)


def _gate_of(bridge: Bridge) -> tuple[str, str, str, str]:
    message, remedy = bridge.says[""]
    return (
        f"{bridge.title} ({code(f'integration.{bridge.name}')})",
        _places(bridge.at),
        bridge.passes_when,
        _plain(f"{message}: {remedy}"),
    )


def _follow(pair: Pair, each: Follow) -> tuple[str, ...]:
    said = each.does.__doc__ or ""
    return _between(pair), _places(each.at), sentence(said.partition("\n")[0]), code(each.setting)


def _plain(said: str) -> str:
    """A template with the names of its figures, and without their forms."""
    counted = re.sub(r"\{(\w+):count ([^}|]+)[^}]*\}", r"{\1} \2s", said)
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", counted)


def _places(places: Iterable[tuple[str, str]]) -> str:
    return ", ".join(code(f"{type}.{transition}") for type, transition in places)
