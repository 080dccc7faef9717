"""The view of the store that one attempt of an act has."""

from __future__ import annotations

from dataclasses import replace

from shop import Shop

from placet.engine.act.progress import INDEX
from placet.engine.act.unit_of_work import UnitOfWork


class TestWhatIsUpToDate:
    def test_is_kept_for_the_rules_in_force_alone(self, any_shop: Shop) -> None:
        """A workspace whose rules change often takes no more memory for that."""
        engine = any_shop.engine
        for largest in (8, 9, 10):
            engine.workspaces.change(
                any_shop["ida"], "SHOP", settings={"shop": {"largest_estimate": largest}}
            )
            assert engine._acts.look(lambda unit: unit.follows("SHOP", "shop.repair", INDEX))

        known = engine._acts.look(lambda unit: dict(unit.environment.up_to_date))

        version = engine.workspaces.get(any_shop["ida"], "SHOP").version
        assert {place: known[place][0] for place in known} == {"SHOP": version}

    def test_is_asked_of_the_store_once(self, any_shop: Shop) -> None:
        """For all acts under the same rules."""
        look = any_shop.engine._acts.look

        def asked(unit: UnitOfWork) -> bool:
            assert unit.follows("SHOP", "shop.part", INDEX)
            return ("shop.repair", INDEX) in unit.environment.up_to_date["SHOP"][1]

        assert look(asked)


class TestASearch:
    def test_is_asked_once_an_attempt(self, any_shop: Shop) -> None:
        """The first finding counts, whatever somebody else does meanwhile; then the act starts again."""
        found: list[list[int]] = []

        def look_twice(unit: UnitOfWork) -> None:
            first = unit.search("SHOP", "shop.repair", ("wished",), [], None)
            if not found:
                any_shop.wish()
            found.append([len(first), len(unit.search("SHOP", "shop.repair", ("wished",), [], None))])
            unit.write()

        any_shop.engine._acts.act("look twice", look_twice)

        assert found[0] == [0, 0]
        assert found[-1] == [1, 1]

    def test_shows_items_as_the_act_has_left_them(self, any_shop: Shop) -> None:
        """An item that was changed since is found as it is now."""
        key = any_shop.wish("Before").key

        def change(unit: UnitOfWork) -> tuple[str, str]:
            first = unit.search("SHOP", "shop.repair", (), [], None)[0]
            unit.put(replace(first, title="After"))
            return first.title, unit.search("SHOP", "shop.repair", (), [], None)[0].title

        assert any_shop.engine._acts.look(change) == ("Before", "After")
        assert any_shop.engine.items.get(any_shop["ann"], key).title == "Before"
