"""Acts among many items of their kind: as many statements as among a few, and few Python calls for each item more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from calls import Calls
from statements import sent

from placet.app import Application
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.items.writer import ItemWriter
from placet.testing.bulk import fill
from placet_cobit.controls.fields import Design

from .joined import Joined, joined

FEW, MANY = 5, 45
#: By act: the item that is explained, and the most Python calls for each item more of every kind.
EXPLAINED = {
    "an objective that items serve": ("objective", 60),
    "a package whose stories were dropped": ("started", 60),
    "a stage of packages and products": ("stage", 175),
    "a project of packages and products": ("project", 195),
    "a story on a full board": ("board_story", 60),
}
#: Periodic jobs, and the most Python calls for each item more.
JOBS = {
    "agile.expectation": 40,
    "cobit.uncovered_suspensions": 90,
    "integration.each_day": 60,
}


@dataclass(frozen=True)
class Works:
    """All methods in one workspace, with items of many kinds around those that act."""

    place: Joined
    application: Application
    keys: Mapping[str, str]

    def grow(self, number: int) -> None:
        """So many more of each kind."""
        self._fill("dropped_story", number, state="removed")
        self._fill("board_story", number)
        for kind in ("package", "product", "team"):
            self._fill(kind, number)
        for other in self._fill("objective", number):
            links = {"governance.serves": [self.keys["objective"], other]}
            fill(self.application, self.keys["initiative"], [{}], links=links)
        for benefit in self._fill("benefit", number, state="planned"):
            links = {"governance.informs": [benefit]}
            fill(self.application, self.keys["communication"], [{}], links=links)
        self._suspend(number)

    def _fill(self, kind: str, number: int, state: str | None = None) -> list[str]:
        return fill(self.application, self.keys[kind], ({} for _ in range(number)), state=state)

    def _suspend(self, number: int) -> None:
        """Suspended controls, each with another one in its place."""
        control = self.keys["control"]
        stored = self.application.engine.items.get(SYSTEM_ACTOR, control).fields
        design = {name: stored[name] for name in Design.model_fields if name in stored}
        working = fill(
            self.application, control, ({"activated": design} for _ in range(number)), state="operating"
        )
        since = [{"first": "2026-11-02"}]
        fill(
            self.application,
            control,
            ({"suspensions": since, "compensating_controls": [each]} for each in working),
            state="suspended",
        )

    def act(self, name: str) -> None:
        """An explanation, or a job whose changes are discarded."""
        engine, workspace = self.application.engine, self.place.workspace
        if name in EXPLAINED:
            engine.explain(SYSTEM_ACTOR, self.keys[EXPLAINED[name][0]])
        else:
            engine._acts.look(
                lambda unit: ItemWriter(unit).run_job(workspace, unit.catalog(workspace).jobs[name])
            )

    def cost(self, name: str) -> tuple[int, int]:
        """The statements and the Python calls of an act, once what is read once in a process is known."""
        self.act(name)
        with sent(self.application.store) as statements:
            self.act(name)
        with Calls() as counted:
            self.act(name)
        return len(statements), counted.number


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, list[tuple[int, int]]]]:
    """By act: its cost among a few items of each kind, and among many."""
    with joined(tmp_path_factory.mktemp("works")) as place:
        place.configure(communications={"benefits_review": "mail"})
        product, objective = place.product("baselined"), place.objective()
        initiative = place.create("process_owner", "governance.improvement_initiative")
        place.desk.link(initiative, "governance.serves", objective, actor="process_owner")
        keys = {
            "project": place.project_key, "stage": place.stage_key, "team": place.team_key, "product": product,
            "package": place.package(), "started": place.started(products=[product]), "objective": objective,
            "dropped_story": place.story(product), "board_story": place.finished(), "initiative": initiative,
            "benefit": place.create(
                "benefit_owner", "governance.benefit", description="Fewer calls", category="quality",
                measure_dates=["2026-11-13"],
            ),
            "control": place.create("control_owner", "cobit.control", practice_id="BAI11.09", key_control=True),
            "communication": place.create(
                "communication_owner", "governance.communication", audience=["business layer"], message="Look",
                channel="mail", due_at="2026-11-16T09:00:00Z",
            ),
        }  # fmt: skip
        works = Works(place, place.desk.application, keys)
        works.grow(FEW)
        found = {name: [works.cost(name)] for name in (*EXPLAINED, *JOBS)}
        works.grow(MANY - FEW)
        for name, costs in found.items():
            costs.append(works.cost(name))
        yield found


@pytest.mark.parametrize("act", [*EXPLAINED, *JOBS])
def test_an_act_sends_no_statement_for_each_item(
    costs: Mapping[str, list[tuple[int, int]]], act: str
) -> None:
    """Many items are asked for at once."""
    (few, _), (many, _) = costs[act]

    assert many <= few, (few, many)


@pytest.mark.parametrize("act", [*EXPLAINED, *JOBS])
def test_an_act_makes_few_calls_for_each_item(costs: Mapping[str, list[tuple[int, int]]], act: str) -> None:
    """An item that a search finds is looked at once, and not again by each later search."""
    bound = EXPLAINED[act][1] if act in EXPLAINED else JOBS[act]
    (_, few), (_, many) = costs[act]

    assert many - few <= bound * (MANY - FEW), (few, many)
