"""Consequences in one method of another: sprints, changes, incidents, risks, benefits and lessons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from placet import BlockedError
from placet.engine.engine import SYSTEM_ACTOR
from placet_integration import PAIRS

from .joined import Joined, joined


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    with joined(tmp_path_factory.mktemp("joined")) as found:
        yield found


def made(ground: Joined, type: str, since: int) -> list[Any]:
    """Items of a type that were made since there were so many items."""
    return [each for each in ground.desk.items()[since:] if each.type == type]


def in_review(ground: Joined, key: str) -> None:
    """Back out a change that is being implemented."""
    ground.forced(key, "start_backout", "change_implementer")
    ground.forced(
        key, "finish_backout", "change_implementer", verification_note="The old version works again."
    )


class TestAChangeThatWentWrong:
    def test_sends_its_products_back_with_a_bug_for_the_team(self, ground: Joined) -> None:
        """No issue is raised: nobody was hurt."""
        product = ground.product("approved")
        ground.story(product)
        change = ground.change(product, state="implement")
        before = len(ground.desk.items())

        in_review(ground, change)

        (bug,) = made(ground, "agile.bug", before)
        assert ground.item(product).state == "in_development"
        assert (bug.fields["team"], bug.fields["class_of_service"]) == (ground.team_key, "standard")
        assert made(ground, "prince2.issue", before) == []

    def test_raises_an_issue_of_the_project_where_it_caused_an_incident(self, ground: Joined) -> None:
        """One for each incident, severe for an urgent one; and what failed has caused one in any case."""
        product = ground.product("approved")
        change = ground.change(product, state="implement")
        before = len(ground.desk.items())

        ground.forced(change, "declare_failed", "change_implementer")
        urgent = ground.incident(change, impact=1, urgency=1)
        ground.desk.link(urgent, "itil.caused_by_change", change, actor="service_desk_analyst")

        incidents = made(ground, "itil.incident", before)
        issues = made(ground, "prince2.issue", before)
        assert [each.fields["kind"] for each in issues] == ["off_specification"] * 2
        assert [each.links["integration.raised_from"] for each in issues] == [
            (each.key,) for each in incidents
        ]
        assert issues[1].fields["severity"] == 4
        assert issues[1].parent == ground.project_key

    def test_has_no_such_consequences_where_they_are_off(self, ground: Joined) -> None:
        ground.configure(bridge_rework=False, bridge_incident_issue=False)
        product = ground.product("approved")
        change = ground.change(product, state="implement")
        before = len(ground.desk.items())

        in_review(ground, change)
        ground.incident(change, impact=1, urgency=1)
        ground.configure()

        assert ground.item(product).state == "approved"
        assert {each.type for each in ground.desk.items()[before:]} == {"itil.incident"}


class TestTheEndOfASprint:
    def test_drafts_the_checkpoint_reports_of_its_packages(self, ground: Joined) -> None:
        """Without enough past there is no forecast, and the report says so."""
        package = ground.started()
        ground.story(package)
        sprint = ground.planned()
        ground.forced(sprint, "start_sprint", "scrum_master")
        before = len(ground.desk.items())

        ground.forced(
            sprint, "cancel", "product_owner", cancel_reason="The law has changed.", goal_obsolete=True
        )

        reports = [each for each in made(ground, "prince2.report", before) if each.parent == package]
        assert [each.fields["kind"] for each in reports] == ["checkpoint"]
        assert "1 item of the backlog is left. No forecast" in reports[0].fields["outlook"]

    def test_forecasts_them_from_the_throughput_of_the_team(self, tmp_path: Path) -> None:
        """A story a day: three more take three days in nearly all futures."""
        with joined(tmp_path) as ground:
            package = ground.started()
            for day in range(16, 31):
                ground.desk.pass_time(f"2026-11-{day:02}T10:00:00Z")
                ground.finished(package)
            ground.desk.pass_time("2026-12-08T09:00:00Z")
            for _ in range(3):
                ground.story(package)
            sprint = ground.planned(planned_start="2026-12-08T09:00:00Z", planned_end="2026-12-22T09:00:00Z")
            ground.forced(sprint, "start_sprint", "scrum_master")
            ground.forced(
                sprint, "cancel", "product_owner", cancel_reason="The law has changed.", goal_obsolete=True
            )

            assert "2026-12-11" <= str(ground.item(package).fields["forecast_end"]) <= "2026-12-20"


class TestABoard:
    def test_hears_of_a_risk_that_came_true(self, ground: Joined) -> None:
        risk = ground.create(
            "risk_owner", "governance.risk", parent=ground.project_key, kind="threat", cause="One supplier",
            event="It is bankrupt", effect="Nobody delivers",
        )  # fmt: skip
        before = len(ground.desk.items())

        ground.move("risk_owner", risk, "materialise")

        (message,) = made(ground, "governance.communication", before)
        assert message.links["governance.informs"] == (risk,)
        assert set(message.fields["readers"]) == {"executive", "senior_user", "senior_supplier"}

    def test_hears_once_of_an_issue_that_threatens_the_project(self, ground: Joined) -> None:
        said = {"kind": "problem_concern", "description": "The office has burned down.", "severity": 5}
        before = len(ground.desk.items())

        issue = ground.create("project_manager", "prince2.issue", parent=ground.project_key, **said)
        for severity in (4, 5):
            ground.desk.edit(issue, actor="project_manager", severity=severity)

        (message,) = made(ground, "governance.communication", before)
        assert message.links["governance.informs"] == (issue,)

    def test_hears_of_nothing_where_that_is_off(self, ground: Joined) -> None:
        ground.configure(bridge_board_informed=False)
        said = {"kind": "problem_concern", "description": "The office has burned down.", "severity": 5}
        before = len(ground.desk.items())

        ground.create("project_manager", "prince2.issue", parent=ground.project_key, **said)
        ground.configure()

        assert made(ground, "governance.communication", before) == []


class TestABenefit:
    def test_that_is_missed_is_an_issue_of_its_project(self, ground: Joined) -> None:
        benefit = ground.create(
            "benefit_owner", "governance.benefit", parent=ground.project_key, description="Fewer calls",
            category="cost_saving", owner="benefit_owner",
        )  # fmt: skip
        for transition in ("plan_benefit", "start_tracking"):
            ground.forced(benefit, transition, "benefit_owner")
        before = len(ground.desk.items())

        ground.move("business_layer", benefit, "declare_missed")

        (issue,) = made(ground, "prince2.issue", before)
        assert (issue.fields["kind"], issue.fields["severity"]) == ("problem_concern", 4)
        assert issue.links["integration.raised_from"] == (benefit,)


class TestALesson:
    def test_for_the_organization_is_offered_and_shown_to_the_next_project(self, ground: Joined) -> None:
        said = {
            "event": "It was late",
            "effect": "Fines",
            "cause": "One supplier",
            "recommendation": "Have two.",
        }
        lesson = ground.create("lessons_owner", "governance.lesson", scope="organisation", **said)
        before = len(ground.desk.items())

        ground.move("lessons_owner", lesson, "validate", applies_to=["itil"])
        project = ground.create("business_layer", "prince2.project", mandate="Claims are filed online.")
        ground.appoint(project, "prince2", "executive")
        ground.forced(project, "start_up", "business_layer")

        (offered,) = made(ground, "governance.improvement_initiative", before)
        (report,) = made(ground, "prince2.report", before)
        assert offered.links["integration.raised_from"] == (lesson,)
        assert lesson in report.fields["earlier_lessons"]

    def test_about_changes_is_shown_where_a_model_of_changes_is_reviewed(self, ground: Joined) -> None:
        """By the setting `bridge_lesson_shown`, and not where that is off."""
        said = {
            "event": "It was late",
            "effect": "Fines",
            "cause": "Nobody looked",
            "recommendation": "Look.",
        }
        lesson = ground.create("lessons_owner", "governance.lesson", scope="organisation", **said)
        ground.move("lessons_owner", lesson, "validate", applies_to=["itil.change"])
        shown, other = (ground.create("change_initiator", "itil.change_model") for _ in range(2))

        ground.forced(shown, "propose_model", "change_initiator")
        ground.configure(bridge_lesson_shown=False)
        ground.forced(other, "propose_model", "change_initiator")
        ground.configure()

        assert lesson in ground.item(shown).fields["lessons"]
        assert ground.item(other).fields["lessons"] == []


class TestTheRegisterOfDecisions:
    def decisions(self, ground: Joined, since: int) -> list[tuple[str, str, list[str]]]:
        return [
            (each.fields["right"], each.fields["chosen"], each.fields["deciders"])
            for each in made(ground, "governance.decision", since)
        ]

    def test_keeps_what_is_decided_in_projects_and_teams(self, ground: Joined) -> None:
        """With who took it; the baseline of nothing is nobody's decision."""
        before = len(ground.desk.items())
        package = ground.package()
        ground.forced(package, "authorize_work_package", "project_manager")
        ground.product("approved")
        sprint = ground.planned()
        ground.forced(sprint, "start_sprint", "scrum_master")
        ground.forced(
            sprint, "cancel", "product_owner", cancel_reason="The law has changed.", goal_obsolete=True
        )

        assert self.decisions(ground, before) == [
            ("work_in_stage", "authorize it", ["project_manager"]),
            ("accept_product", "accept it", ["project_manager"]),
            ("cancel_sprint", "cancel it", ["product_owner"]),
        ]

    def test_has_each_decision_with_its_deciders_from_the_first_event_on(self, ground: Joined) -> None:
        """It is made with all that is known, linked, and decided: nothing is edited in between."""
        before = len(ground.desk.items())

        ground.forced(ground.package(), "authorize_work_package", "project_manager")

        (decision,) = made(ground, "governance.decision", before)
        events = ground.desk.history(decision)
        assert events[0].data["changes"]["deciders"] == [None, ["project_manager"]]
        assert [event.kind for event in events] == ["created", "linked", "transition"]

    def test_is_empty_where_it_is_off(self, ground: Joined) -> None:
        ground.configure(decision_log=False)
        before = len(ground.desk.items())

        ground.forced(ground.package(), "authorize_work_package", "project_manager")
        ground.configure()

        assert self.decisions(ground, before) == []


