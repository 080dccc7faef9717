"""Incidents: classified, worked on, waited for, resolved, closed; and the major ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError
from placet.errors import ForbiddenError, InvalidError

if TYPE_CHECKING:
    from .conftest import Organisation

from .conftest import RESOLVED

REASON = "as was agreed on the phone"
CLASS: dict[str, Any] = {"impact": 3, "urgency": 2, "category": "mail"}


class TestClassifying:
    def test_names_what_is_missing(self, organisation: Organisation) -> None:
        key = organisation.incident()

        blocker = organisation.refused("sam", key, "triage")["itil.incident_fields"]

        assert blocker.message == "missing: impact, urgency, category, configuration items"
        assert blocker.remedy == "classify it; where no configuration item is known, give the reason"
        assert blocker.who == ("itil.service_desk_analyst",)

    def test_takes_an_item_or_the_reason_why_there_is_none(self, organisation: Organisation) -> None:
        with_item, without = organisation.incident(organisation.item()), organisation.incident()

        assert organisation.move("sam", with_item, "triage", **CLASS) == "triaged"
        assert organisation.move("sam", without, "triage", **CLASS, no_item_reason="not known") == "triaged"

    @pytest.mark.parametrize(
        ("impact", "priorities"),
        [
            (1, ["P1", "P1", "P2", "P3"]),
            (2, ["P1", "P2", "P3", "P3"]),
            (3, ["P2", "P3", "P3", "P4"]),
            (4, ["P3", "P3", "P4", "P4"]),
        ],
    )
    def test_gives_it_a_priority_by_impact_and_urgency(
        self, organisation: Organisation, impact: int, priorities: list[str]
    ) -> None:
        keys = [organisation.incident(impact=impact, urgency=urgency) for urgency in (1, 2, 3, 4)]

        assert [organisation.fields(key)["priority"] for key in keys] == priorities

    def test_follows_the_matrix_of_the_workspace(self, organisation: Organisation) -> None:
        organisation.configure(priority_matrix=[["P4"] * 4] * 4)

        assert organisation.fields(organisation.incident(impact=1, urgency=1))["priority"] == "P4"

    def test_is_overridden_by_an_incident_manager_with_a_reason(self, organisation: Organisation) -> None:
        """Not by an edit, and not in silence."""
        key = organisation.triaged()

        silent = organisation.refused("ines", key, "override_priority", priority_override="P1")
        organisation.move("ines", key, "override_priority", REASON, priority_override="P1")

        assert silent["itil.reason_text"].message == "no reason is given"
        assert organisation.fields(key)["priority"] == "P1"
        with pytest.raises(BlockedError, match="priority override cannot be changed"):
            organisation.edit("sam", key, priority_override="P4")


class TestWorking:
    def test_begins_when_somebody_has_taken_it(self, organisation: Organisation) -> None:
        key = organisation.triaged()

        nobody = organisation.refused("rosa", key, "start_work")["itil.assignee"]
        other = organisation.refused("rosa", key, "start_work", assignee="maya")["itil.assignee"]
        organisation.move("rosa", key, "start_work", assignee="rosa")

        assert (nobody.message, nobody.remedy) == ("nobody is assigned", "take it, or assign it to somebody")
        assert other.message == "Maya is not a resolver or service desk analyst"
        assert organisation.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"

    def test_goes_to_the_next_level_with_a_group(self, organisation: Organisation) -> None:
        """Where nobody has taken it yet."""
        key = organisation.started()
        unnamed = organisation.refused("rosa", key, "escalate_functional")["itil.level"]

        organisation.move("rosa", key, "escalate_functional", next_group="operations")

        fields = organisation.fields(key)
        assert (unnamed.message, unnamed.remedy) == ("missing: next group", "name the group that takes over")
        assert organisation.state(key) == "triaged"
        assert (fields["support_level"], fields["reassign_count"], fields["group"]) == (2, 1, "operations")
        assert fields.get("assignee") is None

    def test_ends_at_the_third_level(self, organisation: Organisation) -> None:
        key = organisation.started()
        for _ in range(2):
            organisation.move("rosa", key, "escalate_functional", next_group="operations")
            organisation.move("rosa", key, "start_work", assignee="rosa")

        blocker = organisation.refused("rosa", key, "escalate_functional", next_group="builders")[
            "itil.level"
        ]

        assert blocker.message == "it is at support level 3 of 3 already"
        assert blocker.remedy == "escalate it to management"
        assert organisation.move("ines", key, "escalate_hierarchical") == "in_progress"

    def test_waits_for_something_that_is_there(self, organisation: Organisation) -> None:
        key = organisation.started()

        nothing = organisation.refused("rosa", key, "pend")["itil.pending_fields"]
        vendor = organisation.refused("rosa", key, "pend", pending_reason="awaiting_vendor")
        change = organisation.refused("rosa", key, "pend", pending_reason="awaiting_change")

        assert nothing.message == "missing: pending reason"
        assert vendor["itil.pending_fields"].message == "missing: vendor reference"
        assert change["itil.pending_fields"].message == (
            "it waits for a change, and no open change is linked"
        )

    def test_waits_for_an_open_change(self, organisation: Organisation) -> None:
        key = organisation.started()
        fix = organisation.change(organisation.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organisation.link("rosa", key, "itil.fixed_by_change", fix)

        assert organisation.move("rosa", key, "pend", pending_reason="awaiting_change") == "pending"
        assert organisation.fields(fix)["unplanned_rework"] is True


class TestResolving:
    def test_says_what_was_wrong_and_what_helped(self, organisation: Organisation) -> None:
        key = organisation.started()

        assert organisation.messages("rosa", key, "resolve", resolution_notes="Fixed.") == [
            "missing: resolution code",
            "the resolution notes have 6 characters, and at least 20 are required",
        ]
        assert organisation.move("rosa", key, "resolve", **RESOLVED) == "resolved"

    def test_as_a_duplicate_names_the_original(self, organisation: Organisation) -> None:
        key, original = organisation.started(), organisation.started()
        duplicate = RESOLVED | {"resolution_code": "duplicate"}

        blocker = organisation.refused("rosa", key, "resolve", **duplicate)["itil.resolution_fields"]
        organisation.link("rosa", key, "itil.duplicate_of", original)

        assert blocker.message == "it is a duplicate, and its original is not linked"
        assert organisation.move("rosa", key, "resolve", **duplicate) == "resolved"

    def test_waits_until_a_major_incident_is_stood_down(self, organisation: Organisation) -> None:
        key = organisation.started(impact=1, urgency=1)
        organisation.move("mia", key, "declare_major")

        blocker = organisation.refused("rosa", key, "resolve", **RESOLVED)["itil.not_major"]

        assert (blocker.message, blocker.remedy) == (
            "it is still a declared major incident",
            "stand it down first",
        )


class TestClosing:
    def test_waits_for_the_user(self, organisation: Organisation) -> None:
        """The refusal says until when; a user who closes it confirms it by that."""
        key, other = organisation.resolved(), organisation.resolved()

        blocker = organisation.refused("sam", key, "close")["itil.confirmation"]

        assert blocker.message == "it waits for the user until Friday 20 November 17:00"
        assert blocker.remedy == "ask them, and confirm the resolution"
        assert blocker.earliest is not None
        assert organisation.move("uma", other, "close", satisfaction=5) == "closed"

    def test_takes_the_users_word_at_the_desk(self, organisation: Organisation) -> None:
        key = organisation.resolved()

        organisation.move("sam", key, "confirm_resolution", "She said so on the phone.")

        assert organisation.move("sam", key, "close") == "closed"

    def test_waits_for_the_change_that_fixes_it(self, organisation: Organisation) -> None:
        key = organisation.started()
        fix = organisation.change(organisation.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organisation.link("rosa", key, "itil.fixed_by_change", fix)
        organisation.move("rosa", key, "resolve", **RESOLVED)

        blocker = organisation.refused("uma", key, "close")["itil.fix_change_final"]
        organisation.move("maya", fix, "cancel_change", REASON)

        assert blocker.message == (
            f"the fixing change is not finished: '{organisation.desk.item(fix).title}' ({fix}) is in 'New'"
        )
        assert organisation.move("uma", key, "close") == "closed"

    def test_is_not_the_users_word_where_the_desk_recorded_it(self, organisation: Organisation) -> None:
        """Who takes a call and names nobody has not asked anybody."""
        key = organisation.resolved(by="sam")

        assert "itil.confirmation" in organisation.refused("sam", key, "close")

    def test_of_a_p1_waits_for_its_problem(self, organisation: Organisation) -> None:
        key = organisation.resolved(impact=2, urgency=1)

        blocker = organisation.refused("uma", key, "close")["itil.problem_linked"]
        dropped = organisation.problem()
        organisation.link("pia", key, "itil.caused_by_problem", dropped)
        organisation.move("pia", dropped, "cancel_problem", REASON)
        still = organisation.refused("uma", key, "close")["itil.problem_linked"]
        organisation.desk.unlink(key, "itil.caused_by_problem", dropped, actor="pia", comment=REASON)
        organisation.link("pia", key, "itil.caused_by_problem", organisation.problem())

        assert still.message == blocker.message == "its priority is P1, and no problem is linked"
        assert organisation.move("uma", key, "close") == "closed"

    def test_of_what_was_a_major_incident_waits_for_it_too(self, organisation: Organisation) -> None:
        """Whatever its priority is by now."""
        key = organisation.started(impact=3, urgency=2)
        organisation.move("mia", key, "declare_major", REASON)
        organisation.move("mia", key, "post_update", "It works again.")
        organisation.move("mia", key, "stand_down_major")
        organisation.move("rosa", key, "resolve", **RESOLVED)
        [problem] = organisation.desk.item(key).links["itil.caused_by_problem"]
        organisation.desk.unlink(key, "itil.caused_by_problem", problem, actor="sam", comment=REASON)

        blocker = organisation.refused("uma", key, "close")["itil.problem_linked"]

        assert organisation.fields(key)["priority"] == "P3"
        assert blocker.message == "it was a major incident, and no problem is linked"


class TestLinks:
    def test_of_a_closed_incident_stay(self, organisation: Organisation) -> None:
        """The problem that let it close is part of the record."""
        key = organisation.resolved(impact=2, urgency=1)
        problem = organisation.problem()
        organisation.link("pia", key, "itil.caused_by_problem", problem)
        organisation.move("uma", key, "close")

        with pytest.raises(BlockedError, match="its links are part of the record"):
            organisation.desk.unlink(key, "itil.caused_by_problem", problem, actor="pia")


class TestUsers:
    def test_act_on_their_own(self, organisation: Organisation) -> None:
        """Recorded by them, or for them; the desk acts on all."""
        own, hers = organisation.resolved(by="udo"), organisation.resolved(by="sam", requester="uma")

        stranger = organisation.refused("uma", own, "reopen", REASON)["itil.own_item"]

        assert (stranger.message, stranger.remedy) == ("it belongs to Udo", "ask Udo, or the service desk")
        assert organisation.move("uma", hers, "reopen", REASON) == "in_progress"

    def test_withdraw_what_they_raised_in_error(self, organisation: Organisation) -> None:
        assert organisation.move("uma", organisation.incident(), "cancel_incident", REASON) == "cancelled"

    def test_do_not_decide_for_others(self, organisation: Organisation) -> None:
        """What transitions record cannot be written into a new incident."""
        with pytest.raises(InvalidError, match="priority_override: is set by what happens to the item"):
            organisation.incident(priority_override="P1", reopen_count=3)

    def test_do_not_edit(self, organisation: Organisation) -> None:
        """What the desk records is the desk's."""
        with pytest.raises(ForbiddenError, match="uma may not edit"):
            organisation.edit("uma", organisation.incident(), symptoms="It is all fine.")


