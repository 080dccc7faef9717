"""Products from their description to their handover, and issues from their capture to their decision."""

from __future__ import annotations

from typing import Any

import pytest

from placet import BlockedError

from .conftest import REASON, Organization, percent, stage_tolerances, tolerance

PRODUCT: dict[str, Any] = {
    "kind": "specialist", "purpose": "Claims", "composition": "Form", "producer": "tom", "approver": "uma",
    "reviewers": ["ada"], "moscow": "must", "weight": 3,
    "quality_criteria": [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}],
}  # fmt: skip
IMPACT: dict[str, Any] = {
    "cost_impact": 0, "time_impact": 0, "recommendation": "Do it.",
    "impact": dict.fromkeys(("benefits", "cost", "time", "quality", "scope", "sustainability", "risk"), 0),
    "options": [{"text": "Do it"}, {"text": "Leave it"}],
}  # fmt: skip


def authorized(organization: Organization) -> tuple[str, str, str]:
    """A product, its work package, which is authorized, and their stage."""
    stage = organization.delivering()
    product = organization.create("pia", "product", "Form", parent=stage, **PRODUCT)
    organization.move("pia", product, "baseline_description")
    package = organization.create(
        "pia", "work_package", "Build", parent=stage, products=[product], planned_start="2026-02-01",
        planned_end="2026-03-15", budget=30000,
        tolerances=[tolerance("time", "2026-03-15", 5, 5), percent("cost", 30000, 10, 10)],
    )  # fmt: skip
    organization.move("pia", package, "authorize_work_package")
    return product, package, stage


def under_way(organization: Organization) -> tuple[str, str]:
    """A product that Tom's team makes, and its work package."""
    product, package, _ = authorized(organization)
    organization.appoint(package, "team_manager", "tara", by="pia")
    organization.move("tara", package, "accept")
    organization.move("tara", package, "start")
    organization.move("tara", product, "develop")
    return product, package


def measured(organization: Organization, product: str, value: int, result: str) -> str:
    """A quality activity of a product, with its result; answers its key."""
    activity = organization.create(
        "tara", "quality_activity", "Load test", parent=product, method="test", planned_date="2026-02-10",
        reviewers=["ada"],
    )  # fmt: skip
    if organization.state(product) == "in_development":
        organization.move("tara", product, "submit_for_review")
    results = [{"criterion_id": "errors", "measured": value, "ok": result == "pass"}]
    organization.move(
        "ada", activity, "record_result", result=result, actual_date="2026-02-10", criteria_results=results
    )
    return activity


def recommended(organization: Organization, issue: str, **impact: Any) -> str:
    """An issue with its impact, which waits for its decision."""
    organization.move("pia", issue, "assess", severity=3, priority="should")
    organization.move("pia", issue, "recommend", **{**IMPACT, **impact})
    return issue


