"""The definition of changes says who decides on which risk, and which fields are frozen in which states."""

from __future__ import annotations

import pytest

from placet_itil_change import placet_method
from placet_itil_change.change import CHANGE_AUTHORITY, FROZEN
from placet_itil_change.changes.fields import ChangeFields
from placet_itil_change.changes.risk import RiskClass

ITEM_TYPES = {item_type.id: item_type for item_type in placet_method().item_types}


class TestWhoDecides:
    def test_every_class_of_risk_has_an_authority(self) -> None:
        """A class without a line would be authorized by nobody's vote."""
        assert {line.risk_class for line in CHANGE_AUTHORITY} == set(RiskClass)

    @pytest.mark.parametrize("item_type", ["itil.change", "itil.service_request"])
    def test_what_is_rejected_does_not_count_as_work_done(self, item_type: str) -> None:
        """It was never done."""
        rejected = ITEM_TYPES[item_type].workflow.state("rejected")

        assert rejected is not None
        assert rejected.category == "cancelled"


class TestWhatIsFrozen:
    def test_on_the_schedule_items_and_times_stand_still(self) -> None:
        """The slot was checked for them; reschedule and send_back are the ways."""
        assert {"cis", "planned_start", "planned_end"} <= set(FROZEN["scheduled"])
        assert "implementation_plan" not in FROZEN["scheduled"]

    @pytest.mark.parametrize("state", ["implement", "backing_out", "failed", "review"])
    def test_once_work_has_begun_what_was_authorized_stands_still(self, state: str) -> None:
        """Plans, answers and times are what the authority decided on."""
        assert {"cis", "planned_start", "implementation_plan", "backout_plan", "novelty"} <= set(
            FROZEN[state]
        )

    @pytest.mark.parametrize("state", ["closed", "rejected", "cancelled"])
    def test_what_is_finished_does_not_change(self, state: str) -> None:
        """Every field but the computed ones."""
        computed = {"history", "impact_score", "likelihood_score", "risk_score", "risk_class", "vetoing_owners",
                    "delivers", "incident", "point_of_no_return", "environment", "retroactive", "unauthorized",
                    "pir_required"}  # fmt: skip

        assert set(FROZEN[state]) == set(ChangeFields.model_fields) - computed

    def test_covers_every_state(self) -> None:
        assert set(FROZEN) == {state.id for state in ITEM_TYPES["itil.change"].workflow.states}
