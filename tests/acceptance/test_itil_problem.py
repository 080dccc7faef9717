"""The acceptance scenario of problem management (ITIL 4, I12), and the way of a fix, through HTTP."""

from __future__ import annotations

from .conftest import Organisation
from .test_itil_change import LOW_RISK, PLANS, REASON, VERIFIED, item
from .test_itil_incident import incident


class TestI12APattern:
    def test_of_three_incidents_is_a_problem(self, organisation: Organisation) -> None:
        """Category mail, the same item, on days 1, 9 and 28; the third is the one that shows it."""
        relay = item(organisation, "mail-relay")
        keys, counts = [], []
        for day in ("2026-11-16", "2026-11-24", "2026-12-13"):
            organisation.clock(f"{day}T10:00:00Z")
            keys.append(incident(organisation, impact=3, urgency=2, cis=[relay]))
            counts.append(len(organisation.pia.get("/items", type="itil.problem")["items"]))

        assert counts == [0, 0, 1]
        problem = organisation.pia.get("/items", type="itil.problem")["items"][0]
        fields = problem["fields"]
        assert (fields["source"], fields["category"], fields["cis"]) == ("proactive", "mail", [relay])
        assert problem["title"] == "3 incidents of category mail on mail-relay"
        linked = organisation.pia.get(f"/items/{problem['key']}/links")["links"]
        assert sorted(link["key"] for link in linked if link["link_type"] == "itil.caused_by_problem") == keys

        key = problem["key"]
        organisation.pia.move(key, "start_investigation")
        organisation.rosa.attach(key, "rca")
        blockers = organisation.pia.refused(
            key, "identify_known_error", root_cause="The queue has no limit.", rca_method="five_whys",
            cause_category="configuration",
        )  # fmt: skip
        assert set(blockers) == {"itil.workaround_fields"}
        assert blockers["itil.workaround_fields"]["message"] == (
            "missing: workaround, workaround tested at, known error article"
        )


class TestAFix:
    def known_error(self, organisation: Organisation, ci: str) -> str:
        key = organisation.pia.create(
            "itil.problem", "The relay loses mail", source="supplier", impact=2, urgency=2, cis=[ci]
        )
        organisation.pia.move(key, "start_investigation")
        organisation.rosa.attach(key, "rca")
        organisation.pia.move(
            key, "identify_known_error", root_cause="The queue has no limit.", rca_method="five_whys",
            cause_category="configuration", workaround="Empty it.", workaround_tested_at="2026-11-16T08:00:00Z",
            known_error_article="If mail is late, empty the queue.",
        )  # fmt: skip
        return key

    def test_is_a_change_whose_end_the_problem_learns_of(self, organisation: Organisation) -> None:
        """Made with the problem's item, done, closed: the problem is watched for a fortnight, and closes."""
        ci = item(organisation, "mail-relay")
        problem = self.known_error(organisation, ci)
        organisation.pia.move(problem, "raise_fix", create_change=True, fix_plan="Limit the queue.")
        change = organisation.pia.get(f"/items/{problem}")["links"]["itil.fixed_by_change"][0]
        made = organisation.maya.get(f"/items/{change}")
        organisation.maya.edit(
            change, implementer="ravi", planned_start="2026-11-24T10:00:00Z", planned_end="2026-11-24T12:00:00Z",
            **PLANS, **LOW_RISK,
        )  # fmt: skip
        organisation.maya.move(change, "submit")
        organisation.ravi.attach(change, "test_result")
        organisation.carl.move(change, "request_authorization")
        organisation.lea.vote(change, "itil.change_approval")
        organisation.carl.move(change, "authorize_change")
        organisation.clock("2026-11-24T10:00:00Z")
        organisation.ravi.move(change, "start_implementation")
        organisation.ravi.move(change, "complete_implementation", outcome="successful", **VERIFIED)
        organisation.ravi.move(change, "confirm_items", no_data_change=True)
        organisation.carl.move(change, "close_change", pir_reviewer="carl", pir_findings="As planned.")

        assert (made["fields"]["cis"], made["fields"]["initiator"]) == ([ci], "pia")
        assert organisation.pia.get(f"/items/{problem}")["state"] == "observing"
        early = organisation.pia.refused(problem, "close_problem")["itil.quiet_period"]
        assert (early["message"], early["earliest"]) == ("observed for 0 of 14 days", "2026-12-08T10:00:00Z")
        organisation.clock("2026-12-08T10:00:00Z")
        assert organisation.pia.move(problem, "close_problem")["state"] == "closed"

    def test_that_comes_to_nothing_leaves_a_known_error(self, organisation: Organisation) -> None:
        """A change that is cancelled fixes nothing."""
        problem = self.known_error(organisation, item(organisation, "mail-relay"))
        organisation.pia.move(problem, "raise_fix", create_change=True)
        change = organisation.pia.get(f"/items/{problem}")["links"]["itil.fixed_by_change"][0]

        organisation.maya.move(change, "cancel_change", REASON)

        assert organisation.pia.get(f"/items/{problem}")["state"] == "known_error"

    def test_that_did_not_hold_is_investigated_again(self, organisation: Organisation) -> None:
        """An incident that is younger than the fix says so."""
        ci = item(organisation, "mail-relay")
        problem = self.known_error(organisation, ci)
        organisation.pia.move(problem, "fix_without_change", REASON)
        organisation.clock("2026-11-20T10:00:00Z")
        again = incident(organisation, impact=3, urgency=2, cis=[ci])
        seen = organisation.sam.get(f"/items/{again}")["fields"]["known_errors"]

        organisation.sam.link(again, "itil.caused_by_problem", problem)

        assert seen == [{"problem": problem, "article": "If mail is late, empty the queue."}]
        assert organisation.pia.get(f"/items/{problem}")["state"] == "investigating"
