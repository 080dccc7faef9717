"""Workspaces and their role holders."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from placet.api.dependencies import CurrentActor, CurrentAdministrator, CurrentEngine, RolePath, WorkspacePath
from placet.api.models.proposals import PROPOSED, proposed
from placet.api.models.workspaces import (
    Holders,
    NewWorkspace,
    Role,
    Roles,
    Workspace,
    WorkspacePatch,
    Workspaces,
    decided,
)
from placet.api.problems import header, refused_with
from placet.api.routing import BASE, Route
from placet.engine.act import proposals

router = APIRouter(tags=["Workspaces"], route_class=Route)


@router.post(
    "/workspaces", operation_id="create_workspace", status_code=201, response_description="The new workspace.",
    responses={201: {"headers": {"Location": header("Location")}}, **refused_with(409)},
)  # fmt: skip
def create_workspace(
    wish: NewWorkspace, actor: CurrentAdministrator, engine: CurrentEngine, response: Response
) -> Workspace:
    """Open a workspace with methods switched on."""
    workspace = engine.workspaces.create(actor, key=wish.key, **decided(wish))
    response.headers["Location"] = f"{BASE}/workspaces/{workspace.key}"
    return Workspace.model_validate(workspace)


@router.get("/workspaces", operation_id="list_workspaces")
def list_workspaces(actor: CurrentActor, engine: CurrentEngine) -> Workspaces:
    """List the workspaces that you belong to; administrators see all."""
    return Workspaces.model_validate({"workspaces": engine.workspaces.all(actor)})


@router.get("/workspaces/{ws}", operation_id="get_workspace")
def get_workspace(ws: WorkspacePath, actor: CurrentActor, engine: CurrentEngine) -> Workspace:
    """Read a workspace with its configuration."""
    return Workspace.model_validate(engine.workspaces.get(actor, ws))


@router.patch(
    "/workspaces/{ws}", operation_id="change_workspace", response_model=Workspace,
    response_description="The workspace, changed.",
    responses={**PROPOSED, **refused_with(409)},
)  # fmt: skip
def change_workspace(
    ws: WorkspacePath, patch: WorkspacePatch, actor: CurrentAdministrator, engine: CurrentEngine
) -> Workspace | JSONResponse:
    """Change the configuration of a workspace.

    Refused, unless forced, if items would become stranded, or have values that do not fit or that no rule knows.
    Where a part that would change is governed, the whole change becomes a proposal, and a second person applies it.
    """
    found = engine.workspaces.change(actor, ws, **decided(patch), force=patch.force)
    if isinstance(found, proposals.Proposal):
        return proposed(found)
    return Workspace.model_validate(found)


@router.get("/workspaces/{ws}/roles", operation_id="list_roles")
def list_roles(ws: WorkspacePath, actor: CurrentActor, engine: CurrentEngine) -> Roles:
    """List the roles of a workspace with their holders."""
    return Roles(roles=[Role.of(*each) for each in engine.workspaces.roles(actor, ws)])


@router.put(
    "/workspaces/{ws}/roles/{role}", operation_id="assign_role", response_model=Workspace,
    response_description="The workspace, changed.",
    responses={**PROPOSED, **refused_with(409)},
)  # fmt: skip
def assign_role(
    ws: WorkspacePath, role: RolePath, holders: Holders, actor: CurrentAdministrator, engine: CurrentEngine
) -> Workspace | JSONResponse:
    """Set the holders of a role in a workspace.

    Where roles are governed, or the holders of this one decide on changes of rules, it becomes a proposal, on which a
    second person decides who does not gain by it.
    """
    found = engine.workspaces.assign(actor, ws, role, holders.actors)
    if isinstance(found, proposals.Proposal):
        return proposed(found)
    return Workspace.model_validate(found)
