"""Governance and ITIL: each alone, both side by side, and joined."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from linting import lint

from placet.catalog.catalog import Rules
from placet.catalog.discovery import installed
from placet.errors import InvalidError
from placet.testing import Desk

START = "2026-11-16T09:00:00Z"
PEOPLE = {
    "itil.change_initiator": ["maya"],
    "itil.change_implementer": ["ravi"],
    "itil.delegated_change_authority": ["lea"],
    "itil.change_manager": ["carl"],
    "itil.configuration_manager": ["cora"],
    "itil.service_owner": ["otto"],
    "itil.it_director": ["ivy"],
    "itil.requester": ["uma"],
    "itil.service_desk_analyst": ["sam"],
    "itil.incident_manager": ["ines"],
    "itil.problem_manager": ["pia"],
    "itil.resolver": ["rosa"],
    "governance.communication_owner": ["nora"],
    "governance.process_owner": ["pola"],
    "governance.risk_owner": ["rita"],
    "governance.executive": ["olga"],
}
CHANGE: dict[str, Any] = {
    "type": "normal", "reason": "maintenance", "implementer": "ravi", "planned_start": "2026-11-20T10:00:00Z",
    "planned_end": "2026-11-20T12:00:00Z", "implementation_plan": "Upgrade it.", "test_plan": "Replay.",
    "backout_plan": "Go back.", "backout_max_min": 20, "users_affected": 0, "data_class": "public", "novelty": 1,
    "complexity": 1, "testing": 1, "backout": 1, "planned_outage_min": 0,
}  # fmt: skip
REASON = "as was agreed in the weekly meeting"
_RECORDS_OF_AN_EMERGENCY = (
    "implementation_plan", "test_plan", "backout_plan", "backout_max_min", "planned_outage_min", "users_affected",
    "data_class", "novelty", "complexity", "testing", "backout",
)  # fmt: skip


class Joined:
    """An organization under both methods and what joins them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.at(START)

    def scheduled(self, **fields: Any) -> str:
        """A change of low risk on the schedule."""
        ci = self.desk.create(
            "itil.configuration_item", "web-1", actor="cora", kind="server", criticality=1, data_class="public",
            owner="otto",
        ).key  # fmt: skip
        key = self.desk.create("itil.change", "Upgrade", actor="maya", **CHANGE | {"cis": [ci]} | fields).key
        self.desk.move(key, "submit", actor="maya")
        self.desk.attach(key, "test_result", actor="ravi")
        self.desk.move(key, "request_authorization", actor="carl")
        self.desk.approve(key, "itil.change_approval", by=["lea"], comment="It fits")
        self.desk.move(key, "authorize_change", actor="carl")
        return key

    def inform(self, change: str, at: str) -> None:
        """Inform the people affected, at a moment."""
        self.desk.at(at)
        key = self.desk.create(
            "governance.communication", "Outage", actor="nora", audience=["users"], message="Down on Friday.",
            channel="mail", due_at=at,
        ).key  # fmt: skip
        self.desk.link(key, "governance.informs", change, actor="nora")
        self.desk.move(key, "send", actor="nora")

    def known_error(self) -> str:
        """A problem whose cause is known."""
        key = self.desk.create(
            "itil.problem", "The relay loses mail", actor="pia", source="supplier", impact=2, urgency=2
        ).key
        self.desk.move(key, "start_investigation", actor="pia")
        self.desk.attach(key, "rca", actor="rosa")
        self.desk.move(
            key, "identify_known_error", actor="pia", root_cause="No limit", rca_method="five_whys",
            cause_category="configuration", no_workaround_reason="Nothing helps.", known_error_article="Wait.",
        )  # fmt: skip
        return key

    def items(self, type: str) -> list[Any]:
        """All items of a type."""
        query = self.desk.engine.reports.item_query(
            self.desk.person("carl"), workspace=self.desk.key, type=type
        )
        return list(self.desk.engine.reports.items(self.desk.person("carl"), query).rows)

    def exempted(self) -> str:
        """A change of low risk on the schedule, in the middle of a freeze."""
        desk = self.desk
        ci = desk.create(
            "itil.configuration_item", "web-1", actor="cora", kind="server", criticality=1, data_class="public",
            owner="otto",
        ).key  # fmt: skip
        key = desk.create("itil.change", "Patch", actor="maya", **CHANGE | {"cis": [ci]}).key
        desk.move(key, "submit", actor="maya")
        desk.attach(key, "test_result", actor="ravi")
        desk.move(key, "request_authorization", actor="carl")
        desk.move(key, "request_exemption", actor="maya", comment=REASON)
        desk.approve(key, "itil.freeze_exemption", by=["carl", "otto"], comment="The patch cannot wait")
        desk.approve(key, "itil.change_approval", by=["lea"], comment="It fits")
        desk.move(key, "authorize_change", actor="carl")
        return key

    def spoken(self) -> str:
        """An emergency for a P1 that was begun on the word of dora, and is done."""
        desk = self.desk
        desk.hold("itil.duty_manager", "dora")
        desk.hold("itil.ecab_member", "ed")
        ci = desk.create(
            "itil.configuration_item", "web-1", actor="cora", kind="server", criticality=1, data_class="public",
            owner="otto",
        ).key  # fmt: skip
        justified = {"emergency_justification": "It is being exploited at this very moment."}
        urgent: dict[str, Any] = {
            "type": "emergency",
            "reason": "security",
            "cis": [ci],
            "implementer": "ravi",
        }
        key = desk.create("itil.change", "Close the hole", actor="maya", **urgent | justified).key
        call: dict[str, Any] = {"summary": "All down", "symptoms": "Nothing works.", "channel": "phone"}
        incident = desk.create("itil.incident", "All down", actor="uma", impact=1, urgency=1, **call).key
        desk.link(key, "itil.raised_from", incident, actor="maya")
        desk.move(key, "implement_on_verbal", actor="ravi", verbal_authorizer="dora")
        desk.move(
            key, "complete_implementation", actor="ravi", verification_note="All probes are green, it works."
        )
        return key

    def configure(self, **settings: Any) -> None:
        """Give what joins them other settings."""
        self.desk.configure("integration", **settings)


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Joined]:
    with Desk(tmp_path, methods=["governance", "integration", "itil"], people=PEOPLE) as desk:
        yield Joined(desk)


