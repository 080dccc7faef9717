"""The command line in a folder of its own, run within this process or as a real one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from processes import environment

from placet.app import build
from placet.catalog import discovery
from placet.cli import main
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

#: Where this environment has the program.
PROGRAM = str(Path(sys.executable).parent / "placet")


class Shell:
    """Runs commands in a folder, against the database that lies there."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = patch

    def placet(self, *arguments: str, **variables: str) -> CompletedProcess[str]:
        """A command within this process, under variables of its own: how it ends and all that it prints.

        As a process does it, from its arguments to its code, and in a fraction of the time.
        """
        output, errors = TextIOWrapper(BytesIO(), "utf-8"), TextIOWrapper(BytesIO(), "utf-8")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(errors):
            for name, value in variables.items():
                patch.setenv(name, value)
            with self._own_plugins_loaded_anew(), pytest.raises(SystemExit) as end:
                main(arguments)
        code = end.value.code or 0
        assert isinstance(code, int), code
        return CompletedProcess(arguments, code, _written(output), _written(errors))

    def run(self, *arguments: str, code: int = 0) -> str:
        """The standard output of a command that ends with a code."""
        done = self.placet(*arguments)
        assert done.returncode == code, done
        return done.stdout

    def json(self, *arguments: str, code: int = 0) -> Any:
        """The output of a command with `--json`."""
        return json.loads(self.run(*arguments, "--json", code=code))

    def refused(self, *arguments: str, **variables: str) -> str:
        """The refusal of a command, its last line: on a busy machine a warning about slow checks may come before it."""
        done = self.placet(*arguments, **variables)
        assert (done.returncode, done.stdout) == (1, ""), done
        return re.split(r"^placet: ", done.stderr, flags=re.MULTILINE)[-1].removesuffix("\n")

    def refused_in_a_line(self, *arguments: str, **variables: str) -> str:
        """The one line with which a command says no, and which is all that it prints."""
        done = self.placet(*arguments, **variables)
        assert (done.returncode, done.stdout) == (1, ""), done
        [line] = done.stderr.splitlines()
        assert line.startswith("placet: "), line
        return line.removeprefix("placet: ")

    def process(self, *arguments: str, **variables: str) -> CompletedProcess[str]:
        """A command as a process of its own."""
        return subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def _own_plugins_loaded_anew(self) -> Iterator[None]:
        """Let a command load plugins that were put into the folder, and forget them again, as another process would."""
        if any(self.folder.glob("*.dist-info")):
            discovery._loaded.cache_clear()
        try:
            yield
        finally:
            inside = f"{self.folder}{os.sep}"
            for name, module in list(sys.modules.items()):
                if (getattr(module, "__file__", None) or "").startswith(inside):
                    del sys.modules[name]

    def install(
        self, source: str, *words: str, name: str = "acme", distribution: str = "placet-acme"
    ) -> None:
        """Put a plugin into the folder, as an installer would leave it there, for commands of either kind.

        Args:
            source: of its module.
            words: of the command line that lead to it.
            name: the module's, and the plugin's.
            distribution: what it is installed by.
        """
        (self.folder / f"{name}.py").write_text(source)
        information = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\nSummary: What {name} needs\n"
        )
        points = [
            f"[placet]\n{name} = {name}\n[placet.commands]\n",
            *(f"{word} = {name}\n" for word in words),
        ]
        (information / "entry_points.txt").write_text("".join(points))
        self._patch.setenv("PYTHONPATH", str(self.folder))
        self._patch.syspath_prepend(self.folder)


def _written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder with nothing in it, as the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("PLACET_URL", "PLACET_TOKEN", "PLACET_ACTOR", "PLACET_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def sqlite_office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a workspace OPS under ITIL and its people, to be copied."""
    file = tmp_path_factory.mktemp("office") / "placet.db"
    shutil.copyfile(sqlite_template, file)
    with closing(build(Settings(database_url=f"sqlite:///{file}"))) as application:
        engine = application.engine
        for name in ("maya", "carl", "cora"):
            engine.people.add(SYSTEM_ACTOR, id=name, name=name)
        engine.workspaces.create(SYSTEM_ACTOR, key="OPS", name="Operations", methods=["itil"])
        for role, person in (
            ("change_initiator", "maya"),
            ("change_manager", "carl"),
            ("configuration_manager", "cora"),
        ):
            engine.workspaces.assign(SYSTEM_ACTOR, "OPS", f"itil.{role}", [person])
    return file


@pytest.fixture
def office(shell: Shell, sqlite_office: Path) -> Shell:
    """A database with a workspace OPS under ITIL, and its people."""
    shutil.copyfile(sqlite_office, shell.folder / "placet.db")
    return shell
