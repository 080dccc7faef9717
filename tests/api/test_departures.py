"""People come and go: over HTTP, against the document, on an installation of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from placet.engine.engine import SYSTEM_ACTOR

Shop = Any


def soon() -> str:
    """Tomorrow: delegations and waivers last from now on."""
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def events(shop: Shop) -> list[dict[str, Any]]:
    return list(shop.ida.get("/installation/events", params={"limit": 500}).json()["events"])


def kinds(shop: Shop) -> list[str]:
    return [event["kind"] for event in events(shop)]


def own_token(shop: Shop, person: str) -> Any:
    """A client with a person's own token, which they got by an invitation."""
    code = shop.ida.post(f"/actors/{person}/invitations").json()["code"]
    return shop.client(shop.nobody.post("/tokens", json={"code": code}).json()["token"])


def foreign_token(shop: Shop, person: str) -> Any:
    """A client with a token that the administrator made for somebody."""
    return shop.client(shop.ida.post(f"/actors/{person}/tokens", json={"name": "x"}).json()["token"])


class TestATokenForSomebodyElse:
    def test_does_not_vote(self, shop: Shop) -> None:
        """An administrator cannot decide as somebody else; the person's own token decides."""
        key = shop.on_bench()
        path, vote = f"/items/{key}/approvals/shop.agreement", {"decision": "approve"}

        refused = foreign_token(shop, "mia").post(path, json=vote)
        granted = own_token(shop, "mia").post(path, json=vote)

        assert (refused.status_code, refused.json()["needs"]) == (403, ["own token"])
        assert (granted.status_code, granted.json()["approvals"][0]["status"]) == (200, "granted")

    def test_does_not_waive_or_review(self, shop: Shop) -> None:
        """Waivers are decisions too."""
        key = shop.wish()
        asked = {"gate": "shop.described", "reason": "no words", "expires_at": soon()}
        waiver = shop.ben.post(f"/items/{key}/waivers", json=asked).json()["id"]
        foreign = foreign_token(shop, "mia")

        decided = foreign.post(f"/items/{key}/waivers/{waiver}/decision", json={"grant": True})
        reviewed = foreign.post(f"/items/{key}/waivers/{waiver}/review", json={"review": "fine"})

        assert [answer.json()["needs"] for answer in (decided, reviewed)] == [["own token"]] * 2

    def test_does_not_make_an_own_one(self, shop: Shop) -> None:
        """A token for oneself is no more one's own than the token that made it."""
        key = shop.on_bench()
        made = foreign_token(shop, "mia").post("/actors/me/tokens", json={"name": "mine"}).json()
        vote = {"decision": "approve"}

        refused = shop.client(made["token"]).post(f"/items/{key}/approvals/shop.agreement", json=vote)

        assert (made["issued_by"], refused.status_code) == ("ida", 403)

    def test_is_named_in_the_events_of_what_it_does(self, shop: Shop) -> None:
        """The history of an item says who made the token that acted; for one's own token it says nothing."""
        foreign = foreign_token(shop, "ben")
        body = {
            "workspace": "SHOP",
            "type": "shop.repair",
            "title": "A broken lamp",
            "fields": {"fault": "dark", "hours": 2},
        }
        key = foreign.post("/items", json=body).json()["key"]
        foreign.post(f"/items/{key}/transitions", json={"transition": "start"})
        shop.ben.post(f"/items/{key}/transitions", json={"transition": "fit"})

        history = shop.ben.get(f"/items/{key}/history").json()["events"]

        assert [event.get("token_issued_by") for event in history] == ["ida", "ida", None]

    def test_decides_where_the_installation_says_so(self, serve: Any, sqlite_url: str) -> None:
        """`PLACET_TOKENS_FOR_OTHERS=full`: the vote counts, and its event names who made the token."""
        shop = serve(sqlite_url, tokens_for_others="full")
        key = shop.on_bench()

        granted = foreign_token(shop, "mia").post(
            f"/items/{key}/approvals/shop.agreement", json={"decision": "approve"}
        )
        voted = shop.ben.get(f"/items/{key}/history").json()["events"][-1]

        assert (granted.status_code, voted["kind"], voted["token_issued_by"]) == (200, "voted", "ida")


