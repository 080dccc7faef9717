"""The acceptance scenarios of change enablement (ITIL 4), through HTTP, with their figures."""

from __future__ import annotations

from typing import Any

from .conftest import Organisation

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


def item(organisation: Organisation, name: str, criticality: int = 2, **fields: Any) -> str:
    cora = organisation.cora
    values = {"kind": "service", "criticality": criticality, "data_class": "public", "owner": "otto"}
    return cora.create("itil.configuration_item", name, **(values | fields))


def normal(organisation: Organisation, ci: str, start: str, end: str, **fields: Any) -> str:
    """A normal change, described and with its plans, still new."""
    values = {
        "type": "normal", "reason": "maintenance", "cis": [ci], "planned_start": start, "planned_end": end,
        "implementer": "ravi", **PLANS, **LOW_RISK, **fields,
    }  # fmt: skip
    return organisation.maya.create("itil.change", "Upgrade the database", **values)


def to_authorize(organisation: Organisation, key: str) -> Any:
    """Submit a change, attach its test result, and ask for authorization."""
    organisation.maya.move(key, "submit")
    organisation.ravi.attach(key, "test_result")
    return organisation.carl.move(key, "request_authorization")


def scheduled(organisation: Organisation, ci: str, start: str, end: str, **fields: Any) -> str:
    """A change of low risk on the change schedule."""
    key = normal(organisation, ci, start, end, **fields)
    to_authorize(organisation, key)
    organisation.lea.vote(key, "itil.change_approval")
    organisation.carl.move(key, "authorize_change")
    return key


def emergency(organisation: Organisation, ci: str, **fields: Any) -> str:
    """An emergency change raised from a P1, authorized by the duty manager's word, still new."""
    incident = organisation.uma.create(
        "itil.incident", "Everything is down", summary="Everything is down", symptoms="No page loads.",
        channel="phone", impact=1, urgency=1,
    )  # fmt: skip
    key = organisation.maya.create(
        "itil.change", "Block the exploited endpoint", type="emergency", reason="security", cis=[ci],
        emergency_justification="The endpoint is being exploited right now.", verbal_authorizer="dora",
        implementer="ravi", **fields,
    )  # fmt: skip
    organisation.maya.link(key, "itil.raised_from", incident)
    return key


def failed_change(organisation: Organisation, ci: str) -> str:
    """An emergency change that failed on an item."""
    key = emergency(organisation, ci)
    organisation.ravi.move(key, "implement_on_verbal")
    organisation.ravi.move(key, "declare_failed")
    return key


MEDIUM_RISK: dict[str, Any] = {
    "users_affected": 1200, "planned_outage_min": 30, "data_class": "confidential",
    "novelty": 3, "complexity": 3, "testing": 2, "backout": 2,
}  # fmt: skip


class TestI01RiskAndAuthority:
    def test_a_score_of_8_is_medium_and_goes_to_the_change_manager(self, organisation: Organisation) -> None:
        """Impact 4, likelihood mean 2.4 rounded to 2."""
        ci = item(organisation, "db-1", criticality=4)
        failed_change(organisation, ci)
        key = normal(organisation, ci, "2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z", **MEDIUM_RISK)

        fields = to_authorize(organisation, key)["fields"]

        assert (fields["history"], fields["impact_score"], fields["likelihood_score"]) == (2, 4, 2)
        assert (fields["risk_score"], fields["risk_class"]) == (8, "medium")
        waiting = organisation.carl.get("/approvals", status="pending", item=key)["approvals"]
        assert [line["missing"] for line in waiting] == [["carl"]]

    def test_a_history_of_5_makes_the_same_change_high_and_a_matter_of_the_cab(
        self, organisation: Organisation
    ) -> None:
        """Likelihood mean 3.0, score 12."""
        ci = item(organisation, "db-1", criticality=4)
        for _ in range(4):
            failed_change(organisation, ci)
        key = normal(organisation, ci, "2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z", **MEDIUM_RISK)

        fields = to_authorize(organisation, key)["fields"]

        assert (fields["history"], fields["impact_score"], fields["likelihood_score"]) == (5, 4, 3)
        assert (fields["risk_score"], fields["risk_class"]) == (12, "high")
        waiting = organisation.carl.get("/approvals", status="pending", item=key)["approvals"]
        assert sorted(waiting[0]["missing"]) == ["dana", "emil", "finn", "gina"]

    def test_medium_needs_three_business_days_of_lead_time(self, organisation: Organisation) -> None:
        """Monday 09:00 plus three business days is Wednesday 17:00, when the calendar closes."""
        ci = item(organisation, "db-1", criticality=4)
        failed_change(organisation, ci)
        key = normal(organisation, ci, "2026-11-18T16:00:00Z", "2026-11-18T17:00:00Z", **MEDIUM_RISK)
        to_authorize(organisation, key)
        organisation.carl.vote(key, "itil.change_approval")

        blockers = organisation.carl.refused(key, "authorize_change")

        assert set(blockers) == {"itil.lead"}
        assert "medium" in blockers["itil.lead"]["message"]


