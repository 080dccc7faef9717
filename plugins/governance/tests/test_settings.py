"""The settings of a workspace."""

from __future__ import annotations

from placet_governance.settings import GovernanceSettings


def test_defaults_are_those_of_the_method() -> None:
    """Every key with its value, compared whole: a change of a default is a change of the rules."""
    shown = GovernanceSettings().model_dump(mode="json")

    assert set(shown.pop("eg_importance").values()) == {3}
    assert shown == {
        "benefit_tolerance_most": "25",
        "objective_review": 90,
        "review_cadence": [],
        "effect_after": 30,
        "decision_due": 5,
        "decision_limits": {},
        "probability_bands": ["5", "20", "50", "80"],
        "executive_accepts_from": 20,
        "acknowledgement_days": 5,
        "training_min": "90",
        "capacity": "100",
    }