class TestMethodSets:
    @pytest.mark.parametrize(
        "methods",
        [
            ("itil",), ("governance",), ("governance", "itil"), ("integration",), ("integration", "itil"),
            ("governance", "integration"), ("governance", "integration", "itil"),
        ],
    )  # fmt: skip
    def test_work_alone_and_together(self, methods: tuple[str, ...]) -> None:
        """Nothing that one of them defines needs another to be there."""
        catalog = installed().compose(Rules(methods))

        assert [finding for finding in lint(catalog) if finding.severity == "error"] == []

    def test_are_joined_only_where_both_are_there(self) -> None:
        """Without governance, changes have no gate of it, and the loosened roles are as they were."""
        alone = installed().compose(Rules(("integration", "itil")))
        both = installed().compose(Rules(("governance", "integration", "itil")))

        assert [gate for gate in alone.gates if gate.startswith("integration.communication")] == []
        assert "integration.communication_sent" in both.gates
        assert alone.loosenings == ()
        assert {loosening.method for loosening in both.loosenings} == {"governance", "integration"}


class TestOutages:
    def test_are_notified_two_business_days_before(self, joined: Joined) -> None:
        """Informed on Wednesday 10:00 for Friday 10:00, exactly two business days; nobody was informed before that."""
        key = joined.scheduled(planned_outage_min=30)
        joined.desk.at("2026-11-18T10:00:00Z")
        silent = joined.desk.refused(key, "start_implementation", actor="ravi").messages
        joined.inform(key, "2026-11-18T10:00:00Z")
        joined.desk.at("2026-11-20T10:00:00Z")

        assert (
            "an outage of 30 min is planned, and nobody was notified; the required notice is 2 business days"
            in silent
        )
        assert joined.desk.move(key, "start_implementation", actor="ravi").item.state == "implement"

    def test_are_not_informed_too_late(self, joined: Joined) -> None:
        """On Thursday 10:00 it is one business day."""
        key = joined.scheduled(planned_outage_min=60)
        joined.inform(key, "2026-11-19T10:00:00Z")
        joined.desk.at("2026-11-20T10:00:00Z")

        messages = joined.desk.refused(key, "start_implementation", actor="ravi").messages

        assert messages == [
            (
                "an outage of 60 min is planned, and its users were notified on Thursday 19 November 10:00;"
                " the required notice is 2 business days"
            )
        ]

    def test_of_a_change_that_moved_are_notified_again(self, joined: Joined) -> None:
        """Who was informed of ten o'clock does not expect it at half past."""
        key = joined.scheduled(planned_outage_min=30)
        joined.inform(key, "2026-11-17T10:00:00Z")
        joined.desk.at("2026-11-17T11:00:00Z")
        joined.desk.move(key, "reschedule", actor="carl", planned_start="2026-11-20T10:30:00Z")
        joined.desk.at("2026-11-20T10:30:00Z")

        messages = joined.desk.refused(key, "start_implementation", actor="ravi").messages

        assert messages == [
            (
                "an outage of 30 min is planned, and its users were notified of an earlier plan, on Tuesday 17 November"
                " 10:00; it changed on Tuesday 17 November 11:00; the required notice is 2 business days"
            )
        ]

    def test_are_not_announced_by_a_message_about_something_else(self, joined: Joined) -> None:
        """A communication about something else stays that, though somebody links it to the change afterwards."""
        key = joined.scheduled(planned_outage_min=30)
        joined.desk.at("2026-11-17T10:00:00Z")
        old = joined.desk.create(
            "governance.communication", "Menu", actor="nora", audience=["users"], message="There is soup.",
            channel="mail", due_at="2026-11-17T10:00:00Z",
        ).key  # fmt: skip
        joined.desk.move(old, "send", actor="nora")
        joined.desk.link(old, "governance.informs", key, actor="nora")
        joined.desk.at("2026-11-20T10:00:00Z")

        messages = joined.desk.refused(key, "start_implementation", actor="ravi").messages

        assert [message.partition(";")[0] for message in messages] == [
            "an outage of 30 min is planned, and nobody was notified"
        ]

    def test_of_an_emergency_are_notified_before_it_begins(self, joined: Joined) -> None:
        """However late: after its planned start, but before the real one."""
        desk = joined.desk
        ci = desk.create(
            "itil.configuration_item", "web-1", actor="cora", kind="server", criticality=1, data_class="public",
            owner="otto",
        ).key  # fmt: skip
        times = {"planned_start": "2026-11-16T09:30:00Z", "planned_end": "2026-11-16T12:00:00Z"}
        urgent = {"type": "emergency", "reason": "security", "cis": [ci], "planned_outage_min": 20, **times}
        justified = {"emergency_justification": "It is being exploited at this very moment."}
        key = desk.create("itil.change", "Close the hole", actor="maya", **CHANGE | urgent | justified).key
        desk.move(key, "expedite", actor="maya")
        desk.approve(key, "itil.ecab_approval", by=["ecab_member", "duty_manager"])
        desk.move(key, "authorize_emergency", actor="duty_manager")
        desk.at("2026-11-16T09:40:00Z")
        silent = desk.refused(key, "start_implementation", actor="ravi").messages
        joined.inform(key, "2026-11-16T09:45:00Z")

        assert silent == ["an outage of 20 min is planned, and nobody was notified"]
        assert desk.move(key, "start_implementation", actor="ravi").item.state == "implement"

    def test_of_none_nobody_has_to_be_notified(self, joined: Joined) -> None:
        key = joined.scheduled(planned_outage_min=0)
        joined.desk.at("2026-11-20T10:00:00Z")

        assert joined.desk.move(key, "start_implementation", actor="ravi").item.state == "implement"

    def test_are_nobodys_business_where_the_bridge_is_off(self, joined: Joined) -> None:
        joined.configure(bridge_communication_sent=False)
        key = joined.scheduled(planned_outage_min=30)
        joined.desk.at("2026-11-20T10:00:00Z")

        assert joined.desk.move(key, "start_implementation", actor="ravi").item.state == "implement"


