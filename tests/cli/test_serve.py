"""`placet serve`: what it makes ready, what it refuses, and the client commands against it."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import httpx
import pytest
from patience import PATIENCE
from processes import PLAIN

from placet.app import build
from placet.errors import SettingsError
from placet.settings import load_settings
from placet.showing import load_demo
from placet.testing.ports import free_port

from .conftest import PROGRAM
from .serving import forked, serving

if TYPE_CHECKING:
    from .conftest import Shell

_MOMENT = "2026-03-02T09:00:00Z"


_WITH_A_LOST_STATE = """
from placet import Fields, ItemType, Method, State, Transition, Workflow, hookimpl

TASK = Workflow(
    "acme.task",
    states=[State("open", "Open", "todo"), State("lost", "Lost", "active"), State("done", "Done", "done")],
    transitions=[Transition("finish", "open", "done", ["system"])],
)


@hookimpl
def placet_method():
    return Method("acme", "Acme", item_types=[ItemType("acme.task", "Task", fields=Fields, workflow=TASK)])
"""


_WITH_AN_OPEN_ROUTE = """
from fastapi import APIRouter
from placet import Method, hookimpl


@hookimpl
def placet_method():
    return Method("acme", "Acme")


@hookimpl
def placet_routes():
    router = APIRouter()
    router.get("/x/acme/open")(lambda: None)
    return router
