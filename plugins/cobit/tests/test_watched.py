"""Controls that gate transitions: their population from the log, what goes past them, monitors, and waivers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .assurance import NOTE, REASON, Assurance, opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Assurance]:
    with opened(tmp_path) as office:
        yield office


class TestAPopulation:
    def test_is_of_the_transitions_that_the_control_judged(self, office: Assurance) -> None:
        control = office.gating()
        office.dismissed(6)
        unsigned = office.lesson(signed=False)
        office.refused("lil", unsigned, "dismiss", REASON)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        assert (office.fields(key)["population_size"], office.fields(key)["bypasses"]) == (6, 0)
        office.move("nils", key, "start_testing")

    def test_has_what_went_past_it_as_deviations_and_critical_findings(self, office: Assurance) -> None:
        """C13: the method was off."""
        control = office.gating()
        office.dismissed(2)
        office.off()
        (past,) = office.dismissed(1, signed=False)
        office.on()
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        fields = office.fields(key)
        assert (fields["population_size"], fields["bypasses"], fields["deviations"]) == (3, 1, 1)
        (finding,) = office.children(key, "finding")
        found = office.fields(finding)
        assert (found["severity"], found["due_date"]) == ("critical", "2026-04-16")
        assert past in found["condition"]
        tests = {office.fields(each)["about"]: each for each in office.children(key, "control_test")}
        assert office.state(tests[past]) == "tested"
        office.move("nils", key, "start_testing")
        assert "test_fields" in office.refused("nils", tests[past], "record_test", result="pass", note=NOTE)

    def test_has_what_a_loosened_gate_let_go(self, office: Assurance) -> None:
        """Who sets a blocking control's gate to observe for a while leaves bypasses, and no clean sample."""
        control = office.gating()
        office.dismissed(2)
        gate = f"cobit.control.{control.replace('-', '.')}.1"
        office.desk.gate_mode(gate, "observe")
        past = office.dismissed(1, signed=False)
        office.desk.gate_mode(gate, "enforce")
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        fields = office.fields(key)
        assert (fields["population_size"], fields["bypasses"], fields["deviations"]) == (3, 1, 1)
        (finding,) = office.children(key, "finding")
        assert (office.fields(finding)["severity"], past[0] in office.fields(finding)["condition"]) == (
            "critical",
            True,
        )

    def test_is_of_the_items_in_scope(self, office: Assurance) -> None:
        """Another one neither counts nor went past the control, and passes without what it asks for."""
        control = office.gating(scope={"scope": ["organisation"]})
        office.dismissed(2)
        beside = office.lesson(signed=False, scope="project")
        office.move("lil", beside, "dismiss", REASON)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        assert (office.fields(key)["population_size"], office.fields(key)["bypasses"]) == (2, 0)

    def test_has_every_item_that_somebody_took_out_of_scope(self, office: Assurance) -> None:
        """Who edits an item past a control leaves a trace that its tester sees, whatever the sample is."""
        control = office.gating(scope={"scope": ["organisation"]})
        office.dismissed(2)
        beside, gone = office.lesson(signed=False, scope="project"), office.lesson(signed=False)
        office.desk.edit(beside, actor="lil", event="another")
        assert "evidence_present" in {
            each.rpartition(".")[2] for each in office.refused("lil", gone, "dismiss", REASON)
        }
        office.desk.edit(gone, actor="lil", scope="project")
        for each in (beside, gone):
            office.move("lil", each, "dismiss", REASON)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        assert (office.fields(key)["population_size"], office.fields(key)["bypasses"]) == (3, 0)
        found = {
            office.fields(each)["about"]: office.fields(each) for each in office.children(key, "control_test")
        }
        assert beside not in found
        assert found[gone]["happened"] == "dismiss, out of scope after lil changed scope"
        (element,) = [
            each for each in office.children(key, "control_test") if office.fields(each)["about"] == gone
        ]
        assert "replaceable" in office.refused("nils", element, "replace_element", REASON)

    def test_that_is_automated_has_who_left_its_scope_too(self, office: Assurance) -> None:
        """However few elements its versions ask for."""
        control = office.gating(execution="automated", scope={"scope": ["organisation"]})
        office.dismissed(6)
        gone = office.lesson(signed=False)
        office.desk.edit(gone, actor="lil", scope="project")
        office.move("lil", gone, "dismiss", REASON)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        about = {office.fields(each)["about"] for each in office.children(key, "control_test")}
        assert (office.fields(key)["population_size"], office.fields(key)["sample_size"]) == (7, 2)
        assert gone in about

    def test_of_an_automated_control_has_one_element_for_each_version_of_the_rules(
        self, office: Assurance
    ) -> None:
        control = office.gating(execution="automated")
        office.dismissed(6)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        assert (office.fields(key)["population_size"], office.fields(key)["sample_size"]) == (6, 1)


