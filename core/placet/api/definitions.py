"""Definitions: installed plugins, and the rules in force in a workspace."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from placet.api.dependencies import (
    CurrentActor,
    CurrentApplication,
    CurrentEngine,
    CurrentMounted,
    TypePath,
    WorkflowPath,
    WorkspacePath,
)
from placet.api.models.definitions import DefinitionQuery, ItemType, ItemTypes, Method, Methods, Workflow
from placet.api.problems import Responses
from placet.api.routing import Route
from placet.definitions import diagrams
from placet.errors import NotFoundError

router = APIRouter(tags=["Definitions"], route_class=Route)

_MEDIA = {"mermaid": diagrams.MERMAID, "svg": diagrams.SVG, "scxml": diagrams.SCXML}
_STEP = {
    "name": "submit",
    "from": ["draft"],
    "to": "waiting",
    "gates": [],
    "effects": [],
    "added": {},
    "roles": [],
}
#: The workflow whose pictures are examples.
_SAMPLE = {
    "id": "acme.request",
    "initial": "draft",
    "states": [
        {"id": "draft", "title": "Draft", "category": "todo", "source": "acme"},
        {"id": "waiting", "title": "Waiting", "category": "waiting", "source": "acme"},
    ],
    "transitions": [{**_STEP, "source": "acme"}],
}
_PICTURES: Responses = {
    200: {
        "content": {
            media: {"schema": {"type": "string"}, "example": diagrams.DRAWINGS[form](_SAMPLE)}
            for form, media in _MEDIA.items()
        }
    }
}


@router.get("/methods", operation_id="list_methods")
def list_methods(application: CurrentApplication, mounted: CurrentMounted) -> Methods:
    """List the installed plugins; those that failed to load, or whose operations are left out, have the reason."""
    plugins = application.registry.plugins
    return Methods(methods=[Method.of(each, mounted.why_without(each)) for each in plugins])


@router.get("/workspaces/{ws}/item-types", operation_id="list_item_types")
def list_item_types(ws: WorkspacePath, actor: CurrentActor, engine: CurrentEngine) -> ItemTypes:
    """List the item types of a workspace."""
    catalog = engine.workspaces.catalog(actor, ws)
    return ItemTypes(item_types=[ItemType.of(each, catalog) for each in catalog.item_types.values()])


@router.get("/workspaces/{ws}/item-types/{type}", operation_id="get_item_type")
def get_item_type(ws: WorkspacePath, type: TypePath, actor: CurrentActor, engine: CurrentEngine) -> ItemType:
    """Read an item type: its fields as JSON Schema, its workflow, and its link types."""
    catalog = engine.workspaces.catalog(actor, ws)
    return ItemType.of(catalog.item_type(type), catalog)


@router.get(
    "/workspaces/{ws}/workflows/{id}", operation_id="get_workflow", response_model=Workflow,
    response_description="The workflow, or its picture.", responses=_PICTURES,
)  # fmt: skip
def get_workflow(
    ws: WorkspacePath, id: WorkflowPath, query: Annotated[DefinitionQuery, Query()], *, actor: CurrentActor,
    engine: CurrentEngine, accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Workflow | Response:  # fmt: skip
    """Read a workflow as the rules in force have it; `hash` shows a former version.

    `format`, or `Accept: text/vnd.mermaid`, selects a picture or the exchange form.
    """
    catalog = engine.workspaces.catalog(actor, ws)
    found = catalog.definition(id) if query.hash is None else engine.workspaces.definition(actor, query.hash)
    if found.document.get("id") != id:
        raise NotFoundError(f"version of {id}", found.hash)
    accepted = next((form for form, media in _MEDIA.items() if media in accept), "json")
    form: str = query.format or accepted
    if form == "json":
        return Workflow.of(found.document, found.hash, catalog)
    return Response(diagrams.DRAWINGS[form](found.document["workflow"]), media_type=_MEDIA[form])
