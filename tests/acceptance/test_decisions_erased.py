"""A person whose data is erased is in no file of the database, and their decisions count as before: through HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .conftest import PEOPLE, Organization, Person
from .test_itil_change import REASON, emergency, item, normal, to_authorize

NAME, ADDRESS, WORDS = "Zsofia Quetzal", "zsofia@quetzal.example", "xylophone"
ROLES = (
    "change_initiator", "delegated_change_authority", "change_manager", "duty_manager", "requester",
)  # fmt: skip


@pytest.fixture
def zoe(organization: Organization) -> Iterator[Person]:
    """Somebody who takes part in everything, with a token of her own."""
    person = {"id": "zoe", "name": NAME, "email": ADDRESS}
    organization.admin.send("POST", "/actors", person, expect=201)
    for role in (f"itil.{each}" for each in ROLES):
        organization.assign(role, *(each for each, held in PEOPLE.items() if role in held), "zoe")
    token = organization.admin.send("POST", "/actors/zoe/tokens", {"name": "test"}, expect=201)["token"]
    with closing(Person(organization.base, token)) as zoe:
        yield zoe


class TestAPersonWhoIsErased:
    def test_leaves_no_name_address_or_comment_in_the_file(
        self, organization: Organization, zoe: Person, tmp_path: Path
    ) -> None:
        """Votes, waivers, confirmations, refusals, requests, files and proposals; every chain verifies."""
        ci = item(organization, "db-1")
        voted = self._vote(organization, zoe, ci)
        self._waive(organization, zoe, ci)
        self._confirm(organization, zoe, ci)
        event = self._attach(zoe, voted)
        zoe.send("POST", "/actors/me/tokens", {"name": f"{NAME}'s laptop"}, expect=201)
        organization.clock("2026-11-16T09:05:00Z")
        organization.admin.send("POST", "/actors/zoe/deactivation", {"comment": "farewell"})
        assert found(tmp_path, WORDS)

        erased = organization.admin.send("POST", "/actors/zoe/erasure", {"comments": True})
        erasure = f"/items/{voted}/events/{event}/erasure"
        organization.admin.send("POST", erasure, {"reason": "it names her"}, expect=201)

        assert erased["kept"] == []
        assert [name for name in (*NAME.split(), ADDRESS, WORDS) if found(tmp_path, name)] == []
        assert organization.admin.get("/audit/verify")["ok"] is True

    def test_has_voted_all_the_same(self, organization: Organization, zoe: Person) -> None:
        """Her id stays with her vote, which counts; nobody else votes in her place."""
        key = self._vote(organization, zoe, item(organization, "db-1"))
        organization.admin.send("POST", "/actors/zoe/deactivation")
        organization.admin.send("POST", "/actors/zoe/erasure", {"comments": True})

        [round] = organization.carl.get(f"/items/{key}")["approvals"]

        assert [(vote["actor"], vote["decision"], vote["comment"]) for vote in round["votes"]] == [
            ("zoe", "approve", None)
        ]
        assert organization.carl.move(key, "authorize_change")["state"] == "scheduled"

    def test_leaves_what_is_content_too_to_an_administrator_and_says_where_it_is(
        self, organization: Organization, zoe: Person
    ) -> None:
        """Her reason for short notice is a field of the change, on which others have decided."""
        key = normal(organization, item(organization, "db-1"), "2026-11-18T20:00:00Z", "2026-11-18T22:00:00Z")
        organization.maya.move(key, "submit")
        zoe.move(key, "accept_short_notice", f"{WORDS} lessons cannot wait")
        organization.admin.send("POST", "/actors/zoe/deactivation")

        erased = organization.admin.send("POST", "/actors/zoe/erasure", {"comments": True})

        [event] = [
            each["id"]
            for each in organization.admin.get(f"/items/{key}/history")["events"]
            if each["actor"] == "zoe"
        ]
        assert erased["kept"] == [{"key": key, "event": event}]

    def _vote(self, organization: Organization, zoe: Person, ci: str) -> str:
        key = normal(organization, ci, "2026-11-26T10:00:00Z", "2026-11-26T12:00:00Z")
        to_authorize(organization, key)
        body = {"decision": "approve", "comment": f"{WORDS} yes"}
        zoe.send("POST", f"/items/{key}/approvals/itil.change_approval", body)
        zoe.send("POST", f"/items/{key}/comments", {"text": f"{WORDS} remark"}, expect=201)
        ask = {"check": "itil.lead", "to": "carl", "comment": f"{WORDS} please"}
        zoe.send("POST", f"/items/{key}/asks", ask, expect=201)
        zoe.refused(key, "close_change", f"{WORDS} {REASON}")
        return key

    def _waive(self, organization: Organization, zoe: Person, ci: str) -> None:
        key = normal(organization, ci, "2026-11-27T10:00:00Z", "2026-11-27T12:00:00Z")
        organization.maya.move(key, "submit")
        wish = {"gate": "itil.tested", "reason": REASON, "expires_at": "2026-12-10T00:00:00Z"}
        made = organization.ravi.send("POST", f"/items/{key}/waivers", wish, expect=201)
        decided = {"grant": True, "comment": f"{WORDS} granted"}
        zoe.send("POST", f"/items/{key}/waivers/{made['id']}/decision", decided)

    def _confirm(self, organization: Organization, zoe: Person, ci: str) -> None:
        key = emergency(organization, ci)
        organization.maya.edit(key, verbal_authorizer="zoe")
        organization.ravi.move(key, "implement_on_verbal")
        said = {"decision": "confirm", "comment": f"{WORDS} it was me"}
        zoe.send("PUT", f"/items/{key}/confirmations/itil.spoken_authorization", said)

    def _attach(self, zoe: Person, key: str) -> str:
        """A file with her name, which she typed without a comment: its event is erased by itself."""
        zoe.attach(key, "photo", name=f"{NAME}.jpg")
        events: list[Any] = zoe.get(f"/items/{key}/history")["events"]
        return str(
            next(each["id"] for each in events if each["kind"] == "evidence" and each["actor"] == "zoe")
        )


def found(folder: Path, text: str) -> bool:
    """Whether a text is in any file of the databases, in whatever case."""
    files = [each for each in folder.glob("placet*.db*") if each.is_file()]
    assert files
    return any(text.lower().encode() in each.read_bytes().lower() for each in files)
