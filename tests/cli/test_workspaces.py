"""`placet workspace` and `placet role`: an installation is set up without a line of Python or a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Shell


class TestWorkspaces:
    def test_an_installation_is_set_up_from_the_shell_alone(self, shell: Shell) -> None:
        """From nothing to somebody who may make a change."""
        commands = (
            "migrate",
            "actor add maya",
            "workspace add OPS --name Operations --method itil",
            "role assign OPS itil.change_initiator maya",
            "item create OPS itil.change Upgrade --as maya --field type=normal --field reason=maintenance",
        )

        done = [shell.placet(*command.split()) for command in commands]

        assert [(each.returncode, each.stderr) for each in done] == [(0, "")] * len(commands)
        assert done[-1].stdout == "OPS-1 is new\n"

    def test_one_is_opened_listed_and_shown(self, office: Shell) -> None:
        made = office.json(
            "workspace", "add", "NET", "--method", "itil", "--setting", 'itil.line_managers={"maya": "carl"}'
        )

        assert (made["key"], made["name"], made["methods"]) == ("NET", "NET", ["itil"])
        assert made["settings"]["itil"]["line_managers"] == {"maya": "carl"}
        assert [each["key"] for each in office.json("workspace", "list")] == ["NET", "OPS"]
        assert "Workspaces: 2 of 2" in office.run("workspace", "list")
        assert office.json("workspace", "show", "NET") == made
        assert "itil.line_managers" in office.run("workspace", "show", "NET")

    def test_only_what_is_named_is_changed(self, office: Shell) -> None:
        """A setting is added to those that the method has, and an empty value takes one away."""
        office.run("workspace", "set", "OPS", "--setting", 'itil.line_managers={"maya": "carl"}')

        office.run("workspace", "set", "OPS", "--name", "Operating")
        office.run("workspace", "set", "OPS", "--setting", "itil.incident_strictness=practical")
        shown = office.json("workspace", "show", "OPS")
        office.run("workspace", "set", "OPS", "--setting", "itil.line_managers=")
        after = office.json("workspace", "show", "OPS")

        assert (shown["name"], shown["methods"]) == ("Operating", ["itil"])
        assert shown["settings"]["itil"] == {
            "line_managers": {"maya": "carl"},
            "incident_strictness": "practical",
        }
        assert after["settings"]["itil"] == {"incident_strictness": "practical"}

    def test_a_governed_change_waits_for_a_second_person(self, office: Shell) -> None:
        """It is proposed, listed and decided from the shell."""
        for id in ("root", "vera"):
            office.run("actor", "add", id, "--admin")
        office.run("workspace", "set", "OPS", "--govern", "all", "--governed-by", "itil.it_director")

        made = office.json("workspace", "set", "OPS", "--setting", "itil.incident_strictness=practical")

        assert made["needs"] == ["administrator", "itil.it_director"]
        assert office.json("workspace", "show", "OPS")["settings"] == {}
        [listed] = office.json("workspace", "proposals", "OPS", "--as", "vera")["proposals"]
        assert (listed["id"], listed["status"], listed["proposed_by"]) == (made["id"], "open", "system")
        assert "Proposals in OPS" in office.run("workspace", "proposals", "OPS", "--as", "vera")
        said = office.run("workspace", "decide", "OPS", made["id"], "approve", "--as", "vera")
        assert said.strip() == f"proposal {made['id']} is applied"
        settings = office.json("workspace", "show", "OPS")["settings"]
        assert settings == {"itil": {"incident_strictness": "practical"}}

    def test_are_those_of_this_machine_whatever_server_is_named_which_is_said(self, office: Shell) -> None:
        """Other commands would go to the server."""
        server = {"PLACET_URL": "https://placet.example", "PLACET_TOKEN": "placet_any"}

        done = office.placet("workspace", "list", **server)

        assert "OPS" in done.stdout
        assert done.stderr == (
            "this command acts on the local database; PLACET_URL is for item, transitions, move, history, thread, "
            "vote, confirm and ask\n"
        )
        assert office.placet("workspace", "list").stderr == ""

    def test_names_that_do_not_exist_are_refused_with_the_nearest(self, office: Shell) -> None:
        assert office.refused("workspace", "add", "NET", "--method", "itl").startswith(
            '--method: the method "itl" cannot be switched on: it is not installed; did you mean "itil"'
        )
        assert office.refused("workspace", "add", "ops").startswith("KEY is not 1 to 20 capital letters")
        assert office.refused("token", "create", "maya", "--scope", "raed").startswith("--scope")
        assert "there is no workspace" in office.refused("workspace", "show", "OPP")

    def test_a_key_is_given_once(self, office: Shell) -> None:
        assert office.refused("workspace", "add", "OPS") == 'the workspace key "OPS" is already in use'

    @pytest.mark.parametrize("pair", ["line_managers", "line_managers=1"])
    def test_a_setting_that_names_no_method_is_wrong_usage(self, office: Shell, pair: str) -> None:
        office.run("workspace", "set", "OPS", "--setting", pair, code=2)


class TestRoles:
    def test_are_assigned_besides_those_who_hold_them_and_withdrawn(self, office: Shell) -> None:
        role = "itil.change_manager"

        assert office.run("role", "assign", "OPS", role, "cora", "maya") == (
            "itil.change_manager in OPS is held by carl, cora, maya\n"
        )
        assert office.run("role", "withdraw", "OPS", role, "carl", "cora") == (
            "itil.change_manager in OPS is held by maya\n"
        )

    def test_are_proposed_where_they_are_governed(self, office: Shell) -> None:
        """Nobody holds the role before a second person agrees, whichever command was used."""
        role = "itil.change_manager"
        for id in ("root", "vera"):
            office.run("actor", "add", id, "--admin")
        office.run("workspace", "set", "OPS", "--govern", "roles")

        made = office.json("role", "assign", "OPS", role, "cora")
        said = office.run("role", "withdraw", "OPS", role, "carl")

        assert "it needs a second person, administrator" in said
        assert office.json("role", "show", "OPS", role)["actors"] == ["carl"]
        office.run("workspace", "decide", "OPS", made["id"], "approve", "--as", "vera")
        assert office.json("role", "show", "OPS", role)["actors"] == ["carl", "cora"]

    def test_are_set_in_place_of_those_who_held_them(self, office: Shell) -> None:
        role = "itil.change_manager"

        assert office.json("role", "set", "OPS", role, "cora")["actors"] == ["cora"]
        assert office.run("role", "set", "OPS", role) == "itil.change_manager in OPS is held by nobody\n"

    def test_are_listed_and_shown_with_their_holders(self, office: Shell) -> None:
        roles = {each["id"]: each["actors"] for each in office.json("role", "list", "OPS")}
        vacant = [each["id"] for each in office.json("role", "list", "OPS", "--vacant")]

        assert roles["itil.change_manager"] == ["carl"]
        assert set(vacant) == {id for id, actors in roles.items() if not actors}
        assert "carl" in office.run("role", "show", "OPS", "itil.change_manager")
        assert office.json("role", "show", "OPS", "itil.change_manager")["actors"] == ["carl"]

    def test_names_that_do_not_exist_are_refused_with_the_nearest(self, office: Shell) -> None:
        """Of roles, of people, and of those who could be withdrawn."""
        role = "itil.change_manager"

        assert f'did you mean "{role}"' in office.refused(
            "role", "assign", "OPS", "itil.change_manger", "carl"
        )
        assert f'did you mean "{role}"' in office.refused("role", "show", "OPS", "itil.change_manger")
        assert "maja" in office.refused("role", "assign", "OPS", role, "maja")
        assert 'did you mean "carl"' in office.refused("role", "withdraw", "OPS", role, "karl")


class TestVacantRoles:
    def test_are_shown_in_one_line_for_each_workspace(self, office: Shell) -> None:
        """A new workspace has dozens of transitions that nobody can make, and all for the same reason."""
        office.run("workspace", "add", "NET", "--method", "itil")

        done = office.placet("check", COLUMNS="80")
        findings = office.json("check")

        lines = [line for line in done.stdout.splitlines() if "so that nobody can" in line]
        assert ["NET" in line for line in lines] == [True, False]
        assert "itil.change_manager" in lines[0]
        assert "itil.change_manager" not in lines[1]
        assert "placet role assign NET ROLE ACTOR" in lines[0]
        idle = [each for each in findings if each["code"] == "no-holder" and each["workspace"] == "NET"]
        assert f"nobody can make {len(idle)} transitions" in lines[0]
        assert len(idle) > 20
