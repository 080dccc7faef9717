from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from typing import Any

import pytest

Shop = Any


class TestAnItemsHistory:
    def test_holds_every_event_in_order(self, any_shop: Shop) -> None:
        """Who did what and when, under which rules, each chained to the one before."""
        key = any_shop.on_bench()

        first = any_shop.ben.get(f"/items/{key}/history?limit=1").json()
        rest = any_shop.ben.get(f"/items/{key}/history", params={"after": first["next_cursor"]}).json()

        created, moved = first["events"] + rest["events"]
        assert (created["kind"], created["changes"], created["prev_hash"]) == (
            "created",
            {"fault": [None, "dark"], "hours": [None, 2]},
            "",
        )
        assert (moved["kind"], moved["transition"], moved["from_state"], moved["to_state"]) == (
            "transition", "start", "wished", "bench",
        )  # fmt: skip
        assert (moved["prev_hash"], moved["actor"], moved["item"]) == (created["hash"], "ben", key)
        assert rest["next_cursor"] is None

    def test_begins_where_it_is_asked_to(self, shop: Shop) -> None:
        """A text that is not the number of an event is refused."""
        key = shop.wish()

        for after in ("-1", "x", "1" * 30):
            assert shop.ben.get(f"/items/{key}/history?after={after}").status_code == 400


class TestTheLog:
    def test_can_be_followed(self, any_shop: Shop) -> None:
        """From page to page, and on from the end when more has happened."""
        key = any_shop.on_bench()
        seen, cursor = [], None
        while page := any_shop.ida.get(
            "/events", params={"limit": 2, **({"after": cursor} if cursor else {})}
        ).json():
            cursor = page["next_cursor"] or cursor
            if not page["events"]:
                break
            seen += [event["kind"] for event in page["events"]]

        any_shop.ben.post(f"/items/{key}/comments", json={"text": "more"})

        more = any_shop.ida.get("/events", params={"after": cursor}).json()["events"]
        assert seen[-2:] == ["created", "transition"]
        assert [event["kind"] for event in more] == ["comment"]

    def test_can_be_narrowed(self, shop: Shop) -> None:
        """By item, person, kind and workspace."""
        key = shop.on_bench()
        shop.wish()

        def kinds(query: str) -> list[str]:
            return [event["kind"] for event in shop.ben.get(f"/events?{query}").json()["events"]]

        assert kinds(f"item={key}") == ["created", "transition"]
        assert kinds("kind=transition&actor=me") == ["transition"]
        assert kinds("actor=mia") == []
        assert shop.ben.get("/events?workspace=NONE").status_code == 404
        assert shop.ben.get("/events?after=elsewhere").status_code == 400

    def test_of_a_kind_that_does_not_exist_is_refused_with_the_nearest(self, shop: Shop) -> None:
        """In every list of events, and where a webhook names kinds."""
        key = shop.wish()
        said = 'there is no kind of event "creatd"; did you mean "created"'

        lists = ("/events", f"/items/{key}/thread", "/installation/events")
        answers = [shop.ida.get(path, params={"kind": "creatd"}) for path in lists]
        webhook = shop.ida.post("/webhooks", json={"url": "https://8.8.8.8/in", "kinds": ["roles", "creatd"]})

        assert [(each.status_code, said in each.json()["detail"]) for each in answers] == [(400, True)] * 3
        [fault] = webhook.json()["errors"]
        assert (webhook.status_code, fault["pointer"], said in fault["message"]) == (422, "/kinds/1", True)


