"""The machine and the table that it was made of say the same."""

from __future__ import annotations

import gc
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import MachineError

from placet import OPEN, SAME, State, Transition, Workflow
from placet.engine.rules.machine import machine_of

STATES = ["new", "open", "done", "dropped"]
CATEGORIES = {"new": "todo", "open": "active", "done": "done", "dropped": "cancelled"}

workflows = st.lists(
    st.tuples(
        st.lists(st.sampled_from([*STATES, OPEN]), min_size=1, max_size=3, unique=True),
        st.sampled_from([*STATES, SAME]),
    ),
    min_size=1,
    max_size=6,
).map(
    lambda rows: Workflow(
        "toy.thing",
        [State(id, id, CATEGORIES[id]) for id in STATES],
        [Transition(f"t{n}", sources, target, ["toy.role"]) for n, (sources, target) in enumerate(rows)],
    )
)


class TestAgreement:
    @given(workflows)
    def test_each_transition_leads_from_its_sources_to_its_target_and_from_nowhere_else(
        self, workflow: Workflow
    ) -> None:
        """`same` stays, `open` leaves from every state that is not final."""
        machine = machine_of(workflow)
        for transition in workflow.transitions:
            for state in STATES:
                assert machine.leaves(state, transition.name) == (transition in workflow.leaving(state))
                if transition in workflow.leaving(state):
                    target = state if transition.target == SAME else transition.target
                    assert machine.move(state, transition.name) == target
                else:
                    with pytest.raises(MachineError):
                        machine.move(state, transition.name)

    def test_open_stands_for_the_states_that_are_not_final(self) -> None:
        """Done and cancelled work is not moved by accident."""
        drop = Transition("drop", OPEN, "dropped", ["toy.role"])
        workflow = Workflow("toy.thing", [State(id, id, CATEGORIES[id]) for id in STATES], [drop])

        assert workflow.sources_of(drop) == ("new", "open")


class TestSharing:
    def test_one_machine_serves_all_items_of_a_workflow(self) -> None:
        """Compiling costs more than moving."""
        workflow = Workflow("toy.thing", [State("new", "New", "todo")], [])

        assert machine_of(workflow) is machine_of(workflow)

    def test_equal_workflows_of_two_catalogs_have_machines_of_their_own(self) -> None:
        """A machine lives as long as the catalog that it was made for."""
        one, other = (Workflow("toy.thing", [State("new", "New", "todo")], []) for _ in range(2))

        assert machine_of(one) is not machine_of(other)

    def test_machines_of_workflows_gone_by_are_forgotten(self) -> None:
        """An installation that runs for years keeps those in use."""
        workflow = Workflow("toy.thing", [State("new", "New", "todo")], [])
        machine = ref(machine_of(workflow))

        del workflow
        gc.collect()

        assert machine() is None