class TestAFinding:
    def test_is_announced_to_its_owner_where_the_plan_has_it(self, ground: Joined) -> None:
        """Once, with what was found; a control is announced to its performer when it is proposed."""
        ground.configure(communications={"finding": "mail", "control_activation": "mail"})
        before = len(ground.desk.items())

        finding = ground.finding(owner="finding_owner")
        control = str(ground.item(finding).parent)
        ground.forced(control, "propose_control", "control_owner")
        ground.configure()

        messages = made(ground, "governance.communication", before)
        assert [(each.links["governance.informs"], each.fields["readers"]) for each in messages] == [
            ((finding,), ["finding_owner"]), ((control,), ["control_performer"]),
        ]  # fmt: skip
        assert "Nobody reviews." in messages[0].fields["message"]

    def test_is_not_where_that_is_off(self, ground: Joined) -> None:
        ground.configure(communications={"finding": "mail"}, bridge_finding_announced=False)
        before = len(ground.desk.items())

        ground.finding(owner="finding_owner")
        ground.configure()

        assert made(ground, "governance.communication", before) == []


class TestAControl:
    """The announcement to its performer, by the setting `bridge_control_announced`."""

    def announced(self, ground: Joined, **settings: Any) -> list[tuple[Any, Any]]:
        """The announcements when a control is proposed under these settings, and to whom."""
        ground.configure(communications={"control_activation": "mail"}, **settings)
        control = ground.create(
            "control_owner", "cobit.control", practice_id="BAI06.01", statement="Two people approve.",
            control_performer="change_manager",
        )  # fmt: skip
        before = len(ground.desk.items())
        ground.forced(control, "propose_control", "control_owner")
        ground.configure()
        return [
            (each.fields["message"], each.fields["readers"])
            for each in made(ground, "governance.communication", before)
        ]

    def test_is_announced_to_who_performs_it_before_it_is_activated(self, ground: Joined) -> None:
        assert self.announced(ground) == [("Two people approve.", ["change_manager"])]

    def test_is_not_where_that_is_off(self, ground: Joined) -> None:
        assert self.announced(ground, bridge_control_announced=False) == []


