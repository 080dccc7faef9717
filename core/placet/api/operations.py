"""Operations: what the API can do, each declared once, for the router and for the OpenAPI document alike."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from placet.api import shapes
from placet.api.forms import Form, NoForm, NoQuery, Query
from placet.app import Application
from placet.engine.act.people import Actor, Token
from placet.engine.engine import Engine
from placet.errors import MalformedError
from placet.store import bridge

QueryT = TypeVar("QueryT", bound=Query)
FormT = TypeVar("FormT", bound=Form)
T = TypeVar("T")

BASE = "/api/v1"
JSON = "application/json"
_IF_MATCH = re.compile(r'(?:W/)?"(0|[1-9][0-9]{0,17})"')


@dataclass(frozen=True, slots=True)
class Header:
    """A request header that an operation looks at."""

    name: str
    pattern: str
    meaning: str
    example: str


IF_MATCH = Header(
    "If-Match",
    r'^((W/)?"(0|[1-9][0-9]{0,17})"|\*)$',
    "The version that you saw, as `ETag` gave it.",
    '"3"',
)
IDEMPOTENCY_KEY = Header(
    "Idempotency-Key",
    r"^[\x21-\x7e]{1,255}$",
    "The same key with the same request gives the same answer again, for at least 24 hours.",
    "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00",
)


@dataclass(slots=True)
class Call(Generic[QueryT, FormT]):
    """One request, read and allowed: who asks, for what."""

    application: Application
    request: Request
    actor: Actor
    token: Token | None
    path: Mapping[str, str]
    query: QueryT
    form: FormT
    #: The body as it was sent.
    content: bytes

    @property
    def engine(self) -> Engine:
        return self.application.engine

    async def run(self, verb: Callable[[], T]) -> T:
        """Run a verb of the engine without blocking others."""
        return await bridge.run(self.application.store, verb)

    def expected(self) -> int | None:
        """The version in `If-Match`; `None` where there is none, or any will do. Raises `MalformedError`."""
        sent = self.request.headers.get("if-match")
        if sent is None or sent == "*":
            return None
        found = _IF_MATCH.fullmatch(sent)
        if found is None:
            raise MalformedError(
                f'If-Match is {sent[:50]!r}, which is no version: send the ETag, such as "3"'
            )
        return int(found[1])

    def me(self, actor: str | None) -> str | None:
        """An actor's id, where `me` stands for whoever asks."""
        return self.actor.id if actor == "me" else actor


Handler = Callable[[Any], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers when all is well."""

    model: type[BaseModel] | None
    meaning: str = ""
    headers: tuple[str, ...] = ()
    #: Other media types that it can come in.
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: str
    #: Below `BASE` unless it says that it is not.
    path: str
    id: str
    tag: str
    #: The scope that a token needs; empty where nobody asks for one.
    scope: str
    handler: Handler
    query: type[Query]
    form: type[Form]
    answers: Mapping[int, Answer]
    #: Kinds of problems besides those that every operation of its shape has.
    problems: tuple[str, ...] = ()
    headers: tuple[Header, ...] = ()
    #: Media types of the body and their schemas, where the operation reads it by itself.
    bodies: Mapping[str, Any] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The first line of what it says of itself."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]

    @property
    def description(self) -> str:
        return (inspect.getdoc(self.handler) or "").partition("\n")[2].strip()


class Operations:
    """The operations of one subject."""

    def __init__(self, tag: str, *, base: str = BASE) -> None:
        self.tag = tag
        self.base = base
        self.all: list[Operation] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        id: str,
        answers: Mapping[int, Answer],
        scope: str = "",
        problems: tuple[str, ...] = (),
        headers: tuple[Header, ...] = (),
        bodies: Mapping[str, Any] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare an operation; its query and form are those in the type of the handler's call."""

        def declared(handler: Handler) -> Handler:
            query, form = get_args(get_type_hints(handler)["call"])
            self.all.append(
                Operation(
                    method, self.base + path, id, self.tag, scope, handler, query, form, answers, problems, headers,
                    bodies or {},
                )
            )  # fmt: skip
            return handler

        return declared


def respond(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON."""
    return Response(shapes.dumps(value), status, headers, JSON)


def respond_item(item: shapes.Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An item as JSON, with its version as `ETag`."""
    return respond(item, status, {"ETag": shapes.etag(item["version"]), **(headers or {})})


#: A call with neither query parameters nor a body.
Plain = Call[NoQuery, NoForm]
AnyCall = Call[Any, Any]
