"""People and service accounts: who they are, their tokens, and who votes for whom."""

from __future__ import annotations

from starlette.responses import Response

from placet.api import shapes
from placet.api.forms import ActorsQuery, NewActor, NewDelegation, NewToken, NoForm, NoQuery
from placet.api.operations import Answer, Call, Operations, Plain, respond
from placet.api.registers import (
    ActorShape,
    ActorsShape,
    DelegationShape,
    DelegationsShape,
    IssuedTokenShape,
    MeShape,
)
from placet.engine.act.people import Token
from placet.errors import ForbiddenError

PEOPLE = Operations("People")


@PEOPLE.add("POST", "/actors", id="add_actor", scope="admin", answers={201: Answer(ActorShape)},
            problems=("conflict",))  # fmt: skip
async def add_actor(call: Call[NoQuery, NewActor]) -> Response:
    """Add a person or a service account."""
    form = call.form
    actor = await call.run(
        lambda: call.engine.people.add(
            call.actor, id=form.id, name=form.name, email=form.email, kind=form.kind, admin=form.admin
        )
    )
    return respond(shapes.actor(actor), 201)


@PEOPLE.add("GET", "/actors", id="list_actors", scope="read", answers={200: Answer(ActorsShape)})
async def list_actors(call: Call[ActorsQuery, NoForm]) -> Response:
    """List everybody, in order of id."""
    query = call.query
    page = await call.run(lambda: call.engine.people.find(call.actor, after=query.cursor, limit=query.limit))
    return respond(shapes.page("actors", [shapes.actor(each) for each in page.rows], page.next_cursor))


@PEOPLE.add("GET", "/me", id="get_me", scope="read", answers={200: Answer(MeShape)})
async def get_me(call: Plain) -> Response:
    """Tell who is asking, with which scopes, and in which roles."""
    found = await call.run(lambda: call.engine.workspaces.all(call.actor))
    held = {
        place.key: [role for role, people in place.roles.items() if call.actor.id in people]
        for place in found
    }
    return respond(shapes.actor(call.actor) | {"scopes": list(_token(call).scopes), "workspaces": held})


def _token(call: Plain | Call[NoQuery, NewToken]) -> Token:
    if call.token is None:
        raise RuntimeError("an operation with a scope was called without a token")
    return call.token


@PEOPLE.add("POST", "/actors/{id}/tokens", id="issue_token", scope="write",
            answers={201: Answer(IssuedTokenShape, "The token, shown this once.")})  # fmt: skip
async def issue_token(call: Call[NoQuery, NewToken]) -> Response:
    """Issue a token: for yourself (`me`), or as an administrator for anybody. It can do no more than yours."""
    form, own = call.form, _token(call).scopes
    actor = call.me(call.path["id"]) or call.actor.id
    scopes = tuple(form.scopes or own)
    wanted = [
        scope for scope in (*scopes, *(["admin"] if actor != call.actor.id else [])) if scope not in own
    ]
    if wanted:
        raise ForbiddenError(
            f"your token has the scopes {', '.join(own)}, and this needs {', '.join(dict.fromkeys(wanted))}",
            needs=[f"scope {scope}" for scope in dict.fromkeys(wanted)],
        )
    secret, token = await call.run(
        lambda: call.engine.people.issue_token(
            call.actor, actor, name=form.name, expires_at=form.expires_at, scopes=scopes
        )
    )
    return respond({"token": secret, **shapes.token(token)}, 201)


@PEOPLE.add("DELETE", "/tokens/{id}", id="revoke_token", scope="write",
            answers={204: Answer(None, "It is worthless now.")})  # fmt: skip
async def revoke_token(call: Plain) -> Response:
    """Make a token worthless: one of yours, or as an administrator any."""
    await call.run(lambda: call.engine.people.revoke_token(call.actor, call.path["id"]))
    return Response(status_code=204)


@PEOPLE.add("POST", "/delegations", id="delegate", scope="write", answers={201: Answer(DelegationShape)},
            problems=("not-found",))  # fmt: skip
async def delegate(call: Call[NoQuery, NewDelegation]) -> Response:
    """Let somebody vote for you for a while."""
    form = call.form
    delegation = await call.run(
        lambda: call.engine.delegations.create(
            call.actor, from_actor=form.from_actor, to_actor=form.to_actor, starts_at=form.starts_at,
            ends_at=form.ends_at, roles=form.roles, workspace=form.workspace,
        )
    )  # fmt: skip
    return respond(shapes.delegation(delegation), 201)


@PEOPLE.add(
    "GET", "/delegations", id="list_delegations", scope="read", answers={200: Answer(DelegationsShape)}
)
async def list_delegations(call: Plain) -> Response:
    """List delegations from and to you; administrators see all."""
    found = await call.run(lambda: call.engine.delegations.find(call.actor))
    return respond({"delegations": [shapes.delegation(each) for each in found]})
