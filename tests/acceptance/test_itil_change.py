"""The acceptance scenarios of change enablement (ITIL 4), through HTTP, with their figures."""

from __future__ import annotations

from typing import Any

from .conftest import Organization

PLANS = {
    "implementation_plan": "Fail over, upgrade the standby, fail back, upgrade the rest.",
    "test_plan": "Replay yesterday's traffic against the upgraded standby.",
    "backout_plan": "Fail over to the node that was not upgraded, restore from the snapshot.",
    "backout_max_min": 30,
}
LOW_RISK: dict[str, Any] = {
    "planned_outage_min": 0,
    "users_affected": 0,
    "data_class": "public",
    "novelty": 1,
    "complexity": 1,
    "testing": 1,
    "backout": 1,
}
REASON = "as agreed in the weekly meeting"
VERIFIED = {"verification_note": "All probes are green and a test payment went through."}


def item(organization: Organization, name: str, criticality: int = 2, **fields: Any) -> str:
    cora = organization.cora
    values = {"kind": "service", "criticality": criticality, "data_class": "public", "owner": "otto"}
    return cora.create("itil.configuration_item", name, **(values | fields))


def normal(organization: Organization, ci: str, start: str, end: str, **fields: Any) -> str:
    """A normal change, described and with its plans, still new."""
    values = {
        "type": "normal", "reason": "maintenance", "cis": [ci], "planned_start": start, "planned_end": end,
        "implementer": "ravi", **PLANS, **LOW_RISK, **fields,
    }  # fmt: skip
    return organization.maya.create("itil.change", "Upgrade the database", **values)


def to_authorize(organization: Organization, key: str) -> Any:
    """Submit a change, attach its test result, and ask for authorization."""
    organization.maya.move(key, "submit")
    organization.ravi.attach(key, "test_result")
    return organization.carl.move(key, "request_authorization")


def scheduled(organization: Organization, ci: str, start: str, end: str, **fields: Any) -> str:
    """A change of low risk on the change schedule."""
    key = normal(organization, ci, start, end, **fields)
    to_authorize(organization, key)
    organization.lea.vote(key, "itil.change_approval")
    organization.carl.move(key, "authorize_change")
    return key


def emergency(organization: Organization, ci: str, **fields: Any) -> str:
    """An emergency change raised from a P1, authorized by the duty manager's word, still new."""
    incident = organization.uma.create(
        "itil.incident", "Everything is down", summary="Everything is down", symptoms="No page loads.",
        channel="phone", impact=1, urgency=1,
    )  # fmt: skip
    key = organization.maya.create(
        "itil.change", "Block the exploited endpoint", type="emergency", reason="security", cis=[ci],
        emergency_justification="The endpoint is being exploited right now.", verbal_authorizer="dora",
        implementer="ravi", **fields,
    )  # fmt: skip
    organization.maya.link(key, "itil.raised_from", incident)
    return key


def failed_change(organization: Organization, ci: str) -> str:
    """An emergency change that failed on an item."""
    key = emergency(organization, ci)
    organization.ravi.move(key, "implement_on_verbal")
    organization.ravi.move(key, "declare_failed")
    return key


MEDIUM_RISK: dict[str, Any] = {
    "users_affected": 1200, "planned_outage_min": 30, "data_class": "confidential",
    "novelty": 3, "complexity": 3, "testing": 2, "backout": 2,
}  # fmt: skip


