from __future__ import annotations

from typing import Any

import httpx
import pytest

from placet.api.models.items import Items

Shop = Any


class TestMakingAnItem:
    def test_answers_where_it_is_and_at_which_version(self, any_shop: Shop) -> None:
        """A new item has a key, its initial state and version 1."""
        body = {
            "workspace": "SHOP", "type": "shop.repair", "title": " A broken lamp ",
            "fields": {"hours": 20, "due": "2026-03-02T10:00:00+01:00"},
        }  # fmt: skip

        answer = any_shop.ben.post("/items", json=body)

        item = answer.json()
        assert answer.status_code == 201
        assert (answer.headers["Location"], answer.headers["ETag"]) == ("/api/v1/items/SHOP-1", '"1"')
        assert (item["key"], item["title"], item["state"], item["category"]) == (
            "SHOP-1",
            "A broken lamp",
            "wished",
            "todo",
        )
        assert item["fields"] == {"hours": 20, "due": "2026-03-02T09:00:00Z"}
        assert (item["created_by"], item["timers"], item["approvals"]) == ("ben", [], [])

    def test_names_what_does_not_exist_with_the_nearest(self, shop: Shop) -> None:
        """An unknown workspace, type or field is named with the nearest that exist."""
        reported = []
        for body in (
            {"workspace": "SHIP", "type": "shop.repair", "title": "x"},
            {"workspace": "SHOP", "type": "shop.repiar", "title": "x"},
            {"workspace": "SHOP", "type": "shop.repair", "title": "x", "fields": {"huors": 1}},
        ):
            answer = shop.ben.post("/items", json=body)
            assert answer.status_code == 422
            reported.append((answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["message"]))

        assert reported == [
            ("/workspace", 'there is no workspace "SHIP"; did you mean "SHOP"?'),
            ("/type", 'there is no item type "shop.repiar"; did you mean "shop.repair" or "shop.part"?'),
            ("/fields/huors", 'there is no field "huors"; did you mean "hours"?'),
        ]

    def test_links_and_parents_it_at_once(self, shop: Shop) -> None:
        """Parent and links can be given when an item is made."""
        first = shop.wish()
        body = {
            "workspace": "SHOP", "type": "shop.part", "title": "A bulb", "parent": first, "fields": {"maker": "Acme"},
            "links": [{"type": "shop.replaces", "target": first}],
        }  # fmt: skip

        item = shop.ben.post("/items", json=body).json()

        assert (item["parent"], item["links"]) == (first, {"shop.replaces": [first]})
        children = shop.ben.get(f"/items/{first}/children").json()["items"]
        assert [child["key"] for child in children] == [item["key"]]

    def test_needs_a_role(self, shop: Shop) -> None:
        """An administrator who holds no role in a workspace makes nothing there, and the refusal names who may."""
        body = {"workspace": "SHOP", "type": "shop.repair", "title": "x"}

        answer = shop.ida.post("/items", json=body)

        assert (answer.status_code, answer.json()["needs"]) == (
            403,
            ["shop.customer", "shop.fixer", "shop.master"],
        )


class TestReadingAnItem:
    def test_hides_what_is_not_theirs(self, shop: Shop) -> None:
        """Without a role one sees nothing, not even whether it exists."""
        key = shop.wish()

        there, nowhere = shop.tom.get(f"/items/{key}"), shop.tom.get("/items/SHOP-99")

        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert there.json()["detail"].replace(key, "SHOP-99") == nowhere.json()["detail"]

    def test_takes_no_key_that_is_none(self, shop: Shop) -> None:
        """A text that is not a key names no item."""
        for key in ("shop-1", "SHOP-0", "SHOP", "SHOP-1%00", "%C3%28"):
            assert shop.ben.get(f"/items/{key}").status_code == 404


