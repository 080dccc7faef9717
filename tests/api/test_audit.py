"""Verification and checkpoints over HTTP."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from .conftest import Shop

#: Statements that read and write what is kept of checkpoints: the latest one, and an event for each.
CHECKPOINTS = (
    (
        "SELECT value FROM installation WHERE name = 'audit.tree'",
        "UPDATE installation SET value = ? WHERE name = 'audit.tree'",
    ),
    (
        "SELECT body FROM events WHERE kind = 'checkpoint'",
        "UPDATE events SET body = ? WHERE kind = 'checkpoint'",
    ),
)


def behind(shop: Shop, statement: str, *values: str) -> str:
    """Read or write a value behind the engine's back."""
    with closing(sqlite3.connect(str(shop.application.settings.sqlite_file))) as database, database:
        done = database.execute(statement, values)
        return str(done.fetchone()[0]) if done.description else ""


class TestVerification:
    def test_can_be_taken_in_parts(self, shop: Shop) -> None:
        """Each part says where to go on, and together they verify everything once."""
        shop.on_bench()
        whole = shop.ida.get("/audit/verify").json()

        events, cursor = 0, None
        while True:
            part = shop.ida.get("/audit/verify", params={"limit": 1, **({"after": cursor} if cursor else {})})
            assert part.json()["ok"]
            events, cursor = events + part.json()["events"], part.json()["next_cursor"]
            if cursor is None:
                break

        assert (whole["ok"], whole["found"], whole["findings"], whole["next_cursor"]) == (True, 0, [], None)
        assert events == whole["events"]

    def test_in_parts_does_not_read_all_positions_at_once(self, shop: Shop) -> None:
        """The part ends behind the first batch of positions, and a cursor that does not fit is refused."""
        shop.wish()
        until = shop.ida.get("/audit/verify", params={"after": "installation::"}).json()["events"]
        part = shop.ida.get("/audit/verify", params={"after": "installation::", "limit": until}).json()

        assert part["next_cursor"] == "positions::"
        for wrong in ("positions::3", "positions::1.AAAA", "positions::0.", "definitions::7"):
            assert shop.ida.get("/audit/verify", params={"after": wrong}).status_code == 400

    def test_is_of_what_the_reader_may_see(self, shop: Shop) -> None:
        """People without an office verify their workspaces, and a cursor of more is refused."""
        shop.on_bench()

        assert shop.ben.get("/audit/verify").json()["events"] < shop.ida.get("/audit/verify").json()["events"]
        assert shop.ben.get("/audit/verify?after=installation::").status_code == 400
        assert shop.ben.get("/audit/verify?workspace=NONE").status_code == 404


class TestCheckpoints:
    def test_are_made_by_administrators_and_read_by_auditors(self, shop: Shop) -> None:
        """A checkpoint, the key that verifies it, and all of them in order."""
        assert shop.ida.get("/audit/checkpoints/latest").status_code == 404
        made = shop.ida.post("/audit/checkpoints")
        shop.on_bench()
        again = shop.ida.post("/audit/checkpoints").json()

        assert made.status_code == 201
        first = made.json()
        assert first["note"].startswith(f"{first['origin']}\n{first['size']}\n{first['root']}\n")
        assert shop.ida.get("/audit/key").json()["key"].startswith(f"{first['origin']}+")
        assert shop.ida.get("/audit/checkpoints").json()["checkpoints"] == [first, again]
        assert shop.ida.get("/audit/checkpoints/latest").json() == again

    def test_are_joined_by_a_proof(self, shop: Shop) -> None:
        """By RFC 9162; of sizes that the log has."""
        old = shop.ida.post("/audit/checkpoints").json()["size"]
        shop.on_bench()
        new = shop.ida.post("/audit/checkpoints").json()["size"]

        proof = shop.ida.get(f"/audit/proof?old={old}&new={new}").json()

        assert (proof["old_size"], proof["new_size"]) == (old, new)
        assert proof["hashes"]
        assert shop.ida.get(f"/audit/proof?old={old}&new=99999").status_code == 400
        assert shop.ida.get(f"/audit/proof?old={new}&new={old}").status_code == 400

    def test_are_an_event_of_the_installation(self, shop: Shop) -> None:
        """By which a webhook for this kind gets each of them."""
        made = shop.ida.post("/audit/checkpoints").json()

        (event,) = shop.ida.get("/installation/events?kind=checkpoint").json()["events"]

        assert (event["note"], event["size"]) == (made["note"], made["size"])

    @pytest.mark.parametrize("kept", ["none", "{}", '{"size": 3, "peaks": [], "checkpoint": "none"}'])
    def test_that_were_tampered_with_are_a_problem(self, shop: Shop, kept: str) -> None:
        """With what is wrong, and what to do about it; the verification finds the same."""
        shop.ida.post("/audit/checkpoints")
        before = {write: behind(shop, read) for read, write in CHECKPOINTS}
        for write in before:
            behind(shop, write, kept)

        answers = [
            shop.ida.get("/audit/checkpoints"),
            shop.ida.get("/audit/checkpoints/latest"),
            shop.ida.post("/audit/checkpoints"),
        ]
        found = shop.ida.get("/audit/verify").json()["found"]
        for write, value in before.items():
            behind(shop, write, value)

        assert [answer.status_code for answer in answers] == [409, 409, 409]
        assert {(answer.json()["type"], answer.json()["title"]) for answer in answers} == {
            ("/problems/tampered", "Record altered outside Placet")
        }
        assert all("run placet audit verify" in answer.json()["detail"] for answer in answers)
        assert found > 0

    def test_are_not_for_everybody(self, shop: Shop) -> None:
        """They are about the whole installation."""
        assert shop.ben.post("/audit/checkpoints").status_code == 403
        for path in (
            "/audit/checkpoints",
            "/audit/checkpoints/latest",
            "/audit/key",
            "/audit/proof?old=1&new=2",
        ):
            assert shop.ben.get(path).status_code == 403
