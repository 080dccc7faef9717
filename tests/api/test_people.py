from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

Shop = Any


class TestAToken:
    @pytest.mark.parametrize(
        "sent", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer ä", "Bearer " + "x" * 600]
    )
    def test_is_needed(self, shop: Shop, sent: str) -> None:
        """Without a token that there is, nobody gets in."""
        answer = shop.nobody.get("/me", headers={"Authorization": sent.encode()} if sent else {})

        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_shows_who_is_asking(self, any_shop: Shop) -> None:
        """Who one is, with which scopes, in which roles."""
        me = any_shop.ben.get("/me").json()

        assert (me["id"], me["admin"], me["scopes"]) == ("ben", False, ["read", "write", "admin"])
        assert me["workspaces"] == {"SHOP": ["shop.fixer"]}

    def test_can_be_issued_and_revoked(self, any_shop: Shop) -> None:
        """A token for oneself works until it is revoked."""
        issued = any_shop.ben.post("/actors/me/tokens", json={"name": "laptop", "scopes": ["read"]})
        client = any_shop.client(issued.json()["token"])
        assert client.get("/me").json()["scopes"] == ["read"]

        revoked = any_shop.ben.delete(f"/tokens/{issued.json()['id']}")

        assert (issued.status_code, revoked.status_code, client.get("/me").status_code) == (201, 204, 401)

    def test_ends_when_it_expires(self, shop: Shop) -> None:
        """An expiry in the past is refused; one in the future is kept."""
        past, future = (
            shop.ben.post("/actors/me/tokens", json={"name": "x", "expires_at": f"{year}-01-01T00:00:00Z"})
            for year in (2020, 2099)
        )

        assert (past.status_code, future.status_code) == (422, 201)
        assert shop.client(future.json()["token"]).get("/me").status_code == 200

    def test_does_what_its_scopes_say(self, shop: Shop) -> None:
        """Reading, writing and administering are three things."""
        statuses = {}
        for scope in ("read", "write", "admin"):
            client = shop.client(shop.token("ida", scope))
            statuses[scope] = [
                client.get("/me").status_code,
                client.post("/items", json={}).status_code,
                client.post("/actors", json={}).status_code,
            ]

        assert statuses == {"read": [200, 403, 403], "write": [403, 422, 403], "admin": [403, 403, 422]}

    def test_gives_no_more_than_it_has(self, shop: Shop) -> None:
        """A token cannot be used to get a stronger one, nor one for somebody else."""
        client = shop.client(shop.token("ida", "write"))

        stronger = client.post("/actors/me/tokens", json={"name": "x", "scopes": ["write", "admin"]})
        others = client.post("/actors/mia/tokens", json={"name": "x"})
        same = client.post("/actors/me/tokens", json={"name": "x"})

        assert (stronger.status_code, stronger.json()["needs"]) == (403, ["scope admin"])
        assert (others.status_code, same.json()["scopes"]) == (403, ["write"])

    def test_for_others_is_for_administrators(self, shop: Shop) -> None:
        """Who does not administer gets tokens for nobody but themselves."""
        refused = shop.ben.post("/actors/mia/tokens", json={"name": "x"})
        issued = shop.ida.post("/actors/mia/tokens", json={"name": "x"})

        assert (refused.status_code, refused.json()["needs"], issued.status_code) == (
            403,
            ["administrator"],
            201,
        )
        assert shop.mia.delete(f"/tokens/{issued.json()['id']}").status_code == 204
        assert shop.mia.delete("/tokens/nothing").status_code == 404

    def test_may_be_used_so_often(self, serve: Callable[..., Shop], sqlite_url: str) -> None:
        """With a rate limit, each token has so many requests a minute, and the refusal says how long to wait."""
        shop = serve(sqlite_url, rate_limit=3)

        answers = [shop.ben.get("/me") for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 21
        assert shop.mia.get("/me").status_code == 200

    def test_pays_for_every_request_of_a_bulk(self, serve: Callable[..., Shop], sqlite_url: str) -> None:
        """Ten in one count as ten: more than are left are done, and waited for afterwards."""
        shop = serve(sqlite_url, rate_limit=20)
        wishes = [{"key": f"SHOP-{n}", "transition": "start"} for n in range(100, 150)]

        bulk = shop.ben.post("/transitions", json={"requests": wishes})
        refused = shop.ben.get("/me")

        assert (bulk.status_code, refused.status_code) == (200, 429)
        assert 85 <= int(refused.headers["Retry-After"]) <= 94


class TestPeople:
    def test_are_added_by_administrators(self, any_shop: Shop) -> None:
        """An id is taken once."""
        body = {"id": "robot", "name": "Robot", "kind": "service", "email": "robot@example.org"}

        statuses = [
            client.post("/actors", json=body).status_code
            for client in (any_shop.ben, any_shop.ida, any_shop.ida)
        ]

        assert statuses == [403, 201, 409]
        page = any_shop.ida.get("/actors?limit=2").json()
        rest = any_shop.ida.get("/actors", params={"cursor": page["next_cursor"]}).json()
        assert [actor["id"] for actor in (page["actors"] + rest["actors"])] == [
            *("ann", "bea", "ben", "cid", "ida", "mia", "robot", "tom"),
        ]

    @pytest.mark.parametrize(
        "body",
        [{"id": "a b", "name": "x"}, {"id": "me", "name": "x"}, {"id": "a", "name": ""}, {"id": "a", "name": "x\u0000"},
         {"id": "a", "name": "x", "kind": "dog"}, {"id": "a", "name": "x", "email": "nowhere"}, {"id": "a"}],
    )  # fmt: skip
    def test_have_an_id_a_name_and_a_kind(self, shop: Shop, body: dict[str, str]) -> None:
        """A misfit is pointed at."""
        answer = shop.ida.post("/actors", json=body)

        assert (answer.status_code, len(answer.json()["errors"])) == (422, 1)

    @pytest.mark.parametrize("id", ["IDA", "Ida", "iDa"])
    def test_have_ids_that_differ_by_more_than_case(self, any_shop: Shop, id: str) -> None:
        """Who reads `Ida voted` has to know which Ida."""
        answer = any_shop.ida.post("/actors", json={"id": id, "name": "Ida Other"})

        assert answer.status_code == 409
        assert answer.json()["detail"] == (
            f'the actor id "{id}" differs from "ida" in case alone: choose another one'
        )
        assert [each["id"] for each in any_shop.ida.get("/actors").json()["actors"]].count(id) == 0


class TestADelegation:
    def test_is_for_oneself(self, shop: Shop) -> None:
        """Nobody delegates for somebody else, not even an administrator."""
        ends = (shop.application.clock.now() + timedelta(days=30)).isoformat()
        body = {"from_actor": "mia", "to_actor": "ben", "ends_at": ends}

        assert shop.ben.post("/delegations", json=body).status_code == 403
        assert (
            shop.mia.post("/delegations", json=body | {"ends_at": "2025-01-01T00:00:00Z"}).status_code == 422
        )
        assert shop.mia.post("/delegations", json=body | {"roles": ["shop.mastr"]}).status_code == 422
        assert (
            shop.mia.post("/delegations", json=body | {"starts_at": "2026-01-01T00:00:00"}).status_code == 422
        )
        assert shop.ida.post("/delegations", json=body).status_code == 403
        past, long = body | {"starts_at": "2020-01-01T00:00:00Z"}, body | {"ends_at": "2099-01-01T00:00:00Z"}
        assert [shop.mia.post("/delegations", json=each).status_code for each in (past, long)] == [422, 422]
        assert shop.mia.post("/delegations", json=body | {"roles": ["shop.master"]}).status_code == 201

    def test_is_taken_back(self, shop: Shop) -> None:
        """By the one who gave it or who has it, once; for everybody else there is none."""
        ends = (shop.application.clock.now() + timedelta(days=30)).isoformat()
        body = {"from_actor": "mia", "to_actor": "ben", "ends_at": ends}
        path = f"/delegations/{shop.mia.post('/delegations', json=body).json()['id']}"

        answers = [
            shop.tom.delete(path), shop.mia.delete(path), shop.mia.delete(path), shop.ben.delete(path),
        ]  # fmt: skip

        assert [each.status_code for each in answers] == [404, 204, 409, 409]
        [shown] = shop.ben.get("/delegations").json()["delegations"]
        assert (shown["revoked_by"], shown["revoked_at"] is None) == ("mia", False)
