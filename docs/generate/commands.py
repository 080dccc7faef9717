"""The help of every command."""

from __future__ import annotations

from typing import Any

import typer
from typer.cli import get_docs_for_click

from placet.cli.commands import app


def reference() -> str:
    """All commands in the order of `placet --help`, each with its arguments and options."""
    command = typer.main.get_command(app)
    _say_in_full(command)
    pages = get_docs_for_click(obj=command, ctx=typer.Context(command, info_name="placet"), name="placet")
    # The page has a title of its own.
    return pages.partition("\n")[2].strip() + "\n"


def _say_in_full(command: Any) -> None:
    """Lists of commands show whole sentences instead of their beginnings."""
    for each in getattr(command, "commands", {}).values():
        each.short_help = (each.help or "").partition("\n")[0]
        _say_in_full(each)
