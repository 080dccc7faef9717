"""The acceptance scenario of problem management (ITIL 4, I12), and the way of a fix, through HTTP."""

from __future__ import annotations

from .conftest import Organization
from .test_itil_change import LOW_RISK, PLANS, REASON, VERIFIED, item
from .test_itil_incident import incident


class TestI12APattern:
    def test_of_three_incidents_is_a_problem(self, organization: Organization) -> None:
        """Category mail, the same item, on days 1, 9 and 28; the third is the one that shows it."""
        relay = item(organization, "mail-relay")
        keys, counts = [], []
        for day in ("2026-11-16", "2026-11-24", "2026-12-13"):
            organization.clock(f"{day}T10:00:00Z")
            keys.append(incident(organization, impact=3, urgency=2, cis=[relay]))
            counts.append(len(organization.pia.get("/items", type="itil.problem")["items"]))

        assert counts == [0, 0, 1]
        problem = organization.pia.get("/items", type="itil.problem")["items"][0]
        fields = problem["fields"]
        assert (fields["source"], fields["category"], fields["cis"]) == ("proactive", "mail", [relay])
        assert problem["title"] == "3 incidents of category mail on mail-relay"
        linked = organization.pia.get(f"/items/{problem['key']}/links")["links"]
        assert sorted(link["key"] for link in linked if link["link_type"] == "itil.caused_by_problem") == keys

        key = problem["key"]
        organization.pia.move(key, "start_investigation")
        organization.rosa.attach(key, "rca")
        blockers = organization.pia.refused(
            key, "identify_known_error", root_cause="The queue has no limit.", rca_method="five_whys",
            cause_category="configuration",
        )  # fmt: skip
        assert set(blockers) == {"itil.workaround_fields"}
        assert blockers["itil.workaround_fields"]["message"] == (
            "missing: workaround, workaround tested at, known error article"
        )


class TestAFix:
    def known_error(self, organization: Organization, ci: str) -> str:
        key = organization.pia.create(
            "itil.problem", "The relay loses mail", source="supplier", impact=2, urgency=2, cis=[ci]
        )
        organization.pia.move(key, "start_investigation")
        organization.rosa.attach(key, "rca")
        organization.pia.move(
            key, "identify_known_error", root_cause="The queue has no limit.", rca_method="five_whys",
            cause_category="configuration", workaround="Empty it.", workaround_tested_at="2026-11-16T08:00:00Z",
            known_error_article="If mail is late, empty the queue.",
        )  # fmt: skip
        return key

    def test_is_a_change_whose_end_the_problem_learns_of(self, organization: Organization) -> None:
        """Made with the problem's item, done, closed: the problem is watched for a fortnight, and closes."""
        ci = item(organization, "mail-relay")
        problem = self.known_error(organization, ci)
        organization.pia.move(problem, "raise_fix", create_change=True, fix_plan="Limit the queue.")
        change = organization.pia.get(f"/items/{problem}")["links"]["itil.fixed_by_change"][0]
        made = organization.maya.get(f"/items/{change}")
        organization.maya.edit(
            change, implementer="ravi", planned_start="2026-11-24T10:00:00Z", planned_end="2026-11-24T12:00:00Z",
            **PLANS, **LOW_RISK,
        )  # fmt: skip
        organization.maya.move(change, "submit")
        organization.ravi.attach(change, "test_result")
        organization.carl.move(change, "request_authorization")
        organization.lea.vote(change, "itil.change_approval")
        organization.carl.move(change, "authorize_change")
        organization.clock("2026-11-24T10:00:00Z")
        organization.ravi.move(change, "start_implementation")
        organization.ravi.move(change, "complete_implementation", outcome="successful", **VERIFIED)
        organization.ravi.move(change, "confirm_items", no_data_change=True)
        organization.carl.move(change, "close_change", pir_reviewer="carl", pir_findings="As planned.")

        assert (made["fields"]["cis"], made["fields"]["initiator"]) == ([ci], "pia")
        assert organization.pia.get(f"/items/{problem}")["state"] == "observing"
        early = organization.pia.refused(problem, "close_problem")["itil.quiet_period"]
        assert (early["message"], early["earliest"]) == ("observed for 0 of 14 days", "2026-12-08T10:00:00Z")
        organization.clock("2026-12-08T10:00:00Z")
        assert organization.pia.move(problem, "close_problem")["state"] == "closed"

    def test_that_comes_to_nothing_leaves_a_known_error(self, organization: Organization) -> None:
        """A change that is cancelled fixes nothing."""
        problem = self.known_error(organization, item(organization, "mail-relay"))
        organization.pia.move(problem, "raise_fix", create_change=True)
        change = organization.pia.get(f"/items/{problem}")["links"]["itil.fixed_by_change"][0]

        organization.maya.move(change, "cancel_change", REASON)

        assert organization.pia.get(f"/items/{problem}")["state"] == "known_error"

    def test_that_did_not_hold_is_investigated_again(self, organization: Organization) -> None:
        """An incident that is younger than the fix says so."""
        ci = item(organization, "mail-relay")
        problem = self.known_error(organization, ci)
        organization.pia.move(problem, "fix_without_change", REASON)
        organization.clock("2026-11-20T10:00:00Z")
        again = incident(organization, impact=3, urgency=2, cis=[ci])
        seen = organization.sam.get(f"/items/{again}")["fields"]["known_errors"]

        organization.sam.link(again, "itil.caused_by_problem", problem)

        assert seen == [{"problem": problem, "article": "If mail is late, empty the queue."}]
        assert organization.pia.get(f"/items/{problem}")["state"] == "investigating"
