"""The `placet` command, and what plugins write commands of their own with (the hook `placet_commands`).

Every command imports what it needs when it runs, so that help is there at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from placet.cli.bar import progress
from placet.cli.installation import application, workflow_of, workspace_log
from placet.cli.options import Json, WorkspaceOption
from placet.cli.output import OUT

__all__ = [
    "OUT",
    "Json",
    "WorkspaceOption",
    "application",
    "main",
    "progress",
    "workflow_of",
    "workspace_log",
]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and end with 0 for fine, 1 for no, 2 for wrong usage.

    Args:
        arguments: those after the program's name; those of this process if left out.

    Raises:
        SystemExit: the command is over. Nothing of it is left in this process: no option, no variable of the
            environment, and nothing that it opened.
    """
    from placet.cli.commands import run

    run(arguments)