class TestTheRegisterOfDecisions:
    def test_keeps_who_authorized_a_change(self, joined: Joined) -> None:
        key = joined.scheduled()

        decision = joined.items("governance.decision")[0]

        assert decision.state == "decided"
        assert (decision.fields["right"], decision.fields["decided_by"]) == ("normal_change", "lea")
        assert decision.fields["rationale"] == "It fits"
        assert decision.links == {"governance.records": (key,)}

    def test_keeps_who_decided_it_and_never_the_system(self, joined: Joined) -> None:
        """The matrix gives a major incident to its manager; an incident manager may declare it under ITIL."""
        key = joined.desk.create(
            "itil.incident",
            "All down",
            actor="uma",
            summary="All down",
            symptoms="Nothing works.",
            channel="phone",
        ).key
        joined.desk.move(
            key, "triage", actor="sam", impact=1, urgency=1, category="mail", no_item_reason="not known"
        )
        joined.desk.move(key, "declare_major", actor="ines", comment="Nothing works for anybody.")

        decision = joined.items("governance.decision")[0]

        assert (decision.fields["right"], decision.fields["decided_by"]) == ("declare_major", "ines")
        assert decision.fields["rationale"] == "Nothing works for anybody."

    def test_lets_roles_of_itil_decide_what_the_matrix_gives_to_them(self, joined: Joined) -> None:
        """A major incident is its manager's to declare, and nobody's from governance."""
        joined.desk.hold("itil.major_incident_manager", "mia")
        key = joined.desk.create(
            "governance.decision", "Is it one?", actor="pola", question="Is it one?", options=["yes", "no"],
            right="declare_major",
        ).key  # fmt: skip
        answer = {"chosen": "no", "rationale": "One office only."}

        refused = joined.desk.refused(key, "decide", actor="olga", **answer)

        assert [blocker.check for blocker in refused.blockers] == ["governance.right_held"]
        assert joined.desk.move(key, "decide", actor="mia", **answer).item.fields["deciders"] == ["mia"]

    def test_keeps_the_exemption_that_a_change_rests_on_once(self, joined: Joined) -> None:
        desk = joined.desk
        desk.create(
            "itil.change_window", "Quarter end", actor="carl", kind="freeze", scope=["all"],
            start="2026-11-19T00:00:00Z", end="2026-11-21T00:00:00Z",
        )  # fmt: skip
        key = joined.exempted()
        desk.at("2026-11-20T10:00:00Z")
        desk.move(key, "start_implementation", actor="ravi")

        found = [
            each for each in joined.items("governance.decision") if each.fields["right"] == "freeze_exemption"
        ]

        assert [(each.fields["deciders"], each.fields["rationale"]) for each in found] == [
            (["carl", "otto"], "The patch cannot wait")
        ]

    def test_keeps_who_said_that_an_emergency_may_be_done(self, joined: Joined) -> None:
        """The duty manager by voice, confirmed, and the board afterwards; recorded when the records are complete."""
        desk = joined.desk
        key = joined.spoken()
        desk.confirm(key, "itil.spoken_authorization", by="dora")
        desk.attach(key, "test_result", actor="ravi")
        plans = {name: CHANGE[name] for name in _RECORDS_OF_AN_EMERGENCY}
        desk.move(key, "document_emergency", actor="maya", **plans)
        desk.move(key, "ask_ecab", actor="carl")
        desk.approve(key, "itil.ecab_approval", by=["ed", "carl"], comment="Right so")
        desk.move(key, "confirm_items", actor="ravi", no_data_change=True)
        desk.edit(key, actor="carl", pir_reviewer="carl", pir_findings="It was right.")
        desk.confirm(key, "itil.change_review", by="carl")
        desk.move(key, "close_change", actor="carl")

        found = [
            each for each in joined.items("governance.decision") if each.fields["right"] == "emergency_change"
        ]

        assert [each.fields["deciders"] for each in found] == [["dora", "ed", "carl"]]

    def test_is_empty_where_it_is_off(self, joined: Joined) -> None:
        joined.configure(decision_log=False)
        joined.scheduled()

        assert joined.items("governance.decision") == []