class TestAProduct:
    def test_is_accepted_by_its_approver_and_received(self, organization: Organization) -> None:
        product, package = under_way(organization)
        unplanned = organization.refused("tara", product, "submit_for_review")
        early = organization.refused("tara", package, "notify_completion")
        measured(organization, product, 3, "pass")
        organization.move("tara", product, "ask_acceptance")
        unasked = organization.refused("pia", product, "approve_product")
        organization.vote(product, "uma", approval="product_acceptance")
        organization.move("pia", product, "approve_product")
        organization.move("tara", package, "notify_completion")

        assert (set(unplanned), set(early)) == ({"qa_exists"}, {"wp_products"})
        assert set(unasked) == {"acceptance_vote"}
        assert organization.move("pia", package, "receive") == "received"
        assert "handover_evidence" in organization.refused("pia", product, "hand_over", handover_to="Claims")
        organization.desk.attach(product, "acceptance", actor="pia")
        assert organization.move("pia", product, "hand_over", handover_to="Claims") == "handed_over"

    def test_that_fails_is_an_issue_and_passes_by_a_concession_alone(
        self, organization: Organization
    ) -> None:
        """The project's tolerance for quality is none: the failure is an exception of the project, until conceded."""
        product, _ = under_way(organization)
        measured(organization, product, 7, "fail")
        [issue] = organization.all("issue")
        [exception] = organization.all("exception")
        red = organization.status(organization.project, "quality")["light"]
        blocked = organization.refused("tara", product, "ask_acceptance")
        recommended(organization, issue, baselines_affected=[product])
        organization.move("carl", issue, "grant_concession")

        assert organization.fields(issue)["kind"] == "off_specification"
        assert organization.fields(exception)["level"] == "project"
        assert (red, set(blocked)) == ("red", {"criteria_ok"})
        assert organization.status(organization.project, "quality")["light"] == "green"
        assert organization.move("tara", product, "ask_acceptance") == "in_review"
        assert organization.fields(product)["concessions"][0]["granted_by"] == "carl"

    def test_that_failed_is_not_passed_by_another_activity_of_the_same_moment(
        self, organization: Organization
    ) -> None:
        """One request records both: the values are fine, and somebody says that it failed all the same."""
        product, _ = under_way(organization)
        measured(organization, product, 3, "pass")
        measured(organization, product, 4, "fail")

        refusal = organization.refused("tara", product, "ask_acceptance")

        assert refusal["criteria_ok"].message == "the last quality activity failed"

    def test_whose_description_is_agreed_changes_by_a_decided_issue_alone(
        self, organization: Organization
    ) -> None:
        product, package = under_way(organization)
        alone = organization.refused("pia", product, "change_description")
        descoped = organization.refused("pia", product, "descope")
        issue = organization.create(
            "tara", "issue", "Another criterion", parent=package, kind="request_for_change",
            description="Errors in a day.",
        )  # fmt: skip
        recommended(organization, issue, baselines_affected=[product])
        organization.move("carl", issue, "approve_issue")
        early = organization.refused("pia", issue, "close_issue")
        organization.desk.at("2026-01-06T09:00:00Z")
        organization.move("pia", product, "change_description")
        organization.move("pia", product, "baseline_description")

        assert set(alone) == {"rfc_linked"}
        assert set(descoped) == {"descoping_decided"}
        titled = f"'{organization.desk.item(product).title}' ({product})"
        assert early["baselines_updated"].message == f"still at the old version: {titled}"
        assert organization.move("pia", issue, "close_issue") == "closed"
        assert organization.fields(product)["baseline_version"] == 2
        assert [each.kind for each in organization.desk.item(product).evidence] == ["baseline"]

    def test_is_left_out_by_the_issue_that_decided_that_alone(self, organization: Organization) -> None:
        """A change of its description is another decision: also after that change has made a draft of it."""
        product, package = under_way(organization)
        change = {"parent": package, "kind": "request_for_change", "description": "Another criterion."}
        other = recommended(
            organization,
            organization.create("tara", "issue", "Change it", **change),
            baselines_affected=[product],
        )
        organization.move("carl", other, "approve_issue")
        agreed = organization.refused("pia", product, "descope")
        organization.desk.at("2026-01-06T09:00:00Z")
        organization.move("pia", product, "change_description")
        draft = organization.refused("pia", product, "descope")

        issue = organization.create("tara", "issue", "Leave it out", **change)
        organization.move("pia", issue, "assess", severity=3, priority="should")
        unnamed = organization.refused("pia", issue, "recommend", **IMPACT, descopes=[product])
        organization.move(
            "pia", issue, "recommend", **IMPACT, baselines_affected=[product], descopes=[product]
        )
        organization.move("carl", issue, "approve_issue")
        early = organization.refused("pia", issue, "close_issue")

        assert set(agreed) == set(draft) == {"descoping_decided"}
        assert set(unnamed) == {"impact_fields"}
        assert product in early["baselines_updated"].message
        assert organization.move("pia", product, "descope") == "descoped"
        assert organization.move("pia", issue, "close_issue") == "closed"

    def test_that_is_to_be_left_out_is_not_changed_instead(self, organization: Organization) -> None:
        product, package = under_way(organization)
        issue = organization.create(
            "tara",
            "issue",
            "Leave it out",
            parent=package,
            kind="request_for_change",
            description="Too much.",
        )
        recommended(organization, issue, baselines_affected=[product], descopes=[product])
        organization.move("carl", issue, "approve_issue")

        assert set(organization.refused("pia", product, "change_description")) == {"rfc_linked"}

    def test_that_was_never_agreed_is_left_out_freely(self, organization: Organization) -> None:
        product = organization.create("pia", "product", "Form", parent=organization.delivering(), **PRODUCT)

        assert organization.move("pia", product, "descope") == "descoped"

    def test_is_not_accepted_by_who_comes_to_manage_its_team(self, organization: Organization) -> None:
        """The project manager names a friend as approver, and appoints the friend as team manager later."""
        organization.desk.person("kim")
        stage = organization.delivering()
        product = organization.create(
            "pia", "product", "Form", parent=stage, **{**PRODUCT, "approver": "kim"}
        )
        organization.move("pia", product, "baseline_description")
        package = organization.create(
            "pia", "work_package", "Build", parent=stage, products=[product], planned_start="2026-02-01",
            planned_end="2026-03-15", budget=30000,
            tolerances=[tolerance("time", "2026-03-15", 5, 5), percent("cost", 30000, 10, 10)],
        )  # fmt: skip
        organization.move("pia", package, "authorize_work_package")
        organization.move("pia", product, "develop")
        organization.appoint(package, "team_manager", "tara", by="pia")
        measured(organization, product, 4, "pass")
        organization.move("pia", product, "ask_acceptance")
        organization.appoint(package, "team_manager", "kim", by="pia")
        organization.vote(product, "kim", approval="product_acceptance")

        refusal = organization.refused("pia", product, "approve_product")

        assert set(refusal) == {"accepted_apart"}
        assert "Kim accepted it while managing the work on it" in refusal["accepted_apart"].message

    def test_of_the_whole_project_is_agreed_by_a_senior_user(self, organization: Organization) -> None:
        """Its description is what the users were promised."""
        project = organization.begun()
        about = {**PRODUCT, "kind": "project_product"}
        product = organization.create("pia", "product", "Online claims", parent=project, **about)

        assert set(organization.refused("pia", product, "baseline_description")) == {"agreed_by_users"}
        assert organization.move("uma", product, "baseline_description") == "baselined"

    def test_is_not_reviewed_by_its_producer(self, organization: Organization) -> None:
        stage = organization.delivering()
        product = organization.create(
            "pia", "product", "Form", parent=stage, **{**PRODUCT, "reviewers": ["tom"]}
        )

        refusal = organization.refused("pia", product, "baseline_description")

        assert refusal["pd_fields"].message == "the producer reviews or approves the product"


