"""The installations of `make` by target, with an installer that only writes down its orders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Workspace:
    """A folder with the Makefile and the manifests, and stand-ins for uv, Python's environment and the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._asked = folder / "asked"
        for name in ("Makefile", "pyproject.toml", "uv.lock", "core/pyproject.toml"):
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        binaries = folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        (binaries / "python").symlink_to(sys.executable)
        (folder / "tools").mkdir()
        for program in (binaries / "placet", folder / "tools" / "uv"):
            program.write_text(f'#!/bin/sh\necho "{program.name} $*" >> "{self._asked}"\n')
            program.chmod(0o755)

    def make(self, *targets: str) -> list[str]:
        """The orders that the programs got."""
        self._asked.write_text("")
        path = f"{self.folder / 'tools'}:{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        subprocess.run(
            ["make", *targets], cwd=self.folder, env={**kept, "PATH": path}, check=True, capture_output=True
        )
        return [line.partition(" --")[0] + self._group(line) for line in self._asked.read_text().splitlines()]

    @staticmethod
    def _group(line: str) -> str:
        if not line.startswith("uv"):
            return ""
        return " for running, and nothing taken away" if "--no-dev --inexact" in line else " everything"

    def change_a_manifest(self) -> None:
        """As a pull does: it is newer than what was installed of it."""
        for made in (self.folder / ".venv").glob(".installed*"):
            os.utime(made, (1, 1))


_RUN = "uv sync for running, and nothing taken away"
_ALL = "uv sync everything"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


class TestInstalling:
    def test_run_brings_what_running_needs_and_install_the_rest(self, workspace: Workspace) -> None:
        """And neither takes away what the other has brought."""
        assert workspace.make("run") == [_RUN, "placet serve"]
        assert workspace.make("run") == ["placet serve"]
        assert workspace.make("install") == [_ALL]
        assert workspace.make("run") == ["placet serve"]
        assert workspace.make("install") == []

    def test_install_brings_what_running_needs_too(self, workspace: Workspace) -> None:
        assert workspace.make("install") == [_ALL]
        assert workspace.make("run") == ["placet serve"]
        assert workspace.make("install") == []

    def test_a_changed_manifest_is_followed_by_each_for_itself(self, workspace: Workspace) -> None:
        """After `make run` has followed it, tests still need what only they use."""
        workspace.make("install")
        workspace.change_a_manifest()

        assert workspace.make("run") == [_RUN, "placet serve"]
        assert workspace.make("install") == [_ALL]