class TestI02VetoOfTheServiceOwner:
    def test_two_votes_of_three_do_not_authorize_a_high_change_and_a_veto_ends_it(
        self, organisation: Organisation
    ) -> None:
        """A reject by the owner of an affected item of criticality 5 refuses, although three others approve."""
        ci = item(organisation, "payments", criticality=5)
        risk: dict[str, Any] = {
            "novelty": 3,
            "complexity": 3,
            "testing": 2,
            "backout": 3,
            "users_affected": 5000,
        }
        key = normal(organisation, ci, "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z", **risk)
        assert to_authorize(organisation, key)["fields"]["risk_class"] == "high"
        organisation.finn.vote(key, "itil.change_approval")
        organisation.gina.vote(key, "itil.change_approval")

        early = organisation.carl.refused(key, "authorize_change")
        organisation.dana.vote(key, "itil.change_approval")
        organisation.otto.vote(key, "itil.change_approval", "reject")
        late = organisation.carl.refused(key, "authorize_change")

        assert "2 for, 0 against" in early["itil.approval_quorum"]["message"]
        assert "refused by a veto" in late["itil.approval_quorum"]["message"]


class TestI03FreezeAndBlackout:
    FROM, TO = "2026-12-22T10:00:00Z", "2026-12-22T11:00:00Z"

    def window(self, organisation: Organisation, kind: str) -> None:
        organisation.carl.create(
            "itil.change_window", f"Year-end {kind}", kind=kind, start="2026-12-20T00:00:00Z",
            end="2027-01-04T00:00:00Z", scope=["all"],
        )  # fmt: skip

    def model(self, organisation: Organisation, ci: str) -> str:
        """An active change model, proven by three successful normal changes."""
        model = organisation.maya.create(
            "itil.change_model", "Rotate a certificate", steps=["issue", "install", "reload"],
            backout_step="reinstall the old certificate", risk_class="low", cis_scope=[ci], max_outage_min=5,
        )  # fmt: skip
        for day in (18, 19, 20):
            key = scheduled(
                organisation, ci, f"2026-11-{day}T10:00:00Z", f"2026-11-{day}T11:00:00Z", model=model
            )
            organisation.clock(f"2026-11-{day}T10:00:00Z")
            close(organisation, key, ci)
        organisation.maya.move(model, "propose_model")
        organisation.carl.vote(model, "itil.model_approval")
        organisation.otto.vote(model, "itil.model_approval")
        organisation.carl.move(model, "approve_model")
        return model

    def standard(self, organisation: Organisation, ci: str, model: str) -> str:
        return organisation.maya.create(
            "itil.change", "Rotate the certificate", type="standard", reason="maintenance", model=model, cis=[ci],
            planned_start=self.FROM, planned_end=self.TO, planned_outage_min=0, implementer="ravi",
        )  # fmt: skip

    def test_a_freeze_stops_a_normal_change_and_lets_a_standard_one_pass(
        self, organisation: Organisation
    ) -> None:
        """The refusal names the window."""
        ci = item(organisation, "web-1")
        model = self.model(organisation, ci)
        self.window(organisation, "freeze")
        key = normal(organisation, ci, self.FROM, self.TO)
        to_authorize(organisation, key)
        organisation.lea.vote(key, "itil.change_approval")

        blockers = organisation.carl.refused(key, "authorize_change")
        standard = organisation.maya.move(self.standard(organisation, ci, model), "schedule_standard")

        assert set(blockers) == {"itil.window_allows"}
        assert "Year-end freeze" in blockers["itil.window_allows"]["message"]
        assert standard["state"] == "scheduled"

    def test_a_blackout_stops_both_until_the_normal_one_is_exempted(self, organisation: Organisation) -> None:
        """The exemption takes change manager, service owner and IT director."""
        ci = item(organisation, "web-1")
        model = self.model(organisation, ci)
        self.window(organisation, "blackout")
        key = normal(organisation, ci, self.FROM, self.TO)
        to_authorize(organisation, key)
        organisation.lea.vote(key, "itil.change_approval")

        normal_blockers = organisation.carl.refused(key, "authorize_change")
        standard_blockers = organisation.maya.refused(
            self.standard(organisation, ci, model), "schedule_standard"
        )
        organisation.carl.move(key, "request_exemption", REASON)
        for person in ("carl", "otto", "ivy"):
            getattr(organisation, person).vote(key, "itil.freeze_exemption")
        moved = organisation.carl.move(key, "authorize_change")

        assert set(normal_blockers) == {"itil.window_allows"}
        assert set(standard_blockers) == {"itil.window_allows"}
        assert moved["state"] == "scheduled"


