"""The desk: what a plugin's tests can say with it, on the repair shop and on whatever is installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from shop import AGREED, FIXER, MASTER, METHOD, REPAIR, changed, plugin, with_repair

from placet import Approval, Ballot, Job, JobContext, Method, Panel, Quorum, Transition, Workflow
from placet.catalog.discovery import Registry
from placet.definitions.verdicts import BlockedError, GateMode
from placet.errors import NotFoundError
from placet.testing import Desk

OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens a desk under the repair shop, and closes it after the test."""
    with ExitStack() as opened:

        def make(method: Method = METHOD, **settings: Any) -> Desk:
            registry = Registry.of(plugin(method))
            return opened.enter_context(Desk(tmp_path, registry=registry, settings={"shop": settings}))

        yield make


@pytest.fixture
def counter(open_desk: OpenDesk) -> Desk:
    """The repair shop's desk."""
    return open_desk()


class TestTheFixture:
    def test_every_installed_method_is_switched_on(self, desk: Desk) -> None:
        """A plugin's author asks for `desk`, and has the plugin."""
        workspace = desk.engine.workspaces.get(desk.person("system"), desk.key)

        assert set(workspace.methods) == set(Registry.discover().methods)

    def test_every_role_is_held_by_somebody_named_like_it(self, desk: Desk) -> None:
        """In the workspace; roles that are held on items are given there."""
        catalog = desk.engine.workspaces.catalog(desk.person("system"), desk.key)
        held = desk.engine.workspaces.get(desk.person("system"), desk.key).roles

        assert {role: list(people) for role, people in held.items()} == {
            role.id: [role.id.partition(".")[2]] for role in catalog.roles.values() if not role.held_on
        }

    def test_people_are_appointed_on_items(self, tmp_path: Path) -> None:
        """Roles that are held on items, which nobody holds before."""
        with Desk(tmp_path, methods=["governance", "prince2"]) as desk:
            project = desk.create("prince2.project", actor="business_layer", mandate="The board wants it.")

            appointed = desk.appoint(project, "prince2.executive", "process_owner", actor="business_layer")

        assert dict(appointed.roles) == {"prince2.executive": ("process_owner",)}

    def test_people_are_put_into_roles(self, tmp_path: Path) -> None:
        """The others have a holder named like them."""
        with Desk(tmp_path, methods=["itil"], people={"itil.requester": ["uma", "udo"]}) as desk:
            held = desk.engine.workspaces.get(desk.person("system"), desk.key).roles

        assert (held["itil.requester"], held["itil.resolver"]) == (("uma", "udo"), ("resolver",))

    def test_nothing_is_left_of_another_that_was_opened_alike(self, tmp_path: Path) -> None:
        for name in ("one", "other"):
            folder = tmp_path / name
            folder.mkdir()
            with Desk(folder, methods=["itil"]) as desk:
                call: dict[str, Any] = {
                    "summary": "Mail is late",
                    "symptoms": "By an hour",
                    "channel": "phone",
                }
                assert desk.create("itil.incident", "Mail", **call).key == "DESK-1"
                desk.hold("itil.requester", "uma")
                assert desk.person("uma").id == "uma"

    def test_pytest_loads_it_without_the_engine(self) -> None:
        """Who has Placet installed pays for it only in tests that use it."""
        script = "import sys, placet.testing.plugin; sys.exit('sqlalchemy' in sys.modules)"

        assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


