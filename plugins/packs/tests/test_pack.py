"""The rules of a pack under the real engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from placet import BlockedError
from placet.testing import Desk, MethodConformance, Registry

from .hire import RULES, Hire, line_of, pack_of, registry_of

TERMS: dict[str, Any] = {"days": 3, "size": "small", "contract": "C-1"}


class TestConformance(MethodConformance):
    method = "shop"

    @pytest.fixture
    def registry(self, tmp_path: Path) -> Registry:
        return registry_of(tmp_path)


def granted(desk: Desk, **fields: Any) -> str:
    """A tool to whose lending the owner has consented."""
    tool = desk.create("hire.tool", actor="clara", **{**TERMS, **fields})
    desk.move(tool, "ask", actor="clara")
    desk.approve(tool, "shop.consent", by=["oscar"])
    return tool.key


class TestAGate:
    def test_names_the_figures_the_remedy_and_the_pack(self, desk: Desk) -> None:
        tool = granted(desk, days=20)

        (blocker,) = desk.refused(tool, "lend", actor="clara").blockers

        assert (blocker.gate, blocker.check, blocker.source) == ("shop.terms", "shop.short", "shop")
        assert blocker.message == "it is lent for 20 days, and 14 are allowed"
        assert (blocker.remedy, blocker.who) == ("lend it for a shorter time", ("hire.clerk",))

    def test_follows_the_settings_of_the_workspace(self, desk: Desk) -> None:
        tool = granted(desk, days=20)

        desk.configure("shop", longest=21)

        assert desk.move(tool, "lend", actor="clara").item.state == "lent"

    def test_is_for_the_items_of_its_condition(self, desk: Desk) -> None:
        """A check with `when` requires nothing of others."""
        small, large = granted(desk, insured=False), granted(desk, size="large", insured=False)

        assert desk.move(small, "lend", actor="clara").item.state == "lent"
        assert desk.refused(large, "lend", actor="clara").checks == ["shop.insured"]

    def test_is_closed_where_a_field_of_its_condition_is_empty(self, desk: Desk) -> None:
        """The refusal names the field, also where it is only part of `when`."""
        tool = granted(desk, days=None, size=None)

        refusal = desk.refused(tool, "lend", actor="clara")

        assert refusal.messages == ["missing: days", "missing: size"]
        assert [blocker.inputs for blocker in refusal.blockers] == [("days",), ("size",)]

    def test_shows_what_it_read_when_it_is_passed(self, desk: Desk) -> None:
        moved = desk.move(granted(desk), "lend", actor="clara")

        assert moved.event is not None
        (terms,) = (each for each in moved.event.data["checks"] if each["check"] == "shop.short")
        assert terms["read"] == {"days": 3, "longest": 14}

    def test_may_warn_at_first(self, tmp_path: Path) -> None:
        rules = RULES.replace("before: [lend]", "before: [lend]\n        mode: warn")
        with Desk(tmp_path, registry=registry_of(tmp_path, rules)) as desk:
            tool = desk.create("hire.tool", **{**TERMS, "days": 20})
            desk.move(tool, "ask", actor="clerk")
            desk.approve(tool, "shop.consent", by=["owner"])

            assert desk.move(tool, "lend", actor="clerk").item.state == "lent"


class TestTheOtherParts:
    def test_a_field_is_required_by_a_transition_and_frozen_afterwards(self, desk: Desk) -> None:
        tool = granted(desk, contract=None)

        refusal = desk.refused(tool, "lend", actor="clara")
        desk.move(tool, "lend", actor="clara", contract="C-2")

        assert refusal.messages == ["missing: contract"]
        with pytest.raises(BlockedError, match="contract"):
            desk.edit(tool, actor="clara", contract="C-3")

    def test_an_approval_is_asked_for_and_waited_for(self, desk: Desk) -> None:
        tool = desk.create("hire.tool", actor="clara", **TERMS)
        desk.move(tool, "ask", actor="clara")

        assert desk.refused(tool, "lend", actor="clara").gates == ["shop.consent"]

    def test_a_duty_keeps_one_person_from_two_acts(self, desk: Desk) -> None:
        """Clara asks, and is an owner too."""
        tool = desk.create("hire.tool", actor="clara", **TERMS)
        desk.move(tool, "ask", actor="clara")

        with pytest.raises(BlockedError, match="who asks does not consent"):
            desk.approve(tool, "shop.consent", by=["clara"])

    def test_a_timer_notifies(self, desk: Desk) -> None:
        tool = desk.create("hire.tool", actor="clara", **TERMS)
        desk.move(tool, "ask", actor="clara")

        due = desk.timer(tool, "shop.consent_due").reading.due_at
        assert due is not None
        desk.pass_time(due)

        assert desk.notified(tool)["oscar"] == ["core.timer"]

    def test_a_notification_reaches_the_role(self, desk: Desk) -> None:
        tool = granted(desk)

        desk.move(tool, "lend", actor="clara")

        assert "shop.lent" in desk.notified(tool)["oscar"]


class TestADefinition:
    def test_stands_at_its_line_of_the_file(self, desk: Desk, tmp_path: Path) -> None:
        tool = desk.catalog.item_types["hire.tool"]
        lend = tool.workflow.transition("lend")
        assert lend is not None

        parts: list[Any] = [*tool.approvals, *tool.timers, *tool.duties, *lend.gates, *lend.gates[-1].checks]
        places = {part.id: part.place for part in parts}

        for id in ("shop.consent", "shop.consent_due", "shop.apart", "shop.terms", "shop.insured"):
            assert places[id] == f"{tmp_path / 'rules.yaml'}:{line_of(f'- id: {id}')}"

    def test_holds_the_conditions_that_decide(self, tmp_path: Path) -> None:
        """The rules that an event names by their hash change with the text of a condition."""
        hashes = set()
        for folder, longest in (("one", "<="), ("two", "<")):
            (tmp_path / folder).mkdir()
            rules = RULES.replace("fields.days <=", f"fields.days {longest}")
            with Desk(tmp_path / folder, registry=registry_of(tmp_path / folder, rules)) as desk:
                hashes.add(desk.catalog.definition("hire.tool").hash)

        assert len(hashes) == 2


class TestAPackThatExtends:
    def test_adds_nothing_where_the_other_method_is_off(self, tmp_path: Path) -> None:
        rules = RULES.replace("requires: [hire]", "extends: [hire]")
        with Desk(tmp_path, registry=Registry.of(Hire(), pack_of(tmp_path, rules)), methods=["shop"]) as desk:
            assert "hire.tool" not in desk.catalog.item_types