def close(organisation: Organisation, key: str, ci: str) -> Any:
    """Implement a scheduled change now, successfully, and close it."""
    organisation.ravi.move(key, "start_implementation")
    organisation.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
    item = organisation.carl.get(f"/items/{key}")
    if item["fields"]["pir_required"]:
        organisation.carl.edit(key, pir_reviewer="carl", pir_findings="Went as planned.")
    organisation.ravi.move(key, "confirm_items", confirmed_cis=[ci])
    return organisation.carl.move(key, "close_change")


class TestI04Collisions:
    def test_direct_related_and_the_buffer(self, organisation: Organisation) -> None:
        """B at 12:20 is inside A's buffer of 30 minutes; C's item depends on A's; B at 12:30 passes."""
        db = item(organisation, "db-1")
        app = item(organisation, "app-1")
        organisation.cora.link(app, "itil.depends_on", db)
        a = scheduled(organisation, db, "2026-11-25T10:00:00Z", "2026-11-25T12:00:00Z")
        b = normal(organisation, db, "2026-11-25T12:20:00Z", "2026-11-25T13:00:00Z")
        c = normal(organisation, app, "2026-11-25T11:30:00Z", "2026-11-25T13:00:00Z")
        for key in (b, c):
            to_authorize(organisation, key)
            organisation.lea.vote(key, "itil.change_approval")

        direct = organisation.carl.refused(b, "authorize_change")
        related = organisation.carl.refused(c, "authorize_change")

        assert set(direct) == {"itil.collision_direct"}
        assert a in direct["itil.collision_direct"]["message"]
        assert "Wednesday 25 November 12:30" in direct["itil.collision_direct"]["remedy"]
        assert set(related) == {"itil.collision_related"}
        assert a in related["itil.collision_related"]["message"]

        organisation.maya.edit(c, collision_ack=[{"change": a, "agreed_by": "otto"}])
        organisation.otto.send(
            "PUT", f"/items/{c}/confirmations/itil.collision_agreement", {"decision": "confirm"}
        )
        assert organisation.carl.move(c, "authorize_change")["state"] == "scheduled"

    def test_a_change_that_starts_when_the_buffer_ends_passes(self, organisation: Organisation) -> None:
        """Intervals are half-open: 12:00 plus 30 minutes is free at 12:30."""
        db = item(organisation, "db-1")
        scheduled(organisation, db, "2026-11-25T10:00:00Z", "2026-11-25T12:00:00Z")

        b = scheduled(organisation, db, "2026-11-25T12:30:00Z", "2026-11-25T13:10:00Z")

        assert organisation.carl.get(f"/items/{b}")["state"] == "scheduled"