class TestMethodsAndSettings:
    def test_methods_are_chosen(self, tmp_path: Path) -> None:
        """A desk without any method knows no item type."""
        registry = Registry.of(plugin(METHOD))
        with Desk(tmp_path, registry=registry, methods=[]) as desk, pytest.raises(NotFoundError):
            desk.create("shop.repair")

    def test_settings_are_given_at_the_start(self, open_desk: OpenDesk) -> None:
        desk = open_desk(largest_estimate=1)
        item = desk.create("shop.repair", fault="dark", hours=2)

        assert desk.explain(item, "start", actor="fixer").messages == ["2 hours are more than 1"]

    def test_settings_are_changed_on_the_way(self, counter: Desk) -> None:
        item = counter.create("shop.repair", fault="dark", hours=2)

        counter.configure("shop", largest_estimate=1)

        assert not counter.explain(item, "start", actor="fixer").allowed

    def test_a_gate_is_applied_in_another_mode(self, counter: Desk) -> None:
        """A gate that only warns is reported and blocks nobody."""
        counter.gate_mode("shop.described", "warn")
        item = counter.create("shop.repair")

        explained = counter.explain(item, "start", actor="fixer")

        assert explained.allowed
        assert [blocker.mode for blocker in explained.blockers] == [GateMode.WARN]


class TestPeople:
    def test_somebody_is_made_when_first_named(self, counter: Desk) -> None:
        counter.hold("shop.fixer", "ben", "bea")
        item = counter.create("shop.repair", fault="dark", hours=2)

        moved = counter.move(item, "start", actor="bea")

        assert moved.event is not None
        assert moved.event.actor == "bea"
        assert counter.person("bea").name == "Bea"

    def test_a_misspelt_name_is_reported(self, counter: Desk) -> None:
        """A stranger would be refused everything, and a test of a refusal would pass for the wrong reason."""
        item = counter.create("shop.repair", fault="dark", hours=2)
        reported = (
            r'there is no person "fixr" at the desk; did you mean "fixer"\? '
            r'Make a new one with desk.person\("fixr"\)'
        )

        for act in (
            lambda: counter.refused(item, "start", actor="fixr"),
            lambda: counter.approve(item, "shop.agreement", by=["fixr"]),
            lambda: counter.edit(item, actor="fixr", hours=3),
        ):
            with pytest.raises(LookupError, match=reported):
                act()

    def test_an_item_is_made_by_somebody_who_may(self, counter: Desk) -> None:
        """Parts are made by fixers only."""
        repair = counter.create("shop.repair")

        part = counter.create("shop.part", parent=repair, maker="Acme")

        assert counter.history(part)[0].actor == "fixer"
        assert counter.item(part).parent == repair.key


class TestGiven:
    def test_a_state_is_reached_by_the_item_s_own_transitions(self, counter: Desk) -> None:
        """The history is that of a real item."""
        item = counter.given("shop.repair", state="testing", fault="dark", hours=2)

        assert item.state == "testing"
        moves = [event.data["transition"] for event in counter.history(item) if event.kind == "transition"]
        assert moves == ["start", "test"]

    def test_without_a_state_it_stands_where_it_begins(self, counter: Desk) -> None:
        item = counter.given("shop.repair", title="A broken lamp")

        assert (item.title, item.state) == ("A broken lamp", "wished")

    def test_a_gate_that_wants_more_is_reported(self, counter: Desk) -> None:
        """Nothing is pushed past a gate."""
        with pytest.raises(BlockedError) as refused:
            counter.given("shop.repair", state="bench")

        assert [blocker.gate for blocker in refused.value.blockers] == ["shop.described"]

    def test_approvals_on_the_way_are_granted(self, open_desk: OpenDesk) -> None:
        """By the people who are asked."""
        moves = [
            Transition("start", "wished", "bench", [FIXER], asks=["shop.agreement"]),
            Transition("finish", "bench", "done", [FIXER], [AGREED]),
        ]
        states = [state for state in REPAIR.states if state.id in {"wished", "bench", "done"}]
        desk = open_desk(with_repair(workflow=Workflow(REPAIR.id, states, moves), frozen_in={}, duties=[]))
        desk.hold("shop.customer", "ann")
        desk.hold("shop.fixer", "ben")

        item = desk.given("shop.repair", state="done", fault="dark", hours=2)

        assert item.state == "done"
        votes = [
            (event.actor, event.data["decision"]) for event in desk.history(item) if event.kind == "voted"
        ]
        assert votes == [("ann", "approve"), ("ben", "approve")]

    def test_the_steps_of_an_ordered_panel_are_granted_one_after_the_other(self, open_desk: OpenDesk) -> None:
        panel = Panel(Ballot([FIXER], Quorum.any()), Ballot([MASTER], Quorum.any()), ordered=True)
        moves = [
            Transition("start", "wished", "bench", [FIXER], asks=["shop.agreement"]),
            Transition("finish", "bench", "done", [FIXER], [AGREED]),
        ]
        states = [state for state in REPAIR.states if state.id in {"wished", "bench", "done"}]
        approvals = [Approval("shop.agreement", "Agreement", panel)]
        workflow = Workflow(REPAIR.id, states, moves)
        desk = open_desk(with_repair(workflow=workflow, approvals=approvals, frozen_in={}, duties=[]))

        item = desk.given("shop.repair", state="done", fault="dark", hours=2)

        assert [event.actor for event in desk.history(item) if event.kind == "voted"] == ["fixer", "master"]

    def test_a_state_without_a_way_is_reported(self, counter: Desk) -> None:
        with pytest.raises(NotFoundError, match='did you mean "testing"'):
            counter.given("shop.repair", state="tsting")


