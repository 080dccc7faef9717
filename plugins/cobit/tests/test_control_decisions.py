"""Nobody decides over a control alone: its design, its people, its suspension and its end take a second person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from placet import BlockedError, PlacetError

from .assurance import NOTE, REASON, Assurance, opened

WEAKER = {"key_control": False, "high_risk": False, "frequency": "annual", "execution": "manual"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Assurance]:
    with opened(tmp_path) as office:
        yield office


def weakened(office: Assurance, control: str, **fields: Any) -> None:
    """The owner alone takes a control into a redesign, and makes less of it."""
    office.move("otto", control, "redesign", REASON)
    office.desk.edit(control, actor="otto", **WEAKER | fields)


def drafted(office: Assurance, **fields: Any) -> str:
    """A control that is ready to be proposed."""
    given: dict[str, Any] = {
        "practice_id": "DSS05.04", "statement": NOTE, "nature": "detective", "execution": "manual",
        "frequency": "per_event", "key_control": True, "evidence_requirements": [{"kind": "access_review"}],
        "control_owner": "otto", "control_performer": "pat", "test_procedure": NOTE,
    }  # fmt: skip
    return office.create("otto", "control", "Access", parent=office.objective(), **given | fields)


def monitored(office: Assurance, control: str) -> str:
    """A monitor of a control, which does not run yet."""
    return office.create("nils", "monitor", "Every day", parent=control)


def refuses(office: Assurance, by: str, control: str, **fields: Any) -> bool:
    """Whether an edit is refused."""
    try:
        office.desk.edit(control, actor=by, **fields)
    except PlacetError:
        return True
    return False


class TestARedesign:
    """A draft decides over nothing until two others have approved it."""

    def test_lowers_no_severity(self, office: Assurance) -> None:
        """Neither of what a test concludes, nor of an acceptance, whose approvers follow from it."""
        key = office.submitted(10, 3)
        control = office.desk.item(key).parent
        assert control is not None
        weakened(office, control)

        office.move("lena", key, "conclude")

        (finding,) = office.children(key, "finding")
        assert office.fields(finding)["severity"] == "high"
        assert office.fields(office.acceptance(control))["severity"] == "high"

    def test_draws_no_smaller_sample(self, office: Assurance) -> None:
        control = office.control(high_risk=True)
        office.operated(control, 20)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        weakened(office, control)

        office.move("nils", key, "request_evidence")

        assert office.fields(key)["sample_size"] == 12

    def test_names_no_other_people_for_its_tests(self, office: Assurance) -> None:
        control = office.control()
        key = office.assessment(control)
        weakened(office, control, control_performer="petra")

        assert office.fields(key)["control_performer"] == "pat"
        assert "tester_sod" in office.refused("pat", key, "request_evidence")

    def test_plans_the_next_test_by_the_design_in_force(self, office: Assurance) -> None:
        """A control in a redesign is still tested, and as often as before: each quarter, at high risk.

        The days of the test that was cancelled are those of the next one too.
        """
        control = office.control(high_risk=True)
        weakened(office, control)

        (first,) = office.children(control, "control_assessment")
        office.move("lena", first, "cancel_assessment", REASON)

        planned = office.children(control, "control_assessment")[-1]
        assert (office.fields(planned)["period_start"], office.fields(planned)["period_end"]) == (
            "2026-03-02", "2026-09-01",
        )  # fmt: skip

    def test_counts_once_it_is_activated(self, office: Assurance) -> None:
        """The votes of the former design do not count for it."""
        control = office.control()
        weakened(office, control)
        office.move("otto", control, "propose_control")
        early = office.refused("lena", control, "activate")
        office.desk.approve(control, "cobit.control_approval", by=["lena", "pola"])
        office.move("lena", control, "activate")

        assert set(early) == {"control_votes"}
        assert office.fields(control)["activated"]["key_control"] is False

    def test_of_a_suspended_control_leaves_it_suspended(self, office: Assurance) -> None:
        """It gates nothing, and its suspension ends with the new design, or is a finding in time."""
        control, other = office.gating(), office.control()
        office.suspended(control, "2026-03-20", compensating_controls=[other])

        office.move("otto", control, "redesign", REASON)

        assert office.fields(control)["in_force"] == []
        assert "monitor_config" in office.refused("nils", monitored(office, control), "run_monitor")
        assert "retirement_votes" in office.refused("cio", control, "retire_control", REASON)
        office.desk.pass_time("2026-03-23T09:00:00Z")
        (finding,) = office.children(control, "finding")
        assert office.fields(finding)["source"] == "long_suspension"

    def test_of_a_suspended_control_is_a_way_back_where_it_cannot_be_resumed(self, office: Assurance) -> None:
        """Changes of gates are governed since, by others than those who approved it then."""
        control, other = office.gating(), office.control()
        office.suspended(control, "2026-03-20", compensating_controls=[other])
        root = office.desk.person("system")
        for name in ("ada", "ida"):
            office.desk.engine.people.add(root, id=f"{name}2", name=name, admin=True)
        office.desk.engine.workspaces.change(
            root, office.desk.key, governed=["gates"], governed_by=["cobit.compliance_officer"]
        )
        assert [
            each.check
            for each in office.desk.refused(control, "resume_control", actor="otto", comment=REASON).blockers
        ] == ["proposal.second_person"]

        office.move("otto", control, "redesign", REASON)
        office.desk.edit(control, actor="otto", legal_basis=True)
        office.move("otto", control, "propose_control")
        office.desk.approve(control, "cobit.control_approval", by=["lena", "pola", "cora"])
        office.move("lena", control, "activate")

        assert office.state(control) == "operating"
        assert office.fields(control)["in_force"] != []
        assert office.fields(control)["suspensions"] == [{"first": "2026-03-02", "last": "2026-03-02"}]

    def test_is_no_way_to_say_what_was_activated(self, office: Assurance) -> None:
        """Nobody writes what the system keeps, neither with a new control nor later."""
        kept = {"activated": {"practice_id": "DSS05.04", "key_control": False}}

        with pytest.raises(PlacetError):
            drafted(office, **kept)
        assert refuses(office, "otto", drafted(office), **kept)


class TestThePeopleOfAControl:
    def test_bar_nobody_from_testing_by_a_draft_that_names_them(self, office: Assurance) -> None:
        """Who operates it is who a second person agreed to, or left evidence: else an owner could bar all testers."""
        control = office.control()
        office.desk.hold("cobit.control_performer", "pat", "petra", "nils")
        office.operated(control, 3)
        key = office.assessment(control)

        office.move("otto", control, "redesign", REASON)
        office.desk.edit(control, actor="otto", control_performer="nils")
        office.desk.pass_time("2026-04-02T09:00:00Z")

        assert office.move("nils", key, "request_evidence") == "evidence_requested"

    def test_are_named_by_nobody_alone(self, office: Assurance) -> None:
        control = office.control()

        assert refuses(office, "otto", control, control_performer="petra")
        assert refuses(office, "otto", control, control_owner="olaf")
        assert set(office.refused("otto", control, "hand_over")) == {"handover_people", "handover_votes"}

    def test_change_with_a_second_person(self, office: Assurance) -> None:
        """From then on the new owner decides, and assurance goes by the new performer."""
        control = office.control()
        office.handed_over(control, next_owner="olaf", next_performer="petra")
        fields = office.fields(control)

        assert (fields["control_owner"], fields["control_performer"]) == ("olaf", "petra")
        assert (fields["activated"]["control_owner"], fields.get("next_owner")) == ("olaf", None)
        assert "owner_acts" in office.refused("otto", control, "redesign", REASON)
        assert office.move("olaf", control, "redesign", REASON) == "draft"

    def test_hold_the_roles_for_it(self, office: Assurance) -> None:
        """Else the performer could not even attach the evidence that is asked for."""
        control = office.control()
        draft = office.create("otto", "control", parent=office.objective(), practice_id="DSS05.04",
                              control_owner="nils", control_performer="nils")  # fmt: skip

        asked = office.refused("otto", control, "ask_handover", REASON, next_performer="nils")
        proposed = office.refused("cio", draft, "propose_control")

        assert asked["handover_people"].message == "Nils does not hold the role control performer"
        assert "control_fields" in proposed

    def test_approve_nothing_of_it(self, office: Assurance) -> None:
        """Neither who operates it, though a reviewer too, nor who wrote a part of the design."""
        desk, control = office.desk, drafted(office, legal_basis=True, control_performer="petra")
        desk.edit(control, actor="cora", statement="Cora writes it anew.")
        office.move("otto", control, "propose_control")

        for person in ("cora", "petra"):
            with pytest.raises(BlockedError, match="designs, owns, operates or proposes"):
                desk.approve(control, "cobit.control_approval", by=[person])

    def test_are_nobody_who_approved_it(self, office: Assurance) -> None:
        """Who has voted for a control does not come to operate it."""
        control = office.control()
        office.desk.hold("cobit.control_performer", "pat", "lena")

        with pytest.raises(BlockedError, match="somebody else is named as next performer"):
            office.move("otto", control, "ask_handover", REASON, next_performer="lena")

    def test_act_for_their_own_controls(self, office: Assurance) -> None:
        """Another owner neither redesigns, nor edits, suspends or hands it over; the CIO does."""
        control, other = office.control(), office.control()
        cover = {"suspended_until": "2026-03-20", "compensating_controls": [other]}

        assert set(office.refused("olaf", control, "redesign", REASON)) == {"owner_acts"}
        assert "owner_acts" in office.refused("olaf", control, "suspend_control", REASON, **cover)
        assert "owner_acts" in office.refused("olaf", control, "ask_handover", REASON, next_owner="olaf")
        assert office.move("cio", control, "redesign", REASON) == "draft"
        assert refuses(office, "olaf", control, control_owner="olaf")
        assert not refuses(office, "cio", control, key_control=False)


class TestAKeyControl:
    """Or one that law demands: judged by what was activated."""

    @pytest.mark.parametrize("why", ["key_control", "legal_basis"])
    def test_is_not_retired_by_way_of_a_redesign(self, office: Assurance, why: str) -> None:
        """A second person agrees to its end, whatever the draft says of it."""
        control = drafted(office, **{"key_control": False, why: True})
        office.move("otto", control, "propose_control")
        voters = ["lena", "pola", "cora"] if why == "legal_basis" else ["lena", "pola"]
        office.desk.approve(control, "cobit.control_approval", by=voters)
        office.move("lena", control, "activate")
        weakened(office, control, legal_basis=False)

        alone = office.refused("cio", control, "retire_control", REASON)
        office.move("otto", control, "ask_retirement", REASON)
        office.desk.approve(control, "cobit.control_retirement", by=["pola"])

        assert alone["retirement_votes"].remedy == "use Ask for retirement"
        assert office.move("cio", control, "retire_control", REASON) == "retired"

    def test_is_not_suspended_alone(self, office: Assurance) -> None:
        control, other = office.control(), office.control()
        cover = {"suspended_until": "2026-03-20", "compensating_controls": [other]}

        alone = office.refused("otto", control, "suspend_control", REASON, **cover)

        assert set(alone) == {"release_votes"}
        assert alone["release_votes"].remedy == "use Ask for release"

    def test_that_is_another_needs_nobody(self, office: Assurance) -> None:
        control = office.control(key_control=False)
        office.move("otto", control, "redesign", REASON)

        assert office.move("cio", control, "retire_control", REASON) == "retired"


class TestASuspension:
    def test_is_not_renewed_for_ever(self, office: Assurance) -> None:
        """The days of twelve months count together; a year later they are free again."""
        control, other = office.gating(key_control=False), office.control()
        cover = {"compensating_controls": [other]}
        office.move("otto", control, "suspend_control", REASON, suspended_until="2026-03-27", **cover)
        office.desk.pass_time("2026-03-22T09:00:00Z")
        office.move("otto", control, "resume_control")

        again = office.refused(
            "otto", control, "suspend_control", REASON, suspended_until="2026-04-06", **cover
        )
        office.desk.pass_time("2027-04-05T09:00:00Z")

        assert again["suspension_cover"].message == (
            "a suspension of 15 days, after 20 days in the last twelve months, is longer than 30"
        )
        office.move("otto", control, "suspend_control", REASON, suspended_until="2027-05-03", **cover)

    def test_is_covered_by_a_control_of_its_objective(self, office: Assurance) -> None:
        """Any other does not work in its place."""
        control = office.control(key_control=False)
        elsewhere = office.control(
            office.objective([{"id": "BAI06.01", "label": "Manage changes"}], objective_id="BAI06"),
            practice_id="BAI06.01",
        )
        until = {"suspended_until": "2026-03-20"}

        found = office.refused(
            "otto", control, "suspend_control", REASON, **until, compensating_controls=[elsewhere]
        )

        assert found["suspension_cover"].message == (
            "no other control of DSS05 that operates, and no risk accepted until its end, covers the suspension"
        )

    def test_is_covered_by_a_risk_accepted_until_its_end(self, office: Assurance) -> None:
        control = office.control(key_control=False)
        accepted = office.accepted(control, "pola", until="2026-03-15")
        said = {"accepted_risk": accepted}

        late = office.refused(
            "otto", control, "suspend_control", REASON, suspended_until="2026-03-20", **said
        )

        assert set(late) == {"suspension_cover"}
        assert office.move("otto", control, "suspend_control", REASON, suspended_until="2026-03-15", **said)

    def test_that_ends_asks_its_owner_to_resume(self, office: Assurance) -> None:
        """The named owner alone is notified, and has it in the worklist with its end."""
        control, other = office.gating(), office.control()
        office.suspended(control, "2026-03-20", compensating_controls=[other])
        office.desk.pass_time("2026-03-23T09:00:00Z")

        notified = office.desk.notified(control)
        worklist = office.desk.engine.reports.worklist(office.desk.person("otto"))
        (shown,) = [each for each in worklist.items if each.item.key == control]

        assert "cobit.suspension_ended" in notified["otto"]
        assert "resume_control" in shown.transitions
        assert shown.due_at is not None
