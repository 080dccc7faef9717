"""The periods of assessments: each day of a control is tested once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from placet import BlockedError

from .assurance import NOTE, REASON, Assurance, opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Assurance]:
    with opened(tmp_path) as office:
        yield office


class TestAPeriod:
    def test_is_not_tested_twice(self, office: Assurance) -> None:
        """A sample with deviations is not drawn again until it is clean."""
        key = office.submitted(18, deviations=1)
        control = office.fields(key)["control"]
        (planned,) = [each for each in office.children(control, "control_assessment") if each != key]

        with pytest.raises(Exception, match="the same days"):
            office.assessment(control, "2026-03-31", "2026-04-01")
        office.desk.pass_time("2027-03-02T09:00:00Z")
        refusal = office.refused("nils", planned, "request_evidence")
        assert list(refusal) == ["period_free"]
        assert re.search(r"\(\d+ \w+ \d{4} to \d+ \w+ \d{4}\)", refusal["period_free"].message)
        office.desk.edit(planned, actor="nils", period_start="2026-04-01")
        office.move("nils", planned, "request_evidence")

    def test_has_two_test_periods_at_most(self, office: Assurance) -> None:
        """Otherwise a control that is tested every quarter has one sample in years. Edits are refused too."""
        control = office.control(test_frequency="quarterly")

        with pytest.raises(BlockedError) as refused:
            office.assessment(control, "2026-03-02", "2029-03-01")
        [blocker] = refused.value.blockers
        key = office.assessment(control, "2026-03-02", "2026-09-01")
        with pytest.raises(BlockedError, match="end on Tuesday 1 September"):
            office.desk.edit(key, actor="nils", period_end="2026-09-02")
        office.desk.edit(key, actor="nils", period_end="2026-06-01")

        assert blocker.message == (
            "an assessment covers two test periods at most (quarterly): from Monday 2 March on they end on Tuesday 1 "
            "September, and it ends on Thursday 1 March 2029"
        )
        assert "plan another assessment for the days after" in blocker.remedy

    def test_that_is_longer_than_it_may_be_now_is_kept_by_other_edits(self, office: Assurance) -> None:
        """The control is tested more often since: nobody is asked for another period by who edits the title."""
        control = office.control(test_frequency="annual")
        key = office.assessment(control, "2026-03-02", "2028-03-01")
        office.move("otto", control, "redesign", REASON)
        office.desk.edit(control, actor="otto", test_frequency="quarterly")
        office.move("otto", control, "propose_control")
        office.desk.approve(control, "cobit.control_approval", by=["lena", "pola"])
        office.move("lena", control, "activate")

        office.desk.engine.items.edit(office.desk.person("nils"), key, title="Two years")
        with pytest.raises(BlockedError, match="end on Tuesday 1 September"):
            office.desk.edit(key, actor="nils", period_end="2028-02-01")

        assert office.desk.item(key).title == "Two years"

    @pytest.mark.parametrize(
        ("period", "left"),
        [
            ({"period_start": "2031-03-02", "period_end": "2033-03-01"}, "2 March 2026 to 1 March 2031"),
            ({"period_start": "2026-03-03"}, "2 March 2026"),
            ({"period_start": "2027-03-02", "period_end": "2028-03-01"}, "2 March 2026 to 1 March 2027"),
        ],
    )
    def test_is_not_put_off_by_a_later_beginning(
        self, office: Assurance, period: dict[str, str], left: str
    ) -> None:
        """Nor by one day: years would go by without a sample if each planned period were moved on."""
        (planned,) = office.children(office.control(test_frequency="annual"), "control_assessment")

        with pytest.raises(BlockedError) as refused:
            office.desk.edit(planned, actor="nils", **period)

        [blocker] = refused.value.blockers
        assert blocker.check == "cobit.period_follows"
        assert blocker.message == f"no sample and no planned assessment would have the days {left}"

    def test_begins_after_the_days_that_others_have_or_are_to_have(self, office: Assurance) -> None:
        """A planned assessment has its days, although its sample is not drawn yet."""
        control = office.control(test_frequency="annual")
        (first,) = office.children(control, "control_assessment")

        with pytest.raises(BlockedError, match=r"would have the days 2 March 2027$"):
            office.assessment(control, "2027-03-03", "2028-03-02")
        second = office.assessment(control, "2027-03-02", "2028-03-01")
        with pytest.raises(BlockedError, match="would have the days 3 March 2026 to 1 March 2027"):
            office.desk.edit(first, actor="nils", period_end="2026-03-02")
        with pytest.raises(BlockedError, match="would have the days 2 March 2027 to 1 April 2027"):
            office.desk.edit(second, actor="nils", period_start="2027-04-02")
        office.desk.edit(first, actor="nils", period_end="2027-04-01")
        office.desk.edit(second, actor="nils", period_start="2027-04-02")
        office.assessment(control, "2028-03-02", "2029-03-01")

    def test_of_a_draft_begins_today_at_the_latest(self, office: Assurance) -> None:
        """It would stand in the place of the first one that is planned when the control comes into force."""
        draft = office.create(
            "otto", "control", "Access is reviewed", parent=office.objective(), practice_id="DSS05.04"
        )

        with pytest.raises(BlockedError, match="would have the days 2 March 2026 to 1 March 2027"):
            office.assessment(draft, "2027-03-02", "2028-03-01")
        office.assessment(draft, "2026-03-02", "2026-03-31")

    def test_that_is_cancelled_before_a_planned_one_is_planned_again(self, office: Assurance) -> None:
        """Its days are not left to nobody because later ones are planned already."""
        control = office.control(test_frequency="annual")
        (first,) = office.children(control, "control_assessment")
        second = office.assessment(control, "2027-03-02", "2028-03-01")
        office.move("lena", first, "cancel_assessment", REASON)

        (again,) = [
            key for key in office.children(control, "control_assessment") if key not in (first, second)
        ]
        fields = office.fields(again)
        assert (fields["period_start"], fields["period_end"]) == ("2026-03-02", "2027-03-01")

    def test_that_was_cancelled_keeps_its_sample_and_its_deviations(self, office: Assurance) -> None:
        key = office.testing(18)
        control = office.fields(key)["control"]
        first = {office.fields(each)["element"] for each in office.children(key, "control_test")}
        seen = office.children(key, "control_test")[:2]
        for each in seen:
            office.move("nils", each, "record_test", result="deviation", note=NOTE)
        office.move("lena", key, "cancel_assessment", REASON)

        (finding,) = office.children(key, "finding")
        assert office.fields(finding)["source"] == "ineffective"
        assert "2 of 8 elements deviate" in office.fields(finding)["condition"]
        again = office.assessment(control, "2026-03-02", "2026-03-31")
        office.move("nils", again, "request_evidence")
        assert office.fields(again)["seed"] == key
        assert {office.fields(each)["element"] for each in office.children(again, "control_test")} == first

    def test_leaves_no_days_out(self, office: Assurance) -> None:
        """Bad days are not passed over by a period that begins after them, nor between two of them."""
        control = office.control()
        march, late = office.assessment(control), office.assessment(control, "2026-04-10", "2026-04-20")
        office.desk.pass_time("2026-04-21T09:00:00Z")

        found = office.refused("nils", late, "request_evidence")
        assert list(found) == ["period_joined"]
        assert found["period_joined"].message == "no sample has the days 2 March 2026 to 9 April 2026"
        office.move("nils", march, "request_evidence")
        found = office.refused("nils", late, "request_evidence")
        assert found["period_joined"].message == "no sample has the days 1 April 2026 to 9 April 2026"
        office.desk.edit(late, actor="nils", period_start="2026-04-01")
        office.move("nils", late, "request_evidence")

    def test_that_was_cancelled_is_tested_by_the_next_one(self, office: Assurance) -> None:
        """A reviewer decides that it is not tested by itself, and not that it is not tested at all."""
        control = office.control(test_frequency="monthly")
        (planned,) = office.children(control, "control_assessment")
        office.desk.pass_time("2026-05-04T09:00:00Z")
        office.move("nils", planned, "request_evidence")
        office.move("lena", planned, "cancel_assessment", REASON)
        april = office.assessment(control, "2026-04-02", "2026-05-01")
        (again,) = [
            key for key in office.children(control, "control_assessment") if key not in (planned, april)
        ]

        found = office.refused("nils", april, "request_evidence")
        assert found["period_joined"].message == "no sample has the days 2 March 2026 to 1 April 2026"
        fields = office.fields(again)
        assert (fields["period_start"], fields["period_end"]) == ("2026-03-02", "2026-05-01")
        office.move("nils", again, "request_evidence")
        assert office.fields(again)["seed"] == planned

    def test_is_not_cancelled_by_who_operated_the_control(self, office: Assurance) -> None:
        office.desk.hold("cobit.control_reviewer", "lena", "leo", "nora", "pat")
        key = office.requested(3)
        office.handed_over(office.fields(key)["control"], next_performer="petra")

        assert list(office.refused("pat", key, "cancel_assessment", REASON)) == ["tester_sod"]