class TestAMajorIncident:
    @pytest.mark.parametrize(
        "fields",
        [{"impact": 1, "urgency": 1}, {"users_affected": 500}, {"regulated_data_exposed": True}],
    )
    def test_is_a_candidate_by_the_criteria(self, organisation: Organisation, fields: dict[str, Any]) -> None:
        key = organisation.incident(**fields)

        assert organisation.fields(key)["major"] == "candidate"

    def test_is_one_where_a_critical_service_is_down(self, organisation: Organisation) -> None:
        gateway, printer = organisation.item("gateway", 5), organisation.item("printer", 4)

        keys = [organisation.incident(item, service_down=True) for item in (gateway, printer)]

        assert [organisation.fields(key)["major"] for key in keys] == ["candidate", "no"]

    def test_is_declared_outside_the_criteria_by_its_manager_alone(self, organisation: Organisation) -> None:
        key = organisation.triaged(users_affected=499)

        blocker = organisation.refused("ines", key, "declare_major", REASON)["itil.major_candidate"]
        organisation.move("mia", key, "declare_major", REASON)

        assert blocker.message == (
            "none of the criteria for a major incident holds: P1 (it is P3), 500 users affected (499),"
            " a critical service down (not ticked), regulated data exposed (not ticked)"
        )
        fields = organisation.fields(key)
        assert (organisation.state(key), fields["priority"], fields["major"]) == (
            "in_progress",
            "P1",
            "declared",
        )
        assert fields["first_response_at"] == "2026-11-16T09:00:00Z"

    def test_is_declared_once(self, organisation: Organisation) -> None:
        """To declare it anew would hide for how long nobody was informed."""
        key = organisation.started(impact=1, urgency=1)
        organisation.move("mia", key, "declare_major")

        assert "itil.not_major" in organisation.refused("mia", key, "declare_major")

    def test_follows_other_criteria(self, organisation: Organisation) -> None:
        organisation.configure(major_criteria=["users_affected"], major_users_affected=10)

        keys = [organisation.incident(impact=1, urgency=1), organisation.incident(users_affected=10)]

        assert [organisation.fields(key)["major"] for key in keys] == ["no", "candidate"]

    def test_is_stood_down_when_everybody_was_kept_informed(self, organisation: Organisation) -> None:
        """None yet, then too long ago, then just now; its problem is made along with it."""
        key = organisation.started(impact=1, urgency=1)
        organisation.move("mia", key, "declare_major")
        organisation.at("2026-11-16T09:20:00Z")
        none = organisation.refused("mia", key, "stand_down_major")["itil.updates"]
        organisation.move("mia", key, "post_update", "We know the cause.", update_audience="everybody")
        organisation.at("2026-11-16T09:51:00Z")
        late = organisation.refused("mia", key, "stand_down_major")["itil.updates"]
        organisation.move("mia", key, "post_update", "It works again.")

        organisation.move("mia", key, "stand_down_major")

        fields = organisation.fields(key)
        assert none.message == "no update was sent yet"
        assert late.message == "the last update was 31 minutes ago, and at most 30 are allowed"
        assert [(u["at"][11:16], u["audience"]) for u in fields["major_updates"]] == [
            ("09:20", "everybody"),
            ("09:51", "everybody affected"),
        ]
        assert (fields["major"], fields["priority"]) == ("stood_down", "P1")
        problem = organisation.desk.item(key).links["itil.caused_by_problem"][0]
        assert organisation.fields(problem)["source"] == "major_incident"

    def test_with_a_gap_is_stood_down_with_the_reason_for_it(self, organisation: Organisation) -> None:
        """Nobody can be informed in hindsight; that it did not happen is on record."""
        key = organisation.started(impact=1, urgency=1)
        organisation.move("mia", key, "declare_major")
        organisation.at("2026-11-16T10:01:00Z")
        organisation.move("mia", key, "post_update", "We know the cause.")

        blocker = organisation.refused("mia", key, "stand_down_major")["itil.updates"]

        assert (
            blocker.message
            == "there was no update for 61 minutes from Monday 16 November 09:00 on, and at most 60 are allowed"
        )
        reported = "The status page itself was down for that hour."
        assert organisation.move("mia", key, "stand_down_major", reported) == "in_progress"

    def test_that_is_none_has_no_updates(self, organisation: Organisation) -> None:
        blocker = organisation.refused("mia", organisation.started(), "post_update", REASON)[
            "itil.is_declared"
        ]

        assert (blocker.message, blocker.remedy) == (
            "it is not a declared major incident",
            "declare it first",
        )