class TestEditingAnItem:
    def test_merges_a_patch(self, any_shop: Shop) -> None:
        """A JSON Merge Patch: null takes a field away, and others stay."""
        key = any_shop.wish(fault="dark", hours=3)
        media = {"Content-Type": "application/merge-patch+json", "If-Match": '"1"'}

        answer = any_shop.ben.patch(
            f"/items/{key}", content=b'{"title": "A clock", "fields": {"hours": null}}', headers=media
        )

        assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
        assert (answer.json()["title"], answer.json()["fields"]) == ("A clock", {"fault": "dark"})

    def test_is_refused_with_a_pointer_for_each_fault(self, shop: Shop) -> None:
        """Each field that does not fit is pointed at, and nothing is written."""
        key = shop.wish()

        answer = shop.ben.patch(
            f"/items/{key}", json={"fields": {"hours": "many", "due": "2026-03-02T10:00:00"}}
        )

        assert answer.status_code == 422
        assert {each["pointer"] for each in answer.json()["errors"]} == {"/fields/hours", "/fields/due"}
        assert shop.ben.get(f"/items/{key}").json()["version"] == 1

    def test_is_refused_at_another_version(self, shop: Shop) -> None:
        """If-Match with another version is stale; with a star it is always right."""
        key = shop.wish()

        stale, star = (
            shop.ben.patch(f"/items/{key}", json={"title": "A clock"}, headers={"If-Match": seen})
            for seen in ('"7"', "*")
        )

        assert (stale.status_code, stale.json()["current_version"], star.status_code) == (412, 1, 200)

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            ('"999", "1"', 200),
            ('"1","999"', 200),
            ('W/"1" , , "5"', 200),
            ('"998", "999"', 412),
            ("*", 200),
        ],
    )
    def test_takes_a_list_of_versions(self, shop: Shop, sent: str, status: int) -> None:
        """RFC 9110, 13.1.1: the condition holds if one of them is the present one."""
        key = shop.wish()
        shop.ida.patch("/workspaces/SHOP", json={"require_if_match": True})

        answer = shop.ben.patch(f"/items/{key}", json={"title": "A clock"}, headers={"If-Match": sent})

        assert answer.status_code == status, answer.text

    def test_is_refused_where_a_field_is_frozen(self, shop: Shop) -> None:
        """A field that is frozen in the item's state blocks the edit."""
        key = shop.on_bench()
        shop.mia.post(f"/items/{key}/approvals/shop.agreement", json={"decision": "approve"})
        shop.ben.post(f"/items/{key}/transitions", json={"transition": "test"})

        answer = shop.ben.patch(f"/items/{key}", json={"fields": {"fault": "loud"}})

        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/blocked")


