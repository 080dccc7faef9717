"""Appointing, standing in, and who sees what: decisions that hold against people who try."""

from __future__ import annotations

from typing import Any

from .conftest import Organization

#: In the sandbox it is Monday, 16 November 2026, 09:00 UTC.
MONTH = "2026-12-16T09:00:00Z"


def status(person: Any, method: str, path: str, body: Any = None) -> int:
    """The status that somebody's request ends with."""
    return int(person._http.request(method, path, json=body).status_code)


class TestADelegation:
    def test_is_from_now_on_for_a_while_to_the_eligible_and_by_the_person_alone(
        self, organization: Organization
    ) -> None:
        admin, carl = organization.admin, organization.carl
        for id in ("nobody", "nemo"):
            admin.send("POST", "/actors", {"id": id, "name": id.title()}, expect=201)
        token = admin.send("POST", "/actors/nobody/tokens", {"name": "test"}, expect=201)["token"]
        nobody = type(admin)(organization.base, token)
        given = {"from_actor": "carl", "to_actor": "lea", "ends_at": MONTH}
        refused = [
            {"to_actor": "nemo"},
            {"to_actor": "nemo", "workspace": "OPS"},
            {"starts_at": "2026-10-16T09:00:00Z"},
            {"ends_at": "2099-01-01T00:00:00Z"},
        ]

        assert [status(carl, "POST", "/delegations", given | each) for each in refused] == [422] * 4
        assert (
            status(nobody, "POST", "/delegations", given | {"from_actor": "nobody", "to_actor": "nemo"})
            == 422
        )
        for to_actor in ("root", "lea"):
            assert status(admin, "POST", "/delegations", given | {"to_actor": to_actor}) == 403
        made = carl.send("POST", "/delegations", given, expect=201)
        assert status(organization.maya, "DELETE", f"/delegations/{made['id']}") == 404
        assert status(carl, "DELETE", f"/delegations/{made['id']}") == 204
        events = admin.get("/events", workspace="OPS", kind="delegated")["events"]
        assert [(each["actor"], each["kind"]) for each in events] == [("carl", "delegated")]
        nobody.close()


class TestARoleForOneItem:
    def test_is_not_taken_by_those_whom_it_would_let_decide(self, organization: Organization) -> None:
        """A board member cannot fill the board of one change with friends, nor can anybody else for such a role."""
        key = organization.maya.create(
            "itil.change", "Roll the certificates", type="normal", reason="maintenance"
        )
        path, friends = f"/items/{key}/roles/itil.cab_member", {"actors": ["finn", "maya", "uma"]}

        for person in (organization.finn, organization.carl, organization.admin):
            assert status(person, "PUT", path, friends) == 403
        assert organization.admin.get(f"/items/{key}")["roles"] == {}


class TestAReference:
    def test_gives_nothing_away_of_a_workspace_that_its_writer_does_not_see(
        self, organization: Organization
    ) -> None:
        """An item there and an item that does not exist are refused in the same words."""
        admin, maya = organization.admin, organization.maya
        admin.send("POST", "/workspaces", {"key": "SEC", "name": "Secret", "methods": ["itil"]}, expect=201)
        admin.send("PUT", "/workspaces/SEC/roles/itil.configuration_manager", {"actors": ["cora"]})
        vault = {"kind": "service", "criticality": 1, "data_class": "public", "owner": "cora"}
        body = {"workspace": "SEC", "type": "itil.configuration_item", "title": "Vault", "fields": vault}
        assert organization.cora.send("POST", "/items", body, expect=201)["key"] == "SEC-1"

        said = []
        for key in ("SEC-1", "SEC-2"):
            fields = {"type": "normal", "reason": "maintenance", "cis": [key]}
            change = {"workspace": "OPS", "type": "itil.change", "title": "Roll", "fields": fields}
            [error] = maya.send("POST", "/items", change, expect=422)["errors"]
            said.append((error["pointer"], error["message"].replace(key, "KEY")))

        assert said == [("/fields/cis/0", 'there is no item "KEY"')] * 2
