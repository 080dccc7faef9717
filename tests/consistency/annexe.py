"""An annexe of the building site, whose method can be switched off: with a timer, and a job that comes again."""

from __future__ import annotations

from datetime import time
from types import ModuleType

from placet import (
    Category,
    Fields,
    ItemType,
    Job,
    JobContext,
    Method,
    Role,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
    elapsed,
    hookimpl,
)

from .rendezvous import MEETING

TENANT = Role("annexe.tenant", "Tenant")


class ShedFields(Fields):
    pass


def let(ctx: JobContext) -> None:
    """Once a month there is another shed."""
    MEETING.arrive()
    ctx.create("annexe.shed", "A shed by the job")


# fmt: off
SHED = ItemType("annexe.shed", "Shed", fields=ShedFields, workflow=Workflow(
    "annexe.shed",
    [State("let", "Let", Category.ACTIVE), State("free", "Free", Category.DONE)],
    [
        Transition("pay",  "let", "same", [TENANT, "system"]),
        Transition("warn", "let", "same", ["system"]),
        Transition("quit", "let", "free", [TENANT]),
    ],
), timers=[Timer("annexe.rent", "Rent", ("create",), ("pay",), elapsed(hours=1), (Threshold(100, fires="warn"),))])
# fmt: on
METHOD = Method(
    "annexe",
    "Annexe",
    item_types=[SHED],
    roles=[TENANT],
    jobs=[Job("annexe.letting", "Letting", let, time(3))],
)

#: The parts that stay when the annexe goes.
YARD_METHOD = Method("yard", "Yard")


def _plugin(method: Method) -> ModuleType:
    made = ModuleType(method.id)
    made.placet_method = hookimpl(lambda: method)  # type: ignore[attr-defined]  # a module made on the fly
    return made


#: The plugins as entry points would lead to them.
PLUGIN, YARD = _plugin(METHOD), _plugin(YARD_METHOD)
