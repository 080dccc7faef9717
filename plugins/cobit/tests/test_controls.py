"""Controls on their own: their life, their gates on governance, and the log's record of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from placet import BlockedError, InvalidError, MalformedError
from placet.testing import Desk, ItemRecord
from placet_cobit.controls.defaults import shipped_controls
from placet_cobit.controls.executions import ExecutionVerdict, execution_of
from placet_cobit.controls.offers import OFFERED_CHECKS
from placet_cobit.objectives.tables import read_table, seeds, shipped_table

WHY = "as was agreed in the meeting of the board"
BINDING: dict[str, Any] = {
    "item_type": "governance.training", "transition": "cancel_training", "check_id": "core.evidence_present",
    "params": {"kind": "consent"},
}  # fmt: skip


class Office:
    """A workspace with one objective, in which controls are made and put in force."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        seed = next(each for each in seeds(shipped_table()) if each.id == "APO07")
        self.objective = desk.create("cobit.governance_objective", seed.title, actor="cio", **seed.fields)

    def draft(self, **fields: Any) -> ItemRecord:
        """A control over trainings, complete."""
        said: dict[str, Any] = {
            "practice_id": "APO07.03", "statement": "A training is cancelled with consent.", "nature": "preventive",
            "execution": "automated", "frequency": "per_event", "key_control": True, "high_risk": False,
            "evidence_requirements": [{"kind": "consent"}], "test_procedure": "Read the consents.",
            "control_owner": "control_owner", "control_performer": "control_performer", "bindings": [BINDING],
        }  # fmt: skip
        return self.desk.create(
            "cobit.control", "Consent", actor="control_owner", parent=self.objective, **said | fields
        )

    def activate(self, control: ItemRecord) -> None:
        """Propose, approve and activate a control."""
        self.propose(control)
        self.desk.approve(control, "cobit.control_approval", by=["control_reviewer", "process_owner"])
        self.desk.move(control, "activate", actor="control_reviewer")

    def propose(self, control: ItemRecord) -> None:
        self.desk.move(control, "propose_control", actor="control_owner")

    def retire(self, control: ItemRecord) -> None:
        """Retire a key control, to which a second person agrees."""
        self.desk.move(control, "ask_retirement", actor="cio", comment=WHY)
        self.desk.approve(control, "cobit.control_retirement", by=["process_owner"])
        self.desk.move(control, "retire_control", actor="cio", comment=WHY)

    def training(self) -> ItemRecord:
        return self.desk.create("governance.training", "Portal", actor="training_lead")

    def govern(self, *roles: str) -> None:
        """Let nobody change gates alone; holders of these roles are second persons."""
        for name in ("ada", "ida"):
            self.desk.engine.people.add(self.desk.person("system"), id=name, name=name.title(), admin=True)
        self.desk.engine.workspaces.change(
            self.desk.person("system"), self.desk.key, governed=["gates"], governed_by=list(roles)
        )

    def refused(self, control: ItemRecord, transition: str, **said: Any) -> set[str]:
        """The checks that refuse a transition of a control."""
        actor = said.pop("actor", "control_owner")
        found = self.desk.refused(control, transition, actor=actor, comment=WHY, **said)
        return {blocker.check for blocker in found.blockers}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Desk(tmp_path, methods=["cobit", "governance"]) as desk:
        yield Office(desk)


class TestTheTables:
    def test_have_40_objectives_with_231_practices(self) -> None:
        """In our own words where there are any: numbers, ids and short names are facts."""
        table = shipped_table()

        assert len(table.objectives) == 40
        assert sum(each.practices for each in table.objectives) == 231
        assert [len(seed.fields["practices"]) for seed in seeds(table) if seed.id == "APO12"] == [6]

    def test_hold_default_controls_of_practices_that_there_are(self) -> None:
        """Each of them names checks that the method offers."""
        practices = {each["id"] for seed in seeds(shipped_table()) for each in seed.fields["practices"]}
        offered = {each.id for each in OFFERED_CHECKS}

        assert {each.practice for each in shipped_controls()} <= practices
        assert {binding.check_id for each in shipped_controls() for binding in each.bindings} <= offered

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("objectives = 1", InvalidError),
            ("= 1", MalformedError),
            ('[[objectives]]\nid = "X1"', InvalidError),
        ],
    )
    def test_of_an_organization_are_checked_as_a_whole(self, text: str, error: type[Exception]) -> None:
        """Nothing is made of a table that does not fit."""
        with pytest.raises(error):
            read_table(text)


