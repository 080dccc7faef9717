"""Workspaces and their role holders, on the machine of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placet.cli.installation import application
from placet.cli.options import Json, values_of
from placet.cli.output import OUT, say_proposed

if TYPE_CHECKING:
    from placet.app import Application
    from placet.engine.act.people import WorkspaceRecord

workspace_app = typer.Typer(help="Workspaces: their methods and settings.", no_args_is_help=True)
role_app = typer.Typer(help="Roles of a workspace, and who holds them.", no_args_is_help=True)

Key = Annotated[str, typer.Argument(help="Key of the workspace, such as OPS.")]
Role = Annotated[str, typer.Argument(help="Id of the role, METHOD.NAME.")]
Name = Annotated[str | None, typer.Option(help="Name for people.")]
Methods = Annotated[
    list[str] | None,
    typer.Option("--method", help="Id of a method to switch on; may be repeated. See placet plugins list."),
]
Governed = Annotated[
    list[str] | None,
    typer.Option(
        "--govern",
        help="Part of the configuration whose changes need a second person, or all, or none; may be repeated.",
    ),
]
GovernedBy = Annotated[
    list[str] | None,
    typer.Option(
        "--governed-by",
        help="Role of people who may be that person, besides administrators; may be repeated.",
    ),
]
SettingValues = Annotated[
    list[str] | None,
    typer.Option("--setting", help="METHOD.NAME=VALUE; VALUE may be JSON; may be repeated."),
]


@workspace_app.command("add")
def workspace_add(
    key: Key,
    name: Name = None,
    method: Methods = None,
    setting: SettingValues = None,
    as_json: Json = False,
) -> None:
    """Open a workspace with methods switched on."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    settings = _settings({}, setting)
    made = application().engine.workspaces.create(
        SYSTEM_ACTOR, key=key, name=name or key, methods=method or (), settings=settings
    )
    OUT.say(f"opened {made.key} with {_named(made.methods)}", _document(made))


@workspace_app.command("list")
def workspace_list(as_json: Json = False) -> None:
    """List all workspaces."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    found = application().engine.workspaces.all(SYSTEM_ACTOR)
    rows = [[each.key, each.name, _named(each.methods)] for each in found]
    OUT.listed("Workspaces", ["key", "name", "methods"], rows, [_document(each) for each in found])


@workspace_app.command("show")
def workspace_show(key: Key, as_json: Json = False) -> None:
    """Show the configuration of a workspace."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    document = _document(application().engine.workspaces.get(SYSTEM_ACTOR, key))
    rows = [[name, document[name]] for name in ("key", "name")]
    rows += [["methods", _named(document["methods"])]]
    rows += [
        [f"{method}.{name}", value]
        for method, values in document["settings"].items()
        for name, value in values.items()
    ]
    rows += [[f"gate {gate}", mode] for gate, mode in document["gate_modes"].items()]
    rows += [
        [
            f"gate {each['id']}",
            f"{each['mode']}, on {each['item_type']}.{each['transition']}, from {each['item']}",
        ]
        for each in document["gates"]
    ]
    rows += [["governed", ", ".join(document["governed"]) or "nothing"]]
    rows += [[role, ", ".join(people)] for role, people in document["roles"].items()]
    OUT.table(document["name"], ["what", "value"], rows, document)


