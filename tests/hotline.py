"""A hotline that promises answers in time: one method whose items have every kind of timer."""

from __future__ import annotations

from datetime import time

from shop import plugin

from placet import (
    OPEN,
    SYSTEM,
    Approval,
    Ballot,
    ByField,
    CalendarEntry,
    EffectContext,
    Fields,
    Gate,
    Holds,
    ItemType,
    Job,
    JobContext,
    Line,
    LinkType,
    Method,
    Moment,
    Panel,
    Pause,
    Quorum,
    RecurrenceRule,
    Role,
    State,
    Threshold,
    Timer,
    Transition,
    Until,
    Workflow,
    business,
    effect,
    elapsed,
    fields_present,
)
from placet.catalog.discovery import Registry

AGENT = Role("hotline.agent", "Agent")
LEAD = Role("hotline.lead", "Lead")


class CallFields(Fields):
    priority: Line = "P3"
    waits_for: Line | None = None
    answer: Line | None = None
    promised: Moment | None = None
    alarm: bool | None = None
    watched: bool | None = None
    alarms: int | None = None


@effect("hotline.count_alarm")
def count_alarm(ctx: EffectContext) -> None:
    """Count how often somebody was alarmed."""
    ctx.set(alarms=(ctx.item.fields.alarms or 0) + 1)


@effect("hotline.note_spam")
def note_spam(ctx: EffectContext) -> None:
    """Say what came of it."""
    ctx.set(answer="nobody ever asked")


@effect("hotline.take_priority")
def take_priority(ctx: EffectContext) -> None:
    """A call that repeats another is as urgent as that, and opens it again where it was resolved."""
    other = ctx.get(ctx.sent["target"])
    if other is not None:
        ctx.set(priority=other.fields.priority)
        if other.state == "resolved":
            ctx.fire(other.key, "reopen", comment=f"{ctx.item.key} says it is back")


REPEATS = LinkType("hotline.repeats", "Repeats", effects=(take_priority,))

ANSWERED = Gate(
    "hotline.answered", "Answered", fields_present("hotline.answer_given", "answer"), waived_by=[LEAD]
)

# fmt: off
WORKFLOW = Workflow(
    "hotline.call",
    states=[
        State("new",      "New",      "todo"),
        State("active",   "Active",   "active"),
        State("pending",  "Pending",  "waiting"),
        State("resolved", "Resolved", "waiting"),
        State("closed",   "Closed",   "done"),
        State("dropped",  "Dropped",  "cancelled"),
    ],
    transitions=[
        Transition("start",     ["new"],            "active",   [AGENT]),
        Transition("wait",      ["active"],         "pending",  [AGENT], input=["waits_for"]),
        Transition("go_on",     ["pending"],        "active",   [AGENT]),
        Transition("hand_over", ["active"],         "same",     [AGENT]),
        Transition("resolve",   ["active"],         "resolved", [AGENT]),
        Transition("reopen",    ["resolved"],       "active",   [AGENT, SYSTEM]),
        Transition("close",     ["resolved"],       "closed",   [AGENT, SYSTEM], [ANSWERED]),
        Transition("ask",       [OPEN],             "same",     [AGENT], asks=["hotline.budget"]),
        Transition("drop",      [OPEN],             "dropped",  [AGENT, SYSTEM]),
    ],
)
# fmt: on