class TestI01RiskAndAuthority:
    def test_a_score_of_8_is_medium_and_goes_to_the_change_manager(self, organization: Organization) -> None:
        """Impact 4, likelihood mean 2.4 rounded to 2."""
        ci = item(organization, "db-1", criticality=4)
        failed_change(organization, ci)
        key = normal(organization, ci, "2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z", **MEDIUM_RISK)

        fields = to_authorize(organization, key)["fields"]

        assert (fields["history"], fields["impact_score"], fields["likelihood_score"]) == (2, 4, 2)
        assert (fields["risk_score"], fields["risk_class"]) == (8, "medium")
        waiting = organization.carl.get("/approvals", status="pending", item=key)["approvals"]
        assert [line["missing"] for line in waiting] == [["carl"]]

    def test_a_history_of_5_makes_the_same_change_high_and_a_matter_of_the_cab(
        self, organization: Organization
    ) -> None:
        """Likelihood mean 3.0, score 12."""
        ci = item(organization, "db-1", criticality=4)
        for _ in range(4):
            failed_change(organization, ci)
        key = normal(organization, ci, "2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z", **MEDIUM_RISK)

        fields = to_authorize(organization, key)["fields"]

        assert (fields["history"], fields["impact_score"], fields["likelihood_score"]) == (5, 4, 3)
        assert (fields["risk_score"], fields["risk_class"]) == (12, "high")
        waiting = organization.carl.get("/approvals", status="pending", item=key)["approvals"]
        assert sorted(waiting[0]["missing"]) == ["dana", "emil", "finn", "gina"]

    def test_medium_needs_three_business_days_of_lead_time(self, organization: Organization) -> None:
        """Monday 09:00 plus three business days is Wednesday 17:00, when the calendar closes."""
        ci = item(organization, "db-1", criticality=4)
        failed_change(organization, ci)
        key = normal(organization, ci, "2026-11-18T16:00:00Z", "2026-11-18T17:00:00Z", **MEDIUM_RISK)
        to_authorize(organization, key)
        organization.carl.vote(key, "itil.change_approval")

        blockers = organization.carl.refused(key, "authorize_change")

        assert set(blockers) == {"itil.lead"}
        assert "medium" in blockers["itil.lead"]["message"]


class TestI02VetoOfTheServiceOwner:
    def test_two_votes_of_three_do_not_authorize_a_high_change_and_a_veto_ends_it(
        self, organization: Organization
    ) -> None:
        """A reject by the owner of an affected item of criticality 5 refuses, although three others approve."""
        ci = item(organization, "payments", criticality=5)
        risk: dict[str, Any] = {
            "novelty": 3,
            "complexity": 3,
            "testing": 2,
            "backout": 3,
            "users_affected": 5000,
        }
        key = normal(organization, ci, "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z", **risk)
        assert to_authorize(organization, key)["fields"]["risk_class"] == "high"
        organization.finn.vote(key, "itil.change_approval")
        organization.gina.vote(key, "itil.change_approval")

        early = organization.carl.refused(key, "authorize_change")
        organization.dana.vote(key, "itil.change_approval")
        organization.otto.vote(key, "itil.change_approval", "reject")
        late = organization.carl.refused(key, "authorize_change")

        assert "2 for, 0 against" in early["itil.approval_quorum"]["message"]
        assert "refused by a veto" in late["itil.approval_quorum"]["message"]


class TestI03FreezeAndBlackout:
    FROM, TO = "2026-12-22T10:00:00Z", "2026-12-22T11:00:00Z"

    def window(self, organization: Organization, kind: str) -> None:
        organization.carl.create(
            "itil.change_window", f"Year-end {kind}", kind=kind, start="2026-12-20T00:00:00Z",
            end="2027-01-04T00:00:00Z", scope=["all"],
        )  # fmt: skip

    def model(self, organization: Organization, ci: str) -> str:
        """An active change model, proven by three successful normal changes."""
        model = organization.maya.create(
            "itil.change_model", "Rotate a certificate", steps=["issue", "install", "reload"],
            backout_step="reinstall the old certificate", risk_class="low", cis_scope=[ci], max_outage_min=5,
        )  # fmt: skip
        for day in (18, 19, 20):
            key = scheduled(
                organization, ci, f"2026-11-{day}T10:00:00Z", f"2026-11-{day}T11:00:00Z", model=model
            )
            organization.clock(f"2026-11-{day}T10:00:00Z")
            close(organization, key, ci)
        organization.maya.move(model, "propose_model")
        organization.carl.vote(model, "itil.model_approval")
        organization.otto.vote(model, "itil.model_approval")
        organization.carl.move(model, "approve_model")
        return model

    def standard(self, organization: Organization, ci: str, model: str) -> str:
        return organization.maya.create(
            "itil.change", "Rotate the certificate", type="standard", reason="maintenance", model=model, cis=[ci],
            planned_start=self.FROM, planned_end=self.TO, planned_outage_min=0, implementer="ravi",
        )  # fmt: skip

    def test_a_freeze_stops_a_normal_change_and_lets_a_standard_one_pass(
        self, organization: Organization
    ) -> None:
        """The refusal names the window."""
        ci = item(organization, "web-1")
        model = self.model(organization, ci)
        self.window(organization, "freeze")
        key = normal(organization, ci, self.FROM, self.TO)
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval")

        blockers = organization.carl.refused(key, "authorize_change")
        standard = organization.maya.move(self.standard(organization, ci, model), "schedule_standard")

        assert set(blockers) == {"itil.window_allows"}
        assert "Year-end freeze" in blockers["itil.window_allows"]["message"]
        assert standard["state"] == "scheduled"

    def test_a_blackout_stops_both_until_the_normal_one_is_exempted(self, organization: Organization) -> None:
        """The exemption takes change manager, service owner and IT director."""
        ci = item(organization, "web-1")
        model = self.model(organization, ci)
        self.window(organization, "blackout")
        key = normal(organization, ci, self.FROM, self.TO)
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval")

        normal_blockers = organization.carl.refused(key, "authorize_change")
        standard_blockers = organization.maya.refused(
            self.standard(organization, ci, model), "schedule_standard"
        )
        organization.carl.move(key, "request_exemption", REASON)
        for person in ("carl", "otto", "ivy"):
            getattr(organization, person).vote(key, "itil.freeze_exemption")
        moved = organization.carl.move(key, "authorize_change")

        assert set(normal_blockers) == {"itil.window_allows"}
        assert set(standard_blockers) == {"itil.window_allows"}
        assert moved["state"] == "scheduled"


