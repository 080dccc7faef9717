"""Products from their description to their handover, and issues from their capture to their decision."""

from __future__ import annotations

from typing import Any

import pytest

from placet import BlockedError

from .conftest import REASON, Organisation, percent, stage_tolerances, tolerance

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


def authorized(organisation: Organisation) -> tuple[str, str, str]:
    """A product, its work package, which is authorized, and their stage."""
    stage = organisation.delivering()
    product = organisation.create("pia", "product", "Form", parent=stage, **PRODUCT)
    organisation.move("pia", product, "baseline_description")
    package = organisation.create(
        "pia", "work_package", "Build", parent=stage, products=[product], planned_start="2026-02-01",
        planned_end="2026-03-15", budget=30000,
        tolerances=[tolerance("time", "2026-03-15", 5, 5), percent("cost", 30000, 10, 10)],
    )  # fmt: skip
    organisation.move("pia", package, "authorize_work_package")
    return product, package, stage


def under_way(organisation: Organisation) -> tuple[str, str]:
    """A product that Tom's team makes, and its work package."""
    product, package, _ = authorized(organisation)
    organisation.appoint(package, "team_manager", "tara", by="pia")
    organisation.move("tara", package, "accept")
    organisation.move("tara", package, "start")
    organisation.move("tara", product, "develop")
    return product, package


def measured(organisation: Organisation, product: str, value: int, result: str) -> str:
    """A quality activity of a product, with its result; answers its key."""
    activity = organisation.create(
        "tara", "quality_activity", "Load test", parent=product, method="test", planned_date="2026-02-10",
        reviewers=["ada"],
    )  # fmt: skip
    if organisation.state(product) == "in_development":
        organisation.move("tara", product, "submit_for_review")
    results = [{"criterion_id": "errors", "measured": value, "ok": result == "pass"}]
    organisation.move(
        "ada", activity, "record_result", result=result, actual_date="2026-02-10", criteria_results=results
    )
    return activity


def recommended(organisation: Organisation, issue: str, **impact: Any) -> str:
    """An issue with its impact, which waits for its decision."""
    organisation.move("pia", issue, "assess", severity=3, priority="should")
    organisation.move("pia", issue, "recommend", **{**IMPACT, **impact})
    return issue