"""


class TestServing:
    def test_an_empty_folder_becomes_an_installation(self, shell: Shell) -> None:
        """The schema is made, and the address is said."""
        with serving(shell.folder) as server:
            assert server.get("/readyz")["sandbox"] is False
            assert f"Placet listens at {server.base}" in server.printed

        assert shell.run("migrate", "--check") == "the schema is current\n"

    def test_it_says_that_it_listens_only_when_it_does(self, shell: Shell) -> None:
        """A client that reads the line can ask at once."""
        port = free_port()
        with subprocess.Popen(
            [PROGRAM, "serve", "--no-worker", "--port", str(port)],
            cwd=shell.folder, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            try:
                assert process.stderr is not None
                while "Placet listens at" not in process.stderr.readline():
                    assert process.poll() is None
                assert httpx.get(
                    f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE, verify=PLAIN
                ).is_success
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def test_several_processes_are_announced_once_one_of_them_answers(self, shell: Shell) -> None:
        port = free_port()
        with subprocess.Popen(
            [PROGRAM, "serve", "--no-worker", "--workers", "2", "--port", str(port)],
            cwd=shell.folder, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            try:
                assert process.stderr is not None
                assert process.stderr.readline().startswith("Placet listens at ")
                assert httpx.get(
                    f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE, verify=PLAIN
                ).is_success
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def test_a_plugin_whose_operations_cannot_be_mounted_is_left_out_and_named(self, shell: Shell) -> None:
        """In the log and in both lists of plugins; the server and all other plugins run."""
        shell.install(_WITH_AN_OPEN_ROUTE)
        why = "the route /x/acme/open of the method acme would be open to everybody: "

        with serving(shell.folder, "--no-worker") as server:
            assert server.get("/openapi.json")["info"]["title"] == "Placet"
            assert f"the routes of acme are left out: {why}" in server.printed
            assert f"Placet listens at {server.base}" in server.printed
        [listed] = [each for each in shell.json("plugins", "list") if each["name"] == "acme"]
        [found] = shell.json("plugins", "check", "acme", code=1)

        assert (listed["status"], listed["routes_error"].startswith(why)) == ("active", True)
        assert "active without its operations: the route" in shell.run("plugins", "list")
        assert (found["code"], found["message"].startswith(f"its operations are left out of the REST API: {why}")) == (
            "routes", True,
        )  # fmt: skip

    def test_an_interrupted_server_leaves_the_database_intact(self, office: Shell) -> None:
        with serving(office.folder) as server:
            server.interrupt()

        assert "Traceback" not in server.printed
        assert office.json("audit", "verify")["ok"] is True
        with sqlite3.connect(office.folder / "placet.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def test_commands_speak_to_a_server(self, office: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        """With a token for who it belongs to."""
        token = office.run("token", "create", "cora").strip()
        with forked(office.folder, "--no-worker") as server:
            monkeypatch.setenv("PLACET_URL", server.base)
            monkeypatch.setenv("PLACET_TOKEN", token)
            made = office.json(
                "item", "create", "OPS", "itil.configuration_item", "db-1", "--field", "kind=database",
                "--field", "criticality=2", "--field", "data_class=public", "--field", "owner=cora",
            )  # fmt: skip
            reported = office.refused("move", made["key"], "go_lve")
            history = office.json("history", made["key"])

        assert made["state"] == "planned"
        assert 'did you mean "go_live"' in reported
        assert [event["actor"] for event in history["events"]] == ["cora"]

    def test_commands_write_where_the_command_line_says_and_nowhere_else(
        self, office: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A copy that is named is meant, though the environment names the server that everybody works on."""
        (office.folder / "copy.db").write_bytes((office.folder / "placet.db").read_bytes())
        make = (
            "item",
            "create",
            "OPS",
            "itil.change",
            "Roll",
            "--field",
            "type=normal",
            "--field",
            "reason=fix",
        )
        token = office.run("token", "create", "maya").strip()
        with forked(office.folder, "--no-worker") as server:
            monkeypatch.setenv("PLACET_URL", server.base)
            monkeypatch.setenv("PLACET_TOKEN", token)
            made = office.json("--database-url", "sqlite:///copy.db", *make, "--as", "maya")
            somebody_else = office.refused(*make, "--as", "carl")
            there = office.json("item", "list")

        assert made["key"] == "OPS-1"
        assert there["items"] == []
        assert somebody_else.startswith("--as carl is for the local database, and PLACET_URL is set: ")

    @pytest.mark.parametrize(
        ("given", "missing"), [("PLACET_URL", "PLACET_TOKEN"), ("PLACET_TOKEN", "PLACET_URL")]
    )
    def test_half_the_way_to_a_server_is_no_way_to_the_local_database(
        self, office: Shell, monkeypatch: pytest.MonkeyPatch, given: str, missing: str
    ) -> None:
        monkeypatch.setenv(given, "https://placet.example")

        assert office.refused("item", "list", "--as", "maya") == (
            f"{given} is set and {missing} is not: set both for the server, or neither for the local database"
        )

    def test_a_server_that_does_not_answer_is_named(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            monkeypatch.setenv("PLACET_URL", url)
            monkeypatch.setenv("PLACET_TOKEN", "placet_any")

            assert shell.refused("item", "list").startswith(f"{url} does not answer: ")

    def test_rules_that_cannot_work_are_shown_and_stop_only_their_workspace(
        self, office: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A workspace uses a method whose plugin was since replaced by one with a state that nothing leads to."""
        office.install(_WITH_A_LOST_STATE)
        token = office.run("token", "create", "cora").strip()
        with sqlite3.connect(office.folder / "placet.db") as database:
            database.execute(
                """UPDATE workspaces SET configuration =
                   json_set(configuration, '$.methods', json('["acme"]'))"""
            )

        with serving(office.folder, "--no-worker") as server:
            monkeypatch.setenv("PLACET_URL", server.base)
            monkeypatch.setenv("PLACET_TOKEN", token)
            refused = office.refused("item", "create", "OPS", "acme.task", "Tea")

        assert "rules in use cannot work, and nothing moves under them: acme.task.lost: " in server.printed
        assert "the rules of acme.task cannot be used" in refused
        assert "acme.task.lost" in refused


class TestSandboxes:
    def test_a_sandbox_says_so_and_keeps_its_time(self, shell: Shell) -> None:
        """Its clock stands where it was put, also for commands and after a restart."""
        with forked(shell.folder, "--no-worker", "--test-clock", _MOMENT) as server:
            assert server.get("/readyz")["sandbox"] is True
        shell.run("actor", "add", "maya")

        with forked(shell.folder, "--no-worker") as server:
            assert server.get("/readyz")["sandbox"] is True
        application = build(load_settings())
        assert application.clock.now().isoformat() == "2026-03-02T09:00:00+00:00"
        application.close()

    def test_real_records_never_get_a_clock_that_moves(self, office: Shell) -> None:
        message = office.refused("serve", "--test-clock", _MOMENT)

        assert (
            message == "this database has real records: a clock that can be moved needs a database of its own"
        )

    @pytest.mark.parametrize("moment", ["soon", "2026-03-02T09:00:00"])
    def test_a_moment_that_is_none_is_wrong_usage(self, shell: Shell, moment: str) -> None:
        """Neither is one without a time zone."""
        shell.run("serve", "--test-clock", moment, code=2)


class TestRefusingToStart:
    def test_a_folder_that_is_missing_is_named(self, shell: Shell) -> None:
        message = shell.refused("--database-url", "sqlite:///data/placet.db", "serve")

        assert message == "the folder data for the database does not exist: make it first"

    def test_a_port_that_is_taken_is_reported_in_one_sentence_with_what_to_do(self, shell: Shell) -> None:
        """Before the demonstration is loaded, and without a word of listening."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            line = shell.refused_in_a_line("serve", "--demo", "--port", str(port))

        another = port + 1 if port < 65535 else port - 1
        assert line == (
            f"another program listens at port {port} of 127.0.0.1 already: stop it, or choose another port, "
            f'such as placet serve --port {another} or make run RUN="--port {another}"'
        )

    def test_a_start_that_fails_for_its_port_leaves_no_database_behind(self, shell: Shell) -> None:
        """A folder in which nothing ever ran stays one where commands say that there is no schema."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            shell.refused("serve", "--test-clock", _MOMENT, "--port", str(other.getsockname()[1]))

        assert list(shell.folder.iterdir()) == []
        assert "placet migrate" in shell.refused("workspace", "list")

    def test_an_address_of_another_machine_is_reported_in_one_sentence(self, shell: Shell) -> None:
        line = shell.refused_in_a_line("serve", "--host", "192.0.2.1")

        assert line.startswith("the server cannot listen at port 8000 of 192.0.2.1, ")
        assert line.endswith(": choose another --host or --port")

    def test_a_port_that_is_none_is_wrong_usage(self, shell: Shell) -> None:
        shell.run("serve", "--port", "70000", code=2)


class TestTheDemonstration:
    def test_it_is_never_mixed_with_records(self, office: Shell) -> None:
        message = office.refused("serve", "--demo", "--port", str(free_port()))

        assert message == "this database has records of its own: the demonstration needs an empty database"

    def test_without_a_plugin_that_has_one_there_is_none(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shell.run("migrate")
        monkeypatch.setenv("PLACET_DISABLED_PLUGINS", "agile,itil_change,prince2")
        application = build(load_settings())

        with pytest.raises(SettingsError, match="no installed plugin has a demonstration"):
            load_demo(application)

        application.close()
