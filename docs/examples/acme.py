"""Two hooks of an organisation's own: a rule over all methods, and a reaction after the commit."""

from __future__ import annotations

from typing import Any

from placet import CheckContext, Line, Method, Settings, Verdict, blocked, hookimpl


class AcmeSettings(Settings):
    """What Acme lets a workspace decide."""

    #: Why nothing moves, while stock is taken; empty at all other times.
    stocktaking: str = ""
    #: Who reads what was refused.
    on_call: Line = "nobody"


#: What would be sent to a pager.
PAGED: list[str] = []


@hookimpl
def placet_method() -> Method:
    """Acme's own rules; it brings no item types."""
    return Method("acme", "Acme's own rules", settings=AcmeSettings)


@hookimpl
def placet_check(ctx: CheckContext) -> Verdict | None:
    """While stock is taken nothing moves."""
    if not ctx.settings.stocktaking:
        return None
    return blocked(
        "stock is being taken: {why}",
        remedy="wait until it is over, or ask who takes it",
        params={"why": ctx.settings.stocktaking},
    )


@hookimpl
def placet_event(event: dict[str, Any], settings: AcmeSettings) -> None:
    """Who is on call reads what was refused."""
    if event["kind"] == "refused":
        PAGED.append(f"{settings.on_call}: {event['item']} was refused {event['transition']}")
