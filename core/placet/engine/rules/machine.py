"""The state machine that makes the move: one `transitions` machine per workflow, shared by all its items.

It is asked only where a move leads. Whether a move may be made is decided before, by `evaluation`: `transitions`
would stop at the first condition that is false, and could not say why.
"""

from __future__ import annotations

from transitions import Machine

from placet.definitions.workflow import SAME, Workflow


class _Standing:
    """The state of one item, for the length of one move."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class WorkflowMachine:
    """A compiled workflow. Holds no item, so that one serves them all, from any thread."""

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
        #: What the machine has answered so far: where a move leads depends on nothing else.
        self._targets: dict[tuple[str, str], str] = {}

    def move(self, state: str, transition: str) -> str:
        """The state that a transition leads to.

        Raises:
            transitions.MachineError: the transition is not defined from this state.
        """
        target = self._targets.get((state, transition))
        if target is None:
            standing = _Standing(state)
            self._machine.events[transition].trigger(standing)
            target = self._targets[state, transition] = standing.state
        return target


#: More workflows than any installation runs at once; past that, the oldest machine is built again when needed.
_KEPT = 1024
_machines: dict[int, tuple[Workflow, WorkflowMachine]] = {}


def machine_of(workflow: Workflow) -> WorkflowMachine:
    """The machine of a workflow, built once for each composed catalog."""
    # By identity: comparing two workflows costs more than the move. The workflow is kept with its machine, so that
    # its identity is not given to another one meanwhile.
    found = _machines.get(id(workflow))
    if found is None:
        while len(_machines) >= _KEPT:
            _machines.pop(next(iter(_machines)), None)
        found = _machines[id(workflow)] = (workflow, WorkflowMachine(workflow))
    return found[1]
