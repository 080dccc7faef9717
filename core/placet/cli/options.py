"""Options of several commands."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

#: The option `--json` of a command that can print JSON.
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
#: The option `--as`: an actor on the local database.
As = Annotated[
    str | None,
    typer.Option("--as", envvar="PLACET_ACTOR", help="Act as this actor on the local database."),
]
#: The option `--workspace`, which may be left out.
WorkspaceOption = Annotated[str | None, typer.Option("--workspace", help="Key of a workspace.")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", help="At most so many; 50 if left out.", min=1, max=500),
]
All = Annotated[bool, typer.Option("--all", help="All of them, however many there are.")]
#: Rows of a list, by default.
PAGE = 50


def values_of(pairs: list[str] | None) -> dict[str, Any]:
    """`name=value` pairs; a value may be JSON, is text otherwise, and `None` if it is empty."""
    found: dict[str, Any] = {}
    for pair in pairs or ():
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise typer.BadParameter(f'"{pair}" is not NAME=VALUE')
        try:
            found[name] = json.loads(value) if value else None
        except ValueError:
            found[name] = value
    return found
