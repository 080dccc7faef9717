"""Where two administrators give offices and erase people, one alone does neither, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from placet.app import build
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

Shop = Any


@pytest.fixture
def strict(opened_shop: tuple[str, Any], serve: Callable[..., Shop]) -> Shop:
    """The shop on both databases; Ida administers, and so does Eve, whom the machine made an administrator."""
    url, tokens = opened_shop
    with closing(build(Settings(database_url=url))) as application:
        application.engine.people.add(SYSTEM_ACTOR, id="eve", name="Eve", admin=True)
        code, _ = application.engine.people.invite(SYSTEM_ACTOR, "eve")
    shop = serve(url, tokens=tokens, two_administrators=True)
    shop.eve = shop.client(shop.nobody.post("/tokens", json={"code": code}).json()["token"])
    return shop


def decided(by: Any, proposal: str, decision: str = "approve") -> Any:
    return by.post(f"/installation/proposals/{proposal}", json={"decision": decision})


class TestAnOffice:
    def test_is_given_by_two(self, strict: Shop) -> None:
        """A friend is not an administrator, and so not a second person, before another administrator agrees."""
        answer = strict.ida.patch("/actors/mia", json={"admin": True})
        proposal = answer.json()["id"]

        assert answer.status_code == 202
        assert (answer.json()["workspace"], answer.json()["needs"]) == ("installation", ["administrator"])
        assert strict.mia.post("/actors", json={"id": "zoe", "name": "Zoe"}).status_code == 403
        own = decided(strict.ida, proposal).json()["blockers"][0]
        assert (own["gate"], own["message"]) == (
            "segregation",
            "Ida proposed this, and does not decide on it",
        )
        assert decided(strict.mia, proposal).status_code == 403
        waiting = strict.eve.get("/me/worklist").json()["proposals"]
        assert [each["id"] for each in waiting] == [proposal]
        assert decided(strict.eve, proposal).json()["status"] == "applied"
        assert strict.mia.post("/actors", json={"id": "zoe", "name": "Zoe"}).status_code == 201
        event = strict.ida.get("/installation/events", params={"kind": "actor_changed"}).json()["events"][-1]
        assert (event["actor"], event["proposal"]["by"]) == ("eve", "ida")
        assert strict.ida.get("/audit/verify").json()["ok"]

    def test_is_not_given_with_a_new_name(self, strict: Shop) -> None:
        """A new actor has none."""
        wish = {"id": "zoe", "name": "Zoe", "admin": True}

        problem = strict.ida.post("/actors", json=wish)

        assert problem.status_code == 403
        assert problem.json()["detail"].startswith("two administrators give an office: add zoe without it")

    @pytest.mark.parametrize("office", ["admin", "auditor"])
    def test_does_not_return_with_who_was_switched_off(self, strict: Shop, office: str) -> None:
        """Who leaves keeps nothing, and gets it anew from two."""
        proposal = strict.ida.patch("/actors/mia", json={"admin": True}).json()["id"]
        decided(strict.eve, proposal)
        strict.ida.post("/actors/mia/deactivation")

        assert strict.ida.delete("/actors/mia/deactivation").json()["admin"] is False
        strict.ida.put("/workspaces/SHOP/roles/shop.master", json={"actors": []})
        assert strict.ida.patch("/actors/mia", json={office: True}).status_code == 202

    def test_is_taken_away_by_one(self, strict: Shop) -> None:
        """It gives nobody anything; one who is left alone makes nobody an administrator."""
        assert strict.ida.patch("/actors/eve", json={"admin": False}).status_code == 200
        problem = strict.ida.patch("/actors/mia", json={"admin": True})

        assert problem.status_code == 409
        assert problem.json()["blockers"][0]["remedy"] == (
            "make somebody an administrator with placet actor change ID --admin, on the machine of the database"
        )

    def test_is_not_approved_once_its_person_or_proposer_has_changed(self, strict: Shop) -> None:
        """It rests on the facts that were looked at."""
        proposal = strict.ida.patch("/actors/mia", json={"admin": True}).json()["id"]
        strict.eve.patch("/actors/ida", json={"admin": False})

        answer = decided(strict.eve, proposal)

        assert answer.status_code == 409
        assert strict.eve.get("/installation/proposals").json()["proposals"][0]["status"] == "stale"
        assert decided(strict.eve, proposal, "reject").json()["status"] == "rejected"


class TestATokenOfSomebodyElse:
    def test_does_not_come_by_a_second_invitation(self, strict: Shop) -> None:
        """Ida would decide as Eve; revoking Eve's tokens first makes no difference."""
        problem = strict.ida.post("/actors/eve/invitations")
        for token in strict.ida.get("/actors/eve/tokens").json()["tokens"]:
            strict.ida.delete(f"/tokens/{token['id']}")

        assert problem.status_code == 403
        assert strict.ida.post("/actors/eve/invitations").status_code == 403
        strict.ida.post("/actors", json={"id": "zoe", "name": "Zoe"})
        assert strict.ida.post("/actors/zoe/invitations").status_code == 201


