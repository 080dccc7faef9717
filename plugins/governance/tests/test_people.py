"""Communication, training and people's time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet import BlockedError, BusinessCalendar, GateMode, week_of
from placet.errors import BusyError, InvalidError
from placet_governance.people.weeks import between, monday

from .conftest import REASON, Organization, opened

MESSAGE: dict[str, Any] = {
    "audience": ["users of the portal"],
    "message": "The portal is down on Saturday.",
    "channel": "mail",
    "due_at": "2026-06-17T09:00:00Z",
}


class TestWeeks:
    @settings(deadline=None)
    @given(st.dates())
    def test_hold_their_days(self, day: date) -> None:
        week = week_of(day)

        assert 0 <= (day - monday(week)).days <= 6
        assert list(between(week, week)) == [week]

    @settings(deadline=None)
    @given(st.dates(), st.dates())
    def test_sort_as_their_texts(self, one: date, other: date) -> None:
        assert (week_of(one) < week_of(other)) == (monday(week_of(one)) < monday(week_of(other)))

    @pytest.mark.parametrize(
        ("week", "message"),
        [
            ("2027-W53", "there is no week 53 in 2027: its last is 52"),
            ("2026-W00", "there is no week 0 in 2026: its last is 53"),
            ("2026-27", '"2026-27" is not a week: write year and number, such as 2026-W27'),
        ],
    )
    def test_exist(self, organization: Organization, week: str, message: str) -> None:
        with pytest.raises(InvalidError, match=message):
            organization.allocation("50", week, week)

    def test_of_an_allocation_come_in_order(self, organization: Organization) -> None:
        with pytest.raises(InvalidError, match="week_to 2026-W27 lies before week_from 2026-W28"):
            organization.allocation("50", "2026-W28", "2026-W27")

    def test_of_an_allocation_are_two_years_at_most(self, organization: Organization) -> None:
        with pytest.raises(InvalidError, match="it covers 107 weeks, and 106 at most"):
            organization.allocation("50", "2026-W01", "2028-W02")


def promises(organization: Organization) -> list[tuple[dict[str, Any], datetime, datetime | None]]:
    """Every allocation that was confirmed, with when that was and when it was released, from the events alone."""
    found = []
    for item in organization.desk.items():
        if item.type == "governance.resource_allocation":
            made, *events = organization.desk.history(item)
            at = {each.data["transition"]: each.at for each in events if each.kind == "transition"}
            if "confirm" in at:
                said = {name: pair[1] for name, pair in made.data["changes"].items()}
                found.append((said, at["confirm"], at.get("release_allocation")))
    return found


def utilization(organization: Organization, weeks: Sequence[int]) -> list[float]:
    """Percent of their time that people are promised at the end of each week, of those who are."""
    answer = []
    for week in weeks:
        end = datetime.combine(monday(f"2026-W{week + 1}"), time(), UTC)
        there = [
            said
            for said, confirmed, released in promises(organization)
            if confirmed < end
            and (released is None or released >= end)
            and said["week_from"] <= f"2026-W{week}"
        ]
        answer.append(sum(float(each["percent"]) for each in there) / len({each["person"] for each in there}))
    return answer


def overloaded(organization: Organization) -> int:
    """Weeks of a person that went beyond 100 %, in the order in which they were promised."""
    total: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    beyond = 0
    for said, _, _ in sorted(promises(organization), key=lambda each: each[1]):
        for week in between(said["week_from"], said["week_to"]):
            before = total[said["person"], week]
            total[said["person"], week] += Decimal(said["percent"])
            beyond += before <= 100 < total[said["person"], week]
    return beyond


class TestCapacity:
    def test_is_not_promised_twice(self, organization: Organization) -> None:
        """60 % where 50 % is promised in one of the weeks would be 110 %."""
        organization.confirmed("50", "2026-W26", "2026-W27")
        key = organization.allocation("60", "2026-W27", "2026-W29")

        blocker = organization.refused("remy", key, "confirm")["person_week"]

        assert blocker.message == "Dana would be allocated more than 100 %: 110 % in week 2026-W27"
        assert blocker.remedy == "reduce it, or shift it to other weeks"

    def test_names_five_weeks_and_how_many_more(self, organization: Organization) -> None:
        organization.confirmed("50", "2026-W26", "2026-W33")
        key = organization.allocation("60", "2026-W26", "2026-W33")

        blocker = organization.refused("remy", key, "confirm")["person_week"]

        assert blocker.message.endswith(
            "110 % in week 2026-W28, 110 % in week 2026-W29, 110 % in week 2026-W30 and 3 more"
        )

    def test_is_that_of_each_person_and_week(self, organization: Organization) -> None:
        """Exactly all of it, other weeks, other people, and what was released."""
        first = organization.confirmed("50", "2026-W26", "2026-W27")
        organization.confirmed("50", "2026-W26", "2026-W27")
        organization.confirmed("100", "2026-W28", "2026-W28")
        organization.confirmed("100", "2026-W26", "2026-W27", person="emil")
        organization.move("remy", first, "release_allocation")

        assert organization.state(organization.confirmed("50", "2026-W27", "2026-W27")) == "confirmed"

    def test_is_none_where_nobody_works(self, organization: Organization) -> None:
        """A week that the calendar closes offers nothing."""
        days = tuple(date(2026, 12, day) for day in range(21, 26))
        organization.desk.calendar(BusinessCalendar(closed_days=frozenset(days)))
        key = organization.allocation("10", "2026-W51", "2026-W52")

        blocker = organization.refused("remy", key, "confirm")["person_week"]

        assert blocker.message == "nobody works in week 2026-W52"

    def test_is_not_that_of_a_week_which_is_over(self, organization: Organization) -> None:
        key = organization.allocation("10", "2020-W03", "2020-W04")

        blocker = organization.refused("remy", key, "confirm")["person_week"]

        assert blocker.message == "week 2020-W04 is over: it is week 2026-W25"

    def test_of_their_own_nobody_promises(self, organization: Organization) -> None:
        """Another resource manager promises the time of this one."""
        key = organization.allocation("10", "2026-W27", "2026-W27", person="remy")

        refused = organization.desk.refused(key, "confirm", actor="remy")

        assert [blocker.gate for blocker in refused.blockers] == ["segregation"]

    def test_comes_back_at_the_end_of_the_last_week(self, organization: Organization) -> None:
        key = organization.confirmed("100", "2026-W26", "2026-W27")
        promised = organization.metric("promised_time")

        organization.desk.pass_time("2026-07-06T00:00:00Z")

        assert promised == (100, 100, None)
        assert organization.state(key) == "released"
        assert organization.metric("promised_time") == (0, 0, None)

    def test_is_shown_by_figures_that_equal_their_recomputation_from_the_events(
        self, organization: Organization
    ) -> None:
        """Utilization week by week, and the weeks that were promised beyond 100 %, where the gate only observes."""
        desk = organization.desk
        observed = {"governance.capacity_free": GateMode.OBSERVE}
        desk.engine.workspaces.change(desk.person("system"), desk.key, gate_modes=observed)
        for percent, first, last, person in (
            ("60", 25, 27, "dana"), ("60", 26, 28, "dana"), ("50", 25, 25, "emil"), ("30", 27, 30, "emil"),
        ):  # fmt: skip
            organization.confirmed(percent, f"2026-W{first}", f"2026-W{last}", person)
        early = organization.confirmed("20", "2026-W25", "2026-W30", "ann")
        desk.pass_time("2026-06-24T09:00:00Z")
        organization.move("remy", early, "release_allocation")
        desk.pass_time("2026-07-12T22:00:00Z")

        span: dict[str, Any] = {"since": date(2026, 6, 15), "until": date(2026, 7, 12)}
        found = desk.metric("governance.utilisation", by="week", **span).series
        over = desk.metric("governance.overloaded_weeks", **span)

        assert [each.value.value for each in found] == utilization(organization, [25, 26, 27, 28])
        assert [each.value.numerator for each in found] == [130, 120, 150, 90]
        assert over.value.value == overloaded(organization) == 2

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 100), st.integers(25, 31), st.integers(0, 3), st.sampled_from(["ann", "bob"])
            ),
            min_size=2,
            max_size=12,
        )
    )
    def test_is_never_exceeded_whatever_is_asked(self, asked: Sequence[tuple[int, int, int, str]]) -> None:
        """After every sequence of requests, each week of each person adds up to 100 % at most."""
        with TemporaryDirectory() as folder, opened(Path(folder)) as organization:
            promised: dict[tuple[str, int], int] = defaultdict(int)
            for percent, first, more, person in asked:
                weeks = range(first, first + more + 1)
                key = organization.allocation(str(percent), f"2026-W{first}", f"2026-W{first + more}", person)
                fits = all(promised[person, week] + percent <= 100 for week in weeks)
                if fits:
                    organization.move("remy", key, "confirm")
                    for week in weeks:
                        promised[person, week] += percent
                else:
                    assert set(organization.refused("remy", key, "confirm")) == {"person_week"}

    def test_is_not_exceeded_by_two_at_once(self, organization: Organization) -> None:
        """Of eight requests for 30 % of the same week, confirmed side by side, three find room."""
        keys = [organization.allocation("30", "2026-W27", "2026-W27") for _ in range(8)]

        def confirm(key: str) -> bool:
            try:
                organization.move("remy", key, "confirm")
            except (BlockedError, BusyError):
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(confirm, keys))

        standing = [key for key in keys if organization.state(key) == "confirmed"]
        assert len(standing) == sum(done) == 3


class TestTraining:
    @pytest.mark.parametrize(
        ("completed", "passed", "fine"), [(18, 17, True), (17, 17, False), (18, 16, False), (20, 18, True)]
    )
    def test_reaches_enough_people_who_can_do_it(
        self, organization: Organization, completed: int, passed: int, fine: bool
    ) -> None:
        """90 % of the twenty who need it, and 90 % of these."""
        key = organization.create("tara", "training", audience=["operations"], required_count=20)
        organization.move("tara", key, "start_training")
        counts: dict[str, Any] = {"completed_count": completed, "passed_count": passed, "pass_mark": "90"}

        if fine:
            assert organization.move("tara", key, "complete_training", **counts) == "completed"
        else:
            assert "training_counts" in organization.refused("tara", key, "complete_training", **counts)

    def test_shows_its_figures(self, organization: Organization) -> None:
        key = organization.create("tara", "training", audience=["operations"], required_count=20)
        organization.move("tara", key, "start_training")
        counts: dict[str, Any] = {"completed_count": 17, "passed_count": 16, "pass_mark": "90"}

        few = organization.messages("tara", key, "complete_training", **counts)
        bad = organization.messages("tara", key, "complete_training", **counts | {"passed_count": 10})

        too_few = "17 of 20 people have completed it (85.0 %), and at least 90 % are required"
        assert few == [too_few]
        assert bad == [too_few, "10 of 17 people have passed (58.8 %), and at least 90 % are required"]

    def test_is_planned_for_somebody(self, organization: Organization) -> None:
        key = organization.create("tara", "training")

        blocker = organization.refused("tara", key, "start_training")["training_fields"]

        assert blocker.message == "missing: audience, required count"

    def test_is_passed_by_those_who_completed_it(self, organization: Organization) -> None:
        with pytest.raises(InvalidError, match="passed_count 3 is more than completed_count 2"):
            organization.create("tara", "training", completed_count=2, passed_count=3)

    def test_is_measured_by_its_reach(self, organization: Organization) -> None:
        for required, completed in ((20, 18), (10, 3)):
            key = organization.create("tara", "training", audience=["all"], required_count=required)
            organization.move("tara", key, "start_training")
            organization.desk.edit(key, actor="tara", completed_count=completed)

        assert organization.metric("training_reach") == (70, 21, 30)

    def test_is_measured_by_what_people_do_afterwards(self, organization: Organization) -> None:
        """Of two that are over, one was looked at: 30 of the 40 tickets that were aimed at came by the new form."""
        looked_at, _ = self.completed(organization, target="40"), self.completed(organization, target="100")

        organization.desk.edit(looked_at, actor="tara", adoption_found="30")

        assert organization.metric("adoption") == (75, 30, 40)

    def test_is_looked_at_when_it_is_over(self, organization: Organization) -> None:
        key = organization.create("tara", "training", audience=["all"], required_count=10)

        with pytest.raises(BlockedError, match="adoption found cannot be changed in 'Planned'"):
            organization.desk.edit(key, actor="tara", adoption_found="30")

    @staticmethod
    def completed(organization: Organization, *, target: str) -> str:
        """A training of ten people that is over; answers its key."""
        key = organization.create(
            "tara", "training", audience=["all"], required_count=10, adoption_target=target
        )
        organization.move("tara", key, "start_training")
        counts: dict[str, Any] = {"completed_count": 10, "passed_count": 10, "pass_mark": "90"}
        organization.move("tara", key, "complete_training", **counts)
        return key


class TestCommunication:
    def test_sends_itself_when_it_is_due(self, organization: Organization) -> None:
        """Nobody has to confirm it, and so it is done."""
        key = organization.create("nora", "communication", **MESSAGE, automatic=True)

        organization.desk.pass_time("2026-06-17T09:00:01Z")

        fields = organization.fields(key)
        assert (organization.state(key), fields["sent_at"], fields["late"]) == (
            "acknowledged",
            "2026-06-17T09:00:00Z",
            False,
        )

    def test_reminds_its_owner_where_it_does_not(self, organization: Organization) -> None:
        key = organization.create("nora", "communication", **MESSAGE)
        organization.desk.pass_time("2026-06-18T09:00:00Z")

        organization.move("nora", key, "send")

        points = [roles for _, _, roles in organization.points(key, "send_due") if roles]
        assert points == [["governance.communication_owner"]]
        assert organization.fields(key)["late"] is True
        assert organization.metric("communication_on_time") == (0, 0, 1)

    def test_is_confirmed_by_its_readers_themselves(self, organization: Organization) -> None:
        key = organization.create(
            "nora", "communication", **MESSAGE, needs_ack=True, readers=["petr", "tara"]
        )
        organization.move("nora", key, "send")
        organization.move("petr", key, "confirm_receipt")

        other = organization.refused("nora", key, "confirm_receipt")["reader"]
        early = organization.refused("nora", key, "acknowledge")["ack_count"]
        organization.move("tara", key, "confirm_receipt")
        organization.desk.pass_time("2026-06-15T09:00:01Z")

        assert other.message == "Nora is not one of its readers"
        assert early.message == "1 of 2 readers confirmed it; still to confirm: Tara"
        assert organization.state(key) == "acknowledged"
        assert organization.metric("acknowledgement_rate") == (100, 1, 1)

    def test_notes_who_has_not_confirmed_it(self, organization: Organization) -> None:
        """Reminded after five business days, noted after ten."""
        key = organization.create(
            "nora", "communication", **MESSAGE, needs_ack=True, readers=["petr", "tara"]
        )
        organization.move("nora", key, "send")
        organization.move("petr", key, "confirm_receipt")

        organization.desk.pass_time("2026-06-29T09:00:00Z")

        assert [(moment, point) for moment, point, _ in organization.points(key, "ack_due")] == [
            ("06-19 17:00", "100 %"),
            ("06-26 17:00", "200 %"),
        ]
        assert organization.state(key) == "acknowledged"
        assert organization.fields(key)["unacknowledged"] == ["tara"]
        assert organization.metric("acknowledgement_rate") == (0, 0, 1)

    def test_says_something_to_somebody(self, organization: Organization) -> None:
        key = organization.create("nora", "communication", **MESSAGE | {"audience": []})

        assert (
            organization.refused("nora", key, "send")["communication_fields"].message == "missing: audience"
        )
        assert organization.move("nora", key, "cancel_communication", REASON) == "cancelled"


def test_percentages_are_exact(organization: Organization) -> None:
    """Three thirds of a hundred, as they are written, leave a hundredth."""
    for _ in range(3):
        organization.confirmed("33.33", "2026-W27", "2026-W27")

    assert Decimal(organization.fields(organization.confirmed("0.01", "2026-W27", "2026-W27"))["percent"]) > 0
