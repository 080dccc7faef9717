"""`placet item`, `transitions`, `move`, `history` and `thread`: the main job, by the REST contract."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from placet.cli.calling import call
from placet.cli.options import PAGE, All, As, Json, Limit, WorkspaceOption, values_of
from placet.cli.output import OUT

item_app = typer.Typer(help="Work items.", no_args_is_help=True)

FieldOption = Annotated[
    list[str] | None,
    typer.Option("--field", help="NAME=VALUE; VALUE may be JSON; may be repeated."),
]


@item_app.command("create")
def item_create(
    workspace: Annotated[str, typer.Argument(help="Key of the workspace.")],
    type: Annotated[str, typer.Argument(help="Item type, METHOD.NAME.")],
    title: Annotated[str, typer.Argument(help="Title.")],
    field: FieldOption = None,
    parent: Annotated[str | None, typer.Option(help="Key of the parent.")] = None,
    state: Annotated[str | None, typer.Option(help="A later state to begin in, if allowed.")] = None,
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
    made = call("POST", "items", actor=actor, body=body)
    OUT.say(f"{made['key']} is {made['state']}", made)


@item_app.command("show")
def item_show(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")], actor: As = None, as_json: Json = False
) -> None:
    """An item with its fields."""
    OUT.as_json = as_json
    item = call("GET", "items", key, actor=actor)
    rows = [
        [name, item[name]] for name in ("key", "type", "title", "state", "version", "parent", "updated_at")
    ]
    OUT.table(item["title"], ["what", "value"], rows, item)
    fields = [[name, value] for name, value in item["fields"].items()]
    fields += [
        [f"{name} (formerly of {former['method'] or 'an unknown method'})", former["value"]]
        for name, former in item["former_fields"].items()
    ]
    if fields and not as_json:
        # Apart from the item itself: a field may have the same name as one of its parts.
        OUT.table("Fields", ["field", "value"], fields, None)


@item_app.command("list")
def item_list(
    workspace: WorkspaceOption = None,
    type: Annotated[str | None, typer.Option(help="Item type.")] = None,
    state: Annotated[str | None, typer.Option(help="State.")] = None,
    limit: Limit = None,
    everything: All = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Items, in order of key, and how many there are."""
    OUT.as_json = as_json
    params = {"workspace": workspace, "type": type, "state": state}
    counted = {**params, "limit": 500 if everything else limit or PAGE, "include": "total"}
    page = call("GET", "items", actor=actor, params=counted)
    while everything and page["next_cursor"] is not None:
        more = call(
            "GET", "items", actor=actor, params={**params, "limit": 500, "cursor": page["next_cursor"]}
        )
        page = {**page, "items": page["items"] + more["items"], "next_cursor": more["next_cursor"]}
    rows = [[i["key"], i["type"], i["state"], i["title"]] for i in page["items"]]
    OUT.listed("Items", ["key", "type", "state", "title"], rows, page, total=page["total"])


@item_app.command("edit")
def item_edit(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")],
    field: FieldOption = None,
    title: Annotated[str | None, typer.Option(help="Another title.")] = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Change title and fields."""
    OUT.as_json = as_json
    body: dict[str, Any] = {"fields": values_of(field)}
    if title is not None:
        body["title"] = title
    item = call("PATCH", "items", key, actor=actor, body=body)
    OUT.say(f"{key} is at version {item['version']}", item)


def transitions(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")], actor: As = None, as_json: Json = False
) -> None:
    """Available transitions of an item, and their blockers."""
    OUT.as_json = as_json
    found = call("GET", "items", key, "transitions", actor=actor)
    rows = [
        [
            t["name"],
            t["to"],
            "yes" if t["allowed"] else "",
            ", ".join(t["fields_schema"].get("required", ())),
            "\n".join(b["message"] for b in t["blockers"]),
        ]
        for t in found["transitions"]
    ]
    OUT.table(f"{key} is {found['state']}", ["transition", "to", "allowed", "needs", "blockers"], rows, found)


def move(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")],
    transition: Annotated[str, typer.Argument(help="Name of the transition.")],
    field: FieldOption = None,
    comment: Annotated[str, typer.Option(help="Why.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Move an item, or show every blocker."""
    OUT.as_json = as_json
    body = {"transition": transition, "fields": values_of(field), "comment": comment}
    params = {"dry_run": "true"} if dry_run else None
    moved = call("POST", "items", key, "transitions", actor=actor, body=body, params=params)
    OUT.say(f"{key} {'would be' if dry_run else 'is'} {moved['item']['state']}", moved)


def history(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")], actor: As = None, as_json: Json = False
) -> None:
    """Everything that happened to an item."""
    OUT.as_json = as_json
    events: list[Any] = []
    after: str | None = None
    while True:
        page = call("GET", "items", key, "history", actor=actor, params={"after": after, "limit": 500})
        events += page["events"]
        after = page["next_cursor"]
        if after is None:
            break
    rows = [
        [e["seq"], e["at"], e["actor"], e["kind"], e["transition"], e["to_state"], e["comment"]]
        for e in events
    ]
    OUT.table(key, ["no.", "at", "who", "what", "transition", "to", "comment"], rows, {"events": events})


def thread(
    key: Annotated[str, typer.Argument(help="Key, such as OPS-12.")], actor: As = None, as_json: Json = False
) -> None:
    """Everything that happened to an item and to all that is connected to it, in the order of the log."""
    OUT.as_json = as_json
    events: list[Any] = []
    items: dict[str, Any] = {}
    cursor: str | None = None
    while True:
        page = call("GET", "items", key, "thread", actor=actor, params={"cursor": cursor, "limit": 500})
        events += page["events"]
        items |= {each["key"]: each for each in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            break
    rows = [
        [e["at"], e["item"], e["actor"], e["kind"], e["transition"], e["to_state"], e["comment"]]
        for e in events
    ]
    whole = {
        "items": list(items.values()),
        "events": events,
        **{n: page[n] for n in ("connected", "hidden", "complete")},
    }
    OUT.table(
        f"{key} and what is connected to it (items: {page['connected']})",
        ["at", "item", "who", "what", "transition", "to", "comment"],
        rows,
        whole,
    )
    if not page["complete"]:
        OUT.note("this is not all: there are too many items, or a change of rules is still being followed")
    if page["hidden"]:
        OUT.note(f"items left out, as you may not see them: {page['hidden']}")