class TestErasingAPerson:
    def test_takes_two(self, strict: Shop) -> None:
        """Name and comments are there until another administrator agrees, and gone for good then."""
        key = strict.on_bench()
        strict.mia.post(f"/items/{key}/comments", json={"text": "Not without the master"})
        strict.ida.post("/actors/mia/deactivation")

        answer = strict.ida.post("/actors/mia/erasure", json={"comments": True})
        before = strict.ida.get("/actors").json()["actors"]
        decided(strict.eve, answer.json()["id"])
        after = strict.ida.get("/actors").json()["actors"]

        assert answer.status_code == 202
        assert [each["name"] == "mia" for found in (before, after) for each in found if each["id"] == "mia"] == [
            False, True,
        ]  # fmt: skip
        history = strict.ida.get(f"/items/{key}/history").json()["events"]
        assert [each["comment"] for each in history if each["kind"] == "comment"] == [None]
        assert strict.ida.get("/audit/verify").json()["ok"]


class TestTheMachine:
    def test_makes_the_second_administrator_and_no_third(self, opened_shop: tuple[str, Any]) -> None:
        """The beginning, and the way out after all others have left."""
        url, _ = opened_shop
        settings = Settings(database_url=url, two_administrators=True)
        with closing(build(settings)) as application:
            people = application.engine.people
            people.add(SYSTEM_ACTOR, id="eve", name="Eve", admin=True)
            people.add(SYSTEM_ACTOR, id="zoe", name="Zoe")
            proposal = people.change(SYSTEM_ACTOR, "zoe", admin=True)

            assert {each.id for each in people.find(SYSTEM_ACTOR).rows if each.admin} == {"ida", "eve"}
            assert getattr(proposal, "workspace", None) == "installation"


def notified(shop: Shop, person: Any) -> list[tuple[str, str, list[str]]]:
    """Somebody's notifications of the installation, the newest first, with the rules; the worker's part is done."""
    engine = shop.application.engine
    for event in engine.installation.events(SYSTEM_ACTOR).rows:
        engine.notifications.notify(event)
    inbox = person.get("/inbox").json()["notifications"]
    of_installation = [each for each in inbox if each["workspace"] == "installation"]
    return [(each["item"], each["message"], [b["rule"] for b in each["because"]]) for each in of_installation]


class TestNotifications:
    """An installation has no workspace, and what waits for its administrators is in their inboxes all the same."""

    def test_of_a_proposal_go_to_the_administrator_who_can_decide_on_it(self, strict: Shop) -> None:
        strict.ida.patch("/actors/mia", json={"admin": True})

        assert notified(strict, strict.eve)[0] == (
            "installation", "Ida proposes to make Mia an administrator", ["core.office_proposed"],
        )  # fmt: skip
        assert notified(strict, strict.mia) == []
        assert "core.office_proposed" not in [
            rule for _, _, rules in notified(strict, strict.ida) for rule in rules
        ]

    def test_of_the_decision_go_to_who_proposed_it_and_to_whom_it_is_about(self, strict: Shop) -> None:
        proposal = strict.ida.patch("/actors/mia", json={"admin": True}).json()["id"]
        decided(strict.eve, proposal)

        message = "Eve made Mia an administrator"
        assert notified(strict, strict.ida)[0] == (
            "installation", message, ["core.office_decided", "core.office_given"],
        )  # fmt: skip
        assert notified(strict, strict.mia)[0] == ("installation", message, ["core.office_given"])

    def test_of_an_erasure_say_whom_it_is_about(self, strict: Shop) -> None:
        strict.ida.post("/actors/mia/deactivation")
        strict.ida.post("/actors/mia/erasure")

        assert notified(strict, strict.eve)[0][1] == "Ida proposes to erase what names Mia"

    def test_are_gone_for_who_administers_no_longer(self, strict: Shop) -> None:
        strict.ida.patch("/actors/mia", json={"admin": True})
        assert notified(strict, strict.eve) != []

        strict.ida.patch("/actors/eve", json={"admin": False})

        assert notified(strict, strict.eve) == []

    def test_are_no_failed_deliveries(self, strict: Shop) -> None:
        """They are read, and marked as read, like all others."""
        strict.ida.patch("/actors/mia", json={"admin": True})
        notified(strict, strict.eve)

        inbox = strict.eve.get("/inbox").json()
        answer = strict.eve.post(f"/inbox/{inbox['notifications'][0]['id']}/read")

        assert answer.status_code == 200
        assert strict.eve.get("/inbox").json()["unread"] == inbox["unread"] - 1
        assert strict.eve.get("/dead-letters").json()["deliveries"] == []
