"""Verification and checkpoints over HTTP."""

from __future__ import annotations

from .conftest import Shop


class TestVerification:
    def test_can_be_taken_in_parts(self, shop: Shop) -> None:
        """Each part says where to go on, and together they verify everything once."""
        shop.asked()
        whole = shop.ada.get("/audit/verify").json()

        events, cursor = 0, None
        while True:
            part = shop.ada.get("/audit/verify", params={"limit": 1, **({"after": cursor} if cursor else {})})
            assert part.json()["ok"]
            events, cursor = events + part.json()["events"], part.json()["next_cursor"]
            if cursor is None:
                break

        assert (whole["ok"], whole["found"], whole["findings"], whole["next_cursor"]) == (True, 0, [], None)
        assert events == whole["events"]

    def test_is_of_what_the_reader_may_see(self, shop: Shop) -> None:
        """People without an office verify their workspaces, and a cursor of more is refused."""
        shop.asked()

        assert (
            shop.clara.get("/audit/verify").json()["events"] < shop.ada.get("/audit/verify").json()["events"]
        )
        assert shop.clara.get("/audit/verify?after=installation::").status_code == 400
        assert shop.clara.get("/audit/verify?workspace=NONE").status_code == 404


class TestCheckpoints:
    def test_are_made_by_administrators_and_read_by_auditors(self, shop: Shop) -> None:
        """A checkpoint, the key that verifies it, and all of them in order."""
        assert shop.ada.get("/audit/checkpoints/latest").status_code == 404
        made = shop.ada.post("/audit/checkpoints")
        shop.asked()
        again = shop.ada.post("/audit/checkpoints").json()

        assert made.status_code == 201
        first = made.json()
        assert first["note"].startswith(f"{first['origin']}\n{first['size']}\n{first['root']}\n")
        assert shop.ada.get("/audit/key").json()["key"].startswith(f"{first['origin']}+")
        assert shop.ada.get("/audit/checkpoints").json()["checkpoints"] == [first, again]
        assert shop.ada.get("/audit/checkpoints/latest").json() == again

    def test_are_joined_by_a_proof(self, shop: Shop) -> None:
        """By RFC 9162; of sizes that the log has."""
        old = shop.ada.post("/audit/checkpoints").json()["size"]
        shop.asked()
        new = shop.ada.post("/audit/checkpoints").json()["size"]

        proof = shop.ada.get(f"/audit/proof?old={old}&new={new}").json()

        assert (proof["old_size"], proof["new_size"]) == (old, new)
        assert proof["hashes"]
        assert shop.ada.get(f"/audit/proof?old={old}&new=99999").status_code == 400
        assert shop.ada.get(f"/audit/proof?old={new}&new={old}").status_code == 400

    def test_are_an_event_of_the_installation(self, shop: Shop) -> None:
        """By which a webhook for this kind gets each of them."""
        made = shop.ada.post("/audit/checkpoints").json()

        (event,) = shop.ada.get("/installation/events?kind=checkpoint").json()["events"]

        assert (event["note"], event["size"]) == (made["note"], made["size"])

    def test_are_not_for_everybody(self, shop: Shop) -> None:
        """They are about the whole installation."""
        assert shop.clara.post("/audit/checkpoints").status_code == 403
        for path in (
            "/audit/checkpoints",
            "/audit/checkpoints/latest",
            "/audit/key",
            "/audit/proof?old=1&new=2",
        ):
            assert shop.clara.get(path).status_code == 403