class TestAToken:
    def test_does_not_outlive_its_maker(self, shop: Shop) -> None:
        """One that ends makes none that ends later, and none without an end."""
        end = "2099-01-01T00:00:00Z"
        short = shop.ben.post("/actors/me/tokens", json={"name": "short", "expires_at": end}).json()
        client = shop.client(short["token"])

        later = client.post("/actors/me/tokens", json={"name": "later", "expires_at": "2099-01-01T00:00:01Z"})
        without = client.post("/actors/me/tokens", json={"name": "without"})

        assert (later.status_code, later.json()["errors"][0]["pointer"]) == (422, "/expires_at")
        assert without.json()["expires_at"] == end

    def test_is_listed_and_ended_by_its_owner_and_by_administrators(self, shop: Shop) -> None:
        """Nobody else sees it."""
        made = shop.ben.post("/actors/me/tokens", json={"name": "laptop"}).json()

        lists = [
            client.get(f"/actors/{who}/tokens").json()["tokens"][0]["id"]
            for client, who in ((shop.ben, "me"), (shop.ida, "ben"))
        ]
        hidden, foreign = shop.mia.get("/actors/ben/tokens"), shop.mia.delete(f"/tokens/{made['id']}")
        ended = shop.ida.delete(f"/tokens/{made['id']}")
        listed = shop.ben.get("/actors/me/tokens").json()["tokens"][0]

        assert lists == [made["id"]] * 2
        assert (hidden.status_code, foreign.status_code, ended.status_code) == (403, 404, 204)
        assert (listed["id"], listed["revoked_at"] is not None) == (made["id"], True)


class TestAnInvitation:
    def test_gives_an_own_token_once(self, shop: Shop) -> None:
        """The code is worth one token; another invitation replaces it."""
        first, second = (shop.ida.post("/actors/mia/invitations").json()["code"] for _ in range(2))

        replaced, used, again = (
            shop.nobody.post("/tokens", json={"code": code}) for code in (first, second, second)
        )

        assert [answer.status_code for answer in (replaced, used, again)] == [403, 201, 403]
        assert (used.json()["actor"], used.json()["issued_by"]) == ("mia", None)
        assert used.json()["scopes"] == ["read", "write"]

    def test_ends_the_own_tokens_of_before(self, shop: Shop) -> None:
        """Each with an event, so that the record says it too."""
        former, later = own_token(shop, "mia"), own_token(shop, "mia")

        assert former.get("/actors/me/tokens").status_code == 401
        assert later.get("/actors/me/tokens").status_code == 200
        assert events(shop)[-2]["kind"] == "token_revoked"
        assert shop.ida.get("/audit/verify").json()["findings"] == []

    def test_is_made_by_administrators(self, shop: Shop) -> None:
        """Nobody invites themselves, and nobody is invited who does not exist."""
        refused, unknown = (
            shop.ben.post("/actors/ben/invitations"),
            shop.ida.post("/actors/zed/invitations"),
        )

        assert (refused.status_code, unknown.status_code) == (403, 404)


