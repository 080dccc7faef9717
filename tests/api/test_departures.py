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
    return list(shop.ada.get("/installation/events", params={"limit": 500}).json()["events"])


def kinds(shop: Shop) -> list[str]:
    return [event["kind"] for event in events(shop)]


def own_token(shop: Shop, person: str) -> Any:
    """A client with a person's own token, which they got by an invitation."""
    code = shop.ada.post(f"/actors/{person}/invitations").json()["code"]
    return shop.client(shop.nobody.post("/tokens", json={"code": code}).json()["token"])


def foreign_token(shop: Shop, person: str) -> Any:
    """A client with a token that the administrator made for somebody."""
    return shop.client(shop.ada.post(f"/actors/{person}/tokens", json={"name": "x"}).json()["token"])


class TestATokenForSomebodyElse:
    def test_does_not_vote(self, shop: Shop) -> None:
        """An administrator cannot decide as somebody else; the person's own token decides."""
        key = shop.asked()
        path, vote = f"/items/{key}/approvals/shop.consent", {"decision": "approve"}

        refused = foreign_token(shop, "bo").post(path, json=vote)
        granted = own_token(shop, "bo").post(path, json=vote)

        assert (refused.status_code, refused.json()["needs"]) == (403, ["own token"])
        assert (granted.status_code, granted.json()["approvals"][0]["status"]) == (200, "granted")

    def test_does_not_waive_or_review(self, shop: Shop) -> None:
        """Waivers are decisions too."""
        key = shop.order()
        asked = {"gate": "shop.described", "reason": "no words", "expires_at": soon()}
        waiver = shop.clara.post(f"/items/{key}/waivers", json=asked).json()["id"]
        foreign = foreign_token(shop, "bo")

        decided = foreign.post(f"/items/{key}/waivers/{waiver}/decision", json={"grant": True})
        reviewed = foreign.post(f"/items/{key}/waivers/{waiver}/review", json={"review": "fine"})

        assert [answer.json()["needs"] for answer in (decided, reviewed)] == [["own token"]] * 2

    def test_does_not_make_an_own_one(self, shop: Shop) -> None:
        """A token for oneself is no more one's own than the token that made it."""
        key = shop.asked()
        made = foreign_token(shop, "bo").post("/actors/me/tokens", json={"name": "mine"}).json()
        vote = {"decision": "approve"}

        refused = shop.client(made["token"]).post(f"/items/{key}/approvals/shop.consent", json=vote)

        assert (made["issued_by"], refused.status_code) == ("ada", 403)

    def test_is_named_in_the_events_of_what_it_does(self, shop: Shop) -> None:
        """The history of an item says who made the token that acted; for one's own token it says nothing."""
        foreign = foreign_token(shop, "clara")
        body = {"workspace": "SHOP", "type": "shop.order", "title": "Flyers", "fields": {"text": "Sale!"}}
        key = foreign.post("/items", json=body).json()["key"]
        foreign.post(f"/items/{key}/transitions", json={"transition": "ask"})
        shop.clara.post(f"/items/{key}/transitions", json={"transition": "back"})

        history = shop.clara.get(f"/items/{key}/history").json()["events"]

        assert [event.get("token_issued_by") for event in history] == ["ada", "ada", None]

    def test_decides_where_the_installation_says_so(self, serve: Any, sqlite_url: str) -> None:
        """`PLACET_TOKENS_FOR_OTHERS=full`: the vote counts, and its event names who made the token."""
        shop = serve(sqlite_url, tokens_for_others="full")
        key = shop.asked()

        granted = foreign_token(shop, "bo").post(
            f"/items/{key}/approvals/shop.consent", json={"decision": "approve"}
        )
        voted = shop.clara.get(f"/items/{key}/history").json()["events"][-1]

        assert (granted.status_code, voted["kind"], voted["token_issued_by"]) == (200, "voted", "ada")


