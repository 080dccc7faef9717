"""Assessments: population, sample, evidence, results, conclusion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .assurance import NOTE, REASON, Assurance, opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Assurance]:
    with opened(tmp_path) as office:
        yield office


class TestASample:
    def test_is_drawn_from_the_operations_of_the_period(self, office: Assurance) -> None:
        key = office.requested(18)

        fields = office.fields(key)
        assert (fields["population_size"], fields["sample_size"], fields["tester"]) == (18, 8, "nils")
        assert len(office.children(key, "control_test")) == 8
        assert fields["seed"] == key

    def test_waits_for_the_end_of_the_period(self, office: Assurance) -> None:
        key = office.assessment(office.control())

        assert list(office.refused("nils", key, "request_evidence")) == ["period_ended"]

    def test_is_not_drawn_by_who_operates_the_control(self, office: Assurance) -> None:
        control = office.control()
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")

        found = office.refused("pat", key, "request_evidence")

        assert "tester_sod" in found
        assert "Access is reviewed" in found["tester_sod"].message

    def test_is_not_drawn_by_who_operated_it_before_another_was_named(self, office: Assurance) -> None:
        control = office.control()
        office.operated(control, 3)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.handed_over(control, next_performer="petra")

        assert "tester_sod" in office.refused("pat", key, "request_evidence")

    def test_is_not_drawn_by_who_was_named_in_the_period_and_left_nothing(self, office: Assurance) -> None:
        """The owner names another performer, and the former one is no more independent than before."""
        office.desk.hold("cobit.control_performer", "pat", "nora", "cleo")
        control = office.control(control_performer="nora")
        key = office.assessment(control)
        office.handed_over(control, next_performer="pat")
        office.handed_over(control, next_performer="cleo")
        office.desk.pass_time("2026-04-02T09:00:00Z")

        for person in ("nora", "pat"):
            assert list(office.refused(person, key, "request_evidence")) == ["tester_sod"]
        office.move("nils", key, "request_evidence")
        after = office.assessment(control, "2026-04-01", "2026-04-01")
        office.move("nora", after, "request_evidence")

    def test_of_nothing_is_not_tested(self, office: Assurance) -> None:
        key = office.submitted(0)
        office.move("lena", key, "conclude")

        assert office.fields(key)["conclusion"] == "not_tested"
        assert office.all("cobit.finding") == []

    def test_of_a_periodic_control_is_of_its_periods(self, office: Assurance) -> None:
        """Twelve months: two of them; one without a document has no evidence."""
        control = office.control(frequency="monthly")
        key = office.assessment(control, "2025-04-01", "2026-02-28")
        office.move("nils", key, "request_evidence")

        names = {office.fields(each)["element"] for each in office.children(key, "control_test")}
        assert (office.fields(key)["population_size"], len(names)) == (11, 2)
        assert names < {f"2025-{n:02}" for n in range(4, 13)} | {"2026-01", "2026-02"}


class TestTheEvidence:
    def test_is_demanded_for_ten_business_days(self, office: Assurance) -> None:
        control = office.control(evidence_requirements=[{"kind": "access_review"}, {"kind": "sign_off"}])
        office.operated(control, 5)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")

        found = office.refused("nils", key, "start_testing")
        assert "4 elements without accepted evidence" in found["evidence_ok"].message
        for each in office.children(key, "control_test")[:3]:
            office.attach("pat", each, "sign_off")
        office.desk.pass_time("2026-04-17T09:00:00Z")
        office.move("nils", key, "start_testing")

        missing = [
            each for each in office.children(key, "control_test") if office.fields(each)["evidence_missing"]
        ]
        assert len(missing) == 1
        found = office.refused("nils", missing[0], "record_test", result="pass", note=NOTE)
        assert {"test_fields", "test_proven"} <= set(found)
        assert "replaceable" in office.refused("nils", missing[0], "replace_element", REASON)
        office.move("nils", missing[0], "record_test", result="deviation", note=NOTE)

    def test_that_is_only_an_address_does_not_count(self, office: Assurance) -> None:
        control = office.control(evidence_requirements=[{"kind": "access_review"}, {"kind": "sign_off"}])
        office.operated(control, 1)
        key = office.assessment(control)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")
        office.address("pat", office.children(key, "control_test")[0], "sign_off")

        assert "sign_off" in office.refused("nils", key, "start_testing")["evidence_ok"].message

    def test_that_is_an_address_with_a_digest_does_not_count_either(self, office: Assurance) -> None:
        """Neither for an element, nor as an operation, nor for a period: nothing is behind the digest."""
        requirements = [{"kind": "access_review"}, {"kind": "sign_off"}]
        control = office.control(evidence_requirements=requirements)
        monthly = office.control(title="Each month", frequency="monthly")
        office.operated(control, 1)
        office.address("pat", control, "access_review", sha256="a" * 64)
        office.address("pat", monthly, "access_review", sha256="a" * 64)
        key, other = office.assessment(control), office.assessment(monthly)
        office.desk.pass_time("2026-04-02T09:00:00Z")
        office.move("nils", key, "request_evidence")
        office.move("nils", other, "request_evidence")
        (element,) = office.children(key, "control_test")
        office.address("pat", element, "sign_off", sha256="b" * 64)

        assert "sign_off" in office.refused("nils", key, "start_testing")["evidence_ok"].message
        assert office.refused("nils", other, "start_testing")


class TestAResult:
    def test_says_why_it_is_not_recorded(self, office: Assurance) -> None:
        key = office.requested(3)
        element = office.children(key, "control_test")[0]

        found = office.refused("nils", element, "record_test", result="pass", note=NOTE)
        assert found["test_open"].message.startswith("its assessment is not being tested")

    def test_needs_a_note_and_is_not_typed_into_the_field(self, office: Assurance) -> None:
        key = office.testing(3)
        test = office.children(key, "control_test")[0]

        assert "test_fields" in office.refused("nils", test, "record_test", result="deviation", note="short")
        assert "test_fields" in office.refused(
            "nils", test, "record_test", result="not_applicable", note=NOTE
        )
        with pytest.raises(Exception, match="result"):
            office.desk.edit(test, actor="nils", result="pass")

    def test_is_counted_at_once(self, office: Assurance) -> None:
        key = office.testing(3)
        office.test(key, deviations=1)

        fields = office.fields(key)
        assert (fields["deviations"], fields["deviation_rate"]) == (1, "33.333333")

    def test_of_an_element_that_does_not_apply_draws_the_next(self, office: Assurance) -> None:
        key = office.testing(18)
        first = office.children(key, "control_test")[0]
        office.move("nils", first, "replace_element", REASON)

        tests = office.children(key, "control_test")
        assert len(tests) == 9
        assert office.fields(tests[-1])["place"] == 9
        assert office.fields(first)["result"] == "not_applicable"
        assert office.fields(key)["replaced"] == 1

    def test_is_not_left_out_until_the_sample_suits(self, office: Assurance) -> None:
        """One element in ten is replaced by who tests; more by a reviewer, who does not conclude then."""
        key = office.testing(18)
        first, second, third, *_ = office.children(key, "control_test")
        office.move("nils", first, "replace_element", REASON)

        alone = office.refused("nils", second, "replace_element", REASON)
        office.move("lena", second, "replace_element", REASON)
        office.move("nora", third, "record_test", result="pass", note=NOTE)
        as_reviewer = office.refused(
            "nora", office.children(key, "control_test")[-1], "replace_element", REASON
        )
        office.test(key)
        office.move("nils", key, "submit_for_review", design_result="adequate", design_note=NOTE)

        assert list(alone) == list(as_reviewer) == ["replaced_few"]
        assert (
            alone["replaced_few"].message == "already replaced: 1 of 8 elements; a tester replaces 1 at most"
        )
        assert office.fields(key)["replaced"] == 2
        assert "reviewer_sod" in office.refused("lena", key, "conclude")
        assert office.move("leo", key, "conclude") == "concluded"


class TestAConclusion:
    def test_follows_from_the_table(self, office: Assurance) -> None:
        """18 operations, 8 of them, 1 deviation: partially effective, and a finding of medium severity."""
        key = office.submitted(18, deviations=1)
        office.move("lena", key, "conclude")

        fields = office.fields(key)
        assert (fields["conclusion"], fields["reviewer"]) == ("partially_effective", "lena")
        (finding,) = office.children(key, "finding")
        found = office.fields(finding)
        assert (found["severity"], found["due_date"], found["owner"]) == ("medium", "2026-07-01", "otto")

    def test_is_not_drawn_by_who_has_tested(self, office: Assurance) -> None:
        key = office.testing(3)
        tests = office.children(key, "control_test")
        office.move("nora", tests[0], "record_test", result="pass", note=NOTE)
        office.test(key)
        office.move("nils", key, "submit_for_review", design_result="adequate", design_note=NOTE)

        assert "reviewer_sod" in office.refused("nora", key, "conclude")

    def test_other_than_the_tables_needs_two_reviewers(self, office: Assurance) -> None:
        key = office.submitted(18, deviations=1)
        office.desk.edit(
            key, actor="lena", override="effective", override_reason="too short", second_reviewer="leo"
        )

        found = office.refused("lena", key, "conclude")
        assert "has 9 of 50" in found["conclusion_match"].message
        assert "Leo" in found["conclusion_second"].message
        office.desk.edit(key, actor="lena", override_reason=f"{NOTE} {REASON}")
        assert list(office.refused("lena", key, "conclude")) == ["conclusion_second"]
        office.desk.confirm(key, "cobit.override_agreement", by="leo")
        office.move("lena", key, "conclude")

        assert office.fields(key)["conclusion"] == "effective"

    def test_other_than_the_tables_is_not_agreed_to_by_a_tester(self, office: Assurance) -> None:
        key = office.submitted(18, deviations=1)
        office.desk.edit(key, actor="lena", override="effective", override_reason=f"{NOTE} {REASON}",
                         second_reviewer="nils")  # fmt: skip

        assert "conclusion_second" in office.refused("lena", key, "conclude")

    def test_of_an_inadequate_design_is_ineffective(self, office: Assurance) -> None:
        key = office.testing(3)
        office.test(key)
        office.move("nils", key, "submit_for_review", design_result="inadequate", design_note=NOTE)
        office.move("lena", key, "conclude")

        assert office.fields(key)["conclusion"] == "ineffective"
        assert office.fields(office.children(key, "finding")[0])["severity"] == "high"

    def test_of_a_cancelled_one_is_not_tested(self, office: Assurance) -> None:
        key = office.requested(5)
        office.move("lena", key, "cancel_assessment", REASON)

        assert office.fields(key)["conclusion"] == "not_tested"
        assert {office.state(each) for each in office.children(key, "control_test")} == {"replaced"}
        planned = office.children(office.fields(key)["control"], "control_assessment")
        assert [office.state(each) for each in planned] == ["planned", "cancelled"]

    @pytest.mark.parametrize(("frequency", "end"), [("monthly", "2026-05-01"), ("annual", "2028-03-01")])
    def test_is_planned_again_after_one_is_cancelled(
        self, office: Assurance, frequency: str, end: str
    ) -> None:
        """Each control that is in force has its next test planned, of the days that were to be tested too."""
        control = office.control(test_frequency=frequency)
        (planned,) = office.children(control, "control_assessment")
        office.move("lena", planned, "cancel_assessment", REASON)

        again = office.fields(office.children(control, "control_assessment")[-1])
        assert (again["period_start"], again["period_end"]) == ("2026-03-02", end)

    def test_puts_a_test_off_once_however_often_one_is_cancelled(self, office: Assurance) -> None:
        """Before its sample is drawn, by a reviewer with a reason."""
        control = office.control(test_frequency="monthly")
        for _ in range(3):
            (planned,) = [
                key
                for key in office.children(control, "control_assessment")
                if office.state(key) == "planned"
            ]
            office.move("lena", planned, "cancel_assessment", REASON)

        again = office.fields(office.children(control, "control_assessment")[-1])
        assert (again["period_start"], again["period_end"]) == ("2026-03-02", "2026-05-01")

    @pytest.mark.parametrize("end", ["conclude", "cancel_assessment"])
    def test_is_not_refused_by_a_later_one_that_was_drawn_meanwhile(
        self, office: Assurance, end: str
    ) -> None:
        """That one plans the next; days that lose their sample are an assessment of their own."""
        key = office.submitted(18) if end == "conclude" else office.testing(18)
        control = office.fields(key)["control"]
        for planned in office.children(control, "control_assessment"):
            if office.state(planned) == "planned":
                office.move("lena", planned, "cancel_assessment", REASON)
        [planned] = [
            each for each in office.children(control, "control_assessment") if office.state(each) == "planned"
        ] or [office.assessment(control, "2026-04-01", "2026-04-02")]
        office.desk.edit(planned, actor="nils", period_start="2026-04-01", period_end="2026-04-02")
        office.desk.pass_time("2026-04-21T09:00:00Z")
        office.move("nils", planned, "request_evidence")

        office.move("lena", key, end, REASON)

        spells = [
            (office.fields(each)["period_start"], office.fields(each)["period_end"])
            for each in office.children(control, "control_assessment")
            if office.state(each) == "planned"
        ]
        assert spells == ([] if end == "conclude" else [("2026-03-02", "2026-03-31")])


class TestAnExtension:
    def test_is_made_once_after_one_deviation(self, office: Assurance) -> None:
        key = office.testing(60)
        assert "one_deviation" in office.refused("nils", key, "extend_sample")
        office.test(key, deviations=1)

        said = {"design_result": "adequate", "design_note": NOTE}
        assert list(office.refused("nils", key, "submit_for_review", **said)) == ["extension_done"]
        office.move("nils", key, "extend_sample")
        office.test(key)
        assert "one_deviation" in office.refused("nils", key, "extend_sample")
        office.move("nils", key, "submit_for_review", **said)

        fields = office.fields(key)
        assert (fields["sample_size"], fields["deviations"], fields["rule_conclusion"]) == (
            30,
            1,
            "partially_effective",
        )
