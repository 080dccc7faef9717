"""The first minutes with the program: its version, its lists, and its messages about mistakes."""

from __future__ import annotations

import re
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from placet.app import build
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import load_settings

if TYPE_CHECKING:
    from .conftest import Shell

_BROKEN = 'raise RuntimeError("page 7\\nis missing")\n'


class TestTheProgram:
    def test_says_its_version(self, shell: Shell) -> None:
        done = shell.process("--version")

        assert (done.returncode, done.stdout) == (0, f"placet {version('placet')}\n")

    def test_completes_its_commands_in_a_shell(self, shell: Shell) -> None:
        """As bash asks for it; `placet --install-completion` sets it up."""
        done = shell.process(_PLACET_COMPLETE="complete_bash", COMP_WORDS="placet wor", COMP_CWORD="1")

        assert set(done.stdout.split()) == {"worker", "workflow", "workspace"}


class TestLists:
    def test_say_how_many_there_are_and_show_all_of_them_on_request(self, office: Shell) -> None:
        application = build(load_settings())
        for number in range(88 - 3):
            id = f"person-{number:02}"
            application.engine.people.add(SYSTEM_ACTOR, id=id, name=id)
        application.close()

        some = office.placet("actor", "list")
        everybody = office.placet("actor", "list", "--all")

        assert some.stdout.startswith("Actors: 50 of 88\n")
        assert some.stderr == "38 more: --all shows them too, and --limit another number\n"
        assert some.stdout.count("person-") == 50 * 2 - 3 * 2
        assert everybody.stdout.startswith("Actors: 88 of 88\n")
        assert everybody.stdout.count("person-") == 85 * 2
        assert everybody.stderr == ""
        assert len(office.json("actor", "list")) == 88

    def test_of_items_say_how_many_there_are_too(self, office: Shell) -> None:
        for number in range(3):
            office.run(
                "item", "create", "OPS", "itil.change", f"Upgrade {number}", "--as", "maya",
                "--field", "type=normal", "--field", "reason=maintenance",
            )  # fmt: skip

        assert office.run("item", "list", "--limit", "2").startswith("Items: 2 of 3\n")
        assert office.run("item", "list", "--limit", "2", "--all").startswith("Items: 3 of 3\n")
        assert office.json("item", "list", "--limit", "2")["total"] == 3

    def test_cut_no_id_where_they_go_into_a_pipe(self, office: Shell) -> None:
        """However narrow the terminal is from which that is done."""
        id = "somebody.with.a.very.long.id.that.no.column.has.room.for@acme.example"
        office.run("actor", "add", id, "--name", "Somebody [of Acme]")

        done = office.process("actor", "list", COLUMNS="40")

        [line] = [line for line in done.stdout.splitlines() if id in line]
        assert "Somebody [of Acme]" in line

    def test_without_rows_are_a_line(self, shell: Shell) -> None:
        """An empty frame looks like a table that was not printed to its end."""
        shell.run("migrate")

        assert shell.run("workspace", "list") == "Workspaces: none\n"
        assert shell.json("workspace", "list") == []

    def test_show_moments_to_the_minute(self, office: Shell) -> None:
        office.run("token", "create", "maya", "--expires-in", "P90D")

        assert re.search(r"\b\d{4}-\d\d-\d\d \d\d:\d\d UTC\b", office.run("token", "list", "maya"))

    def test_of_plugins_have_the_id_of_the_method(self, shell: Shell) -> None:
        """It is what workspaces switch on, and another than the plugin's name."""
        plugins = {each["name"]: each for each in shell.json("plugins", "list")}

        assert plugins["itil_change"]["method"] == "itil"
        [line] = [line for line in shell.run("plugins", "list").splitlines() if "itil_change" in line]
        assert " itil " in line


class TestFindings:
    def test_say_that_there_are_none_and_what_was_checked(self, shell: Shell) -> None:
        """Nothing printed could also mean that nothing was checked."""
        shell.run("migrate")

        assert shell.run("plugins", "check", "calendar_feed") == "Nothing found in the plugin calendar_feed\n"
        assert shell.run("check") == "Nothing found in 0 workspaces\n"
        assert shell.json("plugins", "check", "calendar_feed") == []

    def test_are_counted(self, office: Shell) -> None:
        found = office.json("plugins", "check")

        assert re.match(rf"{len(found)} findings in \d+ plugins\n", office.run("plugins", "check"))


