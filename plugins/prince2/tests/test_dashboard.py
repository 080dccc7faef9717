"""The dashboard and the reports of a project as clients get them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from placet_prince2.overview.decisions import decisions
from placet_prince2.overview.entries import Entry, Project

from .conftest import Organization
from .reading import Api


def board(api: Api, organization: Organization, who: str = "eva") -> dict[str, Any]:
    found: dict[str, Any] = api.read(who, f"/x/prince2/projects/{organization.project}/dashboard")
    return found


def statements(organization: Organization, act: Callable[[], object]) -> int:
    """The number of statements that an act sends to the database."""
    store: Any = organization.desk.application.store
    sent: list[str] = []

    def note(*given: Any) -> None:
        sent.append(given[2])

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return len(sent)


def awaited(found: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {each["item"]["key"]: (each["decision"], each["people"]) for each in found["decisions"]}


def overspent(organization: Organization) -> tuple[str, str]:
    """A second stage whose cost is forecast at 113 500 of 100 000; answers it and its exception."""
    stage = organization.delivering()
    organization.move("pia", stage, "update_forecasts", actual_cost=62000, estimate_to_complete=51500)
    (exception,) = organization.all("exception")
    return stage, exception


@pytest.fixture(scope="module")
def in_exception(
    tmp_path_factory: pytest.TempPathFactory, delivering: tuple[Organization, str]
) -> Iterator[Organization]:
    """A project whose second stage is outside its tolerance; tests only read it."""
    with ExitStack() as opened:
        organization = Organization(tmp_path_factory.mktemp("desk"), opened, delivering)
        overspent(organization)
        yield organization


@pytest.fixture(scope="module")
def api_in_exception(in_exception: Organization) -> Api:
    return Api(in_exception.desk)


class TestTheDashboard:
    def test_shows_stages_with_their_lights(self, in_exception: Organization, api_in_exception: Api) -> None:
        """In order, each with its forecast against its tolerances; the whole has the worst light."""
        found = board(api_in_exception, in_exception)

        assert [(each["number"], each["state"]) for each in found["stages"]] == [
            (1, "completed"), (2, "active"), (3, "planned"),
        ]  # fmt: skip
        assert [each["light"] for each in found["stages"][1:]] == ["red", None]
        second = found["stages"][1]
        assert (second["budget"], second["forecast_cost"]) == ("100000", "113500")
        cost = next(line for line in second["tolerances"] if line["aspect"] == "cost")
        assert (cost["deviation"], cost["used_percent"], cost["light"]) == ("13500", "135.0", "red")
        assert found["light"] == "red"

    def test_shows_exceptions_and_who_answers_them(
        self, in_exception: Organization, api_in_exception: Api
    ) -> None:
        """First the project manager reports; the board decides then."""
        (exception,) = in_exception.all("exception")

        found = board(api_in_exception, in_exception)

        assert [(e["key"], e["level"], e["breaches"][0]["deviation"]) for e in found["exceptions"]] == [
            (exception, "stage", "13500")
        ]
        assert awaited(found)[exception] == ("Report on the exception", ["pia"])

    def test_counts_the_registers(self, in_exception: Organization, api_in_exception: Api) -> None:
        """The open items, all items, and how many are in each state."""
        found = {each["name"]: each for each in board(api_in_exception, in_exception)["registers"]}

        assert found["exceptions"] == {"name": "exceptions", "open": 1, "total": 1, "states": {"raised": 1}}
        assert found["issues"] == {"name": "issues", "open": 0, "total": 0, "states": {}}
        assert (
            found["management_products"]["open"],
            found["management_products"]["states"]["withdrawn"],
        ) == (0, 2)

    def test_has_money_and_value(self, in_exception: Organization, api_in_exception: Api) -> None:
        """The change budget, the exposure, and the business case with its margins."""
        found = board(api_in_exception, in_exception)

        assert found["change_budget"] == {"budget": "20000", "used": "0", "left": "20000"}
        assert found["risk"] == {"open_threats": 0, "exposure": "0", "risk_budget": "40000"}
        assert (found["business_case"]["benefit_margin"], found["business_case"]["cost_margin"]) == (
            "22.4",
            "28.9",
        )

    def test_says_the_same_of_the_whole_as_its_tolerance(
        self, in_exception: Organization, api_in_exception: Api
    ) -> None:
        """Stage 3 is not planned yet: until it is, the project costs its budget and ends with its plan."""
        found = board(api_in_exception, in_exception)["project"]

        lines = {line["aspect"]: line["forecast"] for line in found["tolerances"]}
        assert (found["forecast_cost"], found["forecast_end"]) == (lines["cost"], lines["time"])
        assert (lines["cost"], lines["time"]) == ("500000", "2026-12-31")
        assert found["actual_cost"] == "62000"

    def test_asks_those_who_have_not_voted(self, organization: Organization) -> None:
        """A document waits for the members of the board whose vote is missing, and not for the others."""
        api = Api(organization.desk)
        organization.begun()
        paper = organization.create(
            "pia",
            "management_product",
            "Brief",
            parent=organization.project,
            kind="project_brief",
            content="Why.",
        )
        organization.move("pia", paper, "submit")
        organization.vote(paper, "uma")

        decision, people = awaited(board(api, organization))[paper]

        assert (decision, sorted(people)) == ("Approve the management product", ["eva", "sven"])

    def test_is_read_without_a_query_an_item(self, organization: Organization) -> None:
        """Ten more issues take not one statement more."""
        api = Api(organization.desk)
        organization.begun()
        issue = {"parent": organization.project, "kind": "problem_concern", "description": "Late."}
        organization.create("pia", "issue", **issue)
        board(api, organization)
        few = statements(organization, lambda: board(api, organization))
        for _ in range(10):
            organization.create("pia", "issue", **issue)
        board(api, organization)

        assert statements(organization, lambda: board(api, organization)) == few

    def test_is_for_people_of_the_project(self, organization: Organization) -> None:
        """Everybody else gets the same answer as for a project that there is not."""
        api = Api(organization.desk)
        organization.begun()
        organization.desk.person("nobody")

        hidden = api.get("nobody", f"/x/prince2/projects/{organization.project}/dashboard")
        missing = api.get("eva", "/x/prince2/projects/DESK-999/dashboard")

        for answer in (hidden, missing):
            assert answer.status_code == 404
            assert answer.headers["content-type"] == "application/problem+json"
        assert hidden.json()["detail"] == f'there is no item "{organization.project}"'

    def test_is_of_projects_alone(self, in_exception: Organization, api_in_exception: Api) -> None:
        """A stage has none, and there is no parameter."""
        stage = in_exception.all("stage")[0]

        assert api_in_exception.get("eva", f"/x/prince2/projects/{stage}/dashboard").status_code == 404
        wrong = api_in_exception.get("eva", f"/x/prince2/projects/{in_exception.project}/dashboard?form=x")
        assert wrong.status_code == 400


class TestDecisions:
    @pytest.mark.parametrize(
        ("type", "state", "fields", "role"),
        [
            ("exception", "reported", {"level": "stage"}, "prince2.executive"),
            ("exception", "plan_submitted", {"level": "project"}, "governance.business_layer"),
            ("issue", "recommended", {"required_authority": "change_authority"}, "prince2.change_authority"),
            ("issue", "recommended", {"required_authority": "business_layer"}, "governance.business_layer"),
            ("report", "issued", {"kind": "checkpoint"}, "prince2.project_manager"),
            ("report", "due", {"kind": "checkpoint"}, "prince2.team_manager"),
            ("report", "issued", {"kind": "lessons"}, "governance.business_layer"),
            ("report", "issued", {"kind": "end_stage"}, "prince2.executive"),
            ("work_package", "offered", {}, "prince2.team_manager"),
        ],
    )
    def test_are_taken_by_the_level_that_may(
        self, type: str, state: str, fields: dict[str, Any], role: str
    ) -> None:
        """An exception by its level, an issue by the authority that it needs, a report by its reader."""
        at = datetime(2026, 2, 2, tzinfo=UTC)
        item = Entry("P-2", f"prince2.{type}", "It", state, "P-1", fields, at, at)
        project = Project.of(
            "P-1", [Entry("P-1", "prince2.project", "P", "delivering", None, {}, at, at), item]
        )

        (found,) = decisions(project, {"P-2": {role: ("pia",)}}, {})

        assert (found.roles, found.people, found.since) == ([role], ["pia"], at)
