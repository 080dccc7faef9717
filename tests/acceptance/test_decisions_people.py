"""Who decides, and who leaves: people with real roles find no way around it, through HTTP, on one server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from patience import PATIENCE
from processes import PLAIN

from .conftest import Organization, Person, placet, serving

APPROVAL = "itil.change_approval"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """A server on which tokens for others decide nothing, as in production."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "placet.toml").write_text('tokens_for_others = "limited"\n')
    with serving(Path(folder)) as base:
        placet("actor", "add", "root", "--admin", folder=folder)
        with closing(Organization(base, placet("token", "create", "root", folder=folder))) as organization:
            organization.open()
            yield organization


def invited(office: Organization, person: str) -> Person:
    """A person with a token of their own."""
    code = office.admin.send("POST", f"/actors/{person}/invitations", expect=201)["code"]
    answer = httpx.post(f"{office.base}/api/v1/tokens", json={"code": code}, timeout=PATIENCE, verify=PLAIN)
    assert answer.status_code == 201, answer.text
    return Person(office.base, answer.json()["token"])


def change(office: Organization) -> str:
    """A change of Maya's, whose token the administrator made."""
    key = office.maya.create("itil.change", "Renew the certificates", type="normal", reason="maintenance")
    office.maya.edit(key, backout_plan="put the old ones back")
    return key


def installation(office: Organization, *kinds: str) -> list[dict[str, Any]]:
    found = office.admin.get("/installation/events", kind=list(kinds), limit=500)
    return list(found["events"])


class TestATokenForSomebodyElse:
    def test_leaves_its_maker_in_every_event(self, office: Organization) -> None:
        """A change that an administrator writes as somebody else names both of them, at each step."""
        key = change(office)

        history = office.admin.get(f"/items/{key}/history")["events"]

        assert {(event["actor"], event["token_issued_by"]) for event in history} == {("maya", "root")}
        assert all(event["actor"] == "root" for event in installation(office, "token_issued")[1:])

    def test_is_no_way_to_an_own_one(self, office: Organization) -> None:
        """Neither a further token nor a vote of a board member comes out of it."""
        made = office.finn.send("POST", "/actors/me/tokens", {"name": "mine"}, expect=201)
        key = change(office)

        with closing(Person(office.base, made["token"])) as finn:
            refused = finn.vote(key, APPROVAL, expect=403)

        assert refused["needs"] == ["own token"]

    def test_neither_lends_a_vote_nor_agrees_by_a_name_nor_decides_by_a_move(
        self, office: Organization
    ) -> None:
        """Every way in which a person says yes takes the person."""
        lent = {
            "from_actor": "finn",
            "to_actor": "dana",
            "ends_at": "2026-11-20T09:00:00Z",
            "workspace": "OPS",
        }
        refused = office.finn.send("POST", "/delegations", lent, expect=403)
        key = office.maya.create("itil.change", "Block the endpoint", type="emergency", reason="security")
        named = office.dora.edit(key, verbal_authorizer="dora")
        normal = change(office)
        listed = office.carl.get(f"/items/{normal}/transitions")["transitions"]
        moved = office.carl.send(
            "POST", f"/items/{normal}/transitions", {"transition": "accept_short_notice", "comment": "x" * 20}, 409
        )  # fmt: skip

        assert refused["needs"] == ["own token"]
        assert [each["status"] for each in named["confirmations"]] == ["pending"]
        assert "token.own" in [blocker["check"] for blocker in moved["blockers"]]
        assert listed


class TestSomebodyWhoLeaves:
    def test_is_switched_off_in_one_step_and_the_record_stays(self, office: Organization) -> None:
        """Tokens and roles end, the vacancy is listed, history keeps the name until it is erased, and chains verify."""
        key = change(office)
        with closing(invited(office, "otto")) as otto:
            otto.send("POST", f"/items/{key}/comments", {"text": "Otto agrees"}, expect=201)
            left = office.admin.send("POST", "/actors/otto/deactivation")
            otto.send("GET", "/me", expect=401)
        shown = office.admin.get(f"/items/{key}/history")["events"][-1]
        erased = office.admin.send("POST", "/actors/otto/erasure", {"comments": True})

        assert left["roles"] == [{"workspace": "OPS", "role": "itil.service_owner", "vacant": True}]
        assert (shown["actor"], shown["comment"]) == ("otto", "Otto agrees")
        assert (erased["actor"]["name"], erased["events"]) == ("otto", 1)
        assert office.admin.get("/audit/verify")["ok"] is True
        assert [event["person"] for event in installation(office, "actor_deactivated", "actor_erased")] == [
            "otto"
        ] * 2


class TestAnAuditor:
    def test_reads_every_change_and_moves_none(self, office: Organization) -> None:
        """No transition of any change is allowed to them, in the listing and in the act alike."""
        key = change(office)
        office.admin.send("POST", "/actors", {"id": "audrey", "name": "Audrey"}, expect=201)
        office.assign("placet.auditor", "audrey")
        with closing(invited(office, "audrey")) as audrey:
            listed = audrey.get(f"/items/{key}/transitions")["transitions"]
            for each in listed:
                audrey.send("POST", f"/items/{key}/transitions", {"transition": each["name"]}, expect=409)
            audrey.send("POST", f"/items/{key}/comments", {"text": "seen"}, expect=403)
            verified = audrey.get("/audit/verify", workspace="OPS")

        assert listed
        assert not any(each["allowed"] for each in listed)
        assert verified["ok"] is True


class TestPlugins:
    def test_are_recorded_with_version_and_hash_when_they_are_loaded(self, office: Organization) -> None:
        """Once for the server and its worker, as both have loaded the same."""
        (loaded,) = installation(office, "plugins_loaded")

        found = {plugin["name"]: plugin for plugin in loaded["plugins"]}
        assert (len(found["itil_change"]["hash"]), found["itil_change"]["status"]) == (64, "active")
