"""Workspaces and who holds which role in them."""

from __future__ import annotations

from starlette.responses import Response

from placet.api import shapes
from placet.api.forms import Holders, NewWorkspace, NoQuery, WorkspacePatch, choices
from placet.api.operations import BASE, Answer, Call, Operations, Plain, respond
from placet.api.registers import RolesShape, WorkspaceShape, WorkspacesShape
from placet.definitions.roles import Role

WORKSPACES = Operations("Workspaces")


@WORKSPACES.add("POST", "/workspaces", id="create_workspace", scope="admin",
                answers={201: Answer(WorkspaceShape, "It is open.", headers=("Location",))},
                problems=("conflict",))  # fmt: skip
async def create_workspace(call: Call[NoQuery, NewWorkspace]) -> Response:
    """Open a workspace with methods switched on."""
    form = call.form
    workspace = await call.run(
        lambda: call.engine.workspaces.create(
            call.actor, key=form.key, name=form.name, methods=form.methods, settings=form.settings,
            gate_modes=form.gate_modes, calendars={name: told.calendar() for name, told in form.calendars.items()},
            notification_rules=choices(form.notification_rules), record_refusals=form.record_refusals,
            require_if_match=form.require_if_match,
        )
    )  # fmt: skip
    return respond(shapes.workspace(workspace), 201, {"Location": f"{BASE}/workspaces/{workspace.key}"})


@WORKSPACES.add(
    "GET", "/workspaces", id="list_workspaces", scope="read", answers={200: Answer(WorkspacesShape)}
)
async def list_workspaces(call: Plain) -> Response:
    """List the workspaces that you belong to; administrators see all."""
    found = await call.run(lambda: call.engine.workspaces.all(call.actor))
    return respond({"workspaces": [shapes.workspace(each) for each in found]})


@WORKSPACES.add(
    "GET", "/workspaces/{ws}", id="get_workspace", scope="read", answers={200: Answer(WorkspaceShape)}
)
async def get_workspace(call: Plain) -> Response:
    """Read a workspace with what it has decided."""
    return respond(
        shapes.workspace(await call.run(lambda: call.engine.workspaces.get(call.actor, call.path["ws"])))
    )


@WORKSPACES.add("PATCH", "/workspaces/{ws}", id="change_workspace", scope="admin",
                answers={200: Answer(WorkspaceShape)}, problems=("blocked",))  # fmt: skip
async def change_workspace(call: Call[NoQuery, WorkspacePatch]) -> Response:
    """Change what a workspace has decided. Refused where items would be stranded, unless forced."""
    form = call.form
    calendars = None if form.calendars is None else {n: told.calendar() for n, told in form.calendars.items()}
    workspace = await call.run(
        lambda: call.engine.workspaces.change(
            call.actor, call.path["ws"], name=form.name, methods=form.methods, settings=form.settings,
            gate_modes=form.gate_modes, calendars=calendars,
            notification_rules=None if form.notification_rules is None else choices(form.notification_rules),
            record_refusals=form.record_refusals, require_if_match=form.require_if_match, force=form.force,
        )
    )  # fmt: skip
    return respond(shapes.workspace(workspace))


@WORKSPACES.add(
    "GET", "/workspaces/{ws}/roles", id="list_roles", scope="read", answers={200: Answer(RolesShape)}
)
async def list_roles(call: Plain) -> Response:
    """List the roles of a workspace with their holders."""
    found = await call.run(lambda: call.engine.workspaces.roles(call.actor, call.path["ws"]))
    return respond({"roles": [_role(*each) for each in found]})


def _role(id: str, role: Role | None, actors: tuple[str, ...]) -> shapes.Json:
    return {
        "id": id,
        "title": role.title if role else None,
        "decides": role.decides if role else None,
        "max_holders": role.max_holders if role else None,
        "actors": list(actors),
    }


@WORKSPACES.add("PUT", "/workspaces/{ws}/roles/{role}", id="assign_role", scope="admin",
                answers={200: Answer(WorkspaceShape)})  # fmt: skip
async def assign_role(call: Call[NoQuery, Holders]) -> Response:
    """Say who holds a role in a workspace."""
    workspace = await call.run(
        lambda: call.engine.workspaces.assign(
            call.actor, call.path["ws"], call.path["role"], call.form.actors
        )
    )
    return respond(shapes.workspace(workspace))
