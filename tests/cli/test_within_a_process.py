"""Commands that a program calls one after the other: nothing of one is left for the next."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from placet.cli import main
from placet.errors import SchemaError

if TYPE_CHECKING:
    from .conftest import Shell


def opened(folder: Path) -> set[str]:
    """Files of a folder that this process holds open."""
    held = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    return {file.name for file in held if file.is_relative_to(folder)}


class TestACommand:
    @pytest.mark.parametrize("before", [None, "sqlite:///other.db"])
    def test_leaves_the_environment_as_it_was(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch, before: str | None
    ) -> None:
        """Its option holds for itself alone."""
        if before is not None:
            monkeypatch.setenv("PLACET_DATABASE_URL", before)

        shell.run("--database-url", "sqlite:///chosen.db", "migrate")

        assert os.environ.get("PLACET_DATABASE_URL") == before

    def test_is_asked_for_tracebacks_by_itself(self, shell: Shell) -> None:
        with pytest.raises(SchemaError):
            main(["--debug", "actor", "list"])

        assert shell.refused_in_a_line("actor", "list") == "the database is empty: run placet migrate"

    @pytest.mark.parametrize(
        "command",
        [
            "actor list",
            "workspace show OPS",
            "workspace show OPP",
            "workflow show itil.change --workspace OPS",
            "item list",
        ],
    )
    def test_closes_what_it_has_opened(self, office: Shell, command: str) -> None:
        """However it ends."""
        office.placet(*command.split())

        assert opened(office.folder) == set()

    def test_leaves_errors_signals_and_precedence_of_the_process_to_others(self, office: Shell) -> None:
        """Also a worker that may not begin: what runs here afterwards would give way to all others for good."""

        def process() -> tuple[object, ...]:
            numbers = (signal.SIGINT, signal.SIGTERM)
            return sys.excepthook, *map(signal.getsignal, numbers), os.nice(0)

        before = process()
        (office.folder / "placet.work.db.lock").mkdir()

        office.refused_in_a_line("worker")

        assert process() == before
