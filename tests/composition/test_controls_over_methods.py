"""The default controls over all methods: each can be put in force, judges its transition, and fails on nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pytest

from placet import BlockedError, ConfirmationStatus, GateMode
from placet.catalog.catalog import Rules
from placet.catalog.discovery import installed
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.testing import Desk
from placet_cobit.controls.defaults import DefaultControl, shipped_controls
from placet_cobit.objectives.tables import shipped_table
from placet_cobit.seeding.seeds import seed_controls, seed_objectives

from .judged import judge

METHODS = ["agile", "cobit", "governance", "itil", "prince2"]
BOUND = [control for control in shipped_controls() if control.bindings]


class Company:
    """A workspace under all methods, with the default controls."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        seed_objectives(desk.engine, SYSTEM_ACTOR, desk.key, shipped_table())
        seed_controls(desk.engine, SYSTEM_ACTOR, desk.key, shipped_controls())
        query = desk.engine.reports.item_query(
            SYSTEM_ACTOR, workspace=desk.key, type="cobit.control", limit=200
        )
        self.controls = {
            str(each.fields["template"]): each for each in desk.engine.reports.items(SYSTEM_ACTOR, query).rows
        }

    def activate(self, template: str) -> ItemRecord:
        """Put a default control in force."""
        desk, control = self.desk, self.controls[template]
        desk.edit(
            control,
            actor="control_owner",
            control_owner="control_owner",
            control_performer="control_performer",
        )
        desk.move(control, "propose_control", actor="control_owner")
        desk.approve(control, "cobit.control_approval", by=["control_reviewer", "process_owner"])
        return desk.move(control, "activate", actor="control_reviewer").item


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The company with every default control in force."""
    with Desk(tmp_path_factory.mktemp("company"), methods=METHODS) as desk:
        made = Company(desk)
        for control in shipped_controls():
            made.activate(control.id)
        yield made


class TestTheDefaultControls:
    def test_can_all_be_put_in_force(self, company: Company) -> None:
        """Each of their bindings is a gate of the workspace, and the linter has nothing to say of it."""
        place = company.desk.engine.workspaces.get(SYSTEM_ACTOR, company.desk.key)
        findings = company.desk.engine.reports.lint(SYSTEM_ACTOR, company.desk.key)

        assert len(place.gates) == sum(len(control.bindings) for control in shipped_controls())
        assert [each for each in findings if each.code in {"unusable-gate", "idle-gate"}] == []
        assert [each for each in findings if each.severity == "error"] == []

    @pytest.mark.parametrize("control", BOUND, ids=lambda control: control.id)
    def test_judge_the_transitions_that_they_are_bound_to(
        self, company: Company, control: DefaultControl
    ) -> None:
        """On an item of the type that has just been made, no check fails to run."""
        key = company.controls[control.id].key.replace("-", ".")
        for n, binding in enumerate(control.bindings, start=1):
            gates = {
                gate.id: gate
                for transition in company.desk.catalog.item_type(binding.item_type).workflow.transitions
                if transition.name == binding.transition
                for gate in transition.gates
            }
            gate = gates[f"cobit.control.{key}.{n}"]
            assert gate.unless is not None
            assert [check.id for check in gate.checks] == [binding.check_id]


@dataclass(frozen=True, slots=True)
class World:
    """One item of each governed type, as it was just made, in one story."""

    desk: Desk
    items: dict[str, ItemRecord]

    def judge(self, name: str, check: str, transition: str = "", actor: str = "ravi") -> list[str]:
        """The blockers of a check on an item as it is: none where it is met. A check that fails to run says so."""
        return judge(
            self.desk, self.items[name], check, params=PARAMS.get(check), transition=transition, actor=actor
        )


#: The approvals that segregation of duties judges.
PARAMS = {"sod_all": {"approvals": ["itil.change_approval"]}}


@pytest.fixture(scope="module")
def world(company: Company) -> World:
    """A project that delivers a portal, in a release that is a change, and what happens in operations."""
    desk = company.desk
    for name in ("ravi", "dana", "carl"):
        desk.person(name)
    desk.hold("itil.change_implementer", "ravi")
    desk.hold("itil.change_manager", "carl")
    made: dict[str, ItemRecord] = {}
    create = partial(desk.create, actor=SYSTEM_ACTOR.id)
    made["item"] = create(
        "itil.configuration_item", "portal", kind="service", criticality=5, data_class="regulated", owner="carl"
    )  # fmt: skip
    made["project"] = create("prince2.project", "Self-service portal", mandate="Fewer calls")
    for n in (1, 2, 3):
        kind = "initiation" if n == 1 else "delivery"
        made["stage"] = create("prince2.stage", f"Stage {n}", parent=made["project"], number=n, kind=kind)
    made["package"] = create(
        "prince2.work_package", "MVP", parent=made["stage"],
        planned_start=date(2026, 3, 9), planned_end=date(2026, 3, 20),
    )  # fmt: skip
    made["team"] = create(
        "agile.team", "Portal", members=[], mode="kanban", dod=[{"id": "docs", "text": "docs"}]
    )
    desk.engine.items.set_role(SYSTEM_ACTOR, made["team"].key, "agile.developer", ["dana"])
    made["story"] = create("agile.story", "Pay", team=made["team"].key, description="Pay #regulated")
    desk.edit(made["story"], actor="dana", assignee="dana")
    made["increment"] = create("agile.increment", "1.0", team=made["team"].key, items=[made["story"].key])
    made["change"] = create(
        "itil.change", "Release 1.0", type="normal", reason="release",
        cis=[made["item"].key], implementer="ravi", is_deployment=True,
        planned_outage_min=300, users_affected=90000, data_class="regulated", novelty=5, complexity=5, testing=5,
        backout=5,
    )  # fmt: skip
    desk.link(made["change"], "itil.implements", made["increment"])
    made["incident"] = create(
        "itil.incident", "Down", summary="Down", symptoms="No page", channel="phone", impact=1, urgency=1
    )
    made["problem"] = create("itil.problem", "Why", source="reactive")
    desk.hold("itil.request_approver", "carl")
    model = desk.given(
        "itil.request_model", state="published", title="Access to the books", description="x",
        data_class="regulated", resource_owner="carl", form_schema={"type": "object"},
        tasks=[{"id": "grant", "group": "access"}],
    )  # fmt: skip
    made["request"] = create(
        "itil.service_request",
        "Let me in",
        parent=model,
        form={},
        beneficiary="dana",
        cost="0",
        line_manager="carl",
    )
    made["model"] = create("itil.change_model", "Restart", parent=None)
    return World(desk, made)


class TestWhatTheChecksSay:
    @pytest.mark.parametrize(
        ("check", "item", "said"),
        [
            ("change_independent", "change", []),
            ("change_business_ok", "change", ["no service owner has agreed to it as it is, and its risk is very high"]),
            ("emergency_reviewed", "change", []),
            ("change_not_stale", "change", []),
            ("change_documented", "change", ["no evidence shows that documentation was updated"]),
            ("acceptance_tested", "change", ["no test result of the last 30 days is attached",
                                             "nobody is named who accepts the test for the users"]),
            ("pir_for_high", "change", ["its risk is very high, and no review is confirmed"]),
            ("ci_updated", "change", []),
            ("backup_recent", "change", ["no backup of the last 24 hours, which critical items need: {item}"]),
            ("users_enabled", "change", []),
            ("scope_approved", "project", ["the executive has not decided on the project brief"]),
            ("value_owned", "project", ["no benefit is expected of the project",
                                        "the business case was not reviewed in the last 90 days"]),
            ("plan_integrated", "project", ["the project plan is not approved"]),
            ("results_confirmed", "project", ["no senior user has confirmed the results",
                                              "the lessons report is not accepted"]),
            ("users_enabled", "project", []),
            ("raci_complete", "project", []),
            ("value_owned", "stage", ["no benefit is expected of the project",
                                      "the business case was not reviewed in the last 90 days"]),
            ("quality_evidence", "stage", []),
            ("risk_treated", "stage", []),
            ("reporting_current", "stage", ["no highlight report was issued"]),
            ("programme_informed", "stage", []),
            ("resources_free", "package", []),
            ("requirement_approved", "story", ["product owner and compliance officer have not both approved it"]),
            ("release_by_change", "increment", ["no authorized change releases it"]),
            ("priority_by_matrix", "incident", []),
            ("recovery_tested", "incident", ["its priority is P1, and no verification shows that the service is back"]),
            ("fix_by_change", "problem", ["no closed and successful change has fixed it"]),
            ("request_authorized", "request", []),
            ("access_owner_ok", "request",
             ["it gives access to regulated data, and the owner of the resource has not approved it"]),
            ("raci_complete", "model", []),
            ("sod_all", "change", []),
        ],
        ids=lambda each: each if isinstance(each, str) else "",
    )  # fmt: skip
    def test_of_items_as_they_were_made(self, world: World, check: str, item: str, said: list[str]) -> None:
        """Each check says what is missing, or nothing where it does not apply yet."""
        titled = f"'portal' ({world.items['item'].key})"
        expected = [each.format(item=titled) for each in said]

        assert world.judge(item, check) == expected

    def test_builders_neither_deploy_nor_authorize(self, world: World) -> None:
        """Dana built the story of the increment that the change releases."""
        assert world.judge("change", "promote_segregated", "start_implementation", "dana") == [
            "Dana built what is deployed"
        ]
        assert world.judge("change", "promote_segregated", "start_implementation", "ravi") == []
        assert world.judge("change", "sod_all", "start_implementation", "dana") == [
            "Dana built what is deployed"
        ]

    def test_who_implements_does_not_review(self, world: World) -> None:
        """Ravi is named as the implementer."""
        assert world.judge("change", "sod_all", "close_change", "ravi") == [
            "Ravi implemented it, and reviews or closes it"
        ]

    def test_roles_exclude_each_other(self, world: World) -> None:
        """The change manager is not the internal auditor too."""
        world.desk.hold("cobit.internal_auditor", "carl")

        said = world.judge("change", "sod_all", "authorize_change", "carl")
        world.desk.hold("cobit.internal_auditor")

        assert said == ["Carl is change manager and internal auditor, which exclude each other"]

    def test_evidence_and_time_meet_them(self, world: World) -> None:
        """A fresh backup log, and an old one; documentation that is attached."""
        desk, change = world.desk, world.items["change"]
        desk.attach(change, "backup_log", actor="ravi")
        desk.attach(change, "doc_update", actor="ravi")

        assert world.judge("change", "backup_recent") == []
        assert world.judge("change", "change_documented") == []
        desk.pass_time(desk.clock.now() + timedelta(hours=25))
        assert len(world.judge("change", "backup_recent")) == 1


class TestTheAcceptanceOfATest:
    """A deployment waits for somebody of its users, in person, and for the test as it is."""

    @pytest.fixture
    def deployment(self, world: World) -> World:
        """A deployment that was tested; Uma is a senior user, and Ravi implements it."""
        desk = world.desk
        desk.person("uma")
        desk.hold("governance.senior_user", "uma")
        change = desk.create(
            "itil.change", "Release 1.1", actor=SYSTEM_ACTOR.id, type="normal", reason="release",
            is_deployment=True, cis=[world.items["item"].key], implementation_plan="Copy it.",
        )  # fmt: skip
        desk.attach(change, "test_result", actor="ravi")
        return World(desk, {"change": change})

    def judge(self, world: World) -> list[str]:
        return world.judge("change", "acceptance_tested", "start_implementation")

    def test_is_given_by_the_senior_user_or_product_owner_who_is_named(self, deployment: World) -> None:
        """Not by somebody else of the change, and not in the place of the one who is named."""
        desk, change = deployment.desk, deployment.items["change"]
        nobody = self.judge(deployment)
        desk.edit(change, actor="carl", test_accepted_by="ravi")
        other = self.judge(deployment)
        desk.edit(change, actor="carl", test_accepted_by="uma")
        waiting = self.judge(deployment)
        with pytest.raises(BlockedError, match="is for Uma alone to confirm"):
            desk.confirm(change, "cobit.test_acceptance", by="carl")
        desk.confirm(change, "cobit.test_acceptance", by="uma")

        assert (nobody, other, waiting) == (
            ["nobody is named who accepts the test for the users"],
            ["Ravi does not speak for the users, and so does not accept the test for them"],
            ["Uma has not accepted the test as it is"],
        )  # fmt: skip
        assert self.judge(deployment) == []

    @pytest.mark.parametrize("other", ["test result", "implementation_plan", "backout_plan"])
    def test_is_asked_for_again_once_something_else_is_tested(self, deployment: World, other: str) -> None:
        """Another result, by name the same, and other plans."""
        desk, change = deployment.desk, deployment.items["change"]
        desk.edit(change, actor="carl", test_accepted_by="uma")
        desk.confirm(change, "cobit.test_acceptance", by="uma")
        before = self.judge(deployment)

        if other == "test result":
            desk.attach(change, "test_result", actor="ravi")
        else:
            desk.edit(change, actor="carl", **{other: f"Another {other}."})

        assert (before, self.judge(deployment)) == ([], ["Uma has not accepted the test as it is"])

    def test_is_asked_for_again_once_something_else_is_delivered(
        self, deployment: World, world: World
    ) -> None:
        """An item that is linked to the change afterwards was not part of what was tested."""
        desk, change = deployment.desk, deployment.items["change"]
        desk.edit(change, actor="carl", test_accepted_by="uma")
        desk.confirm(change, "cobit.test_acceptance", by="uma")
        before = self.judge(deployment)

        desk.link(change, "itil.implements", world.items["package"])

        assert (before, self.judge(deployment)) == ([], ["Uma has not accepted the test as it is"])

    def test_can_be_declined(self, deployment: World) -> None:
        """Then that stands against it."""
        desk, change = deployment.desk, deployment.items["change"]
        desk.edit(change, actor="carl", test_accepted_by="uma")

        desk.confirm(
            change, "cobit.test_acceptance", by="uma", confirm=False, comment="It shows other bills."
        )

        assert self.judge(deployment) == ["Uma has declined the test"]

    def test_stays_once_the_work_has_begun(self, deployment: World) -> None:
        """The result of a test afterwards is another matter, and nobody is asked anew."""
        desk, change = deployment.desk, deployment.items["change"]
        desk.edit(change, actor="carl", test_accepted_by="uma", implementer="ravi")
        desk.confirm(change, "cobit.test_acceptance", by="uma")
        types = desk.catalog.item_types.values()
        gates = {gate.id: GateMode.OBSERVE for type in types for gate in type.gates}
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, gate_modes=gates)
        desk.hold("itil.change_initiator", "carl")
        for transition in ("submit", "request_authorization", "authorize_change", "start_implementation"):
            mover = "ravi" if transition == "start_implementation" else "carl"
            desk.move(change, transition, actor=mover, comment="as was agreed in the weekly meeting")
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, gate_modes={})

        desk.attach(change, "test_result", actor="ravi")

        after = desk.item(change)
        assert after.state == "implement"
        assert [each.status for each in after.confirmations] == [ConfirmationStatus.CONFIRMED]
        assert len(after.fields["test_results"]) == 1

    def test_is_of_a_recent_test(self, deployment: World) -> None:
        """An acceptance of a month ago was of another state of things."""
        desk, change = deployment.desk, deployment.items["change"]
        desk.edit(change, actor="carl", test_accepted_by="uma")
        desk.confirm(change, "cobit.test_acceptance", by="uma")

        desk.pass_time(desk.clock.now() + timedelta(days=31))

        assert self.judge(deployment) == ["no test result of the last 30 days is attached"]

    @pytest.mark.parametrize("methods", [("itil",), ("governance", "itil"), ("cobit", "governance")])
    def test_is_of_changes_under_cobit_alone(self, methods: tuple[str, ...]) -> None:
        """Without COBIT a change names nobody for it, and without ITIL there are no changes."""
        types = installed().compose(Rules(methods)).item_types

        assert (
            "itil.change" not in types or "test_accepted_by" not in types["itil.change"].fields.model_fields
        )
