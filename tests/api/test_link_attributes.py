"""Attributes of links, over HTTP: given, replaced, read from both ends, and refused with pointers."""

from __future__ import annotations

from typing import Any

import pytest

Shop = Any

LINK = "shop.continues"


def linked(shop: Shop, body: dict[str, Any] | None = None) -> tuple[str, str, Any]:
    """Two repairs, and the answer to linking the first to the second."""
    first, second = shop.wish("First"), shop.wish("Second")
    return first, second, shop.ben.put(f"/items/{first}/links/{LINK}/{second}", json=body)


class TestAttributes:
    def test_are_given_with_a_link_and_seen_from_both_ends(self, any_shop: Shop) -> None:
        first, second, answer = linked(any_shop, {"attributes": {"days": 2, "note": "and on"}})

        ends = [any_shop.ben.get(f"/items/{key}/links").json()["links"] for key in (first, second)]

        assert (answer.status_code, answer.json()["links"]) == (200, {LINK: [second]})
        assert [[(end["direction"], end["attributes"]) for end in found] for found in ends] == [
            [("out", {"days": 2, "note": "and on"})],
            [("in", {"days": 2, "note": "and on"})],
        ]

    def test_are_replaced_by_others_and_kept_without_any(self, shop: Shop) -> None:
        """A body without attributes, or none at all, is the link as it is; the history says what was said before."""
        first, second, _ = linked(shop, {"attributes": {"days": 2}})
        path = f"/items/{first}/links/{LINK}/{second}"

        versions = [shop.ben.put(path).json()["version"], shop.ben.put(path, json={}).json()["version"]]
        replaced = shop.ben.put(path, json={"attributes": {"days": 3}}).json()["version"]

        last = shop.ben.get(f"/items/{first}/history").json()["events"][-1]
        assert (versions, replaced) == ([2, 2], 3)
        assert (last["kind"], last["attributes"], last["former_attributes"]) == (
            "linked",
            {"days": 3},
            {"days": 2},
        )

    def test_come_with_the_links_of_a_new_item(self, shop: Shop) -> None:
        base = shop.wish()
        body = {
            "workspace": "SHOP", "type": "shop.repair", "title": "Second",
            "links": [{"type": LINK, "target": base, "attributes": {"days": 4}}],
        }  # fmt: skip

        key = shop.ben.post("/items", json=body).json()["key"]

        (end,) = shop.ben.get(f"/items/{key}/links").json()["links"]
        assert end["attributes"] == {"days": 4}

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            (None, "/attributes/days"),
            ({"attributes": {"days": 0}}, "/attributes/days"),
            ({"attributes": {"days": 1, "nte": "x"}}, "/attributes/nte"),
            ({"attribute": {}}, "/attribute"),
        ],
    )
    def test_are_refused_with_a_pointer(self, shop: Shop, body: dict[str, Any] | None, pointer: str) -> None:
        _, _, answer = linked(shop, body)

        assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, [pointer])
