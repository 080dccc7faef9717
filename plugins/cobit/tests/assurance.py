"""An organization whose controls are tested, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from placet import Blocker
from placet.testing import Desk

#: A Monday morning.
START = "2026-03-02T09:00:00Z"
REASON = "as was agreed in the meeting of the board"
NOTE = "The document shows that it was done, and by whom."
WHY = "Nothing else depends on it, and it is replaced by the end of the quarter."

PEOPLE = {
    "governance.governance_board": ["bruno", "bella"],
    "governance.cio": ["cio"],
    "governance.process_owner": ["pola"],
    "governance.risk_owner": ["rita"],
    "governance.lessons_owner": ["lil"],
    "cobit.control_owner": ["otto", "olaf"],
    "cobit.control_performer": ["pat", "petra"],
    "cobit.control_tester": ["nils", "nora", "pat"],
    "cobit.control_reviewer": ["lena", "leo", "nora", "petra"],
    "cobit.internal_auditor": ["ada"],
    "cobit.finding_owner": ["cleo", "otto"],
    "cobit.compliance_officer": ["cora"],
}


class Assurance:
    """The steps of a test, in the words of assurance; each step is taken by the one who takes it in real life."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.at(START)
        self._documents = 0
        self._root = desk.person("system")

    def configure(self, **settings: Any) -> None:
        """Give the method other settings."""
        self.desk.configure("cobit", **settings)

    def create(
        self, by: str, type: str, title: str = "Something", *, parent: str | None = None, **fields: Any
    ) -> str:
        """Make an item; returns its key."""
        return self.desk.create(f"cobit.{type}", title, actor=by, parent=parent, **fields).key

    def move(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> str:
        """Make a transition; returns the new state."""
        return self.desk.move(key, transition, actor=by, comment=comment, **fields).item.state

    def refused(
        self, by: str, key: str, transition: str, comment: str = "", **fields: Any
    ) -> dict[str, Blocker]:
        """The blockers of a refused transition, by check."""
        found = self.desk.refused(key, transition, actor=by, comment=comment, **fields)
        assert all(blocker.message and blocker.remedy for blocker in found.blockers)
        return {blocker.check.removeprefix("cobit."): blocker for blocker in found.blockers}

    def state(self, key: str) -> str:
        """Where an item stands."""
        return self.desk.item(key).state

    def fields(self, key: str) -> dict[str, Any]:
        """An item's fields, as they are stored."""
        return dict(self.desk.item(key).fields)

    def children(self, key: str, type: str) -> list[str]:
        """Items of a type right below another, the oldest first."""
        return [each.key for each in self.desk.items() if each.parent == key and each.type == f"cobit.{type}"]

    def all(self, type: str) -> list[str]:
        """Items of a type, the oldest first."""
        return [each.key for each in self.desk.items() if each.type == type]

    def attach(self, by: str, key: str, kind: str = "access_review") -> None:
        """A document of its own content."""
        self._documents += 1
        self.desk.attach(key, kind, actor=by, content=f"document {self._documents}".encode())

    def address(self, by: str, key: str, kind: str, sha256: str | None = None) -> None:
        """Evidence that is only an address, with the digest of what is said to be there or without."""
        self.desk.engine.evidence.attach(
            self.desk.person(by), key, kind=kind, url="https://example.org/sign-off", sha256=sha256
        )

    # The subjects of the tests

    def objective(self, practices: Any = (), **fields: Any) -> str:
        """An objective in scope, whose target is level 4."""
        id = str(fields.get("objective_id", "DSS05"))
        there = [each.key for each in self.desk.items() if each.fields.get("objective_id") == id]
        if there:
            return there[0]
        known = practices or [{"id": f"{id}.04", "label": "Manage identities"}]
        key = self.desk.create(
            "cobit.governance_objective", f"{id} Managed", actor="system", objective_id=id, name=f"{id} Managed",
            practices=known,
        ).key  # fmt: skip
        raci = {
            each["id"]: {"A": ["governance.process_owner"], "R": ["cobit.control_owner"]} for each in known
        }
        self.move("cio", key, "put_in_scope", target_level=4, raci=raci, owner="pola")
        return key

    def control(self, parent: str = "", title: str = "Access is reviewed", **fields: Any) -> str:
        """A control in force that is bound to no transition: each of its documents is an operation."""
        given: dict[str, Any] = {
            "practice_id": "DSS05.04",
            "statement": "The owner of a system reviews the access to it whenever somebody leaves.",
            "nature": "detective",
            "execution": "manual",
            "frequency": "per_event",
            "key_control": True,
            "evidence_requirements": [{"kind": "access_review"}],
            "control_owner": "otto",
            "control_performer": "pat",
            "test_procedure": "Compare the review with the list of people who left.",
        }
        key = self.create("otto", "control", title, parent=parent or self.objective(), **given | fields)
        self.move("otto", key, "propose_control")
        self.desk.approve(key, "cobit.control_approval", by=["lena", "pola"])
        self.move("lena", key, "activate")
        return key

    def handed_over(self, control: str, **fields: Any) -> None:
        """Hand a control over to others, to which a second person agrees."""
        self.move("otto", control, "ask_handover", REASON, **fields)
        self.desk.approve(control, "cobit.control_handover", by=["lena"])
        self.move("otto", control, "hand_over")

    def suspended(self, control: str, until: str, **fields: Any) -> None:
        """Suspend a control, to which a second person agrees."""
        self.move("otto", control, "ask_release", REASON, suspended_until=until, **fields)
        self.desk.approve(control, "cobit.control_release", by=["lena"])
        self.move("otto", control, "suspend_control", REASON)

    def gating(self, mode: str = "block", *, scope: Mapping[str, Any] | None = None, **fields: Any) -> str:
        """A control in force that gates the dismissal of lessons: somebody has signed it off."""
        binding = {"item_type": "governance.lesson", "transition": "dismiss", "check_id": "core.evidence_present",
                   "params": {"kind": "sign_off"}, "scope": scope or {}}  # fmt: skip
        given: dict[str, Any] = {"bindings": [binding], "mode": mode, "execution": "it_dependent_manual",
                                 "evidence_requirements": [{"kind": "sign_off"}]}  # fmt: skip
        return self.control(title="Dismissals are signed off", **given | fields)

    def lesson(self, *, signed: bool = True, scope: str = "organisation") -> str:
        """A lesson, with a sign-off of its dismissal or without."""
        key = self.desk.create("governance.lesson", "A lesson", actor="lil", event="e", effect="f", cause="c",
                               recommendation="r", scope=scope).key  # fmt: skip
        if signed:
            self.attach("pola", key, "sign_off")
        return key

    def dismissed(self, times: int, *, signed: bool = True) -> list[str]:
        """So many lessons dismissed."""
        keys = [self.lesson(signed=signed) for _ in range(times)]
        for key in keys:
            self.move("lil", key, "dismiss", REASON)
        return keys

    def off(self) -> None:
        """Switch the method off."""
        self.desk.engine.workspaces.change(self._root, self.desk.key, methods=["governance"], force=True)

    def on(self) -> None:
        """Switch the method on again."""
        methods = ["governance", "cobit"]
        self.desk.engine.workspaces.change(self._root, self.desk.key, methods=methods)

    def operated(self, control: str, times: int) -> None:
        """So many operations of the control, one an hour."""
        for _ in range(times):
            self.attach("pat", control)

    def assessment(self, control: str, start: str = "2026-03-01", end: str = "2026-03-31") -> str:
        """An assessment of a period."""
        return self.create(
            "nils", "control_assessment", "March", parent=control, period_start=start, period_end=end
        )

    def requested(self, times: int, **fields: Any) -> str:
        """An assessment whose sample is drawn, on the second day after its period."""
        control = self.control(**fields)
        self.operated(control, times)
        key = self.assessment(control)
        self.desk.pass_time("2026-04-02T09:00:00Z")
        self.move("nils", key, "request_evidence")
        return key

    def testing(self, times: int, **fields: Any) -> str:
        """An assessment that is being tested."""
        key = self.requested(times, **fields)
        self.move("nils", key, "start_testing")
        return key

    def test(self, key: str, *, deviations: int = 0) -> None:
        """Record the results of all elements that wait; the first of them deviate."""
        waiting = [each for each in self.children(key, "control_test") if self.state(each) == "pending"]
        for n, each in enumerate(waiting):
            result = "deviation" if n < deviations else "pass"
            self.move("nils", each, "record_test", result=result, note=NOTE)

    def submitted(self, times: int, deviations: int = 0, **fields: Any) -> str:
        """An assessment that is with the reviewer."""
        key = self.testing(times, **fields)
        self.test(key, deviations=deviations)
        self.move("nils", key, "submit_for_review", design_result="adequate", design_note=NOTE)
        return key

    def finding(self, by: str = "ada", **fields: Any) -> str:
        """A finding on a control."""
        given = {"condition": "Nobody reviews.", "criteria": "Somebody does.", "effect": "Anybody may read.",
                 "source": "ineffective"}  # fmt: skip
        parent = fields.pop("parent", None) or self.control()
        return self.create(by, "finding", "No review", parent=parent, **given | fields)

    def agreed(self, **fields: Any) -> str:
        """A finding that is cleo's."""
        key = self.finding(owner="cleo", cause="Nobody was informed.", **fields)
        self.move("cleo", key, "agree_finding")
        return key

    def action(self, finding: str, due: str = "2026-03-20") -> str:
        """An action that is planned."""
        return self.create("cleo", "remediation_action", "Name a reviewer", parent=finding, assignee="cleo",
                           due_date=due)  # fmt: skip

    def fixed(self, **fields: Any) -> str:
        """A finding that is ready for its retest."""
        key = self.agreed(**fields)
        action = self.action(key, "2026-03-10")
        self.move("cleo", key, "start_remediation")
        self.desk.attach(action, "other", actor="cleo", content=b"the new reviewer")
        self.move("cleo", action, "complete_action")
        self.move("cleo", key, "report_fixed")
        return key

    def acceptance(self, parent: str, until: str = "2026-06-01", **fields: Any) -> str:
        """An acceptance that is prepared."""
        given = {"rationale": WHY, "valid_from": "2026-03-02", "valid_until": until, "whole_workspace": True}
        return self.create("cleo", "risk_acceptance", "Until it is replaced", parent=parent, **given | fields)

    def accepted(self, parent: str, *voters: str, until: str = "2026-06-01", **fields: Any) -> str:
        """An acceptance in force."""
        key = self.acceptance(parent, until, **fields)
        self.move("cleo", key, "request_acceptance")
        self.desk.approve(key, "cobit.acceptance_approval", by=voters)
        self.move(voters[0], key, "approve_acceptance")
        return key


@contextmanager
def opened(folder: Path) -> Iterator[Assurance]:
    """The organization on a Monday morning."""
    with Desk(folder, methods=["governance", "cobit"], people=PEOPLE) as desk:
        yield Assurance(desk)