def monitor(office: Assurance, control: str, **fields: object) -> str:
    key = office.create("nils", "monitor", "Dismissals", parent=control, **fields)
    office.move("nils", key, "run_monitor")
    return key


class TestAMonitor:
    def test_turns_red_and_raises_one_finding(self, office: Assurance) -> None:
        """C11: 2 of 40 fail in mode record; the next day 3 of 41, and no second finding."""
        control = office.gating("record")
        key = monitor(office, control)
        office.dismissed(38)
        office.dismissed(2, signed=False)
        office.desk.pass_time("2026-03-03T09:00:00Z")

        fields = office.fields(key)
        assert (fields["failure_rate"], fields["population"], fields["light"]) == ("5", 40, "red")
        (finding,) = office.children(control, "finding")
        assert office.fields(finding)["severity"] == "high"
        office.dismissed(1, signed=False)
        office.desk.pass_time("2026-03-04T09:00:00Z")

        assert (office.fields(key)["failures"], office.fields(key)["population"]) == (3, 41)
        assert office.children(control, "finding") == [finding]

    def test_does_not_count_refusals_that_were_right(self, office: Assurance) -> None:
        control = office.gating()
        key = monitor(office, control, min_population=1)
        unsigned = office.lesson(signed=False)
        office.refused("lil", unsigned, "dismiss", REASON)
        office.attach("pola", unsigned, "sign_off")
        office.move("lil", unsigned, "dismiss", REASON)
        office.desk.pass_time("2026-03-03T09:00:00Z")

        assert (office.fields(key)["failures"], office.fields(key)["population"]) == (0, 1)

    def test_has_its_passes_checked_again_each_week_and_a_wrong_one_turns_it_red(
        self, office: Assurance
    ) -> None:
        control = office.gating()
        key = monitor(office, control)
        office.dismissed(8)
        office.desk.pass_time("2026-03-09T09:00:00Z")
        drawn = office.children(key, "control_test")
        assert len(drawn) == 5
        assert "tester_sod" in office.refused("pat", drawn[0], "record_test", result="pass", note=NOTE)
        office.move("nils", drawn[0], "record_test", result="pass", note=NOTE)
        assert office.fields(key)["light"] == "grey"
        office.move("nils", drawn[1], "record_test", result="deviation", note=NOTE)

        assert office.fields(key)["light"] == "red"
        assert len(office.children(control, "finding")) == 1

    def test_keeps_its_limits_while_it_runs_and_resumes_after_a_pause(self, office: Assurance) -> None:
        key = monitor(office, office.gating())
        with pytest.raises(Exception, match="red percent"):
            office.desk.edit(key, actor="otto", red_percent="90")
        office.move("nils", key, "pause_monitor", REASON)
        with pytest.raises(Exception, match="red percent"):
            office.desk.edit(key, actor="otto", red_percent="90")
        office.desk.pass_time("2026-03-17T09:00:00Z")

        assert office.state(key) == "running"

    def test_is_not_loosened_or_stopped_by_who_owns_the_control(self, office: Assurance) -> None:
        key = monitor(office, office.gating())
        for move in ("adjust_monitor", "pause_monitor", "retire_monitor"):
            assert list(office.refused("otto", key, move, REASON)) == ["monitor_sod"]
        office.move("nils", key, "adjust_monitor", REASON, red_percent="8")

        assert (office.fields(key)["red_percent"], office.state(key)) == ("8", "running")
        office.move("nils", key, "retire_monitor", REASON)

    def test_has_limits_that_something_reaches(self, office: Assurance) -> None:
        control = office.gating()
        key = office.create("otto", "monitor", "Wide", parent=control, min_population=100_000, amber_percent="98",
                            red_percent="100")  # fmt: skip

        found = office.desk.refused(key, "run_monitor", actor="otto").messages

        assert len(found) == 3
        assert "silent with fewer than 100000 executions, and 50 is the most" in found
        office.desk.edit(key, actor="otto", min_population=20, amber_percent="2", red_percent="5")
        office.move("otto", key, "run_monitor")
        assert "monitor_config" in office.refused("nils", key, "adjust_monitor", REASON, red_percent="90")

    def test_watches_a_bound_control_with_sensible_limits(self, office: Assurance) -> None:
        key = office.create(
            "nils", "monitor", "Reviews", parent=office.control(), amber_percent="9", window_days=3
        )

        found = office.desk.refused(key, "run_monitor", actor="nils").messages

        assert len(found) == 3

    def test_that_is_amber_for_three_windows_is_a_finding(self, office: Assurance) -> None:
        control = office.gating("record")
        office.configure(monitor_red_most=90)
        key = monitor(office, control, window_days=7, min_population=1, amber_percent="1", red_percent="90")
        for week in range(4):
            office.dismissed(1, signed=False)
            office.dismissed(1)
            office.desk.pass_time(f"2026-03-{3 + 7 * week:02}T09:00:00Z")

        assert office.fields(key)["light"] == "amber"
        (finding,) = office.children(control, "finding")
        assert (office.fields(finding)["source"], office.fields(finding)["severity"]) == (
            "monitor_amber",
            "low",
        )


