"""A method with two gates that read the own item only, and one item type with twelve transitions from one state."""

from __future__ import annotations

from placet import (
    CheckContext,
    Fields,
    Gate,
    ItemType,
    Method,
    Role,
    State,
    Threshold,
    Timer,
    Transition,
    Verdict,
    Workflow,
    blocked,
    check,
    elapsed,
    fields_present,
    hookimpl,
    passed,
)
from placet.catalog.discovery import Registry

WORKER = Role("bench.worker", "Worker")
ESTIMATE_LIMIT = 100
WORKSPACE = "BENCH"
ACTOR = "ada"


@check("bench.small_enough", limit=ESTIMATE_LIMIT)
def small_enough(ctx: CheckContext) -> Verdict:
    """Nothing larger than the limit is started."""
    estimate = ctx.item.fields.estimate or 0
    if estimate <= ESTIMATE_LIMIT:
        return passed(estimate=estimate)
    return blocked("too large", remedy="split it", who=[WORKER.id])


PREPARED = Gate("bench.prepared", "Prepared", fields_present("bench.fields", "owner", "estimate"))
SMALL = Gate("bench.small", "Small enough", small_enough)
GATES = [PREPARED, SMALL]


class TaskFields(Fields):
    owner: str | None = None
    estimate: int | None = None
    note: str | None = None


STATES = [
    State("ready", "Ready", "todo"),
    State("doing", "In work", "active"),
    State("done", "Done", "done"),
]

TASK = ItemType(
    "bench.task",
    "Task",
    fields=TaskFields,
    workflow=Workflow(
        "bench.task",
        STATES,
        [
            Transition("start", ["ready"], "doing", [WORKER], GATES),
            Transition("stop", ["doing"], "ready", [WORKER], GATES),
            Transition("finish", ["doing"], "done", [WORKER], GATES),
        ],
    ),
)

HUB = ItemType(
    "bench.hub",
    "Hub",
    fields=TaskFields,
    workflow=Workflow(
        "bench.hub",
        [STATES[0], STATES[2]],
        [Transition(f"leave_{n:02}", ["ready"], "done", [WORKER], GATES) for n in range(1, 13)],
    ),
)


TICKING = ItemType(
    "bench.ticking",
    "Ticking",
    fields=TaskFields,
    workflow=Workflow(
        "bench.ticking",
        STATES[1:],
        [Transition("finish", ["doing"], "done", [WORKER], GATES)],
    ),
    timers=[
        Timer(
            "bench.tick",
            "Tick",
            starts=("create",),
            stops=("finish",),
            target=elapsed(minutes=1),
            repeats=0,
            thresholds=(Threshold(100, notifies=(WORKER.id,)),),
        )
    ],
)


class ToyPlugin:
    """What an entry point would have led to."""

    __name__ = "bench"

    @hookimpl
    def placet_method(self) -> Method:
        return Method("bench", "Benchmark", roles=[WORKER], item_types=[TASK, HUB, TICKING])


def registry() -> Registry:
    """The toy method alone."""
    return Registry.of(ToyPlugin())
