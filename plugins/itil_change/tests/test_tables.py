"""Every workflow as its table, compared whole: whoever changes a rule changes it here too, where a reader sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import cleandoc

import pytest

from placet import Gate, Workflow
from placet_itil_change import placet_method
from placet_itil_change.change import FROZEN, WORKFLOW
from placet_itil_change.changes.fields import ChangeFields

METHOD = placet_method()
WORKFLOWS = {item_type.id: item_type.workflow for item_type in METHOD.item_types}


def short(ids: Iterable[str]) -> str:
    return ", ".join(id.removeprefix("itil.") for id in ids)


def table(workflow: Workflow) -> Iterator[str]:
    for state in workflow.states:
        yield f"{state.id} [{state.category.value}]"
    yield "--"
    for move in workflow.transitions:
        yield f"{move.name}: {short(move.sources)} -> {move.target}"
        yield f"  by {short(move.roles)}"
        parts = {
            "if": [gate.id for gate in move.gates],
            "then": [effect.id for effect in move.effects],
            "asks": move.asks,
            "voids": move.voids,
        }
        yield from (f"  {word} {short(ids)}" for word, ids in parts.items() if ids)


TABLES = {
    "itil.change": """
        new [todo]
        assess [active]
        authorize [waiting]
        scheduled [waiting]
        implement [active]
        backing_out [active]
        failed [active]
        review [active]
        closed [done]
        rejected [done]
        cancelled [cancelled]
        --
        submit: new -> assess
          by change_initiator, resolver, problem_manager
          if change_described, is_normal
        request_authorization: assess -> authorize
          by change_manager, delegated_change_authority
          if risk_scored, plans_complete, tested
          asks change_approval
        send_back: assess, authorize, scheduled -> new
          by change_manager, system
          if reason_given
          voids change_approval, ecab_approval, freeze_exemption
        authorize_change: authorize -> scheduled
          by change_manager, delegated_change_authority, system
          if is_normal, authority_granted, lead_time, no_freeze, no_collision
        schedule_standard: new -> scheduled
          by change_initiator, change_implementer
          if model_usable, change_described, no_freeze, no_collision
          then take_plans_of_model
        expedite: new -> authorize
          by change_initiator, change_manager, resolver
          if change_described, emergency_justified
          asks ecab_approval
        authorize_emergency: authorize -> scheduled
          by change_manager, duty_manager, system
          if ecab_granted, no_freeze
          then report_passed_over
        implement_on_verbal: new -> implement
          by change_implementer, resolver
          if change_described, verbal_allowed, emergency_justified
          then begin, report_passed_over
          asks ecab_approval
        reschedule: scheduled -> same
          by change_manager, change_initiator
          if no_freeze, no_collision, lead_time
        start_implementation: scheduled -> implement
          by change_implementer
          if approval_valid, inside_window, no_freeze, no_collision
          then begin
        complete_implementation: implement -> review
          by change_implementer, resolver
          if result_verified, outcome_stated
          then complete
        start_backout: implement -> backing_out
          by change_implementer, duty_manager
          then start_backout_clock
        finish_backout: backing_out -> review
          by change_implementer
          if result_verified
          then record_backout
        declare_failed: implement, backing_out -> failed
          by change_implementer, change_manager, duty_manager
          then record_failure
        recover: failed -> review
          by change_manager
          if result_verified
          then record_recovery
        close_change: review -> closed
          by change_manager
          if pir_done, records_complete, cis_updated
        reject_change: assess, authorize -> rejected
          by change_manager, delegated_change_authority, system
          if reason_given
          then record_not_implemented
        cancel_change: new, assess, authorize, scheduled -> cancelled
          by change_initiator, change_manager
          if reason_given
          then record_not_implemented
        accept_short_notice: assess, authorize, scheduled -> same
          by change_manager
          if is_normal, reason_given
          then accept_start
        request_exemption: new, assess, authorize, scheduled -> same
          by change_initiator, change_manager
          if exemption_needed, reason_given
          asks freeze_exemption
        ask_ecab: authorize, scheduled, implement, backing_out, failed, review -> same
          by change_initiator, change_manager, duty_manager
          if is_emergency, ecab_ended
          asks ecab_approval
        document_emergency: implement, backing_out, failed, review -> same
          by change_initiator, change_implementer, resolver, change_manager
          if is_emergency
        confirm_items: review -> same
          by configuration_manager, change_implementer
    """,
    "itil.change_model": """
        draft [todo]
        proposed [waiting]
        active [active]
        suspended [waiting]
        retired [done]
        --
        propose_model: draft -> proposed
          by change_initiator, change_manager
          if model_complete
          asks model_approval
        approve_model: proposed -> active
          by change_manager
          if model_evidence, model_approved
          then validate_model
        return_model: proposed -> draft
          by change_manager
          if reason_given
          voids model_approval
        suspend_model: active -> suspended
          by change_manager, system
          then recall_changes
        reinstate_model: suspended -> active
          by change_manager
          if model_complete, model_reviewed
          then review_next
        retire_model: draft, active, suspended -> retired
          by change_manager
          if reason_given
    """,
    "itil.configuration_item": """
        planned [todo]
        live [active]
        retired [done]
        --
        go_live: planned -> live
          by configuration_manager, system
          if ci_by_change
        retire_ci: live -> retired
          by configuration_manager, system
          if ci_by_change
    """,
    "itil.change_window": """
        in_force [active]
        withdrawn [cancelled]
        --
        withdraw_window: in_force -> withdrawn
          by change_manager
          if reason_given
    """,
}

GATES = """
    change_described: change_fields
    is_normal: type_normal
    risk_scored: risk_inputs
    plans_complete: plans
    tested: test_evidence (waived by change_manager)
    reason_given: reason_text
    authority_granted: approval_quorum
    lead_time: lead (waived by it_director)
    no_freeze: window_allows, maintenance_only
    no_collision: collision_direct, collision_related
    model_usable: type_standard, model_active
    emergency_justified: emergency_reason
    ecab_granted: ecab_quorum
    verbal_allowed: verbal
    approval_valid: approval_current
    inside_window: start_time
    result_verified: verification
    outcome_stated: outcome
    pir_done: pir_filled
    records_complete: retro_docs
    cis_updated: ci_confirmed
    exemption_needed: exemption_needed
    is_emergency: type_emergency
    ecab_ended: ecab_ended
    model_complete: model_fields
    model_evidence: model_track_record (waived by it_director)
    model_approved: model_votes
    model_reviewed: model_pir
    ci_by_change: ci_change