class TestTheInstallation:
    def test_records_every_act_on_people(self, shop: Shop) -> None:
        """Each act of an administrator that belongs to no workspace has an event, and none holds a name."""
        since = len(events(shop))
        shop.ida.post("/actors", json={"id": "nora", "name": "Nora Lind", "email": "nora@example.org"})
        shop.ida.patch("/actors/nora", json={"name": "Nora Berg", "admin": True})
        shop.ida.patch("/actors/nora", json={"admin": False})
        token = shop.ida.post("/actors/nora/tokens", json={"name": "Noras laptop"}).json()["id"]
        shop.ida.delete(f"/tokens/{token}")
        own_token(shop, "nora")
        shop.mia.post("/delegations", json={"from_actor": "mia", "to_actor": "ben", "ends_at": soon()})
        hook = shop.ida.post("/webhooks", json={"url": "https://93.184.215.14/secret"}).json()["id"]
        shop.ida.delete(f"/webhooks/{hook}")
        shop.ida.post("/actors/nora/deactivation")
        shop.ida.delete("/actors/nora/deactivation")
        shop.ida.post("/actors/nora/deactivation")
        shop.ida.post("/actors/nora/erasure")

        found = events(shop)[since:]

        assert [event["kind"] for event in found] == [
            "actor_added", "actor_changed", "actor_changed", "token_issued", "token_revoked", "invited", "token_issued",
            "delegated", "webhook_added", "webhook_deleted", "actor_deactivated", "actor_reactivated",
            "actor_deactivated", "actor_erased",
        ]  # fmt: skip
        assert {event["actor"] for event in found} == {"ida", "mia", "nora"}
        assert found[1]["changes"] == {"admin": [False, True]}
        assert not any(word in str(found) for word in ("Nora", "/secret", "@"))

    def test_has_a_chain_of_its_own_with_positions_in_the_log(self, shop: Shop) -> None:
        """Each event carries the hash of the one before; administrators find it in the whole log and verify it."""
        own = events(shop)
        whole = shop.ida.get("/events", params={"limit": 500}).json()["events"]

        assert [event["prev_hash"] for event in own] == ["", *(event["hash"] for event in own[:-1])]
        assert {event["item"] for event in own} == {"installation"}
        assert [event["id"] for event in whole if event["item"] == "installation"] == [e["id"] for e in own]
        assert shop.ida.get("/audit/verify").json()["events"] >= len(own)

    def test_is_hidden_from_others(self, shop: Shop) -> None:
        """Only administrators and auditors of all read it."""
        refused = shop.mia.get("/installation/events")
        shown = shop.mia.get("/events", params={"limit": 500}).json()["events"]

        assert (refused.status_code, refused.json()["needs"]) == (403, ["administrator", "placet.auditor"])
        assert "installation" not in {event["item"] for event in shown}

    def test_keeps_an_administrator(self, shop: Shop) -> None:
        """The last one can neither be switched off nor lose the office."""
        off, less = (
            shop.ida.post("/actors/ida/deactivation"),
            shop.ida.patch("/actors/me", json={"admin": False}),
        )

        assert (off.status_code, less.status_code) == (409, 409)


class TestADeactivation:
    def test_ends_everything_in_one_step(self, shop: Shop) -> None:
        """Tokens, invitations, delegations and roles end; the answer lists them with the votes that still count."""
        key = shop.on_bench()
        mia = own_token(shop, "mia")
        mia.post(f"/items/{key}/approvals/shop.agreement", json={"decision": "approve"})
        assert mia.post("/actors/mia/tokens", json={"name": "phone"}).status_code == 201
        lent = {"from_actor": "mia", "to_actor": "ben", "ends_at": soon()}
        delegation = mia.post("/delegations", json=lent).json()["id"]
        code = shop.ida.post("/actors/mia/invitations").json()["code"]

        left = shop.ida.post("/actors/mia/deactivation", json={"comment": "has retired"}).json()

        assert left["actor"]["deactivated_at"] is not None
        assert left["roles"] == [{"workspace": "SHOP", "role": "shop.master", "vacant": True}]
        assert [each["id"] for each in left["delegations"]] == [delegation]
        assert [(each["item"], each["decision"], each["status"]) for each in left["votes"]] == [
            (key, "approve", "granted")
        ]
        assert len(left["tokens"]) == 2
        assert [client.get("/me").status_code for client in (mia, shop.mia)] == [401, 401]
        assert shop.nobody.post("/tokens", json={"code": code}).status_code == 403
        assert shop.ben.post(f"/items/{key}/transitions", json={"transition": "test"}).status_code == 200

    def test_notes_it_on_what_waited_for_them(self, shop: Shop) -> None:
        """An item that waited for their vote gets an event, which notifies who can name somebody else."""
        key = shop.on_bench()
        shop.ida.put(f"/items/{key}/roles/shop.fixer", json={"actors": ["mia"]})

        left = shop.ida.post("/actors/mia/deactivation").json()
        last = shop.ben.get(f"/items/{key}/history").json()["events"][-1]

        assert left["waiting"] == [
            {
                "item": key,
                "approvals": ["shop.agreement"],
                "confirmations": [],
                "asks": [],
                "roles": ["shop.fixer"],
                "assigned": False,
                "noted": True,
            }
        ]
        assert (last["kind"], last["person"], last["approvals"]) == ("person_left", "mia", ["shop.agreement"])
        assert shop.ben.get(f"/items/{key}").json()["roles"] == {}
        engine = shop.application.engine
        event = engine.event_log.history(SYSTEM_ACTOR, key).rows[-1]
        # Ben wished for it and asked for the vote; the administrator did it herself.
        assert {each.actor for each in engine.notifications.notify(event)} == {"ben"}

    def test_keeps_them_out_of_roles_and_tokens(self, shop: Shop) -> None:
        """Who is switched off is given nothing until they are switched on; then they need an invitation and roles."""
        shop.ida.post("/actors/mia/deactivation")

        role = shop.ida.put("/workspaces/SHOP/roles/shop.fixer", json={"actors": ["mia"]})
        token = shop.ida.post("/actors/mia/tokens", json={"name": "x"})
        invited = shop.ida.post("/actors/mia/invitations")
        again = shop.ida.post("/actors/mia/deactivation")
        back = shop.ida.delete("/actors/mia/deactivation")

        assert [each.status_code for each in (role, token, invited, again, back)] == [422, 409, 409, 409, 200]
        assert own_token(shop, "mia").get("/me").json()["workspaces"] == {}
        assert shop.ida.put("/workspaces/SHOP/roles/shop.fixer", json={"actors": ["mia"]}).status_code == 200

    def test_is_refused_to_others(self, shop: Shop) -> None:
        """Only administrators switch people off, on, or erase them."""
        answers = [
            shop.ben.post("/actors/mia/deactivation"),
            shop.ben.delete("/actors/mia/deactivation"),
            shop.ben.post("/actors/mia/erasure"),
            shop.ben.patch("/actors/ben", json={"admin": True}),
        ]

        assert [each.status_code for each in answers] == [403] * 4