class TestListingItems:
    def test_goes_on_from_page_to_page(self, any_shop: Shop) -> None:
        """The link to the next page leads through all items, each once."""
        keys = [any_shop.wish(f"Lamp {n}") for n in range(5)]

        found, path = [], "/items?limit=2&sort=-created_at"
        while path:
            answer = any_shop.ben.get(path)
            found += [item["key"] for item in answer.json()["items"]]
            path = answer.links.get("next", {}).get("url", "").removeprefix("/api/v1")

        assert found == keys[::-1]

    def test_counts_what_all_pages_have_where_that_is_asked_for(self, any_shop: Shop) -> None:
        """By the same filters, from every page, and without what one may not see."""
        for title in ("A broken lamp", "A broken lamp", "A clock"):
            any_shop.wish(title, hours=2)

        def counted(client: httpx.Client, query: str) -> int:
            found: int = client.get(f"/items?include=total&limit=1{query}").json()["total"]
            return found

        after = any_shop.ben.get("/items?limit=1").json()["next_cursor"]
        assert "total" not in any_shop.ben.get("/items").json()
        assert counted(any_shop.ben, "") == counted(any_shop.ben, f"&cursor={after}") == 3
        assert counted(any_shop.ben, "&q=lamp") == counted(any_shop.ben, "&q=lamp&state=wished") == 2
        assert counted(any_shop.ben, "&sort=hours&field.hours=2&workspace=SHOP") == 3
        assert counted(any_shop.ben, "&sort=-updated_at&state=testing") == 0
        assert (counted(any_shop.ida, ""), counted(any_shop.tom, "")) == (3, 0)

    def test_filters_by_everything_that_it_says(self, any_shop: Shop) -> None:
        """State, category, field, words and workspace each narrow the list."""
        active, wished = any_shop.on_bench(hours=7), any_shop.wish("A clock", fixer="mia")

        def keys(query: str) -> list[str]:
            answer = any_shop.ben.get(f"/items?{query}")
            assert answer.status_code == 200, answer.text
            return [item["key"] for item in answer.json()["items"]]

        assert keys("state=bench") == keys("category=active") == keys("field.hours=7") == [active]
        assert keys("q=clock") == keys("field.fixer=mia") == keys("state=wished&workspace=SHOP") == [wished]
        assert keys("state=wished,bench") == keys("state=wished&state=bench") == [active, wished]

    def test_says_what_could_be_done_next(self, shop: Shop) -> None:
        """`include=next` adds the primary transition and how many checks block it."""
        shop.wish(fault="dark")
        shop.on_bench()

        items = shop.ben.get("/items?include=next").json()["items"]

        assert [(item["next"]["name"], item["next"]["allowed"], item["next"]["blockers"]) for item in items] == [
            ("start", True, 0), ("order", True, 0),
        ]  # fmt: skip

    def test_shows_the_requested_details_of_each_item(self, any_shop: Shop) -> None:
        """Approvals, timers and the next step are evaluated for each item, and come where `include` names them."""
        key = any_shop.on_bench()

        def listed(query: str) -> dict[str, Any]:
            (item,) = any_shop.ben.get(f"/items?state=bench{query}").json()["items"]
            return dict(item)

        whole = any_shop.ben.get(f"/items/{key}").json()
        extra = {"approvals": whole["approvals"], "timers": whole["timers"]}
        assert whole["approvals"]
        assert listed("") == {name: value for name, value in whole.items() if name not in extra}
        assert listed("&include=approvals,timers") == whole
        assert set(listed("&include=next&include=timers")) - set(listed("")) == {"next", "timers"}
        assert any_shop.ben.get("/items?include=history").status_code == 400

    def test_is_as_it_is_declared(self, any_shop: Shop) -> None:
        """The page is written without the models that describe it, and says what they would, and nothing else."""
        key, started = (
            any_shop.wish("A broken lamp", hours=2, due="2026-03-02T10:00:00.5+01:00"),
            any_shop.on_bench(),
        )
        any_shop.ben.post(
            f"/items/{started}/evidence",
            json={"kind": "photo", "name": "p", "url": "https://example.org/p", "sha256": "0" * 64},
        )
        for query in ("", "&include=approvals,timers,next,total", "&limit=1"):
            answer = any_shop.ben.get(f"/items?sort=-key{query}")

            page = Items.model_validate_json(answer.content)
            assert page.items[0].key == started
            assert page.model_dump(mode="json", exclude_unset=True) == answer.json()
            assert answer.headers["Content-Type"] == "application/json"
        children = any_shop.ben.get(f"/items/{key}/children").json()
        assert children == Items(items=[], next_cursor=None).model_dump(mode="json", exclude_unset=True)

    def test_refuses_what_it_does_not_know(self, shop: Shop) -> None:
        """Unknown parameters and values are refused with the nearest that exist."""
        reported = {
            query: (shop.ben.get(f"/items?{query}").status_code, shop.ben.get(f"/items?{query}").json()["detail"])
            for query in (
                "stat=wished", "state=whished", "sort=colour", "field.colour=red", "field.hours=many", "limit=0",
                "limit=-1", "limit=501", "limit=1.0", "cursor=elsewhere", "limit=1&limit=2", "q=a%00b", "category=odd",
            )
        }  # fmt: skip

        assert {status for status, _ in reported.values()} == {400}
        assert reported["stat=wished"][1] == 'there is no query parameter "stat"; did you mean "state"?'
        assert reported["state=whished"][1] == 'there is no state "whished"; did you mean "wished" or "used"?'

    def test_refuses_a_cursor_of_another_list(self, shop: Shop) -> None:
        """A cursor belongs to the order that it was given out with."""
        shop.wish()
        shop.wish()
        cursor = shop.ben.get("/items?limit=1&sort=created_at").json()["next_cursor"]

        assert shop.ben.get("/items", params={"cursor": cursor, "sort": "-key"}).status_code == 400