@workspace_app.command("set")
def workspace_set(
    key: Key,
    name: Name = None,
    method: Methods = None,
    setting: SettingValues = None,
    govern: Governed = None,
    governed_by: GovernedBy = None,
    force: Annotated[
        bool, typer.Option("--force", help="Even if items would be stranded in states that are removed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Change parts of a workspace's configuration. --method replaces the whole list of methods.

    Where a part is governed, the change waits as a proposal for a second person: see placet workspace decide.
    """
    from placet.engine.act.proposals import Proposal
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    engine = application().engine
    settings = _settings(engine.workspaces.get(SYSTEM_ACTOR, key).settings, setting) if setting else None
    changed = engine.workspaces.change(
        SYSTEM_ACTOR, key, name=name, methods=method or None, settings=settings, governed=_governed(govern),
        governed_by=governed_by or None, force=force,
    )  # fmt: skip
    if isinstance(changed, Proposal):
        say_proposed(changed)
    else:
        OUT.say(f"{changed.key} is at version {changed.version}", _document(changed))


def _governed(parts: list[str] | None) -> list[str] | None:
    """The named parts, where `all` and `none` stand for every part and no part."""
    from placet.engine.workspaces.configuration import GOVERNABLE

    if not parts:
        return None
    return list(GOVERNABLE) if "all" in parts else [part for part in parts if part != "none"]


def _document(workspace: WorkspaceRecord) -> dict[str, Any]:
    from placet.definitions.document import plain

    return {
        "key": workspace.key,
        "name": workspace.name,
        "version": workspace.version,
        "methods": list(workspace.methods),
        "settings": plain(workspace.settings),
        "gate_modes": {gate: str(mode) for gate, mode in workspace.gate_modes.items()},
        "governed": list(workspace.governed),
        "governed_by": list(workspace.governed_by),
        "gates": plain(workspace.gates),
        "roles": {role: list(people) for role, people in workspace.roles.items()},
    }


def _named(names: Iterable[str]) -> str:
    return ", ".join(names) or "no method"


def _settings(old: Mapping[str, Mapping[str, Any]], pairs: list[str] | None) -> dict[str, dict[str, Any]]:
    """The settings of the named methods, merged into the present ones. An empty value removes a setting."""
    found: dict[str, dict[str, Any]] = {}
    for path, value in values_of(pairs).items():
        method, sign, name = path.partition(".")
        if not sign or not name:
            raise typer.BadParameter(f'"{path}" does not name a setting: write METHOD.NAME=VALUE')
        values = found.setdefault(method, dict(old.get(method, {})))
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return found


# Roles


@role_app.command("list")
def role_list(
    workspace: Key,
    vacant: Annotated[bool, typer.Option("--vacant", help="Only those that nobody holds.")] = False,
    as_json: Json = False,
) -> None:
    """List the roles of a workspace with their holders."""
    OUT.as_json = as_json
    known = _roles(application(), workspace)
    roles = [role for role in known if not (vacant and role["actors"])]
    rows = [[role["id"], role["title"], ", ".join(role["actors"])] for role in roles]
    OUT.listed(f"Roles in {workspace}", ["role", "title", "held by"], rows, roles)


@role_app.command("show")
def role_show(workspace: Key, role: Role, as_json: Json = False) -> None:
    """Show the decisions of a role, and its holders."""
    from placet.errors import NotFoundError

    OUT.as_json = as_json
    roles = {each["id"]: each for each in _roles(application(), workspace)}
    if role not in roles:
        raise NotFoundError("role", role, roles)
    found = roles[role]
    rows = [
        ["role", role],
        ["title", found["title"]],
        ["decides", found["decides"]],
        ["at most", found["max_holders"]],
        ["held on", ", ".join(found["held_on"]) or "the workspace"],
        ["appointed for one item by", ", ".join(found["appointed_by"])],
        ["held by", ", ".join(found["actors"]) or "nobody"],
    ]
    OUT.table(found["title"] or role, ["what", "value"], rows, found)


@role_app.command("set")
def role_set(
    workspace: Key,
    role: Role,
    actors: Annotated[list[str] | None, typer.Argument(help="Who holds it; nobody if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Replace the holders of a role.

    Where roles are governed, the change waits as a proposal for a second person: see placet workspace decide.
    """
    OUT.as_json = as_json
    _assign(application(), workspace, role, actors or [])


@role_app.command("assign")
def role_assign(
    workspace: Key,
    role: Role,
    actors: Annotated[list[str], typer.Argument(help="New holders.")],
    as_json: Json = False,
) -> None:
    """Add holders to a role.

    Where roles are governed, it waits as a proposal for a second person: see placet workspace decide.
    """
    OUT.as_json = as_json
    opened = application()
    holders = _holders(opened, workspace, role)
    _assign(opened, workspace, role, [*holders, *actors], expected=holders)


@role_app.command("withdraw")
def role_withdraw(
    workspace: Key,
    role: Role,
    actors: Annotated[list[str], typer.Argument(help="Holders to remove.")],
    as_json: Json = False,
) -> None:
    """Remove holders from a role; others keep it. Where roles are governed, it waits for a second person."""
    from placet.errors import NotFoundError

    OUT.as_json = as_json
    opened = application()
    holders = _holders(opened, workspace, role)
    for actor in actors:
        if holders and actor not in holders:
            raise NotFoundError(f"holder of {role} in {workspace}", actor, holders)
    _assign(opened, workspace, role, [each for each in holders if each not in actors], expected=holders)


def _roles(application: Application, workspace: str) -> list[dict[str, Any]]:
    from placet.engine.engine import SYSTEM_ACTOR

    return [
        {
            "id": id,
            "title": role and role.title,
            "decides": role and role.decides,
            "max_holders": role and role.max_holders,
            "held_on": list(role.held_on) if role else [],
            "appointed_by": list(role.on_item.by) if role and role.on_item else [],
            "actors": list(actors),
        }
        for id, role, actors in application.engine.workspaces.roles(SYSTEM_ACTOR, workspace)
    ]


def _holders(application: Application, workspace: str, role: str) -> tuple[str, ...]:
    from placet.engine.engine import SYSTEM_ACTOR

    return tuple(application.engine.workspaces.get(SYSTEM_ACTOR, workspace).roles.get(role, ()))


def _assign(
    application: Application,
    workspace: str,
    role: str,
    actors: list[str],
    *,
    expected: tuple[str, ...] | None = None,
) -> None:
    from placet.engine.act.proposals import Proposal
    from placet.engine.engine import SYSTEM_ACTOR

    people = list(dict.fromkeys(actors))
    changed = application.engine.workspaces.assign(SYSTEM_ACTOR, workspace, role, people, expected=expected)
    if isinstance(changed, Proposal):
        say_proposed(changed)
        return
    holders = list(changed.roles.get(role, ()))
    document = {"workspace": workspace, "role": role, "actors": holders}
    OUT.say(f"{role} in {workspace} is held by {', '.join(holders) or 'nobody'}", document)