class TestAnIssue:
    def test_of_little_severity_is_treated_without_a_decision(self, organization: Organization) -> None:
        project = organization.begun()
        issue = organization.create(
            "ada", "issue", "Noise", parent=project, kind="problem_concern", description="-"
        )

        grave = organization.refused("pia", issue, "handle_informally", REASON, severity=4, priority="could")

        assert set(grave) == {"minor"}
        moved = organization.move("pia", issue, "handle_informally", REASON, severity=2, priority="could")
        assert moved == "closed"
        logged = organization.desk.history(project)[-1]
        assert (logged.kind, logged.actor) == ("comment", "system")
        assert logged.data["comment"] == f"Noise ({issue}) was handled informally: {REASON}"

    def test_that_asks_for_a_decision_gets_one(self, organization: Organization) -> None:
        """A request for change is not made a problem that the project manager closes; who has raised it may say so."""
        project = organization.begun()
        issue = organization.create(
            "pia", "issue", "Change", parent=project, kind="request_for_change", description="-"
        )
        other = organization.create(
            "ada", "issue", "Change", parent=project, kind="request_for_change", description="-"
        )

        closed = organization.refused(
            "pia", other, "handle_informally", REASON, severity=1, priority="could", kind="problem_concern"
        )
        with pytest.raises(
            BlockedError, match="it is a request for change, and would become a problem concern"
        ):
            organization.edit("pia", other, kind="problem_concern")
        organization.edit("pia", issue, kind="problem_concern")
        organization.edit("pia", other, kind="off_specification")

        assert "kind_kept" in closed

    def test_is_about_a_project_that_goes_on(self, organization: Organization) -> None:
        """Nothing begins below a project or stage that has ended."""
        stage = organization.delivering()
        first = organization.all("stage")[0]
        for type, fields in (
            ("work_package", {}),
            ("product", PRODUCT),
            ("management_product", {"kind": "team_plan"}),
            ("issue", {"kind": "problem_concern", "description": "-"}),
        ):
            with pytest.raises(BlockedError, match=r"'Stage 1' .* is in .*, and nothing new begins there"):
                organization.create("pia", type, parent=first, **fields)
            organization.create("pia", type, parent=stage, **fields)

    def test_that_is_deferred_comes_back_by_itself(self, organization: Organization) -> None:
        project = organization.begun()
        issue = organization.create(
            "ada", "issue", "Later", parent=project, kind="business_opportunity", description="-"
        )
        recommended(organization, issue)
        past = organization.refused("eva", issue, "defer", defer_until="2026-01-05")
        organization.move("eva", issue, "defer", defer_until="2026-01-09")

        organization.desk.pass_time("2026-01-11T09:00:00Z")

        assert set(past) == {"date_future"}
        assert organization.state(issue) == "recommended"
        said = organization.fields(issue)
        assert (said["decision"], said["decided_by"]) == ("defer", "eva")

    def test_is_deferred_by_those_alone_who_could_decide_it(self, organization: Organization) -> None:
        """To put off what others decide is to decide it; so is to put off an own wish until nobody remembers it."""
        organization.delivering()
        above, own = (
            organization.create(by, "issue", "Change", parent=organization.project, kind="request_for_change",
                                description="-")
            for by in ("ada", "carl")
        )  # fmt: skip
        recommended(organization, above, cost_impact=6000)
        recommended(organization, own, cost_impact=100)

        for issue in (above, own):
            assert set(organization.refused("carl", issue, "defer", defer_until="2026-02-02")) == {
                "authority"
            }
        assert organization.move("eva", above, "defer", defer_until="2026-02-02") == "deferred"

    def test_is_what_a_risk_becomes(self, organization: Organization) -> None:
        """A threat that comes true is a problem where it was feared, and one that names its issue makes no other."""
        stage = organization.delivering()
        threat, chance, known = (
            organization.create(
                "pia", "governance.risk", "Strike", parent=parent, kind=kind, cause="Pay", event="They strike",
                effect="No tests",
            )
            for parent, kind in ((stage, "threat"), (organization.project, "opportunity"), (stage, "threat"))
        )  # fmt: skip
        for key in (threat, chance):
            organization.move("pia", key, "materialise")
        first, second = organization.all("issue")
        organization.move("pia", known, "materialise", became=first)

        said = organization.fields(first)
        assert (said["kind"], said["stage"]) == ("problem_concern", stage)
        assert said["description"] == f"The risk {threat} has come true. They strike: No tests"
        assert organization.desk.item(first).links["prince2.caused_by"] == (threat,)
        assert organization.fields(threat)["became"] == first
        assert organization.fields(second)["kind"] == "business_opportunity"
        assert organization.all("issue") == [first, second]

    def test_is_about_its_own_project_alone(self, organization: Organization) -> None:
        """Who is change authority elsewhere concedes nothing here, and no plan counts the products of others."""
        stage = organization.delivering()
        here = organization.create("pia", "product", "Form", parent=stage, **PRODUCT)
        organization.move("pia", here, "baseline_description")
        elsewhere = organization.begun()
        issue = organization.create(
            "pia", "issue", "Concede it", parent=elsewhere, kind="off_specification", description="-"
        )
        organization.move("pia", issue, "assess", severity=3, priority="should")
        first = organization.create("pia", "stage", "Stage 1", parent=elsewhere, number=1, kind="initiation")
        plan = organization.create(
            "pia", "management_product", "Plan", parent=first, kind="stage_plan", content="-", budget=1000,
            planned_start="2026-01-05", planned_end="2026-01-30", products=[here],
            tolerances=stage_tolerances("2026-01-30", 1000),
        )  # fmt: skip

        conceded = organization.refused(
            "pia", issue, "recommend", **{**IMPACT, "baselines_affected": [here], "criterion": "errors"}
        )
        planned = organization.refused("pia", first, "submit_plan", stage_plan=plan)

        assert (
            f"of another project: '{organization.desk.item(here).title}' ({here})"
            in conceded["impact_fields"].message
        )
        assert (
            f"of another project: '{organization.desk.item(here).title}' ({here})"
            in planned["plan_numbers"].message
        )

    def test_keeps_what_was_decided_last(self, organization: Organization) -> None:
        """More information is a decision, and so is an exception plan, each with its hand and reason."""
        organization.delivering()
        issue = organization.create(
            "ada", "issue", "Change", parent=organization.project, kind="request_for_change", description="-"
        )
        recommended(organization, issue, impact={**IMPACT["impact"], "cost": 20000})

        organization.move("eva", issue, "request_information", REASON)
        asked = organization.fields(issue)
        organization.move("pia", issue, "recommend")
        organization.move("eva", issue, "request_exception_plan")

        assert (asked["decision"], asked["decision_reason"]) == ("more_information", REASON)
        assert organization.fields(issue)["decision"] == "exception_plan"
        [exception] = organization.all("exception")
        organization.move("pia", exception, "submit_report", cause="c", consequence="c", recommendation="r",
                          options=[{"text": "Plan"}, {"text": "Leave it"}])  # fmt: skip
        organization.move("eva", exception, "ask_information", REASON)
        assert organization.fields(exception)["decision"] == "more_information"
        organization.move("pia", exception, "submit_report")
        organization.move("eva", exception, "request_plan")
        said = organization.fields(exception)
        assert (said["decision"], said["decided_by"]) == ("exception_plan", "eva")

    @pytest.mark.parametrize(
        ("impact", "authority"),
        [
            ({}, "project_manager"),
            ({"cost_impact": 6000}, "executive"),
            ({"cost_impact": 5000}, "change_authority"),
            ({"impact": {**IMPACT["impact"], "cost": 20000}}, "executive"),
            ({"impact": {**IMPACT["impact"], "time": 300}}, "business_layer"),
        ],
    )
    def test_is_decided_by_the_authority_that_its_impact_needs(
        self, organization: Organization, impact: dict[str, Any], authority: str
    ) -> None:
        organization.delivering()
        issue = organization.create(
            "ada", "issue", "Change", parent=organization.project, kind="request_for_change", description="-"
        )

        recommended(organization, issue, **impact)

        assert organization.fields(issue)["required_authority"] == authority
        # They are notified, and nobody else; who has recommended it knows already.
        asked = {"change_authority": {"carl"}, "executive": {"eva"}, "business_layer": {"business_layer"}}
        notified = organization.desk.notified(issue)
        assert {who for who, why in notified.items() if "prince2.issue_to_decide" in why} == asked.get(
            authority, set()
        )
