"""Ways around the controls over other methods: each of them was open once, and is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from placet import BlockedError
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ForbiddenError

from .joined import Joined, joined
from .judged import judge

SAID = "as was agreed with those who read the law for us"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    with joined(tmp_path_factory.mktemp("around")) as ground:
        for name in ("dana", "pat", "ada"):
            ground.person(name)
        ground.desk.appoint(ground.team_key, "agile.developer", "developer", "dana")
        yield ground


@pytest.fixture(scope="module")
def items(ground: Joined) -> dict[str, str]:
    made = {
        name: ground.create(
            "configuration_manager", "itil.configuration_item", kind="service", criticality=3, data_class="internal",
            owner="pat"
        )
        for name in ("covered", "other")
    }  # fmt: skip
    control = ground.create("control_owner", "cobit.control", practice_id="BAI06.01")
    acceptance = ground.create(
        "control_owner", "cobit.risk_acceptance", parent=control, scope=[made["covered"]],
        valid_from="2026-11-01", valid_until="2026-12-31",
    )  # fmt: skip
    ground.forced(acceptance, "request_acceptance", "control_owner")
    ground.forced(acceptance, "approve_acceptance", "governance_board")
    return {**made, "control": control}


class TestAnAcceptedRisk:
    """A waiver is not widened by who asks for a change."""

    @pytest.mark.parametrize(
        ("cis", "covered"), [(["covered"], True), (["other", "covered"], False), (["other"], False), ([], False)]
    )  # fmt: skip
    def test_covers_a_change_of_which_it_covers_everything(
        self, ground: Joined, items: dict[str, str], cis: list[str], covered: bool
    ) -> None:
        change = ground.change(cis=[items[name] for name in cis])

        said = judge(ground.desk, change, "risk_accepted", params={"control": items["control"]})

        assert said == ([] if covered else ["no risk acceptance covers it"])


class TestWhoUses:
    """Who speaks for the users does not follow from what developers may do."""

    def test_is_no_developer_who_finished_the_story(self, ground: Joined) -> None:
        change = ground.change(ground.finished(), is_deployment=True, test_accepted_by="dana")
        ground.desk.attach(change, "test_result", actor="system", content=b"by the system")

        (said,) = judge(ground.desk, change, "acceptance_tested")

        assert said.endswith("does not speak for the users, and so does not accept the test for them")

    def test_is_asked_of_a_change_that_delivers_something_whatever_it_says(self, ground: Joined) -> None:
        """Its initiator and its implementer write `is_deployment`; what it delivers is linked."""
        delivering = ground.change(ground.finished(), is_deployment=False)
        ground.desk.attach(delivering, "test_result", actor="system", content=b"another by the system")

        assert judge(ground.desk, delivering, "acceptance_tested") == [
            "nobody is named who accepts the test for the users"
        ]

    def test_is_asked_where_only_those_who_raise_and_decide_say_that_nothing_is_deployed(
        self, ground: Joined, items: dict[str, str]
    ) -> None:
        """A change without links: who answers for what it touches says so as well, of the plan as it is."""
        key = ground.change(is_deployment=False, cis=[items["covered"]], implementation_plan="Restart it.")
        before = judge(ground.desk, key, "acceptance_tested")
        ground.desk.attach(key, "no_deployment", actor="change_initiator", content=b"by who raised it")
        own = judge(ground.desk, key, "acceptance_tested")

        ground.desk.attach(key, "no_deployment", actor="service_owner", content=b"by the owner of a service")
        said = judge(ground.desk, key, "acceptance_tested")
        ground.desk.pass_time("2026-11-16T09:00:01Z")
        ground.desk.edit(key, actor="change_initiator", implementation_plan="Copy version 2.")

        assert before == own == judge(ground.desk, key, "acceptance_tested")
        assert before == [
            "it delivers nothing, and only those who raise and decide it say that it deploys nothing"
        ]
        assert said == []


class TestARegulatedStory:
    """It stays regulated until somebody who answers for that says otherwise."""

    @pytest.fixture
    def story(self, ground: Joined) -> str:
        key = ground.create(
            "product_owner", "agile.story", team=ground.team_key, description="Pay #regulated"
        )
        ground.desk.edit(key, actor="dana", description="Pay")
        return key

    def test_stays_so_when_the_description_changes(self, ground: Joined, story: str) -> None:
        assert judge(ground.desk, story, "requirement_approved") == [
            "product owner and compliance officer have not both approved it"
        ]

    def test_is_declared_unregulated_by_those_who_answer_for_it(self, ground: Joined, story: str) -> None:
        with pytest.raises(BlockedError):
            ground.desk.move(story, "unmark_regulated", actor="dana", comment=SAID)
        ground.desk.move(story, "unmark_regulated", actor="compliance_officer", comment=SAID)

        assert judge(ground.desk, story, "requirement_approved") == []

    def test_is_not_declared_unregulated_while_it_says_that_it_is(self, ground: Joined) -> None:
        key = ground.create(
            "product_owner", "agile.story", team=ground.team_key, description="Pay #regulated"
        )

        found = ground.desk.refused(key, "unmark_regulated", actor="product_owner", comment=SAID)

        assert found.messages == ["its description says #regulated"]

    def test_is_marked_without_a_text(self, ground: Joined) -> None:
        key = ground.story()
        ground.desk.move(key, "mark_regulated", actor="product_owner")

        assert len(judge(ground.desk, key, "requirement_approved")) == 1
        with pytest.raises(BlockedError):
            ground.desk.edit(key, actor="dana", regulated=False)

    def test_is_approved_by_those_whom_the_control_asks(self, ground: Joined, story: str) -> None:
        """The compliance officer has no other part in stories."""
        ground.desk.attach(story, "approval_record", actor="product_owner", content=b"agreed")
        ground.desk.attach(story, "approval_record", actor="compliance_officer", content=b"agreed too")

        assert judge(ground.desk, story, "requirement_approved") == []
        with pytest.raises(ForbiddenError):
            ground.desk.attach(story, "approval_record", actor="change_initiator")


class TestABuilder:
    """Who built something does not deploy it, whatever the change names."""

    def test_of_a_package_is_found_in_its_stories_and_products(self, ground: Joined) -> None:
        package = ground.started(products=[ground.product("described", producer="pat")])
        story = ground.story(package)
        ground.desk.edit(story, actor="dana", assignee="dana")
        change = ground.change(package)

        found = {
            name: judge(
                ground.desk, change, "promote_segregated", transition="start_implementation", actor=name
            )
            for name in ("dana", "pat", "change_implementer")
        }

        assert found == {
            "dana": ["Dana built what is deployed"],
            "pat": ["Pat built what is deployed"],
            "change_implementer": [],
        }

    def test_of_an_epic_is_found_in_the_stories_of_its_features(self, ground: Joined) -> None:
        create = partial(ground.desk.create, actor=SYSTEM_ACTOR.id)
        epic = create("agile.epic", "Help yourself").key
        feature = create("agile.feature", "Answers", parent=epic).key
        story = create("agile.story", "What callers ask", parent=feature, team=ground.team_key)
        ground.desk.edit(story, actor="dana", assignee="dana")

        found = [
            judge(ground.desk, ground.change(part), "promote_segregated", actor="dana")
            for part in (epic, feature)
        ]

        assert found == [["Dana built what is deployed"]] * 2

    def test_is_found_in_every_environment(self, ground: Joined) -> None:
        story = ground.story()
        ground.desk.edit(story, actor="dana", assignee="dana")
        portal = ground.create(
            "configuration_manager", "itil.configuration_item", kind="service", criticality=3,
            environment="test", data_class="internal",
            owner="pat",
        )  # fmt: skip
        change = ground.change(story, cis=[portal], is_deployment=True)

        assert judge(ground.desk, change, "promote_segregated", actor="dana") == [
            "Dana built what is deployed"
        ]


@pytest.fixture(scope="module")
def chart(ground: Joined) -> dict[str, Any]:
    return {"BAI11.01": {"A": ["prince2.executive"], "R": ["agile.product_owner"]}}


@pytest.fixture(scope="module")
def objective(ground: Joined, chart: dict[str, Any]) -> str:
    executive = ground.desk.item(ground.project_key).roles["prince2.executive"][0]
    key = ground.create(
        "cio", "cobit.governance_objective", objective_id="BAI11", name="Projects",
        practices=[{"id": "BAI11.01", "label": "Projects"}],
    )  # fmt: skip
    ground.desk.move(key, "put_in_scope", actor="cio", target_level=3, raci=chart, owner=executive)
    return key


class TestRolesOfItems:
    """A role that is held on projects is held, although nobody holds it in the workspace."""

    def test_let_an_objective_be_put_in_scope(self, ground: Joined, objective: str) -> None:
        assert ground.desk.item(objective).state == "in_scope"

    def test_are_asked_of_the_project_itself(self, ground: Joined, objective: str) -> None:
        bare = ground.create("business_layer", "prince2.project", mandate="Claims are filed online.")

        assert judge(ground.desk, ground.project_key, "raci_complete") == []
        assert judge(ground.desk, bare, "raci_complete") == ["nobody holds project executive"]


class TestVoters:
    """Who voted is judged like who acts."""

    @pytest.fixture
    def change(self, ground: Joined) -> str:
        key = ground.change(state="assess")
        ground.forced(key, "request_authorization", "change_manager")
        return key

    def test_with_two_roles_that_exclude_each_other_decide_nothing(self, ground: Joined, change: str) -> None:
        ground.desk.hold("itil.change_manager", "change_manager", "pat")
        ground.desk.hold("itil.cab_member", "pat")
        ground.desk.hold("cobit.internal_auditor", "internal_auditor", "pat")
        ground.desk.approve(change, "itil.change_approval", by=["pat"])

        said = judge(ground.desk, change, "sod_all", params={"approvals": ["itil.change_approval"]})
        ground.desk.hold("cobit.internal_auditor", "internal_auditor")

        assert said == ["Pat is change manager and internal auditor, which exclude each other"]

    def test_who_administer_the_installation_decide_nothing(self, ground: Joined, change: str) -> None:
        ground.engine.people.change(SYSTEM_ACTOR, "ada", admin=True)
        ground.desk.hold("itil.cab_member", "ada")
        ground.desk.approve(change, "itil.change_approval", by=["ada"])
        params = {"approvals": ["itil.change_approval"]}

        said = judge(ground.desk, change, "sod_all", params=params)
        ground.desk.configure("cobit", admin_may_approve=True)
        allowed = judge(ground.desk, change, "sod_all", params=params)
        ground.desk.configure("cobit", admin_may_approve=False)

        assert said == ["Ada administers the installation, and voted"]
        assert allowed == []


class TestFindings:
    """A finding stops the projects that it is about."""

    def test_on_a_control_of_changes_stops_no_stage(self, ground: Joined) -> None:
        """Its practice is one of projects, and no item of a project passes it."""
        binding = {
            "item_type": "itil.change", "transition": "submit", "check_id": "core.evidence_present",
            "params": {"kind": "quote"},
        }  # fmt: skip
        control = ground.create(
            "control_owner", "cobit.control", practice_id="BAI11.09", key_control=True, bindings=[binding]
        )
        ground.create(
            "internal_auditor", "cobit.finding", parent=control, condition="Nobody asks.", criteria="Somebody does.",
            effect="It costs more.", source="ineffective", due_date="2026-11-13",
        )  # fmt: skip
        stage = ground.next_stage()

        assert "no_overdue_finding" not in ground.findings(stage, "authorize_stage", "executive")


class TestAnOwnerOfAnObjective:
    """Is heard by what they say, and not by what they do to the objective."""

    def test_is_not_heard_by_an_edit(self, ground: Joined) -> None:
        objective = ground.objective()
        ground.desk.link(ground.project_key, "governance.serves", objective)
        ground.desk.edit(objective, actor="objective_owner", actual=90)
        ground.desk.pass_time(ground.desk.clock.now() + timedelta(minutes=1))
        silent = judge(ground.desk, ground.stage_key, "programme_informed")
        ground.engine.items.comment(SYSTEM_ACTOR, objective, "The project goes on.")
        ground.desk.pass_time(ground.desk.clock.now() + timedelta(minutes=1))
        by_another = judge(ground.desk, ground.stage_key, "programme_informed")
        ground.engine.items.comment(ground.person("objective_owner"), objective, "It still serves us.")
        ground.desk.pass_time(ground.desk.clock.now() + timedelta(minutes=1))

        assert len(silent) == len(by_another) == 1
        assert judge(ground.desk, ground.stage_key, "programme_informed") == []


class TestAChangeThatNobodyMoves:
    """Is found by the day, as no transition of it ever shows how long it waits."""

    def test_is_a_finding_on_the_control(self, ground: Joined) -> None:
        binding = {
            "item_type": "itil.change", "transition": "authorize_change", "check_id": "cobit.change_not_stale",
        }  # fmt: skip
        control = ground.create(
            "control_owner", "cobit.control", practice_id="BAI06.03", key_control=False, bindings=[binding],
            control_owner="control_owner",
        )  # fmt: skip
        for transition, by in (
            ("propose_control", "control_owner"),
            ("activate", "control_reviewer"),
        ):
            ground.forced(control, transition, by)
        stuck = ground.change(state="assess")
        ground.desk.pass_time(ground.desk.clock.now() + timedelta(days=40))

        [finding] = [
            each
            for each in ground.desk.items()
            if each.type == "cobit.finding" and each.fields["source"] == "stuck"
        ]
        assert finding.parent == control
        assert f"{stuck} in assess since" in str(finding.fields["condition"])
        assert finding.fields["owner"] == "control_owner"