class TestProof:
    def test_comes_with_events_on_request(self, any_shop: Shop) -> None:
        """The hashed parts, byte for byte, so that readers of the log can recompute it."""
        key = any_shop.wish()
        any_shop.ben.post(f"/items/{key}/comments", json={"text": "soon"})

        asked = any_shop.ben.get("/events", params={"item": key, "include": "proof"}).json()["events"]

        head = ""
        for event in asked:
            proof = event["proof"]
            head = sha256(f"{head}\n{proof['body']}".encode()).hexdigest()
            assert head == event["hash"]
            typed = sha256(f"{proof['salt']}\n{proof['document']}".encode()).hexdigest()
            assert f'"digest":"{typed}"' in proof["body"]
        history = any_shop.ben.get(f"/items/{key}/history", params={"include": "proof"}).json()["events"]
        assert history == asked
        plain = any_shop.ben.get(f"/items/{key}/history").json()["events"]
        assert "proof" not in plain[0]


class TestErasingTexts:
    def test_is_an_event_that_says_who_erased_what_and_why(self, any_shop: Shop) -> None:
        """The text is gone from the log, its event and all hashes stay."""
        key = any_shop.wish(fault="Call Zoe")
        any_shop.ben.post(f"/items/{key}/comments", json={"text": "Zoe again"})
        created, comment = any_shop.ben.get(f"/items/{key}/history").json()["events"]

        answer = any_shop.ida.post(
            f"/items/{key}/events/{comment['id']}/erasure", json={"reason": "she asked for it"}
        )

        assert answer.status_code == 201, answer.text
        *before, erased, erasure = any_shop.ben.get(f"/items/{key}/history").json()["events"]
        assert (before, erasure) == ([created], answer.json())
        assert (erasure["kind"], erasure["actor"], erasure["event"], erasure["places"], erasure["comment"]) == (
            "erased", "ida", comment["id"], ["/comment"], "she asked for it",
        )  # fmt: skip
        assert (erased["comment"], erased["erased"], erased["hash"]) == (None, ["/comment"], comment["hash"])
        assert any_shop.ben.get(f"/items/{key}").headers["ETag"] == '"1"'
        assert any_shop.ben.get("/audit/verify").json()["ok"]

    def test_is_for_administrators_who_say_why(self, shop: Shop) -> None:
        """Nothing is erased otherwise, and nothing recorded."""
        key = shop.wish(fault="Call Zoe")
        (created,) = shop.ben.get(f"/items/{key}/history").json()["events"]
        path = f"/items/{key}/events/{created['id']}/erasure"

        assert shop.ben.post(path, json={"reason": "because"}).status_code == 403
        assert shop.ida.post(path, json={"reason": "  "}).status_code == 422
        assert shop.ben.get(f"/items/{key}/history").json()["events"] == [created]

    def test_is_refused_where_there_is_nothing_to_erase(self, any_shop: Shop) -> None:
        """An event without texts, one that was erased, and one of another item."""
        key, other = any_shop.on_bench(), any_shop.wish()
        created, moved = any_shop.ben.get(f"/items/{key}/history").json()["events"]

        def erase(item: str, event: str) -> int:
            path = f"/items/{item}/events/{event}/erasure"
            return int(any_shop.ida.post(path, json={"reason": "she asked for it"}).status_code)

        assert [erase(key, created["id"]), erase(key, created["id"])] == [201, 409]
        assert erase(key, moved["id"]) == 409
        assert erase(other, created["id"]) == 404


class TestVerification:
    def test_finds_every_hash_right(self, any_shop: Shop) -> None:
        """Every event's hash is recomputed."""
        any_shop.on_bench()

        audit = any_shop.ben.get("/audit/verify?workspace=SHOP").json()

        assert (audit["ok"], audit["first_bad"]) == (True, None)
        assert audit["events"] >= 2

    @pytest.mark.tampered
    def test_names_the_first_event_that_was_changed(self, shop: Shop, sqlite_url: str) -> None:
        """A line changed in the database is found."""
        key = shop.on_bench()
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
            for (trigger,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f'DROP TRIGGER "{trigger}"')
            database.execute("UPDATE event_texts SET document = replace(document, 'dark', 'dull')")

        audit = shop.ben.get("/audit/verify").json()

        assert (audit["ok"], audit["first_bad"]["item"], audit["first_bad"]["seq"]) == (False, key, 1)
