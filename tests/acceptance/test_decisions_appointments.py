"""Nobody gains a decision by appointing who takes it: roles, through HTTP, in a workspace that governs them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .conftest import Organization, Person, serving

ROLES = "/workspaces/OPS/roles"
BOARD = "itil.cab_member"


@pytest.fixture(scope="module")
def governed(opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """A server whose roles are given by two people: an administrator, and the IT director or another administrator."""
    folder, token = opened
    own = tmp_path_factory.mktemp("governed_roles")
    shutil.copytree(folder, own, dirs_exist_ok=True)
    with serving(own) as base, closing(Organization(base, token)) as organization:
        organization.admin.send("POST", "/actors", {"id": "zoe", "name": "Zoe"}, expect=201)
        body = {"governed": ["roles", "erasure"], "governed_by": ["itil.it_director"]}
        organization.admin.send("PATCH", "/workspaces/OPS", body)
        yield organization


def proposed(organization: Organization, role: str, *people: str) -> dict[str, Any]:
    """The proposal of the administrator."""
    return dict(organization.admin.send("PUT", f"{ROLES}/{role}", {"actors": list(people)}, expect=202))


def holders(organization: Organization, role: str) -> list[str]:
    found = organization.admin.get(ROLES)["roles"]
    return next(list(each["actors"]) for each in found if each["id"] == role)


class TestAnAdministrator:
    def test_appoints_no_friend_into_the_board_alone(self, governed: Organization) -> None:
        """The friend has neither the role nor a vote until the director agrees, and the record has both of them."""
        board = holders(governed, BOARD)
        proposal = proposed(governed, BOARD, *board, "zoe")
        one = f"/workspaces/OPS/proposals/{proposal['id']}"

        assert holders(governed, BOARD) == board
        governed.admin.send("POST", one, {"decision": "approve"}, expect=409)
        governed.carl.send("POST", one, {"decision": "approve"}, expect=403)
        assert governed.ivy.send("POST", one, {"decision": "approve"})["status"] == "applied"
        assert holders(governed, BOARD) == [*board, "zoe"]
        event = governed.admin.get("/events", workspace="OPS", kind="roles")["events"][-1]
        assert (event["actor"], event["proposal"]["by"], event["proposal"]["digest"]) == (
            "ivy", "root", proposal["digest"],
        )  # fmt: skip

    def test_takes_no_voter_away_alone(self, governed: Organization) -> None:
        """A board without its critic is another board."""
        board = holders(governed, BOARD)

        proposal = proposed(governed, BOARD, *board[1:])

        assert holders(governed, BOARD) == board
        governed.ivy.send("POST", f"/workspaces/OPS/proposals/{proposal['id']}", {"decision": "reject"})

    def test_makes_nobody_a_second_person_for_their_own_proposals(self, governed: Organization) -> None:
        """The role that decides on rules is given by two people as well, and not by who would get it."""
        proposal = proposed(governed, "itil.it_director", "ivy", "zoe")

        token = governed.admin.send("POST", "/actors/zoe/invitations", expect=201)
        assert token["code"]
        assert holders(governed, "itil.it_director") == ["ivy"]
        governed.ivy.send("POST", f"/workspaces/OPS/proposals/{proposal['id']}", {"decision": "reject"})

    def test_decides_on_rules_with_a_token_for_administration_alone(self, governed: Organization) -> None:
        """A token that somebody has for a program reads and writes as they do, and is not their office."""
        made = {"id": "rita", "name": "Rita", "admin": True}
        governed.admin.send("POST", "/actors", made, expect=201)
        one = f"/workspaces/OPS/proposals/{proposed(governed, 'itil.ecab_member', 'ed')['id']}"
        approve = {"decision": "approve"}
        tokens = [
            governed.admin.send("POST", "/actors/rita/tokens", {"name": "x", "scopes": scopes}, expect=201)[
                "token"
            ]
            for scopes in (["read", "write"], ["read", "write", "admin"])
        ]
        governed.ivy.get("/me")
        with (
            closing(Person(governed.base, tokens[0])) as plain,
            closing(Person(governed.base, tokens[1])) as full,
        ):
            refused = plain.send("POST", one, approve, expect=403)
            lists = governed.admin.get("/actors/ivy/tokens")["tokens"]
            plain.send("DELETE", f"/tokens/{lists[0]['id']}", expect=403)
            decided = full.send("POST", one, approve)

        assert refused["needs"] == ["scope admin"]
        assert decided["status"] == "applied"

    def test_erases_nothing_for_good_alone(self, governed: Organization) -> None:
        """The words that somebody wrote about a decision are there until a second person has agreed that it goes."""
        key = governed.maya.create("itil.change", "A faster disk", type="normal", reason="maintenance")
        said = {"text": "The board was not asked about this"}
        event = governed.maya.send("POST", f"/items/{key}/comments", said, expect=201)["id"]
        erasure = f"/items/{key}/events/{event}/erasure"

        proposal = governed.admin.send("POST", erasure, {"reason": "a slip"}, expect=202)

        written = governed.admin.get(f"/items/{key}/history")["events"]
        assert [each["comment"] for each in written if each["kind"] == "comment"] == [said["text"]]
        governed.ivy.send("POST", f"/workspaces/OPS/proposals/{proposal['id']}", {"decision": "approve"})
        written = governed.admin.get(f"/items/{key}/history")["events"]
        assert [each["comment"] for each in written if each["kind"] == "comment"] == [None]
        assert governed.admin.get("/audit/verify", workspace="OPS")["ok"]
