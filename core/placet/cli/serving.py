"""`placet serve`, `worker` and `migrate`: running an installation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from placet.cli.collecting import loading
from placet.cli.installation import read_settings
from placet.cli.options import Json
from placet.cli.output import OUT


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demonstration organization once.")] = False,
    test_clock: Annotated[
        str | None,
        typer.Option("--test-clock", help="A sandbox whose own clock stands still at this moment."),
    ] = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave the background jobs to `placet worker`.")
    ] = False,
) -> None:
    """Serve the REST API and, on SQLite, run the background jobs. An empty SQLite database is migrated."""
    with loading():
        from placet.cli.serve import serve as run_server

    run_server(
        read_settings(), host=host, port=port, workers=workers, demo=demo, test_clock=_moment(test_clock),
        working=not no_worker,
    )  # fmt: skip


def worker() -> None:
    """Run background jobs: deliver events, notify people, fire timers. Any number of them on PostgreSQL."""
    with loading():
        from placet.app import build
        from placet.cli.work import work

        application = build(read_settings())
    work(application)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is not a moment, such as 2026-03-02T09:00:00Z') from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f'"{text}" has no time zone: write 2026-03-02T09:00:00Z')
    return moment


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only show whether it is needed.")] = False,
    restored: Annotated[
        bool,
        typer.Option(
            "--restored", help="The database comes from a backup: refuse former cursors of the log."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Upgrade the database schema to this version; refuses a newer one."""
    from placet.app import begin_epoch
    from placet.app import migrate as bring
    from placet.store import schema
    from placet.store.store import open_store

    OUT.as_json = as_json
    settings = read_settings()
    if check:
        store = open_store(settings.database_url)
        found, newest = schema.current(store.engine), schema.newest()
        store.close()
        state = f"the schema is at {found}, and this program needs {newest}"
        if found is None:
            state = f"the database is empty, and this program needs {newest}"
        text = "the schema is current" if found == newest else f"{state}: run placet migrate"
        OUT.say(text, {"current": found, "newest": newest})
        raise typer.Exit(0 if found == newest else 1)
    before, after = bring(settings)
    text = "the schema was current" if before == after else f"migrated from {before or 'nothing'} to {after}"
    document: dict[str, object] = {"before": before, "after": after}
    if restored:
        document["epoch"] = begin_epoch(settings)
        text += f", and the log is in epoch {document['epoch']}: its readers have to begin at the beginning"
    OUT.say(text, document)
