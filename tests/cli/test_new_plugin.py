"""`placet plugins new`: a plugin that is right from its first minute, or nothing at all."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from processes import environment

from placet.cli import scaffold
from placet.cli.scaffold import bound

if TYPE_CHECKING:
    from .conftest import Shell

ROOT = Path(__file__).parents[2]
#: As long as a name may be: a generated line must not become longer than the formatter allows.
LONGEST = "a_name_of_thirty_characters_ok"


def put_on_the_path(folder: Path) -> None:
    """Add the metadata that an installer would write from a plugin's `pyproject.toml`."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    information = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        + "".join(f"Requires-Dist: {requirement}\n" for requirement in project["dependencies"])
    )
    points = project["entry-points"]["placet"].items()
    (information / "entry_points.txt").write_text(
        "[placet]\n" + "".join(f"{name} = {module}\n" for name, module in points)
    )


def passed(folder: Path, *command: str) -> str:
    """The output of a program of this environment that ends well in a folder, with the folder on its path."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=folder,
        env=environment(PYTHONPATH=str(folder), MYPYPATH=str(folder)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files(folder: Path) -> list[str]:
    """Everything in a folder, hidden or not."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


class TestANewPlugin:
    @pytest.mark.parametrize(
        "options",
        [[], ["--extends", "itil"], ["--extends", "itil", "--template", "pack"]],
        ids=["method", "extension", "pack"],
    )
    def test_passes_its_own_tests_and_every_check_of_this_house(
        self, shell: Shell, options: list[str]
    ) -> None:
        """Format, lint, strict types, `placet plugins check` without a finding, and its tests."""
        shell.run("plugins", "new", LONGEST, *options)
        folder = shell.folder / f"placet-{LONGEST.replace('_', '-')}"
        configuration = str(ROOT / "pyproject.toml")

        passed(folder, "ruff", "format", "--no-cache", "--check", "--config", configuration, ".")
        passed(folder, "ruff", "check", "--no-cache", "--config", configuration, ".")
        passed(folder, "mypy", "--config-file", configuration, "--cache-dir", str(ROOT / ".mypy_cache"),
               f"placet_{LONGEST}", "tests")  # fmt: skip
        put_on_the_path(folder)
        found = passed(folder, "placet", "plugins", "check", LONGEST, "--json")
        tested = passed(folder, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider")

        assert found.strip() == "[]"
        assert " passed" in tested
        assert "skipped" not in tested

    def test_asks_for_the_versions_that_are_installed(self, shell: Shell) -> None:
        """Of Placet, and of the plugin whose method it extends."""
        shell.run("plugins", "new", "acme", "--extends", "itil")

        project = tomllib.loads((shell.folder / "placet-acme" / "pyproject.toml").read_text())["project"]

        assert project["dependencies"] == ["placet>=0.1,<0.2", "placet-itil-change>=0.1,<0.2"]

    @pytest.mark.parametrize(
        ("found", "fitting"),
        [
            ("0.1.0", ">=0.1,<0.2"),
            ("2.3.4", ">=2.3,<3"),
            ("0.2.0.dev5+local", ">=0.2.0.dev5,<0.3"),
            ("3.0rc1", ">=3.0rc1,<4"),
        ],
    )
    def test_takes_later_versions_up_to_the_next_that_may_break(self, found: str, fitting: str) -> None:
        """Below 1.0 that is the next minor version; a version before a release is not left out."""
        assert bound(found) == fitting

    @pytest.mark.parametrize("method", ["agile", "cobit", "governance", "prince2"])
    def test_extends_every_method_at_a_transition_that_the_method_has(
        self, shell: Shell, method: str
    ) -> None:
        shell.run("plugins", "new", "acme", "--extends", method)

        test = (shell.folder / "placet-acme" / "tests" / "test_extension.py").read_text()

        assert f'ITEM_TYPE = "{method}.' in test

    def test_is_reported_with_its_files_and_the_next_commands(self, shell: Shell) -> None:
        made = shell.json("plugins", "new", "my_rules", "--extends", "itil")

        assert set(made["files"]) == {each for each in files(shell.folder) if (shell.folder / each).is_file()}
        assert made["next"] == [
            "pip install --editable './placet-my-rules[testing]'",
            "python -m pytest placet-my-rules",
            "placet workspace add TRIAL --method itil --method my_rules",
        ]

    def test_is_made_in_another_folder(self, shell: Shell) -> None:
        (shell.folder / "our plugins").mkdir()

        said = shell.run("plugins", "new", "acme", "--into", "our plugins")

        assert (shell.folder / "our plugins" / "placet-acme" / "placet_acme" / "__init__.py").is_file()
        assert "  python -m pytest 'our plugins/placet-acme'" in said.splitlines()


class TestAPack:
    def test_is_rules_in_yaml_and_a_module_that_names_them(self, shell: Shell) -> None:
        """It asks for what reads them, and is found through an object in place of a module."""
        made = shell.json("plugins", "new", "acme", "--extends", "itil", "--template", "pack")

        project = tomllib.loads((shell.folder / "placet-acme" / "pyproject.toml").read_text())["project"]
        assert "placet-acme/placet_acme/rules.yaml" in made["files"]
        assert not any(file.endswith("checks.py") for file in made["files"])
        assert project["entry-points"]["placet"] == {"acme": "placet_acme:rules"}
        assert project["dependencies"] == [
            "placet>=0.1,<0.2", "placet-packs>=0.1,<0.2", "placet-itil-change>=0.1,<0.2"
        ]  # fmt: skip

    def test_changes_the_rules_of_a_method(self, shell: Shell) -> None:
        """It has no item types of its own."""
        done = shell.placet("plugins", "new", "acme", "--template", "pack")

        assert done.returncode == 2
        assert "a pack changes the rules of a method" in done.stderr
        assert files(shell.folder) == []

    def test_needs_what_reads_it(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is made that could not be installed."""
        monkeypatch.setattr(scaffold, "_PACKS", "placet-pack")

        refusal = shell.refused("plugins", "new", "acme", "--extends", "itil", "--template", "pack")

        assert refusal == "a pack comes with placet-pack, which is not installed: pip install placet-pack"
        assert files(shell.folder) == []


class TestAName:
    @pytest.mark.parametrize(
        ("name", "remedy"),
        [
            ("My-Rules", 'write "my_rules"'),
            ("acme.rules", 'write "acme_rules"'),
            ("9lives", "choose another name"),
            ("a" * 31, "choose another name"),
            ("../acme", 'write "acme"'),
        ],
    )
    def test_that_cannot_be_an_id_is_refused(self, shell: Shell, name: str, remedy: str) -> None:
        refusal = shell.refused_in_a_line("plugins", "new", name)

        assert refusal.startswith(f'"{name}" is not an id of a method: ')
        assert refusal.endswith(remedy)
        assert files(shell.folder) == []

    @pytest.mark.parametrize(
        ("name", "refusal"),
        [
            (
                "core",
                '"core" is reserved, as the ids of Placet\'s own notification rules begin with it: choose another name',
            ),
            (
                "cobit",
                '"cobit" is reserved, as placet-cobit is a plugin of Placet: choose another name',
            ),
            (
                "itil",
                '"itil" is installed already, by placet-itil-change: choose another name, or uninstall that',
            ),
        ],
    )
    def test_that_is_taken_is_refused(self, shell: Shell, name: str, refusal: str) -> None:
        """By Placet, by one of its plugins whether installed or not, or by a method."""
        assert shell.refused_in_a_line("plugins", "new", name) == refusal
        assert files(shell.folder) == []

    def test_of_a_plugin_that_is_disabled_or_fails_is_taken_too(self, shell: Shell) -> None:
        """Otherwise two plugins would claim it once the other is there again."""
        shell.install("raise RuntimeError('broken')")
        refusal = '"acme" is installed already, by placet-acme: choose another name, or uninstall that'

        assert shell.refused("plugins", "new", "acme") == refusal
        assert shell.refused("plugins", "new", "acme", PLACET_DISABLED_PLUGINS="acme") == refusal


class TestAMethodToExtend:
    def test_is_found_by_its_nearest_name(self, shell: Shell) -> None:
        refusal = shell.refused_in_a_line("plugins", "new", "acme", "--extends", "prinz2")

        assert refusal == 'there is no installed method "prinz2"; did you mean "prince2"?'
        assert files(shell.folder) == []

    def test_without_item_types_is_refused(self, shell: Shell) -> None:
        refusal = shell.refused_in_a_line("plugins", "new", "acme", "--extends", "integration")

        assert refusal == (
            "the method integration has no item type that a generated test could make and move (it defines none): "
            "leave out --extends, and write placet_extend by hand"
        )
        assert files(shell.folder) == []


class TestAFolder:
    @pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
    def test_that_exists_is_left_as_it_is(self, shell: Shell, kind: str) -> None:
        there = shell.folder / "placet-acme"
        match kind:
            case "folder":
                there.mkdir()
            case "file":
                there.write_text("mine")
            case _:
                there.symlink_to("nowhere")

        refusal = shell.refused_in_a_line("plugins", "new", "acme")

        assert refusal == (
            "placet-acme exists, and is left as it is: move it away, or name another place with --into"
        )
        assert files(shell.folder) == ["placet-acme"]

    def test_is_whole_or_not_there(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        """A disk that is full in the middle leaves neither a part of it nor anything beside it."""
        written: list[Path] = []
        write = Path.write_text

        def until_full(file: Path, *text: str, **how: str) -> int:
            written.append(file)
            if len(written) > 5:
                raise OSError(28, os.strerror(28), str(file))
            return write(file, *text, **how)

        monkeypatch.setattr(Path, "write_text", until_full)

        assert "No space left on device" in shell.refused("plugins", "new", "acme")
        assert len(written) > 5
        assert files(shell.folder) == []

    def test_that_is_to_hold_it_must_exist(self, shell: Shell) -> None:
        done = shell.placet("plugins", "new", "acme", "--into", "nowhere")

        assert done.returncode == 2
        assert "nowhere" in done.stderr
