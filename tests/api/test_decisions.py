from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

Shop = Any


class TestAnApproval:
    def test_waits_for_somebody_and_is_found_by_them(self, any_shop: Shop) -> None:
        """`actor=me` keeps what waits for who asks."""
        key = any_shop.on_bench()

        mine, others = (person.get("/approvals?actor=me").json() for person in (any_shop.mia, any_shop.ben))

        assert [(line["item"]["key"], line["approval"], line["missing"]) for line in mine["approvals"]] == [
            (key, "shop.agreement", ["mia"])
        ]
        assert others["approvals"] == []
        assert any_shop.ben.get(f"/approvals?item={key}&workspace=SHOP").json()["approvals"]

    def test_is_decided_with_a_comment(self, any_shop: Shop) -> None:
        """A vote is shown on the item, and opens what waited for it."""
        key = any_shop.on_bench()

        answer = any_shop.mia.post(
            f"/items/{key}/approvals/shop.agreement", json={"decision": "approve", "comment": "nice"}
        )

        approval = answer.json()["approvals"][0]
        assert (answer.status_code, approval["status"]) == (200, "granted")
        assert (approval["votes"][0]["actor"], approval["votes"][0]["comment"]) == ("mia", "nice")
        assert any_shop.ben.post(f"/items/{key}/transitions", json={"transition": "test"}).status_code == 200

    def test_is_not_for_everybody(self, shop: Shop) -> None:
        """Who is not asked, or is barred by segregation of duties, is blocked with the reasons."""
        key = shop.on_bench()

        problem = shop.ben.post(f"/items/{key}/approvals/shop.agreement", json={"decision": "approve"}).json()

        assert [blocker["gate"] for blocker in problem["blockers"]] == ["segregation", "role"]

    def test_is_one_that_there_is(self, shop: Shop) -> None:
        """An unknown approval is not found, an unknown decision invalid."""
        key = shop.on_bench()

        unknown = shop.mia.post(f"/items/{key}/approvals/shop.consant", json={"decision": "approve"})
        odd = shop.mia.post(f"/items/{key}/approvals/shop.agreement", json={"decision": "maybe"})

        assert (unknown.status_code, odd.status_code) == (404, 422)
        assert "shop.agreement" in unknown.json()["detail"]

    def test_can_be_decided_for_somebody_who_delegated_it(self, shop: Shop) -> None:
        """A delegation in force lets one person vote for another."""
        key = shop.on_bench()
        wish = {"decision": "approve", "on_behalf_of": "mia"}
        before = shop.tom.post(f"/items/{key}/approvals/shop.agreement", json=wish)
        now = shop.application.clock.now()
        delegation = {
            "from_actor": "mia", "to_actor": "tom", "starts_at": now.isoformat(),
            "ends_at": (now + timedelta(days=1)).isoformat(), "workspace": "SHOP",
        }  # fmt: skip
        refused = shop.mia.post("/delegations", json=delegation)
        shop.ida.put("/workspaces/SHOP/roles/shop.fixer", json={"actors": ["ben", "tom"]})
        made = shop.mia.post("/delegations", json=delegation)
        [waits] = shop.tom.get("/approvals", params={"actor": "me"}).json()["approvals"]

        after = shop.tom.post(f"/items/{key}/approvals/shop.agreement", json=wish)

        assert (before.status_code, refused.status_code, made.status_code) == (404, 422, 201)
        assert (waits["item"]["key"], waits["on_behalf_of"], after.status_code) == (key, ["mia"], 200)
        assert after.json()["approvals"][0]["votes"][0]["on_behalf_of"] == "mia"
        assert [each["id"] for each in shop.tom.get("/delegations").json()["delegations"]] == [
            made.json()["id"]
        ]


