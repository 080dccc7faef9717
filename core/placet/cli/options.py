"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
As = Annotated[
    Optional[str],  # noqa: UP045  # Typer reads the annotation at run time
    typer.Option("--as", envvar="PLACET_ACTOR", help="Act as this actor on the local database."),
]
WorkspaceOption = Annotated[Optional[str], typer.Option("--workspace", help="Key of a workspace.")]  # noqa: UP045
