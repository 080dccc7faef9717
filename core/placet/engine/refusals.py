"""Blockers that the engine itself gives: what does not leave from here, and what failed; and how events keep them."""

from __future__ import annotations

from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Blocker, Outcome
from placet.definitions.workflow import Transition
from placet.engine.records import ItemRecord
from placet.engine.rules.guard import PluginError


def blocker_data(blocker: Blocker) -> dict[str, Any]:
    """A blocker as an event keeps it."""
    return {
        "gate": blocker.gate,
        "check": blocker.check,
        "verdict": blocker.verdict.value,
        "mode": blocker.mode.value,
        "message": blocker.message,
        "source": blocker.source,
    }


def not_from_here(item_type: ItemType, transition: Transition, record: ItemRecord) -> list[Blocker]:
    """The blocker of a transition that does not leave from where the item is, if that is so."""
    sources = item_type.workflow.sources_of(transition)
    if record.state in sources:
        return []
    here = ", ".join(t.name for t in item_type.workflow.leaving(record.state)) or "nothing"
    stranded = item_type.workflow.state(record.state) is None
    return [
        Blocker(
            message=(
                f"the state {record.state} is not one of {item_type.id} any more"
                if stranded
                else f"{transition.name} leaves from {' or '.join(sources)}, and {record.key} is in {record.state}"
            ),
            remedy="have it migrated to a state that there is" if stranded else f"from here one can: {here}",
            message_id="workflow.stranded" if stranded else "workflow.state",
            params={"state": record.state, "sources": list(sources)},
            gate="workflow",
            check="workflow.state",
            source=method_of(item_type.id),
        )
    ]


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
