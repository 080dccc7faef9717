"""`placet actor` and `placet token`: people, service accounts, and their tokens."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placet.cli.installation import application
from placet.cli.options import PAGE, All, Json, Limit
from placet.cli.output import OUT, say_proposed

if TYPE_CHECKING:
    from placet.engine.act.people import Actor

Id = Annotated[str, typer.Argument(help="Id of the actor, such as carl.")]

actor_app = typer.Typer(help="People and service accounts.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens for the API.", no_args_is_help=True)


def _without(data: dict[str, Any], member: str) -> dict[str, Any]:
    """Data without a member that is not for people."""
    return {name: value for name, value in data.items() if name != member}


@actor_app.command("add")
def actor_add(
    id: Annotated[str, typer.Argument(help="Id, such as carl.")],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    email: Annotated[str | None, typer.Option(help="Mail address.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="May administer.")] = False,
    auditor: Annotated[
        bool, typer.Option("--auditor", help="Reads everything in all workspaces, and writes nothing.")
    ] = False,
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
    made = opened.engine.people.add(
        SYSTEM_ACTOR, id=id, name=name or id, email=email, kind=kind, admin=admin, auditor=auditor
    )
    OUT.say(f"added {made.id}", _described(made))


def _described(actor: Actor) -> dict[str, Any]:
    """An actor as JSON."""
    return _without(asdict(actor), "token_issued_by")


@actor_app.command("change")
def actor_change(
    id: Id,
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    email: Annotated[str | None, typer.Option(help="Mail address.")] = None,
    admin: Annotated[bool | None, typer.Option("--admin/--no-admin", help="May administer.")] = None,
    auditor: Annotated[
        bool | None,
        typer.Option(
            "--auditor/--no-auditor", help="Reads everything in all workspaces, and writes nothing."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change a name or an address, or who administers or audits the installation.

    Where two administrators give an office, it waits as a proposal for one of them, but for the second administrator:
    see placet actor decide.
    """
    from placet.engine.act.proposals import Proposal
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    engine = application().engine
    changed = engine.people.change(SYSTEM_ACTOR, id, name=name, email=email, admin=admin, auditor=auditor)
    if isinstance(changed, Proposal):
        say_proposed(changed)
    else:
        OUT.say(f"changed {changed.id}", _described(changed))


@actor_app.command("deactivate")
def actor_deactivate(
    id: Id,
    comment: Annotated[str, typer.Option(help="The reason, for the history.")] = "",
    as_json: Json = False,
) -> None:
    """Switch somebody off: tokens, invitations, delegations and roles end in one step."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    left = application().engine.departures.deactivate(SYSTEM_ACTOR, id, comment=comment)
    if as_json:
        OUT.json(asdict(left) | {"actor": _described(left.actor)})
        return
    OUT.line(
        f"switched off {id}: {len(left.tokens)} tokens and {len(left.delegations)} delegations ended; "
        f"{len(left.votes)} votes still count, and {len(left.waiting)} items waited for {id}"
    )
    for role in left.roles:
        OUT.line(f"  {role.role} in {role.workspace} {'is vacant' if role.vacant else 'has other holders'}")
    for vote in left.votes:
        OUT.line(f"  {vote.item}: {vote.decision} on {vote.approval}, which is {vote.status}")
    for waiting in left.waiting:
        OUT.line(f"  {waiting.item} waited for {id}")


@actor_app.command("reactivate")
def actor_reactivate(id: Id, as_json: Json = False) -> None:
    """Switch somebody on again; offices, roles and delegations are given anew."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    back = application().engine.departures.reactivate(SYSTEM_ACTOR, id)
    OUT.say(f"switched on {back.id}: give them a token with placet actor invite {back.id}", _described(back))


@actor_app.command("erase")
def actor_erase(
    id: Id,
    comments: Annotated[bool, typer.Option("--comments", help="Erase their comments too.")] = False,
    as_json: Json = False,
) -> None:
    """Erase the name and address of somebody who is switched off, for good; every chain still verifies.

    Where two administrators erase a person, it waits as a proposal for one of them: see placet actor decide.
    """
    from placet.engine.act.proposals import Proposal
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    erased = application().engine.departures.erase(SYSTEM_ACTOR, id, comments=comments)
    if isinstance(erased, Proposal):
        say_proposed(erased)
        return
    text = f"erased {id}, and the comments of {erased.events} events"
    if erased.kept:
        text += f"; {len(erased.kept)} events keep a comment, which is digested with content: erase them one by one"
        text += "".join(f"\n{each.key} {each.event}" for each in erased.kept)
    kept = [{"key": each.key, "event": each.event} for each in erased.kept]
    OUT.say(text, {"actor": id, "events": erased.events, "kept": kept})


@actor_app.command("invite")
def actor_invite(id: Id, as_json: Json = False) -> None:
    """Make a code by which somebody gets a token of their own, once, and print nothing else."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    code, invitation = application().engine.people.invite(SYSTEM_ACTOR, id)
    if as_json:
        OUT.json({"code": code, "expires_at": invitation.expires_at})
    else:
        OUT.line(code)


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
    rows = [[a.id, a.name, a.email, a.kind, _office(a)] for a in people]
    data = [_described(a) for a in people]
    OUT.listed("Actors", ["id", "name", "mail", "kind", "office"], rows, data, total=len(everybody))


def _office(actor: Actor) -> str:
    if actor.deactivated_at is not None:
        return "switched off"
    return "administrator" if actor.admin else "auditor" if actor.auditor else ""


@token_app.command("create")
def token_create(
    actor: Annotated[str, typer.Argument(help="The actor of the token.")],
    name: Annotated[str, typer.Option(help="The purpose of the token.")] = "command line",
    expires_in: Annotated[
        str | None,
        typer.Option("--expires-in", help="ISO 8601 duration, such as P90D."),
    ] = None,
    scope: Annotated[
        list[str] | None,
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


@token_app.command("list")
def token_list(actor: Id, as_json: Json = False) -> None:
    """List the tokens of an actor, ended ones too, the newest first."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    found = application().engine.people.tokens(SYSTEM_ACTOR, actor)
    rows = [
        [t.id, t.name, ", ".join(t.scopes), t.issued_by or "", t.expires_at or "", t.revoked_at or ""]
        for t in found
    ]
    data = [_without(asdict(each), "digest") for each in found]
    OUT.listed("Tokens", ["id", "name", "scopes", "made by", "ends", "revoked"], rows, data, total=len(found))


@token_app.command("revoke")
def token_revoke(id: Annotated[str, typer.Argument(help="Id of the token.")], as_json: Json = False) -> None:
    """Revoke a token."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    application().engine.people.revoke_token(SYSTEM_ACTOR, id)
    OUT.say(f"revoked {id}", {"id": id})