class TestAKnownError:
    def test_that_is_a_high_risk_is_accepted_by_its_owner_and_the_director(self, joined: Joined) -> None:
        """Two people: neither is enough, and nobody is both. The register has them both."""
        joined.desk.hold("itil.service_owner", "otto", "ivy")
        key = joined.known_error()
        risk = joined.desk.create(
            "governance.risk",
            "Mail",
            actor="rita",
            kind="threat",
            cause="No limit",
            event="Full",
            effect="Late",
        ).key
        joined.desk.link(risk, "governance.raised_from", key, actor="rita")
        joined.desk.move(
            risk, "assess_risk", actor="rita", probability_percent="60", impact_level=4, cost_impact="1",
            proximity="later",
        )  # fmt: skip
        answer = {"comment": REASON, "review_on": "2027-06-01"}

        messages = joined.desk.refused(key, "accept_known_error", actor="otto", **answer).messages

        assert messages == [
            f"from a risk score of 15 on the IT director accepts a known error too: 'Mail' ({risk}) has a score of 16"
        ]
        joined.desk.move(key, "request_acceptance", actor="pia")
        joined.desk.approve(key, "integration.error_acceptance", by=["ivy"], comment="Until the new relay.")
        both = joined.desk.refused(key, "accept_known_error", actor="ivy", **answer).blockers
        assert [blocker.check for blocker in both] == ["integration.error_accepted_by_two"]
        assert joined.desk.move(key, "accept_known_error", actor="otto", **answer).item.state == "accepted"
        (decision,) = joined.items("governance.decision")
        assert decision.fields["deciders"] == ["otto", "ivy"]
        assert decision.fields["rationale"] == f"{REASON}\nUntil the new relay."

    def test_that_is_a_low_one_is_the_owners(self, joined: Joined) -> None:
        answer = {"comment": REASON, "review_on": "2027-06-01"}

        moved = joined.desk.move(joined.known_error(), "accept_known_error", actor="otto", **answer)

        assert moved.item.state == "accepted"


