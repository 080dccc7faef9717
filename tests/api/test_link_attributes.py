"""Attributes of links, over HTTP: given, replaced, read from both ends, and refused with pointers."""

from __future__ import annotations

from typing import Any

import pytest

Shop = Any

LINK = "shop.continues"


def linked(shop: Shop, body: dict[str, Any] | None = None) -> tuple[str, str, Any]:
    """Two orders, and the answer to linking the first to the second."""
    first, second = shop.order("First"), shop.order("Second")
    return first, second, shop.clara.put(f"/items/{first}/links/{LINK}/{second}", json=body)


class TestAttributes:
    def test_are_given_with_a_link_and_seen_from_both_ends(self, any_shop: Shop) -> None:
        first, second, answer = linked(any_shop, {"attributes": {"pages": 2, "note": "and on"}})

        ends = [any_shop.clara.get(f"/items/{key}/links").json()["links"] for key in (first, second)]

        assert (answer.status_code, answer.json()["links"]) == (200, {LINK: [second]})
        assert [[(end["direction"], end["attributes"]) for end in found] for found in ends] == [
            [("out", {"pages": 2, "note": "and on"})],
            [("in", {"pages": 2, "note": "and on"})],
        ]

    def test_are_replaced_by_others_and_kept_without_any(self, shop: Shop) -> None:
        """A body without attributes, or none at all, is the link as it is; the history says what was said before."""
        first, second, _ = linked(shop, {"attributes": {"pages": 2}})
        path = f"/items/{first}/links/{LINK}/{second}"

        versions = [shop.clara.put(path).json()["version"], shop.clara.put(path, json={}).json()["version"]]
        replaced = shop.clara.put(path, json={"attributes": {"pages": 3}}).json()["version"]

        last = shop.clara.get(f"/items/{first}/history").json()["events"][-1]
        assert (versions, replaced) == ([2, 2], 3)
        assert (last["kind"], last["attributes"], last["former_attributes"]) == (
            "linked",
            {"pages": 3},
            {"pages": 2},
        )

    def test_come_with_the_links_of_a_new_item(self, shop: Shop) -> None:
        base = shop.order()
        body = {
            "workspace": "SHOP", "type": "shop.order", "title": "Second",
            "links": [{"type": LINK, "target": base, "attributes": {"pages": 4}}],
        }  # fmt: skip

        key = shop.clara.post("/items", json=body).json()["key"]

        (end,) = shop.clara.get(f"/items/{key}/links").json()["links"]
        assert end["attributes"] == {"pages": 4}

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            (None, "/attributes/pages"),
            ({"attributes": {"pages": 0}}, "/attributes/pages"),
            ({"attributes": {"pages": 1, "nte": "x"}}, "/attributes/nte"),
            ({"attribute": {}}, "/attribute"),
        ],
    )
    def test_are_refused_with_a_pointer(self, shop: Shop, body: dict[str, Any] | None, pointer: str) -> None:
        _, _, answer = linked(shop, body)

        assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, [pointer])
