"""Which item is meant where a request has something else in place of its key: titles are what people know."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from starlette.requests import Request

from placet.app import Application
from placet.engine.act.people import Actor
from placet.errors import Fault, PlacetError, not_a_key
from placet.store import bridge


async def key_explained(request: Request, fault: Fault) -> Fault:
    """The fault with the item that was meant, if it is one about a key and who asks may see such an item."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if not fault.instead_of_key or actor is None:
        return fault
    application: Application = request.app.state.application
    look = partial(application.engine.reports.meant, actor, fault.instead_of_key)
    try:
        found = await bridge.run(application.store, look)
    except PlacetError:
        # It is the request that is answered here, and a suggestion is no part of that.
        return fault
    if found is None:
        return fault
    said = f"{not_a_key(fault.instead_of_key)}. Did you mean {found.key} {found.title}?"
    return replace(fault, message=said)