def close(organization: Organization, key: str, ci: str) -> Any:
    """Implement a scheduled change now, successfully, and close it."""
    organization.ravi.move(key, "start_implementation")
    organization.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
    item = organization.carl.get(f"/items/{key}")
    if item["fields"]["pir_required"]:
        organization.carl.edit(key, pir_reviewer="carl", pir_findings="Went as planned.")
    organization.ravi.move(key, "confirm_items", confirmed_cis=[ci])
    return organization.carl.move(key, "close_change")


class TestI04Collisions:
    def test_direct_related_and_the_buffer(self, organization: Organization) -> None:
        """B at 12:20 is inside A's buffer of 30 minutes; C's item depends on A's; B at 12:30 passes."""
        db = item(organization, "db-1")
        app = item(organization, "app-1")
        organization.cora.link(app, "itil.depends_on", db)
        a = scheduled(organization, db, "2026-11-25T10:00:00Z", "2026-11-25T12:00:00Z")
        b = normal(organization, db, "2026-11-25T12:20:00Z", "2026-11-25T13:00:00Z")
        c = normal(organization, app, "2026-11-25T11:30:00Z", "2026-11-25T13:00:00Z")
        for key in (b, c):
            to_authorize(organization, key)
            organization.lea.vote(key, "itil.change_approval")

        direct = organization.carl.refused(b, "authorize_change")
        related = organization.carl.refused(c, "authorize_change")

        assert set(direct) == {"itil.collision_direct"}
        assert a in direct["itil.collision_direct"]["message"]
        assert "Wednesday 25 November 12:30" in direct["itil.collision_direct"]["remedy"]
        assert set(related) == {"itil.collision_related"}
        assert a in related["itil.collision_related"]["message"]

        organization.maya.edit(c, collision_ack=[{"change": a, "agreed_by": "otto"}])
        organization.otto.send(
            "PUT", f"/items/{c}/confirmations/itil.collision_agreement", {"decision": "confirm"}
        )
        assert organization.carl.move(c, "authorize_change")["state"] == "scheduled"

    def test_a_change_that_starts_when_the_buffer_ends_passes(self, organization: Organization) -> None:
        """Intervals are half-open: 12:00 plus 30 minutes is free at 12:30."""
        db = item(organization, "db-1")
        scheduled(organization, db, "2026-11-25T10:00:00Z", "2026-11-25T12:00:00Z")

        b = scheduled(organization, db, "2026-11-25T12:30:00Z", "2026-11-25T13:10:00Z")

        assert organization.carl.get(f"/items/{b}")["state"] == "scheduled"


