"""Commands that plugins bring: found by their words, loaded when typed, and refused by name where they fail."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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

Run = Callable[..., subprocess.CompletedProcess[str]]


def install(
    folder: Path, source: str, *words: str, name: str = "acme", distribution: str = "placet-acme"
) -> None:
    """A plugin in a folder, as an installer would leave it there."""
    (folder / f"{name}.py").write_text(source)
    information = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\nSummary: What {name} needs\n"
    )
    points = [f"[placet]\n{name} = {name}\n[placet.commands]\n", *(f"{word} = {name}\n" for word in words)]
    (information / "entry_points.txt").write_text("".join(points))


@pytest.fixture
def placet(shell: Shell) -> Run:
    """Runs the program with what is installed in the folder."""
    env = {**os.environ, "PYTHONPATH": str(shell.folder), "COLUMNS": "200"}
    return lambda *arguments, **settings: shell.process(*arguments, env={**env, **settings})


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which a command says no."""
    assert (done.returncode, done.stdout) == (1, ""), done
    [line] = done.stderr.splitlines()
    return line.removeprefix("placet: ")


class TestAWord:
    def test_leads_to_a_command_by_itself_or_to_all_of_them_by_the_plugins_name(
        self, shell: Shell, placet: Run
    ) -> None:
        install(shell.folder, _ACME, *_WORDS)

        assert placet("orders", "--count", "7").stdout == "orders: 7\n"
        assert placet("acme", "stock").stdout == "stock\n"
        assert "Import orders." in placet("orders", "--help").stdout
        assert "Count the stock." in placet("acme", "--help").stdout

    def test_is_in_the_help_of_the_program_which_loads_no_plugin(self, shell: Shell, placet: Run) -> None:
        install(shell.folder, _ACME, *_WORDS)

        reported = placet("--help").stdout

        assert "What acme needs (placet-acme)" in reported
        assert "The same as placet acme orders." in reported
        assert not (shell.folder / "loaded").exists()

    def test_is_completed_in_a_shell_and_so_is_what_follows_it(self, shell: Shell, placet: Run) -> None:
        install(shell.folder, _ACME, *_WORDS)

        def completed(words: str, position: int) -> set[str]:
            asked = {"_PLACET_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(position)}
            return set(placet(**asked).stdout.split())

        assert completed("placet acm", 1) == {"acme"}
        assert completed("placet acme st", 2) == {"stock"}

    def test_follows_the_options_of_the_program(self, shell: Shell, placet: Run) -> None:
        """As those of every command; settings are read when the command runs."""
        install(shell.folder, _ACME, *_WORDS)

        done = placet("orders", PLACET_DISABLED_PLUGINS="acme")

        assert said(done) == (
            "the plugin acme is disabled in this installation: take it out of disabled_plugins"
        )


class TestAPluginThatIsBroken:
    def test_breaks_neither_help_nor_other_commands(self, shell: Shell, placet: Run) -> None:
        install(shell.folder, "raise RuntimeError('page 7\\nis missing')", *_WORDS)

        assert "What acme needs (placet-acme)" in placet("--help").stdout
        assert placet("--version").returncode == 0
        assert said(placet("orders")).startswith(
            "the plugin acme failed to load: RuntimeError: page 7 is missing ("
        )
        asked = {"_PLACET_COMPLETE": "complete_bash", "COMP_WORDS": "placet acme st", "COMP_CWORD": "2"}
        done = placet(**asked)
        assert (done.stdout.strip(), done.stderr) == ("", "")

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            (
                "    return app",
                "    return 7",
                "the plugin acme gave 7 in placet_commands: give a typer.Typer",
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
    def test_is_named_where_it_was_typed(
        self, shell: Shell, placet: Run, old: str, new: str, line: str
    ) -> None:
        install(shell.folder, _ACME.replace(old, new), *_WORDS)

        assert said(placet("orders")).startswith(line)


class TestWordsThatLeadAstray:
    def test_are_refused_naming_both_who_want_one(self, shell: Shell, placet: Run) -> None:
        install(shell.folder, _ACME, *_WORDS)
        install(shell.folder, _ACME, "orders", name="other", distribution="placet-other")

        line = "placet orders is wanted by placet-acme and placet-other: uninstall one of them"

        assert said(placet("orders")) == line
        assert "is wanted by placet-acme and placet-other" in placet("plugins", "check", "acme").stdout

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("acme", "item"), "placet item is a command of Placet, and never leads to the plugin"),
            (("acme", "ordres"), 'the plugin acme has no command "ordres"; did you mean "orders"'),
            ((), "it has commands, and no word in the entry-point group placet.commands leads to them"),
        ],
    )
    def test_are_found_by_the_examination_of_the_plugin(
        self, shell: Shell, placet: Run, words: tuple[str, ...], message: str
    ) -> None:
        install(shell.folder, _ACME, *words)

        done = placet("plugins", "check", "acme")

        assert done.returncode == 1
        assert message in done.stdout

    def test_are_not_those_that_lead_to_a_command(self, shell: Shell, placet: Run) -> None:
        install(shell.folder, _ACME, *_WORDS)

        done = placet("plugins", "check", "acme")

        assert (done.returncode, "error" in done.stdout) == (0, False)


def test_a_command_of_ours_that_is_not_installed_says_what_to_install(shell: Shell) -> None:
    """In an environment with the core alone."""
    hidden = (
        "import importlib.metadata as m, sys\n"
        "found = m.entry_points\n"
        "m.entry_points = lambda **wanted: [e for e in found(**wanted) if 'process' not in e.value]\n"
        "sys.argv[0] = 'placet'\n"
        "from placet.cli import main; main()"
    )
    for word in ("export", "replay"):
        done = subprocess.run(
            [sys.executable, "-c", hidden, word, "--help"], cwd=shell.folder, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

        assert said(done) == (
            f"placet {word} comes with placet-process-mining, which is not installed: pip install placet-process-mining"
        )
