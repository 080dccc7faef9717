"""The inbox over HTTP: notifications, and preferences about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from placet.engine.engine import SYSTEM_ACTOR

Shop = Any


def notify(shop: Shop, key: str) -> None:
    """Notify people of everything that has happened to an item."""
    for event in shop.application.engine.event_log.history(SYSTEM_ACTOR, key).rows:
        shop.application.engine.notifications.notify(event)


def started(shop: Shop) -> str:
    """A repair that waits for Mia's agreement, of which she was notified."""
    key: str = shop.on_bench()
    notify(shop, key)
    return key


class TestReading:
    def test_says_what_happened_and_why_one_is_notified(self, any_shop: Shop) -> None:
        """Mia is asked for her agreement."""
        key = started(any_shop)

        inbox = any_shop.mia.get("/inbox").json()

        [notification] = inbox["notifications"]
        assert (notification["item"], notification["workspace"], notification["title"]) == (
            key,
            "SHOP",
            "A broken lamp",
        )
        assert notification["message"] == "Ben moved it to 'On the bench' (Start)"
        assert (notification["by"], notification["type"]) == ("ben", "shop.repair")
        at = datetime.fromisoformat(notification["at"])
        assert notification["local_time"] == f"{at:%A} {at.day} {at:%B %H:%M}, UTC"
        assert notification["because"] == [
            {"rule": "core.approval_asked", "reason": "your vote on Agreement is asked for"}
        ]
        assert (notification["read_at"], inbox["unread"], inbox["next_cursor"]) == (None, 1, None)
        assert any_shop.ben.get("/inbox").json() == {"notifications": [], "unread": 0, "next_cursor": None}

    def test_goes_by_pages(self, shop: Shop) -> None:
        """The newest first."""
        keys = [started(shop) for _ in range(3)]

        first = shop.mia.get("/inbox", params={"limit": 2}).json()
        second = shop.mia.get("/inbox", params={"limit": 2, "cursor": first["next_cursor"]}).json()

        assert [n["item"] for n in first["notifications"] + second["notifications"]] == keys[::-1]
        assert (first["unread"], second["next_cursor"]) == (3, None)

    def test_marks_one_as_read(self, any_shop: Shop) -> None:
        """It is still there among all."""
        started(any_shop)
        [notification] = any_shop.mia.get("/inbox").json()["notifications"]

        answer = any_shop.mia.post(f"/inbox/{notification['id']}/read")

        assert answer.status_code == 200
        assert answer.json() == notification | {"read_at": answer.json()["read_at"]}
        assert answer.json()["read_at"] is not None
        assert any_shop.mia.get("/inbox").json()["notifications"] == []
        assert any_shop.mia.get("/inbox", params={"status": "all"}).json()["notifications"] == [answer.json()]

    def test_marks_everything_up_to_one_as_read(self, any_shop: Shop) -> None:
        """A notification that came after it was seen stays unread."""
        started(any_shop)
        newest = any_shop.mia.get("/inbox").json()["notifications"][0]["id"]
        later = started(any_shop)

        assert any_shop.mia.post("/inbox/read", json={"until": newest, "workspace": "SHOP"}).json() == {
            "read": 1
        }
        assert [n["item"] for n in any_shop.mia.get("/inbox").json()["notifications"]] == [later]

    def test_is_ones_own(self, shop: Shop) -> None:
        """Others' notifications are not found."""
        started(shop)
        [notification] = shop.mia.get("/inbox").json()["notifications"]

        assert shop.ida.post(f"/inbox/{notification['id']}/read").status_code == 404
        refusal = shop.ida.post("/inbox/read", json={"until": notification["id"]})
        assert refusal.status_code == 422
        assert refusal.json()["errors"][0]["pointer"] == "/until"
        assert shop.tom.get("/inbox", params={"workspace": "SHOP"}).status_code == 404
        assert shop.nobody.get("/inbox").status_code == 401


