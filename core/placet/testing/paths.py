"""The way through a workflow to the state in which a test begins."""

from __future__ import annotations

from collections import deque

from placet.definitions.workflow import SAME, Workflow
from placet.errors import NotFoundError


def path(workflow: Workflow, start: str, goal: str) -> list[str]:
    """The transitions of the shortest way from one state to another. Raises `NotFoundError` if there is none."""
    ways: dict[str, list[str]] = {start: []}
    waiting = deque([start])
    while waiting and goal not in ways:
        here = waiting.popleft()
        for transition in workflow.leaving(here):
            if transition.target not in ways and transition.target != SAME:
                ways[transition.target] = [*ways[here], transition.name]
                waiting.append(transition.target)
    if goal not in ways:
        raise NotFoundError(
            f"way from {start} to a state of {workflow.id}", goal, [state.id for state in workflow.states]
        )
    return ways[goal]
