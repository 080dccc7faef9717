"""Limits that a board delegates hold however many people act at one moment: the stage that closes, the change budget.

All acts of a meeting have judged all gates before one of them decides. The invariant is read from the items
afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from law import assert_law
from projects import Ground

import placet_governance
import placet_prince2
from placet import BlockedError, CheckContext, GateMode
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.moved import Wish
from placet.errors import PlacetError

from .blind import nothing_compared
from .conftest import two_applications
from .rendezvous import MEETING, meeting_place

Act = Callable[[Engine], Any]
#: The change budget of `projects`, and so little of it that half of it is not an amount.
BUDGET, NOTHING = Decimal(20_000), Decimal("0.02")
CENT = Decimal("0.01")
IMPACT = dict.fromkeys(("benefits", "cost", "time", "quality", "scope", "sustainability", "risk"), 0)
#: The moves that meet each other.
MEETS = ("complete_stage", "approve_issue")


def _meet(ctx: CheckContext) -> None:
    """Come by after all gates were judged."""
    if ctx.transition in MEETS:
        MEETING.arrive()


MEETING_PLACE = meeting_place(placet_check=_meet)


class Office:
    """A project whose stage runs, in two applications over one database."""

    def __init__(self, engines: tuple[Engine, Engine]) -> None:
        self.engines, self.engine = engines, engines[0]
        self.engine.workspaces.create(
            SYSTEM_ACTOR, key="PRO", name="Projects", methods=["governance", "prince2", "meeting"]
        )
        self.people: dict[str, Actor] = {}
        self.ground = Ground(self.engine, "PRO", self.person)
        self.person("business_layer")
        self.engine.workspaces.assign(SYSTEM_ACTOR, "PRO", "governance.business_layer", ["business_layer"])
        self.open()

    def open(self) -> None:
        """Begin another project, with a product that its issues change."""
        self.project, self.stage = self.ground.project()
        self.product = self.ground.create(
            "project_manager", "prince2.product", parent=self.project, kind="specialist"
        )

    def person(self, name: str) -> Actor:
        if name not in self.people:
            self.people[name] = self.engine.people.add(SYSTEM_ACTOR, id=name, name=name.title())
        return self.people[name]

    def act(self, by: str, key: str, transition: str) -> Act:
        actor = self.person(by)
        return lambda engine: engine.transition(actor, key, transition, comment="as the board has agreed")

    def bulk(self, by: str, transition: str, *keys: str) -> Act:
        actor, wishes = self.person(by), [Wish(key, transition) for key in keys]
        return lambda engine: engine.bulk(actor, wishes, atomic=True)

    def issue(self, cost: Decimal) -> str:
        """A request for change that waits for the change authority."""
        key = self.ground.create(
            "project_support", "prince2.issue", parent=self.project, kind="request_for_change",
            description="Claims are filed by phone too.", severity=3, priority="should", cost_impact=cost,
            time_impact=0, impact=IMPACT, recommendation="Do it.", baselines_affected=[self.product],
            options=[{"text": "Do it"}, {"text": "Leave it"}],
        )  # fmt: skip
        self.ground.move("project_manager", key, "assess")
        self.ground.move("project_manager", key, "recommend")
        return key

    def package_of(self, stage: str) -> Act:
        """The act of making a work package."""
        actor = self.person("project_manager")
        return lambda engine: engine.items.create(
            actor, workspace="PRO", type="prince2.work_package", title="Late", parent=stage
        )

    def observe(self, *gates: str) -> None:
        """Leave out gates that are not what is tried."""
        modes = {f"prince2.{gate}": GateMode.OBSERVE for gate in gates}
        self.engine.workspaces.change(SYSTEM_ACTOR, "PRO", gate_modes=modes)

    def state(self, key: str) -> str:
        return self.engine.items.get(SYSTEM_ACTOR, key).state

    def left(self) -> Decimal:
        """The part of the change budget that no approved issue takes."""
        project = self.engine.items.get(SYSTEM_ACTOR, self.project)
        return BUDGET - Decimal(project.fields["change_budget_used"])

    def together(self, *acts: Act) -> list[Any]:
        """Make acts at one moment, each in an application of its own; answers results and refusals."""
        with MEETING.of(len(acts)), ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(outcome, acts, cycle(self.engines)))


def outcome(act: Act, engine: Engine) -> Any:
    """The result of an act, or its refusal."""
    try:
        return act(engine)
    except PlacetError as refusal:
        return refusal


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with two_applications(database_url, tmp_path, placet_governance, placet_prince2, MEETING_PLACE) as (
        one,
        other,
    ):
        yield Office((one.engine, other.engine))


class TestTwoDecisionsAtOneMoment:
    def test_do_not_both_spend_the_rest_of_the_change_budget(self, office: Office, rounds: int) -> None:
        """Nor a decision and one in bulk: the later one judges again, and is refused.

        Each of the two issues costs more than half of what is left. There is no control: both write what is spent on
        the project, which alone would keep them apart.
        """
        left = BUDGET
        for _ in range(rounds):
            cost = (left / 2).quantize(CENT) + CENT
            one, two = office.issue(cost), office.issue(cost)

            office.together(
                office.act("change_authority", one, "approve_issue"),
                office.bulk("change_authority", "approve_issue", two),
            )

            assert sorted(map(office.state, (one, two))) == ["implementing", "recommended"]
            assert office.left() == left - cost >= 0
            left -= cost
            if left <= NOTHING:
                office.open()
                left = BUDGET
        assert_law(office.engine)


class TestTheEndOfAStage:
    def test_does_not_pass_a_package_that_is_made_meanwhile(self, office: Office, rounds: int) -> None:
        """Whichever comes first: the stage ends without it, or waits for it."""
        office.observe("end_stage_accepted", "stage_products_done", "next_step_ready")
        office.ground.move("project_manager", office.stage, "start_boundary")
        closing = office.act("executive", office.stage, "complete_stage")
        for n in range(rounds):
            with MEETING.stop() as stop, ThreadPoolExecutor(1) as pool:
                completing = pool.submit(outcome, closing, office.engines[n % 2])
                stop.wait()
                late = office.package_of(office.stage)(office.engines[1 - n % 2])
                stop.release()
                refused = completing.result()

            assert isinstance(refused, BlockedError), "there is an open package"
            assert [each.check for each in refused.blockers] == ["prince2.wps_final"]
            office.ground.move("project_manager", late.key, "cancel")
        closing(office.engine)
        with pytest.raises(BlockedError, match="Completed"):
            office.package_of(office.stage)(office.engine)
        assert_law(office.engine)

    def test_would_pass_it_if_nothing_were_compared(self, office: Office) -> None:
        """The control: the stage ends with an open package."""
        office.observe("end_stage_accepted", "stage_products_done", "next_step_ready")
        office.ground.move("project_manager", office.stage, "start_boundary")
        closing = office.act("executive", office.stage, "complete_stage")
        # An act of which every search is known is not tried again for that.
        early = office.package_of(office.stage)(office.engine)
        assert isinstance(outcome(closing, office.engine), BlockedError)
        office.ground.move("project_manager", early.key, "cancel")

        with nothing_compared(), MEETING.stop() as stop, ThreadPoolExecutor(1) as pool:
            completing = pool.submit(outcome, closing, office.engine)
            stop.wait()
            late = office.package_of(office.stage)(office.engines[1])
            stop.release()
            completing.result()

        assert (office.state(office.stage), office.state(late.key)) == ("completed", "draft")
