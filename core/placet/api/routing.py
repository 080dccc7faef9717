"""Routes: FastAPI's own, which require a token, and accept only declared input.

FastAPI parses the body before it asks a dependency, and passes over parameters that nobody declared: here a request
without a token is refused unread, and an unknown parameter with the nearest name.

A plain function runs where the engine may wait for the database. An `async` function runs in the event loop: it is for
streams, uploads and other waiting.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial, wraps
from typing import Any, get_origin

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_typed_signature
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic.fields import FieldInfo
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from placet.api import access, bodies, overrides
from placet.api.dependencies import OF_THE_REQUEST, current_actor, current_administrator
from placet.api.models.base import Parameters
from placet.api.problems import responses_of
from placet.engine.act.input import faults_within
from placet.errors import ForbiddenError, MalformedError, NotFoundError, nearest
from placet.store import bridge

#: The prefix of all operations, those of plugins included.
BASE = "/api/v1"

#: The status of an answer without a body.
NO_CONTENT = 204

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(APIRoute):
    """One operation. The actor and their token are checked before any input is read."""

    #: Whether a token is needed.
    guarded = True

    def __init__(self, path: str, endpoint: Callable[..., Any], **named: Any) -> None:
        asynchronous = inspect.iscoroutinefunction(endpoint)
        if named.get("status_code") == NO_CONTENT:
            named["response_class"] = Response  # an answer without a body has no content type
        super().__init__(
            path,
            endpoint if asynchronous else _bridged(endpoint),
            **named | {"strict_content_type": False},  # without a content type, a body is JSON
        )
        #: The scope that a token needs for it.
        self.scope = self._scope(endpoint)
        self.summary, self.description = self._described(endpoint)
        extra = named.get("openapi_extra") or {}
        self.openapi_extra = {"security": [{"token": []}] if self.guarded else [], **extra}
        reads = self.body_field is not None or "requestBody" in extra
        usual = responses_of(guarded=self.guarded, found="{" in path, reads=reads)
        self.responses = {**usual, **self.responses}

    def _scope(self, endpoint: Callable[..., Any]) -> str:
        asked = [each.call for each in self.dependant.dependencies]
        if current_administrator in (*asked, *_of_the_request(endpoint).values()):
            return "admin"
        return "read" if "GET" in (self.methods or ()) else "write"

    def _described(self, endpoint: Callable[..., Any]) -> tuple[str, str]:
        """The first line of an operation's docstring, and the rest with the required scope."""
        summary, _, rest = (inspect.getdoc(endpoint) or "").partition("\n")
        needs = f"Needs a token with the scope `{self.scope}`." if self.guarded else "Needs no token."
        return summary, "\n\n".join(filter(None, (rest.strip(), needs)))

    def get_route_handler(self) -> Handler:
        """FastAPI's own handler, after the checks that come before any parsing."""
        handle = super().get_route_handler()
        known = {name: info for field in _query(self.dependant) for name, info in _named(field)}
        prefix = next((each for each in map(_prefix, _query(self.dependant)) if each), "")

        async def handler(request: Request) -> Response:
            app = request.app
            application, overridden = app.state.application, app.dependency_overrides
            overrides.OVERRIDES.set(overridden)
            if self.guarded and current_actor in overridden:
                await overrides.admit(request)
            elif self.guarded:
                await access.admit(request, application, self.scope)
            if any(faults_within(list(request.path_params.values()), "", 0)):
                raise NotFoundError("path", request.url.path[:200])
            if request.scope["query_string"]:
                _demand_known(request.query_params, known, prefix)
            if self.body_field is not None:
                optional = not self.body_field.field_info.is_required()
                request = await bodies.read_json(request, application.settings.body_limit, optional=optional)
            try:
                return await handle(request)
            except (ForbiddenError, NotFoundError) as refusal:
                access.demand_administrator(request, refusal)
                raise

        return handler


class OpenRoute(Route):
    """An operation that needs no token."""

    guarded = False


def _bridged(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function as an awaitable one, which may wait for the database."""
    signature = inspect.signature(endpoint)
    request = inspect.Parameter("_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    given = _of_the_request(endpoint)

    @wraps(endpoint)
    async def run(*, _request: Request, **values: Any) -> Any:
        overridden = overrides.OVERRIDES.get()
        for name, ask in given.items():
            values[name] = await (overrides.answer(_request, ask) if ask in overridden else ask(_request))
        return await bridge.run(_request.app.state.application.store, partial(endpoint, **values))

    others = [each for name, each in signature.parameters.items() if name not in given]
    run.__signature__ = signature.replace(parameters=[*others, request])  # type: ignore[attr-defined]
    return run


def _of_the_request(endpoint: Callable[..., Any]) -> dict[str, Callable[[Request], Coroutine[Any, Any, Any]]]:
    """The parameters of a function that follow from the request alone, such as the actor."""
    # Of FastAPI, which leaves names alone that only type checkers import.
    parameters = get_typed_signature(endpoint).parameters
    return {
        name: part.dependency
        for name, parameter in parameters.items()
        for part in getattr(parameter.annotation, "__metadata__", ())
        if isinstance(part, Depends) and part.dependency in OF_THE_REQUEST
    }


def _query(dependant: Dependant) -> Iterator[Any]:
    """The query parameters of an operation and of its dependencies, from FastAPI."""
    yield from dependant.query_params
    for each in dependant.dependencies:
        yield from _query(each)


def _model(field: Any) -> type[Parameters] | None:
    """The model of several parameters, if they are declared like that."""
    annotation = field.field_info.annotation
    return annotation if inspect.isclass(annotation) and issubclass(annotation, Parameters) else None


def _named(field: Any) -> Iterator[tuple[str, FieldInfo]]:
    """Parameters by the names that clients use: `from` is not a name in Python, and has an alias."""
    model = _model(field)
    if model is None:
        yield field.alias, field.field_info
        return
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def _prefix(field: Any) -> str:
    model = _model(field)
    return "" if model is None else model.prefix


def _demand_known(sent: QueryParams, known: Mapping[str, FieldInfo], prefix: str) -> None:
    """Raises `MalformedError` for an unknown parameter, with the nearest name, or one that is given twice."""
    seen = set()
    for name, value in sent.multi_items():
        if any(faults_within([name, value], "", 0)):
            raise MalformedError(f"the query parameter {name[:50]!r} holds a control character")
        if name not in known and not (prefix and name.startswith(prefix)):
            raise MalformedError(f'there is no query parameter "{name[:50]}"{nearest(name, known)}')
        if name in seen and not (name in known and get_origin(known[name].annotation) is list):
            raise MalformedError(f"the query parameter {name[:50]} is given twice")
        seen.add(name)
