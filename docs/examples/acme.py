"""Two hooks of an organization: a rule for all methods, and a reaction after the commit."""

from __future__ import annotations

from typing import Any

from placet import CheckContext, Line, Method, Settings, Verdict, blocked, hookimpl


class AcmeSettings(Settings):
    """The settings of Acme's method."""

    #: The reason for which nothing moves while stock is taken; empty at all other times.
    stocktaking: str = ""
    #: The person who is notified of refusals.
    on_call: Line = "nobody"


#: The messages that would be sent to a pager.
PAGED: list[str] = []


@hookimpl
def placet_method() -> Method:
    """Acme's own rules, without item types."""
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
    """Notify the person on call of refusals."""
    if event["kind"] == "refused":
        PAGED.append(f"{settings.on_call}: {event['item']} was refused {event['transition']}")
