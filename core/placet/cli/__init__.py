"""The `placet` command. Every command imports what it needs when it runs, so that help is there at once."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the process ends with 0 for fine, 1 for no, 2 for wrong usage."""
    from placet.cli.commands import run

    run()
