"""The main job from a shell, on the local database and on a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Shell

CI = [
    "--field",
    "kind=database",
    "--field",
    "criticality=2",
    "--field",
    "data_class=public",
    "--field",
    "owner=maya",
]


def change(office: Shell) -> str:
    """A change of maya's on a new configuration item."""
    item = office.json("item", "create", "OPS", "itil.configuration_item", "db-1", *CI, "--as", "cora")["key"]
    made = office.json(
        "item", "create", "OPS", "itil.change", "Upgrade", "--as", "maya",
        "--field", "type=normal", "--field", "reason=maintenance", "--field", f'cis=["{item}"]',
    )  # fmt: skip
    return str(made["key"])


class TestDecidingFromAShell:
    def test_a_check_is_asked_for_and_declined_reasons_are_printed(self, office: Shell) -> None:
        """The commands say what the REST contract answers, and refuse what it refuses."""
        key = change(office)
        gates = office.json("transitions", key, "--as", "maya")["transitions"]
        check = next(
            b["check"] for t in gates for b in t["blockers"] if b["gate"] not in {"role", "segregation"}
        )

        said = office.run("ask", key, check, "maya", "--as", "cora")

        assert said.strip() == f"maya is asked to clear {check} of {key}"
        assert "was not asked for" in office.refused(
            "vote", key, "itil.change_approval", "approve", "--as", "maya"
        )
        assert "nobody is asked for" in office.refused("confirm", key, "itil.change_review", "--as", "maya")
        assert "Version conflict" in office.refused(
            "vote", key, "itil.change_approval", "approve", "--version", "9", "--as", "maya"
        ) or "is at version" in office.refused(
            "vote", key, "itil.change_approval", "approve", "--version", "9", "--as", "maya"
        )


class TestActingAsSomebody:
    def test_leaves_in_every_event_that_the_machine_did_it(self, office: Shell) -> None:
        """Who may use the database acts for anybody there, and no record takes it for the person."""
        key = change(office)

        events = office.json("history", key)["events"]

        assert {(each["actor"], each["token_issued_by"]) for each in events} == {("maya", "system")}

    def test_is_not_acting_as_somebody_who_has_left(self, office: Shell) -> None:
        office.run("actor", "deactivate", "cora")

        assert (
            office.refused("item", "list", "--as", "cora")
            .strip()
            .endswith("cora is switched off: placet actor reactivate brings them back")
        )


class TestARefusal:
    def test_says_a_single_fault_once(self, office: Shell) -> None:
        """It is the whole of the refusal."""
        message = office.refused("item", "create", "OPS", "itil.chnge", "A typing error", "--as", "maya")

        assert message.count('there is no item type "itil.chnge"') == 1


class TestWorkingOnItems:
    def test_an_item_is_made_shown_edited_and_listed(self, office: Shell) -> None:
        key = change(office)

        office.run(
            "item",
            "edit",
            key,
            "--title",
            "Upgrade the database",
            "--field",
            "users_affected=12",
            "--as",
            "maya",
        )

        shown = office.json("item", "show", key, "--as", "maya")
        assert (shown["title"], shown["fields"]["users_affected"], shown["version"]) == (
            "Upgrade the database",
            12,
            2,
        )
        listed = office.json("item", "list", "--workspace", "OPS", "--type", "itil.change", "--as", "maya")
        assert [item["key"] for item in listed["items"]] == [key]

    def test_a_title_in_place_of_a_key_leads_to_the_item(self, office: Shell) -> None:
        """People know an item by its title, and the shell is not a place to look for its key."""
        key = change(office)

        assert office.refused("item", "show", "upgrade", "--as", "maya") == (
            f"'upgrade' is not an item key. Did you mean {key} Upgrade?"
        )

    def test_an_empty_value_takes_a_field_away(self, office: Shell) -> None:
        key = change(office)
        office.run("item", "edit", key, "--field", "users_affected=12", "--as", "maya")

        office.run("item", "edit", key, "--field", "users_affected=", "--as", "maya")

        assert office.json("item", "show", key, "--as", "maya")["fields"].get("users_affected") is None

    def test_a_move_is_made(self, office: Shell) -> None:
        key = change(office)

        assert office.run("move", key, "submit", "--as", "maya") == f"{key} is assess\n"

    def test_a_dry_run_moves_nothing(self, office: Shell) -> None:
        key = change(office)

        assert office.run("move", key, "submit", "--dry-run", "--as", "maya") == f"{key} would be assess\n"
        assert office.json("item", "show", key, "--as", "maya")["state"] == "new"

    def test_a_refusal_prints_every_blocker_with_its_remedy(self, office: Shell) -> None:
        key = change(office)

        message = office.refused("move", key, "submit", "--as", "carl")

        assert "role: Submit is for the" in message
        assert "-> ask maya" in message
        assert message.startswith(f"Submit (submit) on {key} is blocked by 1 check\n")
        assert message.count("role: Submit is for the") == 1

    def test_what_can_be_done_is_listed_with_what_stands_in_the_way(self, office: Shell) -> None:
        key = change(office)

        found = office.json("transitions", key, "--as", "maya")

        assert {t["name"]: t["allowed"] for t in found["transitions"]}["submit"] is True
        assert "submit" in office.run("transitions", key, "--as", "maya")

    def test_the_thread_joins_what_is_connected(self, office: Shell) -> None:
        """A change and its configuration item, in the order of the log."""
        key = change(office)
        office.run("item", "edit", key, "--title", "Upgrade to 17", "--as", "maya")

        found = office.json("thread", key, "--as", "maya")

        assert [(event["kind"], event["item"] == key) for event in found["events"]] == [
            ("created", False),
            ("created", True),
            ("edited", True),
        ]
        assert (found["connected"], found["hidden"], len(found["items"])) == (2, 0, 2)
        assert "and what is connected to it (items: 2)" in office.run("thread", key, "--as", "maya")

    def test_the_history_shows_everything(self, office: Shell) -> None:
        key = change(office)
        office.refused("move", key, "submit", "--as", "carl")

        kinds = [event["kind"] for event in office.json("history", key, "--as", "maya")["events"]]

        assert kinds == ["created", "refused"]
        assert "refused" in office.run("history", key, "--as", "maya")
        assert key in office.run("item", "show", key, "--as", "maya")
        assert key in office.run("item", "list", "--as", "maya")

    def test_wrong_input_is_reported_with_its_place(self, office: Shell) -> None:
        key = change(office)

        assert office.refused("item", "edit", key, "--field", "usrs=1", "--as", "maya").startswith(
            '--field usrs: there is no field "usrs"'
        )

    def test_each_fault_of_the_input_is_printed_once_under_the_option_it_is_about(
        self, office: Shell
    ) -> None:
        wrong = office.refused(
            "item",
            "create",
            "OPS",
            "itil.change",
            "Roll",
            "--field",
            "usrs=1",
            "--field",
            "rason=fix",
            "--as",
            "maya",
        )

        first, *others = wrong.splitlines()
        assert first == f"{len(others)} values of the input cannot be used:"
        assert [line.split(": ")[0] for line in others][:2] == ["  --field usrs", "  --field rason"]

    def test_fields_are_shown_apart_from_the_item_itself(self, office: Shell) -> None:
        """A change has a field `type`, and is of a type."""
        lines = office.run("item", "show", change(office), "--as", "maya").splitlines()

        [at] = [n for n, line in enumerate(lines) if line.strip() == "Fields"]
        [own] = [line for line in lines[:at] if " type " in line]
        [field] = [line for line in lines[at:] if " type " in line]
        assert "itil.change" in own
        assert "normal" in field

    def test_a_pair_that_is_none_is_wrong_usage(self, office: Shell) -> None:
        office.run("item", "edit", "OPS-1", "--field", "nothing", code=2)

    def test_an_unknown_actor_is_refused(self, office: Shell) -> None:
        assert (
            office.refused("item", "list", "--as", "nobody")
            == 'there is no actor "nobody": see placet actor list'
        )