class TestAPriority:
    def test_is_lowered_by_an_incident_manager_alone_with_a_reason(self, organisation: Organisation) -> None:
        """An edit has no reason, nor has a field that comes along with another step; the event has both."""
        key = organisation.started(impact=2, urgency=1)
        with pytest.raises(BlockedError) as edited:
            organisation.edit("ines", key, impact=4)
        along = organisation.refused("rosa", key, "pend", pending_reason="awaiting_user", urgency=4)
        role = organisation.refused("rosa", key, "override_priority", REASON, impact=4)
        silent = organisation.refused("ines", key, "override_priority", impact=4)

        organisation.move("ines", key, "override_priority", REASON, impact=4)

        (blocker,) = edited.value.blockers
        assert blocker.message == "its priority would be lowered from P1 to P3"
        assert blocker.remedy == "have Ines set the priority, with a reason"
        assert set(along) == {"itil.priority_kept"}
        assert (set(role), set(silent)) == ({"role"}, {"itil.reason_text"})
        event = organisation.desk.history(key)[-1]
        assert (event.actor, event.data["changes"]["priority"]) == ("ines", ["P1", "P3"])

    def test_is_raised_by_those_who_work_on_it(self, organisation: Organisation) -> None:
        key = organisation.started()

        organisation.edit("rosa", key, impact=1)

        assert organisation.fields(key)["priority"] == "P1"

    def test_is_not_lowered_before_a_major_incident_ends(self, organisation: Organisation) -> None:
        """Neither as it is shown, nor as it would be a moment after."""
        key = organisation.started(impact=1, urgency=1)
        organisation.move("mia", key, "declare_major")

        refused = organisation.refused("ines", key, "override_priority", REASON, priority_override="P4")
        with pytest.raises(BlockedError, match="P1 to P4"):
            organisation.edit("ines", key, impact=4, urgency=4)

        assert set(refused) == {"itil.not_major"}

    def test_is_free_until_it_is_triaged(self, organisation: Organisation) -> None:
        """A user's own guess binds nobody."""
        key = organisation.incident(impact=1, urgency=1)

        organisation.edit("sam", key, impact=4, urgency=4)

        assert organisation.fields(key)["priority"] == "P4"


