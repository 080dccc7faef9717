"""Rules for every distribution of the workspace, for those who add the next one."""

import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "core", *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
PLUGINS = FOLDERS[1:]


def manifest(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
class TestEveryDistribution:
    def test_is_installed_in_the_one_version(self, folder: Path) -> None:
        """All distributions carry the version of the core."""
        project = manifest(folder)["project"]

        assert version(project["name"]) == project["version"] == manifest(ROOT / "core")["project"]["version"]

    def test_carries_the_licence(self, folder: Path) -> None:
        """The licence lies in each folder word for word, so that each wheel and each copied folder has it."""
        assert (folder / "LICENSE").read_text(encoding="utf-8") == (ROOT / "LICENSE").read_text(
            encoding="utf-8"
        )

    def test_says_that_it_is_typed(self, folder: Path) -> None:
        """Each import package is marked as typed, so that its users' type checkers read it."""
        packages = [path.parent for path in folder.glob("placet*/__init__.py")]

        assert len(packages) == 1
        assert (packages[0] / "py.typed").is_file()


def test_the_extra_all_names_every_plugin() -> None:
    """`pip install "placet[all]"` brings everything of ours, in versions that fit each other."""
    everything = manifest(ROOT / "core")["project"]["optional-dependencies"]["all"]

    assert everything == sorted(f"{manifest(folder)['project']['name']}>=0.1,<0.2" for folder in PLUGINS)


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
class TestEveryPlugin:
    def test_is_found_under_the_name_of_its_folder(self, folder: Path) -> None:
        """The entry point, the folder and the import package share one name."""
        found = {point.name: point.value for point in entry_points(group="placet")}

        assert found[folder.name] == f"placet_{folder.name}"

    def test_looks_like_one_of_a_third_party(self, folder: Path) -> None:
        """A plugin asks for the core by version, and its folder holds nothing that only this workspace has."""
        plugin = manifest(folder)

        assert "placet>=0.1,<0.2" in plugin["project"]["dependencies"]
        assert "uv" not in plugin.get("tool", {})
