"""The kinds of events: the list has all that the engine ever records."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from placet.engine import engine
from placet.engine.act.kinds import KINDS, demand_kinds
from placet.engine.act.latest_verification import FAILED, INTACT
from placet.engine.act.questions import AskStatus
from placet.engine.notifications.phrases import _SAID
from placet.engine.reports.kept_checkpoints import KIND
from placet.errors import MalformedError

#: Functions that record an event, with the place of its kind among their arguments.
_RECORDING = {
    "append": 2,
    "note": 1,
    "append_to_workspace": 3,
    "with_event": 2,
    "_relinked": 2,
    "_kept": 4,
    "_keep": 3,
}


def recorded() -> Iterator[str]:
    """The kinds that are written out where an event is recorded."""
    for file in Path(engine.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if not isinstance(call, ast.Call):
                continue
            place = _RECORDING.get(getattr(call.func, "id", getattr(call.func, "attr", "")))
            if place is not None and len(call.args) > place:
                for part in ast.walk(call.args[place]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_has_every_kind_that_is_recorded() -> None:
    written = set(recorded()) - {"ask_"}  # which the status of an ask ends

    assert len(written) > 40
    assert written <= KINDS
    assert KINDS.issuperset(_SAID)
    assert {INTACT, FAILED, KIND, "plugins_loaded"} <= KINDS
    assert {f"ask_{status.value}" for status in AskStatus} - {"ask_pending"} <= KINDS


def test_another_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        MalformedError, match='there is no kind of event "transitoin"; did you mean "transition"'
    ):
        demand_kinds(["transitoin"])