RESPONSE = Timer(
    "hotline.response",
    "Response",
    starts=("create",),
    stops=("start",),
    target=ByField(
        "priority", {"P1": elapsed(minutes=15), "P2": elapsed(minutes=30), "P3": business(hours=4)}
    ),
)
RESOLUTION = Timer(
    "hotline.resolution",
    "Resolution",
    starts=("create",),
    stops=("resolve",),
    resumes=("reopen",),
    grace=25,
    target=ByField("priority", {"P1": elapsed(hours=4), "P2": elapsed(hours=8), "P3": business(hours=24)}),
    pauses=(Pause(("pending",), Holds("waits_for", ("customer",))),),
    thresholds=(
        Threshold(50, notifies=(AGENT.id,)),
        Threshold(75, notifies=(LEAD.id,), effects=(count_alarm,)),
        Threshold(100, notifies=(LEAD.id,)),
    ),
)
CLOSING = Timer(
    "hotline.closing",
    "Closing",
    starts=("resolve",),
    stops=("reopen",),
    target=business(days=5),
    thresholds=(Threshold(100, fires="close"),),
)
REMINDER = Timer(
    "hotline.reminder",
    "Reminder",
    starts=("wait",),
    stops=("go_on",),
    target=elapsed(hours=1),
    repeats=3,
    thresholds=(Threshold(100, notifies=(AGENT.id,)),),
)
SPAM = Timer(
    "hotline.spam",
    "Spam",
    starts=("hand_over",),
    stops=(),
    target=elapsed(days=30),
    thresholds=(
        Threshold(
            100, notifies=(LEAD.id,), effects=(note_spam,), fires="drop", when=Holds("waits_for", ("nobody",))
        ),
    ),
)
PROMISE = Timer(
    "hotline.promise",
    "Promise",
    starts=("create",),
    stops=("resolve",),
    target=Until("promised"),
    thresholds=(
        Threshold(before=elapsed(days=1), notifies=(AGENT.id,)),
        Threshold(after=elapsed(hours=2), notifies=(LEAD.id,)),
    ),
)
ALARM = Timer(
    "hotline.alarm",
    "Alarm",
    starts=(),
    stops=(),
    runs_while=Holds("alarm", (True,)),
    resets=("hand_over",),
    target=elapsed(minutes=10),
)


WATCH = Timer(
    "hotline.watch",
    "Watch",
    starts=(),
    stops=(),
    runs_while=Holds("watched", (True,)),
    target=elapsed(hours=2),
    repeats=0,
    thresholds=(Threshold(100, notifies=(LEAD.id,), effects=(count_alarm,)),),
)


class BreakFields(Fields):
    kind: Line
    start: Moment
    end: Moment
    rrule: RecurrenceRule | None = None
    room: Line


BREAK = ItemType(
    "hotline.break",
    "Break",
    fields=BreakFields,
    workflow=Workflow(
        "hotline.break",
        [State("planned", "Planned", "todo"), State("off", "Called off", "cancelled")],
        [Transition("call_off", ["planned"], "off", [LEAD])],
    ),
    creators=[LEAD],
    calendar=CalendarEntry(
        "start", "end", ("planned",), rrule="rrule", kind="kind", window=True, defaults={"room": "all"}
    ),
)

CALL = ItemType(
    "hotline.call",
    "Call",
    fields=CallFields,
    workflow=WORKFLOW,
    indexed=["priority"],
    calendar=CalendarEntry("promised", None, ("new", "active", "pending")),
    timers=[RESPONSE, RESOLUTION, CLOSING, REMINDER, SPAM, PROMISE, ALARM, WATCH],
    entries={"active": [LEAD]},
    approvals=[
        Approval(
            "hotline.budget",
            "Budget",
            panel=Panel(Ballot([LEAD], Quorum.any())),
            expires=elapsed(days=2).time,
        )
    ],
)


#: A call that raised so many alarms breaks the morning round.
BROKEN = 1000


def sweep(ctx: JobContext) -> None:
    """Every morning, calls without an answer are found out."""
    for call in ctx.items("hotline.call", states=["new"]):
        if call.fields.alarms == BROKEN:
            raise RuntimeError("the bell is broken")
        ctx.set_on(call.key, alarms=(call.fields.alarms or 0) + 1)


MORNING = Job("hotline.morning", "Morning round", sweep, at=time(8), weekdays=(1, 2, 3, 4, 5))

METHOD = Method(
    "hotline",
    "Hotline",
    item_types=[CALL, BREAK],
    roles=[AGENT, LEAD],
    link_types=[REPEATS],
    jobs=[MORNING],
)


PLUGIN = plugin(METHOD)
#: Shared by all tests of a process, so that a desk over it is opened once and copied.
REGISTRY = Registry.of(PLUGIN)
