"""The state machine that makes the move: one `transitions` machine per workflow, shared by all its items.

It only returns the target of a move. `evaluation` decides before whether the move is allowed: `transitions` would
stop at the first false condition, and could not give the reason.
"""

from __future__ import annotations

from collections.abc import Callable

from transitions import Machine

from placet.definitions.checks import Gate
from placet.definitions.once import once
from placet.definitions.states import Category
from placet.definitions.workflow import SAME, Transition, Workflow
from placet.engine.act.records import ItemRecord


class _Standing:
    """The state of one item during one move."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class WorkflowMachine:
    """A compiled workflow. It holds no item, so that all items and threads can share it."""

    def __init__(self, workflow: Workflow) -> None:
        self._machine = Machine(
            model=None,
            states=[state.id for state in workflow.states],
            initial=workflow.initial.id,
            transitions=[
                {
                    "trigger": transition.name,
                    "source": list(workflow.sources_of(transition)),
                    "dest": "=" if transition.target == SAME else transition.target,
                }
                for transition in workflow.transitions
            ],
            auto_transitions=False,
        )
        #: By state, the gates that last in it, each with the acts that passed it.
        self._lasting: dict[str, dict[str, tuple[Gate, list[str]]]] = {}
        for transition in workflow.transitions:
            for gate in transition.gates:
                for state in gate.lasting:
                    passed = self._lasting.setdefault(state, {}).setdefault(gate.id, (gate, []))
                    passed[1].append(f"transition:{transition.name}")
        self._leading_on = {
            transition.name for transition in workflow.transitions if _leads_on(workflow, transition)
        }
        #: Targets by state and transition: the target of a move depends on nothing else.
        self._targets: dict[tuple[str, str], str] = {}
        self._leaving = {state.id: workflow.leaving(state.id) for state in workflow.states}
        self._names = {state: {each.name for each in leaving} for state, leaving in self._leaving.items()}

    def move(self, state: str, transition: str) -> str:
        """The target state of a transition.

        Raises:
            transitions.MachineError: the transition is not defined from this state.
        """
        target = self._targets.get((state, transition))
        if target is None:
            standing = _Standing(state)
            self._machine.events[transition].trigger(standing)
            target = self._targets[state, transition] = standing.state
        return target

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions defined from a state, in the order of the table; none from a state that it does not have."""
        return self._leaving.get(state, ())

    def leaves(self, state: str, transition: str) -> bool:
        """Whether a transition is defined from a state."""
        return transition in self._names.get(state, ())

    def gates(self, record: ItemRecord, transition: Transition) -> tuple[Gate, ...]:
        """The gates of a transition, and those that last: the item has passed them before, and passes them again."""
        there = self._lasting.get(record.state)
        if there is None or transition.name not in self._leading_on:
            return transition.gates
        named = {gate.id for gate in transition.gates}
        lasting = [
            gate
            for gate, passed in there.values()
            if gate.id not in named and any(act in record.acts for act in passed)
        ]
        return (*transition.gates, *lasting)


def _leads_on(workflow: Workflow, transition: Transition) -> bool:
    """Whether it leads to another state that is neither the first one nor the end of an item that is given up."""
    target = workflow.state(transition.target)
    return target is not None and target.category is not Category.CANCELLED and target is not workflow.initial


#: The machine of a workflow.
machine_of: Callable[[Workflow], WorkflowMachine] = once(WorkflowMachine)
