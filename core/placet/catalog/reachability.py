"""Proofs about the graph of a workflow: every state can be reached, and each has a way to a final state."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from placet.catalog.findings import Finding, error
from placet.definitions.items import ItemType
from placet.definitions.workflow import SAME, Transition, Workflow


def reachability_findings(item_type: ItemType) -> Iterator[Finding]:
    """States that cannot be reached, and states without a way to a final one."""
    workflow = item_type.workflow
    if not workflow.states:
        yield error(
            "no-state", item_type.id, "its workflow has no state", "list at least an initial and a final one"
        )
        return
    reachable = reachable_states(item_type)
    moves = _moves(workflow, ())
    endings = [state.id for state in workflow.states if state.category.final]
    finishing = _closure(endings, [(target, source) for source, target in moves])
    for state in workflow.states:
        where = f"{item_type.id}.{state.id}"
        if state.id not in reachable:
            yield error(
                "unreachable-state",
                where,
                f'no transitions lead to the state "{state.id}" from the initial one, "{workflow.initial.id}"',
                "add a transition that leads to it, let items begin in it (`entries`), or take the state out",
            )
        if state.id not in finishing:
            yield error(
                "endless-state",
                where,
                f'no transitions lead from the state "{state.id}" to a final one'
                + (f" ({', '.join(endings)})" if endings else ", as there is none"),
                "add a transition that leads on from it, or make it `done` or `cancelled`",
            )


def reachable_states(item_type: ItemType, without: Container[str] = ()) -> set[str]:
    """States that an item can reach or begin in, without the named transitions."""
    workflow = item_type.workflow
    return _closure([workflow.initial.id, *item_type.entries], _moves(workflow, without))


def can_fire(item_type: ItemType, transition: Transition, without: Container[str] = ()) -> bool:
    """Whether an item can reach a transition, without the named ones."""
    reachable = reachable_states(item_type, without)
    sources = item_type.workflow.sources_of(transition)
    return transition.name not in without and any(source in reachable for source in sources)


def _moves(workflow: Workflow, without: Container[str]) -> list[tuple[str, str]]:
    """Source and target of every transition that changes the state."""
    return [
        (source, transition.target)
        for transition in workflow.transitions
        if transition.name not in without and transition.target != SAME
        for source in workflow.sources_of(transition)
    ]


def _closure(starts: Iterable[str], moves: Iterable[tuple[str, str]]) -> set[str]:
    targets: dict[str, list[str]] = {}
    for source, target in moves:
        targets.setdefault(source, []).append(target)
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += targets.get(state, ())
    return found
