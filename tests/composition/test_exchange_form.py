"""Workflows in the exchange form: a foreign interpreter accepts every sequence that the engine accepts, and no other.

The interpreter here knows SCXML as its specification has it (W3C, 2015) and nothing of Placet: it enters a state, takes
the first transition in document order that an event enables, stays where a transition has no target, and ends in a
final state, after which it takes no event.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from placet import Workflow
from placet.definitions.diagrams import mermaid, scxml
from placet.definitions.document import workflow_document
from placet.testing import Desk

_SPACE = "{http://www.w3.org/2005/07/scxml}"
METHODS = ["governance", "integration", "itil"]


class Interpreter:
    """A state machine of flat states, as a foreign program would run it."""

    def __init__(self, document: str) -> None:
        self._root = ET.fromstring(document)  # noqa: S314  # our own
        self._elements = {str(each.get("id")): each for each in self._root}

    def starts(self) -> str:
        return str(self._root.get("initial"))

    def over(self, state: str) -> bool:
        return self._elements[state].tag == f"{_SPACE}final"

    def after(self, state: str, event: str) -> str | None:
        """The state after an event; `None` if it is not accepted."""
        if self.over(state):
            return None
        for each in self._elements[state].iter(f"{_SPACE}transition"):
            descriptors = str(each.get("event")).split()
            if any(event == name or event.startswith(f"{name}.") for name in descriptors):
                return each.get("target") or state
        return None


def steps_of(workflow: Workflow) -> dict[tuple[str, str], str]:
    """Every step that the engine may make: from a state, by a transition, to a state."""
    return {
        (state.id, each.name): state.id if each.target == "same" else each.target
        for state in workflow.states
        for each in workflow.leaving(state.id)
    }


@pytest.mark.parametrize("strictness", ["strict", "practical"])
def test_a_foreign_interpreter_accepts_what_the_engine_accepts(tmp_path: Path, strictness: str) -> None:
    """From every state and by every event, in every workflow: so any sequence is accepted, or refused, by both."""
    with Desk(tmp_path, methods=METHODS, settings={"itil": {"incident_strictness": strictness}}) as desk:
        workflows = [each.workflow for each in desk.catalog.item_types.values()]
        assert len(workflows) > 10
        for workflow in workflows:
            document = workflow_document(workflow)
            foreign, steps = Interpreter(scxml(document)), steps_of(workflow)
            events = {each.name for each in workflow.transitions}

            assert foreign.starts() == workflow.initial.id
            for state in workflow.states:
                taken = {event: foreign.after(state.id, event) for event in events}
                assert {event: to for event, to in taken.items() if to is not None} == {
                    event: to for (source, event), to in steps.items() if source == state.id
                }, (workflow.id, state.id)
                left = any(source == state.id for source, _ in steps)
                assert foreign.over(state.id) == (state.category.final and not left)
                number = [each.id for each in workflow.states].index(state.id)
                assert (f"    s{number} --> [*]" in mermaid(document).splitlines()) == foreign.over(state.id)


def test_a_closed_incident_that_may_be_reopened_is_not_final(tmp_path: Path) -> None:
    """Under `practical` one may come back after it was closed."""
    over = {}
    for strictness in ("strict", "practical"):
        (tmp_path / strictness).mkdir()
        settings = {"itil": {"incident_strictness": strictness}}
        with Desk(tmp_path / strictness, methods=["itil"], settings=settings) as desk:
            workflow = desk.catalog.item_types["itil.incident"].workflow
            over[strictness] = Interpreter(scxml(workflow_document(workflow))).over("closed")

    assert over == {"strict": True, "practical": False}