class TestAToken:
    def test_does_not_outlive_its_maker(self, shop: Shop) -> None:
        """One that ends makes none that ends later, and none without an end."""
        end = "2099-01-01T00:00:00Z"
        short = shop.clara.post("/actors/me/tokens", json={"name": "short", "expires_at": end}).json()
        client = shop.client(short["token"])

        later = client.post("/actors/me/tokens", json={"name": "later", "expires_at": "2099-01-01T00:00:01Z"})
        without = client.post("/actors/me/tokens", json={"name": "without"})

        assert (later.status_code, later.json()["errors"][0]["pointer"]) == (422, "/expires_at")
        assert without.json()["expires_at"] == end

    def test_is_listed_and_ended_by_its_owner_and_by_administrators(self, shop: Shop) -> None:
        """Nobody else sees it."""
        made = shop.clara.post("/actors/me/tokens", json={"name": "laptop"}).json()

        lists = [
            client.get(f"/actors/{who}/tokens").json()["tokens"][0]["id"]
            for client, who in ((shop.clara, "me"), (shop.ada, "clara"))
        ]
        hidden, foreign = shop.bo.get("/actors/clara/tokens"), shop.bo.delete(f"/tokens/{made['id']}")
        ended = shop.ada.delete(f"/tokens/{made['id']}")
        listed = shop.clara.get("/actors/me/tokens").json()["tokens"][0]

        assert lists == [made["id"]] * 2
        assert (hidden.status_code, foreign.status_code, ended.status_code) == (403, 404, 204)
        assert (listed["id"], listed["revoked_at"] is not None) == (made["id"], True)


class TestAnInvitation:
    def test_gives_an_own_token_once(self, shop: Shop) -> None:
        """The code is worth one token; another invitation replaces it."""
        first, second = (shop.ada.post("/actors/bo/invitations").json()["code"] for _ in range(2))

        replaced, used, again = (
            shop.nobody.post("/tokens", json={"code": code}) for code in (first, second, second)
        )

        assert [answer.status_code for answer in (replaced, used, again)] == [403, 201, 403]
        assert (used.json()["actor"], used.json()["issued_by"]) == ("bo", None)
        assert used.json()["scopes"] == ["read", "write"]

    def test_ends_the_own_tokens_of_before(self, shop: Shop) -> None:
        """Each with an event, so that the record says it too."""
        former, later = own_token(shop, "bo"), own_token(shop, "bo")

        assert former.get("/actors/me/tokens").status_code == 401
        assert later.get("/actors/me/tokens").status_code == 200
        assert events(shop)[-2]["kind"] == "token_revoked"
        assert shop.ada.get("/audit/verify").json()["findings"] == []

    def test_is_made_by_administrators(self, shop: Shop) -> None:
        """Nobody invites themselves, and nobody is invited who does not exist."""
        refused, unknown = (
            shop.clara.post("/actors/clara/invitations"),
            shop.ada.post("/actors/zed/invitations"),
        )

        assert (refused.status_code, unknown.status_code) == (403, 404)


