"""A building site: a method with every way in which one item's rules can depend on another."""

from __future__ import annotations

from collections import Counter
from types import ModuleType

from law import all_items, history

from placet import (
    Category,
    CheckContext,
    EffectContext,
    Fields,
    Gate,
    ItemType,
    LinkType,
    Method,
    Role,
    State,
    Text,
    Transition,
    Verdict,
    Workflow,
    blocked,
    check,
    children_in_state,
    effect,
    hookimpl,
    linked_in_state,
    passed,
)
from placet.engine.engine import Engine

from .rendezvous import MEETING

FOREMAN = Role("works.foreman", "Foreman")
#: Sees everything, and does nothing.
VISITOR = Role("works.visitor", "Visitor")


#: Bookings of one hour, of whichever cranes: more the ground does not bear.
CRANES_AT_ONCE = 2


class StageFields(Fields):
    reports: int = 0
    permit: Text | None = None


class PackageFields(Fields):
    text: Text | None = None


class NoteFields(Fields):
    of: Text | None = None


class BookingFields(Fields):
    crane: Text
    hour: int


class ClosureFields(Fields):
    since: int
    until: int


@check("works.met")
def met(_: CheckContext) -> Verdict:
    """Stands behind all checks that read, so that a test can hold an act there."""
    MEETING.arrive()
    return passed()


@effect("works.linked")
def linked(_: EffectContext) -> None:
    """Comes after all that making a link reads."""
    MEETING.arrive()


@check("works.stage_open")
def stage_open(ctx: CheckContext) -> Verdict:
    """The stage of the package is not closed."""
    parent = ctx.parent()
    if parent is None or parent.state != "closed":
        return passed()
    return blocked("{stage} is closed", remedy="leave the package as it is", params={"stage": parent.key})


@check("works.crane_free")
def crane_free(ctx: CheckContext) -> Verdict:
    """Nobody else has booked the crane at that hour."""
    fields = ctx.item.fields
    others = ctx.items("works.booking", states=["booked"], crane=fields.crane, hour=fields.hour)
    taken = [other.key for other in others if other.key != ctx.item.key]
    if not taken:
        return passed()
    return blocked(
        "{crane} is booked at {hour} by {by}",
        remedy="take another hour",
        params={"crane": fields.crane, "hour": fields.hour, "by": ", ".join(taken)},
    )


@check("works.ground_bears_it")
def ground_bears_it(ctx: CheckContext) -> Verdict:
    """Only so many cranes work at the same hour, whichever they are."""
    booked = len(ctx.items("works.booking", states=["booked"], hour=ctx.item.fields.hour))
    if booked < CRANES_AT_ONCE:
        return passed()
    return blocked("{count} cranes work at that hour", remedy="take another hour", params={"count": booked})


@check("works.site_open")
def site_open(ctx: CheckContext) -> Verdict:
    """The site is not closed at that hour."""
    hour = ctx.item.fields.hour
    closed = [
        closure.key
        for closure in ctx.items("works.closure", states=["declared"])
        if closure.fields.since <= hour < closure.fields.until
    ]
    if not closed:
        return passed()
    return blocked("{by} closes the site", remedy="take another hour", params={"by": ", ".join(closed)})


@check("works.permit_held")
def permit_held(ctx: CheckContext) -> Verdict:
    """The stage of the package has a permit."""
    parent = ctx.parent()
    if parent is not None and parent.fields.permit:
        return passed()
    return blocked("there is no permit", remedy="get one")


@check("works.no_objection")
def no_objection(ctx: CheckContext) -> Verdict:
    """Nobody has put an objection into the papers of the stage."""
    parent = ctx.parent()
    objections = [] if parent is None else [each.name for each in parent.evidence if each.kind == "objection"]
    if not objections:
        return passed()
    return blocked("{by} stands against it", remedy="settle it", params={"by": ", ".join(objections)})


@effect("works.write_note")
def write_note(ctx: EffectContext) -> None:
    """Every report of a package leaves a note below it."""
    ctx.create("works.note", f"Report of {ctx.item.key}", parent=ctx.item.key, of=ctx.item.key)


@effect("works.count_report")
def count_report(ctx: EffectContext) -> None:
    """Every report of a package is counted on its stage."""
    parent = ctx.parent()
    if parent is not None:
        ctx.set_on(parent.key, reports=parent.fields.reports + 1)


