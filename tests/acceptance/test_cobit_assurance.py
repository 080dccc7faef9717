"""The acceptance scenarios of assurance, through HTTP, with their figures; the clock goes on from class to class."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from .assurance import NOTE, REASON, Office, opened

#: Scores by level of activity.
SCORES = {2: (100, 100, 67, 100, 100, 67), 3: (100, 67, 67, 33, 67), 4: (33, 33)}
#: A control of lessons of projects alone.
PERMITTED = {"item_type": "governance.lesson", "transition": "dismiss", "check_id": "core.evidence_present",
             "params": {"kind": "permit"}, "scope": {"scope": ["project"]}}  # fmt: skip
DESIGN = {"design_result": "adequate", "design_note": NOTE}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(tmp_path_factory.mktemp("assurance")) as office:
        yield office


def rated(office: Office, level_2: tuple[Any, ...]) -> Any:
    """A rating of BAI06 that is submitted with these scores on level 2."""
    (objective,) = office.all("cobit.governance_objective", **{"field.objective_id": "BAI06"})
    activities = [
        {"id": f"BAI06.01{level}{n}", "level": level, "text": "is it done?"}
        for level, scores in SCORES.items()
        for n, _ in enumerate(scores)
    ]
    if office.item(objective)["state"] == "not_selected":
        practices = office.fields(objective)["practices"]
        loaded = [
            {**practices[0], "activities": activities},
            *({**each, "activities": []} for each in practices[1:]),
        ]
        office.ivy.edit(objective, practices=loaded)
        office.objective("BAI06")
    key = office.dora.create("cobit.capability_assessment", "BAI06", parent=objective)
    office.dora.move(key, "start_rating")
    wanted = SCORES | {2: level_2}
    scores = {
        f"BAI06.01{level}{n}": {"percent": score, "note": "seen in March"}
        for level, found in wanted.items()
        for n, score in enumerate(found)
    }
    return office.dora.move(key, "submit_rating", scores=scores)


class TestC01Capability:
    def test_is_the_level_whose_borders_are_met_exactly(self, office: Office) -> None:
        fields = rated(office, SCORES[2])["fields"]

        assert [(each["percent"], each["rating"]) for each in fields["achievements"]] == [
            ("89", "F"),
            ("66.8", "L"),
            ("33", "P"),
        ]
        assert (fields["level"], fields["gap"]) == (3, 1)

    @pytest.mark.parametrize(
        ("scores", "rating", "level", "gap"),
        [
            ((100, 100, 67, 67, 100, 67), "L", 2, 2), ((85,) * 6, "L", 2, 2), ((15,) * 6, "N", 0, 4),
            ((85, 85, 85, 85, 85, "85.01"), "F", 3, 1), ((15, 15, 15, 15, 15, "15.01"), "P", 1, 3),
        ],
    )  # fmt: skip
    def test_has_85_for_largely_and_15_for_not(
        self, office: Office, scores: tuple[Any, ...], rating: str, level: int, gap: int
    ) -> None:
        fields = rated(office, scores)["fields"]

        assert fields["achievements"][0]["rating"] == rating
        assert (fields["level"], fields["gap"]) == (level, gap)

    def test_is_approved_by_somebody_else_and_its_gap_is_an_improvement(self, office: Office) -> None:
        office.assign("governance.cio", "ivy", "dora")
        key = rated(office, SCORES[2])["key"]
        assert "cobit.sod_rate_approve" in office.dora.refused(key, "approve_rating")
        office.assign("governance.cio", "ivy")
        office.ivy.move(key, "approve_rating")

        objective = office.objective("BAI06")
        assert office.fields(objective)["current_level"] == 3
        (initiative,) = office.all("governance.improvement_initiative")
        assert objective in office.admin.text(f"/items/{initiative}/links")


class TestC08AFinding:
    def test_is_due_within_the_time_of_its_severity(self, office: Office) -> None:
        key = office.finding(office.control())

        found = office.cora.refused(key, "agree_finding", due_date="2026-04-15")
        assert list(found) == ["cobit.finding_fields"]
        assert "Tuesday 31 March" in found["cobit.finding_fields"]["message"]
        assert office.fields(key)["severity"] == "high"

        office.cora.move(key, "agree_finding", due_date="2026-03-31")

    def test_is_in_the_register_of_risks(self, office: Office) -> None:
        key = office.finding(office.control("Another"), condition="Nobody has reviewed since January.")

        risk = office.all("governance.risk")[-1]
        assert office.fields(risk)["event"] == "Nobody has reviewed since January."
        assert key in office.admin.text(f"/items/{risk}/links")


class TestC10AnAcceptance:
    def test_says_all_that_stands_against_it(self, office: Office) -> None:
        finding = office.finding(office.control())
        office.cora.move(finding, "agree_finding")
        key = office.acceptance(finding, "2026-03-01", "2026-06-29")

        found = office.cora.refused(key, "request_acceptance")

        assert set(found) == {"cobit.acceptance_days", "cobit.acceptance_fields"}
        assert "120 days" in found["cobit.acceptance_days"]["message"]
        assert "accepted for 90" in found["cobit.acceptance_days"]["message"]

    def test_of_medium_severity_lasts_180_days_and_is_the_process_owners(self, office: Office) -> None:
        """Step 43: 200 days are blocked, 180 are approved."""
        finding = office.finding(office.control(), source="partially_effective")
        office.cora.move(finding, "agree_finding")
        key = office.acceptance(finding, "2026-03-01", "2026-09-17")
        assert list(office.cora.refused(key, "request_acceptance")) == ["cobit.acceptance_days"]

        office.cora.move(key, "request_acceptance", valid_until="2026-08-28")
        office.dora.vote(key, "cobit.acceptance_approval")
        office.dora.move(key, "approve_acceptance")

        assert office.item(finding)["state"] == "accepted"


@pytest.fixture(scope="class")
def march(office: Office) -> dict[str, str]:
    """Assessments of controls that were operated so often, by name."""
    times = {"c04": 180, "c05": 60, "c05b": 60, "c06": 60, "c42": 18}
    controls = {name: office.control(name, high_risk=name != "c42") for name in times}
    for name, n in times.items():
        for _ in range(n):
            office.document("pia", controls[name])
    office.clock("2026-04-02T09:00:00Z")
    keys = {name: office.assessment(control) for name, control in controls.items()}
    for name in ("c05", "c05b", "c06", "c42"):
        office.ines.move(keys[name], "request_evidence")
        office.ines.move(keys[name], "start_testing")
    return keys


class TestAssessments:
    """March is over: what was operated in it is tested in April."""

    def test_c04_draw_25_of_180_in_an_order_that_everybody_can_repeat(
        self, office: Office, march: dict[str, str]
    ) -> None:
        key = march["c04"]
        office.ines.move(key, "request_evidence")

        fields = office.fields(key)
        assert (fields["population_size"], fields["sample_size"], fields["seed"]) == (180, 25, key)
        digests = [each["sha256"] for each in office.item(fields["control"])["evidence"]]
        order = sorted(digests, key=lambda each: sha256(f"{key}|{each}".encode()).digest())
        drawn = [office.fields(each) for each in office.below(key, "control_test")]
        assert [each["element"] for each in sorted(drawn, key=lambda each: each["place"])] == order[:25]
        assert fields["population_digest"] == sha256("\n".join(sorted(digests)).encode()).hexdigest()

    def test_c05_are_extended_after_one_deviation(self, office: Office, march: dict[str, str]) -> None:
        key = march["c05"]
        office.test(key, deviations=1)
        assert list(office.ines.refused(key, "submit_for_review", **DESIGN)) == ["cobit.extension_done"]
        office.ines.move(key, "extend_sample")
        office.test(key)
        office.ines.move(key, "submit_for_review", **DESIGN)
        fields = office.lea.move(key, "conclude")["fields"]

        assert (fields["sample_size"], fields["deviations"], fields["deviation_rate"]) == (50, 1, "2")
        assert fields["conclusion"] == "partially_effective"
        (finding,) = office.below(key, "finding")
        assert office.fields(finding)["severity"] == "medium"

    def test_c05_are_ineffective_after_a_second_one(self, office: Office, march: dict[str, str]) -> None:
        key = march["c05b"]
        office.test(key, deviations=1)
        office.ines.move(key, "extend_sample")
        office.test(key, deviations=1)
        office.ines.move(key, "submit_for_review", **DESIGN)
        fields = office.lea.move(key, "conclude")["fields"]

        assert (fields["sample_size"], fields["deviations"], fields["conclusion"]) == (50, 2, "ineffective")
        assert office.fields(office.below(key, "finding")[0])["severity"] == "high"

    def test_c06_are_effective_without_deviations(self, office: Office, march: dict[str, str]) -> None:
        key = march["c06"]
        office.test(key)
        office.ines.move(key, "submit_for_review", **DESIGN)
        fields = office.lea.move(key, "conclude")["fields"]

        assert (fields["conclusion"], round(float(fields["upper_limit"]), 1)) == ("effective", 8.8)
        assert office.below(key, "finding") == []
        planned = [
            office.item(each)["state"] for each in office.below(fields["control"], "control_assessment")
        ]
        assert "planned" in planned

    def test_c07_are_not_made_by_who_operates_the_control(
        self, office: Office, march: dict[str, str]
    ) -> None:
        key = office.assessment(office.fields(march["c06"])["control"], "2026-04-01", "2026-04-01")

        found = office.pia.refused(key, "request_evidence")

        assert "cobit.tester_sod" in found
        assert found["cobit.tester_sod"]["gate"] == "cobit.tester_independent"

    def test_step_42_are_partly_effective_after_one_deviation_in_eight(
        self, office: Office, march: dict[str, str]
    ) -> None:
        key = march["c42"]
        office.test(key, deviations=1)
        office.ines.move(key, "submit_for_review", **DESIGN)
        fields = office.lea.move(key, "conclude")["fields"]

        assert (fields["population_size"], fields["sample_size"]) == (18, 8)
        assert fields["conclusion"] == "partially_effective"
        found = office.fields(office.below(key, "finding")[0])
        days = (date.fromisoformat(found["due_date"]) - date(2026, 4, 2)).days
        assert (found["severity"], days) == ("medium", 90)


class TestC11AMonitor:
    def test_turns_red_and_raises_one_finding(self, office: Office) -> None:
        office.clock("2026-04-06T09:00:00Z")
        control = office.gating("record")
        key = office.ines.create("cobit.monitor", "Dismissals", parent=control)
        office.ines.move(key, "run_monitor")
        office.dismissed(38)
        office.dismissed(2, signed=False)
        office.clock("2026-04-07T09:00:00Z")

        fields = office.fields(key)
        assert (fields["failure_rate"], fields["population"], fields["light"]) == ("5", 40, "red")
        (finding,) = office.below(control, "finding")
        assert office.fields(finding)["severity"] == "high"
        office.dismissed(1, signed=False)
        office.clock("2026-04-08T09:00:00Z")

        assert (office.fields(key)["failures"], office.fields(key)["population"]) == (3, 41)
        assert office.below(control, "finding") == [finding]


class TestC13ABypass:
    def test_is_a_deviation_and_a_critical_finding(self, office: Office) -> None:
        office.clock("2026-04-10T09:00:00Z")
        control = office.gating("record")
        office.dismissed(2)
        office.switch("governance")
        (past,) = office.dismissed(1, signed=False)
        office.switch("governance", "cobit")
        key = office.assessment(control, "2026-04-10", "2026-04-10")
        office.clock("2026-04-13T09:00:00Z")
        office.ines.move(key, "request_evidence")

        fields = office.fields(key)
        assert (fields["population_size"], fields["bypasses"], fields["deviations"]) == (3, 1, 1)
        (finding,) = office.below(key, "finding")
        found = office.fields(finding)
        assert (found["severity"], found["due_date"]) == ("critical", "2026-04-27")
        assert past in found["condition"]


class TestC09ARetest:
    def test_needs_ten_executions_or_those_of_thirty_days(self, office: Office) -> None:
        office.clock("2026-04-14T09:00:00Z")
        control = office.control("Retested")
        key = office.fixed(control, "2026-05-01")
        for _ in range(6):
            office.document("pia", control)
        office.clock("2026-05-04T09:00:00Z")

        found = office.fred.refused(key, "close_finding")
        assert "6 of 10" in found["cobit.retest_volume"]["message"]
        office.clock("2026-05-14T09:00:00Z")
        office.fred.move(key, "close_finding")

        assert office.item(key)["state"] == "closed"


class TestC03AWaiver:
    def test_holds_on_its_last_day_and_not_on_the_next(self, office: Office) -> None:
        office.clock("2026-05-15T09:00:00Z")
        control = office.gating(key_control=False)
        finding = office.finding(control)
        office.cora.move(finding, "agree_finding")
        key = office.acceptance(finding, "2026-05-15", "2026-06-30")
        office.cora.move(key, "request_acceptance")
        office.dora.vote(key, "cobit.acceptance_approval")
        office.dora.move(key, "approve_acceptance")
        office.clock("2026-06-30T09:00:00Z")
        (passed,) = office.dismissed(1, signed=False)
        assert key in office.admin.text(f"/items/{passed}/history")
        office.clock("2026-07-01T09:00:00Z")

        found = office.sam.refused(office.lesson(signed=False), "dismiss", REASON)
        assert [each["source"] for each in found.values()] == ["cobit"]
        assert office.item(finding)["state"] == "agreed"
        assert office.fields(finding)["due_date"] == "2026-07-15"


class TestDecisions:
    """Ways around who must agree, each of which is closed."""

    def test_are_not_typed_into_an_assessment_by_anybody(self, office: Office) -> None:
        control = office.control("Typed")
        key = office.assessment(control, "2026-05-01", "2026-05-31")
        for person, status in ((office.ines, 409), (office.lea, 409), (office.admin, 403)):
            for field, value in (("conclusion", "effective"), ("deviations", 7), ("tester", "emil")):
                person.send("PATCH", f"/items/{key}", {"fields": {field: value}}, expect=status)
        period = {"period_start": "2026-05-01", "period_end": "2026-05-31", "conclusion": "effective"}
        body = {"workspace": "OPS", "type": "cobit.control_assessment", "title": "Mine", "parent": control}
        office.ines.send("POST", "/items", {**body, "fields": period}, expect=422)

    def test_are_not_typed_into_a_test_nor_is_one_made_by_hand(self, office: Office) -> None:
        control = office.control("Tested")
        office.document("pia", control)
        today = office.admin.get("/testing/clock")["now"][:10]
        key = office.assessment(control, today, today)
        office.clock("2026-07-03T09:00:00Z")
        office.ines.move(key, "request_evidence")
        (element,) = office.below(key, "control_test")

        office.ines.send("PATCH", f"/items/{element}", {"fields": {"result": "pass"}}, expect=409)
        found = office.ines.refused(element, "record_test", result="pass", note=NOTE)
        assert list(found) == ["cobit.test_open"]
        fields = {"element": "x", "about": control, "at": "2026-07-01T09:00:00Z", "happened": "x", "place": 1}
        body = {
            "workspace": "OPS",
            "type": "cobit.control_test",
            "title": "Mine",
            "parent": key,
            "fields": fields,
        }
        office.ines.send("POST", "/items", body, expect=403)

    def test_on_a_risk_are_not_of_who_asked_nor_of_their_delegate(self, office: Office) -> None:
        control = office.control("Accepted")
        finding = office.finding(control, source="partially_effective")
        office.cora.move(finding, "agree_finding")
        key = office.acceptance(finding, "2026-07-01", "2026-07-31")
        office.cora.move(key, "request_acceptance")
        office.assign("governance.process_owner", "dora", "cora")

        office.cora.vote(key, "cobit.acceptance_approval", expect=409)
        assert "cobit.sod_accept_own" in office.cora.refused(key, "approve_acceptance")
        office.assign("governance.process_owner", "dora")
        assert list(office.dora.refused(key, "approve_acceptance")) == ["cobit.acceptance_votes"]

    def test_on_a_finding_are_not_made_smaller_by_its_owner(self, office: Office) -> None:
        key = office.finding(office.control("Smaller"))

        for field, value in (
            ("severity", "low"),
            ("latest_due", "2027-01-01"),
            ("source", "partially_effective"),
        ):
            office.cora.send("PATCH", f"/items/{key}", {"fields": {field: value}}, expect=409)

    def test_on_an_action_rest_on_a_document(self, office: Office) -> None:
        key = office.finding(office.control("Remedied"))
        office.cora.move(key, "agree_finding")
        action = office.cora.create("cobit.remediation_action", "Do it", parent=key, assignee="cora",
                                    due_date="2026-07-20")  # fmt: skip
        body = {"kind": "other", "url": "https://example.org/done"}
        office.cora.send("POST", f"/items/{action}/evidence", body, expect=201)

        assert list(office.cora.refused(action, "complete_action")) == ["cobit.action_evidence"]
        office.cora.send("POST", f"/items/{action}/evidence", {**body, "sha256": "a" * 64}, expect=201)
        assert list(office.cora.refused(action, "complete_action")) == ["cobit.action_evidence"]

    def test_on_a_retest_rest_on_documents(self, office: Office) -> None:
        control = office.control("Retested by digests")
        key = office.fixed(control, "2026-07-20")
        for n in range(10):
            body = {"kind": "access_review", "url": "https://example.org/review", "sha256": f"{n:064x}"}
            office.pia.send("POST", f"/items/{control}/evidence", body, expect=201)

        found = office.fred.refused(key, "close_finding")
        assert "0 of 10" in found["cobit.retest_volume"]["message"]

    def test_on_a_test_are_of_nobody_who_was_named_in_its_time(self, office: Office) -> None:
        """The owner names another performer, and the former one would test their own work."""
        control = office.control("Handed over", control_performer="ines")
        office.document("pia", control)
        today = office.admin.get("/testing/clock")["now"][:10]
        key = office.assessment(control, today, today)
        office.otto.move(control, "ask_handover", REASON, next_performer="pia")
        office.lea.vote(control, "cobit.control_handover")
        office.otto.move(control, "hand_over")
        office.clock("2026-07-06T09:00:00Z")

        assert list(office.ines.refused(key, "request_evidence")) == ["cobit.tester_sod"]
        office.emil.move(key, "request_evidence")

    def test_on_a_sample_are_not_taken_until_it_is_clean(self, office: Office) -> None:
        control = office.control("Drawn")
        for _ in range(5):
            office.document("pia", control)
        today = office.admin.get("/testing/clock")["now"][:10]
        key = office.assessment(control, today, today)
        office.clock("2026-07-07T09:00:00Z")
        office.ines.move(key, "request_evidence")
        body = {"workspace": "OPS", "type": "cobit.control_assessment", "title": "Again", "parent": control,
                "fields": {"period_start": "2026-07-01", "period_end": today}}  # fmt: skip
        assert "cobit.period_free" in str(office.ines.send("POST", "/items", body, expect=409))
        office.ines.move(key, "start_testing")
        office.ines.move(office.pending(key)[0], "record_test", result="deviation", note=NOTE)
        office.lea.move(key, "cancel_assessment", REASON)
        again = office.ines.send("POST", "/items", body, expect=201)["key"]
        office.ines.move(again, "request_evidence")

        assert office.fields(again)["seed"] == key
        (finding,) = office.below(key, "finding")
        assert office.fields(finding)["source"] == "partially_effective"

    def test_on_a_sample_do_not_rest_on_elements_that_suit(self, office: Office) -> None:
        """Who tests replaces one, and its assessment says how many were; a reviewer replaces the next."""
        control = office.control("Chosen")
        for _ in range(6):
            office.document("pia", control)
        today = office.admin.get("/testing/clock")["now"][:10]
        key = office.assessment(control, today, today)
        office.clock(str(date.fromisoformat(today) + timedelta(days=1)) + "T09:00:00Z")
        office.ines.move(key, "request_evidence")
        office.ines.move(key, "start_testing")
        first, second, *_ = office.pending(key)

        office.ines.move(first, "replace_element", REASON)

        assert "cobit.replaced_few" in office.ines.refused(second, "replace_element")
        office.lea.move(second, "replace_element", REASON)
        assert office.fields(key)["replaced"] == 2

    def test_on_what_a_control_stops_are_not_made_by_loosening_its_gate(self, office: Office) -> None:
        """An administrator lets one item go, and enforces the gate again: its test has it as a bypass."""
        control = office.gating(bindings=[PERMITTED])
        permitted, past = (self._of_a_project(office) for _ in range(2))
        office.document("dora", permitted, "permit")
        office.sam.move(permitted, "dismiss", REASON)
        gate = f"cobit.control.{control.replace('-', '.')}.1"
        office.admin.send("PATCH", "/workspaces/OPS", {"gate_modes": {gate: "observe"}})
        office.sam.move(past, "dismiss", REASON)
        office.admin.send("PATCH", "/workspaces/OPS", {"gate_modes": {}})
        today = date.fromisoformat(office.admin.get("/testing/clock")["now"][:10])
        key = office.assessment(control, str(today), str(today))
        office.clock(f"{today + timedelta(days=1)}T09:00:00Z")
        office.ines.move(key, "request_evidence")

        fields = office.fields(key)
        assert (fields["population_size"], fields["bypasses"], fields["deviations"]) == (2, 1, 1)
        found = office.fields(office.below(key, "finding")[0])
        assert (found["severity"], past in found["condition"]) == ("critical", True)

    def test_on_an_item_are_not_escaped_by_editing_it_out_of_a_scope(self, office: Office) -> None:
        """Its tester sees who did so, and cannot leave it out; nor are bad days left out of a period."""
        control = office.gating(bindings=[PERMITTED])
        gone = self._of_a_project(office)
        office.sam.edit(gone, scope="organisation")
        office.sam.move(gone, "dismiss", REASON)
        today = date.fromisoformat(office.admin.get("/testing/clock")["now"][:10])
        tomorrow = str(today + timedelta(days=1))
        key = office.assessment(control, tomorrow, tomorrow)
        office.clock(f"{today + timedelta(days=2)}T09:00:00Z")
        left_out = office.ines.refused(key, "request_evidence")
        office.ines.edit(key, period_start=str(today))
        office.ines.move(key, "request_evidence")

        (element,) = office.below(key, "control_test")
        assert list(left_out) == ["cobit.period_joined"]
        assert office.fields(element)["happened"] == "dismiss, out of scope after sam changed scope"
        assert "cobit.replaceable" in office.ines.refused(element, "replace_element")

    def _of_a_project(self, office: Office) -> str:
        """A lesson for whose dismissal a control of projects asks for a permit."""
        key = office.lesson()
        office.sam.edit(key, scope="project")
        return key

    def test_on_a_risk_are_not_of_who_operates_the_control(self, office: Office) -> None:
        finding = office.finding(office.control("Own"), source="partially_effective")
        office.cora.move(finding, "agree_finding")
        key = office.acceptance(finding, "2026-07-01", "2026-07-31")
        office.cora.move(key, "request_acceptance")
        office.assign("governance.process_owner", "dora", "otto", "pia")

        for person in (office.otto, office.pia):
            person.vote(key, "cobit.acceptance_approval", expect=409)
        office.assign("governance.process_owner", "dora")

    def test_on_a_critical_risk_are_of_most_of_the_board(self, office: Office) -> None:
        other, control = office.control("In its place"), office.control("Critical")
        finding = office.finding(control, source="bypass")
        office.cora.move(finding, "agree_finding")
        key = office.acceptance(finding, "2026-07-01", "2026-07-20", compensating_controls=[other])
        office.cora.move(key, "request_acceptance")
        office.uma.vote(key, "cobit.acceptance_approval")

        assert list(office.uma.refused(key, "approve_acceptance")) == ["cobit.acceptance_votes"]
        office.ella.vote(key, "cobit.acceptance_approval")
        assert office.ella.move(key, "approve_acceptance")["state"] == "approved"

    def test_on_a_risk_end_with_a_graver_finding(self, office: Office) -> None:
        control = office.control("Outgrown")
        finding = office.finding(control, source="partially_effective")
        office.cora.move(finding, "agree_finding")
        key = office.acceptance(finding, "2026-07-01", "2026-07-31")
        office.cora.move(key, "request_acceptance")
        office.dora.vote(key, "cobit.acceptance_approval")
        office.dora.move(key, "approve_acceptance")
        office.finding(control, source="bypass")

        assert (office.item(key)["state"], office.item(finding)["state"]) == ("revoked", "agreed")

    def test_on_a_finding_are_not_of_who_operates_the_control(self, office: Office) -> None:
        office.assign("cobit.control_reviewer", "lea", "lin", "otto")
        control = office.control("Not invalid")
        key, critical = office.finding(control), office.finding(control, source="bypass")

        assert list(office.otto.refused(key, "invalidate", REASON)) == ["cobit.invalid_sod"]
        assert list(office.lea.refused(critical, "invalidate", REASON)) == ["cobit.invalid_sod"]
        office.assign("cobit.control_reviewer", "lea", "lin")
        office.lea.move(key, "invalidate", REASON)

    def test_on_when_a_finding_is_due_are_not_of_a_tester(self, office: Office) -> None:
        key = office.finding(office.control("Due"))

        office.ines.send("PATCH", f"/items/{key}", {"fields": {"due_date": "2099-01-01"}}, expect=409)
        timers = {each["timer"] for each in office.admin.get(f"/items/{key}")["timers"]}
        assert "cobit.finding_due" in timers

    def test_on_a_finding_are_of_the_owner_of_the_control_who_is_named(self, office: Office) -> None:
        office.assign("cobit.finding_owner", "cora")
        control = office.control("Otto's")
        key = office.finding(control, owner=None)
        assert office.fields(key)["owner"] == "otto"
        office.otto.move(key, "agree_finding")
        action = office.otto.create("cobit.remediation_action", "Do it", parent=key, assignee="pia",
                                    due_date="2026-07-20")  # fmt: skip
        office.document("pia", action, "other")

        assert office.pia.move(action, "complete_action")["state"] == "done"
        office.assign("cobit.finding_owner", "cora", "otto")

    def test_on_the_limits_of_a_monitor_are_not_of_who_owns_the_control(self, office: Office) -> None:
        key = office.otto.create("cobit.monitor", "Dismissals", parent=office.gating("record"),
                                 min_population=100_000, amber_percent=98, red_percent=100)  # fmt: skip
        assert len(office.otto.messages(key, "run_monitor")) == 3
        office.otto.edit(key, min_population=20, amber_percent=2, red_percent=5)
        office.otto.move(key, "run_monitor")

        for move in ("adjust_monitor", "pause_monitor", "retire_monitor"):
            assert list(office.otto.refused(key, move, REASON)) == ["cobit.monitor_sod"]
        office.ines.move(key, "pause_monitor", REASON)


@pytest.fixture(scope="class")
def failed(office: Office) -> None:
    """A control that was tested and found wanting, and one that was never tested."""
    office.control("Never tested")
    control = office.control("Found wanting")
    for _ in range(3):
        office.document("pia", control)
    today = date.fromisoformat(office.admin.get("/testing/clock")["now"][:10])
    key = office.assessment(control, str(today), str(today))
    office.clock(f"{today + timedelta(days=1)}T09:00:00Z")
    office.ines.move(key, "request_evidence")
    office.ines.move(key, "start_testing")
    office.test(key, deviations=2)
    office.ines.move(key, "submit_for_review", **DESIGN)
    assert office.lea.move(key, "conclude")["fields"]["conclusion"] == "ineffective"


@pytest.mark.usefixtures("failed")
class TestTheReports:
    def test_show_the_scorecard(self, office: Office) -> None:
        card = office.dora.get("/x/cobit/scorecard", workspace="OPS")

        assert [part["part"] for part in card["parts"]] == ["value", "risk", "performance", "conformance"]
        figures = {each["id"]: each for part in card["parts"] for each in part["figures"]}
        assert all(len(each["trend"]) == 12 for each in figures.values())
        assert figures["cobit.open_findings"]["value"] >= 1
        assert figures["cobit.control_coverage"]["value"] > 0
        assert "DSS" in [each["domain"] for each in card["domains"]]

    def test_show_the_state_of_every_control(self, office: Office) -> None:
        found = office.dora.get("/x/cobit/controls", workspace="OPS", due_before="2027-01-01")

        assert found["controls"]
        assert {"due", "overdue", "failed", "expires"} < set(found)
        assert any(each["failed"] for each in found["controls"])
        assert any("tested" in question for each in found["controls"] for question in each["questions"])

    def test_show_nothing_to_a_stranger(self, office: Office) -> None:
        for path in ("scorecard", "controls"):
            office.maya.send("GET", f"/x/cobit/{path}?workspace=OPS", expect=404)
