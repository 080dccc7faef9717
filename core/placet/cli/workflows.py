"""`placet workflow`: workflows as methods define them, or as workspaces compose them."""

from __future__ import annotations

from typing import Annotated

import typer

from placet.cli.installation import read_settings
from placet.cli.options import Json, WorkspaceOption
from placet.cli.output import OUT

workflow_app = typer.Typer(help="Workflows as they are defined.", no_args_is_help=True)


@workflow_app.command("list")
def workflow_list(as_json: Json = False) -> None:
    """List all workflows of all methods."""
    from placet.catalog.discovery import Registry

    OUT.as_json = as_json
    methods = Registry.discover(read_settings().disabled_plugins).methods.values()
    types = [t for method in methods for t in method.item_types]
    data = [
        {
            "id": t.id,
            "title": t.title,
            "states": len(t.workflow.states),
            "transitions": len(t.workflow.transitions),
        }
        for t in types
    ]
    rows = [list(row.values()) for row in data]
    OUT.listed("Workflows", ["id", "title", "states", "transitions"], rows, data)


@workflow_app.command("show")
def workflow_show(
    id: Annotated[str, typer.Argument(help="Id, METHOD.NAME.")],
    workspace: WorkspaceOption = None,
    format: Annotated[str, typer.Option(help="table, mermaid, svg or scxml.")] = "table",
    as_json: Json = False,
) -> None:
    """Show a workflow: as its method defines it, or as a workspace composes it."""
    from placet.cli.compositions import composed, drawn
    from placet.definitions.diagrams import marked
    from placet.errors import NotFoundError

    OUT.as_json = as_json
    document = composed(read_settings(), id, workspace)
    if format != "table":
        try:
            OUT.line(drawn(document, format))
        except NotFoundError as error:
            raise typer.BadParameter(str(error), param_hint="--format") from error
        return
    rows = [
        [
            marked(t["name"], document, t),
            ", ".join(t["from"]),
            t["to"],
            ", ".join(t["roles"]),
            ", ".join(g["id"] for g in t["gates"]),
        ]
        for t in document["transitions"]
    ]
    OUT.table(f"{id}", ["transition", "from", "to", "who may", "gates"], rows, document)
