"""Gates that are rolled out gently, and ways through them that somebody answers for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shop import (
    DESCRIBED,
    FIXER,
    MASTER,
    SMALL,
    START,
    OpenShop,
    Shop,
    replace_transition,
)

from placet import Gate, Transition, fields_present
from placet.definitions.verdicts import BlockedError, GateMode
from placet.engine.act.records import ItemRecord
from placet.engine.moved import Moved
from placet.errors import ConflictError, InvalidError, NotFoundError


class TestModes:
    @pytest.mark.parametrize(("mode", "shown"), [(GateMode.WARN, ["shop.described"]), (GateMode.OBSERVE, [])])
    def test_let_pass_and_record(self, shop: Shop, mode: GateMode, shown: list[str]) -> None:
        """A warning is shown, an observation is not; both are in the event."""
        shop.engine.workspaces.change(shop["ida"], "SHOP", gate_modes={"shop.described": mode})
        item = shop.wish()
        preview = shop.engine.explain(shop["ben"], item.key).preview("start")

        moved = shop.engine.transition(shop["ben"], item.key, "start")

        assert preview is not None
        assert (preview.allowed, [b.gate for b in preview.blockers]) == (True, shown)
        assert isinstance(moved, Moved)
        assert moved.event is not None
        assert [(b["gate"], b["mode"]) for b in moved.event.data["reported"]] == [
            ("shop.described", mode.value)
        ]

    def test_observed_ones_are_kept_out_of_a_refusal(self, shop: Shop) -> None:
        """They are recorded with it."""
        shop.engine.workspaces.change(shop["ida"], "SHOP", gate_modes={"shop.described": GateMode.OBSERVE})
        item = shop.wish(hours=99)

        refusal = shop.refusal(item, "start", "ben")

        assert [b.gate for b in refusal.blockers] == ["shop.small"]
        assert [b.gate for b in refusal.observed] == ["shop.described"]


class TestAGateThatWarnsByItself:
    @pytest.fixture
    def warning_shop(self, open_shop: OpenShop, sqlite_url: str) -> Shop:
        """Its method declares that a description is wished for."""
        gate = Gate(
            "shop.described", "Described", fields_present("shop.fault_named", "fault"), mode=GateMode.WARN
        )
        start = Transition("start", "wished", "bench", [FIXER], [gate], input=["fixer", "hours"])
        return open_shop(sqlite_url, method=replace_transition(start))

    def test_is_recorded_and_stops_nobody(self, warning_shop: Shop) -> None:
        moved = warning_shop.engine.transition(warning_shop["ben"], warning_shop.wish().key, "start")

        assert isinstance(moved, Moved)
        assert moved.event is not None
        assert [(b["gate"], b["mode"]) for b in moved.event.data["reported"]] == [("shop.described", "warn")]

    def test_is_enforced_where_the_workspace_says_so(self, warning_shop: Shop) -> None:
        shop = warning_shop
        shop.engine.workspaces.change(shop["ida"], "SHOP", gate_modes={"shop.described": GateMode.ENFORCE})

        assert [each.gate for each in shop.refusal(shop.wish(), "start", "ben").blockers] == [
            "shop.described"
        ]


class TestLastingGates:
    @pytest.fixture
    def lasting_shop(self, open_shop: OpenShop, sqlite_url: str) -> Shop:
        """A description is required until the item leaves the bench."""
        named = fields_present("shop.fault_named", "fault", "hours")
        gate = Gate("shop.described", "Described", named, waived_by=[MASTER], lasting=["bench"])
        start = Transition("start", "wished", "bench", [FIXER], [gate], input=["fixer", "hours"])
        return open_shop(sqlite_url, method=replace_transition(start))

    def test_are_checked_again_on_the_way_on(self, lasting_shop: Shop) -> None:
        """The listing says so, and the event has the check."""
        shop, item = lasting_shop, lasting_shop.on_bench()
        shop.engine.items.edit(shop["ben"], item.key, fields={"fault": None})
        preview = shop.engine.explain(shop["ben"], item.key).preview("test")

        refusal = shop.refusal(item, "test", "ben")
        shop.engine.items.edit(shop["ben"], item.key, fields={"fault": "dark"})
        moved = shop.engine.transition(shop["ben"], item.key, "test")

        assert preview is not None
        assert [b.gate for b in preview.blockers] == [b.gate for b in refusal.blockers] == ["shop.described"]
        assert moved.event is not None
        assert "shop.described" in {check["gate"] for check in moved.event.data["checks"]}

    def test_hold_up_nobody_who_stays_or_gives_up(self, lasting_shop: Shop) -> None:
        shop, item = lasting_shop, lasting_shop.on_bench()
        shop.engine.items.edit(shop["ben"], item.key, fields={"fault": None})

        assert shop.move(item, "order", "ben").state == "bench"
        assert shop.move(item, "drop", "ann", comment="it is not worth the while").state == "dropped"


class TestWaivers:
    def _asked(self, shop: Shop, item: ItemRecord, by: str = "ben", gate: str = "shop.small") -> Any:
        ends = START + timedelta(days=1)
        return shop.engine.waivers.ask(shop[by], item.key, gate=gate, reason="a friend", expires_at=ends)

    def test_open_a_gate_for_a_while_by_a_second_person(self, shop: Shop) -> None:
        """Asked, granted, used, looked back on: all in the history."""
        item = shop.wish(fault="dark", hours=99)
        waiver = self._asked(shop, item)
        assert [b.gate for b in shop.refusal(item, "start", "ben").blockers] == ["shop.small"]
        shop.engine.waivers.decide(shop["mia"], item.key, waiver.id, grant=True, comment="well")

        moved = shop.engine.transition(shop["ben"], item.key, "start")
        shop.engine.waivers.review(shop["mia"], item.key, waiver.id, review="it went well")

        assert isinstance(moved, Moved)
        assert moved.event is not None
        assert moved.event.data["waived"] == {"shop.small": waiver.id}
        assert shop.item(item).waivers[0].review == "it went well"
        assert [k for k in shop.kinds(item) if k.startswith("waiver")] == [
            "waiver_asked", "waiver_decided", "waiver_reviewed",
        ]  # fmt: skip

    def test_end_with_their_time(self, shop: Shop) -> None:
        """Then the gate is closed again."""
        item = shop.wish(fault="dark", hours=99)
        shop.engine.waivers.decide(shop["mia"], item.key, self._asked(shop, item).id, grant=True)
        shop.clock.forward(days=1)

        assert [b.gate for b in shop.refusal(item, "start", "ben").blockers] == ["shop.small"]

    @pytest.mark.parametrize("change", ["the title", "a field", "a link"])
    def test_are_for_what_they_were_granted_for(
        self, open_shop: OpenShop, sqlite_url: str, change: str
    ) -> None:
        """For the title, and for the fields and links that the gate names; others may change."""
        gate = Gate(
            "shop.small", "Small enough", *SMALL.checks, waived_by=[MASTER],
            waived_content=["notes", "shop.follows"],
        )  # fmt: skip
        start = Transition("start", "wished", "bench", [FIXER], [DESCRIBED, gate], input=["fixer", "hours"])
        shop = open_shop(sqlite_url, method=replace_transition(start))
        item, other = shop.wish(fault="dark", hours=99, notes="as agreed"), shop.wish()
        shop.engine.waivers.decide(shop["mia"], item.key, self._asked(shop, item).id, grant=True)
        shop.engine.items.edit(shop["ben"], item.key, fields={"hours": 98})
        before = shop.engine.explain(shop["ben"], item.key).preview("start")

        if change == "a link":
            shop.engine.items.link(shop["ben"], item.key, "shop.follows", other.key)
        else:
            said: dict[str, Any] = (
                {"title": "A lamp"} if change == "the title" else {"fields": {"notes": "else"}}
            )
            shop.engine.items.edit(shop["ben"], item.key, **said)

        assert before is not None
        assert before.allowed
        assert [b.gate for b in shop.refusal(item, "start", "ben").blockers] == ["shop.small"]

    def test_are_refused_to_those_who_may_not(self, shop: Shop) -> None:
        """A role that may waive, a second person, and once only."""
        item = shop.move(shop.on_bench(), "take_back", "ben")
        mine, other = self._asked(shop, item, by="mia"), self._asked(shop, item)
        decide = shop.engine.waivers.decide

        with pytest.raises(BlockedError, match="for the master to waive, and Ben holds no such role"):
            decide(shop["ben"], item.key, other.id, grant=True)
        with pytest.raises(BlockedError, match="Mia asked for this waiver, and does not decide on it"):
            decide(shop["mia"], item.key, mine.id, grant=True)
        decide(shop["mia"], item.key, other.id, grant=False)
        with pytest.raises(ConflictError, match="Mia has decided on the waiver of 'Small enough' already"):
            decide(shop["mia"], item.key, other.id, grant=True)
        with pytest.raises(ConflictError, match="was not granted"):
            shop.engine.waivers.review(shop["mia"], item.key, other.id, review="x")
        with pytest.raises(NotFoundError, match="waiver on SHOP-1"):
            decide(shop["mia"], item.key, "nothing", grant=True)
        with pytest.raises(BlockedError, match="cannot be waived"):
            self._asked(shop, item, gate="shop.tested")
        with pytest.raises(InvalidError, match="did you mean"):
            self._asked(shop, item, gate="shop.smal")