class TestAnErasure:
    def test_takes_name_address_and_comments_and_every_chain_verifies(self, shop: Shop) -> None:
        """The id stays in the history, where it decides."""
        key = shop.on_bench()
        mia = own_token(shop, "mia")
        mia.post(f"/items/{key}/comments", json={"text": "as Mia Jensen said"})
        mia.post(
            f"/items/{key}/approvals/shop.agreement",
            json={"decision": "approve", "comment": "fine by Mia Jensen"},
        )
        shop.ida.patch("/actors/mia", json={"name": "Mia Jensen", "email": "mia@example.org"})
        early = shop.ida.post("/actors/mia/erasure", json={"comments": True})
        shop.ida.post("/actors/mia/deactivation")

        erased = shop.ida.post("/actors/mia/erasure", json={"comments": True}).json()

        assert early.status_code == 409
        assert (erased["actor"]["name"], erased["actor"]["email"], erased["events"]) == ("mia", None, 2)
        seen = [
            shop.ida.get(path).text
            for path in (
                "/actors",
                "/events?limit=500",
                f"/items/{key}",
                f"/items/{key}/history?include=proof",
            )
        ]
        assert not any("Jensen" in text or "mia@example.org" in text for text in seen)
        assert shop.ida.get("/audit/verify").json()["ok"] is True
        assert shop.ida.delete("/actors/mia/deactivation").status_code == 409

    def test_takes_comments_on_people_and_on_rules_too(self, shop: Shop) -> None:
        """An administrator who leaves has said why somebody was switched off, and why a proposal was rejected."""
        shop.ida.post("/actors", json={"id": "eve", "name": "Eve", "admin": True})
        eve = own_token(shop, "eve")
        shop.ida.patch("/workspaces/SHOP", json={"governed": ["calendars"]})
        proposal = shop.ida.patch(
            "/workspaces/SHOP", json={"calendars": {"default": {"zone": "Europe/Vienna"}}}
        ).json()
        decided = {"decision": "reject", "comment": "Jensen would not like it"}
        assert eve.post(f"/workspaces/SHOP/proposals/{proposal['id']}", json=decided).status_code == 200
        eve.post("/actors/mia/deactivation", json={"comment": "Mia Jensen has left"})
        shop.ida.post("/actors/eve/deactivation")

        erased = shop.ida.post("/actors/eve/erasure", json={"comments": True}).json()

        assert (erased["events"], erased["kept"]) == (2, [])
        seen = [shop.ida.get(path).text for path in ("/events?limit=500", "/installation/events?limit=500")]
        assert not any("Jensen" in text for text in seen)
        assert shop.ida.get("/audit/verify").json()["ok"] is True

    def test_keeps_comments_unless_they_are_asked_for(self, shop: Shop) -> None:
        """Comments may be part of the record of others."""
        key = shop.on_bench()
        shop.mia.post(f"/items/{key}/comments", json={"text": "test it on Friday"})
        shop.ida.post("/actors/mia/deactivation")

        erased = shop.ida.post("/actors/mia/erasure").json()

        assert erased["events"] == 0
        assert "test it on Friday" in shop.ben.get(f"/items/{key}/history").text