class TestMessagesOfProjectsAndTeams:
    def test_are_sent_where_the_plan_has_them(self, ground: Joined) -> None:
        """The invitation to a review, when the sprint begins; the decision on a stage to everybody in the project."""
        ground.configure(communications={"sprint_review": "calendar", "stage_decision": "mail"})
        sprint = ground.planned()
        before = len(ground.desk.items())

        ground.forced(sprint, "start_sprint", "scrum_master")
        ground.configure()

        (message,) = made(ground, "governance.communication", before)
        assert (message.state, message.fields["channel"]) == ("sent", "calendar")
        assert "Pay with a card" in message.fields["message"]

    def test_compare_the_use_of_peoples_time_with_what_was_meant_every_quarter(self, tmp_path: Path) -> None:
        with joined(tmp_path) as ground:
            ground.configure(communications={"capacity_split": "portal"})
            ground.allocated(ground.stage_key, 60)
            ground.allocated(ground.incident(), 20)
            before = len(ground.desk.items())

            ground.desk.pass_time("2027-01-04T09:00:00Z")

            (message,) = made(ground, "governance.communication", before)
            assert message.fields["message"] == (
                "run: 25.0 %, and 60 % intended\nproject: 75.0 %, and 30 % intended\nimprove: 0.0 %, and 10 % intended"
            )


