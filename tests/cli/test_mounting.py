"""Commands that plugins bring: found by their words, loaded when typed, and refused by name where they fail."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from processes import environment

if TYPE_CHECKING:
    from .conftest import Shell

#: A plugin with two commands, that leaves a mark where it is loaded.
_ACME = """
import typer
from pathlib import Path
from placet import hookimpl

Path("loaded").touch()
app = typer.Typer(help="What Acme needs.")


@app.command()
def orders(count: int = 1) -> None:
    "Import orders."
    print("orders:", count)


@app.command()
def stock() -> None:
    "Count the stock."
    print("stock")


@hookimpl
def placet_commands() -> typer.Typer:
    return app
"""
_WORDS = ("acme", "orders")


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help has room for whole sentences."""
    monkeypatch.setenv("COLUMNS", "200")


class TestAWord:
    def test_leads_to_a_command_by_itself_or_to_all_of_them_by_the_plugins_name(self, shell: Shell) -> None:
        shell.install(_ACME, *_WORDS)

        assert shell.placet("orders", "--count", "7").stdout == "orders: 7\n"
        assert shell.placet("acme", "stock").stdout == "stock\n"
        assert "Import orders." in shell.placet("orders", "--help").stdout
        assert "Count the stock." in shell.placet("acme", "--help").stdout

    def test_is_in_the_help_of_the_program_which_loads_no_plugin(self, shell: Shell) -> None:
        shell.install(_ACME, *_WORDS)

        reported = shell.placet("--help").stdout

        assert "What acme needs (placet-acme)" in reported
        assert "The same as placet acme orders." in reported
        assert not (shell.folder / "loaded").exists()

    def test_is_completed_in_a_shell_and_so_is_what_follows_it(self, shell: Shell) -> None:
        shell.install(_ACME, *_WORDS)

        def completed(words: str, position: int) -> set[str]:
            asked = {"_PLACET_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(position)}
            return set(shell.process(**asked).stdout.split())

        assert completed("placet acm", 1) == {"acme"}
        assert completed("placet acme st", 2) == {"stock"}

    def test_follows_the_options_of_the_program(self, shell: Shell) -> None:
        """As those of every command; settings are read when the command runs."""
        shell.install(_ACME, *_WORDS)

        assert shell.refused_in_a_line("orders", PLACET_DISABLED_PLUGINS="acme") == (
            "the plugin acme is disabled in this installation: take it out of disabled_plugins"
        )


class TestAPluginThatIsBroken:
    def test_breaks_neither_help_nor_other_commands(self, shell: Shell) -> None:
        shell.install("raise RuntimeError('page 7\\nis missing')", *_WORDS)

        assert "What acme needs (placet-acme)" in shell.placet("--help").stdout
        assert shell.placet("--version").returncode == 0
        assert shell.refused_in_a_line("orders").startswith(
            "the plugin acme failed to load: RuntimeError: page 7 is missing ("
        )
        asked = {"_PLACET_COMPLETE": "complete_bash", "COMP_WORDS": "placet acme st", "COMP_CWORD": "2"}
        done = shell.placet(**asked)
        assert (done.stdout.strip(), done.stderr) == ("", "")

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            (
                "    return app",
                "    return 7",
                "placet_commands of the plugin acme returned 7: give a typer.Typer",
            ),
            (
                "    return app",
                "    raise KeyError('acme')",
                "the commands of the plugin acme failed to load, KeyError: 'acme': repair the plugin",
            ),
            (
                "def placet_commands",
                "def placet_command",
                'the plugin acme failed to load: there is no hook "placet_command"',
            ),
            (
                "def orders(",
                "def order(",
                (
                    'the plugin acme has no command "orders"; did you mean "order": correct '
                    '[project.entry-points."placet.commands"] of placet-acme, and install it again'
                ),
            ),
        ],
    )
    def test_is_named_where_it_was_typed(self, shell: Shell, old: str, new: str, line: str) -> None:
        shell.install(_ACME.replace(old, new), *_WORDS)

        assert shell.refused_in_a_line("orders").startswith(line)


class TestWordsThatLeadAstray:
    def test_are_refused_naming_both_who_want_one(self, shell: Shell) -> None:
        shell.install(_ACME, *_WORDS)
        shell.install(_ACME, "orders", name="other", distribution="placet-other")

        line = "placet orders is claimed by placet-acme and placet-other: uninstall one of them"

        assert shell.refused_in_a_line("orders") == line
        assert "is claimed by placet-acme and placet-other" in shell.placet("plugins", "check", "acme").stdout

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("acme", "item"), "placet item is a command of Placet, and never leads to the plugin"),
            (("acme", "ordres"), 'the plugin acme has no command "ordres"; did you mean "orders"'),
            (
                (),
                "the plugin acme has commands, and no word in the entry-point group placet.commands leads to them",
            ),
        ],
    )
    def test_are_found_by_the_examination_of_the_plugin(
        self, shell: Shell, words: tuple[str, ...], message: str
    ) -> None:
        shell.install(_ACME, *words)

        done = shell.placet("plugins", "check", "acme")

        assert done.returncode == 1
        assert message in done.stdout

    def test_are_named_at_the_prompt_where_they_are_missing(self, shell: Shell) -> None:
        """The name of the plugin is what its author types first."""
        shell.install(_ACME)

        assert shell.refused_in_a_line("acme", "stock") == (
            "the plugin acme has commands, and no word in the entry-point group placet.commands leads to them: "
            "write acme there, with the plugin's module, and install it again"
        )
        assert "No such command 'acne'" in shell.placet("acne").stderr

    def test_are_not_those_that_lead_to_a_command(self, shell: Shell) -> None:
        shell.install(_ACME, *_WORDS)

        done = shell.placet("plugins", "check", "acme")

        assert (done.returncode, "error" in done.stdout) == (0, False)


def test_commands_of_ours_that_are_not_installed_say_what_to_install(shell: Shell) -> None:
    """In an environment with the core alone."""
    hidden = (
        "import importlib.metadata as m\n"
        "found = m.entry_points\n"
        "m.entry_points = lambda **wanted: [e for e in found(**wanted) if 'process' not in e.value]\n"
        "from placet.cli import main\n"
        "for word in ('export', 'replay'):\n"
        "    try: main([word, '--help'])\n"
        "    except SystemExit as end: print(end.code)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", hidden],
        cwd=shell.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["1", "1"]
    assert done.stderr.splitlines() == [
        f"placet: placet {word} comes with placet-process-mining, which is not installed: "
        "pip install placet-process-mining"
        for word in ("export", "replay")
    ]