class TestAWorkspaceThatRequiresVersions:
    """Decisions there name the version that was read; an edit may do without, and say so."""

    @pytest.mark.parametrize(
        ("sent", "status"), [(None, 428), ("*", 428), ('"1", "2", "3"', 428), ('"1"', 412), ('"2"', 200)]
    )
    def test_takes_no_vote_on_whatever_it_may_be_by_now(
        self, shop: Shop, sent: str | None, status: int
    ) -> None:
        key = shop.on_bench()
        shop.ida.patch("/workspaces/SHOP", json={"require_if_match": True})
        headers = {} if sent is None else {"If-Match": sent}

        answer = shop.mia.post(
            f"/items/{key}/approvals/shop.agreement", json={"decision": "approve"}, headers=headers
        )

        assert answer.status_code == status, answer.text

    @pytest.mark.parametrize(
        ("sent", "named"),
        [
            (None, "requires If-Match"),
            ("*", "requires for a decision the one version that was read, and * names none"),
            ('"1", "2", "3"', "requires for a decision the one version that was read, and 3 were named"),
        ],
    )
    def test_says_why_the_header_names_no_version(self, shop: Shop, sent: str | None, named: str) -> None:
        """`*` fits every version, as RFC 9110 has it: the precondition does not fail, it is not there."""
        key = shop.on_bench()
        shop.ida.patch("/workspaces/SHOP", json={"require_if_match": True})
        headers = {} if sent is None else {"If-Match": sent}

        answer = shop.mia.post(
            f"/items/{key}/approvals/shop.agreement", json={"decision": "approve"}, headers=headers
        )

        assert answer.json()["detail"] == f"the workspace of {key} {named}: send the version that you read"

    @pytest.mark.parametrize(("sent", "status"), [("*", 428), ('"1", "2"', 428), ('"2"', 200)])
    def test_takes_no_waiver_of_whatever_it_may_be_by_now(self, shop: Shop, sent: str, status: int) -> None:
        key = shop.wish()
        until = (shop.application.clock.now() + timedelta(days=1)).isoformat()
        wish = {"gate": "shop.described", "reason": "hurry", "expires_at": until}
        waiver = shop.ben.post(f"/items/{key}/waivers", json=wish).json()["id"]
        shop.ida.patch("/workspaces/SHOP", json={"require_if_match": True})
        path = f"/items/{key}/waivers/{waiver}/decision"

        answer = shop.mia.post(path, json={"grant": True}, headers={"If-Match": sent})

        assert answer.status_code == status, answer.text


class TestATurn:
    def test_shows_what_waits_for_a_person(self, any_shop: Shop) -> None:
        """Votes asked of them, items they can move, and blockers that name them."""
        key = any_shop.on_bench()

        worklist = any_shop.mia.get("/me/worklist").json()

        assert [line["item"]["key"] for line in worklist["approvals"]] == [key]
        assert [(each["item"]["key"], each["transitions"]) for each in worklist["items"]] == [(key, ["drop"])]
        assert worklist["approvals"][0]["reason"].startswith("your vote is asked for: ")
        assert worklist["items"][0]["reason"] == "you can Drop as master"
        assert (worklist["checks"], worklist["waivers"], worklist["reviews"]) == ([], [], [])
        assert (worklist["timers"], worklist["complete"]) == ([], True)


class TestAWaiver:
    def test_opens_a_gate_when_a_second_person_grants_it(self, shop: Shop) -> None:
        """Asked for by one person, granted by another with the role, reviewed afterwards."""
        key = shop.wish()
        until = (shop.application.clock.now() + timedelta(days=1)).isoformat()
        asked = shop.ben.post(
            f"/items/{key}/waivers", json={"gate": "shop.described", "reason": "hurry", "expires_at": until}
        )
        path = f"/items/{key}/waivers/{asked.json()['id']}"

        own = shop.ben.post(f"{path}/decision", json={"grant": True})
        granted = shop.mia.post(f"{path}/decision", json={"grant": True, "comment": "once"})

        assert (asked.status_code, own.status_code, granted.json()["granted"]) == (201, 409, True)
        assert shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"}).status_code == 200
        assert shop.mia.post(f"{path}/decision", json={"grant": False}).status_code == 409
        reviewed = shop.mia.post(f"{path}/review", json={"review": "it was right"}).json()
        assert (reviewed["reviewed_by"], reviewed["review"]) == ("mia", "it was right")

    def test_needs_a_gate_that_can_be_waived(self, shop: Shop) -> None:
        """A gate that nobody may waive blocks the asking, an unknown one is invalid."""
        key, until = shop.wish(), "2099-01-01T00:00:00Z"

        statuses = [
            shop.ben.post(
                f"/items/{key}/waivers", json={"gate": gate, "reason": "x", "expires_at": until}
            ).status_code
            for gate in ("shop.agreed", "shop.odd")
        ]

        assert statuses == [409, 422]
