"""Small rooms: a module has one subject, a function one step, and the import contracts know every package."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
#: Lines of a module, and of a function with its docstring; a longer one has a second subject.
MODULE, FUNCTION = 450, 45
#: Half of all modules, and half of all functions, are no longer than so.
HALF_OF_MODULES, HALF_OF_FUNCTIONS = 130, 8
#: Longer ones, each with its reason, and how long it may be: none of them grows.
LONGER_MODULES: dict[str, int] = {}
LONGER_FUNCTIONS: dict[str, int] = {}


def shipped() -> Iterator[Path]:
    """Every module of every distribution, migrations left out, which are never changed again."""
    for path in sorted(ROOT.glob("core/placet/**/*.py")):
        if "migrations" not in path.parts:
            yield path
    yield from sorted(ROOT.glob("plugins/*/placet_*/**/*.py"))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a module with their lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class TestModules:
    def test_have_one_subject(self) -> None:
        """A module past the limit usually holds two: the seam is where callers import only one half."""
        long = {place(path): found for path in shipped() if (found := lines(path)) > MODULE}

        assert {name: found for name, found in long.items() if found > LONGER_MODULES.get(name, 0)} == {}

    def test_are_small_on_the_whole(self) -> None:
        """A newcomer reads one in a few minutes."""
        assert median(lines(path) for path in ROOT.glob("core/placet/**/*.py")) < HALF_OF_MODULES


@pytest.mark.parametrize("folder", sorted((ROOT / "core/placet/engine").glob("*/__init__.py")), ids=place)
def test_each_folder_of_the_engine_says_what_each_of_its_modules_is_for(folder: Path) -> None:
    """A newcomer opens a folder and knows which file to read."""
    within = {path.stem for path in folder.parent.glob("*.py")} | {
        path.parent.name for path in folder.parent.glob("*/__init__.py")
    }

    assert within - {"__init__"} == set(re.findall(r"`(\w+)`", folder.read_text()))


class TestFunctions:
    def test_are_one_step(self) -> None:
        """A longer one is a list of steps, each of which has a name."""
        long = {
            f"{place(path)}:{name}": found
            for path in shipped()
            for name, found in functions(path)
            if found > FUNCTION
        }

        assert {name: found for name, found in long.items() if found > LONGER_FUNCTIONS.get(name, 0)} == {}

    def test_are_small_on_the_whole(self) -> None:
        """Most of them are read at a glance."""
        assert median(found for path in shipped() for _, found in functions(path)) <= HALF_OF_FUNCTIONS


class TestTheExceptions:
    def test_are_needed(self) -> None:
        """One that nothing needs any more would let the next module or function grow."""
        modules = {place(path) for path in shipped() if lines(path) > MODULE}
        steps = {
            f"{place(path)}:{name}"
            for path in shipped()
            for name, found in functions(path)
            if found > FUNCTION
        }

        assert (LONGER_MODULES.keys() - modules, LONGER_FUNCTIONS.keys() - steps) == (set(), set())


class TestTheImportContracts:
    def test_know_every_package(self) -> None:
        """A new plugin is found by no contract until it is named."""
        packages = {"placet"} | {path.name for path in ROOT.glob("plugins/*/placet_*") if path.is_dir()}
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
        circles = next(each for each in settings["contracts"] if each["type"] == "acyclic_siblings")

        assert packages <= set(settings["root_packages"])
        assert packages == set(circles["ancestors"])

    @pytest.mark.parametrize(
        "room", ["api", "catalog", "cli", "definitions", "engine", "store", "testing", "worker"]
    )
    def test_give_every_module_of_a_room_its_floor(self, room: str) -> None:
        """The linter refuses a module that is on none, because each room's contract is exhaustive."""
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
        floors = [each for each in settings["contracts"] if each.get("containers") == [f"placet.{room}"]]

        assert [each.get("exhaustive") for each in floors] == [True]
