"""The example of packs in their README, on the method that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import placet_itil_change
from placet import ApprovalStatus
from placet.testing import Desk, Registry, Rules
from placet_packs import Pack
from placet_packs.models import PackPart

CHANGE, REVIEW = "itil.change", "acme.security_review"
PEOPLE = {
    "itil.change_initiator": ["maya"],
    "itil.change_implementer": ["ravi"],
    "itil.delegated_change_authority": ["lea"],
    "itil.change_manager": ["carl"],
    "itil.ecab_member": ["ed"],
    "itil.configuration_manager": ["cora"],
    "itil.service_owner": ["otto"],
    "acme.security_officer": ["maya", "sepp"],
}
FIELDS: dict[str, Any] = {
    "type": "normal", "reason": "security", "implementer": "ravi", "ticket": "ACME-4711",
    "planned_start": "2026-11-20T10:00:00Z", "planned_end": "2026-11-20T14:00:00Z",
    "implementation_plan": "Upgrade it.", "test_plan": "Replay.", "backout_plan": "Go back.", "backout_max_min": 20,
    "users_affected": 0, "data_class": "public", "novelty": 1, "complexity": 1, "testing": 1, "backout": 1,
    "planned_outage_min": 60, "emergency_justification": "The endpoint is being exploited right now.",
}  # fmt: skip
README = Path(__file__).parents[2] / "plugins/packs/README.md"


def example() -> str:
    found = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def parts(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The names of all members of a part, and of the parts in it."""
    found: dict[str, type[BaseModel]] = {}
    for name, info in model.model_fields.items():
        found[name] = model
        inside = [info.annotation]
        while inside:
            each = inside.pop()
            inside += get_args(each)
            if isinstance(each, type) and issubclass(each, BaseModel):
                found |= parts(each)
    return found


