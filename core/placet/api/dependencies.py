"""Dependencies of operations: the actor, the engine, headers and paths.

A plugin's routes use `CurrentActor`, `CurrentEngine` and `CurrentWorkspace`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any

import anyio
from fastapi import Depends, Header, Path
from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from placet.api import bodies
from placet.api.access import Rates
from placet.api.bodies import BodyT
from placet.api.models.patterns import (
    ACTOR_PATTERN,
    NAME_PATTERN,
    SHA256_PATTERN,
    UUID_PATTERN,
    WORKSPACE_PATTERN,
    shaped,
)
from placet.api.mounted import Mounted
from placet.app import Application
from placet.definitions.items import ITEM_KEY_PATTERN
from placet.engine.act.access import ANY_VERSION
from placet.engine.act.people import Actor, Token, WorkspaceRecord
from placet.engine.engine import Engine
from placet.errors import NotFoundError
from placet.store import bridge

_TAG = re.compile(r'(?:W/)?"(0|[1-9][0-9]{0,17})"')

# The actor, and the application


async def current_actor(request: Request) -> Actor:
    """The actor; the route has checked their token."""
    actor: Actor = request.state.actor
    return actor


async def current_administrator(request: Request) -> Actor:
    """The actor, with a token that has the scope `admin`, which a route with this parameter requires."""
    actor: Actor = request.state.actor
    return actor


async def current_token(request: Request) -> Token:
    """The token of the request."""
    token: Token = request.state.token
    return token


async def current_application(request: Request) -> Application:
    """The wired application."""
    application: Application = request.app.state.application
    return application


async def current_rates(request: Request) -> Rates:
    """The rate limits of tokens."""
    rates: Rates = request.app.state.rates
    return rates


async def current_engine(request: Request) -> Engine:
    """The engine. A plain function may call its verbs; an `async` function has to run them on the bridge."""
    engine: Engine = request.app.state.application.engine
    return engine


async def current_mounted(request: Request) -> Mounted:
    """The operations of plugins, and those that are left out."""
    mounted: Mounted = request.app.state.mounted
    return mounted


#: Dependencies that only look into the request: a route answers them itself, at a fiftieth of what FastAPI takes.
OF_THE_REQUEST = frozenset(
    {
        current_actor,
        current_administrator,
        current_token,
        current_application,
        current_rates,
        current_mounted,
        current_engine,
    }
)


async def in_turn(request: Request) -> AsyncIterator[None]:
    """Wait for a turn for a long read; the turn ends before the answer is sent, however slow its reader is."""
    turns: anyio.Semaphore = request.app.state.exports
    async with turns:
        yield


@dataclass(frozen=True, slots=True)
class Sent:
    """A body that is not always JSON."""

    #: In small letters.
    media_type: str
    content: bytes

    def read_as(self, model: type[BodyT]) -> BodyT:
        """The JSON body as a model. Raises `InvalidError` and `MalformedError`."""
        return bodies.validated(bodies.parsed(self.content), model)


def CurrentBody(*media_types: str) -> Any:  # noqa: N802  # used in signatures like the others
    """The body, of one of these media types and within the limit of bodies: for `Annotated[Sent, ...]`."""

    async def current_body(request: Request) -> Sent:
        media = bodies.media_type(request)
        if media not in media_types:
            raise bodies.unsupported(media, " or ".join(media_types))
        application: Application = request.app.state.application
        return Sent(media, await bodies.content(request, application.settings.body_limit))

    return Depends(current_body)


#: One in so many of a pool's connections is for long reads; further ones wait for their turn.
SHARE = 4
#: For the `dependencies` of an operation with long reads.
InTurn = Depends(in_turn, scope="function")
#: The actor; the route has checked their token.
CurrentActor = Annotated[Actor, Depends(current_actor)]
CurrentAdministrator = Annotated[Actor, Depends(current_administrator)]
CurrentToken = Annotated[Token, Depends(current_token)]
CurrentRates = Annotated[Rates, Depends(current_rates)]
CurrentMounted = Annotated[Mounted, Depends(current_mounted)]
CurrentApplication = Annotated[Application, Depends(current_application)]
#: The engine, by which the actor acts.
CurrentEngine = Annotated[Engine, Depends(current_engine)]


@cache
def CurrentWorkspace(method: str) -> Any:  # noqa: N802  # used in signatures like the others
    """The workspace `ws` of the path, where a method is switched on: for `Annotated[Workspace, ...]`.

    When it is resolved, it raises `NotFoundError` if the actor may not see it, or if the method is switched off. It is
    one for each method, so that a test can override its `dependency`.
    """

    async def current_workspace(
        ws: WorkspacePath, actor: CurrentActor, application: CurrentApplication
    ) -> WorkspaceRecord:
        found = await bridge.run(application.store, partial(application.engine.workspaces.get, actor, ws))
        if method not in found.methods:
            raise NotFoundError(f"method of {ws}", method, found.methods)
        return found

    return Depends(current_workspace)


def me(actor: Actor, id: str | None) -> str | None:
    """An actor's id; `me` stands for the actor of the request."""
    return actor.id if id == "me" else id


