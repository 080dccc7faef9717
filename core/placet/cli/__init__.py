"""The `placet` command, and what plugins write commands of their own with (the hook `placet_commands`).

Every command imports what it needs when it runs, so that help is there at once.
"""

from __future__ import annotations

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


def main() -> None:
    """Run the command line; the process ends with 0 for fine, 1 for no, 2 for wrong usage."""
    from placet.cli.commands import run

    run()