class TestWorkspaces:
    def test_list_who_is_notified_of_what(self, shop: Shop) -> None:
        """Placet's own rules, and the methods'."""
        rules = {
            rule["id"]: rule
            for rule in shop.ben.get("/workspaces/SHOP/notification-rules").json()["notification_rules"]
        }

        assert rules["core.comment"] == {
            "id": "core.comment", "title": "Somebody commented on it", "source": "core", "item_type": None, "on": [],
            "to": [], "because": None, "off": False, "also_to": [],
        }  # fmt: skip
        assert rules["shop.tested"] == {
            "id": "shop.tested", "title": "A repair is tested", "source": "shop", "item_type": "shop.repair",
            "on": ["state:testing"], "to": ["shop.master", "create"], "because": "you wait for it", "off": False,
            "also_to": [],
        }  # fmt: skip

    def test_switch_rules_off_and_add_roles(self, shop: Shop) -> None:
        """As part of what a workspace has decided."""
        wanted = {
            "core.approval_asked": {"off": True, "to": []},
            "core.comment": {"off": False, "to": ["shop.master"]},
        }

        answer = shop.ida.patch("/workspaces/SHOP", json={"notification_rules": wanted})

        assert answer.json()["notification_rules"] == wanted
        key = started(shop)
        shop.ben.post(f"/items/{key}/comments", json={"text": "please"})
        notify(shop, key)
        assert [n["because"] for n in shop.mia.get("/inbox").json()["notifications"]] == [
            [{"rule": "core.comment", "reason": "SHOP notifies the role master too"}]
        ]

    def test_know_their_rules_from_the_beginning(self, shop: Shop) -> None:
        """A workspace may be opened with them."""
        body = {
            "key": "NEW",
            "name": "New",
            "methods": ["shop"],
            "notification_rules": {"shop.tested": {"off": True}},
        }

        answer = shop.ida.post("/workspaces", json=body)

        assert answer.json()["notification_rules"] == {"shop.tested": {"off": True, "to": []}}

    def test_refuse_what_is_not_there(self, shop: Shop) -> None:
        """With a pointer for each."""
        wanted = {"core.coment": {"off": True}, "core.asked": {"to": ["shop.mastr"]}}

        refusal = shop.ida.patch("/workspaces/SHOP", json={"notification_rules": wanted})

        assert refusal.status_code == 422
        assert [e["pointer"] for e in refusal.json()["errors"]] == [
            "/notification_rules/core.coment", "/notification_rules/core.asked/to/0",
        ]  # fmt: skip


class TestPreferences:
    def test_are_empty_to_begin_with(self, shop: Shop) -> None:
        """Nothing is muted, and the inbox is all there is."""
        assert shop.mia.get("/me/notifications").json() == {
            "channels": [], "muted": [], "zone": None, "digest_at": "08:00",
        }  # fmt: skip

    def test_mute_rules_and_workspaces(self, any_shop: Shop) -> None:
        """A muted rule notifies nobody."""
        wanted = {"muted": ["core.approval_asked"], "zone": "Europe/Vienna", "digest_at": "07:30"}

        answer = any_shop.mia.put("/me/notifications", json=wanted)

        assert answer.json() == wanted | {"channels": []}
        assert any_shop.mia.get("/me/notifications").json() == answer.json()
        started(any_shop)
        assert any_shop.mia.get("/inbox").json()["notifications"] == []

    @pytest.mark.parametrize(
        ("wanted", "pointer"),
        [
            ({"muted": ["core.comments"]}, "/muted/0"),
            ({"muted": ["SHIP"]}, "/muted/0"),
            ({"zone": "Europe/Wien"}, "/zone"),
            ({"digest_at": "25:00"}, "/digest_at"),
            ({"channels": [{"digest": "hourly"}]}, "/channels/0/digest"),
            ({"channels": [{"id": "nothing"}]}, "/channels/0/id"),
            ({"channels": [{}]}, "/channels/0"),
        ],
    )
    def test_refuse_what_cannot_be(self, shop: Shop, wanted: dict[str, Any], pointer: str) -> None:
        """With a pointer, and nothing kept."""
        refusal = shop.mia.put("/me/notifications", json=wanted)

        assert refusal.status_code == 422
        assert [e["pointer"] for e in refusal.json()["errors"]] == [pointer]
        assert shop.mia.get("/me/notifications").json()["muted"] == []

    def test_take_an_address_and_never_show_its_secrets(self, shop: Shop) -> None:
        """A channel is kept by its id from then on."""
        url = "pigeon://mia:secret@93.184.215.14/changes"
        answer = shop.mia.put("/me/notifications", json={"channels": [{"url": url}]})

        [channel] = answer.json()["channels"]
        assert (channel["digest"], channel["mail"], channel["waiting"]) == ("immediate", None, 0)
        assert channel["url"] == "pigeon://93.184.215.14"
        assert "secret" not in answer.text
        kept = {"channels": [{"id": channel["id"], "digest": "weekly"}]}
        assert shop.mia.put("/me/notifications", json=kept).json()["channels"] == [
            channel | {"digest": "weekly"}
        ]

    def test_refuse_addresses_that_lead_elsewhere_than_to_people(self, shop: Shop) -> None:
        """All of them at once, each with where it stands."""
        urls = ["json://example.org", "pigeon://127.0.0.1/topic", "mailto:///etc/passwd"]

        refusal = shop.mia.put("/me/notifications", json={"channels": [{"url": url} for url in urls]})

        assert refusal.status_code == 422
        assert [e["pointer"] for e in refusal.json()["errors"]] == [f"/channels/{n}/url" for n in range(3)]
        both = shop.mia.put("/me/notifications", json={"channels": [{"url": "pigeon://roof", "id": "mail"}]})
        assert both.json()["errors"][0]["pointer"] == "/channels/0"
