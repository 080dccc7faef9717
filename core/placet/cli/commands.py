"""All commands of `placet`, grouped as in its help."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import Annotated, Any, Optional

import typer

from placet.cli import exchange
from placet.cli.options import PAGE, All, As, Json, Limit, WorkspaceOption, values_of
from placet.cli.output import OUT
from placet.cli.workspaces import role_app, workspace_app
from placet.errors import PlacetError

app = typer.Typer(
    name="placet",
    help="A governed workflow engine: every move of an item is checked, explained and recorded.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
actor_app = typer.Typer(help="People and service accounts.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens for the API.", no_args_is_help=True)
plugins_app = typer.Typer(help="Installed plugins.", no_args_is_help=True)
workflow_app = typer.Typer(help="Workflows as they are defined.", no_args_is_help=True)
item_app = typer.Typer(help="Work items.", no_args_is_help=True)
audit_app = typer.Typer(help="The record, and whether it is intact.", no_args_is_help=True)
for name, group in (
    ("workspace", workspace_app),
    ("role", role_app),
    ("actor", actor_app),
    ("token", token_app),
    ("plugins", plugins_app),
    ("workflow", workflow_app),
    ("item", item_app),
    ("audit", audit_app),
):
    app.add_typer(group, name=name)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        OUT.line(f"placet {version('placet')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    database_url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--database-url", help="sqlite:///FILE or postgresql://...; else PLACET_DATABASE_URL."),
    ] = None,
    version: Annotated[  # noqa: ARG001  # its callback has done everything
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Set what holds for every command."""
    OUT.debug = debug
    if not debug:
        from placet.cli.logs import briefly

        context.with_resource(briefly())
    if any(name.upper().startswith("PLACET_") for name in os.environ):
        from placet.settings import unknown_variables

        for sentence in unknown_variables(os.environ):
            OUT.refuse(sentence)
    if database_url is not None:
        os.environ["PLACET_DATABASE_URL"] = database_url


def run() -> None:
    """Run a command; whatever it refuses becomes a sentence and an exit code."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if OUT.debug:
            raise
        OUT.refuse(_in_words(error))
        sys.exit(1)


def _in_words(error: Exception) -> str:
    """A refusal, the trouble of a database or a file, or a fault of the program, as a sentence."""
    from placet.store.trouble import in_words

    try:
        url = _settings().database_url
    except PlacetError:
        url = ""  # they are what is refused
    said = in_words(error, url)
    if said is not None:
        return said
    if isinstance(error, PlacetError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return (
            f"{error.filename} cannot be used, {error.strerror}: name another path, or make this one usable"
        )
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"the program failed, {what}: run the command again with --debug, and report what it shows"


def _settings() -> Any:
    from placet.settings import load_settings

    return load_settings()


def _application() -> Any:
    from placet.app import build

    return build(_settings())


def _call(method: str, *parts: str, actor: str | None, **rest: Any) -> Any:
    from placet.cli.client import path_of, request

    return request(_settings(), method, path_of(*parts), actor=actor, **rest)


# Serving


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demonstration organisation once.")] = False,
    test_clock: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--test-clock", help="A sandbox with a clock of its own that stands at this moment."),
    ] = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave the work in the background to `placet worker`.")
    ] = False,
) -> None:
    """Serve the REST API and, on SQLite, do the work in the background. An empty SQLite database is migrated."""
    from placet.cli.serve import serve as run_server

    run_server(
        _settings(), host=host, port=port, workers=workers, demo=demo, test_clock=_moment(test_clock),
        working=not no_worker,
    )  # fmt: skip


@app.command()
def worker() -> None:
    """Do the work in the background: tell receivers of events. Any number of them on PostgreSQL."""
    from placet.cli.work import work

    work(_application())


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is no moment such as 2026-03-02T09:00:00Z') from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f'"{text}" has no time zone: write 2026-03-02T09:00:00Z')
    return moment


@app.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only tell whether it is needed.")] = False,
    restored: Annotated[
        bool,
        typer.Option(
            "--restored", help="The database comes from a backup: refuse former cursors of the log."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring the database schema to this version; refuses a newer one."""
    from placet.app import begin_epoch
    from placet.app import migrate as bring
    from placet.store import schema
    from placet.store.database import open_store

    OUT.as_json = as_json
    settings = _settings()
    if check:
        store = open_store(settings.database_url)
        found, newest = schema.current(store.engine), schema.newest()
        store.close()
        OUT.say(
            "the schema is current"
            if found == newest
            else f"the schema is at {found}, this program needs {newest}",
            {"current": found, "newest": newest},
        )
        raise typer.Exit(0 if found == newest else 1)
    before, after = bring(settings)
    text = "the schema was current" if before == after else f"migrated from {before or 'nothing'} to {after}"
    told: dict[str, object] = {"before": before, "after": after}
    if restored:
        told["epoch"] = begin_epoch(settings)
        text += f", and the log is in epoch {told['epoch']}: whoever follows it begins at the beginning"
    OUT.say(text, told)


