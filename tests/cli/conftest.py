"""The command line in a folder of its own, run within this process or as a real one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from placet.cli.commands import app
from placet.cli.output import OUT
from placet.errors import PlacetError


class Shell:
    """Runs commands against the database of its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._runner = CliRunner()

    def run(self, *arguments: str, code: int = 0) -> str:
        """The standard output of a command that ends with a code."""
        result = self._runner.invoke(app, list(arguments))
        assert result.exit_code == code, (result.output, result.exception)
        return result.stdout

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What a command prints with `--json`."""
        try:
            return json.loads(self.run(*arguments, "--json", code=code))
        finally:
            OUT.as_json = False

    def refused(self, *arguments: str) -> str:
        """What a command says no with."""
        result = self._runner.invoke(app, list(arguments))
        assert isinstance(result.exception, PlacetError), (result.output, result.exception)
        return str(result.exception)

    def process(self, *arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """A command as a process of its own."""
        command = [str(Path(sys.executable).parent / "placet"), *arguments]
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder with nothing in it, as the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("PLACET_URL", "PLACET_TOKEN", "PLACET_ACTOR", "PLACET_DATABASE_URL"):
        monkeypatch.setenv(name, "")  # so that what a command puts there is taken away after the test
        monkeypatch.delenv(name)
    return Shell(tmp_path)


@pytest.fixture
def office(shell: Shell) -> Shell:
    """A migrated database with a workspace OPS under ITIL, its people, and one configuration item."""
    from placet.app import build
    from placet.engine.engine import SYSTEM_ACTOR
    from placet.settings import load_settings

    shell.run("migrate")
    for name in ("maya", "carl", "cora"):
        shell.run("actor", "add", name)
    application = build(load_settings())
    application.engine.workspaces.create(SYSTEM_ACTOR, key="OPS", name="Operations", methods=["itil"])
    for role, person in (
        ("change_initiator", "maya"),
        ("change_manager", "carl"),
        ("configuration_manager", "cora"),
    ):
        application.engine.workspaces.assign(SYSTEM_ACTOR, "OPS", f"itil.{role}", [person])
    application.close()
    return shell