class TestAWaiver:
    def test_lets_items_pass_until_its_last_day(self, office: Assurance) -> None:
        """C03: waived and named in the event; the next day it blocks again."""
        control = office.gating(key_control=False)
        finding = office.agreed(parent=control)
        key = office.accepted(finding, "pola", until="2026-06-30")
        office.desk.pass_time("2026-06-30T09:00:00Z")
        (passed,) = office.dismissed(1, signed=False)

        event = office.desk.history(passed)[-1]
        assert key in str(event.data["checks"])
        office.desk.pass_time("2026-07-01T09:00:00Z")
        assert office.refused("lil", office.lesson(signed=False), "dismiss", REASON)
        assert (office.state(finding), office.fields(finding)["due_date"]) == ("agreed", "2026-07-15")


class TestASuspension:
    def test_that_is_too_long_is_a_finding(self, office: Assurance) -> None:
        control, other = office.gating(), office.control()
        office.suspended(control, "2026-03-20", compensating_controls=[other])
        office.desk.pass_time("2026-03-23T09:00:00Z")

        (finding,) = office.children(control, "finding")
        assert office.fields(finding)["source"] == "long_suspension"

    def test_that_rests_on_an_accepted_risk_is_a_finding_once_the_acceptance_ends(
        self, office: Assurance
    ) -> None:
        """At once, and only one of them as long as it stands."""
        control = office.gating(key_control=False)
        risk = office.accepted(control, "pola", until="2026-03-20")
        office.suspended(control, "2026-03-20", accepted_risk=risk)
        assert office.children(control, "finding") == []

        office.move("pola", risk, "revoke", REASON)

        (finding,) = office.children(control, "finding")
        fields = office.fields(finding)
        assert (fields["source"], fields["severity"]) == ("uncovered_suspension", "medium")
        office.desk.pass_time("2026-03-04T09:00:00Z")
        assert office.children(control, "finding") == [finding]

    def test_is_a_finding_once_what_works_in_its_place_does_not(self, office: Assurance) -> None:
        """A compensating control that is suspended itself."""
        control, other, third = office.gating(), office.control(), office.control()
        office.suspended(control, "2026-03-20", compensating_controls=[other])

        office.suspended(other, "2026-03-20", compensating_controls=[third])

        (finding,) = office.children(control, "finding")
        assert office.fields(finding)["source"] == "uncovered_suspension"

    def test_is_looked_at_again_every_morning(self, office: Assurance) -> None:
        """Here a compensating control serves another objective since its redesign: nothing ended with that."""
        control, other = office.gating(), office.control()
        office.suspended(control, "2026-03-20", compensating_controls=[other])
        trail = office.objective([{"id": "DSS06.05", "label": "Traceability"}], objective_id="DSS06")
        assert trail
        office.move("otto", other, "redesign", REASON)
        office.desk.edit(other, actor="otto", practice_id="DSS06.05")
        office.move("otto", other, "propose_control")
        office.desk.approve(other, "cobit.control_approval", by=["lena", "pola"])
        office.move("lena", other, "activate")

        office.desk.pass_time("2026-03-03T09:00:00Z")

        (finding,) = office.children(control, "finding")
        assert office.fields(finding)["source"] == "uncovered_suspension"


class TestTheLanguageOfRefusals:
    def test_names_things_by_title_and_people_by_name(self, office: Assurance) -> None:
        key = office.assessment(office.control())
        office.desk.pass_time("2026-04-02T09:00:00Z")

        found = office.refused("pat", key, "request_evidence")["tester_sod"]

        assert found.message.startswith("Pat owns or operates 'Access is reviewed'")
