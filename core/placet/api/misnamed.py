"""Suggests the item that is meant if a request has another text in place of its key, as people know titles."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from starlette.requests import Request

from placet.app import Application
from placet.engine.act.people import Actor
from placet.errors import Fault, PlacetError, not_a_key
from placet.store import bridge


async def key_explained(request: Request, fault: Fault) -> Fault:
    """The fault with the item that is meant, if it is about a key and the actor may see such an item."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if not fault.instead_of_key or actor is None:
        return fault
    application: Application = request.app.state.application
    look = partial(application.engine.reports.meant, actor, fault.instead_of_key)
    try:
        found = await bridge.run(application.store, look)
    except PlacetError:
        # The request has to be answered even if the suggestion fails.
        return fault
    if found is None:
        return fault
    said = f"{not_a_key(fault.instead_of_key)}. Did you mean {found.key} {found.title}?"
    return replace(fault, message=said)