class TestARoleThatRequiresTraining:
    def test_is_acted_in_once_its_holder_is_trained(self, tmp_path: Path) -> None:
        """The record counts for a year."""
        with joined(tmp_path) as ground:
            package = ground.package()
            ground.configure(role_requires_training=["prince2.project_manager"])
            before = ground.findings(package, "authorize_work_package", "project_manager")
            training = ground.create(
                "training_lead", "governance.training", audience=["project managers"], required_count=1,
                for_roles=["prince2.project_manager"],
            )  # fmt: skip
            ground.move("training_lead", training, "start_training")
            ground.move(
                "training_lead", training, "complete_training", completed_count=1, passed_count=1, pass_mark=90,
                passed_by=["project_manager"],
            )  # fmt: skip
            trained = ground.findings(package, "authorize_work_package", "project_manager")
            ground.desk.at("2027-11-18T09:00:00Z")
            later = ground.findings(package, "authorize_work_package", "project_manager")

            said = "Project Manager is project manager of the project without a training of the last 365 days"
            assert [list(found.values()).count(said) for found in (before, trained, later)] == [1, 0, 1]
            assert [each.kind for each in ground.item(training).evidence] == ["training_record"]

    def test_is_given_to_those_alone_who_are_trained(self, tmp_path: Path) -> None:
        """In the workspace and on a project; a record that is older than a year is none."""
        with joined(tmp_path) as ground:
            desk, project = ground.desk, ground.project_key
            for person in ("ada", "bob"):
                desk.hold("itil.service_owner", "service_owner", person)
            desk.hold("itil.change_manager", "change_manager")
            roles = ["prince2.project_manager", "itil.change_manager"]
            ground.configure(role_requires_training=roles)
            training = ground.create(
                "training_lead",
                "governance.training",
                audience=["managers"],
                required_count=1,
                for_roles=roles,
            )
            ground.move("training_lead", training, "start_training")
            ground.move(
                "training_lead", training, "complete_training", completed_count=1, passed_count=1, pass_mark=90,
                passed_by=["ada"],
            )  # fmt: skip

            def refused(role: str, *people: str, on: str | None = None) -> list[str]:
                items, workspaces, root = desk.engine.items, desk.engine.workspaces, SYSTEM_ACTOR
                with pytest.raises(BlockedError) as raised:
                    _ = workspaces.assign(root, desk.key, role, people) if on is None else items.set_role(
                        root, on, role, people
                    )  # fmt: skip
                return [each.message for each in raised.value.blockers]

            said = "Bob has no training for change manager of the last 365 days"
            assert refused("itil.change_manager", "change_manager", "bob", "ada") == [said]
            assert refused("prince2.project_manager", "bob", on=project) == [
                said.replace("change manager", "project manager of the project")
            ]
            desk.engine.items.set_role(SYSTEM_ACTOR, project, "prince2.project_manager", ["ada"])
            desk.hold("itil.change_manager", "change_manager", "ada")
            desk.hold("itil.change_manager")
            desk.at("2027-11-18T09:00:00Z")
            assert refused("itil.change_manager", "ada") == [said.replace("Bob", "Ada")]


