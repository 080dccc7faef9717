"""What operations ask for in their signatures: who asks, the engine, and what headers and paths say.

A plugin's routes use `CurrentActor`, `CurrentEngine` and `CurrentWorkspace`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Header, Path
from pydantic import BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from placet.api.access import Rates
from placet.api.models.base import ACTOR_PATTERN, KEY_PATTERN, NAME_PATTERN, SHA256_PATTERN, WORKSPACE_PATTERN
from placet.app import House
from placet.engine.engine import Engine
from placet.engine.records import Actor, Token, WorkspaceRecord
from placet.errors import NotFoundError
from placet.store import bridge

_IF_MATCH = re.compile(r'(?:W/)?"(0|[1-9][0-9]{0,17})"')
_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

# Who asks, and whom


async def current_actor(request: Request) -> Actor:
    """Who asks: the route has read their token."""
    actor: Actor = request.state.actor
    return actor


async def current_administrator(request: Request) -> Actor:
    """Who asks, with a token that has the scope `admin`: a route that has this parameter demands it."""
    actor: Actor = request.state.actor
    return actor


async def current_token(request: Request) -> Token:
    """The token that they ask with."""
    token: Token = request.state.token
    return token


async def current_house(request: Request) -> House:
    """Everything that is wired together."""
    house: House = request.app.state.house
    return house


async def current_rates(request: Request) -> Rates:
    """How often each token is used."""
    rates: Rates = request.app.state.rates
    return rates


async def current_engine(request: Request) -> Engine:
    """The engine, whose verbs a plain function may call; an `async` one has to run them on the bridge."""
    engine: Engine = request.app.state.house.engine
    return engine


CurrentActor = Annotated[Actor, Depends(current_actor)]
CurrentAdministrator = Annotated[Actor, Depends(current_administrator)]
CurrentToken = Annotated[Token, Depends(current_token)]
CurrentRates = Annotated[Rates, Depends(current_rates)]
CurrentHouse = Annotated[House, Depends(current_house)]
CurrentEngine = Annotated[Engine, Depends(current_engine)]


def CurrentWorkspace(method: str) -> Any:  # noqa: N802  # read in a signature, as the others are
    """The workspace that the path names as `ws`, where a method is switched on: for `Annotated[Workspace, ...]`.

    Raises `NotFoundError`, when it is asked for, where who asks may not see it or the method is off.
    """

    async def current_workspace(
        ws: WorkspacePath, actor: CurrentActor, house: CurrentHouse
    ) -> WorkspaceRecord:
        found = await bridge.run(house.store, partial(house.engine.workspace, actor, ws))
        if method not in found.methods:
            raise NotFoundError(f"method of {ws}", method, found.methods)
        return found

    return Depends(current_workspace)


def me(actor: Actor, id: str | None) -> str | None:
    """An actor's id, where `me` stands for whoever asks."""
    return actor.id if id == "me" else id


# Headers


def _version(sent: object) -> object:
    if sent is None or sent == "*":
        return None
    found = _IF_MATCH.fullmatch(str(sent))
    if found is None:
        raise PydanticCustomError("version", 'it is no version: send the ETag, such as "3"')
    return int(found[1])


#: The version that a client has seen; `None` where it says none, or any will do.
IfMatch = Annotated[
    int | None,
    BeforeValidator(_version),
    WithJsonSchema({"type": "string", "pattern": r'^((W/)?"(0|[1-9][0-9]{0,17})"|\*)$'}),
    Header(alias="If-Match", description="The version that you saw, as `ETag` gave it.", examples=['"3"']),
]
IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,255}$")] | None,
    Header(
        alias="Idempotency-Key",
        description="The same key with the same request gives the same answer again, for at least 24 hours.",
        examples=["0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"],
    ),
]

# Paths. What is none of them leads to nothing, which the engine says with the nearest that there is.


def _path(pattern: str, description: str, example: str) -> Any:
    return Path(description=description, json_schema_extra={"pattern": pattern}, examples=[example])


ItemPath = Annotated[str, _path(KEY_PATTERN, "Key of the item.", "OPS-12")]
TargetPath = Annotated[str, _path(KEY_PATTERN, "Key of the item at the other end.", "OPS-7")]
WorkspacePath = Annotated[str, _path(WORKSPACE_PATTERN, "Key of the workspace.", "OPS")]
RolePath = Annotated[str, _path(NAME_PATTERN, "Id of the role.", "acme.owner")]
LinkTypePath = Annotated[str, _path(NAME_PATTERN, "Id of the link type.", "acme.follows")]
ApprovalPath = Annotated[str, _path(NAME_PATTERN, "Id of the approval.", "acme.consent")]
TypePath = Annotated[str, _path(NAME_PATTERN, "Id of the item type.", "acme.request")]
WorkflowPath = Annotated[
    str, _path(NAME_PATTERN, "Id of the workflow, which is its item type's.", "acme.request")
]
MetricPath = Annotated[str, _path(NAME_PATTERN, "Id of the metric.", "acme.success_rate")]
ActorPath = Annotated[str, _path(ACTOR_PATTERN, "Id of the actor; `me` for yourself.", "maya")]
Sha256Path = Annotated[
    str,
    _path(
        SHA256_PATTERN,
        "SHA-256 of the bytes, in hex.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
]


def _id(of: str) -> Any:
    return _path(_UUID, f"Id of the {of}.", "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00")


WaiverPath = Annotated[str, _id("waiver")]
EventPath = Annotated[str, _id("event")]
TokenPath = Annotated[str, _id("token")]
NotificationPath = Annotated[str, _id("notification")]
WebhookPath = Annotated[str, _id("webhook")]
DeliveryPath = Annotated[str, _id("delivery")]
ProblemPath = Annotated[str, _path("^[a-z-]{1,100}$", "What the problem's `type` ends in.", "blocked")]
