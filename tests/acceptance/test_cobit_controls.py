"""Controls over other methods, through HTTP: they gate as soon as they are in force, and say which control asks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes import mother

from .conftest import Organization, Person, serving
from .test_itil_change import item, normal, to_authorize

METHODS = ["itil", "governance", "agile", "cobit"]
#: Who holds which role of governance and COBIT.
HOLDERS = {
    "governance.governance_board": ["ivy"],
    "governance.cio": ["cora"],
    "governance.process_owner": ["lin", "dora"],
    "cobit.control_owner": ["bea"],
    "cobit.control_performer": ["fred"],
    "cobit.control_reviewer": ["pia"],
    "cobit.compliance_officer": ["ella"],
    "cobit.control_tester": ["sam"],
    "agile.coach": ["ines"],
}
WHY = "as agreed in the meeting of the process owners"
AUTHORITY = "cobit.change_independent"
#: A change is submitted with a quote.
BINDING: dict[str, Any] = {
    "item_type": "itil.change", "transition": "submit", "check_id": "core.evidence_present",
    "params": {"kind": "quote"},
}  # fmt: skip
#: A time that leaves enough notice, and one that leaves too little.
LATER = ("2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z")
SOON = ("2026-11-16T14:00:00Z", "2026-11-16T15:00:00Z")


class Company(Organization):
    """A running server with one workspace OPS under ITIL, Agile and COBIT."""

    def govern(self) -> None:
        """Switch the methods on, with people and objectives."""
        self.admin.send("PATCH", "/workspaces/OPS", {"methods": METHODS})
        for role, people in HOLDERS.items():
            self.assign(role, *people)
        self.cora.send("POST", "/x/cobit/objectives?workspace=OPS", {})

    def default(self, template: str) -> str:
        """The draft of a default control."""
        found = self.bea.send("POST", "/x/cobit/controls?workspace=OPS", {"only": [template]})
        key = str([*found["made"], *found["kept"]][0])
        self.bea.edit(key, control_owner="bea", control_performer="fred")
        return key

    def in_force(self, key: str) -> str:
        """A control, proposed, approved by two people and activated."""
        self.bea.move(key, "propose_control")
        self.pia.vote(key, "cobit.control_approval")
        self.lin.vote(key, "cobit.control_approval")
        self.pia.move(key, "activate")
        return key

    def retire(self, key: str) -> None:
        """Take a control out of force for good."""
        self.bea.move(key, "redesign", WHY)
        self.bea.move(key, "ask_retirement", WHY)
        self.pia.vote(key, "cobit.control_retirement")
        self.cora.move(key, "retire_control", WHY)

    def own(self, binding: dict[str, Any], **fields: Any) -> str:
        """The draft of a control that is in no table."""
        objective = self.bea.get("/items", workspace="OPS", type="cobit.governance_objective",
                                 **{"field.objective_id": "BAI06"})["items"][0]["key"]  # fmt: skip
        said = {
            "practice_id": "BAI06.01", "statement": "Who raises a change names what it costs.", "nature": "preventive",
            "execution": "automated", "frequency": "per_event", "key_control": False, "high_risk": False,
            "evidence_requirements": [{"kind": "quote"}], "test_procedure": "Read the quotes of the sample.",
            "control_owner": "bea", "control_performer": "fred", "bindings": [binding],
        }  # fmt: skip
        return self.bea.create("cobit.control", "Costs are known", parent=objective, **said | fields)

    def story(self, builder: str) -> str:
        """A story that somebody has built."""
        team = self.ines.create(
            "agile.team", "Payments", mode="kanban", members=[], dod=[{"id": "docs", "text": "docs"}]
        )
        for role, person in (("product_owner", "maya"), ("developer", builder)):
            self.ines.send("PUT", f"/items/{team}/roles/agile.{role}", {"actors": [person]})
        story = self.maya.create("agile.story", "Pay with a card", team=team)
        getattr(self, builder).edit(story, assignee=builder)
        return story

    def asked(self, start: str, end: str) -> str:
        """A change of low risk with its change authority."""
        key = normal(self, item(self, "portal"), start, end)
        to_authorize(self, key)
        return key


def preview(person: Person, key: str, transition: str) -> Any:
    """A transition as it would be for somebody."""
    found = person.get(f"/items/{key}/transitions", include="met")["transitions"]
    return next(each for each in found if each["name"] == transition)


@pytest.fixture(scope="session")
def governed(opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the organization under all these methods."""
    folder, token = opened
    mother().compose(*METHODS)
    copy = tmp_path_factory.mktemp("governed")
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    with serving(copy) as base, closing(Company(base, token)) as company:
        company.govern()
    return copy, token