"""


class TestTheTables:
    @pytest.mark.parametrize("item_type", WORKFLOWS)
    def test_are_those_of_the_method(self, item_type: str) -> None:
        """States with their category; moves with who may, under which gates, with what effect."""
        assert list(table(WORKFLOWS[item_type])) == cleandoc(TABLES[item_type]).splitlines()

    def test_hold_gates_with_these_checks(self) -> None:
        """Each gate with its checks, and who may waive it."""
        gates = {
            gate.id: gate for workflow in WORKFLOWS.values() for t in workflow.transitions for gate in t.gates
        }

        assert [line(gate) for gate in gates.values()] == cleandoc(GATES).splitlines()

    def test_every_state_says_what_it_means(self) -> None:
        """A state that nobody can explain is one too many."""
        states = [state for workflow in WORKFLOWS.values() for state in workflow.states]

        assert [state.id for state in states if not state.title or not state.meaning] == []


def line(gate: Gate) -> str:
    waived = f" (waived by {short(gate.waived_by)})" if gate.waived_by else ""
    return f"{short([gate.id])}: {short(check.id for check in gate.checks)}{waived}"


class TestWhatIsFrozen:
    def test_on_the_schedule_items_and_times_stand_still(self) -> None:
        """The slot was checked for them; reschedule and send_back are the ways."""
        assert {"cis", "planned_start", "planned_end"} <= set(FROZEN["scheduled"])
        assert "implementation_plan" not in FROZEN["scheduled"]

    @pytest.mark.parametrize("state", ["implement", "backing_out", "failed", "review"])
    def test_once_work_has_begun_what_was_authorised_stands_still(self, state: str) -> None:
        """Plans, answers and times are what the authority decided on."""
        assert {"cis", "planned_start", "implementation_plan", "backout_plan", "novelty"} <= set(
            FROZEN[state]
        )

    @pytest.mark.parametrize("state", ["closed", "rejected", "cancelled"])
    def test_what_is_finished_does_not_change(self, state: str) -> None:
        """Every field but the computed ones."""
        computed = {"history", "impact_score", "likelihood_score", "risk_score", "risk_class", "point_of_no_return",
                    "retroactive", "pir_required"}  # fmt: skip

        assert set(FROZEN[state]) == set(ChangeFields.model_fields) - computed

    def test_covers_every_state(self) -> None:
        assert set(FROZEN) == {state.id for state in WORKFLOW.states}
