"""People who want around a decision: they edit between asking and voting, stand in, appoint, and change the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from law import history

from placet import Decision, GateMode
from placet.definitions.roles import SYSTEM
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import PlacetError
from placet.testing import Desk

from .decided import undecided
from .test_random_walk import AGREED, METHODS, TEAMS, Walk

#: Ways through a decision, by type.
WAYS = {
    "itil.change": ("submit", "request_authorization", "authorize_change", "start_implementation"),
    "itil.change_model": ("propose_model", "approve_model"),
    "prince2.management_product": ("submit", "approve"),
    "cobit.control": ("propose_control", "activate"),
    "cobit.risk_acceptance": ("request_acceptance", "approve_acceptance"),
}

#: Roles that one person holds besides their own holders.
DOUBLE = (
    "itil.change_manager",
    "itil.service_owner",
    "itil.it_director",
    "governance.process_owner",
    "cobit.control_reviewer",
)
#: Values with which a change can be authorized and scheduled, and a model approved.
ANY_DAY = {"maintenance_only": False, "cis_scope": ["all"], "implementer": "change_implementer"}


class Adversaries(Walk):
    """The walk of people who also try what they should not."""

    def go_around(self, steps: int) -> int:
        """So many steps; returns how many of the attempts to get around something were made and not refused."""
        self.through = 0
        for role in DOUBLE:
            self.desk.hold(role, role.partition(".")[2], "double")
        self.done: Counter[str] = Counter()
        for _ in range(steps):
            self.carries_through(self.chance.choice(sorted(WAYS)))
        return self.through

    def carries_through(self, type: str) -> None:
        """Somebody takes an item all the way to where it is decided and done, while others try to get around that."""
        self.make(type, 0, whole=True)
        key = self.all_keys()[-1]
        self.desk.attach(key, "test_result", actor=SYSTEM_ACTOR.id)
        for name in WAYS[type]:
            item = self.desk.item(key)
            if name == "start_implementation" and item.state == "scheduled":
                self.desk.pass_time(item.fields["planned_start"])
            transition = self.catalog.item_type(type).workflow.transition(name)
            assert transition is not None
            self.attempt(self.desk.item(key), transition, 0, right=True)
            for _ in range(self.chance.randrange(3)):
                self.trick()
            self.decides(key)
            if self.chance.random() < 0.5:
                self.trick()

    def decides(self, key: str) -> None:
        """Most of those who are asked agree."""
        for line in self.desk.engine.approvals.find(SYSTEM_ACTOR, item=key).rows:
            for voter in self.chance.sample(line.missing, self.chance.randint(0, len(line.missing))):
                decision = Decision.APPROVE if self.chance.random() < 0.8 else Decision.REJECT
                self._attempt(
                    partial(
                        self.desk.engine.approvals.vote,
                        self.desk.person(voter),
                        key,
                        line.approval,
                        decision,
                    )
                )

    def trick(self) -> None:
        tricks = [
            self.slips_in, self.renames, self.sends_along, self.votes_for_another, self.appoints, self.bends_a_rule,
        ]  # fmt: skip
        self.chance.choice(tricks)()

    def value(self, type: str, name: str, n: int) -> Any:
        """Times lie ahead of the clock, on a working day, and items change on any of them."""
        if name in ANY_DAY:
            return ANY_DAY[name]
        if type == "itil.change" and name in {"planned_start", "planned_end"} and n % 4 == 0:
            day = self.desk.clock.now() + timedelta(days=14 - self.desk.clock.now().weekday())
            return f"{day:%Y-%m-%d}T{10 if name == 'planned_start' else 12}:00:00Z"
        return super().value(type, name, n)

    def assert_decided(self) -> None:
        """No state was reached that needed an approval without the people for exactly this."""
        found = [
            why
            for item in self.all_items()
            for why in undecided(self.catalog, item, history(self.desk.engine, item.key))
        ]
        assert found == []

    def _attempt(self, act: Callable[[], object]) -> None:
        with suppress(PlacetError):
            act()
            self.through += 1

    def slips_in(self) -> None:
        """Somebody edits what others decide on, while they decide or have decided."""
        open_ = [item for item in self.all_items() if any(round.open for round in item.approvals)]
        if not open_:
            return
        before, n = self.chance.choice(open_), self.n
        round = self.chance.choice([round for round in before.approvals if round.open])
        names = [name for name in round.material if ":" not in name] or ["title"]
        fields = self.fields(before.type, [names[n % len(names)]], n)
        person = self.desk.person(self.people[n % len(self.people)])
        self._attempt(lambda: self.desk.engine.items.edit(person, before.key, fields=fields))

    def renames(self) -> None:
        """Somebody gives another title to what others decide on, or have decided."""
        open_ = [item for item in self.all_items() if any(round.open for round in item.approvals)]
        if not open_:
            return
        key, title = self.chance.choice(open_).key, f"Something else entirely, {self.n}"
        person = self.desk.person(self.people[self.n % len(self.people)])
        self._attempt(lambda: self.desk.engine.items.edit(person, key, title=title))

    def sends_along(self) -> None:
        """Somebody makes the next move of an item with another text than the one that was agreed to."""
        decided = [item for item in self.all_items() if any(round.open for round in item.approvals)]
        ahead = [(item, name) for item in decided for name in WAYS[item.type] if self._leaves(item, name)]
        if not ahead:
            return
        item, name = self.chance.choice(ahead)
        texts = [
            field
            for round in item.approvals
            for field in round.material
            if isinstance(item.fields.get(field), str) and field.endswith(("_plan", "_step", "content"))
        ]
        transition = self.catalog.item_type(item.type).workflow.transition(name)
        if not texts or transition is None:
            return
        fields = self.fields(item.type, list(transition.input), 0)
        fields |= dict.fromkeys(self.chance.sample(texts, 1), "Something else entirely.")
        for role in transition.roles:
            if role == SYSTEM:
                continue
            person = self.desk.person(role.partition(".")[2])
            self._attempt(
                partial(self.desk.engine.transition, person, item.key, name, fields=fields, comment=AGREED)
            )

    def _leaves(self, item: ItemRecord, name: str) -> bool:
        leaving = self.catalog.item_type(item.type).workflow.leaving(item.state)
        return name in {transition.name for transition in leaving}

    def votes_for_another(self) -> None:
        """Somebody votes in the place of somebody else."""
        waiting = self.desk.engine.approvals.find(SYSTEM_ACTOR, workspace=self.desk.key).rows
        if not waiting:
            return
        line, n = self.chance.choice(waiting), self.n
        voter = self.desk.person(self.people[n % len(self.people)])
        seat = (line.missing or self.people)[0]
        self._attempt(
            lambda: self.desk.engine.approvals.vote(
                voter, line.item.key, line.approval, Decision.APPROVE, on_behalf_of=seat
            )
        )

    def appoints(self) -> None:
        """Somebody gives a role on one item to themselves."""
        item, n = self.pick(), self.n
        roles = sorted(self.catalog.roles)
        person = self.desk.person(self.people[n % len(self.people)])
        self._attempt(
            lambda: self.desk.engine.items.set_role(person, item.key, roles[n % len(roles)], [person.id])
        )

    def bends_a_rule(self) -> None:
        """An administrator loosens a gate and tightens it again, or changes who decides."""
        gates = sorted(
            {
                gate.id
                for type in self.types
                for move in self.catalog.item_type(type).workflow.transitions
                for gate in move.gates
            }
        )
        mode = self.chance.choice([GateMode.ENFORCE, GateMode.ENFORCE, GateMode.OBSERVE])
        modes = dict.fromkeys(self.chance.sample(gates, 2), mode)
        self._attempt(
            lambda: self.desk.engine.workspaces.change(SYSTEM_ACTOR, self.desk.key, gate_modes=modes)
        )


@pytest.mark.parametrize(
    ("seed", "steps"),
    [
        pytest.param(3, 20, id="20"),
        pytest.param(4, 20, id="20-others"),
        pytest.param(5, 1000, id="1000", marks=pytest.mark.soak),
    ],
)
def test_nothing_is_done_that_needed_a_decision_and_had_none(tmp_path: Path, seed: int, steps: int) -> None:
    """Each step that needed an approval had the different people who give it, for exactly this content."""
    with Desk(tmp_path, methods=METHODS, settings={"itil": {"model_min_success": 0}, "agile": TEAMS}) as desk:
        walk = Adversaries(desk, seed=seed)

        got_through = walk.go_around(steps)

        walk.assert_decided()
        walk.assert_law()
        assert got_through > steps, "some of what they try is allowed, or nothing was tried"
        assert {
            "cobit.control.activate",
            "itil.change.authorize_change",
            "itil.change_model.approve_model",
        } <= set(walk.done)