@pytest.fixture
def company(governed: tuple[Path, str], tmp_path: Path) -> Iterator[Company]:
    """A server in a sandbox of its own, over that folder."""
    folder, token = governed
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with serving(tmp_path) as base, closing(Company(base, token)) as company:
        yield company


@pytest.fixture(scope="module")
def drafting(governed: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The same for tests whose controls stay drafts, which ask nothing of anybody."""
    folder, token = governed
    copy = tmp_path_factory.mktemp("drafting")
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    with serving(copy) as base, closing(Company(base, token)) as company:
        yield company


class TestC02TheAuthorOfAStoryApprovesItsChange:
    def test_is_refused_in_one_answer_with_what_the_method_itself_refuses(self, company: Company) -> None:
        """The blocker names the control and its practice, the source is COBIT, and a suspended control asks nothing."""
        control = company.in_force(company.default("change_authority_independent"))
        change = company.asked(*SOON)
        company.carl.link(change, "itil.implements", company.story("lea"))
        company.lea.vote(change, "itil.change_approval")

        refused = company.carl.refused(change, "authorize_change")
        shown = preview(company.carl, change, "authorize_change")
        company.retire(control)
        after = company.carl.refused(change, "authorize_change")

        assert {AUTHORITY, "itil.lead"} <= set(refused)
        blocker = refused[AUTHORITY]
        assert (blocker["source"], blocker["mode"]) == ("cobit", "enforce")
        assert blocker["gate"] == f"cobit.control.{control.replace('-', '.')}.1"
        assert blocker["message"] == f"[{control} BAI06.01] Lea approved their own work"
        assert AUTHORITY in {each["check"] for each in shown["checks"]}
        assert AUTHORITY not in after

    def test_passes_with_the_vote_of_somebody_else(self, company: Company) -> None:
        """The readings of the control are in the event of the transition: its execution."""
        control = company.in_force(company.default("change_authority_independent"))
        change = company.asked(*LATER)
        company.carl.link(change, "itil.implements", company.story("ravi"))
        company.lea.vote(change, "itil.change_approval")

        company.carl.move(change, "authorize_change")

        event = company.carl.get(f"/items/{change}/history", limit=100)["events"][-1]
        [execution] = [each for each in event["checks"] if each["check"] == AUTHORITY]
        assert execution["gate"] == f"cobit.control.{control.replace('-', '.')}.1"
        assert (execution["verdict"], execution["read"]["voters"]) == ("met", ["lea"])


class TestC12TwoAccountableRoles:
    def test_keep_an_objective_out_of_scope(self, company: Company) -> None:
        """One role answers for a practice; the refusal counts them."""
        found = company.cora.get("/items", workspace="OPS", type="cobit.governance_objective",
                                 **{"field.objective_id": "BAI06"})["items"]  # fmt: skip
        chart = {
            "BAI06.01": {"A": ["itil.change_manager", "itil.it_director"], "R": ["itil.change_initiator"]}
        }

        refused = company.cora.refused(
            found[0]["key"], "put_in_scope", target_level=3, owner="carl", raci=chart
        )
        chart["BAI06.01"]["A"] = ["itil.change_manager"]
        moved = company.cora.move(found[0]["key"], "put_in_scope", target_level=3, owner="carl", raci=chart)

        assert refused["cobit.raci_valid"]["message"] == "practice BAI06.01: 2 accountable roles"
        assert moved["state"] == "in_scope"


class TestC14AnUnknownPractice:
    def test_is_refused_with_the_practices_that_there_are(self, drafting: Company) -> None:
        """COBIT numbers them from 01."""
        control = drafting.own(BINDING, practice_id="APO12.07")

        refused = drafting.bea.refused(control, "propose_control")

        assert refused["cobit.control_fields"]["message"] == (
            "APO12.07 is not a practice: APO12 has practices 01-06"
        )


class TestAnOwnControl:
    def test_blocks_from_its_activation_on(self, company: Company) -> None:
        """Without Python and without a restart; it is part of the workspace's rules, with an event of its history."""
        before = company.admin.get("/workspaces/OPS")
        change = normal(company, item(company, "portal"), *LATER)
        control = company.in_force(company.own(BINDING))

        refused = company.maya.refused(change, "submit")
        company.maya.attach(change, "quote")
        moved = company.maya.move(change, "submit")

        after = company.admin.get("/workspaces/OPS")
        assert refused["cobit.evidence_present"]["message"] == (
            f"[{control} BAI06.01] no valid evidence of the kind quote is attached"
        )
        assert moved["state"] == "assess"
        assert (before["gates"], after["version"]) == ([], before["version"] + 1)
        assert [(each["item"], each["transition"], each["mode"]) for each in after["gates"]] == [
            (control, "submit", "enforce")
        ]

    @pytest.mark.parametrize(
        ("part", "message"),
        [
            ({"item_type": "itil.chnge"}, 'binding 1: there is no item type "itil.chnge"; did you mean "itil.change"'),
            ({"transition": "submitt"}, 'binding 1: itil.change has no transition "submitt"; did you mean "submit"'),
            ({"check_id": "core.evidence"}, 'binding 1: there is no check "core.evidence" to choose'),
            ({"params": {"sort": "quote"}}, 'binding 1: core.evidence_present needs the parameter "kind"'),
            ({"check_id": "core.fields_present", "params": {"fields": ["c"]}}, 'binding 1: there is no field "c"'),
            ({"check_id": "cobit.risk_treated", "params": {}}, "binding 1: the check cobit.risk_treated judges"),
            ({"scope": {"tipe": ["normal"]}}, 'binding 1: itil.change has no field "tipe" for its scope; did you mean'),
            ({"scope": {"type": ["nromal"]}}, 'binding 1: the field "type" never has the value "nromal"; did you mean'),
            ({"scope": {"type": {"at_least": 3}}}, 'binding 1: the field "type" has no range'),
            ({"scope": {"users_affected": ["many"]}}, 'binding 1: the field "users_affected" never has the value'),
        ],
        ids=["type", "transition", "check", "parameter", "field", "kind of item", "scope", "value", "range", "no."],
    )  # fmt: skip
    def test_that_is_bound_to_nothing_is_not_proposed(
        self, drafting: Company, part: dict[str, Any], message: str
    ) -> None:
        """Each fault is named, with the nearest name that exists."""
        control = drafting.own(BINDING | part)

        messages = drafting.bea.messages(control, "propose_control")

        assert messages
        assert any(each.startswith(message) for each in messages), messages

    def test_gates_the_items_of_its_scope_alone(self, company: Company) -> None:
        """Of a service, and a kind of change. The event of a change beside it says by which values it is that."""
        portal, mail = item(company, "portal"), item(company, "mail")
        scope = {"cis": [portal], "type": ["normal", "emergency"]}
        control = company.in_force(company.own(BINDING | {"scope": scope}))
        within, beside = (normal(company, each, *LATER) for each in (portal, mail))

        refused = company.maya.refused(within, "submit")
        company.maya.move(beside, "submit")

        gates = company.admin.get("/workspaces/OPS")["gates"]
        event = company.maya.get(f"/items/{beside}/history", limit=100)["events"][-1]
        [judged] = [each for each in event["checks"] if each["gate"] == gates[0]["id"]]
        assert refused["cobit.evidence_present"]["message"].startswith(f"[{control} BAI06.01]")
        assert [each["only"] for each in gates] == [scope]
        assert (judged["verdict"], judged["read"]) == ("met", {"out_of_scope": {"cis": [mail]}})

    def test_only_records_in_mode_record(self, company: Company) -> None:
        """The event has what it would have stopped."""
        control = company.in_force(company.own(BINDING, mode="record"))
        change = normal(company, item(company, "portal"), *LATER)

        company.maya.move(change, "submit")

        event = company.maya.get(f"/items/{change}/history", limit=100)["events"][-1]
        [execution] = [
            each for each in event["checks"] if each["gate"].endswith(f"{control.replace('-', '.')}.1")
        ]
        assert (execution["verdict"], execution["mode"]) == ("unmet", "observe")

    def test_is_not_approved_by_its_owner(self, company: Company) -> None:
        """Who designs it does not decide on it."""
        control = company.own(BINDING)
        company.assign("cobit.control_reviewer", "pia", "bea")
        company.bea.move(control, "propose_control")

        company.bea.vote(control, "cobit.control_approval", expect=409)


class TestASuspension:
    def test_needs_an_end_and_something_in_its_place(self, company: Company) -> None:
        """A suspended control gates nothing, and gates again once it is resumed."""
        control = company.in_force(company.own(BINDING))
        other = company.in_force(company.default("change_authority_independent"))
        change = normal(company, item(company, "portal"), *LATER)

        bare = company.bea.refused(control, "suspend_control", WHY)
        company.bea.move(
            control, "suspend_control", WHY, suspended_until="2026-12-01", compensating_controls=[other]
        )
        free = preview(company.maya, change, "submit")
        company.bea.move(control, "resume_control")

        assert "cobit.suspension_cover" in bare
        assert free["blockers"] == []
        assert "cobit.evidence_present" in company.maya.refused(change, "submit")

    def test_of_a_control_in_a_redesign_does_not_happen(self, company: Company) -> None:
        """The former design stays in force until the new one is activated."""
        control = company.in_force(company.own(BINDING))
        change = normal(company, item(company, "portal"), *LATER)

        company.bea.move(control, "redesign", WHY)
        company.bea.edit(control, bindings=[BINDING | {"params": {"kind": "offer"}}])
        during = company.maya.refused(change, "submit")
        company.in_force(control)
        after = company.maya.refused(change, "submit")

        assert "the kind quote" in during["cobit.evidence_present"]["message"]
        assert "the kind offer" in after["cobit.evidence_present"]["message"]


class TestAKeyControl:
    def test_is_neither_lessened_nor_ended_by_its_owner_alone(self, company: Company) -> None:
        """A draft that calls it no key control decides over nothing, and another owner has no say in it."""
        control = company.in_force(company.own(BINDING, key_control=True))
        company.assign("cobit.control_owner", "bea", "ravi")

        stranger = company.ravi.refused(control, "redesign", WHY)
        company.bea.move(control, "redesign", WHY)
        company.bea.edit(control, key_control=False, control_performer="fred")
        ended = company.cora.refused(control, "retire_control", WHY)
        fields = company.bea.get(f"/items/{control}")["fields"]

        assert set(stranger) == {"cobit.owner_acts"}
        assert set(ended) == {"cobit.retirement_votes"}
        assert (fields["key_control"], fields["activated"]["key_control"]) == (False, True)


class TestAMethodThatIsOff:
    def test_has_no_controls_and_gets_them_back(self, company: Company) -> None:
        """A control gates where its method and COBIT are switched on; nothing else is lost or stranded."""
        company.in_force(company.own(BINDING))
        change = normal(company, item(company, "portal"), *LATER)
        company.admin.send("PATCH", "/workspaces/OPS", {"methods": METHODS[:-1], "force": True})
        free = preview(company.maya, change, "submit")

        company.admin.send("PATCH", "/workspaces/OPS", {"methods": METHODS})

        assert free["allowed"] is True
        assert "cobit.evidence_present" in company.maya.refused(change, "submit")