CLOSING = Gate(
    "works.finished",
    "Finished",
    children_in_state("works.packages_done", "works.package", ["done"]),
    linked_in_state("works.nothing_in_the_way", "works.holds_up", ["done"], incoming=True),
    met,
)
ACCEPTABLE = Gate("works.acceptance", "Acceptance", permit_held, no_objection, met)
BOOKABLE = Gate("works.bookable", "Bookable", crane_free, ground_bears_it, site_open, met)

# fmt: off
STAGE = ItemType("works.stage", "Stage", fields=StageFields, workflow=Workflow(
    "works.stage",
    [State("building", "Building", Category.ACTIVE), State("closed", "Closed", Category.DONE)],
    [Transition("close", "building", "closed", [FOREMAN], [CLOSING])],
))
PACKAGE = ItemType("works.package", "Package", fields=PackageFields, parents=["works.stage"], workflow=Workflow(
    "works.package",
    [State("going", "Going", Category.ACTIVE), State("paused", "Paused", Category.WAITING),
     State("done", "Done", Category.DONE)],
    [
        Transition("finish", "going",  "done",   [FOREMAN]),
        Transition("reopen", "done",   "going",   [FOREMAN], [Gate("works.reopening", "Reopening", stage_open, met)]),
        Transition("accept", "going",  "done",   [FOREMAN], [ACCEPTABLE]),
        Transition("pause",  "going",  "paused", [FOREMAN], input=["text"]),
        Transition("resume", "paused", "going",   [FOREMAN]),
        Transition("report", ["going", "paused"], "same", [FOREMAN], effects=[write_note, count_report]),
    ],
))
NOTE = ItemType("works.note", "Note", fields=NoteFields, parents=["works.package"], workflow=Workflow(
    "works.note",
    [State("written", "Written", Category.ACTIVE), State("read", "Read", Category.DONE)],
    [Transition("read", "written", "read", [FOREMAN])],
))
BOOKING = ItemType("works.booking", "Booking", fields=BookingFields, indexed=["crane", "hour"], workflow=Workflow(
    "works.booking",
    [State("wished", "Wished", Category.TODO), State("booked", "Booked", Category.DONE)],
    [Transition("book", "wished", "booked", [FOREMAN], [BOOKABLE])],
))
CLOSURE = ItemType("works.closure", "Closure", fields=ClosureFields, workflow=Workflow(
    "works.closure",
    [State("declared", "Declared", Category.ACTIVE), State("lifted", "Lifted", Category.DONE)],
    [Transition("lift", "declared", "lifted", [FOREMAN])],
))
# fmt: on
METHOD = Method(
    "works",
    "Building works",
    item_types=[STAGE, PACKAGE, NOTE, BOOKING, CLOSURE],
    roles=[FOREMAN, VISITOR],
    link_types=[
        LinkType("works.holds_up", "Holds up", sources=("works.package",), targets=("works.stage",)),
        LinkType(
            "works.follows",
            "Follows",
            sources=("works.stage",),
            targets=("works.stage",),
            effects=(linked,),
            acyclic=True,
        ),
    ],
)  # fmt: skip

#: The plugin as an entry point would lead to it.
PLUGIN = ModuleType("works")
PLUGIN.placet_method = hookimpl(lambda: METHOD)  # type: ignore[attr-defined]  # a module made on the fly


def assert_reports_counted(engine: Engine) -> None:
    """There are as many effects as events that cause them: a note for each report, which its stage has counted once."""
    items = all_items(engine)
    packages = [item for item in items if item.type == "works.package"]
    reports = {package.key: _reports(engine, package.key) for package in packages}
    notes = Counter(item.parent for item in items if item.type == "works.note")
    assert notes == Counter({key: count for key, count in reports.items() if count})
    stages = Counter({item.key: 0 for item in items if item.type == "works.stage"})
    for package in packages:
        if package.parent is not None:
            stages[package.parent] += reports[package.key]
    assert {item.key: item.fields["reports"] for item in items if item.key in stages} == dict(stages)


def _reports(engine: Engine, key: str) -> int:
    return sum(
        event.kind == "transition" and event.data["transition"] == "report" for event in history(engine, key)
    )
