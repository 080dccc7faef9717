"""Gates on changes of fields, reasons for removed links, and timers that further transitions stop and resume."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from shop import plugin

from placet import (
    BlockedError,
    CheckContext,
    Extension,
    Fields,
    Gate,
    GateMode,
    ItemType,
    LinkType,
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
    passed,
)
from placet.catalog.catalog import Rules
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import DefinitionError
from placet.testing import Desk

DRIVER = Role("depot.driver", "Driver")


class LoadFields(Fields):
    weight: int = 0
    note: str | None = None


@check("depot")
def not_lighter(ctx: CheckContext) -> Verdict:
    """A loaded item stays loaded."""
    was = 0 if ctx.before is None else ctx.before.fields.weight
    if ctx.transition == "unload" or ctx.item.fields.weight >= was:
        return passed()
    return blocked(
        "it would weigh {new} kg instead of {was}",
        remedy="unload it",
        params={"new": ctx.item.fields.weight, "was": was},
    )


LOAD = ItemType(
    "depot.load",
    "Load",
    fields=LoadFields,
    workflow=Workflow(
        "depot.load",
        [State("here", "Here", "todo"), State("away", "Away", "active"), State("gone", "Gone", "done")],
        [
            Transition("drive", ["here"], "away", [DRIVER]),
            Transition("unload", ["here", "away"], "same", [DRIVER], input=["weight"]),
            Transition("arrive", ["away"], "here", [DRIVER]),
            Transition("end", ["here"], "gone", [DRIVER]),
        ],
    ),
    timers=[
        Timer("depot.trip", "Trip", ["drive"], ["arrive"], elapsed(hours=8), [Threshold(100)]),
        Timer("depot.stay", "Stay", (), (), elapsed(hours=8), [Threshold(100)], states=["here"]),
    ],
    editing=[Gate("depot.kept", "Nothing taken off", not_lighter)],
)


FOLLOWS = LinkType("depot.follows", "follows", removal_reason=10)
DEPOT = plugin(Method("depot", "Depot", item_types=[LOAD], roles=[DRIVER], link_types=[FOLLOWS]))


def breaks(timer: str = "depot.trip") -> ModuleType:
    """A method with breaks on the way, in which a timer stands still."""

    def placet_extend(catalog: Extension) -> None:
        catalog.add_transition("depot.load", Transition("rest", ["away"], "same", [DRIVER]))
        catalog.add_transition("depot.load", Transition("go_on", ["away"], "same", [DRIVER]))
        catalog.extend_timer("depot.load", timer, stops=["rest"], resumes=["go_on"])

    return plugin(Method("breaks", "Breaks", requires=["depot"]), placet_extend=placet_extend)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, registry=Registry.of(DEPOT, breaks())) as opened:
        opened.hold("depot.driver", "dan")
        yield opened


class TestAGateOnChangesOfFields:
    def test_refuses_an_edit_and_fields_that_come_along_with_a_transition(self, desk: Desk) -> None:
        key = desk.create("depot.load", "Bricks", actor="dan", weight=40).key
        with pytest.raises(BlockedError) as edited:
            desk.edit(key, actor="dan", weight=30)

        moved = desk.refused(key, "drive", actor="dan", weight=30)

        found = [*edited.value.blockers, *moved.blockers]
        assert {blocker.message for blocker in found} == {"it would weigh 30 kg instead of 40"}
        assert {(blocker.gate, blocker.check) for blocker in found} == {("depot.kept", "depot.not_lighter")}

    def test_lets_other_edits_and_moves_without_fields_pass(self, desk: Desk) -> None:
        key = desk.create("depot.load", "Bricks", actor="dan", weight=40).key

        desk.edit(key, actor="dan", weight=50, note="ten more")
        desk.move(key, "unload", actor="dan", weight=10)
        desk.move(key, "drive", actor="dan")

        assert (desk.item(key).fields["weight"], desk.item(key).state) == (10, "away")

    def test_has_a_mode_like_other_gates(self, desk: Desk) -> None:
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, gate_modes={"depot.kept": GateMode.WARN})
        key = desk.create("depot.load", "Bricks", actor="dan", weight=40).key

        desk.edit(key, actor="dan", weight=30)

        assert [each["check"] for each in desk.history(key)[-1].data["reported"]] == ["depot.not_lighter"]


class TestARemovedLink:
    def test_has_a_reason_where_its_type_requires_one(self, desk: Desk) -> None:
        one, two = (desk.create("depot.load", name, actor="dan").key for name in ("One", "Two"))
        desk.link(one, "depot.follows", two, actor="dan")
        with pytest.raises(BlockedError) as refused:
            desk.unlink(one, "depot.follows", two, actor="dan", comment="wrong")

        desk.unlink(one, "depot.follows", two, actor="dan", comment="It goes another way.")

        (blocker,) = refused.value.blockers
        assert blocker.remedy == "say why, in at least 10 characters"
        assert desk.history(one)[-1].data["comment"] == "It goes another way."


class TestATimerOfAnotherMethod:
    def test_is_stopped_and_resumed_by_added_transitions(self, desk: Desk) -> None:
        desk.at("2026-11-16T09:00:00Z")
        key = desk.create("depot.load", "Bricks", actor="dan").key
        desk.move(key, "drive", actor="dan")
        desk.at("2026-11-16T11:00:00Z")
        desk.move(key, "rest", actor="dan")
        desk.at("2026-11-16T12:00:00Z")
        desk.move(key, "go_on", actor="dan")

        due = desk.timer(key, "depot.trip").reading.due_at

        assert f"{due:%H:%M}" == "18:00"

    @pytest.mark.parametrize(
        ("timer", "message"),
        [("depot.tripp", "depot.tripp"), ("depot.stay", "runs by what the item is")],
    )
    def test_has_to_be_there_and_to_go_by_transitions(self, timer: str, message: str) -> None:
        with pytest.raises(DefinitionError, match=message):
            Registry.of(DEPOT, breaks(timer)).compose(Rules(("breaks", "depot")))