class TestOperations:
    def test_accept_a_product_in_person_before_somebody_else_hands_it_over(self, ground: Joined) -> None:
        product = ground.product("approved")
        ready = {"support_group": "desk", "known_errors": "None.", "service_owner": "service_owner"}
        ground.desk.edit(product, actor="project_manager", **ready)
        before = ground.findings(product, "hand_over", "project_manager")["service_accepts"]

        ground.desk.confirm(product, "integration.service_acceptance", by="service_owner")

        assert before == "Service Owner has not accepted it for operations"
        assert "service_accepts" not in ground.findings(product, "hand_over", "project_manager")
        ground.desk.edit(product, actor="project_manager", known_errors="It is slow on Mondays.")
        assert "service_accepts" in ground.findings(product, "hand_over", "project_manager")

    def test_do_not_hand_over_what_they_have_accepted(self, ground: Joined) -> None:
        """The project manager names herself as the service owner, which accepts it: her successor hands it over."""
        desk, product, role = ground.desk, ground.product("approved"), "prince2.project_manager"
        desk.hold("itil.service_owner", "service_owner", "project_manager")
        desk.edit(product, actor="project_manager", support_group="desk", known_errors="None.")

        def barred(person: str) -> list[str]:
            desk.engine.items.set_role(SYSTEM_ACTOR, ground.project_key, role, [desk.person(person).id])
            found = desk.preview(product, "hand_over", actor=person).blockers
            return [each.message for each in found if each.gate in {"role", "segregation"}]

        before = barred("project_manager")
        desk.edit(product, actor="project_manager", service_owner="project_manager")
        of_another, own = barred("petra"), barred("project_manager")
        desk.hold("itil.service_owner", "service_owner")

        duty = "who accepts a product for operations does not hand it over"
        assert (before, of_another) == ([], [])
        assert own == [f"{duty}: Project Manager confirmed Acceptance by operations"]


class TestTheEffortLog:
    def test_keeps_the_hours_of_those_who_worked_and_charges_the_package(self, tmp_path: Path) -> None:
        """Three hours of a developer at 80 on a story of the package."""
        with joined(tmp_path) as ground:
            package = ground.started()
            story = ground.story(package)
            missing = ground.desk.catalog.item_types["agile.story"].workflow.transition("log_effort")
            ground.configure(effort_log=True, hourly_rates={"agile.developer": "80"})

            ahead = ground.desk.refused(
                story, "log_effort", actor="developer", hours_worked="3", worked_on="2026-11-17"
            )
            ground.desk.move(story, "log_effort", actor="developer", hours_worked="3")

            (entry,) = ground.item(story).fields["effort_log"]
            assert missing is None
            assert ahead.messages == ["Tuesday 17 November has not come yet"]
            assert (entry["actor"], entry["day"], entry["cost"]) == ("developer", "2026-11-16", "240.00")
            assert ground.item(package).fields["actual_cost"] == "240.00"