class TestLinksAsEvidence:
    @pytest.mark.parametrize("link_type", ["itil.caused_by_change", "itil.fixed_by_change"])
    def test_are_removed_with_a_reason(self, organisation: Organisation, link_type: str) -> None:
        """The event keeps it; without one the link stays, on open items too."""
        key = organisation.started()
        change = organisation.emergency(organisation.item())
        organisation.link("rosa", key, link_type, change)
        with pytest.raises(BlockedError, match="evidence") as refused:
            organisation.desk.unlink(key, link_type, change, actor="rosa")

        organisation.desk.unlink(key, link_type, change, actor="rosa", comment=REASON)

        assert refused.value.blockers[0].remedy == "say why, in at least 10 characters"
        event = organisation.desk.history(key)[-1]
        assert (event.kind, event.data["comment"]) == ("unlinked", REASON)


class TestTheStrictWay:
    @pytest.mark.parametrize("transition", ["start_work", "pend", "resolve"])
    def test_skips_nothing(self, organisation: Organisation, transition: str) -> None:
        assert set(organisation.refused("rosa", organisation.incident(), transition)) >= {"workflow.state"}

    def test_begins_at_the_beginning(self, organisation: Organisation) -> None:
        with pytest.raises(InvalidError, match=r"a itil\.incident is made in new, not in resolved"):
            organisation.desk.create(
                "itil.incident", actor="ines", state="resolved", summary="a", symptoms="b", channel="mail"
            )

    def test_has_nothing_loosened(self, organisation: Organisation) -> None:

        assert organisation.desk.catalog.loosenings == ()


