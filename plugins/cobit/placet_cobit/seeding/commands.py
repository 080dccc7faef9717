"""The command `placet cobit seed`. It does its imports when it runs, so that its help is fast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placet import MalformedError
from placet.cli import OUT, Json, administrator, application

app = typer.Typer(help="Objectives and controls.", no_args_is_help=True)


@app.callback()
def cobit() -> None:
    """Objectives and controls."""


@app.command()
def seed(
    workspace: Annotated[str, typer.Argument(help="Key of the workspace.")],
    file: Annotated[
        Path | None,
        typer.Option("--file", help="A table of objectives in TOML; the method's own if left out."),
    ] = None,
    controls: Annotated[
        Path | None,
        typer.Option("--controls", help="A table of default controls in TOML; the method's own if left out."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the objectives and the drafts of default controls that a workspace does not have yet."""
    from placet_cobit.controls.defaults import read_controls, shipped_controls
    from placet_cobit.objectives.tables import read_table, shipped_table
    from placet_cobit.seeding.seeds import seed_controls, seed_objectives

    OUT.as_json = as_json
    table = shipped_table() if file is None else read_table(_text(file))
    drafts = shipped_controls() if controls is None else read_controls(_text(controls))
    engine, actor = application().engine, administrator()
    objectives = seed_objectives(engine, actor, workspace, table)
    made = seed_controls(engine, actor, workspace, drafts)
    document = {
        "objectives": {"made": objectives.made, "kept": objectives.kept},
        "controls": {"made": made.made, "kept": made.kept},
    }
    OUT.say(
        f"{workspace}: {len(objectives.made)} objectives made, {len(objectives.kept)} there;"
        f" {len(made.made)} controls made, {len(made.kept)} there",
        document,
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError(f"{file} cannot be read: {error}") from error
