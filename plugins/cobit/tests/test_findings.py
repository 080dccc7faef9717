"""Findings: severity, owner, remedy, retest; and accepted risks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .assurance import REASON, WHY, Assurance, opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Assurance]:
    with opened(tmp_path) as office:
        yield office


class TestAFinding:
    def test_has_its_severity_and_limit_from_the_table(self, office: Assurance) -> None:
        key = office.finding()

        fields = office.fields(key)
        assert (fields["severity"], fields["due_date"], fields["latest_due"]) == (
            "high",
            "2026-04-01",
            "2026-04-01",
        )
        assert (fields["owner"], fields["control"]) == ("otto", office.desk.item(key).parent)

    def test_is_agreed_with_a_due_date_within_the_limit(self, office: Assurance) -> None:
        key = office.finding(owner="cleo", cause="Nobody was informed.")

        found = office.refused("cleo", key, "agree_finding", due_date="2026-04-15")
        assert list(found) == ["finding_fields"]
        assert "Wednesday 1 April" in found["finding_fields"].message
        office.move("cleo", key, "agree_finding", due_date="2026-03-20")

        assert office.state(key) == "agreed"

    def test_is_agreed_by_its_owner_in_person(self, office: Assurance) -> None:
        """Who else holds the role speaks for nobody but themselves."""
        key = office.finding(owner="cleo", cause="Nobody was informed.")

        assert list(office.refused("otto", key, "agree_finding")) == ["finding_owner_agrees"]
        office.desk.confirm(key, "cobit.finding_ownership", by="cleo")
        office.move("otto", key, "agree_finding")

    def test_of_the_same_control_recurs_one_step_higher(self, office: Assurance) -> None:
        control = office.control(key_control=False)
        first = office.fixed(parent=control)
        office.operated(control, 10)
        office.move("ada", first, "close_finding")

        second = office.fields(office.finding(parent=control))

        assert (second["recurrence_of"], second["severity"]) == (first, "high")

    def test_has_its_risk_in_the_register(self, office: Assurance) -> None:
        control = office.control()
        findings = [
            office.finding(parent=control, condition=condition, source=source)
            for condition, source in (
                ("Few review.", "partially_effective"),
                ("Nobody reviews.", "ineffective"),
                ("Nobody reviews it again.", "partially_effective"),
            )
        ]

        (risk,) = office.all("governance.risk")
        assert office.desk.item(risk).links == {"governance.raised_from": tuple(findings)}
        assert office.fields(risk)["event"] == "Nobody reviews.", "the gravest of them"

    def test_is_not_said_to_be_less_than_it_is(self, office: Assurance) -> None:
        key = office.finding()

        with pytest.raises(Exception, match="severity"):
            office.desk.edit(key, actor="ada", severity="low")
        with pytest.raises(Exception, match="system"):
            office.finding(source="monitor_amber")

    def test_is_not_declared_invalid_by_its_owner(self, office: Assurance) -> None:
        office.desk.hold("cobit.control_reviewer", "lena", "cleo")
        key = office.finding(owner="cleo")
        office.move("cleo", key, "dispute", REASON)

        assert "sod_own_invalid" in office.refused("cleo", key, "invalidate", REASON)

    def test_is_declared_invalid_by_nobody_who_operates_the_control(self, office: Assurance) -> None:
        office.desk.hold("cobit.control_reviewer", "lena", "otto", "pat")
        key = office.finding(owner="cleo")
        office.desk.hold("cobit.control_reviewer", "lena", "leo", "otto", "pat")
        office.handed_over(office.fields(key)["control"], next_performer="petra")

        for person in ("otto", "pat"):
            assert "invalid_sod" in office.refused(person, key, "invalidate", REASON)
        office.move("lena", key, "invalidate", REASON)

    def test_that_is_critical_is_declared_invalid_by_an_auditor(self, office: Assurance) -> None:
        key = office.finding(source="bypass", owner="cleo")

        assert list(office.refused("lena", key, "invalidate", REASON)) == ["invalid_sod"]
        office.move("ada", key, "invalidate", REASON)

    def test_is_due_from_its_making_on_and_nobody_puts_that_off(self, office: Assurance) -> None:
        key = office.finding(by="nils")

        with pytest.raises(Exception, match="until it is agreed"):
            office.desk.edit(key, actor="nils", due_date="2099-01-01")
        office.move("otto", key, "dispute", REASON)
        with pytest.raises(Exception, match="until it is agreed"):
            office.desk.edit(key, actor="nils", due_date="2099-01-01")
        with pytest.raises(Exception, match="is due by"):
            office.finding(by="nils", parent=office.fields(key)["control"], due_date="2099-01-01")
        office.desk.pass_time("2026-04-17T09:00:00Z")

        points = [each.data.get("notifies", []) for each in office.desk.history(key) if each.kind == "timer"]
        assert ["governance.cio"] in points

    def test_that_is_agreed_for_an_earlier_day_is_due_on_that(self, office: Assurance) -> None:
        key = office.finding(owner="cleo", cause="Nobody was informed.")
        office.move("cleo", key, "agree_finding", due_date="2026-03-10")
        office.desk.pass_time("2026-03-11T09:00:00Z")

        points = [each.data.get("notifies", []) for each in office.desk.history(key) if each.kind == "timer"]
        assert ["cobit.finding_owner", "governance.process_owner"] in points

    def test_that_is_overdue_goes_up(self, office: Assurance) -> None:
        key = office.agreed()
        office.desk.pass_time("2026-05-15T09:00:00Z")

        points = [each.data.get("notifies", []) for each in office.desk.history(key) if each.kind == "timer"]
        assert ["governance.cio"] in points
        assert ["governance.governance_board"] in points


class TestARemedy:
    def test_is_planned_in_time_and_proven_by_a_document(self, office: Assurance) -> None:
        key = office.agreed()
        assert list(office.refused("cleo", key, "start_remediation")) == ["has_actions"]
        late = office.action(key, "2026-05-01")
        assert "Name a reviewer" in office.refused("cleo", key, "start_remediation")["has_actions"].message
        office.desk.edit(late, actor="cleo", due_date="2026-03-20")
        office.move("cleo", key, "start_remediation")
        assert list(office.refused("cleo", key, "report_fixed")) == ["actions_final"]

        office.address("cleo", late, "other")
        office.address("cleo", late, "other", sha256="a" * 64)
        assert list(office.refused("cleo", late, "complete_action")) == ["action_evidence"]
        office.attach("cleo", late, "other")
        office.move("cleo", late, "complete_action")

        assert office.move("cleo", key, "report_fixed") == "ready_for_retest"

    def test_is_retested_with_ten_operations_or_those_of_a_month(self, office: Assurance) -> None:
        key = office.fixed()
        control = office.fields(key)["control"]
        office.desk.pass_time("2026-03-10T09:00:00Z")
        office.operated(control, 6)
        office.desk.pass_time("2026-03-22T09:00:00Z")

        assert "6 of 10" in office.refused("ada", key, "close_finding")["retest_volume"].message
        office.desk.pass_time("2026-04-01T09:00:00Z")
        office.move("ada", key, "close_finding")

        assert office.state(key) == "closed"
        (lesson,) = office.all("governance.lesson")
        assert office.desk.item(lesson).links == {"governance.raised_from": (key,)}

    def test_is_not_closed_by_who_remedied_it(self, office: Assurance) -> None:
        office.desk.hold("cobit.control_tester", "nils", "cleo")
        key = office.fixed()
        office.operated(office.fields(key)["control"], 10)

        assert {"sod_fix_verify", "closer_sod"} <= set(office.refused("cleo", key, "close_finding"))

    def test_of_a_critical_finding_is_closed_by_an_auditor(self, office: Assurance) -> None:
        key = office.fixed(source="audit_chain")
        office.operated(office.fields(key)["control"], 10)

        assert list(office.refused("nils", key, "close_finding")) == ["closer_sod"]
        office.move("ada", key, "close_finding")

    def test_is_in_the_hands_of_who_is_named(self, office: Assurance) -> None:
        """The owner of the control answers for a finding, and its performer does an action."""
        office.desk.hold("cobit.finding_owner", "cleo")
        office.desk.hold("cobit.control_owner", "otto", "oda")
        key = office.finding(cause="Nobody was informed.")
        assert list(office.refused("oda", key, "agree_finding", owner="oda")) == ["finding_answered_for"]
        office.move("otto", key, "agree_finding")
        given = {"parent": key, "due_date": "2026-03-10"}
        with pytest.raises(Exception, match="is not the owner of its finding"):
            office.create("oda", "remediation_action", "Mine", assignee="oda", **given)
        with pytest.raises(Exception, match="holds none of the roles"):
            office.create("otto", "remediation_action", "Lil's", assignee="lil", **given)
        action = office.create("otto", "remediation_action", "Name a reviewer", assignee="pat", **given)
        office.move("otto", key, "start_remediation")
        assert "action_done_by" in office.refused("oda", action, "begin_action")
        office.move("pat", action, "begin_action")
        office.attach("pat", action, "other")
        office.move("pat", action, "complete_action")

        assert office.move("otto", key, "report_fixed") == "ready_for_retest"

    def test_is_not_handed_to_somebody_who_can_do_nothing(self, office: Assurance) -> None:
        key = office.finding(owner="lil", cause="Nobody was informed.")

        assert list(office.refused("ada", key, "agree_finding")) == ["owner_able"]
        office.move("ada", key, "agree_finding", owner="pat")


class TestAnAcceptance:
    def test_is_limited_and_compensated_by_severity(self, office: Assurance) -> None:
        """C10: both are shown."""
        key = office.acceptance(office.agreed(), "2026-06-30")

        found = office.refused("cleo", key, "request_acceptance")

        assert set(found) == {"acceptance_days", "acceptance_fields"}
        assert "120 days" in found["acceptance_days"].message
        assert "90" in found["acceptance_days"].message

    def test_lets_its_finding_rest_until_it_ends(self, office: Assurance) -> None:
        finding = office.agreed(source="partially_effective")
        key = office.accepted(finding, "pola", until="2026-06-30")
        assert office.state(finding) == "accepted"

        office.desk.pass_time("2026-06-30T22:00:00Z")
        assert office.state(key) == "approved"
        office.desk.pass_time("2026-07-01T09:00:00Z")

        assert (office.state(key), office.state(finding)) == ("expired", "agreed")
        assert office.fields(finding)["due_date"] == "2026-07-15"

    def test_that_is_revoked_ends_at_once(self, office: Assurance) -> None:
        finding = office.agreed(source="partially_effective")
        key = office.accepted(finding, "pola")
        office.move("pola", key, "revoke", REASON)

        assert (office.state(finding), office.fields(finding)["due_date"]) == ("agreed", "2026-03-16")

    def test_is_approved_by_nobody_who_asked_or_owns_it(self, office: Assurance) -> None:
        office.desk.hold("governance.process_owner", "pola", "cleo")
        key = office.acceptance(office.agreed(source="partially_effective"))
        office.move("cleo", key, "request_acceptance")

        with pytest.raises(Exception, match=r"(?i)cleo|accept"):
            office.desk.approve(key, "cobit.acceptance_approval", by=["cleo"])
        assert "sod_accept_own" in office.refused("cleo", key, "approve_acceptance")

    def test_is_approved_by_nobody_who_operates_the_control(self, office: Assurance) -> None:
        """Neither by its present owner and performer, nor by one who handed it over since."""
        office.desk.hold("governance.process_owner", "otto", "pat", "pola")
        finding = office.agreed(source="partially_effective")
        key = office.acceptance(finding)
        office.move("cleo", key, "request_acceptance")

        for person in ("otto", "pat"):
            with pytest.raises(Exception, match=rf"(?i){person}|accept"):
                office.desk.approve(key, "cobit.acceptance_approval", by=[person])
        office.handed_over(office.fields(key)["control"], next_performer="petra")
        office.desk.edit(key, actor="cleo", rationale=f"{WHY} Soon.")
        office.desk.approve(key, "cobit.acceptance_approval", by=["pat"])
        for person in ("pat", "pola"):
            assert list(office.refused(person, key, "approve_acceptance")) == ["acceptance_independent"]

    def test_of_critical_severity_is_of_most_of_the_board(self, office: Assurance) -> None:
        other = office.control(title="Another")
        finding = office.agreed(source="bypass")
        key = office.acceptance(finding, "2026-03-30", compensating_controls=[other])
        office.move("cleo", key, "request_acceptance")
        office.desk.approve(key, "cobit.acceptance_approval", by=["bruno"])

        assert list(office.refused("bruno", key, "approve_acceptance")) == ["acceptance_votes"]
        office.desk.approve(key, "cobit.acceptance_approval", by=["bella"])
        assert office.move("bruno", key, "approve_acceptance") == "approved"

    def test_ends_with_a_graver_finding_on_its_control(self, office: Assurance) -> None:
        small = office.agreed(source="partially_effective")
        key = office.accepted(small, "pola")
        control = office.fields(key)["control"]
        office.finding(parent=control, source="partially_effective")
        assert office.state(key) == "approved"
        graver = office.finding(parent=control, source="bypass")

        assert (office.state(key), office.state(small)) == ("revoked", "agreed")
        assert graver in office.desk.history(key)[-1].data["comment"]

    def test_ends_when_its_finding_is_taken_back(self, office: Assurance) -> None:
        finding = office.agreed(source="partially_effective")
        key = office.accepted(finding, "pola")
        office.move("cleo", finding, "return_from_acceptance", REASON)

        assert (office.state(key), office.state(finding)) == ("revoked", "agreed")

    def test_ends_with_the_control_in_its_place(self, office: Assurance) -> None:
        other = office.control(title="Another")
        finding = office.agreed()
        key = office.acceptance(finding, "2026-05-01", compensating_controls=[other])
        office.move("cleo", key, "request_acceptance")
        office.desk.approve(key, "cobit.acceptance_approval", by=["cio", "rita"])
        office.move("cio", key, "approve_acceptance")
        third = office.control(title="A third")
        office.suspended(other, "2026-03-20", compensating_controls=[third])

        assert (office.state(key), office.state(finding)) == ("revoked", "agreed")
        assert other in office.desk.history(key)[-1].data["comment"]

    def test_is_counted_for_the_control_and_not_for_each_finding(self, office: Assurance) -> None:
        control = office.control()
        for _ in range(2):
            finding = office.agreed(parent=control, source="partially_effective")
            office.move("pola", office.accepted(finding, "pola"), "revoke", REASON)
        third = office.acceptance(office.agreed(parent=control, source="partially_effective"))

        assert "acceptance_days" in office.refused("cleo", third, "request_acceptance")

    def test_of_high_severity_needs_cio_and_risk_owner(self, office: Assurance) -> None:
        other = office.control(title="Another")
        finding = office.agreed()
        key = office.acceptance(finding, "2026-05-01", compensating_controls=[other])
        office.move("cleo", key, "request_acceptance")

        assert "acceptance_authority" in office.refused("pola", key, "approve_acceptance")
        office.desk.approve(key, "cobit.acceptance_approval", by=["cio"])
        assert list(office.refused("cio", key, "approve_acceptance")) == ["acceptance_votes"]
        office.desk.approve(key, "cobit.acceptance_approval", by=["rita"])
        assert office.move("cio", key, "approve_acceptance") == "approved"

    def test_is_as_severe_as_the_worst_that_is_waived_with_it(self, office: Assurance) -> None:
        """A small finding does not lead past those who bear the risk of a large one on the same control."""
        control = office.control()
        small = office.agreed(parent=control, source="partially_effective")
        office.finding(parent=control, source="bypass")

        key = office.acceptance(small)
        of_control = office.create("otto", "risk_acceptance", "All of it", parent=control)

        assert [office.fields(each)["severity"] for each in (key, of_control)] == ["critical", "critical"]

    def test_is_renewed_once_whether_it_is_called_so_or_not(self, office: Assurance) -> None:
        finding = office.agreed(source="partially_effective")
        for _ in range(2):
            key = office.accepted(finding, "pola")
            office.move("pola", key, "revoke", REASON)

        found = office.refused("cleo", office.acceptance(finding), "request_acceptance")

        assert "accepted 2 times before" in found["acceptance_days"].message

    def test_of_a_finding_that_nobody_owns_waits(self, office: Assurance) -> None:
        key = office.acceptance(office.finding(source="partially_effective"))
        office.move("cleo", key, "request_acceptance")
        office.desk.approve(key, "cobit.acceptance_approval", by=["pola"])

        assert list(office.refused("pola", key, "approve_acceptance")) == ["acceptance_begins"]

    def test_is_voided_by_another_scope(self, office: Assurance) -> None:
        key = office.acceptance(office.agreed(source="partially_effective"))
        office.move("cleo", key, "request_acceptance")
        office.desk.approve(key, "cobit.acceptance_approval", by=["pola"])
        office.desk.edit(key, actor="cleo", rationale=f"{WHY} And for longer.")

        assert list(office.refused("pola", key, "approve_acceptance")) == ["acceptance_votes"]