class TestAClosedProblem:
    def test_leaves_a_lesson_behind(self, joined: Joined) -> None:
        key = joined.known_error()
        joined.desk.move(key, "fix_without_change", actor="pia", comment=REASON)
        joined.desk.at("2026-12-01T09:00:00Z")
        joined.desk.move(key, "close_problem", actor="pia")

        lesson = joined.items("governance.lesson")[0]

        assert (lesson.fields["cause"], lesson.links) == ("No limit", {"governance.raised_from": (key,)})


class TestAReviewedChange:
    def close(self, joined: Joined, outcome: str) -> str:
        desk, key = joined.desk, joined.scheduled()
        desk.at("2026-11-20T10:00:00Z")
        desk.move(key, "start_implementation", actor="ravi")
        note = {"verification_note": "All probes are green, a payment went through."}
        desk.move(key, "complete_implementation", actor="ravi", outcome=outcome, **note)
        desk.move(key, "confirm_items", actor="ravi", no_data_change=True)
        review = {"pir_reviewer": "carl", "pir_findings": "The standby was too small."}
        desk.move(key, "close_change", actor="carl", **review)
        return key

    def test_that_had_issues_leaves_a_lesson_behind(self, joined: Joined) -> None:
        key = self.close(joined, "successful_with_issues")

        (lesson,) = joined.items("governance.lesson")

        assert lesson.fields["cause"] == "The standby was too small."
        assert lesson.fields["effect"] == "the outcome was successful with issues"
        assert lesson.links == {"governance.raised_from": (key,)}

    def test_that_went_well_leaves_none(self, joined: Joined) -> None:
        self.close(joined, "successful")

        assert joined.items("governance.lesson") == []