class TestAnObjective:
    def test_is_made_once(self, office: Office) -> None:
        """Another of the same id is refused."""
        with pytest.raises(Exception, match="is APO07 already"):
            office.desk.create(
                "cobit.governance_objective", "Again", actor="cio", objective_id="APO07", name="People"
            )

    def test_with_a_control_in_force_is_not_excluded(self, office: Office) -> None:
        """It is retired first."""
        control = office.draft()
        office.activate(control)

        refusal = office.desk.refused(office.objective, "exclude", actor="governance_board", comment=WHY)

        assert [each.check for each in refusal.blockers] == ["cobit.controls_off"]
        assert refusal.messages == [f"1 control of it operates: '{control.title}' ({control.key})"]

    def test_with_a_control_that_is_redesigned_is_not_excluded(self, office: Office) -> None:
        """Its former design gates on until the new one is activated."""
        control = office.draft()
        office.activate(control)
        office.desk.move(control, "redesign", actor="control_owner", comment=WHY)

        refusal = office.desk.refused(office.objective, "exclude", actor="governance_board", comment=WHY)

        assert [each.check for each in refusal.blockers] == ["cobit.controls_off"]


class TestAnObjectiveInScope:
    """The decisions on its scope are changed by a decision."""

    @pytest.fixture
    def decided(self, office: Office) -> dict[str, Any]:
        chart = {"APO07.03": {"A": ["governance.process_owner"], "R": ["cobit.control_owner"]}}
        said: dict[str, Any] = {"target_level": 3, "raci": chart, "owner": "process_owner"}
        office.desk.move(office.objective, "put_in_scope", actor="cio", **said)
        return said

    @pytest.mark.parametrize(
        "edit",
        [{"target_level": 0}, {"raci": {"APO07.03": None}}, {"owner": "cio"}, {"practices": []}],
        ids=str,
    )
    @pytest.mark.usefixtures("decided")
    def test_is_not_edited(self, office: Office, edit: dict[str, Any]) -> None:
        with pytest.raises(BlockedError, match="cannot be changed in 'In scope'"):
            office.desk.edit(office.objective, actor="cio", **edit)

    def test_is_decided_on_again_as_it_was_first(self, office: Office, decided: dict[str, Any]) -> None:
        """Two accountable roles and no responsible one are refused, and so is a chart without practices."""
        desk, two = office.desk, ["governance.process_owner", "governance.cio"]
        unclear = desk.refused(
            office.objective, "rescope", actor="cio", raci={"APO07.03": {"A": two, "R": []}}
        )
        empty = desk.refused(
            office.objective, "rescope", actor="cio", raci={"APO07.03": None}, target_level=None
        )
        moved = desk.move(office.objective, "rescope", actor="cio", target_level=4)

        assert unclear.messages == [
            "practice APO07.03: 2 accountable roles",
            "practice APO07.03: no responsible role",
        ]
        assert {each.check for each in empty.blockers} == {"cobit.raci_valid", "cobit.target_set"}
        assert (moved.item.state, moved.item.fields["target_level"]) == ("in_scope", 4)
        assert moved.item.fields["raci"]["APO07.03"]["A"] == decided["raci"]["APO07.03"]["A"]

    @pytest.mark.usefixtures("decided")
    def test_keeps_its_practices(self, office: Office) -> None:
        kept = [each for each in office.objective.fields["practices"] if each["id"] == "APO07.03"]

        refusal = office.desk.refused(office.objective, "rescope", actor="cio", practices=kept)

        assert [each.check for each in refusal.blockers] == ["cobit.practices_kept"]
        assert "APO07.01" in refusal.messages[0]


class TestTheApprovalOfAControl:
    """Its votes are judged for duties, without a control that asks for it."""

    @pytest.fixture
    def proposed(self, office: Office) -> ItemRecord:
        control = office.draft()
        office.propose(control)
        return control

    def test_does_not_count_the_vote_of_an_administrator(self, office: Office, proposed: ItemRecord) -> None:
        """Who administers the installation makes themselves a reviewer."""
        desk = office.desk
        desk.hold("cobit.control_reviewer", "ada", "control_reviewer")
        desk.engine.people.change(desk.person("system"), "ada", admin=True)
        desk.approve(proposed, "cobit.control_approval", by=["ada", "process_owner"])

        refusal = desk.refused(proposed, "activate", actor="control_reviewer")
        desk.configure("cobit", admin_may_approve=True)

        assert refusal.messages == ["Ada administers the installation, and voted"]
        assert desk.move(proposed, "activate", actor="control_reviewer").item.state == "operating"

    def test_of_its_retirement_does_not_count_it_either(self, office: Office, proposed: ItemRecord) -> None:
        desk = office.desk
        desk.approve(proposed, "cobit.control_approval", by=["control_reviewer", "process_owner"])
        desk.move(proposed, "activate", actor="control_reviewer")
        desk.move(proposed, "redesign", actor="control_owner", comment=WHY)
        desk.move(proposed, "ask_retirement", actor="control_owner", comment=WHY)
        desk.hold("cobit.control_reviewer", "ada", "control_reviewer")
        desk.engine.people.change(desk.person("system"), "ada", admin=True)
        desk.approve(proposed, "cobit.control_retirement", by=["ada"])

        refusal = desk.refused(proposed, "retire_control", actor="cio", comment=WHY)

        assert refusal.messages == ["Ada administers the installation, and voted"]

    def test_does_not_count_a_vote_under_two_roles_that_exclude_each_other(
        self, office: Office, proposed: ItemRecord
    ) -> None:
        desk = office.desk
        desk.hold("cobit.control_owner", "control_owner", "process_owner")
        desk.hold("cobit.internal_auditor", "process_owner")
        desk.approve(proposed, "cobit.control_approval", by=["process_owner", "control_reviewer"])

        refusal = desk.refused(proposed, "activate", actor="control_reviewer")

        assert refusal.messages == [
            "Process Owner is control owner and internal auditor, which exclude each other"
        ]


