"""`placet actor` and `placet token`: people, service accounts, and their tokens."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from placet.cli.installation import application
from placet.cli.options import PAGE, All, Json, Limit
from placet.cli.output import OUT

actor_app = typer.Typer(help="People and service accounts.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens for the API.", no_args_is_help=True)


@actor_app.command("add")
def actor_add(
    id: Annotated[str, typer.Argument(help="Id, such as carl.")],
    name: Annotated[Optional[str], typer.Option(help="Full name.")] = None,  # noqa: UP045
    email: Annotated[Optional[str], typer.Option(help="Mail address.")] = None,  # noqa: UP045
    admin: Annotated[bool, typer.Option("--admin", help="May administer.")] = False,
    service: Annotated[
        bool, typer.Option("--service", help="A service account instead of a person.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add somebody."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    opened = application()
    kind = "service" if service else "person"
    made = opened.engine.people.add(SYSTEM_ACTOR, id=id, name=name or id, email=email, kind=kind, admin=admin)
    OUT.say(f"added {made.id}", {"id": made.id, "name": made.name, "kind": made.kind, "admin": made.admin})


@actor_app.command("list")
def actor_list(limit: Limit = None, everything: All = False, as_json: Json = False) -> None:
    """List people and service accounts, in order of id."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    engine = application().engine
    everybody: list[Any] = []
    after: str | None = None
    while True:
        page = engine.people.find(SYSTEM_ACTOR, after=after, limit=500)
        everybody += page.rows
        after = page.next_cursor
        if after is None:
            break
    # A program that reads JSON does not see the note about omitted rows, so that it gets all by default.
    people = everybody if everything or (as_json and limit is None) else everybody[: limit or PAGE]
    data = [{"id": a.id, "name": a.name, "email": a.email, "kind": a.kind, "admin": a.admin} for a in people]
    rows = [[a.id, a.name, a.email, a.kind, "yes" if a.admin else ""] for a in people]
    OUT.listed("Actors", ["id", "name", "mail", "kind", "administrator"], rows, data, total=len(everybody))


@token_app.command("create")
def token_create(
    actor: Annotated[str, typer.Argument(help="The actor of the token.")],
    name: Annotated[str, typer.Option(help="The purpose of the token.")] = "command line",
    expires_in: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--expires-in", help="ISO 8601 duration, such as P90D."),
    ] = None,
    scope: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--scope", help="read, write or admin; may be repeated."),
    ] = None,
) -> None:
    """Issue a token, and print nothing else."""
    from datetime import timedelta

    from pydantic import TypeAdapter, ValidationError

    from placet.engine.engine import SYSTEM_ACTOR
    from placet.engine.workspaces.tokens import SCOPES

    opened = application()
    expires = None
    if expires_in is not None:
        try:
            expires = opened.clock.now() + TypeAdapter(timedelta).validate_python(expires_in)
        except ValidationError:
            raise typer.BadParameter(f'"{expires_in}" is not a duration, such as P90D') from None
    secret, _ = opened.engine.people.issue_token(
        SYSTEM_ACTOR, actor, name=name, expires_at=expires, scopes=scope or SCOPES
    )
    OUT.line(secret)
