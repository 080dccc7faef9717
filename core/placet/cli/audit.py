"""`placet audit`: whether the record is intact."""

from __future__ import annotations

import typer

from placet.cli.installation import application
from placet.cli.options import Json, WorkspaceOption
from placet.cli.output import OUT

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
