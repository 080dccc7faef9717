"""The log of a workspace, read event by event by who may see it."""

from __future__ import annotations

import pytest
from shop import Shop

from placet import NotFoundError
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.reports import event_log


class TestReading:
    def test_gives_every_event_item_by_item(self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """In pages, on either database; and the progress is reported."""
        monkeypatch.setattr(event_log, "_BATCH", 2)
        keys = [any_shop.wish(str(n)).key for n in range(3)]
        for key in reversed(keys):
            any_shop.engine.items.comment(any_shop["ann"], key, "please")
        reported: list[float] = []

        with any_shop.engine.event_log.of_workspace(any_shop["ann"], "SHOP", reported.append) as log:
            first = [event.id for event in log.events()]
            again = [event.id for event in log.events()]

        assert first == [
            e.id for key in keys for e in any_shop.engine.event_log.history(SYSTEM_ACTOR, key).rows
        ]
        assert again == first
        assert reported[:3] == pytest.approx([1 / 3, 2 / 3, 1])
        assert reported[-1] == 2

    def test_sees_one_moment(self, any_shop: Shop) -> None:
        """Events of the meantime are not in it."""
        any_shop.wish("before")
        with any_shop.engine.event_log.of_workspace(any_shop["ann"], "SHOP") as log:
            first = [event.id for event in log.events()]
            any_shop.wish("meanwhile")
            assert [event.id for event in log.events()] == first

    def test_has_the_definition_that_an_event_was_made_under(self, any_shop: Shop) -> None:
        any_shop.wish()

        with any_shop.engine.event_log.of_workspace(any_shop["ann"], "SHOP") as log:
            (event,) = log.events()
            document = log.definition(event.data["definition"])
            unknown = log.definition("0" * 64)

        assert document is not None
        assert document["id"] == "shop.repair"
        assert unknown is None

    def test_is_for_those_who_may_see_the_workspace(self, any_shop: Shop) -> None:
        with (
            pytest.raises(NotFoundError, match="SHOP"),
            any_shop.engine.event_log.of_workspace(any_shop["tom"], "SHOP"),
        ):
            pass
