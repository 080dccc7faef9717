"""The metrics of change enablement, over changes that went their way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from placet.testing import Desk

    from .conftest import Organisation

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
def desk(organisation: Organisation) -> Desk:
    """A fortnight in which a normal change succeeded, an emergency was backed out, and a deployment failed."""
    emergency = organisation.emergency(organisation.item("api"))
    organisation.about_p1(emergency)
    organisation.move("ravi", emergency, "implement_on_verbal", verbal_authorizer="dora")
    organisation.at("2026-11-16T10:00:00Z")
    organisation.move("ravi", emergency, "start_backout")
    organisation.at("2026-11-16T13:00:00Z")
    organisation.move(
        "ravi", emergency, "finish_backout", **VERIFIED, is_deployment=True,
        first_commit_at="2026-11-16T01:00:00Z",
    )  # fmt: skip
    failed = organisation.failed(organisation.item("web"))
    organisation.edit("carl", failed, is_deployment=True, unplanned_rework=True)
    organisation.at("2026-11-16T18:00:00Z")
    organisation.contain(failed)
    organisation.move("carl", failed, "recover")
    normal = organisation.scheduled(organisation.item("db"), FROM, TO)
    organisation.change(organisation.item("cache"), FROM, TO)
    organisation.at(FROM)
    organisation.move("ravi", normal, "start_implementation")
    organisation.at("2026-11-23T18:00:00Z")
    organisation.move(
        "ravi", normal, "complete_implementation", **VERIFIED, is_deployment=True,
        first_commit_at="2026-11-22T18:00:00Z",
    )  # fmt: skip
    return organisation.desk


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
    def test_are_on_time_within_five_business_days(self, organisation: Organisation) -> None:
        """One of those done or overdue; one that still has time does not count."""
        slots = [(f"2026-11-{day}T10:00:00Z", f"2026-11-{day}T12:00:00Z") for day in (23, 23, 30)]
        changes = [organisation.scheduled(organisation.item(), *slot) for slot in slots]
        for key, (start, _) in zip(changes, slots, strict=True):
            organisation.at(start)
            organisation.move("ravi", key, "start_implementation")
            organisation.move(
                "ravi", key, "complete_implementation", **VERIFIED, outcome="successful_with_issues"
            )
            if key == changes[0]:
                organisation.move("ravi", key, "confirm_items", no_data_change=True)
                organisation.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="A typo.")
        organisation.at("2026-12-01T10:00:00Z")

        assert value(organisation.desk, "pir_timeliness") == (50, 1, 2)


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

    def test_are_those_to_production(self, organisation: Organisation) -> None:
        """A change of a test system is deployed too, and is not what DORA asks about."""
        done = []
        for environment in ("test", "production"):
            item = organisation.item(environment=environment)
            key = organisation.scheduled(item, FROM, TO)
            done.append(key)
        organisation.at(FROM)
        for key in done:
            organisation.move("ravi", key, "start_implementation")
            organisation.move(
                "ravi", key, "complete_implementation", **VERIFIED, is_deployment=True,
                first_commit_at="2026-11-22T10:00:00Z",
            )  # fmt: skip

        desk = organisation.desk
        assert [organisation.fields(key)["environment"] for key in done] == ["test", "production"]
        assert value(desk, "dora_deployment_frequency")[1] == 1
        assert value(desk, "dora_change_lead_time")[2] == 1
        assert value(desk, "dora_change_fail_rate") == (0, 0, 1)
        assert value(desk, "dora_rework_rate") == (0, 0, 1)


class TestTimesOutOfOrder:
    def test_are_no_times(self, organisation: Organisation) -> None:
        """An emergency that was recorded after it was over, and an incident from elsewhere, resolved before."""
        organisation.configure(incident_strictness="practical")
        given: dict[str, Any] = {"summary": "a", "symptoms": "b", "channel": "mail"}
        organisation.desk.create(
            "itil.incident", actor="ines", state="resolved", **given,
            first_response_at="2026-11-13T09:00:00Z", resolved_at="2026-11-13T10:00:00Z",
        )  # fmt: skip
        emergency = organisation.emergency(organisation.item("api"))
        organisation.about_p1(emergency)
        organisation.move("ravi", emergency, "implement_on_verbal", verbal_authorizer="dora")
        organisation.move("ravi", emergency, "complete_implementation", **VERIFIED)
        organisation.move(
            "ravi", emergency, "document_emergency",
            actual_start="2026-11-16T03:00:00Z", actual_end="2026-11-16T04:00:00Z",
        )  # fmt: skip
        organisation.at("2026-11-17T09:00:00Z")

        for metric in ("mtta", "mttr_elapsed", "change_lead_time"):
            assert value(organisation.desk, metric)[0] is None, metric


class TestLearning:
    def test_is_a_closed_problem_within_sixty_days(self, organisation: Organisation) -> None:
        """Of two incidents that a change has caused; one that no change has caused is not part of it."""
        item = organisation.item("db")
        change = organisation.scheduled(item, FROM, TO)
        caused, other, unrelated = (organisation.incident(item) for _ in range(3))
        problem = organisation.problem(item)
        for key in (caused, unrelated):
            organisation.link("sam", key, "itil.caused_by_problem", problem)
        for key in (caused, other):
            organisation.link("sam", key, "itil.caused_by_change", change)
        organisation.at("2026-11-25T09:00:00Z")
        organisation.move("pia", problem, "start_investigation")
        organisation.attach("rosa", problem, "rca")
        organisation.move("pia", problem, "fix_without_change", "As it was agreed.", **CAUSE)
        organisation.at("2026-12-15T09:00:00Z")

        organisation.move("pia", problem, "close_problem")

        assert value(organisation.desk, "loop_closure") == (50, 1, 2)
        assert organisation.fields(unrelated).get("learnt_at") is None


class TestUnauthorizedChanges:
    @pytest.mark.parametrize(
        ("found_at", "unauthorized"),
        [("2026-11-23T09:59:00Z", True), ("2026-11-23T10:30:00Z", False), ("2026-11-23T18:30:00Z", True)],
    )
    def test_are_those_while_no_change_was_being_done(
        self, organisation: Organisation, found_at: str, unauthorized: bool
    ) -> None:
        """Before the work on the item began, while it went on, and after it had ended."""
        item = organisation.item("db")
        key = organisation.scheduled(item, FROM, TO)
        organisation.at(FROM)
        organisation.move("ravi", key, "start_implementation")
        organisation.at("2026-11-23T18:00:00Z")
        organisation.move("ravi", key, "complete_implementation", **VERIFIED)
        organisation.at("2026-11-23T19:00:00Z")

        incident = organisation.incident(item, item_changed_at=found_at)

        assert organisation.fields(incident)["unauthorized"] is unauthorized
        assert value(organisation.desk, "unauthorized_changes")[0] == int(unauthorized)

    def test_are_those_that_nobody_answers_for(self, organisation: Organisation) -> None:
        """The duty manager never said it."""
        emergency = organisation.emergency(organisation.item("api"))
        organisation.about_p1(emergency)
        organisation.move("ravi", emergency, "implement_on_verbal", verbal_authorizer="dora")
        organisation.confirm("dora", emergency, "itil.spoken_authorization", confirm=False)

        assert value(organisation.desk, "unauthorized_changes")[0] == 1


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
    def test_every_figure_follows_from_the_events(self, organisation: Organisation, desk: Desk) -> None:
        """Three changes that ended one way each, and a deployment with issues that broke something within a day."""
        item = organisation.item("gateway")
        key = organisation.scheduled(item, "2026-11-26T10:00:00Z", "2026-11-26T12:00:00Z")
        organisation.at("2026-11-26T10:00:00Z")
        organisation.move("ravi", key, "start_implementation")
        organisation.at("2026-11-26T11:00:00Z")
        organisation.move(
            "ravi", key, "complete_implementation", **VERIFIED, outcome="successful_with_issues",
            is_deployment=True, first_commit_at="2026-11-25T11:00:00Z",
        )  # fmt: skip
        incident = organisation.started(item, impact=2, urgency=2)
        organisation.link("rosa", incident, "itil.caused_by_change", key)
        organisation.at("2026-11-26T18:00:00Z")
        organisation.move("rosa", incident, "resolve", **RESOLVED)
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
