"""Blockers that the engine itself gives: what does not leave from here, and what failed."""

from __future__ import annotations

from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Blocker, Outcome, worded
from placet.definitions.workflow import Transition
from placet.engine.records import ItemRecord
from placet.engine.rules.guard import PluginError


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


def method_missing(method: str, reason: str, subject: str = "") -> Blocker:
    """A method that cannot be used, for all that needs its rules; `subject` is an item type of it."""
    return worded(
        "the rules of {subject} are not there: {reason}"
        if subject
        else "the method {method} is switched on, and cannot be used: {reason}",
        "have an administrator install or repair the plugin that brings {method}, or switch methods on or off: "
        "`placet check` lists what is wrong",
        {"method": method, "reason": reason, "subject": subject},
        message_id="method.missing",
        gate="method",
        check=f"{method}.loaded",
        verdict=Outcome.UNKNOWN,
        source=method,
    )


def report_it(id: str) -> str:
    """What to do about a plugin that fails: nobody else can mend it."""
    return f"report it to the maintainer of the plugin {method_of(id)}"


def failed(gate: str, what: str, failure: PluginError) -> Blocker:
    """Code of a plugin failed, so that nothing of the act is written."""
    return Blocker(
        message=f"{what} failed: {failure}",
        remedy=f"{report_it(failure.id)}; nothing was written",
        message_id="plugin.failed",
        gate=gate,
        check=failure.id,
        verdict=Outcome.UNKNOWN,
        source=method_of(failure.id),
    )
