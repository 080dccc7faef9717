"""People and service accounts, their tokens and delegations."""

from __future__ import annotations

from fastapi import APIRouter

from placet.api.dependencies import (
    ActorPath,
    CurrentActor,
    CurrentAdministrator,
    CurrentEngine,
    CurrentToken,
    DelegationPath,
    TokenPath,
    me,
)
from placet.api.models.base import PAGE, ActorId, Limit
from placet.api.models.people import (
    Actor,
    Actors,
    Delegation,
    Delegations,
    IssuedToken,
    Me,
    NewActor,
    NewDelegation,
    NewToken,
    Token,
)
from placet.api.problems import refused_with
from placet.api.routing import Route

router = APIRouter(tags=["People"], route_class=Route)


@router.post("/actors", operation_id="add_actor", status_code=201, responses=refused_with(409))
def add_actor(wish: NewActor, actor: CurrentAdministrator, engine: CurrentEngine) -> Actor:
    """Add a person or a service account."""
    added = engine.people.add(
        actor, id=wish.id, name=wish.name, email=wish.email, kind=wish.kind, admin=wish.admin
    )
    return Actor.model_validate(added)


@router.get("/actors", operation_id="list_actors")
def list_actors(
    actor: CurrentActor, engine: CurrentEngine, limit: Limit = PAGE, cursor: ActorId | None = None
) -> Actors:
    """List all actors, in order of id."""
    page = engine.people.find(actor, after=cursor, limit=limit)
    return Actors.model_validate({"actors": page.rows, "next_cursor": page.next_cursor})


@router.get("/me", operation_id="get_me")
def get_me(actor: CurrentActor, token: CurrentToken, engine: CurrentEngine) -> Me:
    """Read who you are, with your scopes and roles."""
    held = {
        place.key: [role for role, people in place.roles.items() if actor.id in people]
        for place in engine.workspaces.all(actor)
    }
    found = Actor.model_validate(actor).model_dump()
    return Me.model_validate({**found, "scopes": token.scopes, "workspaces": held})


@router.post(
    "/actors/{id}/tokens", operation_id="issue_token", status_code=201,
    response_description="The token, which is shown only once.",
)  # fmt: skip
def issue_token(
    id: ActorPath, wish: NewToken, actor: CurrentActor, token: CurrentToken, engine: CurrentEngine
) -> IssuedToken:
    """Issue a token: for yourself (`me`), or as an administrator for anybody. Its scopes cannot exceed yours."""
    secret, issued = engine.people.issue_token(
        actor, me(actor, id) or id, name=wish.name, expires_at=wish.expires_at, scopes=wish.scopes or token.scopes,
        held=token.scopes,
    )  # fmt: skip
    return IssuedToken(token=secret, **Token.model_validate(issued).model_dump())


@router.delete("/tokens/{id}", operation_id="revoke_token", status_code=204, response_description="Revoked.")
def revoke_token(id: TokenPath, actor: CurrentActor, engine: CurrentEngine) -> None:
    """Revoke one of your tokens, or as an administrator any token."""
    engine.people.revoke_token(actor, id)


@router.post("/delegations", operation_id="delegate", status_code=201, responses=refused_with(404))
def delegate(wish: NewDelegation, actor: CurrentActor, engine: CurrentEngine) -> Delegation:
    """Delegate your own vote for a while, from now on, to somebody with a role in the same workspace."""
    delegation = engine.delegations.create(
        actor, from_actor=wish.from_actor, to_actor=wish.to_actor, starts_at=wish.starts_at, ends_at=wish.ends_at,
        roles=wish.roles, workspace=wish.workspace,
    )  # fmt: skip
    return Delegation.model_validate(delegation)


@router.delete(
    "/delegations/{id}", operation_id="revoke_delegation", status_code=204, response_description="Revoked.",
    responses=refused_with(404, 409),
)  # fmt: skip
def revoke_delegation(id: DelegationPath, actor: CurrentActor, engine: CurrentEngine) -> None:
    """Take back a delegation that you gave, or give back one that you have; administrators may end any."""
    engine.delegations.revoke(actor, id)


@router.get("/delegations", operation_id="list_delegations")
def list_delegations(actor: CurrentActor, engine: CurrentEngine) -> Delegations:
    """List delegations from and to you; administrators see all."""
    return Delegations.model_validate({"delegations": engine.delegations.find(actor)})
