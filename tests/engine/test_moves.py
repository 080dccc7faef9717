"""Transitions: everything that stands in the way at once, and all or nothing of what follows."""

from __future__ import annotations

from typing import Any

from shop import Shop

from placet.engine.records import ItemRecord


class TestExplaining:
    def test_names_everything_that_stands_in_the_way(self, shop: Shop) -> None:
        """Nobody fixes one blocker only to meet the next: role and all gates are reported together."""
        item = shop.wish(hours=99)

        outlook = shop.engine.explain(shop["ann"], item.key).outlook("start")

        assert outlook is not None
        assert not outlook.allowed
        assert [(b.gate, b.check, b.message) for b in outlook.blockers] == [
            ("role", "role", "ann holds none of the roles that may start: shop.fixer"),
            ("shop.described", "shop.fault_named", "fault missing"),
            ("shop.small", "shop.estimate_is_small", "99 hours are more than 40"),
        ]
        assert outlook.waits_on == ("ben", "bea", "mia")

    def test_lists_the_transitions_that_leave_from_the_state(self, shop: Shop) -> None:
        """What is defined from elsewhere is no news for the person in front of the item."""
        item = shop.wish()

        explained = shop.engine.explain(shop["ben"], item.key)

        assert [outlook.name for outlook in explained.outlooks] == ["start", "drop"]
        assert explained.outlook("test") is None

    def test_shows_what_each_check_looked_at(self, shop: Shop) -> None:
        """A met check says what it was met by."""
        item = shop.wish(fault="dark", hours=3)

        outlook = shop.engine.explain(shop["ben"], item.key).outlook("start")

        assert outlook is not None
        assert outlook.allowed
        assert [(c.check, c.verdict.value, dict(c.read)) for c in outlook.checks] == [
            ("shop.fault_named", "met", {"fields": ["fault", "hours"]}),
            ("shop.estimate_is_small", "met", {"hours": 3}),
            ("shop.bench_is_free", "met", {"busy": 0}),
        ]

    def test_asks_for_the_input_fields_as_json_schema(self, shop: Shop) -> None:
        """A client can draw the form of a transition without knowing the method."""
        item = shop.wish()

        outlook = shop.engine.explain(shop["ben"], item.key).outlook("start")

        assert outlook is not None
        assert sorted(outlook.fields_schema["properties"]) == ["fixer", "hours"]
        assert outlook.fields_schema["additionalProperties"] is False

    def test_tells_the_earliest_moment_where_all_blockers_know_it(self, shop: Shop) -> None:
        """Time alone stands in the way: the answer says from when on it does not."""
        item = self._ready(shop, due="2026-03-04T12:00:00Z")

        outlook = shop.engine.explain(shop["bea"], item.key).outlook("hand_over")

        assert outlook is not None
        assert [b.check for b in outlook.blockers] == ["shop.not_before_due"]
        assert outlook.earliest is not None
        assert outlook.earliest.isoformat() == "2026-03-04T12:00:00+00:00"

    def test_looks_ahead(self, shop: Shop) -> None:
        """As of a later moment, what waits for time alone is allowed."""
        item = self._ready(shop, due="2026-03-04T12:00:00Z")

        later = shop.clock.now().replace(day=5)
        outlook = shop.engine.explain(shop["bea"], item.key, as_of=later).outlook("hand_over")

        assert outlook is not None
        assert outlook.allowed

    def _ready(self, shop: Shop, **fields: Any) -> ItemRecord:
        item = shop.offered(**fields)
        shop.vote(item, "cid")
        shop.vote(item, "ben")
        shop.attach(item, "test_result")
        return shop.move(item, "test", "ben")