class TestTheExample:
    def test_extends_the_change_without_a_finding(self, tmp_path: Path) -> None:
        file = tmp_path / "rules.yaml"
        file.write_text(example(), encoding="utf-8")

        catalog, findings = Registry.of(placet_itil_change, Pack(file)).linted(Rules(("itil", "acme")))

        change = catalog.item_types["itil.change"]
        assert [str(finding) for finding in findings if finding.severity != "note"] == []
        assert "acme.security_review" in {approval.id for approval in change.approvals}
        assert "acme.review_due" in {timer.id for timer in change.timers}
        assert "ticket" in change.fields.model_fields

    @pytest.mark.parametrize("name", sorted(parts(PackPart)))
    def test_stands_beside_a_table_with_every_name(self, name: str) -> None:
        """Each member of each part is documented."""
        assert re.search(rf"`(\{{)?{name}\b", README.read_text(encoding="utf-8"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    file = tmp_path / "rules.yaml"
    file.write_text(example(), encoding="utf-8")
    registry = Registry.of(placet_itil_change, Pack(file))
    with Desk(tmp_path, registry=registry, people=PEOPLE) as desk:
        desk.at("2026-11-16T09:00:00Z")
        yield desk


def raised(desk: Desk, **fields: Any) -> str:
    """A change that is described."""
    item = desk.create(
        "itil.configuration_item", "web-1", actor="cora", kind="server", criticality=1, data_class="public",
        owner="otto",
    ).key  # fmt: skip
    return desk.create(CHANGE, "Upgrade", actor="maya", **FIELDS | {"cis": [item]} | fields).key


def assessed(desk: Desk, **fields: Any) -> str:
    """A normal change that is ready for its authority."""
    key = raised(desk, **fields)
    desk.move(key, "submit", actor="maya")
    desk.attach(key, "test_result", actor="ravi")
    return key


def requested(desk: Desk) -> str:
    """A normal change with both of its votes asked for."""
    key = assessed(desk)
    desk.move(key, "request_authorization", actor="carl")
    return key


def scheduled(desk: Desk) -> str:
    """A normal change that was reviewed and authorized."""
    key = requested(desk)
    desk.approve(key, REVIEW, by=["sepp"])
    desk.approve(key, "itil.change_approval", by=["lea"])
    desk.move(key, "authorize_change", actor="carl")
    return key


def acmes(desk: Desk, key: str, transition: str, actor: str) -> list[str]:
    """The messages of Acme's gate against a transition."""
    blockers = desk.explain(key, transition, actor=actor).blockers
    return [blocker.message for blocker in blockers if blocker.gate == "acme.outage"]


def fired(desk: Desk, key: str) -> list[list[str]]:
    """Who was notified of each threshold of Acme's timer that has fired."""
    happened = [event for event in desk.history(key) if event.data.get("timer") == "acme.review_due"]
    return [sorted(each.actor for each in desk.notify(event)) for event in happened]


TOO_LONG = ["the outage takes 90 minutes, and 60 are allowed"]


class TestTheOutage:
    def test_is_not_asked_for_before_the_change_is_to_be_authorized(self, desk: Desk) -> None:
        """It is an answer about risk, and the assessment is what finds it."""
        key = assessed(desk, planned_outage_min=None)

        assert acmes(desk, key, "request_authorization", "carl") == ["missing: planned outage (min)"]

    def test_is_short_before_a_change_goes_to_its_authority(self, desk: Desk) -> None:
        key = assessed(desk, planned_outage_min=90)

        refusal = desk.refused(key, "request_authorization", actor="carl")

        assert [(each.gate, each.message) for each in refusal.blockers] == [("acme.outage", *TOO_LONG)]

    def test_that_was_edited_since_keeps_a_change_from_being_scheduled(self, desk: Desk) -> None:
        key = requested(desk)
        assert acmes(desk, key, "authorize_change", "carl") == []

        desk.edit(key, actor="maya", planned_outage_min=90)

        assert "acme.outage" in {
            each.gate for each in desk.refused(key, "authorize_change", actor="carl").blockers
        }
        assert acmes(desk, key, "authorize_change", "carl") == TOO_LONG

    def test_that_was_edited_on_a_scheduled_change_keeps_it_from_being_started(self, desk: Desk) -> None:
        key = scheduled(desk)
        desk.at("2026-11-20T10:00:00Z")
        assert acmes(desk, key, "start_implementation", "ravi") == []

        desk.edit(key, actor="maya", planned_outage_min=90)

        assert acmes(desk, key, "start_implementation", "ravi") == TOO_LONG

    def test_of_a_standard_change_is_short_too(self, desk: Desk) -> None:
        short, long = (raised(desk, type="standard", planned_outage_min=minutes) for minutes in (60, 90))

        assert acmes(desk, short, "schedule_standard", "maya") == []
        assert acmes(desk, long, "schedule_standard", "maya") == TOO_LONG

    def test_of_an_emergency_may_be_longer(self, desk: Desk) -> None:
        key = raised(desk, type="emergency", planned_outage_min=90)
        desk.move(key, "expedite", actor="maya")
        desk.approve(key, "itil.ecab_approval", by=["carl", "ed"])
        desk.move(key, "authorize_emergency", actor="carl")
        desk.at("2026-11-16T09:30:00Z")

        assert acmes(desk, key, "start_implementation", "ravi") == []


class TestTheReview:
    @pytest.mark.parametrize(
        "change", [{"backout_plan": "Restore it."}, {"data_class": "confidential"}, {"cis": []}]
    )
    def test_is_void_once_what_was_reviewed_changes(self, desk: Desk, change: dict[str, Any]) -> None:
        key = requested(desk)
        desk.approve(key, REVIEW, by=["sepp"])

        desk.edit(key, actor="maya", **change)

        assert review(desk, key) is not ApprovalStatus.GRANTED

    def test_is_withdrawn_when_the_change_is_sent_back(self, desk: Desk) -> None:
        key = requested(desk)

        desk.move(key, "send_back", actor="carl", comment="The plan is for another server.")

        assert review(desk, key) is ApprovalStatus.VOIDED

    def test_of_a_change_that_is_scheduled_is_reported_to_security_officers(self, desk: Desk) -> None:
        assert "acme.reviewed_scheduled" in desk.notified(scheduled(desk))["sepp"]


class TestTheTimeForTheReview:
    def test_notifies_those_who_can_still_vote(self, desk: Desk) -> None:
        """Maya holds the role, and may not review what she has submitted."""
        key = requested(desk)

        desk.pass_time("2026-11-16T16:00:00Z")

        assert fired(desk, key) == [["sepp"], ["sepp"]]

    def test_notifies_nobody_once_they_have_voted(self, desk: Desk) -> None:
        key = requested(desk)
        desk.approve(key, REVIEW, by=["sepp"])

        desk.pass_time("2026-11-16T16:00:00Z")

        assert not any(fired(desk, key))

    @pytest.mark.parametrize("transition", ["send_back", "reject_change", "cancel_change"])
    def test_ends_where_the_change_goes_no_further(self, desk: Desk, transition: str) -> None:
        key = requested(desk)
        desk.move(key, transition, actor="carl", comment="The plan is for another server.")

        desk.pass_time("2026-11-16T16:00:00Z")

        assert fired(desk, key) == []


def review(desk: Desk, key: str) -> ApprovalStatus:
    """Where the review stands."""
    return next(each.status for each in desk.approvals(key) if each.approval == REVIEW)
