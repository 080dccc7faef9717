from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from typing import Any

Shop = Any


class TestAnItemsHistory:
    def test_holds_every_event_in_order(self, any_shop: Shop) -> None:
        """Who did what and when, under which rules, each chained to the one before."""
        key = any_shop.asked()

        first = any_shop.clara.get(f"/items/{key}/history?limit=1").json()
        rest = any_shop.clara.get(f"/items/{key}/history", params={"after": first["next_cursor"]}).json()

        created, moved = first["events"] + rest["events"]
        assert (created["kind"], created["changes"], created["prev_hash"]) == (
            "created",
            {"text": [None, "Sale!"]},
            "",
        )
        assert (moved["kind"], moved["transition"], moved["from_state"], moved["to_state"]) == (
            "transition", "ask", "draft", "asked",
        )  # fmt: skip
        assert (moved["prev_hash"], moved["actor"], moved["item"]) == (created["hash"], "clara", key)
        assert rest["next_cursor"] is None

    def test_begins_where_it_is_asked_to(self, shop: Shop) -> None:
        """What is no number of an event is refused."""
        key = shop.order()

        for after in ("-1", "x", "1" * 30):
            assert shop.clara.get(f"/items/{key}/history?after={after}").status_code == 400


class TestTheLog:
    def test_can_be_followed(self, any_shop: Shop) -> None:
        """From page to page, and on from the end when more has happened."""
        key = any_shop.asked()
        seen, cursor = [], None
        while page := any_shop.ada.get(
            "/events", params={"limit": 2, **({"after": cursor} if cursor else {})}
        ).json():
            cursor = page["next_cursor"] or cursor
            if not page["events"]:
                break
            seen += [event["kind"] for event in page["events"]]

        any_shop.clara.post(f"/items/{key}/comments", json={"text": "more"})

        more = any_shop.ada.get("/events", params={"after": cursor}).json()["events"]
        assert seen[-2:] == ["created", "transition"]
        assert [event["kind"] for event in more] == ["comment"]

    def test_can_be_narrowed(self, shop: Shop) -> None:
        """By item, person, kind and workspace."""
        key = shop.asked()
        shop.order()

        def kinds(query: str) -> list[str]:
            return [event["kind"] for event in shop.clara.get(f"/events?{query}").json()["events"]]

        assert kinds(f"item={key}") == ["created", "transition"]
        assert kinds("kind=transition&actor=me") == ["transition"]
        assert kinds("actor=bo") == []
        assert shop.clara.get("/events?workspace=NONE").status_code == 404
        assert shop.clara.get("/events?after=elsewhere").status_code == 400


class TestProof:
    def test_comes_with_events_on_request(self, any_shop: Shop) -> None:
        """What was hashed, byte for byte, so that whoever reads the log can recompute it."""
        key = any_shop.order()
        any_shop.clara.post(f"/items/{key}/comments", json={"text": "soon"})

        asked = any_shop.clara.get("/events", params={"item": key, "include": "proof"}).json()["events"]

        head = ""
        for event in asked:
            proof = event["proof"]
            head = sha256(f"{head}\n{proof['body']}".encode()).hexdigest()
            assert head == event["hash"]
            typed = sha256(f"{proof['salt']}\n{proof['document']}".encode()).hexdigest()
            assert f'"digest":"{typed}"' in proof["body"]
        history = any_shop.clara.get(f"/items/{key}/history", params={"include": "proof"}).json()["events"]
        assert history == asked
        plain = any_shop.clara.get(f"/items/{key}/history").json()["events"]
        assert "proof" not in plain[0]


class TestVerification:
    def test_finds_every_hash_right(self, any_shop: Shop) -> None:
        """Every event's hash is recomputed."""
        any_shop.asked()

        audit = any_shop.clara.get("/audit/verify?workspace=SHOP").json()

        assert (audit["ok"], audit["first_bad"]) == (True, None)
        assert audit["events"] >= 2

    def test_names_the_first_event_that_was_changed(self, shop: Shop, sqlite_url: str) -> None:
        """A line changed in the database is found."""
        key = shop.asked()
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
            for (trigger,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f'DROP TRIGGER "{trigger}"')
            database.execute("UPDATE event_texts SET document = replace(document, 'Sale!', 'Free!')")

        audit = shop.clara.get("/audit/verify").json()

        assert (audit["ok"], audit["first_bad"]["item"], audit["first_bad"]["seq"]) == (False, key, 1)
