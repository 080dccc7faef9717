"""What one attempt of an act sees of the store."""

from __future__ import annotations

from dataclasses import replace

from shop import Shop

from placet.engine.act.unit_of_work import UnitOfWork


class TestASearch:
    def test_is_asked_once_an_attempt(self, any_shop: Shop) -> None:
        """What it found first counts, whatever somebody else does meanwhile; then the act starts again."""
        found: list[list[int]] = []

        def look_twice(work: UnitOfWork) -> None:
            first = work.search("SHOP", "shop.repair", ("wished",), [], None)
            if not found:
                any_shop.wish()
            found.append([len(first), len(work.search("SHOP", "shop.repair", ("wished",), [], None))])
            work.write()

        any_shop.engine._acts.act("look twice", look_twice)

        assert found[0] == [0, 0]
        assert found[-1] == [1, 1]

    def test_shows_items_as_the_act_has_left_them(self, any_shop: Shop) -> None:
        """An item that was changed since is found as it is now."""
        key = any_shop.wish("Before").key

        def change(work: UnitOfWork) -> tuple[str, str]:
            first = work.search("SHOP", "shop.repair", (), [], None)[0]
            work.put(replace(first, title="After"))
            return first.title, work.search("SHOP", "shop.repair", (), [], None)[0].title

        assert any_shop.engine._acts.look(change) == ("Before", "After")
        assert any_shop.engine.items.get(any_shop["ann"], key).title == "Before"