class TestImprovements:
    def test_are_weighed_by_the_owner_of_a_service(self, joined: Joined) -> None:
        key = joined.desk.create("governance.improvement_initiative", "Passwords", actor="otto").key
        scores: dict[str, Any] = {
            "idea": "a",
            "expected_value": "b",
            "effort": "s",
            "measure": "c",
            "value_score": 4,
            "effort_score": 2,
        }

        assert joined.desk.move(key, "assess_initiative", actor="otto", **scores).item.state == "assessed"


class TestTheCommunicationPlan:
    def test_says_nothing_by_itself(self, joined: Joined) -> None:
        """A workspace activates the rows that it wants to have announced."""
        joined.known_error()

        assert joined.items("governance.communication") == []

    def test_informs_the_service_desk_of_a_known_error(self, joined: Joined) -> None:
        """By the channel that is chosen; each analyst confirms it, who needs no role of governance for that."""
        joined.configure(communications={"known_error": "portal"})
        key = joined.known_error()

        (sent,) = joined.items("governance.communication")
        joined.desk.move(sent.key, "confirm_receipt", actor="sam")
        other = joined.desk.refused(sent.key, "confirm_receipt", actor="uma").messages

        assert (sent.state, sent.fields["channel"], sent.fields["message"]) == ("sent", "portal", "Wait.")
        assert sent.links == {"governance.informs": (key,)}
        assert joined.desk.item(sent.key).fields["acknowledged_by"] == ["sam"]
        assert other == ["Uma is not one of its readers"]

    def test_informs_users_of_an_outage_when_it_is_authorized(self, joined: Joined) -> None:
        """Nobody has to confirm it, and nobody has to be informed once more before the change begins."""
        joined.configure(communications={"planned_outage": "mail"})
        key = joined.scheduled(planned_outage_min=30)
        joined.desk.pass_time("2026-11-20T10:00:00Z")

        (sent,) = joined.items("governance.communication")

        assert (sent.state, sent.fields["audience"]) == ("acknowledged", ["users"])
        assert sent.fields["message"] == (
            "Upgrade: expect an outage of 30 min, Friday 20 November 2026 10:00-12:00"
        )
        assert joined.desk.move(key, "start_implementation", actor="ravi").item.state == "implement"

    def test_informs_nobody_of_a_change_that_they_do_not_notice(self, joined: Joined) -> None:
        joined.configure(communications={"planned_outage": "mail"})
        joined.scheduled()

        assert joined.items("governance.communication") == []

    def test_announces_the_updates_of_a_major_incident(self, joined: Joined) -> None:
        joined.configure(communications={"major_incident_update": "status_page"})
        call: dict[str, Any] = {"summary": "All down", "symptoms": "Nothing works.", "channel": "phone"}
        key = joined.desk.create("itil.incident", "All down", actor="uma", **call).key
        joined.desk.move(
            key, "triage", actor="sam", impact=1, urgency=1, category="mail", no_item_reason="not known"
        )
        joined.desk.move(key, "declare_major", actor="ines", comment="Nothing works for anybody.")
        joined.desk.move(key, "post_update", actor="major_incident_manager", comment="We restart the relay.")

        (sent,) = joined.items("governance.communication")

        assert (sent.title, sent.fields["message"]) == ("Major incident: All down", "We restart the relay.")

    def test_has_the_change_schedule_weekly_and_on_each_change(self, joined: Joined) -> None:
        joined.configure(communications={"change_schedule": "portal"})
        key = joined.scheduled()
        joined.desk.move(key, "cancel_change", actor="carl", comment=REASON)
        other = joined.scheduled(planned_start="2026-11-24T10:00:00Z", planned_end="2026-11-24T12:00:00Z")
        joined.desk.create("itil.change", "Only described", actor="maya", **CHANGE)

        joined.desk.pass_time("2026-11-23T07:00:00Z")

        sent = [(each.title, each.fields["message"]) for each in joined.items("governance.communication")]
        assert sorted(message for title, message in sent if title == "Change schedule: Upgrade") == [
            f"Upgrade ({key}) is not on the schedule any more",
            f"Upgrade ({key}) is on the schedule: Friday 20 November 2026 10:00-12:00",
            f"Upgrade ({other}) is on the schedule: Tuesday 24 November 2026 10:00-12:00",
        ]
        assert dict(sent)["Change schedule: the week of 2026-11-23"] == (
            f"Upgrade ({other}): Tuesday 24 November 2026 10:00-12:00"
        )

    def test_announces_a_freeze_once_to_those_who_raise_changes(self, joined: Joined) -> None:
        joined.configure(communications={"freeze": "mail"})
        window = joined.desk.create(
            "itil.change_window", "Year end", actor="carl", kind="freeze", scope=["all"],
            start="2026-12-20T00:00:00Z", end="2026-12-31T00:00:00Z",
        ).key  # fmt: skip

        joined.desk.pass_time("2026-11-20T07:00:00Z")

        (sent,) = joined.items("governance.communication")
        assert (sent.state, sent.title, sent.fields["readers"]) == ("sent", "Freeze: Year end", ["maya"])
        assert sent.links == {"governance.informs": (window,)}

    def test_sends_the_lessons_of_the_month_and_the_reviews_of_benefits(self, joined: Joined) -> None:
        joined.configure(communications={"lessons_digest": "portal", "benefits_review": "mail"})
        desk = joined.desk
        desk.hold("governance.lessons_owner", "lola")
        desk.hold("governance.benefit_owner", "bea")
        desk.hold("governance.senior_user", "hana")
        lesson = desk.create(
            "governance.lesson", "Limit queues", actor="lola", event="a", effect="b", cause="c",
            recommendation="Give each queue a limit.", scope="organisation",
        ).key  # fmt: skip
        desk.move(lesson, "validate", actor="lola", applies_to=["itil.change"])
        benefit = desk.create(
            "governance.benefit", "Fewer calls", actor="hana", description="a", category="quality", baseline="100",
            target_value="70", unit="calls", owner="bea", measure_method="count", measure_dates=["2026-11-20"],
        ).key  # fmt: skip
        desk.move(benefit, "plan_benefit", actor="hana")

        desk.pass_time("2026-12-02T07:00:00Z")

        sent = {each.title: each.fields["message"] for each in joined.items("governance.communication")}
        assert sent == {
            "Lessons of the month: 2026-12-01": f"Limit queues ({lesson}): Give each queue a limit.",
            "Benefits review: Fewer calls": "Fewer calls: target 70 calls, last measured never",
        }

    def test_announces_a_change_of_rules_to_everybody(self, joined: Joined) -> None:
        joined.configure(communications={"rule_change": "mail"})
        joined.desk.hold("governance.cio", "cora")
        key = joined.desk.create(
            "governance.decision", "Agile on?", actor="pola", question="Do we switch agile on?",
            options=["yes", "no"], right="switch_method",
        ).key  # fmt: skip
        joined.desk.move(key, "decide", actor="cora", chosen="yes", rationale="Two teams ask for it.")

        (sent,) = joined.items("governance.communication")

        assert sent.fields["message"] == "Do we switch agile on?\nDecided: yes\nTwo teams ask for it."
        assert {"maya", "sam", "olga", "cora"} <= set(sent.fields["readers"])

    def test_has_no_rows_but_those_that_there_are(self, joined: Joined) -> None:
        with pytest.raises(InvalidError, match="communications"):
            joined.configure(communications={"weather": "mail"})
