"""Controls and their assurance, through HTTP: the people, and the steps that lead to a tested control."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from processes import mother

from .conftest import Organization, placet, serving

METHODS = ["governance", "cobit"]
#: A Sunday; findings of the scenarios are made on it.
START = "2026-03-01T09:00:00Z"
REASON = "as was agreed in the meeting of the board"
NOTE = "The document shows that it was done, and by whom."
WHY = "Nothing else depends on it, and it is replaced by the end of the quarter."
HOLDERS = {
    "governance.governance_board": ["uma", "ella"],
    "governance.cio": ["ivy"],
    "governance.process_owner": ["dora"],
    "governance.risk_owner": ["bea"],
    "governance.lessons_owner": ["sam"],
    "cobit.control_owner": ["otto"],
    "cobit.control_performer": ["pia", "ines"],
    "cobit.control_tester": ["ines", "emil", "pia"],
    "cobit.control_reviewer": ["lea", "lin"],
    "cobit.internal_auditor": ["fred"],
    "cobit.finding_owner": ["cora", "otto"],
    "cobit.compliance_officer": ["mia"],
}


class Office(Organization):
    """A running server with one workspace OPS in which controls are tested."""

    _documents = 0

    def open(self, **settings: Any) -> None:
        """Open the workspace with everybody in their roles, and make the objectives."""
        methods = {"methods": METHODS, "settings": {"cobit": settings}}
        self.admin.send("POST", "/workspaces", {"key": "OPS", "name": "Payments", **methods}, expect=201)
        for person in {person for people in HOLDERS.values() for person in people} | {"maya"}:
            self.admin.send("POST", "/actors", {"id": person, "name": person.title()}, expect=201)
        for role, people in HOLDERS.items():
            self.assign(role, *people)
        self.ivy.send("POST", "/x/cobit/objectives?workspace=OPS", {})

    def switch(self, *methods: str) -> None:
        """Switch methods on and off, whatever becomes of their items."""
        self.admin.send("PATCH", "/workspaces/OPS", {"methods": list(methods), "force": True})

    def item(self, key: str) -> Any:
        """An item, as the administrator sees it."""
        return self.admin.get(f"/items/{key}")

    def fields(self, key: str) -> Any:
        """Its fields."""
        return self.item(key)["fields"]

    def all(self, type: str, **query: Any) -> list[str]:
        """Keys of items of a type, the oldest first."""
        found = self.admin.get("/items", workspace="OPS", type=type, limit=200, **query)["items"]
        return sorted((each["key"] for each in found), key=lambda key: int(key.rpartition("-")[2]))

    def below(self, key: str, type: str) -> list[str]:
        """Keys of items of a type right below another."""
        return self.all(f"cobit.{type}", parent=key)

    def document(self, by: str, key: str, kind: str = "access_review") -> None:
        """Evidence of its own content."""
        Office._documents += 1
        answer = getattr(self, by)._http.post(
            f"/items/{key}/evidence", data={"kind": kind},
            files={"file": (f"{kind}.txt", f"document {Office._documents}".encode(), "text/plain")},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text

    def objective(self, id: str) -> str:
        """One of the forty, in scope."""
        (key,) = self.all("cobit.governance_objective", **{"field.objective_id": id})
        if self.item(key)["state"] != "in_scope":
            practice = self.fields(key)["practices"][0]["id"]
            raci = {practice: {"A": ["governance.process_owner"], "R": ["cobit.control_owner"]}}
            self.ivy.move(key, "put_in_scope", target_level=4, raci=raci, owner="dora")
        return key

    def control(self, title: str = "Access is reviewed", **fields: Any) -> str:
        """A key control in force that is bound to no transition: each of its documents is an operation."""
        given: dict[str, Any] = {
            "practice_id": "DSS05.04",
            "statement": "The owner of a system reviews the access to it whenever somebody leaves.",
            "nature": "detective",
            "execution": "it_dependent_manual",
            "frequency": "per_event",
            "key_control": True,
            "evidence_requirements": [{"kind": "access_review"}],
            "control_owner": "otto",
            "control_performer": "pia",
            "test_procedure": "Compare the review with the list of people who left.",
        }
        key = self.otto.create("cobit.control", title, parent=self.objective("DSS05"), **given | fields)
        self.otto.move(key, "propose_control")
        for person in (self.lea, self.dora):
            person.vote(key, "cobit.control_approval")
        self.lea.move(key, "activate")
        return key

    def gating(self, mode: str = "block", **fields: Any) -> str:
        """A control in force that gates the dismissal of lessons: it is signed off."""
        binding = {"item_type": "governance.lesson", "transition": "dismiss", "check_id": "core.evidence_present",
                   "params": {"kind": "sign_off"}}  # fmt: skip
        given = {"bindings": [binding], "mode": mode, "evidence_requirements": [{"kind": "sign_off"}]}
        return self.control("Dismissals are signed off", **given | fields)

    def lesson(self, *, signed: bool = True) -> str:
        """A lesson, with a sign-off of its dismissal or without."""
        key = self.sam.create("governance.lesson", "A lesson", event="e", effect="f", cause="c", recommendation="r",
                              scope="organisation")  # fmt: skip
        if signed:
            self.document("dora", key, "sign_off")
        return key

    def dismissed(self, times: int, *, signed: bool = True) -> list[str]:
        """So many lessons dismissed."""
        keys = [self.lesson(signed=signed) for _ in range(times)]
        for key in keys:
            self.sam.move(key, "dismiss", REASON)
        return keys

    def assessment(self, control: str, start: str = "2026-03-01", end: str = "2026-03-31") -> str:
        """An assessment of a period."""
        period = {"period_start": start, "period_end": end}
        return self.ines.create("cobit.control_assessment", "March", parent=control, **period)

    def pending(self, key: str) -> list[str]:
        """The elements of an assessment that wait for their test."""
        return [each for each in self.below(key, "control_test") if self.item(each)["state"] == "pending"]

    def test(self, key: str, *, deviations: int = 0) -> None:
        """Record the results of all elements that wait; the first of them deviate."""
        for n, each in enumerate(self.pending(key)):
            self.ines.move(each, "record_test", result="deviation" if n < deviations else "pass", note=NOTE)

    def finding(self, control: str, **fields: Any) -> str:
        """A finding of the auditor on a control."""
        given = {"condition": "Nobody reviews.", "criteria": "Somebody does.", "effect": "Anybody may read.",
                 "source": "ineffective", "owner": "cora", "cause": "Nobody was informed."}  # fmt: skip
        return self.fred.create("cobit.finding", "No review", parent=control, **given | fields)

    def fixed(self, control: str, due: str) -> str:
        """A finding that is ready for its retest."""
        key = self.finding(control)
        self.cora.move(key, "agree_finding")
        action = self.cora.create("cobit.remediation_action", "Name a reviewer", parent=key, assignee="cora",
                                  due_date=due)  # fmt: skip
        self.cora.move(key, "start_remediation")
        self.document("cora", action, "other")
        self.cora.move(action, "complete_action")
        self.cora.move(key, "report_fixed")
        return key

    def acceptance(self, parent: str, first: str, last: str, **fields: Any) -> str:
        """An acceptance that is prepared, by who owns the finding."""
        given = {"rationale": WHY, "valid_from": first, "valid_until": last, "whole_workspace": True}
        return self.cora.create(
            "cobit.risk_acceptance", "Until it is replaced", parent=parent, **given | fields
        )


@contextmanager
def opened(folder: Path, **settings: Any) -> Iterator[Office]:
    """A server in a folder, with the workspace open."""
    mother().compose(*METHODS, cobit=settings)
    with serving(folder, START) as base:
        placet("actor", "add", "root", "--admin", folder=folder)
        with closing(Office(base, placet("token", "create", "root", folder=folder))) as office:
            office.open(**settings)
            yield office