class TestLinks:
    def test_are_seen_from_both_ends(self, any_shop: Shop) -> None:
        """A link reads one way from its source and the other way from its target."""
        first, second = any_shop.wish("First"), any_shop.wish("Second")

        for _ in range(2):
            answer = any_shop.ben.put(f"/items/{second}/links/shop.follows/{first}")
            assert (answer.status_code, answer.json()["version"]) == (200, 2)

        ends = any_shop.ben.get(f"/items/{first}/links").json()["links"]
        assert [(end["title"], end["direction"], end["key"]) for end in ends] == [
            ("Followed by", "in", second)
        ]

    def test_can_be_taken_away_once(self, shop: Shop) -> None:
        """Items that are not linked cannot be unlinked."""
        first, second = shop.wish(), shop.wish()
        shop.ben.put(f"/items/{second}/links/shop.follows/{first}")

        statuses = [
            shop.ben.delete(f"/items/{second}/links/shop.follows/{first}").status_code for _ in range(2)
        ]

        assert statuses == [200, 404]


class TestWhatIsSaid:
    def test_is_an_event_and_leaves_the_version(self, shop: Shop) -> None:
        """A comment is recorded, and nothing that was decided on has changed."""
        key = shop.wish()

        answer = shop.mia.post(f"/items/{key}/comments", json={"text": "By Friday, please."})

        assert (answer.status_code, answer.json()["kind"], answer.json()["comment"]) == (
            201, "comment", "By Friday, please.",
        )  # fmt: skip
        assert shop.ben.get(f"/items/{key}").json()["version"] == 1

    def test_can_ask_somebody_to_clear_a_blocker(self, shop: Shop) -> None:
        """An ask names the check and the person."""
        key = shop.on_bench()

        asked, unknown = (
            shop.ben.post(f"/items/{key}/asks", json={"check": check, "to": "mia"})
            for check in ("shop.agreement_given", "shop.agreement_taken")
        )

        assert (asked.status_code, asked.json()["to"], unknown.status_code) == (201, "mia", 422)
        [shown] = shop.ben.get(f"/items/{key}").json()["asks"]
        assert (shown["actor"], shown["asked_by"], shown["status"]) == ("mia", "ben", "pending")

    def test_can_end_what_was_asked(self, shop: Shop) -> None:
        """By who asked or is asked; others and a second time are refused."""
        key = shop.on_bench()
        path = f"/items/{key}/asks/shop.agreement_given/mia"
        shop.ben.post(f"/items/{key}/asks", json={"check": "shop.agreement_given", "to": "mia"})

        codes = [client.delete(path).status_code for client in (shop.ida, shop.mia, shop.mia)]

        assert codes == [403, 200, 409]
        assert shop.ben.get(f"/items/{key}").json()["asks"][0]["status"] == "declined"


class TestAnItemsOwnRoles:
    def test_go_before_those_of_the_workspace(self, shop: Shop) -> None:
        """An item's own fixer may move it, and until the role is given back nobody else."""
        key = shop.wish(fault="dark", hours=2)

        shop.ida.put(f"/items/{key}/roles/shop.fixer", json={"actors": ["tom"]})

        assert shop.tom.post(f"/items/{key}/transitions", json={"transition": "start"}).status_code == 200
        refused = shop.ben.put(f"/items/{key}/roles/shop.customer", json={"actors": ["ben"]})
        assert (refused.status_code, refused.json()["needs"]) == (403, ["administrator"])