# Headers


def _versions(sent: object) -> object:
    """The members of a list as RFC 9110 (13.1.1) has it, perhaps in several lines; empty ones mean nothing."""
    lines = [sent] if isinstance(sent, str) else sent
    if not isinstance(lines, list):
        return None
    members = [member.strip(" \t") for member in ",".join(map(str, lines)).split(",")]
    tags = [_TAG.fullmatch(member) for member in members if member]
    if members == ["*"]:
        return ANY_VERSION
    if not tags or None in tags:
        raise PydanticCustomError("version", 'it is not a version: send the ETag, such as "3"')
    return [int(tag[1]) for tag in tags if tag is not None]


#: The versions that a client has seen; `None` if it gives none.
IfMatch = Annotated[
    Sequence[int] | None,
    PlainValidator(_versions),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r'^((W/)?"(0|[1-9][0-9]{0,17})"(, ?(W/)?"(0|[1-9][0-9]{0,17})")*|\*)$',
        }
    ),
    Header(
        alias="If-Match",
        description="The version that you saw, as `ETag` gave it; several in a list, or `*` for any.",
        examples=['"3"'],
    ),
]
IdempotencyKey = Annotated[
    Annotated[
        str,
        shaped(
            r"^[\x21-\x7e]{1,255}$", "it is not an idempotency key: up to 255 visible characters of ASCII"
        ),
    ]
    | None,
    Header(
        alias="Idempotency-Key",
        description="The same key with the same request gives the same answer again, for at least 24 hours.",
        examples=["0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"],
    ),
]

# Paths. A text of another form names nothing; the engine answers with the nearest names.


def _path(pattern: str, description: str, example: str) -> Any:
    return Path(description=description, json_schema_extra={"pattern": pattern}, examples=[example])


ItemPath = Annotated[str, _path(ITEM_KEY_PATTERN, "Key of the item.", "OPS-12")]
TargetPath = Annotated[str, _path(ITEM_KEY_PATTERN, "Key of the item at the other end.", "OPS-7")]
#: The part `ws` of a path: the key of a workspace.
WorkspacePath = Annotated[str, _path(WORKSPACE_PATTERN, "Key of the workspace.", "OPS")]
RolePath = Annotated[str, _path(NAME_PATTERN, "Id of the role.", "acme.owner")]
LinkTypePath = Annotated[str, _path(NAME_PATTERN, "Id of the link type.", "acme.follows")]
CheckPath = Annotated[
    str, _path(NAME_PATTERN, "Id of the check, or `role` or `segregation`.", "acme.notice_given")
]
ApprovalPath = Annotated[str, _path(NAME_PATTERN, "Id of the approval.", "acme.consent")]
ConfirmationPath = Annotated[str, _path(NAME_PATTERN, "Id of the confirmation.", "acme.agreement")]
TypePath = Annotated[str, _path(NAME_PATTERN, "Id of the item type.", "acme.request")]
WorkflowPath = Annotated[
    str, _path(NAME_PATTERN, "Id of the workflow, which is its item type's.", "acme.request")
]
MetricPath = Annotated[str, _path(NAME_PATTERN, "Id of the metric.", "acme.success_rate")]


async def named_actor(
    id: Annotated[str, _path(ACTOR_PATTERN, "Id of the actor; `me` for yourself.", "maya")],
    actor: CurrentActor,
) -> str:
    """The part `id` of a path, which names an actor; `me` stands for the actor of the request."""
    return actor.id if id == "me" else id


#: The id of the actor whom a path names.
ActorPath = Annotated[str, Depends(named_actor)]
PersonPath = Annotated[str, _path(ACTOR_PATTERN, "The person who is asked.", "carl")]
Sha256Path = Annotated[
    str,
    _path(
        SHA256_PATTERN,
        "SHA-256 of the bytes, in hex.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
]


def _id(of: str) -> Any:
    return _path(UUID_PATTERN, f"Id of the {of}.", "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00")


WaiverPath = Annotated[str, _id("waiver")]
ProposalPath = Annotated[str, _id("proposal")]
EventPath = Annotated[str, _id("event")]
TokenPath = Annotated[str, _id("token")]
DelegationPath = Annotated[str, _id("delegation")]
NotificationPath = Annotated[str, _id("notification")]
WebhookPath = Annotated[str, _id("webhook")]
DeliveryPath = Annotated[str, _id("delivery")]
ProblemPath = Annotated[str, _path("^[a-z-]{1,100}$", "The end of the problem's `type`.", "blocked")]