class TestWhatIsWrong:
    """Is said in one line, with what to do; a traceback is for `--debug`."""

    def test_a_placet_toml_that_is_not_toml(self, shell: Shell) -> None:
        (shell.folder / "placet.toml").write_text("log_level = debug\n")

        line = shell.refused_in_a_line("actor", "list")

        assert line.startswith("placet.toml is not valid TOML, ")
        assert line.endswith("(at line 1, column 13): correct it there")

    def test_a_placet_toml_that_is_a_folder(self, shell: Shell) -> None:
        (shell.folder / "placet.toml").mkdir()

        # A folder is not a file of settings, and is passed over as if there were none.
        assert shell.refused_in_a_line("actor", "list") == "the database is empty: run placet migrate"

    def test_a_setting_that_there_is_not(self, shell: Shell) -> None:
        (shell.folder / "placet.toml").write_text('databse_url = "sqlite:///other.db"\n')

        assert shell.refused_in_a_line("migrate") == (
            'placet.toml has an unknown setting "databse_url"; did you mean "database_url"?'
        )

    def test_a_path_that_leads_nowhere(self, office: Shell) -> None:
        (office.folder / "map.toml").write_text('case = "a"\nstate = "b"\ntime = "c"\n')
        held = ("replay", "no.csv", "--workflow", "itil.change", "--map")

        assert "no.csv" in office.refused_in_a_line(*held, "map.toml")
        assert "no.toml" in office.refused_in_a_line(*held, "no.toml")
        assert "no/log.csv" in office.refused_in_a_line(
            "export", "--workspace", "OPS", "--format", "csv", "--output", "no/log.csv"
        )

    def test_a_folder_where_a_file_of_its_own_belongs(self, office: Shell) -> None:
        (office.folder / "placet.work.db.lock").mkdir()

        line = office.refused_in_a_line("worker")

        assert line.startswith("placet.work.db.lock cannot be used, ")
        assert line.endswith(": name another path, or make this one usable")

    @pytest.mark.parametrize("command", ["plugins list", "workflow list", "actor list"])
    def test_a_plugin_that_is_broken(self, office: Shell, command: str) -> None:
        """The others run, and the command does what it is for."""
        office.install(_BROKEN)

        done = office.placet(*command.split())

        assert done.returncode == 0
        assert done.stderr == (
            "placet: the plugin acme failed to load and is left out: RuntimeError: page 7 is missing\n"
        )

    def test_a_plugin_that_is_broken_with_its_traceback_where_that_is_asked_for(self, office: Shell) -> None:
        office.install(_BROKEN)

        done = office.process("--debug", "plugins", "list")

        assert "Traceback" in done.stderr

    def test_a_fault_of_the_program(self, office: Shell) -> None:
        """Something that nobody has thought of: here a table that somebody filled by hand."""
        with sqlite3.connect(office.folder / "placet.db") as database:
            database.execute("UPDATE workspaces SET configuration = '[]'")

        line = office.refused_in_a_line("workspace", "list")

        assert line.startswith("the program failed, ")
        assert line.endswith(": run the command again with --debug, and report what it shows")


class TestVariablesOfTheEnvironment:
    def test_a_misspelt_one_is_warned_of_with_the_nearest_name(self, office: Shell) -> None:
        """And the command does what it would do without."""
        misspelt = {"PLACET_DATABSE_URL": "sqlite:///other.db", "PLACET_COLOUR": "red"}

        done = office.placet("workspace", "list", **misspelt)

        assert done.returncode == 0
        assert done.stderr == (
            "placet: the variable PLACET_COLOUR has no effect, as there is no such setting; "
            "docs/reference/settings.md lists all\n"
            "placet: the variable PLACET_DATABSE_URL has no effect, as there is no such setting; did you mean "
            '"PLACET_DATABASE_URL"?\n'
        )

    def test_those_that_there_are_are_not_warned_of(self, office: Shell) -> None:
        """Nor are those that Kubernetes makes of a service named `placet`."""
        known = {
            "PLACET_ACTOR": "maya",
            "placet_log_level": "error",
            "PLACET_PORT_80_TCP_ADDR": "10.0.0.1",
        }

        assert office.placet("workspace", "list", **known).stderr == ""

    def test_they_go_before_the_file(self, shell: Shell) -> None:
        """A file is shared; a variable is set for one start."""
        (shell.folder / "placet.toml").write_text('database_url = "sqlite:///of-the-file.db"\n')

        shell.placet("migrate", PLACET_DATABASE_URL="sqlite:///of-the-variable.db")
        shell.placet("--database-url", "sqlite:///of-the-flag.db", "migrate")

        assert {path.name for path in shell.folder.glob("*.db")} == {"of-the-variable.db", "of-the-flag.db"}


def test_git_ignores_what_a_server_leaves_behind() -> None:
    """The database, the jobs of its worker, and what SQLite keeps beside each."""
    lines = (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()

    assert {"placet.db*", "placet.work.db*"} <= set(lines)