class TestMoving:
    def test_a_refusal_is_asked_for_its_parts(self, counter: Desk) -> None:
        """Messages, remedies, gates and checks, in the order of the workflow."""
        item = counter.create("shop.repair")

        refusal = counter.refused(item, "start", actor="fixer")

        assert not refusal.allowed
        assert refusal.gates == ["shop.described"]
        assert refusal.checks == ["shop.fault_named"]
        assert refusal.messages == [refusal["shop.fault_named"].message]
        assert refusal.remedies == [refusal["shop.fault_named"].remedy]

    def test_a_refusal_is_what_was_explained(self, counter: Desk) -> None:
        """The hours are given: where they are missing, the form of the transition asks for them."""
        item = counter.create("shop.repair", hours=2)

        assert (
            counter.explain(item, "start", actor="fixer").blockers
            == counter.refused(item, "start", actor="fixer").blockers
        )

    def test_what_was_allowed_is_no_refusal(self, counter: Desk) -> None:
        """A test that expects a refusal fails when there is none."""
        item = counter.create("shop.repair", fault="dark", hours=2)

        with pytest.raises(AssertionError, match=f"start on {item.key} was allowed"):
            counter.refused(item, "start", actor="fixer")

    def test_fields_and_a_comment_go_with_a_move(self, counter: Desk) -> None:
        item = counter.create("shop.repair", fault="dark")

        moved = counter.move(item, "start", actor="fixer", comment="at once", hours=3)

        assert moved.item.fields["hours"] == 3
        assert moved.event is not None
        assert moved.event.data["comment"] == "at once"

    def test_a_transition_that_does_not_leave_from_here_is_reported(self, counter: Desk) -> None:
        item = counter.create("shop.repair")

        with pytest.raises(NotFoundError, match="transition from wished"):
            counter.explain(item, "hand_over", actor="fixer")


class TestTime:
    def test_the_clock_stands_still_until_it_is_moved(self, counter: Desk) -> None:
        """A rule about time is passed when a test says so."""
        counter.hold("shop.fixer", "ben", "fixer")
        item = counter.given(
            "shop.repair", state="testing", fault="dark", hours=2, due="2026-03-04T12:00:00Z"
        )

        early = counter.preview(item, "hand_over", actor="ben")
        counter.at("2026-03-04T12:00:00Z")
        later = counter.preview(item, "hand_over", actor="ben")

        assert "shop.due" in {blocker.gate for blocker in early.blockers}
        assert "shop.due" not in {blocker.gate for blocker in later.blockers}

    def test_events_bear_the_desk_s_time(self, counter: Desk) -> None:
        counter.clock.move_to("2026-03-05T08:00:00Z")

        item = counter.create("shop.repair")

        assert counter.history(item)[0].at == counter.clock.now()