class TestI05EmergencyByVoice:
    def test_records_are_demanded_afterwards_all_at_once(self, organization: Organization) -> None:
        """Implemented at once on the duty manager's word; closed only when everything is written down."""
        ci = item(organization, "web-1")
        organization.clock("2026-11-17T02:00:00Z")
        key = emergency(organization, ci)
        moved = organization.ravi.move(key, "implement_on_verbal")
        organization.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        organization.clock("2026-11-18T02:00:00Z")
        organization.ravi.move(key, "confirm_items", confirmed_cis=[ci])

        blockers = organization.carl.refused(key, "close_change")

        assert moved["state"] == "implement"
        assert moved["fields"]["retroactive"] is True
        assert set(blockers) == {"itil.retro_docs", "itil.pir_filled"}
        assert {
            "no test evidence is attached after the emergency",
            "the emergency board has not decided on it",
        } <= set(organization.carl.messages(key, "close_change"))

    def test_it_closes_when_complete(self, organization: Organization) -> None:
        """Votes of the ECAB, plans, test evidence, risk answers and the review are all there."""
        ci = item(organization, "web-1")
        plan = PLANS["implementation_plan"]
        times = {"planned_start": "2026-11-16T09:00:00Z", "planned_end": "2026-11-16T10:00:00Z"}
        key = emergency(organization, ci, implementation_plan=plan, **times)
        organization.ravi.move(key, "implement_on_verbal")
        organization.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        organization.ed.vote(key, "itil.ecab_approval")
        organization.carl.vote(key, "itil.ecab_approval")
        plans = {"backout_plan": PLANS["backout_plan"], **LOW_RISK}
        organization.ravi.move(key, "document_emergency", **plans)
        organization.ravi.move(key, "confirm_items", confirmed_cis=[ci])
        organization.ravi.attach(key, "test_result")
        organization.carl.edit(key, pir_reviewer="carl", pir_findings="The filter held, no data left.")

        assert organization.carl.move(key, "close_change")["state"] == "closed"


class TestI06SegregationOfDuties:
    def test_the_implementer_cannot_vote_on_the_own_change(self, organization: Organization) -> None:
        """The vote is refused, and the quorum counts without it."""
        organization.assign("itil.cab_member", "finn", "gina", "dana", "ravi")
        ci = item(organization, "payments", criticality=5)
        risk: dict[str, Any] = {
            "novelty": 3,
            "complexity": 3,
            "testing": 2,
            "backout": 3,
            "users_affected": 5000,
        }
        key = normal(organization, ci, "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z", **risk)
        to_authorize(organization, key)
        organization.finn.vote(key, "itil.change_approval")
        organization.gina.vote(key, "itil.change_approval")

        problem = organization.ravi.vote(key, "itil.change_approval", expect=409)
        blockers = organization.carl.refused(key, "authorize_change")

        assert [(b["gate"], b["check"]) for b in problem["blockers"]] == [
            ("segregation", "itil.sod_authorize")
        ]
        assert "2 for, 0 against" in blockers["itil.approval_quorum"]["message"]
        assert blockers["itil.approval_quorum"]["who"] == ["dana"]


class TestI11StandardChangeBackedOut:
    def test_the_model_is_suspended_and_its_other_changes_go_back(self, organization: Organization) -> None:
        """Reinstating the model needs the review of the failed change."""
        ci = item(organization, "web-1")
        model = TestI03FreezeAndBlackout().model(organization, ci)
        standards = []
        for start, end in (("10:00", "11:00"), ("14:00", "15:00")):
            key = organization.maya.create(
                "itil.change", "Rotate the certificate", type="standard", reason="maintenance", model=model,
                cis=[ci], planned_start=f"2026-11-24T{start}:00Z", planned_end=f"2026-11-24T{end}:00Z",
                planned_outage_min=0, implementer="ravi",
            )  # fmt: skip
            organization.maya.move(key, "schedule_standard")
            standards.append(key)
        first, second = standards
        organization.clock("2026-11-24T10:00:00Z")
        organization.ravi.move(first, "start_implementation")
        organization.ravi.move(first, "start_backout")

        backed_out = organization.ravi.move(first, "finish_backout", **VERIFIED)

        assert backed_out["fields"]["outcome"] == "backed_out"
        assert organization.carl.get(f"/items/{model}")["state"] == "suspended"
        assert organization.carl.get(f"/items/{second}")["state"] == "new"
        blockers = organization.carl.refused(model, "reinstate_model", REASON)
        assert set(blockers) == {"itil.model_pir"}
        assert first in blockers["itil.model_pir"]["message"]
