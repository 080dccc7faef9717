"""Models of people, service accounts, tokens and delegations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from placet.api.models.base import (
    ActorId,
    Answer,
    Body,
    Label,
    Moment,
    Names,
    Paged,
    Scope,
    Time,
    WorkspaceKey,
)
from placet.api.models.patterns import shaped


class NewActor(Body):
    """A person or a service account to be added."""

    id: ActorId
    name: Label
    email: (
        Annotated[
            str,
            shaped(
                r"^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$",
                "'{given}' is not a mail address, such as maya@example.org",
                max_length=254,
            ),
        ]
        | None
    ) = None
    kind: Literal["person", "service"] = "person"
    admin: bool = False


class NewToken(Body):
    """A token to be issued; by default its scopes are those of the token of the request."""

    name: Label
    expires_at: Time | None = None
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)] | None = None


class NewDelegation(Body):
    """A right to vote for somebody, for a while."""

    from_actor: ActorId
    to_actor: ActorId
    starts_at: Annotated[Time | None, Field(description="Now, unless it is given; not in the past.")] = None
    ends_at: Annotated[
        Time, Field(description="No later than the workspace's `longest_delegation` after the start.")
    ]
    roles: Names = Field(default_factory=list)
    workspace: WorkspaceKey | None = None


class Actor(Answer):
    """A person or a service account."""

    id: str
    name: str
    email: str | None
    kind: Literal["person", "service", "system"]
    admin: bool
    created_at: Moment | None


class Actors(Paged):
    """A page of the people."""

    actors: list[Actor]


class Me(Actor):
    """The actor of the request, with their scopes and roles."""

    scopes: list[Scope]
    workspaces: Annotated[dict[str, list[str]], Field(description="The roles held, by workspace.")]


class Token(Answer):
    """A token, without its secret."""

    id: str
    actor: ActorId
    name: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None


class IssuedToken(Token):
    """A token; `token` is shown only once."""

    token: str


class Delegation(Answer):
    """One person's right to vote for another for a while."""

    id: str
    from_actor: str
    to_actor: str
    starts_at: Moment
    ends_at: Moment
    roles: list[str]
    workspace: str | None
    created_by: str
    created_at: Moment | None
    revoked_at: Moment | None
    revoked_by: str | None


class Delegations(Answer):
    """Delegations."""

    delegations: list[Delegation]
