"""Something else where an item's key belongs: titles are what people know."""

from __future__ import annotations

from typing import Any

import pytest

Shop = Any
_PRINTS = "'sale' is not an item key. Did you mean {key} Sale in spring?"


class TestATitleInPlaceOfAKey:
    @pytest.mark.parametrize("place", ["a body", "a field", "a query", "a path", "an end of a link"])
    def test_leads_to_the_item_that_is_called_so(self, shop: Shop, place: str) -> None:
        """The one that begins with it comes before those that contain it."""
        shop.order("Leaflets for the sale")
        meant, other = shop.order("Sale in spring"), shop.order()

        match place:
            case "a body":
                body = {"workspace": "SHOP", "type": "shop.order", "title": "More", "parent": "sale"}
                answer, status = shop.clara.post("/items", json=body), 422
            case "a field":
                answer, status = shop.clara.patch(f"/items/{other}", json={"fields": {"like": "sale"}}), 422
            case "a query":
                answer, status = shop.clara.get("/items", params={"parent": "sale"}), 400
            case "a path":
                answer, status = shop.clara.get("/items/sale"), 404
            case _:
                answer, status = shop.clara.put(f"/items/{other}/links/shop.follows/sale"), 404

        assert answer.status_code == status, answer.text
        assert _PRINTS.format(key=meant) in answer.json()["detail"]

    def test_is_reported_at_its_place(self, shop: Shop) -> None:
        """A form shows it beside what was filled in."""
        meant, other = shop.order("Sale in spring"), shop.order()

        answer = shop.clara.patch(f"/items/{other}", json={"fields": {"like": "sale", "copies": "two"}})

        faults = {each["pointer"]: each["message"] for each in answer.json()["errors"]}
        assert faults["/fields/like"] == _PRINTS.format(key=meant)
        assert sorted(faults) == ["/fields/copies", "/fields/like"]

    def test_suggests_nothing_that_somebody_may_not_see(self, shop: Shop) -> None:
        """A title is shown to nobody who could not read it."""
        shop.order("Sale in spring")

        answer = shop.stranger.get("/items/sale")

        assert answer.json()["detail"] == "'sale' is not an item key, such as OPS-12"

    @pytest.mark.parametrize("given", ["%", "a_e", "s", "no such thing", "x" * 2000])
    def test_suggests_nothing_for_what_no_title_has(self, shop: Shop, given: str) -> None:
        """A pattern of the database is a text like any other; one letter is in too many titles."""
        shop.order("Sale in spring")

        answer = shop.clara.get("/items", params={"parent": given})

        assert answer.status_code == 400
        assert "such as OPS-12" in answer.json()["detail"]

    def test_a_key_in_small_letters_leads_to_its_item(self, shop: Shop) -> None:
        """And not to one that has the letters in its title."""
        key = shop.order("Sale in spring")

        answer = shop.clara.get(f"/items/{key.lower()}")

        assert answer.json()["detail"].endswith(f"Did you mean {key} Sale in spring?")

    def test_may_look_like_a_key_itself(self, shop: Shop) -> None:
        """A machine is called so, and there is no such item."""
        key = shop.order("db-1")

        answer = shop.clara.get("/items/db-1")

        assert answer.json()["detail"] == f"'db-1' is not an item key. Did you mean {key} db-1?"

    @pytest.mark.first
    def test_is_looked_up_on_both_databases(self, any_shop: Shop) -> None:
        """By the same words, in any case."""
        meant = any_shop.order("Sale in spring")

        answer = any_shop.clara.get("/items/SALE IN")

        assert (
            answer.json()["detail"] == f"'SALE IN' is not an item key. Did you mean {meant} Sale in spring?"
        )
