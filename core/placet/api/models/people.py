"""Models of people, service accounts, tokens and delegations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

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
from placet.definitions.context import ApprovalStatus, Decision
from placet.engine.act import people

_AUDITOR = "Reads everything in all workspaces, and writes nothing."

MailAddress = Annotated[
    str,
    shaped(
        r"^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$",
        "'{given}' is not a mail address, such as maya@example.org",
        max_length=254,
    ),
]


class NewActor(Body):
    """A person or a service account to be added."""

    id: ActorId
    name: Label
    email: MailAddress | None = None
    kind: Literal["person", "service"] = "person"
    admin: bool = False
    auditor: Annotated[bool, Field(description=_AUDITOR)] = False


class ActorPatch(Body):
    """Changes of an actor; members that are left out stay as they are."""

    name: Label | None = None
    email: MailAddress | None = None
    admin: bool | None = None
    auditor: Annotated[bool | None, Field(description=_AUDITOR)] = None


class DeactivationWish(Body):
    """The reason why an actor is switched off."""

    comment: Annotated[str, StringConstraints(max_length=10_000)] = ""


class ActorErasure(Body):
    """The extent of an erasure."""

    comments: Annotated[
        bool, Field(description="Whether the person's comments are erased too, besides name and address.")
    ] = False


class Redemption(Body):
    """The code of an invitation, and the purpose of the new token."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    name: Label = "invitation"


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
    auditor: Annotated[bool, Field(description=_AUDITOR)]
    deactivated_at: Annotated[
        Moment | None, Field(description="Since when it is switched off; null while in use.")
    ]
    erased_at: Annotated[Moment | None, Field(description="When name and address were erased.")]


class Actors(Paged):
    """A page of the people."""

    actors: list[Actor]


class Me(Actor):
    """The actor of the request, with their scopes and roles."""

    scopes: list[Scope]
    workspaces: Annotated[dict[str, list[str]], Field(description="The roles held, by workspace.")]

    @classmethod
    def of(cls, actor: people.Actor, token: people.Token, places: Iterable[people.WorkspaceRecord]) -> Me:
        """An actor with the scopes of their token, and the roles that they hold in workspaces."""
        held = {
            place.key: [role for role, holders in place.roles.items() if actor.id in holders]
            for place in places
        }
        found = Actor.model_validate(actor).model_dump()
        return cls.model_validate({**found, "scopes": token.scopes, "workspaces": held})


class Token(Answer):
    """A token, without its secret."""

    id: str
    actor: ActorId
    name: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    issued_by: Annotated[
        str | None,
        Field(description="Who made it for the actor, who cannot decide with it; null for the actor's own."),
    ]


class Tokens(Answer):
    """The tokens of an actor, the newest first."""

    tokens: list[Token]


class IssuedToken(Token):
    """A token; `token` is shown only once."""

    token: str


class Invitation(Answer):
    """A code for a token of one's own; it is shown only once."""

    code: str
    expires_at: Moment


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


class GivenUp(Answer):
    """A role in a workspace that somebody held."""

    workspace: str
    role: str
    vacant: Annotated[bool, Field(description="Whether nobody else holds it.")]


class StandingVote(Answer):
    """A vote that still counts."""

    item: str
    approval: str
    decision: Decision
    at: Moment
    status: Annotated[ApprovalStatus, Field(description="`pending` or `granted`.")]
    on_behalf_of: str | None


class Waiting(Answer):
    """An open item that waited for somebody."""

    item: str
    approvals: Annotated[list[str], Field(description="Approvals that asked for their vote.")]
    confirmations: Annotated[list[str], Field(description="Confirmations that they were asked for.")]
    asks: Annotated[list[str], Field(description="Checks that they were asked to clear.")]
    roles: Annotated[list[str], Field(description="Roles that they held on the item itself.")]
    assigned: bool
    noted: Annotated[
        bool, Field(description="Whether an event of the item notifies those who can name somebody else.")
    ]


class Departure(Answer):
    """The tokens, delegations and roles that ended with a deactivation, and what is left to do."""

    actor: Actor
    tokens: Annotated[list[str], Field(description="Ids of the tokens that ended.")]
    delegations: list[Delegation]
    roles: list[GivenUp]
    votes: Annotated[list[StandingVote], Field(description="Votes of theirs that still count.")]
    waiting: list[Waiting]


class KeptComment(Answer):
    """An event with a comment that was not erased with its author."""

    key: Annotated[
        str,
        Field(description="The item; for events of a workspace's own history its key, or `installation`."),
    ]
    event: Annotated[str, Field(description="The event's id.")]


class ErasedActor(Answer):
    """The result of an erasure."""

    actor: Actor
    events: Annotated[int, Field(ge=0, description="Events whose comments were erased.")]
    kept: Annotated[
        list[KeptComment],
        Field(
            description="Events that keep a comment, since its digest covers content of the item too, or two people "
            "erase in its workspace: erase their texts one by one.",
        ),
    ]


class Delegations(Answer):
    """Delegations."""

    delegations: list[Delegation]
