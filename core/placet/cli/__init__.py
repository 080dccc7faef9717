"""The `placet` command, and tools for plugins' own commands (the hook `placet_commands`).

Every command does its imports when it runs, so that help is fast.
"""

from __future__ import annotations

from collections.abc import Sequence

from placet.cli.bar import progress
from placet.cli.installation import administrator, application, workflow_of, workspace_log
from placet.cli.options import Json, WorkspaceOption
from placet.cli.output import OUT
from placet.cli.plugins import check_plugin

__all__ = [
    "OUT",
    "Json",
    "WorkspaceOption",
    "administrator",
    "application",
    "check_plugin",
    "main",
    "progress",
    "workflow_of",
    "workspace_log",
]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and exit with 0 for success, 1 for a refusal, 2 for wrong usage.

    Args:
        arguments: those after the program's name; those of this process if left out.

    Raises:
        SystemExit: the command has ended. It leaves nothing in this process: no option, no variable of the
            environment, and no open resource.
    """
    from placet.cli.commands import run

    run(arguments)