class TestThePracticalWay:
    @pytest.fixture(autouse=True)
    def practical(self, organisation: Organisation) -> None:
        organisation.configure(incident_strictness="practical")

    def test_resolves_on_the_phone(self, organisation: Organisation) -> None:
        """Without triage or assignment; that is an answer, too."""
        key = organisation.incident()

        assert organisation.move("sam", key, "resolve", **RESOLVED) == "resolved"
        assert organisation.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"

    def test_is_over_when_the_phone_is_put_down(self, organisation: Organisation) -> None:
        """Classified, resolved and closed in one step, with its promises kept; the user who comes back reopens it."""
        key = organisation.incident()
        call: dict[str, Any] = {"impact": 3, "urgency": 3, "category": "mail", "no_item_reason": "not known"}

        bare = organisation.refused("sam", key, "resolve_and_close", **RESOLVED)
        closed = organisation.move("sam", key, "resolve_and_close", **RESOLVED, **call)
        timers = {
            id: organisation.desk.timer(organisation.desk.item(key), id).reading.status.value
            for id in ("itil.response", "itil.resolution")
        }

        assert set(bare) == {"itil.incident_fields"}
        assert (closed, timers) == ("closed", {"itil.response": "met", "itil.resolution": "met"})
        assert organisation.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"
        assert organisation.move("uma", key, "reopen", REASON) == "in_progress"

    def test_that_is_grave_is_not_over_without_its_problem(self, organisation: Organisation) -> None:
        key = organisation.incident()
        grave: dict[str, Any] = {"impact": 1, "urgency": 1, "category": "mail", "no_item_reason": "not known"}

        refused = organisation.refused("sam", key, "resolve_and_close", **RESOLVED, **grave)

        assert "itil.problem_linked" in refused

    def test_goes_back_to_the_queue(self, organisation: Organisation) -> None:
        """With a reason, counted as handed on, and without losing its clock."""
        key = organisation.started()

        blocker = organisation.refused("rosa", key, "return_to_queue")["itil.reason_text"]
        organisation.move("rosa", key, "return_to_queue", REASON)

        assert blocker.remedy == "say why, in at least 10 characters"
        assert (organisation.state(key), organisation.fields(key)["reassign_count"]) == ("triaged", 1)
        timer = organisation.desk.timer(organisation.desk.item(key), "itil.resolution")
        assert timer.reading.status.value == "running"

    def test_resolves_what_waits(self, organisation: Organisation) -> None:
        key = organisation.started()
        organisation.move("rosa", key, "pend", pending_reason="awaiting_user")

        assert organisation.move("rosa", key, "resolve", **RESOLVED) == "resolved"

    def test_reopens_what_was_closed(self, organisation: Organisation) -> None:
        key = organisation.resolved()
        organisation.move("uma", key, "close")

        assert organisation.move("uma", key, "reopen", REASON) == "in_progress"
        assert organisation.fields(key).get("closed_at") is None

    def test_reopens_for_another_group_in_one_step(self, organisation: Organisation) -> None:
        """In the queue of that group, without an assignee, counted as handed on, with its clock going on."""
        key = organisation.triaged(group="mail")
        organisation.move("rosa", key, "start_work", assignee="rosa")
        organisation.move("rosa", key, "resolve", **RESOLVED)

        same = organisation.refused("sam", key, "reopen_elsewhere", REASON, group="mail")["itil.other_group"]
        state = organisation.move("sam", key, "reopen_elsewhere", REASON, group="network")
        clock = organisation.desk.timer(organisation.desk.item(key), "itil.resolution").reading
        organisation.desk.pass_time("2026-12-01T17:00:00Z")

        fields = organisation.fields(key)
        assert same.message == "'mail' had it before"
        assert (state, organisation.state(key)) == ("triaged", "triaged")
        assert (fields["group"], fields.get("assignee")) == ("network", None)
        assert (fields["reopen_count"], fields["reassign_count"], fields.get("resolved_at")) == (1, 1, None)
        assert clock.status.value == "running"

    def test_reopens_for_another_group_within_the_time_and_with_a_reason(
        self, organisation: Organisation
    ) -> None:
        key = organisation.resolved()
        bare = organisation.refused("sam", key, "reopen_elsewhere")
        organisation.move("uma", key, "close")
        organisation.at("2026-11-24T09:00:01Z")

        late = organisation.refused("sam", key, "reopen_elsewhere", REASON, group="network")

        assert set(bare) == {"itil.reason_text", "itil.other_group"}
        assert set(late) == {"itil.reopen_time"}

    def test_takes_over_what_began_elsewhere(self, organisation: Organisation) -> None:
        """By an incident manager; clocks that start with the record do not start."""
        given: dict[str, Any] = {"summary": "a", "symptoms": "b", "channel": "mail"}

        made = organisation.desk.create("itil.incident", actor="ines", state="in_progress", **given)

        assert (made.state, made.timers) == ("in_progress", {})
        with pytest.raises(ForbiddenError, match="sam may not make a"):
            organisation.desk.create("itil.incident", actor="sam", state="in_progress", **given)

    def test_still_closes_only_what_was_resolved(self, organisation: Organisation) -> None:
        assert set(organisation.refused("sam", organisation.started(), "close")) >= {"workflow.state"}

    def test_says_of_every_loosening_why(self, organisation: Organisation) -> None:

        assert [(each.target, bool(each.reason)) for each in organisation.desk.catalog.loosenings] == [
            ("itil.incident.start_work: sources", True),
            ("itil.incident.pend: sources", True),
            ("itil.incident.resolve: sources", True),
            ("itil.incident.reopen: sources", True),
            ("itil.incident.return_to_queue", True),
            ("itil.incident.resolve_and_close", True),
            ("itil.incident.reopen_elsewhere", True),
            ("itil.incident: entries", True),
        ]
