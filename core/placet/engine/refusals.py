"""Blockers that the engine itself gives: what does not leave from here, and what failed."""

from __future__ import annotations

from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Blocker, Outcome, worded
from placet.definitions.workflow import Transition
from placet.engine.records import ItemRecord


def not_from_here(item_type: ItemType, transition: Transition, record: ItemRecord) -> list[Blocker]:
    """The blocker of a transition that does not leave from where the item is, if that is so."""
    sources = item_type.workflow.sources_of(transition)
    if record.state in sources:
        return []
    stranded = item_type.workflow.state(record.state) is None
    about: dict[str, Any] = {"gate": "workflow", "check": "workflow.state", "source": method_of(item_type.id)}
    if stranded:
        message = "the state {state} is not one of {type} any more"
        remedy = "have it migrated to a state that there is"
        params: dict[str, Any] = {"state": record.state, "type": item_type.id}
        return [worded(message, remedy, params, message_id="workflow.stranded", **about)]
    message = "{transition} leaves from {sources}, and {key} is in {state}"
    params = {
        "transition": transition.name,
        "sources": list(sources),
        "key": record.key,
        "state": record.state,
        "available": [t.name for t in item_type.workflow.leaving(record.state)] or ["none"],
    }
    remedy = "available transitions: {available}"
    return [worded(message, remedy, params, message_id="workflow.state", **about)]


def failed(gate: str, check: str, what: str, error: Exception) -> Blocker:
    """Something of a plugin's raised, so that nothing of the act is written."""
    return Blocker(
        message=f"{what} failed: {type(error).__name__}: {error}",
        remedy=f"report it to whoever keeps the plugin {method_of(check)}; nothing was written",
        message_id="plugin.failed",
        gate=gate,
        check=check,
        verdict=Outcome.UNKNOWN,
        source=method_of(check),
    )