class TestAProduct:
    def test_is_accepted_by_its_approver_and_received(self, organisation: Organisation) -> None:
        product, package = under_way(organisation)
        unplanned = organisation.refused("tara", product, "submit_for_review")
        early = organisation.refused("tara", package, "notify_completion")
        measured(organisation, product, 3, "pass")
        organisation.move("tara", product, "ask_acceptance")
        unasked = organisation.refused("pia", product, "approve_product")
        organisation.vote(product, "uma", approval="product_acceptance")
        organisation.move("pia", product, "approve_product")
        organisation.move("tara", package, "notify_completion")

        assert (set(unplanned), set(early)) == ({"qa_exists"}, {"wp_products"})
        assert set(unasked) == {"acceptance_vote"}
        assert organisation.move("pia", package, "receive") == "received"
        assert "handover_evidence" in organisation.refused("pia", product, "hand_over", handover_to="Claims")
        organisation.desk.attach(product, "acceptance", actor="pia")
        assert organisation.move("pia", product, "hand_over", handover_to="Claims") == "handed_over"

    def test_that_fails_is_an_issue_and_passes_by_a_concession_alone(
        self, organisation: Organisation
    ) -> None:
        """The project's tolerance for quality is none: the failure is an exception of the project, until conceded."""
        product, _ = under_way(organisation)
        measured(organisation, product, 7, "fail")
        [issue] = organisation.all("issue")
        [exception] = organisation.all("exception")
        red = organisation.status(organisation.project, "quality")["light"]
        blocked = organisation.refused("tara", product, "ask_acceptance")
        recommended(organisation, issue, baselines_affected=[product])
        organisation.move("carl", issue, "grant_concession")

        assert organisation.fields(issue)["kind"] == "off_specification"
        assert organisation.fields(exception)["level"] == "project"
        assert (red, set(blocked)) == ("red", {"criteria_ok"})
        assert organisation.status(organisation.project, "quality")["light"] == "green"
        assert organisation.move("tara", product, "ask_acceptance") == "in_review"
        assert organisation.fields(product)["concessions"][0]["granted_by"] == "carl"

    def test_that_failed_is_not_passed_by_another_activity_of_the_same_moment(
        self, organisation: Organisation
    ) -> None:
        """One request records both: the values are fine, and somebody says that it failed all the same."""
        product, _ = under_way(organisation)
        measured(organisation, product, 3, "pass")
        measured(organisation, product, 4, "fail")

        refusal = organisation.refused("tara", product, "ask_acceptance")

        assert refusal["criteria_ok"].message == "the last quality activity failed"

    def test_whose_description_is_agreed_changes_by_a_decided_issue_alone(
        self, organisation: Organisation
    ) -> None:
        product, package = under_way(organisation)
        alone = organisation.refused("pia", product, "change_description")
        descoped = organisation.refused("pia", product, "descope")
        issue = organisation.create(
            "tara", "issue", "Another criterion", parent=package, kind="request_for_change",
            description="Errors in a day.",
        )  # fmt: skip
        recommended(organisation, issue, baselines_affected=[product])
        organisation.move("carl", issue, "approve_issue")
        early = organisation.refused("pia", issue, "close_issue")
        organisation.desk.at("2026-01-06T09:00:00Z")
        organisation.move("pia", product, "change_description")
        organisation.move("pia", product, "baseline_description")

        assert set(alone) == {"rfc_linked"}
        assert set(descoped) == {"descoping_decided"}
        titled = f"'{organisation.desk.item(product).title}' ({product})"
        assert early["baselines_updated"].message == f"still at the old version: {titled}"
        assert organisation.move("pia", issue, "close_issue") == "closed"
        assert organisation.fields(product)["baseline_version"] == 2
        assert [each.kind for each in organisation.desk.item(product).evidence] == ["baseline"]

    def test_is_left_out_by_the_issue_that_decided_that_alone(self, organisation: Organisation) -> None:
        """A change of its description is another decision: also after that change has made a draft of it."""
        product, package = under_way(organisation)
        change = {"parent": package, "kind": "request_for_change", "description": "Another criterion."}
        other = recommended(
            organisation,
            organisation.create("tara", "issue", "Change it", **change),
            baselines_affected=[product],
        )
        organisation.move("carl", other, "approve_issue")
        agreed = organisation.refused("pia", product, "descope")
        organisation.desk.at("2026-01-06T09:00:00Z")
        organisation.move("pia", product, "change_description")
        draft = organisation.refused("pia", product, "descope")

        issue = organisation.create("tara", "issue", "Leave it out", **change)
        organisation.move("pia", issue, "assess", severity=3, priority="should")
        unnamed = organisation.refused("pia", issue, "recommend", **IMPACT, descopes=[product])
        organisation.move(
            "pia", issue, "recommend", **IMPACT, baselines_affected=[product], descopes=[product]
        )
        organisation.move("carl", issue, "approve_issue")
        early = organisation.refused("pia", issue, "close_issue")

        assert set(agreed) == set(draft) == {"descoping_decided"}
        assert set(unnamed) == {"impact_fields"}
        assert product in early["baselines_updated"].message
        assert organisation.move("pia", product, "descope") == "descoped"
        assert organisation.move("pia", issue, "close_issue") == "closed"

    def test_that_is_to_be_left_out_is_not_changed_instead(self, organisation: Organisation) -> None:
        product, package = under_way(organisation)
        issue = organisation.create(
            "tara",
            "issue",
            "Leave it out",
            parent=package,
            kind="request_for_change",
            description="Too much.",
        )
        recommended(organisation, issue, baselines_affected=[product], descopes=[product])
        organisation.move("carl", issue, "approve_issue")

        assert set(organisation.refused("pia", product, "change_description")) == {"rfc_linked"}

    def test_that_was_never_agreed_is_left_out_freely(self, organisation: Organisation) -> None:
        product = organisation.create("pia", "product", "Form", parent=organisation.delivering(), **PRODUCT)

        assert organisation.move("pia", product, "descope") == "descoped"

    def test_is_not_accepted_by_who_comes_to_manage_its_team(self, organisation: Organisation) -> None:
        """The project manager names a friend as approver, and appoints the friend as team manager later."""
        organisation.desk.person("kim")
        stage = organisation.delivering()
        product = organisation.create(
            "pia", "product", "Form", parent=stage, **{**PRODUCT, "approver": "kim"}
        )
        organisation.move("pia", product, "baseline_description")
        package = organisation.create(
            "pia", "work_package", "Build", parent=stage, products=[product], planned_start="2026-02-01",
            planned_end="2026-03-15", budget=30000,
            tolerances=[tolerance("time", "2026-03-15", 5, 5), percent("cost", 30000, 10, 10)],
        )  # fmt: skip
        organisation.move("pia", package, "authorize_work_package")
        organisation.move("pia", product, "develop")
        organisation.appoint(package, "team_manager", "tara", by="pia")
        measured(organisation, product, 4, "pass")
        organisation.move("pia", product, "ask_acceptance")
        organisation.appoint(package, "team_manager", "kim", by="pia")
        organisation.vote(product, "kim", approval="product_acceptance")

        refusal = organisation.refused("pia", product, "approve_product")

        assert set(refusal) == {"accepted_apart"}
        assert "Kim accepted it while managing the work on it" in refusal["accepted_apart"].message

    def test_of_the_whole_project_is_agreed_by_a_senior_user(self, organisation: Organisation) -> None:
        """Its description is what the users were promised."""
        project = organisation.begun()
        about = {**PRODUCT, "kind": "project_product"}
        product = organisation.create("pia", "product", "Online claims", parent=project, **about)

        assert set(organisation.refused("pia", product, "baseline_description")) == {"agreed_by_users"}
        assert organisation.move("uma", product, "baseline_description") == "baselined"

    def test_is_not_reviewed_by_its_producer(self, organisation: Organisation) -> None:
        stage = organisation.delivering()
        product = organisation.create(
            "pia", "product", "Form", parent=stage, **{**PRODUCT, "reviewers": ["tom"]}
        )

        refusal = organisation.refused("pia", product, "baseline_description")

        assert refusal["pd_fields"].message == "the producer reviews or approves the product"