class TestWhoRemovesALink:
    def test_is_not_rid_of_the_promise(self, ground: Joined) -> None:
        """A story stays one of the product that must be delivered, until an approved issue affects it."""
        product = ground.product()
        story = ground.story(product)
        ground.desk.unlink(
            story, "integration.delivers", product, actor="product_owner", comment="It belongs elsewhere."
        )
        unlinked = ground.findings(story, "remove", "product_owner")
        issue = ground.create(
            "project_manager", "prince2.issue", parent=ground.project_key, kind="request_for_change",
            description="Without it.", baselines_affected=[product],
        )  # fmt: skip
        for transition, by in (("assess", "project_manager"), ("recommend", "project_manager")):
            ground.forced(issue, transition, by)
        ground.forced(issue, "approve_issue", "executive")

        assert "which must be delivered" in unlinked["baseline_kept"]
        assert "baseline_kept" not in ground.findings(story, "remove", "product_owner")

    def test_keeps_the_promise_to_each_project_until_its_own_board_decides(self, ground: Joined) -> None:
        """The board of one project approved an issue that names a product of another one, too."""
        _, stage = ground.project()
        ground.create(
            "project_manager", "prince2.work_package", parent=stage, delivery_method="scrum", team=ground.team_key
        )  # fmt: skip
        own, other = ground.product(), ground.product(stage=stage)
        story = ground.story(own, other)
        issue = ground.create(
            "project_manager", "prince2.issue", parent=ground.project_key, kind="request_for_change",
            description="Without both.", baselines_affected=[own, other],
        )  # fmt: skip
        for transition, by in (
            ("assess", "project_manager"),
            ("recommend", "project_manager"),
            ("approve_issue", "executive"),
        ):
            ground.forced(issue, transition, by)

        kept = ground.findings(story, "remove", "product_owner")["baseline_kept"]

        assert f"({other})" in kept
        assert f"({own})" not in kept

    def test_does_not_hide_a_sprint_from_its_stage(self, ground: Joined) -> None:
        sprint = ground.sprint()
        ground.desk.unlink(
            sprint,
            "integration.timebox_of",
            ground.stage_key,
            actor="scrum_master",
            comment="It is too late.",
        )

        assert (
            f"({sprint})"
            in ground.findings(ground.stage_key, "start_boundary", "project_manager")["no_open_sprint"]
        )


class TestIntake:
    def test_takes_another_class_by_a_decision_about_it_alone(self, ground: Joined) -> None:
        """Of the right `classify_work`, taken by who may, and recorded for this demand."""
        facts: dict[str, Any] = {"in_catalogue": False, "units_changing": 2, "effort_days": 60}
        demand = ground.create("process_owner", "governance.improvement_initiative", **facts)
        decision = ground.create(
            "portfolio_manager", "governance.decision", question="Is it a project?", right="classify_work",
            options=["project", "operational change"],
        )  # fmt: skip
        ground.move(
            "portfolio_manager",
            decision,
            "decide",
            chosen="operational change",
            rationale="One team can do it.",
        )
        ground.desk.edit(demand, actor="process_owner", class_decision=decision)
        unrecorded = ground.item(demand).fields["work_class"]
        ground.desk.link(decision, "governance.records", demand, actor="portfolio_manager")
        ground.desk.edit(demand, actor="process_owner", idea="A portal")

        assert unrecorded == "project"
        assert ground.item(demand).fields["work_class"] == "operational_change"


def spent(ground: Joined, least: int = 0) -> int:
    """The spending of the projects with such an alignment, from their stages and packages."""
    items = ground.desk.items()
    total = 0
    for project in (each for each in items if each.type == "prince2.project"):
        for stage in (each for each in items if each.type == "prince2.stage" and each.parent == project.key):
            packages = [
                each for each in items if each.type == "prince2.work_package" and each.parent == stage.key
            ]
            own, theirs = (
                sum(int(float(each.fields.get("actual_cost") or 0)) for each in found)
                for found in ([stage], packages)
            )
            total += max(own, theirs) if (project.fields.get("alignment_score") or 0) >= least else 0
    return total


def lead_time(ground: Joined, change: str) -> float:
    """Days from the oldest story behind a change to its end, from the log."""
    (implemented,) = ground.item(change).links["itil.implements"]
    behind = [
        ground.desk.history(each)
        for each in ground.desk.items()
        if each.type == "agile.story"
        and each.state != "removed"
        and implemented in (each.parent, *each.links.get("integration.delivers", ()))
    ]
    end = next(
        each.at
        for each in ground.desk.history(change)
        if each.data.get("transition") == "complete_implementation"
    )
    return (end - min(events[0].at for events in behind)).total_seconds() / 86_400