class TestACopy:
    @pytest.fixture
    def copied(self, counter: Desk, tmp_path: Path) -> Iterator[Desk]:
        """A desk on which there is a repair, an hour later."""
        counter.person("visitor")
        counter.given("shop.repair", state="bench", fault="dark", hours=2)
        counter.at("2026-03-02T10:00:00Z")
        (tmp_path / "copy").mkdir()
        with counter.copy(tmp_path / "copy") as copied:
            yield copied

    def test_begins_with_all_that_was_on_the_desk(self, counter: Desk, copied: Desk) -> None:
        """Its items with their history, its people, and its moment."""
        (repair,) = copied.items()

        assert copied.history(repair) == counter.history(repair)
        assert copied.clock.now() == counter.clock.now()
        assert copied.actors == counter.actors
        assert copied.verify().ok

    def test_has_the_evidence_too(self, counter: Desk, tmp_path: Path) -> None:
        offer = counter.attach(counter.create("shop.repair"), "offer", content=b"40 EUR")
        (tmp_path / "copy").mkdir()

        with counter.copy(tmp_path / "copy") as copied, copied.engine.evidence.content(offer) as content:
            assert content.read() == b"40 EUR"

    def test_goes_on_for_itself(self, counter: Desk, copied: Desk) -> None:
        """Neither hears of what is done at the other, nor of its time."""
        (repair,) = copied.items()

        copied.move(repair, "offer", actor="fixer")
        copied.at("2026-03-03T09:00:00Z")
        counter.create("shop.repair")

        assert [each.kind for each in counter.history(repair)] != [
            each.kind for each in copied.history(repair)
        ]
        assert (len(copied.items()), len(counter.items())) == (1, 2)
        assert counter.clock.now() < copied.clock.now()
        assert (copied.verify().ok, counter.verify().ok) == (True, True)


class TestAJobThatRaises:
    def test_fails_the_test_in_which_time_passes(self, open_desk: OpenDesk) -> None:
        def fail(ctx: JobContext) -> None:
            raise RuntimeError("the shutter is stuck")

        desk = open_desk(changed(METHOD, jobs=[Job("shop.morning", "Morning", fail, at=time(8))]))

        with pytest.raises(RuntimeError, match="the shutter is stuck"):
            desk.pass_time("2026-03-03T09:00:00Z")


class TestItemsAndTheirRecord:
    def test_fields_are_edited(self, counter: Desk) -> None:
        item = counter.create("shop.repair", hours=1)

        counter.edit(item, actor="fixer", hours=4)

        assert counter.item(item.key).fields["hours"] == 4

    def test_items_are_linked(self, counter: Desk) -> None:
        repair, other = counter.create("shop.repair"), counter.create("shop.repair")

        counter.link(repair, "shop.follows", other)

        assert "linked" in [event.kind for event in counter.history(repair)]

    def test_evidence_is_attached(self, counter: Desk) -> None:
        item = counter.create("shop.repair")

        evidence = counter.attach(item, "offer", content=b"40 EUR")

        assert (evidence.kind, evidence.size) == ("offer", 6)

    def test_people_vote(self, counter: Desk) -> None:
        item = counter.given("shop.repair", state="bench", fault="dark", hours=2)
        counter.move(item, "offer", actor="fixer")

        counter.approve(item, "shop.signature", by=["master"])

        lines = {line.approval: line for line in counter.engine.approvals.of_item(counter.item(item))}
        assert lines["shop.signature"].missing == ()

    def test_the_record_verifies(self, counter: Desk) -> None:
        counter.given("shop.repair", state="bench", fault="dark", hours=2)

        audit = counter.verify()

        assert audit.ok
        assert audit.events > 2
