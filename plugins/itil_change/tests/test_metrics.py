"""The metrics of change enablement, over changes that went their way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from placet.testing import Desk

    from .conftest import Organization

from .conftest import CAUSE, RESOLVED

FROM, TO = "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}
MONTH = {"since": date(2026, 11, 1), "until": date(2026, 12, 1)}


def measured(desk: Desk, id: str, **said: Any) -> Any:
    return desk.metric(f"itil.{id}", **(MONTH | said))


def value(desk: Desk, id: str) -> tuple[float | None, float | None, float | None]:
    found = measured(desk, id).value
    return found.value, found.numerator, found.denominator


@pytest.fixture
def desk(organization: Organization) -> Desk:
    """A fortnight in which a normal change succeeded, an emergency was backed out, and a deployment failed."""
    emergency = organization.emergency(organization.item("api"))
    organization.about_p1(emergency)
    organization.move("ravi", emergency, "implement_on_verbal", verbal_authorizer="dora")
    organization.at("2026-11-16T10:00:00Z")
    organization.move("ravi", emergency, "start_backout")
    organization.at("2026-11-16T13:00:00Z")
    organization.move(
        "ravi", emergency, "finish_backout", **VERIFIED, is_deployment=True,
        first_commit_at="2026-11-16T01:00:00Z",
    )  # fmt: skip
    failed = organization.failed(organization.item("web"))
    organization.edit("carl", failed, is_deployment=True, unplanned_rework=True)
    organization.at("2026-11-16T18:00:00Z")
    organization.contain(failed)
    organization.move("carl", failed, "recover")
    normal = organization.scheduled(organization.item("db"), FROM, TO)
    organization.change(organization.item("cache"), FROM, TO)
    organization.at(FROM)
    organization.move("ravi", normal, "start_implementation")
    organization.at("2026-11-23T18:00:00Z")
    organization.move(
        "ravi", normal, "complete_implementation", **VERIFIED, is_deployment=True,
        first_commit_at="2026-11-22T18:00:00Z",
    )  # fmt: skip
    return organization.desk


class TestChangesImplemented:
    def test_are_counted_where_they_ended(self, desk: Desk) -> None:
        """A change that is only described is none of them; the one that failed is, recovered or not."""
        assert value(desk, "change_success_rate") == (100 / 3, 1, 3)
        assert value(desk, "change_failure_share") == (200 / 3, 2, 3)
        assert value(desk, "emergency_ratio") == (200 / 3, 2, 3)
        assert value(desk, "standard_ratio") == (0, 0, 3)

    def test_are_counted_by_kind_and_week(self, desk: Desk) -> None:
        """Both emergencies went wrong, in the first week."""
        found = measured(desk, "change_failure_share", since=date(2026, 11, 16), by="week", dimension="type")

        assert [(each.group, each.value.value) for each in found.groups] == [
            ("emergency", 100),
            ("normal", 0),
        ]
        assert [each.value.value for each in found.series] == [100, 0, None]

    def test_take_as_long_as_from_record_to_end(self, desk: Desk) -> None:
        """Four and five hours, and a week and nine hours: the median is the middle one."""
        found = measured(desk, "change_lead_time")

        assert (found.value.value, found.value.denominator) == (pytest.approx(5 / 24), 3)


class TestReviews:
    def test_are_on_time_within_five_business_days(self, organization: Organization) -> None:
        """One of those done or overdue; one that still has time does not count."""
        slots = [(f"2026-11-{day}T10:00:00Z", f"2026-11-{day}T12:00:00Z") for day in (23, 23, 30)]
        changes = [organization.scheduled(organization.item(), *slot) for slot in slots]
        for key, (start, _) in zip(changes, slots, strict=True):
            organization.at(start)
            organization.move("ravi", key, "start_implementation")
            organization.move(
                "ravi", key, "complete_implementation", **VERIFIED, outcome="successful_with_issues"
            )
            if key == changes[0]:
                organization.move("ravi", key, "confirm_items", no_data_change=True)
                organization.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="A typo.")
        organization.at("2026-12-01T10:00:00Z")

        assert value(organization.desk, "pir_timeliness") == (50, 1, 2)


class TestDeployments:
    def test_are_counted_by_the_five_of_dora(self, desk: Desk) -> None:
        """Over those three: one went well, two were recovered within three and five hours."""
        assert value(desk, "dora_change_lead_time") == (18, None, 2)
        assert value(desk, "dora_recovery_time") == (4, None, 2)
        assert value(desk, "dora_change_fail_rate") == (200 / 3, 2, 3)
        assert value(desk, "dora_rework_rate") == (200 / 3, 2, 3)

    def test_are_counted_by_day(self, desk: Desk) -> None:
        """One in ten days."""
        frequency = measured(
            desk, "dora_deployment_frequency", since=date(2026, 11, 14), until=date(2026, 11, 24)
        )
        desk.at("2026-12-01T00:00:00Z")

        assert value(desk, "dora_deployment_frequency") == (1 / 30, 1, 30)
        assert frequency.value.denominator == 9.75

    def test_are_those_to_production(self, organization: Organization) -> None:
        """A change of a test system is deployed too, and is not what DORA asks about."""
        done = []
        for environment in ("test", "production"):
            item = organization.item(environment=environment)
            key = organization.scheduled(item, FROM, TO)
            done.append(key)
        organization.at(FROM)
        for key in done:
            organization.move("ravi", key, "start_implementation")
            organization.move(
                "ravi", key, "complete_implementation", **VERIFIED, is_deployment=True,
                first_commit_at="2026-11-22T10:00:00Z",
            )  # fmt: skip

        desk = organization.desk
        assert [organization.fields(key)["environment"] for key in done] == ["test", "production"]
        assert value(desk, "dora_deployment_frequency")[1] == 1
        assert value(desk, "dora_change_lead_time")[2] == 1
        assert value(desk, "dora_change_fail_rate") == (0, 0, 1)
        assert value(desk, "dora_rework_rate") == (0, 0, 1)


class TestTimesOutOfOrder:
    def test_are_no_times(self, organization: Organization) -> None:
        """An emergency that was recorded after it was over, and an incident from elsewhere, resolved before."""
        organization.configure(incident_strictness="practical")
        given: dict[str, Any] = {"summary": "a", "symptoms": "b", "channel": "mail"}
        organization.desk.create(
            "itil.incident", actor="ines", state="resolved", **given,
            first_response_at="2026-11-13T09:00:00Z", resolved_at="2026-11-13T10:00:00Z",
        )  # fmt: skip
        emergency = organization.emergency(organization.item("api"))
        organization.about_p1(emergency)
        organization.move("ravi", emergency, "implement_on_verbal", verbal_authorizer="dora")
        organization.move("ravi", emergency, "complete_implementation", **VERIFIED)
        organization.move(
            "ravi", emergency, "document_emergency",
            actual_start="2026-11-16T03:00:00Z", actual_end="2026-11-16T04:00:00Z",
        )  # fmt: skip
        organization.at("2026-11-17T09:00:00Z")

        for metric in ("mtta", "mttr_elapsed", "change_lead_time"):
            assert value(organization.desk, metric)[0] is None, metric


class TestLearning:
    def test_is_a_closed_problem_within_sixty_days(self, organization: Organization) -> None:
        """Of two incidents that a change has caused; one that no change has caused is not part of it."""
        item = organization.item("db")
        change = organization.scheduled(item, FROM, TO)
        caused, other, unrelated = (organization.incident(item) for _ in range(3))
        problem = organization.problem(item)
        for key in (caused, unrelated):
            organization.link("sam", key, "itil.caused_by_problem", problem)
        for key in (caused, other):
            organization.link("sam", key, "itil.caused_by_change", change)
        organization.at("2026-11-25T09:00:00Z")
        organization.move("pia", problem, "start_investigation")
        organization.attach("rosa", problem, "rca")
        organization.move("pia", problem, "fix_without_change", "As it was agreed.", **CAUSE)
        organization.at("2026-12-15T09:00:00Z")

        organization.move("pia", problem, "close_problem")

        assert value(organization.desk, "loop_closure") == (50, 1, 2)
        assert organization.fields(unrelated).get("learnt_at") is None


class TestUnauthorizedChanges:
    @pytest.mark.parametrize(
        ("found_at", "unauthorized"),
        [("2026-11-23T09:59:00Z", True), ("2026-11-23T10:30:00Z", False), ("2026-11-23T18:30:00Z", True)],
    )
    def test_are_those_while_no_change_was_being_done(
        self, organization: Organization, found_at: str, unauthorized: bool
    ) -> None:
        """Before the work on the item began, while it went on, and after it had ended."""
        item = organization.item("db")
        key = organization.scheduled(item, FROM, TO)
        organization.at(FROM)
        organization.move("ravi", key, "start_implementation")
        organization.at("2026-11-23T18:00:00Z")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        organization.at("2026-11-23T19:00:00Z")

        incident = organization.incident(item, item_changed_at=found_at)

        assert organization.fields(incident)["unauthorized"] is unauthorized
        assert value(organization.desk, "unauthorized_changes")[0] == int(unauthorized)

    def test_are_those_that_nobody_answers_for(self, organization: Organization) -> None:
        """The duty manager never said it."""
        emergency = organization.emergency(organization.item("api"))
        organization.about_p1(emergency)
        organization.move("ravi", emergency, "implement_on_verbal", verbal_authorizer="dora")
        organization.confirm("dora", emergency, "itil.spoken_authorization", confirm=False)

        assert value(organization.desk, "unauthorized_changes")[0] == 1


class Log:
    """The figures from the log alone, computed the slow way."""

    def __init__(self, desk: Desk) -> None:
        items = desk.items()
        self.events = {item.key: desk.history(item) for item in items}
        self.type = {item.key: item.type for item in items}
        self.fields: dict[str, dict[str, Any]] = {}
        self.caused: dict[str, list[str]] = {}
        for key, events in self.events.items():
            found = self.fields[key] = {}
            for event in events:
                found |= {name: new for name, (_, new) in event.data.get("changes", {}).items()}
                if event.kind == "linked" and event.data["link_type"] == "itil.caused_by_change":
                    self.caused.setdefault(event.data["target"], []).append(key)

    def moments(self, key: str, *transitions: str) -> list[datetime]:
        return [event.at for event in self.events[key] if event.data.get("transition") in transitions]

    @property
    def implemented(self) -> list[str]:
        ended = ("complete_implementation", "finish_backout", "declare_failed")
        return [key for key, type in self.type.items() if type == "itil.change" and self.moments(key, *ended)]

    @property
    def deployed(self) -> list[str]:
        return [key for key in self.implemented if self.fields[key].get("is_deployment")]

    def went_wrong(self, key: str) -> bool:
        return self.fields[key].get("outcome") in {"failed", "backed_out"}

    def needed_attention(self, key: str) -> bool:
        """It went wrong, or a P1 or P2 came of it within a day."""
        ends = self.moments(key, "complete_implementation", "finish_backout", "recover")
        return self.went_wrong(key) or any(
            self.fields[incident].get("priority") in {"P1", "P2"}
            and (not ends or self.events[incident][0].at < ends[-1] + timedelta(hours=24))
            for incident in self.caused.get(key, ())
        )

    def recovery(self, key: str) -> timedelta | None:
        """From when it went wrong until what it broke was restored."""
        wrong = self.moments(key, "start_backout", "declare_failed") or self.moments(
            key, "complete_implementation"
        )
        back = self.moments(key, "finish_backout", "recover")
        resolved = [m for incident in self.caused.get(key, ()) for m in self.moments(incident, "resolve")]
        restored = back or resolved
        return restored[-1] - wrong[0] if restored and wrong else None


def share(part: Iterable[str], whole: list[str]) -> float:
    return 100 * len(list(part)) / len(whole)


class TestAgainstTheLog:
    def test_every_figure_follows_from_the_events(self, organization: Organization, desk: Desk) -> None:
        """Three changes that ended one way each, and a deployment with issues that broke something within a day."""
        item = organization.item("gateway")
        key = organization.scheduled(item, "2026-11-26T10:00:00Z", "2026-11-26T12:00:00Z")
        organization.at("2026-11-26T10:00:00Z")
        organization.move("ravi", key, "start_implementation")
        organization.at("2026-11-26T11:00:00Z")
        organization.move(
            "ravi", key, "complete_implementation", **VERIFIED, outcome="successful_with_issues",
            is_deployment=True, first_commit_at="2026-11-25T11:00:00Z",
        )  # fmt: skip
        incident = organization.started(item, impact=2, urgency=2)
        organization.link("rosa", incident, "itil.caused_by_change", key)
        organization.at("2026-11-26T18:00:00Z")
        organization.move("rosa", incident, "resolve", **RESOLVED)
        log = Log(desk)
        fields, done, deployed = log.fields, log.implemented, log.deployed
        issues = [k for k in done if fields[k]["outcome"] == "successful_with_issues" and k in log.caused]
        ended = [k for k in done if "actual_end" in fields[k]]
        recoveries = [each for k in deployed if (each := log.recovery(k)) is not None]
        committed = [k for k in deployed if "first_commit_at" in fields[k]]
        ran = [k for k in deployed if fields[k]["outcome"] in {"successful", "successful_with_issues"}]

        def moment(k: str, name: str) -> datetime:
            return datetime.fromisoformat(fields[k][name])

        reported = {
            "change_success_rate": share((k for k in done if fields[k]["outcome"] == "successful"), done),
            "change_failure_share": share([*filter(log.went_wrong, done), *issues], done),
            "emergency_ratio": share((k for k in done if fields[k]["type"] == "emergency"), done),
            "standard_ratio": share((k for k in done if fields[k]["type"] == "standard"), done),
            "change_lead_time": median(
                (moment(k, "actual_end") - log.events[k][0].at) / timedelta(days=1) for k in ended
            ),
            "dora_change_lead_time": median(
                (moment(k, "actual_end") - moment(k, "first_commit_at")) / timedelta(hours=1)
                for k in committed
            ),
            "dora_recovery_time": median(each / timedelta(hours=1) for each in recoveries),
            "dora_change_fail_rate": share(filter(log.needed_attention, deployed), deployed),
            "dora_rework_rate": share(
                (
                    k
                    for k in deployed
                    if fields[k].get("unplanned_rework") or fields[k]["type"] == "emergency"
                ),
                deployed,
            ),
        }
        frequency = measured(desk, "dora_deployment_frequency").value

        assert len(done) == len(deployed) == 4
        assert {name: value(desk, name)[0] for name in reported} == {
            name: pytest.approx(figure) for name, figure in reported.items()
        }
        assert frequency.numerator == len(ran) == 2