class TestFigures:
    def test_count_the_failed_changes_of_projects_alone(self, tmp_path: Path) -> None:
        """Two changes of a project, one of which failed; one of no project, which failed too."""
        with joined(tmp_path) as ground:
            for product, outcome in (
                (ground.product(), "successful"),
                (ground.product(), "failed"),
                (None, "failed"),
            ):
                ground.change(*filter(None, [product]), state="closed", outcome=outcome)
            ground.allocated(ground.stage_key, 60)

            failed = ground.desk.metric("integration.project_change_failure").value
            split = ground.desk.metric("integration.run_project_improve_split", dimension="purpose").groups

            assert failed.value == 50
            assert [(each.group, each.value.value) for each in split] == [("project", 60)]

    def test_share_what_projects_have_spent_by_their_alignment(self, tmp_path: Path) -> None:
        """A stage has cost what it says, and never less than its packages; of two projects one serves an objective."""
        with joined(tmp_path) as ground:
            _, other = ground.project()
            package = ground.package()
            ground.desk.link(
                ground.project_key, "governance.serves", ground.objective(), actor="project_manager"
            )
            manager = "project_manager"
            ground.desk.edit(package, actor=manager, actual_cost=3000)
            ground.desk.edit(other, actor=manager, actual_cost=1000)
            ground.desk.edit(ground.stage_key, actor=manager, actual_cost=2500)

            found = ground.desk.metric("integration.aligned_spending").value

            assert ground.item(ground.project_key).fields["alignment_score"] >= 60
            assert (found.numerator, found.denominator) == (spent(ground, 60), spent(ground)) == (3000, 4000)
            assert found.value == 75

    def test_take_the_lead_time_from_the_oldest_story_behind_a_change(self, tmp_path: Path) -> None:
        """Of a feature that it implements, and of a product; a story that was removed counts no more."""
        with joined(tmp_path) as ground:
            feature = ground.create("product_owner", "agile.feature", teams=[ground.team_key])
            removed = ground.create("product_owner", "agile.story", parent=feature, team=ground.team_key)
            ground.forced(removed, "remove", "product_owner")
            ground.desk.at("2026-11-18T09:00:00Z")
            ground.create("product_owner", "agile.story", parent=feature, team=ground.team_key)
            ground.desk.at("2026-11-20T09:00:00Z")
            product = ground.product()
            ground.story(product)
            ground.desk.at("2026-11-24T09:00:00Z")

            changes = [ground.change(each, state="closed") for each in (feature, product)]

            days = sorted(lead_time(ground, each) for each in changes)
            found = ground.desk.metric("integration.release_lead_time").value
            assert (found.value, found.denominator) == (sum(days) / 2, 2)
            assert days == [4, 6]


class TestAChangeThatIsDone:
    def test_does_not_put_live_what_is_linked_to_it_afterwards(self, ground: Joined) -> None:
        """A successful change of something else does not hand a product over."""
        product = ground.product("approved")
        ground.desk.at("2026-11-17T09:00:00Z")
        other, own = ground.change(state="closed"), ground.change(product, state="closed")
        known = ground.findings(product, "hand_over", "project_manager")
        again = ground.product("approved")
        ground.desk.link(other, "itil.implements", again, actor="change_initiator")

        found = ground.findings(again, "hand_over", "project_manager")["change_closed"]

        assert "change_closed" not in known
        assert found == f"'Release it' ({other}) named it only after the work was done"
        assert ground.item(own).fields["put_live"] == [product]


class TestWhereEveryConsequenceIsOff:
    def test_nothing_follows_in_another_method(self, ground: Joined) -> None:
        """A benefit, a lesson, a new project and the end of a sprint stay where they are."""
        ground.configure(
            **{each.setting: False for pair in PAIRS for each in pair.follows}, decision_log=False
        )
        benefit = ground.create(
            "benefit_owner", "governance.benefit", parent=ground.project_key, description="Fewer calls",
            category="cost_saving", owner="benefit_owner",
        )  # fmt: skip
        for transition in ("plan_benefit", "start_tracking"):
            ground.forced(benefit, transition, "benefit_owner")
        said = {
            "event": "It was late",
            "effect": "Fines",
            "cause": "One supplier",
            "recommendation": "Have two.",
        }
        lesson = ground.create("lessons_owner", "governance.lesson", scope="organisation", **said)
        ground.started()
        sprint = ground.planned()
        ground.forced(sprint, "start_sprint", "scrum_master")
        before = len(ground.desk.items())

        ground.move("business_layer", benefit, "declare_missed")
        ground.move("lessons_owner", lesson, "validate", applies_to=["itil"])
        ground.forced(
            sprint, "cancel", "product_owner", cancel_reason="The law has changed.", goal_obsolete=True
        )
        ground.configure()

        assert {each.type for each in ground.desk.items()[before:]} <= {"governance.lesson"}