class TestI05EmergencyByVoice:
    def test_records_are_demanded_afterwards_all_at_once(self, organisation: Organisation) -> None:
        """Implemented at once on the duty manager's word; closed only when everything is written down."""
        ci = item(organisation, "web-1")
        organisation.clock("2026-11-17T02:00:00Z")
        key = emergency(organisation, ci)
        moved = organisation.ravi.move(key, "implement_on_verbal")
        organisation.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        organisation.clock("2026-11-18T02:00:00Z")
        organisation.ravi.move(key, "confirm_items", confirmed_cis=[ci])

        blockers = organisation.carl.refused(key, "close_change")

        assert moved["state"] == "implement"
        assert moved["fields"]["retroactive"] is True
        assert set(blockers) == {"itil.retro_docs", "itil.pir_filled"}
        assert {
            "no test evidence is attached after the emergency",
            "the emergency board has not decided on it",
        } <= set(organisation.carl.messages(key, "close_change"))

    def test_it_closes_when_complete(self, organisation: Organisation) -> None:
        """Votes of the ECAB, plans, test evidence, risk answers and the review are all there."""
        ci = item(organisation, "web-1")
        plan = PLANS["implementation_plan"]
        times = {"planned_start": "2026-11-16T09:00:00Z", "planned_end": "2026-11-16T10:00:00Z"}
        key = emergency(organisation, ci, implementation_plan=plan, **times)
        organisation.ravi.move(key, "implement_on_verbal")
        organisation.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        organisation.ed.vote(key, "itil.ecab_approval")
        organisation.carl.vote(key, "itil.ecab_approval")
        plans = {"backout_plan": PLANS["backout_plan"], **LOW_RISK}
        organisation.ravi.move(key, "document_emergency", **plans)
        organisation.ravi.move(key, "confirm_items", confirmed_cis=[ci])
        organisation.ravi.attach(key, "test_result")
        organisation.carl.edit(key, pir_reviewer="carl", pir_findings="The filter held, no data left.")

        assert organisation.carl.move(key, "close_change")["state"] == "closed"


class TestI06SegregationOfDuties:
    def test_the_implementer_cannot_vote_on_the_own_change(self, organisation: Organisation) -> None:
        """The vote is refused, and the quorum counts without it."""
        organisation.assign("itil.cab_member", "finn", "gina", "dana", "ravi")
        ci = item(organisation, "payments", criticality=5)
        risk: dict[str, Any] = {
            "novelty": 3,
            "complexity": 3,
            "testing": 2,
            "backout": 3,
            "users_affected": 5000,
        }
        key = normal(organisation, ci, "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z", **risk)
        to_authorize(organisation, key)
        organisation.finn.vote(key, "itil.change_approval")
        organisation.gina.vote(key, "itil.change_approval")

        problem = organisation.ravi.vote(key, "itil.change_approval", expect=409)
        blockers = organisation.carl.refused(key, "authorize_change")

        assert [(b["gate"], b["check"]) for b in problem["blockers"]] == [
            ("segregation", "itil.sod_authorize")
        ]
        assert "2 for, 0 against" in blockers["itil.approval_quorum"]["message"]
        assert blockers["itil.approval_quorum"]["who"] == ["dana"]


class TestI11StandardChangeBackedOut:
    def test_the_model_is_suspended_and_its_other_changes_go_back(self, organisation: Organisation) -> None:
        """Reinstating the model needs the review of the failed change."""
        ci = item(organisation, "web-1")
        model = TestI03FreezeAndBlackout().model(organisation, ci)
        standards = []
        for start, end in (("10:00", "11:00"), ("14:00", "15:00")):
            key = organisation.maya.create(
                "itil.change", "Rotate the certificate", type="standard", reason="maintenance", model=model,
                cis=[ci], planned_start=f"2026-11-24T{start}:00Z", planned_end=f"2026-11-24T{end}:00Z",
                planned_outage_min=0, implementer="ravi",
            )  # fmt: skip
            organisation.maya.move(key, "schedule_standard")
            standards.append(key)
        first, second = standards
        organisation.clock("2026-11-24T10:00:00Z")
        organisation.ravi.move(first, "start_implementation")
        organisation.ravi.move(first, "start_backout")

        backed_out = organisation.ravi.move(first, "finish_backout", **VERIFIED)

        assert backed_out["fields"]["outcome"] == "backed_out"
        assert organisation.carl.get(f"/items/{model}")["state"] == "suspended"
        assert organisation.carl.get(f"/items/{second}")["state"] == "new"
        blockers = organisation.carl.refused(model, "reinstate_model", REASON)
        assert set(blockers) == {"itil.model_pir"}
        assert first in blockers["itil.model_pir"]["message"]
