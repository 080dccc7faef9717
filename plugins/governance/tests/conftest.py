"""An organization with its people in their roles, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from placet import Blocker
from placet.testing import Desk

#: A Monday morning.
START = "2026-06-15T09:00:00Z"
REASON = "as was agreed in the weekly meeting"

PEOPLE = {
    "governance.governance_board": ["bruno"],
    "governance.business_layer": ["bella"],
    "governance.executive": ["olga"],
    "governance.cio": ["cora"],
    "governance.portfolio_manager": ["paul"],
    "governance.objective_owner": ["omar"],
    "governance.benefit_owner": ["hana"],
    "governance.senior_user": ["hana"],
    "governance.project_manager": ["petr"],
    "governance.risk_owner": ["rita"],
    "governance.lessons_owner": ["lena"],
    "governance.communication_owner": ["nora"],
    "governance.training_lead": ["tara"],
    "governance.resource_manager": ["remy"],
    "governance.process_owner": ["pola"],
}


class Organization:
    """The steps of a test, in the words of governance; each step is taken by the one who takes it in real life."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.at(START)
        for member in ("dana", "emil", "ann", "bob"):
            desk.person(member)

    def configure(self, **settings: Any) -> None:
        """Give the method other settings."""
        self.desk.configure("governance", **settings)

    def create(
        self, by: str, type: str, title: str = "Something", *, parent: str | None = None, **fields: Any
    ) -> str:
        """Make an item; answers its key."""
        return self.desk.create(f"governance.{type}", title, actor=by, parent=parent, **fields).key

    def move(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> str:
        """Make a transition; answers the new state."""
        return self.desk.move(key, transition, actor=by, comment=comment, **fields).item.state

    def refused(
        self, by: str, key: str, transition: str, comment: str = "", **fields: Any
    ) -> dict[str, Blocker]:
        """The blockers of a refused transition, by check."""
        found = self.desk.refused(key, transition, actor=by, comment=comment, **fields)
        assert all(blocker.message and blocker.remedy for blocker in found.blockers)
        return {blocker.check.removeprefix("governance."): blocker for blocker in found.blockers}

    def messages(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> list[str]:
        """All that a refused transition says."""
        return self.desk.refused(key, transition, actor=by, comment=comment, **fields).messages

    def state(self, key: str) -> str:
        """Where an item stands."""
        return self.desk.item(key).state

    def fields(self, key: str) -> dict[str, Any]:
        """An item's fields, as they are stored."""
        return dict(self.desk.item(key).fields)

    def metric(self, name: str, **said: Any) -> Any:
        """Value, numerator and denominator of a metric."""
        found = self.desk.metric(f"governance.{name}", **said).value
        return found.value, found.numerator, found.denominator

    def points(self, key: str, timer: str) -> list[tuple[str, str, list[str]]]:
        """(moment, point, who is notified) of everything that a timer came to."""
        return [
            (f"{event.at:%m-%d %H:%M}", event.data["point"], event.data.get("notifies", []))
            for event in self.desk.history(key)
            if event.kind == "timer" and event.data["timer"] == f"governance.{timer}"
        ]

    # The subjects of the tests

    def objective(self, **fields: Any) -> str:
        """An objective that can be pursued."""
        given: dict[str, Any] = {
            "level": "enterprise",
            "statement": "30 % fewer phone contacts",
            "measure": "phone contacts in a year",
            "baseline": "100000",
            "target": "70000",
            "target_date": "2027-06-30",
            "enterprise_goals": ["EG05"],
            "alignment_goals": ["AG05"],
        }
        return self.create("omar", "objective", "Fewer phone contacts", **given | fields)

    def pursued(self, **fields: Any) -> str:
        """An objective in force."""
        key = self.objective(**fields)
        self.move("bruno", key, "activate_objective")
        return key

    def benefit(self, **fields: Any) -> str:
        """A benefit with everything that it needs to be measured."""
        given: dict[str, Any] = {
            "description": "Fewer phone contacts",
            "category": "cost_saving",
            "baseline": "100000",
            "target_value": "70000",
            "unit": "contacts",
            "owner": "hana",
            "measure_method": "the telephone system's own count",
            "measure_dates": ["2026-12-31", "2027-06-30"],
        }
        return self.create("hana", "benefit", "Fewer phone contacts", **given | fields)

    def tracked(self, **fields: Any) -> str:
        """A benefit that is being measured."""
        key = self.benefit(**fields)
        self.move("hana", key, "plan_benefit")
        self.move("hana", key, "start_tracking")
        return key

    def decision(self, **fields: Any) -> str:
        """A decision that waits, on two options."""
        given: dict[str, Any] = {
            "question": "Do we begin?",
            "options": ["begin", "wait"],
            "right": "authorize_project",
        }
        return self.create("petr", "decision", "Do we begin?", **given | fields)

    def risk(self, **fields: Any) -> str:
        """A threat that is recorded."""
        given = {"kind": "threat", "cause": "One supplier", "event": "It fails", "effect": "We wait"}
        return self.create("petr", "risk", "One supplier", **given | fields)

    def assessed(self, **fields: Any) -> str:
        """A threat that is scored: probability 50 % (level 3), impact 4."""
        key = self.risk(**fields)
        self.move(
            "rita",
            key,
            "assess_risk",
            probability_percent="50",
            impact_level=4,
            cost_impact="10000",
            proximity="later",
        )
        return key

    def allocation(self, percent: str, first: str, last: str, person: str = "dana") -> str:
        """Some of dana's time, asked for."""
        return self.create(
            "petr", "resource_allocation", person=person, percent=percent, week_from=first, week_to=last
        )

    def confirmed(self, percent: str, first: str, last: str, person: str = "dana") -> str:
        """Some of dana's time, promised."""
        key = self.allocation(percent, first, last, person)
        self.move("remy", key, "confirm")
        return key


@contextmanager
def opened(folder: Path) -> Iterator[Organization]:
    """The organization on a Monday morning, under this method alone."""
    with Desk(folder, methods=["governance"], people=PEOPLE) as desk:
        yield Organization(desk)


@pytest.fixture
def organization(tmp_path: Path) -> Iterator[Organization]:
    with opened(tmp_path) as organization:
        yield organization
