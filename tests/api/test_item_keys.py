"""Something else where an item's key belongs: titles are what people know."""

from __future__ import annotations

from typing import Any

import pytest

Shop = Any
_BELL = "'bell' is not an item key. Did you mean {key} Bell of the door?"


class TestATitleInPlaceOfAKey:
    @pytest.mark.parametrize("place", ["a body", "a field", "a query", "a path", "an end of a link"])
    def test_leads_to_the_item_that_is_called_so(self, shop: Shop, place: str) -> None:
        """The one that begins with it comes before those that contain it."""
        shop.wish("A door with a bell")
        meant, other = shop.wish("Bell of the door"), shop.wish()

        match place:
            case "a body":
                body = {"workspace": "SHOP", "type": "shop.repair", "title": "More", "parent": "bell"}
                answer, status = shop.ben.post("/items", json=body), 422
            case "a field":
                answer, status = shop.ben.patch(f"/items/{other}", json={"fields": {"like": "bell"}}), 422
            case "a query":
                answer, status = shop.ben.get("/items", params={"parent": "bell"}), 400
            case "a path":
                answer, status = shop.ben.get("/items/bell"), 404
            case _:
                answer, status = shop.ben.put(f"/items/{other}/links/shop.follows/bell"), 404

        assert answer.status_code == status, answer.text
        assert _BELL.format(key=meant) in answer.json()["detail"]

    def test_is_reported_at_its_place(self, shop: Shop) -> None:
        """A form shows it beside what was filled in."""
        meant, other = shop.wish("Bell of the door"), shop.wish()

        answer = shop.ben.patch(f"/items/{other}", json={"fields": {"like": "bell", "hours": "two"}})

        faults = {each["pointer"]: each["message"] for each in answer.json()["errors"]}
        assert faults["/fields/like"] == _BELL.format(key=meant)
        assert sorted(faults) == ["/fields/hours", "/fields/like"]

    def test_suggests_nothing_that_somebody_may_not_see(self, shop: Shop) -> None:
        """A title is shown to nobody who could not read it."""
        shop.wish("Bell of the door")

        answer = shop.tom.get("/items/bell")

        assert answer.json()["detail"] == "'bell' is not an item key, such as OPS-12"

    @pytest.mark.parametrize("given", ["%", "a_e", "s", "no such thing", "x" * 2000])
    def test_suggests_nothing_for_what_no_title_has(self, shop: Shop, given: str) -> None:
        """A pattern of the database is a text like any other; one letter is in too many titles."""
        shop.wish("Bell of the door")

        answer = shop.ben.get("/items", params={"parent": given})

        assert answer.status_code == 400
        assert "such as OPS-12" in answer.json()["detail"]

    def test_a_key_in_small_letters_leads_to_its_item(self, shop: Shop) -> None:
        """And not to one that has the letters in its title."""
        key = shop.wish("Bell of the door")

        answer = shop.ben.get(f"/items/{key.lower()}")

        assert answer.json()["detail"].endswith(f"Did you mean {key} Bell of the door?")

    def test_may_look_like_a_key_itself(self, shop: Shop) -> None:
        """A machine is called so, and there is no such item."""
        key = shop.wish("db-1")

        answer = shop.ben.get("/items/db-1")

        assert answer.json()["detail"] == f"'db-1' is not an item key. Did you mean {key} db-1?"

    @pytest.mark.first
    def test_is_looked_up_on_both_databases(self, any_shop: Shop) -> None:
        """By the same words, in any case."""
        meant = any_shop.wish("Bell of the door")

        answer = any_shop.ben.get("/items/BELL OF")

        assert (
            answer.json()["detail"] == f"'BELL OF' is not an item key. Did you mean {meant} Bell of the door?"
        )
