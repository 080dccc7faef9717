"""Reports over many items: each sends as many statements as over a few, whatever the rules of all methods ask."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx
import pytest
from statements import sent

from placet.api import create_app
from placet.app import Application
from placet.engine.engine import SYSTEM_ACTOR
from placet.testing.bulk import fill
from placet_cobit.controls.defaults import shipped_controls
from placet_cobit.objectives.tables import shipped_table
from placet_cobit.seeding.seeds import seed_controls, seed_objectives

from .joined import Joined, joined

FEW, MANY = 5, 30
#: Who reads each report, and where; the keys are filled in.
REPORTS = {
    "worklist of a change manager": ("change_manager", "/me/worklist"),
    "worklist of a project manager": ("project_manager", "/me/worklist"),
    "worklist of a developer": ("developer", "/me/worklist"),
    "thread of a change": ("change_manager", "/items/{change}/thread"),
    "thread of a project": ("project_manager", "/items/{project}/thread"),
    "board": ("developer", "/x/agile/boards/{team}"),
    "flow": ("developer", "/x/agile/teams/{team}/flow"),
    "dashboard": ("project_manager", "/x/prince2/projects/{project}/dashboard"),
    "scorecard": ("control_owner", "/x/cobit/scorecard?workspace={workspace}"),
    "controls": ("control_owner", "/x/cobit/controls?workspace={workspace}"),
    "list": ("change_manager", "/items?workspace={workspace}&limit=200"),
}


@dataclass(frozen=True)
class Office:
    """All methods in one workspace, with an item of each kind that there are many of."""

    place: Joined
    application: Application
    transport: httpx.ASGITransport
    keys: Mapping[str, str]

    def grow(self, number: int) -> None:
        """So many more of each kind."""
        for kind in ("change", "incident", "story", "package", "product", "control"):
            fill(self.application, self.keys[kind], ({} for _ in range(number)))

    def statements(self, report: str) -> int:
        """Statements of a report, once what is read once in a process is known."""
        reader, path = REPORTS[report]
        person = self.place.person(reader)
        token = self.place.engine.people.issue_token(SYSTEM_ACTOR, person.id, name=report)[0]
        counts = []
        for _ in range(2):
            with sent(self.application.store) as noted:
                answer = asyncio.run(self._answer(f"/api/v1{path.format(**self.keys)}", token))
            assert answer.is_success, answer.text
            counts.append(len(noted))
        return counts[-1]

    async def _answer(self, path: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=self.transport, base_url="http://desk.example") as client:
            return await client.get(path, headers=headers)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, tuple[int, int]]]:
    """By report: its statements among a few items of each kind, and among many."""
    with joined(tmp_path_factory.mktemp("office")) as place:
        seed_objectives(place.engine, SYSTEM_ACTOR, place.workspace, shipped_table())
        seed_controls(place.engine, SYSTEM_ACTOR, place.workspace, shipped_controls()[:1])
        control = next(each.key for each in place.desk.items() if each.type == "cobit.control")
        keys = {
            "workspace": place.workspace, "project": place.project_key, "team": place.team_key,
            "change": place.change(state="assess"), "incident": place.incident(), "story": place.story(),
            "package": place.package(), "product": place.product("baselined"), "control": control,
        }  # fmt: skip
        application = place.desk.application
        office = Office(place, application, httpx.ASGITransport(create_app(application)), keys)
        office.grow(FEW)
        few = {report: office.statements(report) for report in REPORTS}
        office.grow(MANY)
        yield {report: (few[report], office.statements(report)) for report in REPORTS}


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_sends_no_statement_for_each_item(
    counted: Mapping[str, tuple[int, int]], report: str
) -> None:
    """A statement or two more where another page of something is read."""
    few, many = counted[report]

    assert many <= few + 2, (few, many)


def test_a_scorecard_asks_for_all_months_of_a_figure_at_once(counted: Mapping[str, tuple[int, int]]) -> None:
    """Not for each of its twelve months: a figure is one statement, or two where it is a part of another."""
    _, many = counted["scorecard"]

    assert many <= 45, many
