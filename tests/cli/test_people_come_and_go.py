"""People, tokens and the installation's own history, from the command line."""

from __future__ import annotations

from typing import Any

Shell = Any


class TestPeople:
    def test_come_and_go(self, office: Shell) -> None:
        """Switched off in one step, on again, and erased; the history of the installation lists it."""
        office.run("actor", "change", "maya", "--name", "Maya Lind", "--admin")
        office.run("actor", "change", "carl", "--admin")
        office.run("token", "create", "maya")
        left = office.json("actor", "deactivate", "maya", "--comment", "has retired")
        back = office.json("actor", "reactivate", "maya")
        shown = office.run("actor", "deactivate", "maya")
        erased = office.json("actor", "erase", "maya", "--comments")

        listed = {person["id"]: person for person in office.json("actor", "list")}
        recorded = office.json(
            "audit", "installation", "--kind", "actor_deactivated", "--kind", "actor_erased"
        )

        assert (len(left["tokens"]), left["actor"]["name"], back["deactivated_at"]) == (1, "Maya Lind", None)
        assert left["roles"] == [{"workspace": "OPS", "role": "itil.change_initiator", "vacant": True}]
        assert shown.startswith("switched off maya: 0 tokens and 0 delegations ended")
        assert (erased["events"], listed["maya"]["name"]) == (0, "maya")
        assert [event["kind"] for event in recorded] == ["actor_deactivated"] * 2 + ["actor_erased"]
        assert office.json("audit", "verify")["ok"] is True


class TestTokens:
    def test_are_full_where_the_machine_makes_them_and_can_be_ended(self, office: Shell) -> None:
        """Listed with who made them, revoked by id, and each an event of the installation."""
        office.run("token", "create", "maya", "--name", "laptop")
        listed = office.json("token", "list", "maya")
        office.run("token", "revoke", listed[0]["id"])

        ended = office.json("token", "list", "maya")
        kinds = [event["kind"] for event in office.json("audit", "installation")]

        assert [(token["name"], token["issued_by"], "digest" in token) for token in listed] == [
            ("laptop", None, False)
        ]
        assert ended[0]["revoked_at"] is not None
        assert kinds[-2:] == ["token_issued", "token_revoked"]

    def test_come_by_invitation_too(self, office: Shell) -> None:
        """The code is printed, and only it."""
        lines = office.run("actor", "invite", "maya").splitlines()

        assert len(lines) == 1
        assert "expires_at" in office.json("actor", "invite", "maya")


class TestTheInstallation:
    def test_notes_a_restored_backup(self, office: Shell) -> None:
        """With its epoch, and where the log ended."""
        office.run("migrate", "--restored")

        last = office.json("audit", "installation")[-1]

        assert (last["kind"], last["epoch"]) == ("backup_restored", 2)
        assert "backup_restored" in office.run("audit", "installation")
