"""A building site: a method with every way in which one item's rules can depend on another."""

from __future__ import annotations

from types import ModuleType

from placet import (
    Category,
    CheckContext,
    EffectContext,
    Fields,
    Gate,
    ItemType,
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
    passed,
)

from .rendezvous import MEETING

FOREMAN = Role("works.foreman", "Foreman")


class StageFields(Fields):
    reports: int = 0


class PackageFields(Fields):
    text: Text | None = None


class NoteFields(Fields):
    of: Text | None = None


class BookingFields(Fields):
    crane: Text
    hour: int


@check("works.packages_done")
def packages_done(ctx: CheckContext) -> Verdict:
    """Every package of the stage is done."""
    verdict = children_in_state("works.packages_done", "works.package", ["done"])(ctx)
    MEETING.arrive()
    return verdict


@check("works.stage_open")
def stage_open(ctx: CheckContext) -> Verdict:
    """The stage of the package is not closed."""
    parent = ctx.parent()
    MEETING.arrive()
    if parent is None or parent.state != "closed":
        return passed()
    return blocked("{stage} is closed", remedy="leave the package as it is", params={"stage": parent.key})


@check("works.crane_free")
def crane_free(ctx: CheckContext) -> Verdict:
    """Nobody else has booked the crane at that hour."""
    fields = ctx.item.fields
    others = ctx.items("works.booking", states=["booked"], crane=fields.crane, hour=fields.hour)
    MEETING.arrive()
    taken = [other.key for other in others if other.key != ctx.item.key]
    if not taken:
        return passed()
    return blocked(
        "{crane} is booked at {hour} by {by}",
        remedy="take another hour",
        params={"crane": fields.crane, "hour": fields.hour, "by": ", ".join(taken)},
    )


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


# fmt: off
STAGE = ItemType("works.stage", "Stage", fields=StageFields, workflow=Workflow(
    "works.stage",
    [State("building", "Building", Category.ACTIVE), State("closed", "Closed", Category.DONE)],
    [Transition("close", "building", "closed", [FOREMAN], [Gate("works.finished", "Finished", packages_done)])],
))
PACKAGE = ItemType("works.package", "Package", fields=PackageFields, parents=["works.stage"], workflow=Workflow(
    "works.package",
    [State("going", "Going", Category.ACTIVE), State("paused", "Paused", Category.WAITING),
     State("done", "Done", Category.DONE)],
    [
        Transition("finish", "going",  "done",   [FOREMAN]),
        Transition("reopen", "done",   "going",   [FOREMAN], [Gate("works.reopening", "Reopening", stage_open)]),
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
    [Transition("book", "wished", "booked", [FOREMAN], [Gate("works.free", "Free", crane_free)])],
))
# fmt: on
METHOD = Method("works", "Building works", item_types=[STAGE, PACKAGE, NOTE, BOOKING], roles=[FOREMAN])

#: The plugin as an entry point would lead to it.
PLUGIN = ModuleType("works")
PLUGIN.placet_method = hookimpl(lambda: METHOD)  # type: ignore[attr-defined]  # a module made on the fly
