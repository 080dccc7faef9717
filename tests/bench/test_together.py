"""All methods together, with the default controls in force, cost an act little more than its own method alone."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from calls import Calls

from benchmarks.desk import floor, targets
from benchmarks.desk.flow import ACTS, Turn
from benchmarks.desk.recording import Recorded, record
from benchmarks.desk.site import ALONE, TOGETHER, WORKSPACE, Site, prepare, registry
from placet.app import build
from placet.engine.engine import SYSTEM_ACTOR
from placet.store.tables import metadata

#: The most that an explanation may cost under all methods, in explanations under one.
TWICE = 2
#: The most that the moves of an incident may cost under all methods, in moves under one.
LITTLE_MORE = 1.08


@dataclass(frozen=True)
class Desk:
    """A site, and one turn of one person that was recorded on it."""

    site: Site
    recorded: Recorded

    def statements(self, act: str) -> int:
        return len(self.recorded.acts[act])

    def scanned(self) -> Iterator[tuple[str, str]]:
        """Each act, and a table that one of its statements reads from end to end."""
        with closing(sqlite3.connect(self.site.url.removeprefix("sqlite:///"))) as connection:
            floor.install(connection)
            for act, statements in self.recorded.acts.items():
                for each in statements:
                    if each.text.split()[0] not in {"SELECT", "WITH", "UPDATE", "DELETE", "INSERT"}:
                        continue
                    values = each.parameters[0] if each.many else each.parameters
                    for row in connection.execute(f"EXPLAIN QUERY PLAN {each.text}", values):
                        whole = re.match(r"SCAN (\w+)", row[3])
                        if whole is not None and whole[1] in metadata.tables:
                            yield act, whole[1]

    def calls(self) -> int:
        """Calls of functions while the recorded change is explained once more."""
        application = build(self.site.settings, registry=registry())
        key = self.recorded.keys["change"]
        application.engine.explain(SYSTEM_ACTOR, key)
        with Calls() as calls:
            application.engine.explain(SYSTEM_ACTOR, key)
        application.close()
        return calls.number

    def moving(self) -> int:
        """Calls of functions while one more incident is moved to its end, after one for what is made once."""
        application, calls = build(self.site.settings, registry=registry()), Calls()
        engine = application.engine
        by, _ = engine.people.authenticate(self.site.tokens["maker0"])
        for number in (1, 2):
            turn, key = Turn(0, 1, number, self.site.origin), ""
            for act in (each for each in ACTS if each.about == "incident"):
                fields = targets.given(act, turn, self.site.cis)
                if act.verb == "create":
                    made = engine.items.create(
                        by, workspace=WORKSPACE, type="itil.incident", title="Slow", fields=fields
                    )
                    key = made.key
                elif act.verb == "move":
                    with calls if number == 2 else nullcontext():
                        engine.transition(by, key, act.name, fields=fields)
        application.close()
        return calls.number


def _desk(folder: Path, methods: tuple[str, ...]) -> Desk:
    site = prepare(f"sqlite:///{folder / 'desk.db'}", crowd=0, methods=methods)
    with asyncio.Runner() as runner:
        return Desk(site, record(runner, site, 1).turns[0])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return _desk(tmp_path_factory.mktemp("alone"), ALONE)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return _desk(tmp_path_factory.mktemp("together"), TOGETHER)


class TestAllMethods:
    def test_refuse_nothing_and_have_their_controls_in_force(self, together: Desk) -> None:
        """Every act of the desk was answered, and the gates of the controls were there to judge it."""
        application = build(together.site.settings, registry=registry())
        gates = application.engine.workspaces.get(SYSTEM_ACTOR, WORKSPACE).gates
        application.close()

        judged = {gate.transition for gate in gates if gate.item_type in {"itil.change", "itil.incident"}}

        assert {"authorize_change", "request_authorization", "triage", "resolve"} <= judged
        assert list(together.recorded.acts) == [act.name for act in ACTS]

    def test_make_an_act_send_few_statements_more(self, alone: Desk, together: Desk) -> None:
        """No act sends half as many again, and all of them together hardly any."""
        dear = {
            act.name: (alone.statements(act.name), together.statements(act.name))
            for act in ACTS
            if together.statements(act.name) > 1.5 * alone.statements(act.name)
        }
        every = [sum(each.statements(act.name) for act in ACTS) for each in (alone, together)]

        assert dear == {}
        assert every[1] <= 1.1 * every[0], every

    def test_make_an_explanation_at_most_twice_as_dear(self, alone: Desk, together: Desk) -> None:
        """Counted in calls of functions, in which the machine has no part."""
        counted = alone.calls(), together.calls()

        assert counted[1] <= TWICE * counted[0], counted

    def test_make_a_move_that_they_do_not_concern_hardly_dearer(self, alone: Desk, together: Desk) -> None:
        """An incident moves under the rules of ITIL; those of the other methods are not asked at each of its steps."""
        counted = alone.moving(), together.moving()

        assert counted[1] <= LITTLE_MORE * counted[0], counted

    def test_make_no_act_read_a_whole_table(self, together: Desk) -> None:
        """The cost of an act does not grow with the number of items: SQLite finds all that it reads by an index."""
        assert set(together.scanned()) == set()
