"""The command `placet packs check`, which lints a file of rules before it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placet.cli import OUT, Json, check_plugin

app = typer.Typer(help="Rules of an organization as data: packs in YAML.", no_args_is_help=True)


@app.callback()
def packs() -> None:
    """Rules of an organization as data: packs in YAML."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The rules, such as rules.yaml.", exists=True, dir_okay=False)],
    as_json: Json = False,
) -> None:
    """Lint a file of rules with the installed methods, as `placet plugins check` does once it is installed."""
    from placet_packs.pack import Pack

    OUT.as_json = as_json
    check_plugin(Pack(file), f"the pack {file}")
