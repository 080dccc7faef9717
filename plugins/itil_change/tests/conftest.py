"""An organization with its people in their roles, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from placet import BlockedError, Blocker, Decision
from placet.testing import Desk

#: A Monday morning.
START = "2026-11-16T09:00:00Z"

PEOPLE = {
    "itil.change_initiator": ["maya"],
    "itil.change_implementer": ["ravi"],
    "itil.delegated_change_authority": ["lea"],
    "itil.change_manager": ["carl"],
    "itil.cab_member": ["finn", "gina", "dana", "emil"],
    "itil.ecab_member": ["ed", "ella"],
    "itil.service_owner": ["otto"],
    "itil.it_director": ["ivy"],
    "itil.configuration_manager": ["cora"],
    "itil.duty_manager": ["dora"],
    "itil.requester": ["uma", "udo"],
    "itil.service_desk_analyst": ["sam"],
    "itil.resolver": ["rosa", "rolf"],
    "itil.incident_manager": ["ines"],
    "itil.major_incident_manager": ["mia"],
    "itil.problem_manager": ["pia"],
}

PLANS: dict[str, Any] = {
    "implementation_plan": "Fail over, upgrade the standby, fail back, upgrade the rest.",
    "test_plan": "Replay yesterday's traffic against the upgraded standby.",
    "backout_plan": "Fail over to the node that was not upgraded.",
    "backout_max_min": 30,
}
LOW_RISK: dict[str, Any] = {
    "planned_outage_min": 0,
    "users_affected": 0,
    "data_class": "public",
    "novelty": 1,
    "complexity": 1,
    "testing": 1,
    "backout": 1,
}
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}
RESOLVED = {
    "resolution_code": "fixed",
    "resolution_notes": "The relay was restarted and the queue has drained.",
}
CAUSE = {
    "root_cause": "The relay's queue has no limit, and its disk fills up.",
    "rca_method": "five_whys",
    "cause_category": "configuration",
}
WORKAROUND = {
    "workaround": "Empty the queue of bounces every morning.",
    "workaround_tested_at": "2026-11-16T08:00:00Z",
    "known_error_article": "If mail is late, empty the queue of bounces and ask the user to wait ten minutes.",
}
EMERGENCY: dict[str, Any] = {
    "type": "emergency",
    "reason": "security",
    "emergency_justification": "The endpoint is being exploited right now.",
}


class Organization:
    """The steps of a test, in the words of change enablement; each is taken by the one who takes it in real life."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.at(START)

    def at(self, moment: str) -> None:
        """Let time pass."""
        self.desk.at(moment)

    def hold(self, role: str, *people: str) -> None:
        """Say who holds a role."""
        self.desk.hold(role, *people)

    def configure(self, **settings: Any) -> None:
        """Give the method other settings."""
        self.desk.configure("itil", **settings)

    def create(self, by: str, item_type: str, title: str, *, parent: str | None = None, **fields: Any) -> str:
        """Make an item; answers its key."""
        return self.desk.create(item_type, title, actor=by, parent=parent, **fields).key

    def edit(self, by: str, key: str, **fields: Any) -> None:
        """Change fields."""
        self.desk.edit(key, actor=by, **fields)

    def rename(self, by: str, key: str, title: str) -> None:
        """Give an item another title."""
        self.desk.engine.items.edit(self.desk.actors[by], key, title=title)

    def rename_refused(self, by: str, key: str, title: str) -> tuple[Blocker, ...]:
        """The blockers of another title."""
        with pytest.raises(BlockedError) as refusal:
            self.rename(by, key, title)
        return tuple(refusal.value.blockers)

    def link(self, by: str, key: str, link_type: str, target: str) -> None:
        """Link an item to another."""
        self.desk.link(key, link_type, target, actor=by)

    def attach(self, by: str, key: str, kind: str) -> None:
        """Attach evidence."""
        self.desk.attach(key, kind, actor=by)

    def move(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> str:
        """Make a transition; answers the new state."""
        return self.desk.move(key, transition, actor=by, comment=comment, **fields).item.state

    def refused(
        self, by: str, key: str, transition: str, comment: str = "", **fields: Any
    ) -> dict[str, Blocker]:
        """The blockers of a refused transition, by check."""
        found = self.desk.refused(key, transition, actor=by, comment=comment, **fields)
        assert all(blocker.message and blocker.remedy for blocker in found.blockers)
        return {blocker.check: blocker for blocker in found.blockers}

    def messages(self, by: str, key: str, transition: str, **fields: Any) -> list[str]:
        """All that a refused transition says."""
        return self.desk.refused(key, transition, actor=by, **fields).messages

    def vote(self, key: str, approval: str, *people: str, decision: Decision = Decision.APPROVE) -> None:
        """Let people vote, one after the other."""
        self.desk.approve(key, approval, by=people, decision=decision)

    def confirm(self, by: str, key: str, confirmation: str, *, confirm: bool = True) -> None:
        """Let somebody who is named confirm it, or decline it."""
        self.desk.confirm(key, confirmation, by=by, confirm=confirm)

    def vote_refused(self, key: str, approval: str, person: str) -> list[str]:
        """The checks that keep somebody from voting."""
        with pytest.raises(BlockedError) as refusal:
            self.vote(key, approval, person)
        return [blocker.check for blocker in refusal.value.blockers]

    def state(self, key: str) -> str:
        """Where an item stands."""
        return self.desk.item(key).state

    def fields(self, key: str) -> dict[str, Any]:
        """An item's fields, as they are stored."""
        return dict(self.desk.item(key).fields)

    # The subjects of the tests

    def item(
        self, title: str = "web-1", criticality: int = 2, *, parent: str | None = None, **fields: Any
    ) -> str:
        """A configuration item of otto's."""
        given: dict[str, Any] = {
            "kind": "server",
            "criticality": criticality,
            "data_class": "public",
            "owner": "otto",
        }
        return self.create("cora", "itil.configuration_item", title, parent=parent, **given | fields)

    def window(self, kind: str, start: str, end: str, *scope: str, rrule: str | None = None) -> str:
        """A window over everything, unless a scope is given."""
        fields: dict[str, Any] = {
            "kind": kind,
            "start": start,
            "end": end,
            "scope": list(scope) or ["all"],
            "rrule": rrule,
        }
        return self.create("carl", "itil.change_window", f"Year-end {kind}", **fields)

    def change(self, item: str, start: str, end: str, **fields: Any) -> str:
        """A normal change of maya's, complete, of low risk, to be implemented by ravi."""
        given: dict[str, Any] = {
            "type": "normal",
            "reason": "maintenance",
            "cis": [item],
            "planned_start": start,
            "planned_end": end,
            "implementer": "ravi",
        }
        return self.create("maya", "itil.change", "Upgrade the database", **given | PLANS | LOW_RISK | fields)

    def asked_for(self, item: str, start: str, end: str, **fields: Any) -> str:
        """A change that waits for its authority."""
        key = self.change(item, start, end, **fields)
        self.move("maya", key, "submit")
        self.attach("ravi", key, "test_result")
        self.move("carl", key, "request_authorization")
        return key

    def authorized(self, item: str, start: str, end: str, **fields: Any) -> str:
        """A change of low risk whose authority agreed, not yet scheduled."""
        key = self.asked_for(item, start, end, **fields)
        self.vote(key, "itil.change_approval", "lea")
        return key

    def scheduled(self, item: str, start: str, end: str, **fields: Any) -> str:
        """A change of low risk on the change schedule."""
        key = self.authorized(item, start, end, **fields)
        self.move("carl", key, "authorize_change")
        return key

    def emergency(self, item: str, **fields: Any) -> str:
        """An emergency of maya's, just raised."""
        return self.create(
            "maya",
            "itil.change",
            "Close the hole",
            **EMERGENCY | {"cis": [item], "implementer": "ravi"} | fields,
        )

    def about_p1(self, change: str) -> str:
        """A P1 that a change is raised from."""
        incident = self.incident(impact=1, urgency=1)
        self.link("maya", change, "itil.raised_from", incident)
        return incident

    def failed(self, item: str) -> str:
        """A change on an item that failed."""
        key = self.emergency(item)
        self.about_p1(key)
        self.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")
        self.move("ravi", key, "declare_failed")
        return key

    def caused(self, change: str) -> str:
        """The incident that a failed change has caused."""
        ends = self.desk.links(change)
        return next(end.key for end in ends if end.link_type == "itil.caused_by_change")

    def contain(self, change: str) -> None:
        """Restore what a failed change has broken."""
        incident = self.caused(change)
        self.move("sam", incident, "triage")
        self.move("rosa", incident, "start_work", assignee="rosa")
        self.move("rosa", incident, "resolve", **RESOLVED)

    # Incidents and problems

    def incident(self, *items: str, by: str = "uma", **fields: Any) -> str:
        """An incident of uma's, just recorded."""
        given: dict[str, Any] = {
            "summary": "Mail does not arrive",
            "symptoms": "Nothing has come in since nine o'clock.",
            "channel": "portal",
            "cis": list(items),
        }
        return self.create(by, "itil.incident", "Mail does not arrive", **given | fields)

    def triaged(self, *items: str, impact: int = 3, urgency: int = 2, **fields: Any) -> str:
        """An incident in a queue: a P3 unless said otherwise."""
        key = self.incident(*items, **fields)
        known: dict[str, Any] = {"impact": impact, "urgency": urgency, "category": "mail"}
        if not items:
            known["no_item_reason"] = "not known yet"
        self.move("sam", key, "triage", **known)
        return key

    def started(self, *items: str, impact: int = 3, urgency: int = 2, **fields: Any) -> str:
        """An incident that rosa works on."""
        key = self.triaged(*items, impact=impact, urgency=urgency, **fields)
        self.move("rosa", key, "start_work", assignee="rosa")
        return key

    def resolved(self, *items: str, impact: int = 3, urgency: int = 2, **fields: Any) -> str:
        """An incident that rosa has resolved."""
        key = self.started(*items, impact=impact, urgency=urgency, **fields)
        self.move("rosa", key, "resolve", **RESOLVED)
        return key

    def problem(self, *items: str, **fields: Any) -> str:
        """A problem of pia's, found without an incident."""
        given: dict[str, Any] = {"source": "proactive", "impact": 2, "urgency": 2, "cis": list(items)}
        return self.create("pia", "itil.problem", "The relay loses mail", **given | fields)

    def known_error(self, *items: str, **fields: Any) -> str:
        """A problem whose cause and workaround are known."""
        key = self.problem(*items, **fields)
        self.move("pia", key, "start_investigation")
        self.attach("rosa", key, "rca")
        self.move("pia", key, "identify_known_error", **CAUSE, **WORKAROUND)
        return key

    def fix(self, item: str, start: str, end: str) -> str:
        """The change that a rule has made for pia, to fix a problem; described, and not submitted."""
        problem = self.known_error(item)
        self.move("pia", problem, "raise_fix", create_change=True, fix_plan="Give the queue a limit.")
        key = next(each.key for each in self.desk.links(problem) if each.type == "itil.change")
        self.edit("maya", key, planned_start=start, planned_end=end, **PLANS | LOW_RISK)
        return key

    def close(self, key: str) -> str:
        """Implement a scheduled change whose time has come, successfully, and close it."""
        self.move("ravi", key, "start_implementation")
        self.move("ravi", key, "complete_implementation", **VERIFIED)
        self.move("ravi", key, "confirm_items", no_data_change=True)
        return self.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="Went as planned.")

    def model(self, item: str, **fields: Any) -> str:
        """A change model in draft."""
        given: dict[str, Any] = {
            "steps": ["issue", "install", "reload"],
            "backout_step": "Reinstall the old certificate.",
            "risk_class": "low",
            "cis_scope": [item],
            "max_outage_min": 5,
        }
        return self.create("maya", "itil.change_model", "Rotate a certificate", **given | fields)

    def active_model(self, item: str, *more: str) -> str:
        """A model in use, proven by three successful normal changes on Tuesday to Thursday of the first week."""
        key = self.model(item, cis_scope=[item, *more])
        for day in (17, 18, 19):
            start = f"2026-11-{day}T17:00:00Z"
            change = self.scheduled(item, start, f"2026-11-{day}T18:00:00Z", model=key)
            self.at(start)
            self.close(change)
        self.move("maya", key, "propose_model")
        self.vote(key, "itil.model_approval", "carl", "otto")
        self.move("carl", key, "approve_model")
        return key

    def standard(self, item: str, model: str | None, start: str, end: str, **fields: Any) -> str:
        """A standard change of maya's, just raised."""
        given: dict[str, Any] = {
            "type": "standard",
            "reason": "maintenance",
            "model": model,
            "cis": [item],
            "planned_start": start,
            "planned_end": end,
            "planned_outage_min": 0,
            "implementer": "ravi",
        }
        return self.create("maya", "itil.change", "Rotate the certificate", **given | fields)


@pytest.fixture
def organization(tmp_path: Path) -> Iterator[Organization]:
    """The organization on a Monday morning, under this method alone."""
    with Desk(tmp_path, methods=["itil"], people=PEOPLE) as desk:
        yield Organization(desk)