class TestAControl:
    def test_gates_while_it_is_in_force(self, office: Office) -> None:
        """Not as a draft, and not once it is retired; a redesign leaves it in force."""
        desk, control, training = office.desk, office.draft(), office.training()
        before = desk.explain(training, "cancel_training", actor="training_lead")
        office.activate(control)
        refusal = desk.refused(training, "cancel_training", actor="training_lead", comment=WHY)
        desk.move(control, "redesign", actor="control_owner", comment=WHY)
        during = desk.refused(training, "cancel_training", actor="training_lead", comment=WHY)
        office.retire(control)

        assert all("Consent" not in each for each in before.messages)
        assert [each.message for each in refusal.blockers] == [
            f"[{control.key} APO07.03] no valid evidence of the kind consent is attached"
        ]
        assert len(during.blockers) == 1
        assert (
            desk.move(training, "cancel_training", actor="training_lead", comment=WHY).item.state
            == "cancelled"
        )

    def test_leaves_an_execution_in_the_log(self, office: Office) -> None:
        """A pass with its readings, and a failure where somebody was refused."""
        desk, control, training = office.desk, office.draft(), office.training()
        office.activate(control)
        desk.refused(training, "cancel_training", actor="training_lead", comment=WHY)
        desk.attach(training, "consent", actor="training_lead")
        desk.move(training, "cancel_training", actor="training_lead", comment=WHY)

        found = [execution_of(control.key, event) for event in desk.history(training)]
        executions = [each for each in found if each is not None]

        assert [(each.verdict, each.refused) for each in executions] == [
            (ExecutionVerdict.FAIL, True),
            (ExecutionVerdict.PASS, False),
        ]
        assert list(executions[1].inputs) == ["cobit.evidence_present"]
        assert len(executions[1].inputs["cobit.evidence_present"]["evidence"]) == 1
        assert executions[1].definition

    def test_that_the_system_executes_is_bound_to_something(self, office: Office) -> None:
        """Else nothing would ever be executed."""
        assert office.refused(office.draft(bindings=[]), "propose_control") == {"cobit.binding_exists"}

    def test_that_law_demands_needs_compliance(self, office: Office) -> None:
        """Two others do not suffice, and it is suspended with a second person only."""
        desk, control = office.desk, office.draft(legal_basis=True)
        other = office.draft()
        office.activate(other)
        office.propose(control)
        desk.approve(control, "cobit.control_approval", by=["control_reviewer", "process_owner"])
        short = office.refused(control, "activate", actor="control_reviewer")
        desk.approve(control, "cobit.control_approval", by=["compliance_officer"])
        desk.move(control, "activate", actor="compliance_officer")
        suspension = {"suspended_until": "2026-03-20", "compensating_controls": [other.key]}

        alone = office.refused(control, "suspend_control", **suspension)
        desk.move(control, "ask_release", actor="control_owner", comment=WHY, **suspension)
        desk.approve(control, "cobit.control_release", by=["process_owner"])
        suspended = desk.move(control, "suspend_control", actor="control_owner", comment=WHY)

        assert short == {"cobit.control_votes"}
        assert "cobit.release_votes" in alone
        assert suspended.item.state == "suspended"

    @pytest.mark.parametrize(
        ("until", "covered"), [("2026-05-01", True), ("2026-03-20", False), (None, True)], ids=str
    )
    def test_is_not_suspended_for_long_or_without_cover(
        self,
        office: Office,
        until: str | None,
        covered: bool,  # a parameter of the table
    ) -> None:
        """It has an end within 30 days, and something works in its place."""
        control, other = office.draft(key_control=False), office.draft()
        office.activate(control)
        office.activate(other)
        said = {"suspended_until": until, "compensating_controls": [other.key] if covered else []}

        assert office.refused(control, "suspend_control", **said) == {"cobit.suspension_cover"}


class TestWhereGatesAreGoverned:
    def test_a_second_person_agrees_to_every_change(self, office: Office) -> None:
        """The votes of its approval count, and those of a release; the actor's own does not."""
        desk, control, training = office.desk, office.draft(key_control=False), office.training()
        office.govern("governance.process_owner")
        office.activate(control)
        desk.refused(training, "cancel_training", actor="training_lead", comment=WHY)
        desk.move(control, "redesign", actor="control_owner", comment=WHY)
        desk.edit(control, actor="control_owner", statement="A training is cancelled with written consent.")

        alone = office.refused(control, "retire_control", actor="cio")
        office.retire(control)

        assert alone == {"proposal.second_person"}
        assert (
            desk.move(training, "cancel_training", actor="training_lead", comment=WHY).item.state
            == "cancelled"
        )