class TestTheInstallation:
    def test_records_every_act_on_people(self, shop: Shop) -> None:
        """Each act of an administrator that belongs to no workspace has an event, and none holds a name."""
        since = len(events(shop))
        shop.ada.post("/actors", json={"id": "nora", "name": "Nora Lind", "email": "nora@example.org"})
        shop.ada.patch("/actors/nora", json={"name": "Nora Berg", "admin": True})
        shop.ada.patch("/actors/nora", json={"admin": False})
        token = shop.ada.post("/actors/nora/tokens", json={"name": "Noras laptop"}).json()["id"]
        shop.ada.delete(f"/tokens/{token}")
        own_token(shop, "nora")
        shop.bo.post("/delegations", json={"from_actor": "bo", "to_actor": "clara", "ends_at": soon()})
        hook = shop.ada.post("/webhooks", json={"url": "https://93.184.215.14/secret"}).json()["id"]
        shop.ada.delete(f"/webhooks/{hook}")
        shop.ada.post("/actors/nora/deactivation")
        shop.ada.delete("/actors/nora/deactivation")
        shop.ada.post("/actors/nora/deactivation")
        shop.ada.post("/actors/nora/erasure")

        found = events(shop)[since:]

        assert [event["kind"] for event in found] == [
            "actor_added", "actor_changed", "actor_changed", "token_issued", "token_revoked", "invited", "token_issued",
            "delegated", "webhook_added", "webhook_deleted", "actor_deactivated", "actor_reactivated",
            "actor_deactivated", "actor_erased",
        ]  # fmt: skip
        assert {event["actor"] for event in found} == {"ada", "bo", "nora"}
        assert found[1]["changes"] == {"admin": [False, True]}
        assert not any(word in str(found) for word in ("Nora", "/secret", "@"))

    def test_has_a_chain_of_its_own_with_positions_in_the_log(self, shop: Shop) -> None:
        """Each event carries the hash of the one before; administrators find it in the whole log and verify it."""
        own = events(shop)
        whole = shop.ada.get("/events", params={"limit": 500}).json()["events"]

        assert [event["prev_hash"] for event in own] == ["", *(event["hash"] for event in own[:-1])]
        assert {event["item"] for event in own} == {"installation"}
        assert [event["id"] for event in whole if event["item"] == "installation"] == [e["id"] for e in own]
        assert shop.ada.get("/audit/verify").json()["events"] >= len(own)

    def test_is_hidden_from_others(self, shop: Shop) -> None:
        """Only administrators and auditors of all read it."""
        refused = shop.bo.get("/installation/events")
        shown = shop.bo.get("/events", params={"limit": 500}).json()["events"]

        assert (refused.status_code, refused.json()["needs"]) == (403, ["administrator", "placet.auditor"])
        assert "installation" not in {event["item"] for event in shown}

    def test_keeps_an_administrator(self, shop: Shop) -> None:
        """The last one can neither be switched off nor lose the office."""
        off, less = (
            shop.ada.post("/actors/ada/deactivation"),
            shop.ada.patch("/actors/me", json={"admin": False}),
        )

        assert (off.status_code, less.status_code) == (409, 409)


class TestADeactivation:
    def test_ends_everything_in_one_step(self, shop: Shop) -> None:
        """Tokens, invitations, delegations and roles end; the answer lists them with the votes that still count."""
        key = shop.asked()
        bo = own_token(shop, "bo")
        bo.post(f"/items/{key}/approvals/shop.consent", json={"decision": "approve"})
        assert bo.post("/actors/bo/tokens", json={"name": "phone"}).status_code == 201
        lent = {"from_actor": "bo", "to_actor": "clara", "ends_at": soon()}
        delegation = bo.post("/delegations", json=lent).json()["id"]
        code = shop.ada.post("/actors/bo/invitations").json()["code"]

        left = shop.ada.post("/actors/bo/deactivation", json={"comment": "has retired"}).json()

        assert left["actor"]["deactivated_at"] is not None
        assert left["roles"] == [{"workspace": "SHOP", "role": "shop.boss", "vacant": True}]
        assert [each["id"] for each in left["delegations"]] == [delegation]
        assert [(each["item"], each["decision"], each["status"]) for each in left["votes"]] == [
            (key, "approve", "granted")
        ]
        assert len(left["tokens"]) == 2
        assert [client.get("/me").status_code for client in (bo, shop.bo)] == [401, 401]
        assert shop.nobody.post("/tokens", json={"code": code}).status_code == 403
        assert shop.clara.post(f"/items/{key}/transitions", json={"transition": "print"}).status_code == 200

    def test_notes_it_on_what_waited_for_them(self, shop: Shop) -> None:
        """An item that waited for their vote gets an event, which notifies who can name somebody else."""
        key = shop.asked()
        shop.ada.put(f"/items/{key}/roles/shop.clerk", json={"actors": ["bo"]})

        left = shop.ada.post("/actors/bo/deactivation").json()
        last = shop.clara.get(f"/items/{key}/history").json()["events"][-1]

        assert left["waiting"] == [
            {
                "item": key,
                "approvals": ["shop.consent"],
                "confirmations": [],
                "asks": [],
                "roles": ["shop.clerk"],
                "assigned": False,
                "noted": True,
            }
        ]
        assert (last["kind"], last["person"], last["approvals"]) == ("person_left", "bo", ["shop.consent"])
        assert shop.clara.get(f"/items/{key}").json()["roles"] == {}
        engine = shop.application.engine
        event = engine.event_log.history(SYSTEM_ACTOR, key).rows[-1]
        # Clara made the order and asked for the vote; the administrator did it herself.
        assert {each.actor for each in engine.notifications.notify(event)} == {"clara"}

    def test_keeps_them_out_of_roles_and_tokens(self, shop: Shop) -> None:
        """Who is switched off is given nothing until they are switched on; then they need an invitation and roles."""
        shop.ada.post("/actors/bo/deactivation")

        role = shop.ada.put("/workspaces/SHOP/roles/shop.clerk", json={"actors": ["bo"]})
        token = shop.ada.post("/actors/bo/tokens", json={"name": "x"})
        invited = shop.ada.post("/actors/bo/invitations")
        again = shop.ada.post("/actors/bo/deactivation")
        back = shop.ada.delete("/actors/bo/deactivation")

        assert [each.status_code for each in (role, token, invited, again, back)] == [422, 409, 409, 409, 200]
        assert own_token(shop, "bo").get("/me").json()["workspaces"] == {}
        assert shop.ada.put("/workspaces/SHOP/roles/shop.clerk", json={"actors": ["bo"]}).status_code == 200

    def test_is_refused_to_others(self, shop: Shop) -> None:
        """Only administrators switch people off, on, or erase them."""
        answers = [
            shop.clara.post("/actors/bo/deactivation"),
            shop.clara.delete("/actors/bo/deactivation"),
            shop.clara.post("/actors/bo/erasure"),
            shop.clara.patch("/actors/clara", json={"admin": True}),
        ]

        assert [each.status_code for each in answers] == [403] * 4