# People


@actor_app.command("add")
def actor_add(
    id: Annotated[str, typer.Argument(help="Id, such as carl.")],
    name: Annotated[Optional[str], typer.Option(help="Full name.")] = None,  # noqa: UP045
    email: Annotated[Optional[str], typer.Option(help="Mail address.")] = None,  # noqa: UP045
    admin: Annotated[bool, typer.Option("--admin", help="May administer.")] = False,
    service: Annotated[bool, typer.Option("--service", help="A service account, no person.")] = False,
    as_json: Json = False,
) -> None:
    """Add somebody."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    application = _application()
    kind = "service" if service else "person"
    made = application.engine.people.add(
        SYSTEM_ACTOR, id=id, name=name or id, email=email, kind=kind, admin=admin
    )
    OUT.say(f"added {made.id}", {"id": made.id, "name": made.name, "kind": made.kind, "admin": made.admin})


@actor_app.command("list")
def actor_list(limit: Limit = None, everything: All = False, as_json: Json = False) -> None:
    """List people and service accounts, in order of id."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    engine = _application().engine
    everybody: list[Any] = []
    after: str | None = None
    while True:
        page = engine.people.find(SYSTEM_ACTOR, after=after, limit=500)
        everybody += page.rows
        after = page.next_cursor
        if after is None:
            break
    # A program that reads JSON sees no note of what is left out, so nothing is unless it asks for that.
    people = everybody if everything or (as_json and limit is None) else everybody[: limit or PAGE]
    data = [{"id": a.id, "name": a.name, "email": a.email, "kind": a.kind, "admin": a.admin} for a in people]
    rows = [[a.id, a.name, a.email, a.kind, "yes" if a.admin else ""] for a in people]
    OUT.listed("Actors", ["id", "name", "mail", "kind", "administrator"], rows, data, total=len(everybody))


@token_app.command("create")
def token_create(
    actor: Annotated[str, typer.Argument(help="Whose token it is.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    expires_in: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--expires-in", help="ISO 8601 duration, such as P90D."),
    ] = None,
    scope: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--scope", help="read, write or admin; may be repeated."),
    ] = None,
) -> None:
    """Print a new token, and only it."""
    from datetime import timedelta

    from pydantic import TypeAdapter, ValidationError

    from placet.engine.engine import SYSTEM_ACTOR
    from placet.engine.workspaces.tokens import SCOPES

    application = _application()
    expires = None
    if expires_in is not None:
        try:
            expires = application.clock.now() + TypeAdapter(timedelta).validate_python(expires_in)
        except ValidationError:
            raise typer.BadParameter(f'"{expires_in}" is no duration such as P90D') from None
    secret, _ = application.engine.people.issue_token(
        SYSTEM_ACTOR, actor, name=name, expires_at=expires, scopes=scope or SCOPES
    )
    OUT.line(secret)


# Plugins and rules


@plugins_app.command("list")
def plugins_list(as_json: Json = False) -> None:
    """What is installed, and whether it loads."""
    from placet.catalog.discovery import Registry

    OUT.as_json = as_json
    plugins = Registry.discover(_settings().disabled_plugins).plugins
    data = [
        {"name": p.name, "distribution": p.distribution, "version": p.version, "title": p.title,
         "method": p.method or None, "item_types": list(p.item_types), "status": p.status, "error": p.error or None}
        for p in plugins
    ]  # fmt: skip
    rows = [
        [p.name, p.version, p.method, p.title, ", ".join(p.item_types), p.error or p.status] for p in plugins
    ]
    OUT.listed("Plugins", ["name", "version", "method", "title", "item types", "status"], rows, data)


