"""`placet audit`: whether the record is intact."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from placet.cli.installation import application
from placet.cli.options import Json, WorkspaceOption
from placet.cli.output import OUT

#: Events read at a time.
_BATCH = 500

audit_app = typer.Typer(help="The record, and whether it is intact.", no_args_is_help=True)


@audit_app.command("verify")
def audit_verify(workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Recompute every hash of every history."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    audit = application().engine.reports.verify(SYSTEM_ACTOR, workspace)
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


@audit_app.command("installation")
def audit_installation(
    kind: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--kind", help="Only events of this kind, such as token_issued; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the installation's own history: actors, tokens, delegations, webhooks, plugins and restored backups."""
    from placet.engine.act.event_document import event_document
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    engine = application().engine
    found: list[Any] = []
    after: str | None = None
    while True:
        page = engine.installation.events(SYSTEM_ACTOR, kinds=kind or (), after=after, limit=_BATCH)
        found += page.rows
        after = page.next_cursor
        if len(page.rows) < _BATCH:
            break
    about = ("person", "token", "invitation", "delegation", "webhook", "delivery", "epoch")
    rows = [
        [e.seq, e.at, e.actor, e.kind, ", ".join(f"{n} {e.data[n]}" for n in about if n in e.data)]
        for e in found
    ]
    data = [event_document(each) for each in found]
    OUT.listed("The installation", ["number", "at", "actor", "kind", "about"], rows, data, total=len(found))