class TestAnErasure:
    def test_takes_name_address_and_comments_and_every_chain_verifies(self, shop: Shop) -> None:
        """The id stays in the history, where it decides."""
        key = shop.asked()
        bo = own_token(shop, "bo")
        bo.post(f"/items/{key}/comments", json={"text": "as Bo Jensen said"})
        bo.post(
            f"/items/{key}/approvals/shop.consent",
            json={"decision": "approve", "comment": "fine by Bo Jensen"},
        )
        shop.ada.patch("/actors/bo", json={"name": "Bo Jensen", "email": "bo@example.org"})
        early = shop.ada.post("/actors/bo/erasure", json={"comments": True})
        shop.ada.post("/actors/bo/deactivation")

        erased = shop.ada.post("/actors/bo/erasure", json={"comments": True}).json()

        assert early.status_code == 409
        assert (erased["actor"]["name"], erased["actor"]["email"], erased["events"]) == ("bo", None, 2)
        seen = [
            shop.ada.get(path).text
            for path in (
                "/actors",
                "/events?limit=500",
                f"/items/{key}",
                f"/items/{key}/history?include=proof",
            )
        ]
        assert not any("Jensen" in text or "bo@example.org" in text for text in seen)
        assert shop.ada.get("/audit/verify").json()["ok"] is True
        assert shop.ada.delete("/actors/bo/deactivation").status_code == 409

    def test_takes_comments_on_people_and_on_rules_too(self, shop: Shop) -> None:
        """An administrator who leaves has said why somebody was switched off, and why a proposal was rejected."""
        shop.ada.post("/actors", json={"id": "eve", "name": "Eve", "admin": True})
        eve = own_token(shop, "eve")
        shop.ada.patch("/workspaces/SHOP", json={"governed": ["calendars"]})
        proposal = shop.ada.patch(
            "/workspaces/SHOP", json={"calendars": {"default": {"zone": "Europe/Vienna"}}}
        ).json()
        decided = {"decision": "reject", "comment": "Jensen would not like it"}
        assert eve.post(f"/workspaces/SHOP/proposals/{proposal['id']}", json=decided).status_code == 200
        eve.post("/actors/bo/deactivation", json={"comment": "Bo Jensen has left"})
        shop.ada.post("/actors/eve/deactivation")

        erased = shop.ada.post("/actors/eve/erasure", json={"comments": True}).json()

        assert (erased["events"], erased["kept"]) == (2, [])
        seen = [shop.ada.get(path).text for path in ("/events?limit=500", "/installation/events?limit=500")]
        assert not any("Jensen" in text for text in seen)
        assert shop.ada.get("/audit/verify").json()["ok"] is True

    def test_keeps_comments_unless_they_are_asked_for(self, shop: Shop) -> None:
        """Comments may be part of the record of others."""
        key = shop.asked()
        shop.bo.post(f"/items/{key}/comments", json={"text": "print it on Friday"})
        shop.ada.post("/actors/bo/deactivation")

        erased = shop.ada.post("/actors/bo/erasure").json()

        assert erased["events"] == 0
        assert "print it on Friday" in shop.clara.get(f"/items/{key}/history").text


