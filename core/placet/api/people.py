"""People and service accounts, their tokens and delegations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from placet.api.dependencies import (
    ActorPath,
    CurrentActor,
    CurrentAdministrator,
    CurrentEngine,
    CurrentToken,
    DelegationPath,
    TokenPath,
)
from placet.api.models.base import PAGE, ActorId, Limit
from placet.api.models.people import (
    Actor,
    ActorErasure,
    ActorPatch,
    Actors,
    DeactivationWish,
    Delegation,
    Delegations,
    Departure,
    ErasedActor,
    Invitation,
    IssuedToken,
    Me,
    NewActor,
    NewDelegation,
    NewToken,
    Redemption,
    Token,
    Tokens,
)
from placet.api.models.proposals import PROPOSED, proposed
from placet.api.problems import refused_with
from placet.api.routing import OpenRoute, Route
from placet.engine.act.proposals import Proposal

router = APIRouter(tags=["People"], route_class=Route)
#: An operation for people who have no token yet.
open_router = APIRouter(tags=["People"], route_class=OpenRoute)


@router.post("/actors", operation_id="add_actor", status_code=201, responses=refused_with(409))
def add_actor(wish: NewActor, actor: CurrentAdministrator, engine: CurrentEngine) -> Actor:
    """Add a person or a service account."""
    added = engine.people.add(
        actor, id=wish.id, name=wish.name, email=wish.email, kind=wish.kind, admin=wish.admin, auditor=wish.auditor
    )  # fmt: skip
    return Actor.model_validate(added)


@router.patch(
    "/actors/{id}", operation_id="change_actor", response_model=Actor, response_description="The actor, changed.",
    responses={**PROPOSED, **refused_with(409)},
)  # fmt: skip
def change_actor(
    id: ActorPath, wish: ActorPatch, actor: CurrentAdministrator, engine: CurrentEngine
) -> Actor | JSONResponse:
    """Change an actor's name or address, or whether they administer or audit the installation.

    Where two administrators give an office, it becomes a proposal of the installation, which another one decides.
    """
    changed = engine.people.change(
        actor, id, name=wish.name, email=wish.email, admin=wish.admin, auditor=wish.auditor
    )
    return proposed(changed) if isinstance(changed, Proposal) else Actor.model_validate(changed)


@router.post("/actors/{id}/deactivation", operation_id="deactivate_actor", responses=refused_with(409))
def deactivate_actor(
    id: ActorPath, actor: CurrentAdministrator, engine: CurrentEngine, wish: DeactivationWish | None = None
) -> Departure:
    """Switch an actor off: tokens, invitations, delegations and roles end in one step.

    The answer lists what ended, which roles are vacant now, which of their votes still count, and which items waited
    for them. Each of these items gets an event, which notifies those who can name somebody else.
    """
    comment = "" if wish is None else wish.comment
    return Departure.model_validate(engine.departures.deactivate(actor, id, comment=comment))


@router.delete("/actors/{id}/deactivation", operation_id="reactivate_actor", responses=refused_with(409))
def reactivate_actor(id: ActorPath, actor: CurrentAdministrator, engine: CurrentEngine) -> Actor:
    """Switch an actor on again. They get a token by an invitation; offices, roles and delegations are given anew."""
    return Actor.model_validate(engine.departures.reactivate(actor, id))


@router.post(
    "/actors/{id}/erasure", operation_id="erase_actor", response_model=ErasedActor,
    response_description="The actor, erased.", responses={**PROPOSED, **refused_with(409)},
)  # fmt: skip
def erase_actor(
    id: ActorPath, actor: CurrentAdministrator, engine: CurrentEngine, wish: ActorErasure | None = None
) -> ErasedActor | JSONResponse:
    """Erase the name and address of an actor who is switched off, and on request their comments.

    This cannot be undone. Their id stays, and every chain still verifies. Where two administrators erase a person, it
    becomes a proposal of the installation, which another one decides.
    """
    comments = wish is not None and wish.comments
    erased = engine.departures.erase(actor, id, comments=comments)
    return proposed(erased) if isinstance(erased, Proposal) else ErasedActor.model_validate(erased)


@router.get("/actors", operation_id="list_actors")
def list_actors(
    actor: CurrentActor,
    engine: CurrentEngine,
    limit: Limit = PAGE,
    cursor: Annotated[ActorId | None, Query(description="`next_cursor` of the previous page.")] = None,
) -> Actors:
    """List all actors, in order of id."""
    page = engine.people.find(actor, after=cursor, limit=limit)
    return Actors.model_validate({"actors": page.rows, "next_cursor": page.next_cursor})


@router.get("/me", operation_id="get_me")
def get_me(actor: CurrentActor, token: CurrentToken, engine: CurrentEngine) -> Me:
    """Read who you are, with your scopes and roles."""
    return Me.of(actor, token, engine.workspaces.all(actor))


@router.post(
    "/actors/{id}/tokens", operation_id="issue_token", status_code=201,
    response_description="The token, which is shown only once.", responses=refused_with(409),
)  # fmt: skip
def issue_token(
    id: ActorPath, wish: NewToken, actor: CurrentActor, token: CurrentToken, engine: CurrentEngine
) -> IssuedToken:
    """Issue a token: for yourself (`me`), or as an administrator for anybody.

    It has no scopes that yours has not, and does not end later. With a token that somebody else made, nobody votes,
    confirms or waives: invite people, so that they get their own.
    """
    secret, issued = engine.people.issue_token(
        actor, id, name=wish.name, expires_at=wish.expires_at, scopes=wish.scopes or token.scopes,
        maker=token,
    )  # fmt: skip
    return IssuedToken(token=secret, **Token.model_validate(issued).model_dump())


@router.get("/actors/{id}/tokens", operation_id="list_tokens")
def list_tokens(id: ActorPath, actor: CurrentActor, engine: CurrentEngine) -> Tokens:
    """List your tokens (`me`), or as an administrator anybody's: ended ones too, the newest first."""
    return Tokens.model_validate({"tokens": engine.people.tokens(actor, id)})


@router.post(
    "/actors/{id}/invitations", operation_id="invite_actor", status_code=201,
    response_description="The code, which is shown only once.", responses=refused_with(409),
)  # fmt: skip
def invite_actor(id: ActorPath, actor: CurrentAdministrator, engine: CurrentEngine) -> Invitation:
    """Make a code by which somebody gets a token of their own. It can be used once, within seven days.

    An earlier code of the same person is not valid any more.
    """
    code, invitation = engine.people.invite(actor, id)
    return Invitation(code=code, expires_at=invitation.expires_at)


@open_router.post(
    "/tokens", operation_id="redeem_invitation", status_code=201,
    response_description="Your token, which is shown only once.", responses=refused_with(403, 409),
)  # fmt: skip
def redeem_invitation(wish: Redemption, engine: CurrentEngine) -> IssuedToken:
    """Exchange the code of an invitation for a token of your own, with every scope that you can use.

    Your own tokens of before end.
    """
    secret, issued = engine.people.redeem(wish.code, name=wish.name)
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