@plugins_app.command("check")
def plugins_check(
    name: Annotated[Optional[str], typer.Argument(help="Only this plugin.")] = None,  # noqa: UP045
    as_json: Json = False,
) -> None:
    """Load and lint plugins, each with the methods that it requires, and with and without those that it extends."""
    from placet.catalog.discovery import Registry
    from placet.catalog.examination import examined

    OUT.as_json = as_json
    findings = examined(Registry.discover(_settings().disabled_plugins), name)
    rows = [
        [f.severity, f"{f.where} ({f.place})" if f.place else f.where, f.message, f.remedy] for f in findings
    ]
    data = [
        {"severity": f.severity, "code": f.code, "where": f.where, "place": f.place or None, "message": f.message,
         "remedy": f.remedy}
        for f in findings
    ]  # fmt: skip
    OUT.table("Findings", ["severity", "where", "what", "what to do"], rows, data)
    if any(f.severity == "error" for f in findings):
        raise typer.Exit(1)


@app.command()
def check(workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Lint every method set in use; list stranded items, loosened rules, vacant roles and jobs that failed."""
    from placet.cli.findings import document, found_in, rows_of

    OUT.as_json = as_json
    found = found_in(_application().engine, workspace)
    OUT.table(
        "Findings", ["severity", "workspace", "where", "what", "what to do"], rows_of(found), document(found)
    )
    if any(finding.severity == "error" for place in found for finding in place.findings):
        raise typer.Exit(1)


@workflow_app.command("list")
def workflow_list(as_json: Json = False) -> None:
    """Every workflow of every method."""
    from placet.catalog.discovery import Registry

    OUT.as_json = as_json
    methods = Registry.discover(_settings().disabled_plugins).methods.values()
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
    id: Annotated[str, typer.Argument(help="Id, such as itil.change.")],
    workspace: WorkspaceOption = None,
    format: Annotated[str, typer.Option(help="table, mermaid, svg or scxml.")] = "table",
    as_json: Json = False,
) -> None:
    """A workflow: as its method defines it, or as a workspace composes it."""
    from placet.cli.workflows import composed, drawn

    OUT.as_json = as_json
    document = composed(_settings(), id, workspace)
    if format != "table":
        OUT.line(drawn(document, format))
        return
    rows = [
        [
            t["name"],
            ", ".join(t["from"]),
            t["to"],
            ", ".join(t["roles"]),
            ", ".join(g["id"] for g in t["gates"]),
        ]
        for t in document["transitions"]
    ]
    OUT.table(f"{id}", ["transition", "from", "to", "who may", "gates"], rows, document)


# Items


FieldOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--field", help="NAME=VALUE; VALUE may be JSON; may be repeated."),
]


@item_app.command("create")
def item_create(
    workspace: Annotated[str, typer.Argument(help="Key of the workspace.")],
    type: Annotated[str, typer.Argument(help="Item type, such as itil.change.")],
    title: Annotated[str, typer.Argument(help="Title.")],
    field: FieldOption = None,
    parent: Annotated[Optional[str], typer.Option(help="Key of the parent.")] = None,  # noqa: UP045
    state: Annotated[Optional[str], typer.Option(help="A later state to begin in, if allowed.")] = None,  # noqa: UP045
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Make an item."""
    OUT.as_json = as_json
    body = {"workspace": workspace, "type": type, "title": title, "fields": values_of(field)}
    if parent is not None:
        body["parent"] = parent
    if state is not None:
        body["state"] = state
    made = _call("POST", "items", actor=actor, body=body)
    OUT.say(f"{made['key']} is {made['state']}", made)


@item_app.command("show")
def item_show(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")], actor: As = None, as_json: Json = False
) -> None:
    """An item with its fields."""
    OUT.as_json = as_json
    item = _call("GET", "items", key, actor=actor)
    rows = [
        [name, item[name]] for name in ("key", "type", "title", "state", "version", "parent", "updated_at")
    ]
    rows += [[name, value] for name, value in item["fields"].items()]
    OUT.table(item["title"], ["field", "value"], rows, item)


@item_app.command("list")
def item_list(
    workspace: WorkspaceOption = None,
    type: Annotated[Optional[str], typer.Option(help="Item type.")] = None,  # noqa: UP045
    state: Annotated[Optional[str], typer.Option(help="State.")] = None,  # noqa: UP045
    limit: Limit = None,
    everything: All = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Items, in order of key, and how many there are."""
    OUT.as_json = as_json
    params = {"workspace": workspace, "type": type, "state": state}
    counted = {**params, "limit": 500 if everything else limit or PAGE, "include": "total"}
    page = _call("GET", "items", actor=actor, params=counted)
    while everything and page["next_cursor"] is not None:
        more = _call(
            "GET", "items", actor=actor, params={**params, "limit": 500, "cursor": page["next_cursor"]}
        )
        page = {**page, "items": page["items"] + more["items"], "next_cursor": more["next_cursor"]}
    rows = [[i["key"], i["type"], i["state"], i["title"]] for i in page["items"]]
    OUT.listed("Items", ["key", "type", "state", "title"], rows, page, total=page["total"])


@item_app.command("edit")
def item_edit(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")],
    field: FieldOption = None,
    title: Annotated[Optional[str], typer.Option(help="Another title.")] = None,  # noqa: UP045
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Change title and fields."""
    OUT.as_json = as_json
    body: dict[str, Any] = {"fields": values_of(field)}
    if title is not None:
        body["title"] = title
    item = _call("PATCH", "items", key, actor=actor, body=body)
    OUT.say(f"{key} is at version {item['version']}", item)


@app.command()
def transitions(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")], actor: As = None, as_json: Json = False
) -> None:
    """What can be done with an item, and what stands in the way."""
    OUT.as_json = as_json
    found = _call("GET", "items", key, "transitions", actor=actor)
    rows = [
        [t["name"], t["to"], "yes" if t["allowed"] else "", "\n".join(b["message"] for b in t["blockers"])]
        for t in found["transitions"]
    ]
    OUT.table(f"{key} is {found['state']}", ["transition", "to", "allowed", "in the way"], rows, found)


@app.command()
def move(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")],
    transition: Annotated[str, typer.Argument(help="Name of the transition.")],
    field: FieldOption = None,
    comment: Annotated[str, typer.Option(help="Why.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Move an item, or say everything that stands in the way."""
    OUT.as_json = as_json
    body = {"transition": transition, "fields": values_of(field), "comment": comment}
    params = {"dry_run": "true"} if dry_run else None
    moved = _call("POST", "items", key, "transitions", actor=actor, body=body, params=params)
    OUT.say(f"{key} {'would be' if dry_run else 'is'} {moved['item']['state']}", moved)


@app.command()
def history(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")], actor: As = None, as_json: Json = False
) -> None:
    """Everything that happened to an item."""
    OUT.as_json = as_json
    events: list[Any] = []
    after: str | None = None
    while True:
        page = _call("GET", "items", key, "history", actor=actor, params={"after": after, "limit": 500})
        events += page["events"]
        after = page["next_cursor"]
        if after is None:
            break
    rows = [
        [e["seq"], e["at"], e["actor"], e["kind"], e["transition"], e["to_state"], e["comment"]]
        for e in events
    ]
    OUT.table(key, ["no.", "at", "who", "what", "transition", "to", "comment"], rows, {"events": events})


@audit_app.command("verify")
def audit_verify(workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Recompute every hash of every history."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    audit = _application().engine.reports.verify(SYSTEM_ACTOR, workspace)
    bad = audit.first_bad
    data = {
        "ok": audit.ok,
        "events": audit.events,
        "first_bad": bad and {"key": bad.key, "seq": bad.seq, "event": bad.event, "reason": bad.reason},
    }
    text = (
        f"{audit.events} events, all intact" if bad is None else f"{bad.key}, event {bad.seq}: {bad.reason}"
    )
    OUT.say(text, data)
    if not audit.ok:
        raise typer.Exit(1)


# Exchange


app.command()(exchange.export)
app.command()(exchange.replay)
