"""An organization's own consent and duty on ITIL's change, beside everything that ITIL itself asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from shop import plugin

import placet_itil_change
from placet import Approval, Ballot, BlockedError, Duty, Method, Panel, Quorum, Role
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.testing import Desk

CHANGE, REVIEW = "itil.change", "acme.security_review"
OFFICER = Role("acme.security_officer", "Security officer")
PEOPLE = {
    "itil.change_initiator": ["maya"],
    "itil.change_implementer": ["ravi"],
    "itil.delegated_change_authority": ["lea"],
    "itil.change_manager": ["carl"],
    "itil.configuration_manager": ["cora"],
    "itil.service_owner": ["otto"],
    OFFICER.id: ["maya", "sepp"],
}
FIELDS: dict[str, Any] = {
    "type": "normal", "reason": "maintenance", "implementer": "ravi", "planned_start": "2026-11-20T10:00:00Z",
    "planned_end": "2026-11-20T12:00:00Z", "implementation_plan": "Upgrade it.", "test_plan": "Replay.",
    "backout_plan": "Go back.", "backout_max_min": 20, "users_affected": 0, "data_class": "public", "novelty": 1,
    "complexity": 1, "testing": 1, "backout": 1, "planned_outage_min": 0,
}  # fmt: skip


def acme() -> ModuleType:
    """The organization's plugin."""

    def placet_extend(catalog: Extension) -> None:
        review = Approval(REVIEW, "Security review", Panel(Ballot([OFFICER], Quorum.any())))
        apart = Duty(
            "acme.sod_review",
            "who submits a change does not review it",
            ["transition:submit"],
            [f"vote:{REVIEW}"],
        )
        catalog.add_approval(
            CHANGE, review, asked_by=["request_authorization"], needed_by=["authorize_change"]
        )
        catalog.add_duty(CHANGE, apart)

    method = Method("acme", "Acme's own rules", roles=[OFFICER], requires=["itil"])
    return plugin(method, placet_extend=placet_extend)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, registry=Registry.of(placet_itil_change, acme()), people=PEOPLE) as desk:
        desk.at("2026-11-16T09:00:00Z")
        yield desk


@pytest.fixture
def change(desk: Desk) -> str:
    """A change whose authority has voted for it."""
    item = desk.create(
        "itil.configuration_item", "web-1", actor="cora", kind="server", criticality=1, data_class="public",
        owner="otto",
    ).key  # fmt: skip
    key = desk.create(CHANGE, "Upgrade", actor="maya", **FIELDS, cis=[item]).key
    desk.move(key, "submit", actor="maya")
    desk.attach(key, "test_result", actor="ravi")
    desk.move(key, "request_authorization", actor="carl")
    desk.approve(key, "itil.change_approval", by=["lea"])
    return key


class TestAChangeUnderAcmesRules:
    def test_waits_for_the_review_too(self, desk: Desk, change: str) -> None:
        """ITIL has nothing against it, and the refusal says that the review is Acme's."""
        refusal = desk.refused(change, "authorize_change", actor="carl")

        assert [(blocker.gate, blocker.source) for blocker in refusal.blockers] == [(REVIEW, "acme")]
        assert set(refusal[f"{REVIEW}_granted"].who) == {"sepp"}

    def test_is_not_reviewed_by_who_submitted_it(self, desk: Desk, change: str) -> None:
        """Maya holds the role, and submitted it."""
        with pytest.raises(BlockedError) as refused:
            desk.approve(change, REVIEW, by=["maya"])

        assert [(each.check, each.source) for each in refused.value.blockers] == [("acme.sod_review", "acme")]

    def test_is_scheduled_once_both_have_agreed(self, desk: Desk, change: str) -> None:
        desk.approve(change, REVIEW, by=["sepp"])

        assert desk.move(change, "authorize_change", actor="carl").item.state == "scheduled"
        assert desk.verify().ok