class TestAnIssue:
    def test_of_little_severity_is_treated_without_a_decision(self, organisation: Organisation) -> None:
        project = organisation.begun()
        issue = organisation.create(
            "ada", "issue", "Noise", parent=project, kind="problem_concern", description="-"
        )

        grave = organisation.refused("pia", issue, "handle_informally", REASON, severity=4, priority="could")

        assert set(grave) == {"minor"}
        moved = organisation.move("pia", issue, "handle_informally", REASON, severity=2, priority="could")
        assert moved == "closed"
        logged = organisation.desk.history(project)[-1]
        assert (logged.kind, logged.actor) == ("comment", "system")
        assert logged.data["comment"] == f"Noise ({issue}) was handled informally: {REASON}"

    def test_that_asks_for_a_decision_gets_one(self, organisation: Organisation) -> None:
        """A request for change is not made a problem that the project manager closes; who has raised it may say so."""
        project = organisation.begun()
        issue = organisation.create(
            "pia", "issue", "Change", parent=project, kind="request_for_change", description="-"
        )
        other = organisation.create(
            "ada", "issue", "Change", parent=project, kind="request_for_change", description="-"
        )

        closed = organisation.refused(
            "pia", other, "handle_informally", REASON, severity=1, priority="could", kind="problem_concern"
        )
        with pytest.raises(
            BlockedError, match="it is a request for change, and would become a problem concern"
        ):
            organisation.edit("pia", other, kind="problem_concern")
        organisation.edit("pia", issue, kind="problem_concern")
        organisation.edit("pia", other, kind="off_specification")

        assert "kind_kept" in closed

    def test_is_about_a_project_that_goes_on(self, organisation: Organisation) -> None:
        """Nothing begins below a project or stage that has ended."""
        stage = organisation.delivering()
        first = organisation.all("stage")[0]
        for type, fields in (
            ("work_package", {}),
            ("product", PRODUCT),
            ("management_product", {"kind": "team_plan"}),
            ("issue", {"kind": "problem_concern", "description": "-"}),
        ):
            with pytest.raises(BlockedError, match=r"'Stage 1' .* is in .*, and nothing new begins there"):
                organisation.create("pia", type, parent=first, **fields)
            organisation.create("pia", type, parent=stage, **fields)

    def test_that_is_deferred_comes_back_by_itself(self, organisation: Organisation) -> None:
        project = organisation.begun()
        issue = organisation.create(
            "ada", "issue", "Later", parent=project, kind="business_opportunity", description="-"
        )
        recommended(organisation, issue)
        past = organisation.refused("eva", issue, "defer", defer_until="2026-01-05")
        organisation.move("eva", issue, "defer", defer_until="2026-01-09")

        organisation.desk.pass_time("2026-01-11T09:00:00Z")

        assert set(past) == {"date_future"}
        assert organisation.state(issue) == "recommended"
        said = organisation.fields(issue)
        assert (said["decision"], said["decided_by"]) == ("defer", "eva")

    def test_is_deferred_by_those_alone_who_could_decide_it(self, organisation: Organisation) -> None:
        """To put off what others decide is to decide it; so is to put off an own wish until nobody remembers it."""
        organisation.delivering()
        above, own = (
            organisation.create(by, "issue", "Change", parent=organisation.project, kind="request_for_change",
                                description="-")
            for by in ("ada", "carl")
        )  # fmt: skip
        recommended(organisation, above, cost_impact=6000)
        recommended(organisation, own, cost_impact=100)

        for issue in (above, own):
            assert set(organisation.refused("carl", issue, "defer", defer_until="2026-02-02")) == {
                "authority"
            }
        assert organisation.move("eva", above, "defer", defer_until="2026-02-02") == "deferred"

    def test_is_what_a_risk_becomes(self, organisation: Organisation) -> None:
        """A threat that comes true is a problem where it was feared, and one that names its issue makes no other."""
        stage = organisation.delivering()
        threat, chance, known = (
            organisation.create(
                "pia", "governance.risk", "Strike", parent=parent, kind=kind, cause="Pay", event="They strike",
                effect="No tests",
            )
            for parent, kind in ((stage, "threat"), (organisation.project, "opportunity"), (stage, "threat"))
        )  # fmt: skip
        for key in (threat, chance):
            organisation.move("pia", key, "materialise")
        first, second = organisation.all("issue")
        organisation.move("pia", known, "materialise", became=first)

        said = organisation.fields(first)
        assert (said["kind"], said["stage"]) == ("problem_concern", stage)
        assert said["description"] == f"The risk {threat} has come true. They strike: No tests"
        assert organisation.desk.item(first).links["prince2.caused_by"] == (threat,)
        assert organisation.fields(threat)["became"] == first
        assert organisation.fields(second)["kind"] == "business_opportunity"
        assert organisation.all("issue") == [first, second]

    def test_is_about_its_own_project_alone(self, organisation: Organisation) -> None:
        """Who is change authority elsewhere concedes nothing here, and no plan counts the products of others."""
        stage = organisation.delivering()
        here = organisation.create("pia", "product", "Form", parent=stage, **PRODUCT)
        organisation.move("pia", here, "baseline_description")
        elsewhere = organisation.begun()
        issue = organisation.create(
            "pia", "issue", "Concede it", parent=elsewhere, kind="off_specification", description="-"
        )
        organisation.move("pia", issue, "assess", severity=3, priority="should")
        first = organisation.create("pia", "stage", "Stage 1", parent=elsewhere, number=1, kind="initiation")
        plan = organisation.create(
            "pia", "management_product", "Plan", parent=first, kind="stage_plan", content="-", budget=1000,
            planned_start="2026-01-05", planned_end="2026-01-30", products=[here],
            tolerances=stage_tolerances("2026-01-30", 1000),
        )  # fmt: skip

        conceded = organisation.refused(
            "pia", issue, "recommend", **{**IMPACT, "baselines_affected": [here], "criterion": "errors"}
        )
        planned = organisation.refused("pia", first, "submit_plan", stage_plan=plan)

        assert (
            f"of another project: '{organisation.desk.item(here).title}' ({here})"
            in conceded["impact_fields"].message
        )
        assert (
            f"of another project: '{organisation.desk.item(here).title}' ({here})"
            in planned["plan_numbers"].message
        )

    def test_keeps_what_was_decided_last(self, organisation: Organisation) -> None:
        """More information is a decision, and so is an exception plan, each with its hand and reason."""
        organisation.delivering()
        issue = organisation.create(
            "ada", "issue", "Change", parent=organisation.project, kind="request_for_change", description="-"
        )
        recommended(organisation, issue, impact={**IMPACT["impact"], "cost": 20000})

        organisation.move("eva", issue, "request_information", REASON)
        asked = organisation.fields(issue)
        organisation.move("pia", issue, "recommend")
        organisation.move("eva", issue, "request_exception_plan")

        assert (asked["decision"], asked["decision_reason"]) == ("more_information", REASON)
        assert organisation.fields(issue)["decision"] == "exception_plan"
        [exception] = organisation.all("exception")
        organisation.move("pia", exception, "submit_report", cause="c", consequence="c", recommendation="r",
                          options=[{"text": "Plan"}, {"text": "Leave it"}])  # fmt: skip
        organisation.move("eva", exception, "ask_information", REASON)
        assert organisation.fields(exception)["decision"] == "more_information"
        organisation.move("pia", exception, "submit_report")
        organisation.move("eva", exception, "request_plan")
        said = organisation.fields(exception)
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
        self, organisation: Organisation, impact: dict[str, Any], authority: str
    ) -> None:
        organisation.delivering()
        issue = organisation.create(
            "ada", "issue", "Change", parent=organisation.project, kind="request_for_change", description="-"
        )

        recommended(organisation, issue, **impact)

        assert organisation.fields(issue)["required_authority"] == authority
        # They are notified, and nobody else; who has recommended it knows already.
        asked = {"change_authority": {"carl"}, "executive": {"eva"}, "business_layer": {"business_layer"}}
        notified = organisation.desk.notified(issue)
        assert {who for who, why in notified.items() if "prince2.issue_to_decide" in why} == asked.get(
            authority, set()
        )