class TestTheRecord:
    def test_an_intact_record_verifies(self, office: Shell) -> None:
        change(office)

        assert office.run("audit", "verify").endswith("events, all intact\n")
        assert office.json("audit", "verify", "--workspace", "OPS")["ok"] is True

    def test_a_changed_record_is_found(self, office: Shell) -> None:
        """Exit code 1, and where the chain breaks."""
        import sqlite3

        key = change(office)
        with sqlite3.connect(office.folder / "placet.db") as database:
            database.execute("UPDATE events SET actor = 'carl' WHERE number = 2")

        audit = office.json("audit", "verify", code=1)

        bad = audit["first_bad"]
        assert (bad["key"], bad["seq"], bad["reason"]) == (key, 1, "its columns differ from its body: actor")


class TestRules:
    def test_installed_plugins_are_listed(self, office: Shell) -> None:
        plugins = {plugin["name"]: plugin for plugin in office.json("plugins", "list")}

        assert plugins["itil_change"]["status"] == "active"
        assert "itil_change" in office.run("plugins", "list")

    def test_a_plugin_is_checked(self, office: Shell) -> None:
        assert [f for f in office.json("plugins", "check", "itil_change") if f["severity"] == "error"] == []
        assert "the plugin itil_change" in office.run("plugins", "check", "itil")
        assert "the plugin itil_change" in office.run("plugins", "check", "placet-itil-change")
        assert 'there is no plugin "itl"; did you mean "itil"' in office.refused("plugins", "check", "itl")

    def test_the_rules_in_use_are_checked(self, office: Shell) -> None:
        """Vacant roles are warnings."""
        findings = office.json("check", "--workspace", "OPS")

        assert {finding["severity"] for finding in findings} <= {"warning", "note"}

    def test_a_workflow_is_shown_in_every_form(self, office: Shell) -> None:
        assert "authorize_change" in json.dumps(office.json("workflow", "show", "itil.change"))
        assert "itil.change" in office.run("workflow", "list")
        assert office.run("workflow", "show", "itil.change", "--format", "mermaid").startswith("stateDiagram")
        assert office.run(
            "workflow", "show", "itil.change", "--format", "svg", "--workspace", "OPS"
        ).startswith("<svg")
        assert "<scxml" in office.run("workflow", "show", "itil.change", "--format", "scxml")

    def test_names_that_do_not_exist_are_refused_with_the_nearest(self, office: Shell) -> None:
        assert 'did you mean "itil.change"' in office.refused("workflow", "show", "itil.chnge")
        assert "there is no workflow" in office.refused("workflow", "show", "nothing.here")

    def test_a_format_that_there_is_not_is_wrong_usage(self, office: Shell) -> None:
        done = office.placet("workflow", "show", "itil.change", "--format", "png")

        assert (done.returncode, done.stdout) == (2, "")
        assert 'there is no format "png"' in done.stderr
