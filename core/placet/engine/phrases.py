"""Events in one sentence each, as people are told of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from placet.definitions.roles import SYSTEM
from placet.engine.context import Context
from placet.engine.records import EventRecord

#: So much of what somebody wrote stands in a sentence, in characters.
_QUOTED = 300
#: The point at which a clock that repeats begins anew.
AGAIN = "again"


def approval_title(approval: str, ctx: Context) -> str:
    """What people know an approval by."""
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    found = item_type.approval(approval) if item_type is not None else None
    return found.title if found is not None else approval


def role_title(role: str, ctx: Context) -> str:
    """What people know a role by."""
    found = ctx.catalog.roles.get(role)
    return found.title if found is not None else role


def field_title(name: str, ctx: Context) -> str:
    """What people know a field by."""
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    declared = item_type.fields.model_fields.get(name) if item_type is not None else None
    return (declared.title if declared is not None else None) or name.replace("_", " ")


def timer_title(timer: str, ctx: Context) -> str:
    """What people know a clock by."""
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    timers = item_type.timers if item_type is not None else ()
    return next((each.title for each in timers if each.id == timer), timer)


def sentence(event: EventRecord, ctx: Context) -> str:
    """What happened: `ann moved it to On the bench (Start): the lamp is here`."""
    who = "Placet" if event.actor == SYSTEM else event.actor
    if event.data.get("on_behalf_of"):
        who = f"{who} for {event.data['on_behalf_of']}"
    return f"{who} {_did(event, ctx)}{_said(event.data)}"


def _did(event: EventRecord, ctx: Context) -> str:  # noqa: C901, PLR0911, PLR0912  # one arm for each kind, read as a table
    data = event.data
    match event.kind:
        case "created":
            return "made it"
        case "transition":
            return _moved(data, ctx)
        case "edited":
            return f"changed {', '.join(field_title(name, ctx) for name in data.get('changes', {}))}"
        case "comment":
            return "commented"
        case "asked":
            return f"asks for {data['check']} to be cleared"
        case "voted":
            vote = {"approve": "approved", "reject": "rejected", "abstain": "abstained from"}[
                data["decision"]
            ]
            return f"{vote} {approval_title(data['approval'], ctx)}, which is {data['status']}"
        case "roles":
            return f"changed who holds the role {role_title(data['role'], ctx)} on it"
        case "evidence":
            return f"attached {data['evidence']['name']}"
        case "waiver_asked":
            return f"asks for a waiver of {data['waiver']['gate']}: {_short(data['waiver']['reason'])}"
        case "waiver_decided":
            return f"{'granted' if data['waiver'].get('granted') else 'refused'} the waiver of {data['waiver']['gate']}"
        case "approval_expired":
            return f"recorded: {approval_title(data['approval'], ctx)} has expired"
        case "waiver_expired":
            return f"recorded: the waiver of {data['waiver']['gate']} has ended"
        case "waiver_reviewed":
            return f"reviewed the waiver of {data['waiver']['gate']}"
        case "timer":
            return _rang(data, ctx)
        case _:
            return f"recorded: {event.kind.replace('_', ' ')}"


def _moved(data: Mapping[str, Any], ctx: Context) -> str:
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    workflow = item_type.workflow if item_type is not None else None
    transition = workflow.transition(data["transition"]) if workflow is not None else None
    name = transition.title if transition is not None else data["transition"]
    if data["from_state"] == data["to_state"]:
        return f"recorded: {name}"
    state = workflow.state(data["to_state"]) if workflow is not None else None
    return f"moved it to {state.title if state is not None else data['to_state']} ({name})"


def _rang(data: Mapping[str, Any], ctx: Context) -> str:
    title = timer_title(data["timer"], ctx)
    if data["point"] == AGAIN:
        return f"recorded: the clock {title} begins again"
    due = f", due at {_moment(data['due_at'])}" if data.get("due_at") else ""
    return f"recorded: the clock {title} is at {data['point']}{due}"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"


def _said(data: Mapping[str, Any]) -> str:
    return f": {_short(data['comment'])}" if data.get("comment") else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED].rstrip()}..."