class TestAnAuditor:
    def test_of_a_workspace_reads_everything_and_writes_nothing(self, shop: Shop) -> None:
        """Items, history and audit are open; every act is refused."""
        key = shop.on_bench()
        shop.ida.put("/workspaces/SHOP/roles/placet.auditor", json={"actors": ["tom"]})
        auditor = shop.tom

        reads = [
            f"/items/{key}",
            f"/items/{key}/history",
            "/events?workspace=SHOP",
            "/audit/verify?workspace=SHOP",
        ]
        writes = acts_of(auditor, key)
        listed = auditor.get(f"/items/{key}/transitions").json()["transitions"]

        assert [auditor.get(path).status_code for path in reads] == [200] * 4
        assert {answer.status_code for answer in writes} <= {403, 409}
        assert not any(each["allowed"] for each in listed)
        assert auditor.get("/installation/events").status_code == 403
        assert "tom" not in {e["actor"] for e in shop.ben.get(f"/items/{key}/history").json()["events"]
                                  if e["kind"] != "refused"}  # fmt: skip

    def test_of_all_reads_the_installation_too(self, shop: Shop) -> None:
        """In every workspace, without a role in any."""
        key = shop.on_bench()
        shop.ida.patch("/actors/tom", json={"auditor": True})
        auditor = own_token(shop, "tom")

        reads = [f"/items/{key}", "/workspaces/SHOP", "/installation/events", "/audit/verify", "/events"]

        assert [auditor.get(path).status_code for path in reads] == [200] * 5
        assert {answer.status_code for answer in acts_of(auditor, key)} <= {403, 409}
        assert auditor.get("/audit/verify").json()["events"] == shop.ida.get("/audit/verify").json()["events"]

    def test_has_no_other_office(self, shop: Shop) -> None:
        """Who writes in a workspace does not audit it, and who administers audits nothing."""
        both = shop.ida.put("/workspaces/SHOP/roles/placet.auditor", json={"actors": ["ben"]})
        office = shop.ida.patch("/actors/me", json={"auditor": True})
        holder = shop.ida.patch("/actors/ben", json={"auditor": True})
        shop.ida.patch("/actors/tom", json={"auditor": True})
        role = shop.ida.put("/workspaces/SHOP/roles/shop.fixer", json={"actors": ["tom"]})

        assert [each.status_code for each in (both, office, holder, role)] == [422, 422, 409, 422]


def acts_of(client: Any, key: str) -> list[Any]:
    """Every way to write on an item, tried."""
    new = {"workspace": "SHOP", "type": "shop.repair", "title": "A broken lamp"}
    waiver = {"gate": "shop.described", "reason": "x", "expires_at": soon()}
    return [
        client.post("/items", json=new),
        client.patch(f"/items/{key}", json={"title": "A clock"}),
        client.post(f"/items/{key}/comments", json={"text": "seen"}),
        client.post(f"/items/{key}/transitions", json={"transition": "drop"}),
        client.post(f"/items/{key}/approvals/shop.agreement", json={"decision": "approve"}),
        client.post(f"/items/{key}/waivers", json=waiver),
        client.post(f"/items/{key}/asks", json={"check": "shop.fault_named", "to": "ben"}),
        client.post(
            f"/items/{key}/evidence", json={"kind": "x", "name": "x", "url": "https://example.org/x"}
        ),
        client.put(f"/items/{key}/roles/shop.master", json={"actors": ["ben"]}),
        client.put("/workspaces/SHOP/roles/shop.master", json={"actors": ["ben"]}),
        client.post("/webhooks", json={"url": "https://example.org/x"}),
    ]
