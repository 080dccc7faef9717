"""Consequences of one method in another where they lie in two workspaces: both have to have agreed to such effects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from placet import GateMode
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR

from .joined import SPOKEN, Joined, joined

SERVICES = "SVC"
METHODS = ["agile", "governance", "integration", "itil", "prince2"]
HOLDERS = (
    "itil.change_initiator", "itil.change_implementer", "itil.change_manager", "governance.benefit_owner",
    "governance.business_layer",
)  # fmt: skip


class Services:
    """A second workspace, whose changes and benefits are about the project of the first one."""

    def __init__(self, ground: Joined) -> None:
        self.ground, self.engine = ground, ground.engine
        self.engine.workspaces.create(SYSTEM_ACTOR, key=SERVICES, name="Services", methods=METHODS)
        for role in HOLDERS:
            person = ground.person(role.partition(".")[2]).id
            self.engine.workspaces.assign(SYSTEM_ACTOR, SERVICES, role, [person])
        types = self.engine.workspaces.catalog(SYSTEM_ACTOR, SERVICES).item_types.values()
        every = {gate.id for type in types for gate in (*type.gates, *type.creation, *type.editing)}
        modes = dict.fromkeys(sorted(every), GateMode.OBSERVE)
        self.engine.workspaces.change(SYSTEM_ACTOR, SERVICES, gate_modes=modes)

    def agree(self) -> None:
        """Both workspaces agree to effects of each other."""
        for one, other in ((self.ground.workspace, SERVICES), (SERVICES, self.ground.workspace)):
            self.engine.workspaces.change(SYSTEM_ACTOR, one, effects_with=[other])

    def create(self, by: str, type: str, title: str, /, *, parent: str | None = None, **fields: Any) -> str:
        """Make an item of the services."""
        person = self.ground.person(by)
        return self.engine.items.create(
            person, workspace=SERVICES, type=type, title=title, parent=parent, fields=fields
        ).key

    def move(self, by: str, key: str, transition: str) -> None:
        """Make a transition; the gates of the services are not what is tried."""
        self.engine.transition(self.ground.person(by), key, transition, comment=SPOKEN)

    def left_out(self, key: str) -> list[str]:
        """The items of the other workspace that the last event of an item left alone."""
        return list(self.ground.desk.history(key)[-1].data.get("left_out", ()))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with joined(tmp_path) as ground:
        yield Services(ground)


def made(services: Services, type: str) -> list[ItemRecord]:
    """Items of a type in the workspace of the project."""
    return [each for each in services.ground.desk.items() if each.type == type]


def failing(services: Services, product: str) -> str:
    """A change of the services that implements a product of the project, in implementation."""
    key = services.create(
        "change_initiator", "itil.change", "Secret release", type="normal", reason="release"
    )
    initiator = services.ground.person("change_initiator")
    services.engine.items.link(initiator, key, "itil.implements", product)
    return key


class TestAChangeOfAnotherWorkspaceThatFails:
    """x_auto_4: its products go back, with a bug for the team."""

    def test_sends_the_products_of_a_project_back_once_both_have_agreed(self, services: Services) -> None:
        """The team reads the key of the change, and nothing of what it says."""
        ground = services.ground
        product = ground.product("approved")
        ground.story(product)
        services.agree()

        self._fail(services, product)

        (bug,) = made(services, "agile.bug")
        assert ground.item(product).state == "in_development"
        assert bug.fields["team"] == ground.team_key
        assert "Secret release" not in str(bug)

    def test_changes_nothing_where_they_have_not(self, services: Services) -> None:
        ground = services.ground
        product = ground.product("approved")
        ground.story(product)

        change = self._fail(services, product)

        assert ground.item(product).state == "approved"
        assert made(services, "agile.bug") == []
        assert product in services.left_out(change)

    def _fail(self, services: Services, product: str) -> str:
        key = failing(services, product)
        for name, person in (
            ("submit", "change_initiator"),
            ("request_authorization", "change_manager"),
            ("authorize_change", "change_manager"),
            ("start_implementation", "change_implementer"),
            ("declare_failed", "change_implementer"),
        ):
            services.move(person, key, name)
        return key


class TestABenefitOfAnotherWorkspaceThatIsMissed:
    """x_auto_9: the project that promised it gets a concern."""

    def test_is_an_issue_of_the_project_once_both_have_agreed(self, services: Services) -> None:
        """The project reads its key, and nothing of what it says."""
        services.agree()

        key = self._missed(services)

        (issue,) = made(services, "prince2.issue")
        assert (issue.parent, issue.fields["kind"], issue.fields["severity"]) == (
            services.ground.project_key, "problem_concern", 4,
        )  # fmt: skip
        assert issue.title == f"Benefit missed: {key}"
        assert issue.fields["description"] == f"Benefit {key} is declared missed."
        assert "Secret gain" not in str(issue)

    def test_is_none_where_they_have_not(self, services: Services) -> None:
        key = self._missed(services)

        assert made(services, "prince2.issue") == []
        assert services.ground.project_key in services.left_out(key)

    def _missed(self, services: Services) -> str:
        key = services.create(
            "benefit_owner", "governance.benefit", "Secret gain", parent=services.ground.project_key,
            description="Fewer calls", category="cost_saving", owner="benefit_owner",
        )  # fmt: skip
        for name, person in (
            ("plan_benefit", "benefit_owner"),
            ("start_tracking", "benefit_owner"),
            ("declare_missed", "business_layer"),
        ):
            services.move(person, key, name)
        return key