class TestAnAuditor:
    def test_of_a_workspace_reads_everything_and_writes_nothing(self, shop: Shop) -> None:
        """Items, history and audit are open; every act is refused."""
        key = shop.asked()
        shop.ada.put("/workspaces/SHOP/roles/placet.auditor", json={"actors": ["stranger"]})
        auditor = shop.stranger

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
        assert "stranger" not in {e["actor"] for e in shop.clara.get(f"/items/{key}/history").json()["events"]
                                  if e["kind"] != "refused"}  # fmt: skip

    def test_of_all_reads_the_installation_too(self, shop: Shop) -> None:
        """In every workspace, without a role in any."""
        key = shop.asked()
        shop.ada.patch("/actors/stranger", json={"auditor": True})
        auditor = own_token(shop, "stranger")

        reads = [f"/items/{key}", "/workspaces/SHOP", "/installation/events", "/audit/verify", "/events"]

        assert [auditor.get(path).status_code for path in reads] == [200] * 5
        assert {answer.status_code for answer in acts_of(auditor, key)} <= {403, 409}
        assert auditor.get("/audit/verify").json()["events"] == shop.ada.get("/audit/verify").json()["events"]

    def test_has_no_other_office(self, shop: Shop) -> None:
        """Who writes in a workspace does not audit it, and who administers audits nothing."""
        both = shop.ada.put("/workspaces/SHOP/roles/placet.auditor", json={"actors": ["clara"]})
        office = shop.ada.patch("/actors/me", json={"auditor": True})
        holder = shop.ada.patch("/actors/clara", json={"auditor": True})
        shop.ada.patch("/actors/stranger", json={"auditor": True})
        role = shop.ada.put("/workspaces/SHOP/roles/shop.clerk", json={"actors": ["stranger"]})

        assert [each.status_code for each in (both, office, holder, role)] == [422, 422, 409, 422]


def acts_of(client: Any, key: str) -> list[Any]:
    """Every way to write on an item, tried."""
    new = {"workspace": "SHOP", "type": "shop.order", "title": "Flyers"}
    waiver = {"gate": "shop.described", "reason": "x", "expires_at": soon()}
    return [
        client.post("/items", json=new),
        client.patch(f"/items/{key}", json={"title": "Posters"}),
        client.post(f"/items/{key}/comments", json={"text": "seen"}),
        client.post(f"/items/{key}/transitions", json={"transition": "drop"}),
        client.post(f"/items/{key}/approvals/shop.consent", json={"decision": "approve"}),
        client.post(f"/items/{key}/waivers", json=waiver),
        client.post(f"/items/{key}/asks", json={"check": "shop.text_given", "to": "clara"}),
        client.post(
            f"/items/{key}/evidence", json={"kind": "x", "name": "x", "url": "https://example.org/x"}
        ),
        client.put(f"/items/{key}/roles/shop.boss", json={"actors": ["clara"]}),
        client.put("/workspaces/SHOP/roles/shop.boss", json={"actors": ["clara"]}),
        client.post("/webhooks", json={"url": "https://example.org/x"}),
    ]
